"""Versions of GKE are compared number by number, with their patch and build."""

from __future__ import annotations

import pytest

from components.catalog.gke import GkeVersion
from components.errors import CatalogError


def parse(text: str) -> GkeVersion:
    return GkeVersion.parse(text)


@pytest.mark.parametrize("text", ["1.35", "1.34.1", "1.34.1-gke.1829001", "1.9.11-gke.5"])
def test_a_version_is_written_as_it_was_read(text: str) -> None:
    assert str(parse(text)) == text


@pytest.mark.parametrize("text", ["", "1", "v1.35", "1.35.", "1.34.1-gke", "1.34.1-gke.x", "1.34.1-eks.1", "latest"])
def test_other_forms_are_refused(text: str) -> None:
    with pytest.raises(CatalogError, match=r"is no GKE version; write 1\.35 or"):
        parse(text)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("1.9", "1.10"),
        ("1.34.9-gke.1", "1.34.10-gke.1"),
        ("1.34.1-gke.900", "1.34.1-gke.1000"),  # as text the other way round
        ("1.34.1-gke.1829001", "1.34.1-gke.3084001"),
        ("1.34", "1.34.0-gke.1"),
        ("1.34.5-gke.1153000", "1.35"),
        ("1.99", "2.0"),
    ],
)
def test_order(older: str, newer: str) -> None:
    assert parse(older) < parse(newer)
    assert parse(newer) > parse(older)
    assert parse(older) <= parse(newer)
    assert not parse(newer) <= parse(older)
    assert max(parse(older), parse(newer)) == parse(newer)


def test_equal_and_minor() -> None:
    assert parse("1.34.1-gke.1829001") == parse("1.34.1-gke.1829001")
    assert len({parse("1.34"), parse("1.34")}) == 1
    assert parse("1.34.1-gke.1829001").minor_text == "1.34"


@pytest.mark.parametrize(
    ("asked", "floor", "allowed"),
    [
        ("1.35", "1.34.1-gke.1829001", True),
        ("1.34", "1.34.1-gke.1829001", True),  # by a patch of that minor
        ("1.33", "1.34.1-gke.1829001", False),
        ("1.34.1-gke.1829001", "1.34.1-gke.1829001", True),
        ("1.34.1-gke.1829000", "1.34.1-gke.1829001", False),
        ("1.34.2-gke.5", "1.34.1-gke.1829001", True),
        ("1.4", "1.34.1-gke.1829001", False),
    ],
)
def test_which_versions_can_be_at_a_floor(asked: str, floor: str, allowed: bool) -> None:
    assert parse(asked).allows(parse(floor)) == allowed
