"""What is asked of every table of edits: that the engine does what its rows say, and that the offline preview knew."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from components.catalog import load as catalog_of
from scripts.engine.find import NoEngine, find
from scripts.engine.steps import Change, gpus, sizes
from scripts.preview.aws import groups
from scripts.preview.compare import Comparison
from scripts.preview.consequences import consequences
from tests.engine.support.edit_table import GPUS, OPERATIONS, Before, Life, Table
from tests.engine.support.flips import Key, Recorded, flipped

Told = Mapping[tuple[str, str], tuple[bool, frozenset[str]]]
"""(operation, name) -> whether the old one goes first, and the properties that make it a replacement."""


def lives(table: Table) -> Callable[[pytest.TempPathFactory], Life]:
    """A fixture's function: one life of the table, for all tests of a module."""

    @cache
    def life(folder: Path) -> Life:
        return Life(table, folder)

    def fixture(tmp_path_factory: pytest.TempPathFactory) -> Life:
        try:
            find()
        except NoEngine as error:
            pytest.skip(str(error))
        return life(tmp_path_factory.mktemp(table.stack))

    return fixture


def assert_well_formed(table: Table, least: int) -> None:
    assert len(table.edits) >= least
    assert len(set(table.names)) == len(table.names)
    for edit in table.edits:
        assert ("refused" in edit) != ("expect" in edit), edit["name"]
        assert set(edit.get("expect", {})) <= {*OPERATIONS, "old_first"}
        assert len(edit["source"]) > 20, edit["name"]


def assert_clean(life: Life) -> None:
    """Nothing else happened in that life than the edits: no second run changed anything, nothing was left."""
    assert not [one for one in life.document["findings"] if one["id"] in ("not-clean", "left-over", "drift-missed")]


def assert_row(edit: dict[str, Any], life: Life) -> None:
    """The engine has done with an edit what its row says."""
    if edit["name"] in life.refusals:
        assert edit.get("refused", "nothing") in life.refusals[edit["name"]]
        return
    step = life.steps[edit["name"]]
    if "refused" in edit:
        assert step["kind"] == "edit-preview", "the engine did it"
        assert edit["refused"] in step["error"]
        return
    assert step["error"] is None
    assert life.table.wrong(step, edit) == []
    assert step["gpus"] == {**dict.fromkeys(GPUS, 0), **edit.get("gpus", {})}


def assert_agreed(before: Before, stack: str) -> None:
    """The preview against the state says what the rehearsal then did: operations, causes, order, accelerators."""
    comparison = before.compared(catalog_of("aws").replacements)
    offline, engine = _offline(comparison), _engine(before.step)
    if before.step["error"]:  # the engine stops where it is refused, and has not come to all of it
        refused = [step.name for step in comparison.changing if step.protected and step.operation != "update"]
        assert any(f"{name.removeprefix(f'{stack}-')}: " in before.step["error"] for name in refused)
        assert {key: told for key, told in offline.items() if key in engine} == engine
        return
    assert {key: told[0] for key, told in offline.items()} == {key: told[0] for key, told in engine.items()}
    for key, (old_first, causes) in engine.items():
        # What goes because of something that goes first is not looked at for more reasons.
        assert causes == offline[key][1] or (old_first and causes <= offline[key][1]), key
    assert not comparison.unresolved
    had = groups(before.state, _accelerators)
    moved = gpus(_changes(comparison), had, sizes(before.planned.plan, had))
    assert moved.to_json() == before.step["gpus"]
    _assert_told(before, comparison, stack)


def assert_rests_on_the_table(before: Before, table: Table) -> int:
    """Every row that decides something of an edit turns its test red when it says the opposite; how many rows."""
    used: set[Key] = set()
    comparison = before.compared(Recorded(used))
    for key in used:
        opposite = before.compared(flipped([key]))
        red = table.wrong(_as_step(opposite), before.row) or _offline(opposite) != _offline(comparison)
        assert red or _replaced_by_a_neighbour(comparison, key), key
    return len(used)


def _replaced_by_a_neighbour(comparison: Comparison, key: Key) -> bool:
    """Whether another property of the same block replaces the resource too, so that this row alone decides nothing."""
    type, property = key
    return all(
        any(
            one.effect == "replace" and one.path != property and _top(one.path) == _top(property)
            for one in step.changes
        )
        for step in comparison.changing
        if step.type == type and any(one.path == property for one in step.changes)
    )


def _as_step(comparison: Comparison) -> dict[str, Any]:
    changes = _changes(comparison)
    causes = {step.name: [one.path for one in step.changes if one.effect == "replace"] for step in comparison.changing}
    return {"resources": [{**one.to_json(), "causes": causes[one.name]} for one in changes]}


def _assert_told(before: Before, comparison: Comparison, stack: str) -> None:
    """What is read of nodes is what happens: every group whose GPUs go is told, with its number, and no other."""
    told = consequences(comparison, before.state, cloud="aws", stack=stack, accelerators=_accelerators)
    had = groups(before.state, _accelerators)
    words = {one.path: one.message for one in told if one.id == "nodes-go" and had[one.path][0] and had[one.path][1]}
    moved = {
        change.name: f"{had[change.name][0] * had[change.name][1]} GPU"
        for change in _changes(comparison)
        if change.name in had and _leaves(change, before) and had[change.name][0] * had[change.name][1]
    }
    assert words.keys() == moved.keys()
    assert all(number in words[name] for name, number in moved.items())


def _leaves(change: Change, before: Before) -> bool:
    """Whether nodes of a group end, beyond those of a smaller size."""
    had = groups(before.state, _accelerators)
    moved = gpus((change,), had, sizes(before.planned.plan, had))
    return bool(moved.restarted) or (bool(moved.ended) and change.operation != "update")


def _offline(comparison: Comparison) -> Told:
    return {
        (step.operation, step.name): (
            step.old_first,
            frozenset(_top(change.path) for change in step.changes if change.effect == "replace"),
        )
        for step in comparison.changing
    }


def _engine(step: Mapping[str, Any]) -> Told:
    return {
        (one["operation"], one["name"]): (one["old_first"], frozenset(map(_top, one["causes"])))
        for one in step["resources"]
        if one["operation"] != "failed"
    }


def _changes(comparison: Comparison) -> tuple[Change, ...]:
    return tuple(
        Change(
            name=step.name,
            type=step.type,
            operation=step.operation,
            paths=tuple(change.path for change in step.changes),
            old_first=step.old_first,
        )
        for step in comparison.changing
    )


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _accelerators(machine: str) -> int:
    found = catalog_of("aws").machine(machine)
    return 0 if found is None else found.accelerator_count
