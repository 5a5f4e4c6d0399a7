"""How the table is read: the narrowest row, blocks and what is in them, and that unknown is never harmless."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components import program
from components.catalog import load as catalog
from components.catalog.aws import AwsCatalog
from components.catalog.base import DATA
from components.catalog.replacement import COLUMNS, Replacements, load
from components.errors import CatalogError
from components.plan.planner import plan
from components.spec.loader import load as load_stack
from components.spec.loader import load_config
from components.spec.project import Project
from scripts.preview import capture
from tests.stacks.held import HERE, merged
from tests.stacks.mechanisms import BASE, MECHANISMS

ROOT = Path(__file__).parents[3]
# A number that goes up or down and is never absent: FSx takes no file system without it.
ALWAYS_THERE = {"storageCapacity"}
T = "cloud:part/thing:Thing"
ROWS = """
size up - update no
size down - replace no
size up kind=old replace yes
kind default->better - update no
kind any - replace name
block added - update no
block removed - replace no
block.inner any - update no
block.inner added - update no
block.fixed any - replace no
block.fixed added - replace yes
loose.a any - update no
loose.b any - replace no
map any - update no
items.key any - replace no
items added - update no
"""


@pytest.fixture
def table(tmp_path: Path) -> Replacements:
    return table_of(tmp_path, ROWS)


def table_of(folder: Path, text: str) -> Replacements:
    with (folder / "replacement.csv").open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for line in text.split("\n"):
            if line:
                property, edit, when, effect, first = line.split()
                edit = edit.replace("->", " -> ")
                row = [property, edit, when.replace("-", ""), effect, first, "a source", "2026-11-24"]
                writer.writerow([T, *row])
    return AwsCatalog(folder).replacements


@pytest.mark.parametrize(
    ("path", "old", "new", "kind"),
    [
        ("size", 1, 2, "update"),
        ("size", 2, 1, "replace"),
        ("size", "10", "9", "replace"),
        ("size", None, 1, None),
        ("kind", "default", "better", "update"),
        ("kind", "better", "default", "replace"),
        ("block", None, {"inner": 1}, "update"),
        ("block", None, {"inner": 1, "fixed": 2}, "replace"),
        ("block", {"inner": 1}, None, "replace"),
        ("block", {"inner": 1, "fixed": 1}, {"inner": 2, "fixed": 1}, "update"),
        ("block", {"inner": 1, "fixed": 1}, {"inner": 1, "fixed": 2}, "replace"),
        ("block.other", 1, 2, None),
        ("loose", None, {"a": 1}, "update"),
        ("loose", None, {"a": 1, "b": 1}, "replace"),
        ("loose", None, {"a": 1, "c": 1}, None),
        ("loose", {"b": 1, "c": 1}, None, "replace"),
        ("map.any/key", "a", "b", "update"),
        ("items[3].key", "a", "b", "replace"),
        ("items[1]", None, {"key": "a"}, "update"),
        ("items", [{"key": "a"}], [{"key": "b"}], "replace"),
        ("nothing", 1, 2, None),
    ],
)
def test_the_narrowest_row_decides(table: Replacements, path: str, old: Any, new: Any, kind: str | None) -> None:
    effect = table.effect(T, path, old, new)
    assert (effect and effect.kind) == kind


def test_a_condition_is_asked_of_what_was_before(table: Replacements) -> None:
    effect = table.effect(T, "size", 1, 2, before={"kind": "old"}, after={"kind": "new"})
    assert effect is not None
    assert (effect.kind, effect.delete_first) == ("replace", True)


def test_an_unknown_type_is_unknown(table: Replacements) -> None:
    assert table.effect("cloud:part/other:Other", "size", 1, 2) is None
    assert not table.knows("cloud:part/other:Other")


def test_an_effect_of_another_name_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CatalogError, match="explodes"):
        table_of(tmp_path, "size any - explodes no")


def test_the_shipped_rows_have_known_words() -> None:
    with (DATA / "aws" / "replacement.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        assert row["effect"] in ("update", "replace"), row
        assert (
            row["edit"] in ("any", "added", "added false", "removed", "up", "down", "output") or " -> " in row["edit"]
        )
        assert row["delete_first"] == "no" or row["effect"] == "replace", row
    assert [row for row in rows if row["source"].startswith("unverified")] == []


def registered() -> Iterator[tuple[str, dict[str, Any]]]:
    """The cloud, and every resource, of every shipped stack and of every mechanism."""
    specs = [load_stack(str(file)) for file in sorted((ROOT / "stacks").glob("Pulumi.*.yaml"))]
    specs += [load_config(json.dumps(merged(BASE, one)), "snap", Project(HERE, HERE)) for one in MECHANISMS.values()]
    for loaded in specs:
        made = plan(loaded)
        captured = capture.run(lambda made=made, spec=loaded: program.deploy(made, spec), stack=made.stack, config={})
        yield from ((made.cloud, one) for one in captured.to_json())


def paths(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """(path, value) of everything that is stated, blocks and what is in them."""
    if isinstance(value, dict) and not set(value) <= {"ref", "join", "secret"}:
        for key, item in value.items():
            yield f"{path}{key}", item
            yield from paths(item, f"{path}{key}.")
    elif isinstance(value, list):
        for item in value:
            yield from paths(item, path)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")
def test_every_property_that_is_set_anywhere_is_known_whether_it_changes_comes_or_goes() -> None:
    asked = set[tuple[str, str]]()
    for cloud, one in registered():
        table = catalog(cloud).replacements
        if one["provider"] is None and not one["type"].startswith("pulumi:providers:"):
            continue
        for path, value in paths(one["inputs"]):
            if (one["type"], path) in asked:
                continue
            asked.add((one["type"], path))
            for old, new in ((value, None), (None, value), (value, "another")):
                if isinstance(value, dict | list) and new == "another":
                    continue
                if path in ALWAYS_THERE:
                    old, new = value, value + 1
                effect = table.effect(one["type"], path, old, new)
                assert effect is not None, (one["type"], path, old, new)
                assert effect.verified
    assert len(asked) > 300


@pytest.mark.parametrize(
    ("new", "kind"),
    [("10.0.0.0/17", "update"), ("10.0.0.0/19", "replace"), ("10.9.0.0/18", "replace"), ("10.9.0.0/16", "replace")],
)
def test_a_range_may_grow_where_it_is_and_is_replaced_otherwise(new: str, kind: str) -> None:
    """terraform-provider-google, resource_compute_subnetwork: ForceNewIfChange(ip_cidr_range, IsShrinkageIpCidr)."""
    found = load("gcp").effect("gcp:compute/subnetwork:Subnetwork", "ipCidrRange", "10.0.0.0/18", new)
    assert found is not None
    assert found.kind == kind
