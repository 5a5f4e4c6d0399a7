"""The table of edits, each through the real engine in one life of its stack, against what its source says."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.errors import InputError
from components.spec.loader import load
from components.spec.merge import Plain
from scripts.engine.find import NoEngine, find
from scripts.rehearsal.lifecycle.edits import Edit, edited
from tests.engine.support.rehearsal import rehearse

TABLE: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "edits.yaml").read_text())
EDITS: list[dict[str, Any]] = TABLE["edits"]
NAMES = [edit["name"] for edit in EDITS]
STACK = "edits-aws"
OPERATIONS = ("create", "update", "replace", "delete")
GPUS = ("ended", "begun", "restarted", "missing")
LASTING = ("Cluster", "FileSystem", "LustreFileSystem", "Bucket", "Key")


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("edits") / f"Pulumi.{STACK}.yaml"
    file.write_text(json.dumps({"config": {"gpu-fleet:cluster": TABLE["base"]}}))
    return file


def by_spec(stack: Path) -> dict[str, str]:
    """Edit -> the words with which the spec or the plan refuses it; the others are made."""
    here, refused = load(str(stack)), {}
    for edit in EDITS:
        try:
            made = edited(here, Edit(edit["name"], Plain(edit["change"], {})))
        except InputError as error:
            refused[edit["name"]] = str(error)
            continue
        if "refused" not in edit:
            here = made.loaded
    return refused


@pytest.fixture(scope="module")
def refusals(stack: Path) -> dict[str, str]:
    return by_spec(stack)


@pytest.fixture(scope="module")
def steps(stack: Path, refusals: dict[str, str]) -> dict[str, Any]:
    """Every edit that the spec allows, in one life; a refused one is followed by the next as if it had not been."""
    try:
        find()
    except NoEngine as error:
        pytest.skip(str(error))
    file = stack.with_name("edits.yaml")
    asked = {edit["name"]: edit["change"] for edit in EDITS if edit["name"] not in refusals}
    file.write_text(json.dumps(asked))
    _, document = rehearse(str(stack), "--edit", str(file))
    found = {step["name"].removeprefix("edit "): step for step in document["steps"]}
    assert not [one for one in document["findings"] if one["id"] in ("not-clean", "left-over", "drift-missed")]
    return found


def test_the_table_is_large_and_every_row_says_why() -> None:
    assert len(EDITS) >= 25
    assert len(set(NAMES)) == len(NAMES)
    for edit in EDITS:
        assert ("refused" in edit) != ("expect" in edit), edit["name"]
        assert set(edit.get("expect", {})) <= {*OPERATIONS, "old_first"}
        assert len(edit["source"]) > 20, edit["name"]


@pytest.mark.engine
@pytest.mark.parametrize("edit", EDITS, ids=NAMES)
def test_edit(edit: dict[str, Any], steps: dict[str, Any], refusals: dict[str, str]) -> None:
    name = edit["name"]
    if name in refusals:
        assert edit.get("refused", "nothing") in refusals[name]
        return
    step = steps[name]
    if "refused" in edit:
        assert step["kind"] == "edit-preview", "the engine did it"
        assert edit["refused"] in step["error"]
        return
    assert step["error"] is None
    assert wrong(step, edit["expect"]) == []
    assert step["gpus"] == {**dict.fromkeys(GPUS, 0), **edit.get("gpus", {})}


def wrong(step: dict[str, Any], expect: dict[str, list[str]]) -> list[str]:
    """Where a step is not as expected: a change of another kind, one too many, one too few, the old one gone first."""
    found, met = [], set()
    for one in step["resources"]:
        name, operation = one["name"].removeprefix(f"{STACK}-"), one["operation"]
        patterns = [pattern for pattern in expect.get(operation, ()) if fnmatchcase(name, pattern)]
        met.update((operation, pattern) for pattern in patterns)
        if not patterns:
            found.append(f"{operation} {name}: {', '.join(one['causes'] or one['paths'])}")
        if one["old_first"] and name not in expect.get("old_first", ()):
            found.append(f"{name}: the old one went first")
        if operation in ("replace", "delete") and one["type"].rpartition(":")[2] in LASTING:
            found.append(f"{operation} {name}: that is lost for ever")
    asked = {(operation, pattern) for operation in OPERATIONS for pattern in expect.get(operation, ())}
    return found + [f"no {operation} of {pattern}" for operation, pattern in sorted(asked - met)]


def test_a_change_that_nobody_expects_is_told() -> None:
    one = {"name": f"{STACK}-vpc", "type": "aws:ec2/vpc:Vpc", "paths": ["cidrBlock"], "causes": [], "old_first": True}
    told = wrong({"resources": [{**one, "operation": "replace"}]}, {"update": ["vpc"]})
    assert told == ["replace vpc: cidrBlock", "vpc: the old one went first", "no update of vpc"]
