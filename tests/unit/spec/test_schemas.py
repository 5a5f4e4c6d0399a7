"""The JSON Schemas for editors: current, and of one mind with the loader on what a file may say."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from components.spec.kinds import declared_fields
from components.spec.models import ClusterSpec
from components.spec.reader import read
from scripts import schemas

ROOT = Path(__file__).parents[3]
STACKS = sorted((ROOT / "stacks").glob("Pulumi.*.yaml"))
BLUEPRINTS = sorted((ROOT / "stacks" / "blueprints").glob("*.yaml"))
CLUSTER = "gpu-fleet:cluster"
STACK = {
    "blueprint": "h100-training",
    "cloud": "aws",
    "region": "us-east-1",
    "environment": "dev",
}


def validator(name: str) -> Draft7Validator:
    schema = json.loads((schemas.FOLDER / f"{name}.json").read_text())
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def plain(value: Any) -> Any:
    """What an editor's YAML reader makes of it."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return float(value) if isinstance(value, Decimal) else value


def stack_file(**own: object) -> dict[str, Any]:
    return {"config": {CLUSTER: {**STACK, **own}}}


def problems(name: str, value: object) -> list[str]:
    return [error.message for error in validator(name).iter_errors(value)]


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_the_files_are_current(name: str) -> None:
    written = (schemas.FOLDER / f"{name}.json").read_text(encoding="utf-8")
    assert written == schemas.text(name), "run: python -m scripts.schemas"


@pytest.mark.parametrize("file", STACKS, ids=lambda file: file.stem)
def test_shipped_stacks_are_valid(file: Path) -> None:
    assert problems("stack", plain(read(file, shown=file.name).value)) == []


@pytest.mark.parametrize("file", BLUEPRINTS, ids=lambda file: file.stem)
def test_shipped_blueprints_are_valid(file: Path) -> None:
    assert problems("blueprint", plain(read(file, shown=file.name).value)) == []


@pytest.mark.parametrize(
    "own",
    [
        {"pools": {"train": {"nodes": "0..8"}}},
        {"pools": {"train": {"accelerator": ["L4:1", "T4:1"]}, "old": None}},
        {"pools": {"train": {"accelerator": "H100:8", "fabric": {"min_gbps_per_accelerator": 100}}}},
        {
            "pools": {
                "train": {"capacity": [{"reservation": {"id": "cr-1", "zone_id": "use1-az2", "nodes": 1}}, "spot"]}
            }
        },
        {"pools": {"train": {"price": {"usd_per_hour": 3.5}}}},
        {"budget": None, "storage": {"scratch": {"capacity": "9600GiB"}}},
        {"tags": {"owner": "a", "cost-center": None}},
        {"kubernetes": "1.36", "budget": {"usd_per_month": 5000}},
    ],
    ids=str,
)
def test_a_stack_file_says_only_what_differs(own: dict[str, object]) -> None:
    assert problems("stack", stack_file(**own)) == []


@pytest.mark.parametrize(
    "own",
    [
        {"regoin": "us-east-1"},
        {"pools": {"train": {"node": 2}}},
        {"pools": {"Train": {"nodes": 2}}},
        {"pools": {"train": {"accelerator": "H100"}}},
        {"pools": {"train": {"capacity": ["on_demand"]}}},
        {"pools": {"train": {"capacity": [{"reservation": {"id": "cr-1", "nodes": 1}}]}}},
        {"pools": {"train": {"capacity": []}}},
        {"kubernetes": 1.35},
        {"storage": {"scratch": {"kind": "fast"}}},
        {"network": {"nat": "two"}},
        {"region": None},
        {"environment": "Prod"},
    ],
    ids=str,
)
def test_what_the_loader_refuses_the_editor_underlines(own: dict[str, object]) -> None:
    assert problems("stack", stack_file(**own))


@pytest.mark.parametrize("name", STACK)
def test_what_only_the_stack_can_say_is_asked_for(name: str) -> None:
    value = stack_file()
    del value["config"][CLUSTER][name]
    assert any(f"'{name}' is a required property" in text for text in problems("stack", value))


def test_keys_around_the_cluster_are_those_of_pulumi() -> None:
    whole = {**stack_file(), "encryptionsalt": "v1:x", "environment": ["shared/dev"]}
    whole["config"]["aws:region"] = "us-east-1"
    assert problems("stack", whole) == []
    assert problems("stack", {**whole, "confg": {}})
    wrong = copy.deepcopy(whole)
    wrong["config"]["gpu-fleet:clusters"] = {}
    assert problems("stack", wrong)


def test_a_blueprint_needs_nothing_and_removes_nothing() -> None:
    assert problems("blueprint", {}) == []
    assert problems("blueprint", {"pools": {"train": {"nodes": 2}}}) == []
    assert problems("blueprint", {"pools": None})
    assert problems("blueprint", {"pool": {}})


@pytest.mark.parametrize("name", schemas.SCHEMAS)
def test_every_field_of_the_spec_is_there_with_its_help(name: str) -> None:
    text = (schemas.FOLDER / f"{name}.json").read_text(encoding="utf-8")
    for path, _, description in declared_fields(ClusterSpec):
        assert json.dumps(description, ensure_ascii=False) in text, path
    assert "x-kind" not in text
