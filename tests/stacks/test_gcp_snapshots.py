"""Whole stacks on Google Cloud as they are registered: one in full, and for each mechanism what it changes in that one.

As `test_snapshots.py`, for the other cloud: the base stack is the same but for what ties it to a place.
"""

from __future__ import annotations

from functools import cache

import pytest

from tests.stacks.gcp_mechanisms import BASE, MECHANISMS
from tests.stacks.held import SNAPSHOTS, Resources, difference, hold, merged, registered


@cache
def base() -> Resources:
    return registered(BASE)


def test_base_stack() -> None:
    hold("gcp/base", list(base().values()))


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_mechanism(mechanism: str) -> None:
    hold(f"gcp/{mechanism}", difference(base(), registered(merged(BASE, MECHANISMS[mechanism]))))


@pytest.mark.parametrize("mechanism", [name for name in MECHANISMS if name.startswith("second-pool")])
def test_adding_a_pool_moves_no_other_resource(mechanism: str) -> None:
    found = difference(base(), registered(merged(BASE, MECHANISMS[mechanism])))
    assert found["added"]
    assert found["removed"] == []
    inputs = [path for paths in found["changed"].values() for path in paths if path.startswith("inputs")]
    assert inputs == []


def test_every_snapshot_has_its_mechanism() -> None:
    assert {file.stem for file in (SNAPSHOTS / "gcp").glob("*.json")} == {"base", *MECHANISMS}
