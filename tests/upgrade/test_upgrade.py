"""What was deployed by the version before stays: today's program replaces, makes and deletes nothing of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from components import program
from components.catalog import load as catalog_of
from components.plan.planner import plan
from components.spec.loader import load
from scripts.preview import capture
from scripts.preview.compare import Comparison, compare
from scripts.preview.state import read
from tests.upgrade.states import FOLDER, SHIPPED, file_of, state_of, write

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")
PROJECT = "gpu-fleet"
LARGEST = 40_000
"""Bytes of a kept state: it is a fixture, not an archive."""


def upgraded(folder: Path, stack: str, state: dict[str, Any] | None = None) -> Comparison:
    """What an `up` by today's program would do to a kept state, or to another one."""
    loaded = load(stack)
    made = plan(loaded)
    resources = capture.run(lambda: program.deploy(made, loaded), stack=stack, config={}).to_json()
    return compare(resources, read(write(folder, stack, state), stack, PROJECT), catalog_of(made.cloud).replacements)


def told(comparison: Comparison) -> list[str]:
    return [
        f"{step.operation} {step.name}: {', '.join(change.path for change in step.changes)}"
        for step in comparison.changing
        if step.operation != "update"
    ]


def test_the_state_of_every_shipped_stack_is_kept() -> None:
    assert sorted(file.name for file in FOLDER.glob("*.json.gz")) == [file_of(stack).name for stack in SHIPPED]
    assert all(file_of(stack).stat().st_size < LARGEST for stack in SHIPPED)


@pytest.mark.parametrize("stack", SHIPPED)
def test_no_resource_is_replaced_made_or_deleted(stack: str, tmp_path: Path) -> None:
    comparison = upgraded(tmp_path, stack)
    assert told(comparison) == [], "see tests/upgrade/states.py before these are made anew"
    assert len(comparison.steps) > 40
    assert not comparison.unresolved


def test_a_change_of_the_program_would_be_told(tmp_path: Path) -> None:
    """As if the version before had named the key's resource and drawn the first subnet otherwise."""
    stack = "small-aws"
    state = state_of(stack)
    for one in state["deployment"]["resources"]:
        if one["urn"].endswith("-key-alias"):
            one["urn"] += "-of-old"
        if one["type"] == "aws:ec2/subnet:Subnet" and "-system-" not in one["urn"]:
            one["inputs"]["cidrBlock"] = "10.0.250.0/24"
    found = told(upgraded(tmp_path, stack, state))
    assert any(line.startswith("create small-aws-key-alias:") for line in found)
    assert any(line.startswith("delete small-aws-key-alias-of-old:") for line in found)
    assert any(line.startswith("replace ") and line.endswith("-subnet: cidrBlock") for line in found)
