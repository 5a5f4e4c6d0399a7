"""Whole stacks as they are registered: one in full, and for each mechanism what it changes in that one.

A snapshot is read like a diff in review: it shows that a mechanism touches what it should and nothing else. What the
figures in it must be is tested elsewhere, from the vendors' documentation. `UPDATE_SNAPSHOTS=1` writes them anew.
"""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from components import program
from components.plan.aws.model import AwsClusterPlan
from components.plan.aws.names import auto_named
from components.plan.planner import plan
from components.spec.loader import load_config
from components.spec.project import Project
from scripts.preview import capture
from tests.stacks.mechanisms import BASE, MECHANISMS

HERE = Path(__file__).parent
SNAPSHOTS = HERE / "snapshots"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")


def registered(change: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Every resource of the base stack with a change, by logical name."""
    value = merged(BASE, change)
    loaded = load_config(json.dumps(value), "snap", Project(HERE, HERE))
    made = plan(loaded)
    captured = capture.run(lambda: program.deploy(made, loaded), stack=made.stack, config={})
    return {resource["name"]: resource for resource in captured.to_json()}


@cache
def base() -> dict[str, dict[str, Any]]:
    return registered({})


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    found = {**base}
    for key, value in over.items():
        old = found.get(key)
        found[key] = merged(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return found


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict) and value and set(value) - {"ref", "join", "secret"}:
        return {k: v for key, item in value.items() for k, v in leaves(item, f"{path}.{key}" if path else key).items()}
    if isinstance(value, list) and value and isinstance(value[0], dict) and "ref" not in value[0]:
        return {k: v for i, item in enumerate(value) for k, v in leaves(item, f"{path}[{i}]").items()}
    return {path: value}


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What was added and removed (in full, and by name), and what changed in the rest: [before, after] by path."""
    changed: dict[str, Any] = {}
    for name in sorted(before.keys() & after.keys()):
        old, new = leaves(before[name]), leaves(after[name])
        paths = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
        if paths:
            changed[name] = {path: [old.get(path), new.get(path)] for path in paths}
    return {
        "added": {name: after[name] for name in sorted(after.keys() - before.keys())},
        "removed": sorted(before.keys() - after.keys()),
        "changed": changed,
    }


def hold(name: str, found: Any) -> None:
    file = SNAPSHOTS / f"{name}.json"
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        file.write_text(text)
    assert file.is_file(), f"no snapshot {name}: run with UPDATE_SNAPSHOTS=1 and read what it writes"
    assert json.loads(file.read_text()) == json.loads(text), f"{name} differs from its snapshot"


def test_base_stack() -> None:
    hold("base", list(base().values()))


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_mechanism(mechanism: str) -> None:
    hold(mechanism, difference(base(), registered(MECHANISMS[mechanism])))


@pytest.mark.parametrize("mechanism", [name for name in MECHANISMS if name.startswith("second-pool")])
def test_adding_a_pool_moves_no_other_resource(mechanism: str) -> None:
    found = difference(base(), registered(MECHANISMS[mechanism]))
    assert found["added"]
    assert found["removed"] == []
    inputs = {
        (name, path)
        for name, paths in found["changed"].items()
        for path in paths
        if path.startswith("inputs")  # what a resource waits for is no edit
    }
    # A pool in a zone that is new to the cluster brings a route table, and the S3 endpoint serves all of them:
    # an edit in place (terraform-provider-aws, aws_vpc_endpoint: route_table_ids is not ForceNew).
    assert inputs <= {("snap-s3-endpoint", "inputs.routeTableIds")}


_KINDS = {
    "node-group": "aws:eks/nodeGroup:NodeGroup",
    "launch-template": "aws:ec2/launchTemplate:LaunchTemplate",
    "bucket": "aws:s3/bucket:Bucket",
    "role": "aws:iam/role:Role",
}


def test_names_are_checked_as_they_are_registered() -> None:
    """The plan checks lengths of the names that the components give: both must mean the same names."""
    loaded = load_config(json.dumps(BASE), "snap", Project(HERE, HERE))
    made = plan(loaded)
    assert isinstance(made, AwsClusterPlan)
    by_type = {(resource["type"], name) for name, resource in base().items()}
    for kind, name, _ in auto_named(made):
        assert (_KINDS[kind], name) in by_type


def test_every_snapshot_has_its_mechanism() -> None:
    assert {file.stem for file in SNAPSHOTS.glob("*.json")} == {"base", *MECHANISMS}
