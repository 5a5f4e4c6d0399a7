"""What is shown before somebody says yes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from components.plan.model import NodeCount
from scripts.deploy.outlook import left_to_others, lines, meaning, sizes_of
from scripts.engine.steps import Change, Gpus, Step, gpus, sizes
from scripts.preview.state import State, read
from tests.support.aws_plan import make_plan, make_pool, make_rung

STACK = "prod-aws"
GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"


def exported(tmp_path: Path) -> State:
    """A state of one node group: 3 nodes of p5.48xlarge, which has 8 H100 (AWS, "Amazon EC2 P5 instances")."""

    def one(name: str, type_: str, id_: str, **values: Any) -> dict[str, Any]:
        urn = f"urn:pulumi:{STACK}::gpu-fleet::{type_}::{STACK}-{name}"
        return {"urn": urn, "type": type_, "id": id_, "inputs": values, "outputs": values, "custom": True}

    resources = [
        one("train-template", TEMPLATE, "lt-1", instanceType="p5.48xlarge"),
        one("train-nodes", GROUP, "g-1", launchTemplate={"id": "lt-1"}, scalingConfig={"desiredSize": 3}),
        one("scratch-files", "aws:fsx/lustreFileSystem:LustreFileSystem", "fs-1"),
    ]
    file = tmp_path / "state.json"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": resources}}))
    return read(file, STACK)


def accelerators(machine: str) -> int:
    return {"p5.48xlarge": 8}.get(machine, 0)


def change(name: str, type_: str, operation: str, **more: Any) -> Change:
    return Change(name=f"{STACK}-{name}", type=type_, operation=operation, **more)


def test_gpus_are_counted_from_what_exists(tmp_path: Path) -> None:
    old = sizes_of(exported(tmp_path), "aws", accelerators)
    assert old == {f"{STACK}-train-nodes": (3, 8)}
    replaced = change("train-nodes", GROUP, "replace", causes=("subnetIds",), old_first=True)
    assert gpus([replaced], old, {f"{STACK}-train-nodes": (2, 8)}) == Gpus(ended=24, begun=16, missing=24)
    assert gpus([change("train-nodes", GROUP, "delete")], old, {}) == Gpus(ended=24, missing=24)


@pytest.mark.parametrize(
    ("bounds", "had", "becomes"),
    [
        ((2, 2, 2), 7, 2),  # nobody else moves it
        ((0, 0, 8), 7, 7),
        ((0, 0, 4), 7, 4),
        ((1, 1, 8), 0, 1),
        ((1, 1, 8), None, 1),
    ],
)
def test_a_pool_that_others_scale_keeps_its_size_within_its_bounds(
    bounds: tuple[int, int, int], had: int | None, becomes: int
) -> None:
    least, desired, most = bounds
    rung = make_rung(nodes=NodeCount(min=least, desired=desired, max=most))
    plan = make_plan(pools=(make_pool(rungs=(rung,)),))
    name = f"{STACK}-train-on-demand-nodes"
    assert sizes(plan, {} if had is None else {name: (had, 8)}) == {name: (becomes, 8)}


def test_what_changes_in_a_block_that_is_partly_left_to_others() -> None:
    urn = f"urn:pulumi:{STACK}::gpu-fleet::{GROUP}::{STACK}-train-nodes"
    fixed = f"urn:pulumi:{STACK}::gpu-fleet::{GROUP}::{STACK}-fixed-nodes"
    state = {
        "deployment": {"resources": [{"urn": urn, "ignoreChanges": ["scalingConfig.desiredSize"]}, {"urn": fixed}]}
    }

    def found(operation: str, *paths: str) -> list[str]:
        changes = [change(name, GROUP, operation, paths=paths) for name in ("train-nodes", "fixed-nodes", "new-nodes")]
        return left_to_others(changes, state)

    assert found("update", "labels", "scalingConfig.maxSize") == [urn]
    assert found("update", "labels", "scalingConfiguration") == []
    assert found("replace", "subnetIds[0]") == [urn], "the new one begins with the size that the state has"
    assert found("delete") == [] == left_to_others([], state)


def test_what_is_lost_and_which_nodes_go_is_said_in_words(tmp_path: Path) -> None:
    changes = [
        change("train-nodes", GROUP, "replace", causes=("subnetIds",), old_first=True),
        change("scratch-files", "aws:fsx/lustreFileSystem:LustreFileSystem", "replace", causes=("subnetIds",)),
    ]
    told = meaning(changes, exported(tmp_path), cloud="aws", stack=STACK, accelerators_of=accelerators)
    assert [(one.id, one.message) for one in told] == [
        (
            "nodes-go",
            "the node group is replaced, old nodes first: 3 nodes, 24 GPUs are away until the new ones are there",
        ),
        ("data-loss", "this replaces the file system scratch: its data is lost (because of subnetIds)"),
    ]


def test_few_changes_are_listed_by_name_with_their_causes() -> None:
    step = Step(
        name="preview",
        kind="preview",
        seconds=1,
        changes=(
            change("train-nodes", GROUP, "replace", causes=("subnetIds",), old_first=True),
            change("key", "aws:kms/key:Key", "update", paths=("tags.owner",)),
        ),
        same=5,
        gpus=Gpus(ended=24, begun=24, missing=24),
    )
    assert list(lines(step, STACK, "aws")) == [
        "1 to update, 1 to replace, 5 unchanged",
        "to replace:",
        "  ± train-nodes (subnetIds, old first)",
        "to update in place:",
        "  ~ key (tags.owner)",
        "GPUs: 24 go away, 24 come, 24 missing at a time",
    ]


def test_many_are_counted_by_type_and_what_is_costly_or_lasts_is_named() -> None:
    subnets = tuple(change(f"a-{number}", "aws:ec2/subnet:Subnet", "create") for number in range(12))
    step = Step(
        name="preview",
        kind="preview",
        seconds=1,
        changes=(*subnets, change("key", "aws:kms/key:Key", "create"), change("train-nodes", GROUP, "create")),
    )
    assert list(lines(step, STACK, "aws")) == [
        "14 to create",
        "to create:",
        "  + key",
        "  + train-nodes",
        "  + 12 × ec2 Subnet",
    ]
