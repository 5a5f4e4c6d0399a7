"""Clouds that fail: each fault is told with its pool, the cloud's own words and what to do; the rest comes up."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.engine.support.fleet import Fleet, checkpoint
from tests.engine.support.place import Place

pytestmark = pytest.mark.engine

STACK = "small-aws"
POOL = {"accelerator": "L4:1", "nodes": 1, "fabric": "none", "capacity": ["on-demand"]}
LIMIT = "You have requested more vCPU capacity than your current vCPU limit of 8 allows"

# Pool -> what strikes at its nodes, the cloud's words, and what to do. A provider asks 26 times before it gives up (terraform-provider-aws,
# max_retries: 25).
AT_NODES: dict[str, tuple[dict[str, Any], str, str]] = {
    "full": ({"kind": "capacity"}, "InsufficientInstanceCapacity", "try later or another zone"),
    "busy": ({"kind": "throttle", "times": 26}, "RequestLimitExceeded", "wait a minute"),
    "broken": ({"kind": "error"}, "InternalError", "nothing of yours is wrong"),
    "half": (
        {"kind": "partial", "message": "NodeCreationFailure: Instances failed to join"},
        "NodeCreationFailure",
        "see why the nodes do not join",
    ),
    "limit": (
        {"kind": "error", "code": "VcpuLimitExceeded", "message": LIMIT},
        "VcpuLimitExceeded",
        "ask AWS for a higher quota",
    ),
}
# EC2 API, DescribeTags; `pulumi import` takes a launch template by its id.
LOOK = (
    "look for it (aws ec2 describe-tags --filters Name=resource-type,Values=launch-template"
    f" Name=tag:Name,Values={STACK}-{{0}}-on-demand-template --query 'Tags[].ResourceId' --output text); if it is there, with its"
    f" id for ID: pulumi import aws:ec2/launchTemplate:LaunchTemplate {STACK}-{{0}}-on-demand-template ID --parent "
)
# Pool -> what strikes at its launch template, which its nodes need.
AT_TEMPLATES: dict[str, tuple[dict[str, Any], str, str]] = {
    "mute": ({"kind": "lost-reply"}, "closed before the reply", LOOK.format("mute")),
    "echo": ({"kind": "error-after-success"}, "InternalError", LOOK.format("echo")),
}
# Pools that come up in the first run: with no fault, a slow one, and one that the provider gets over by itself.
GOOD: dict[str, dict[str, Any]] = {
    "good": {},
    "slow": {"kind": "slow", "seconds": 3600},
    "late": {"kind": "not-found-after-create", "reads": 1},
    "again": {"kind": "throttle", "times": 2},
}


def struck() -> list[dict[str, Any]]:
    """The faults as the simulated cloud takes them."""
    at = {f"{pool}-on-demand-nodes": fault for pool, (fault, *_) in AT_NODES.items()}
    at |= {f"{pool}-on-demand-nodes": fault for pool, fault in GOOD.items() if fault}
    at |= {f"{pool}-on-demand-template": fault for pool, (fault, *_) in AT_TEMPLATES.items()}
    return [{"at": f"*::{STACK}-{name}", "call": "create", **fault} for name, fault in at.items()]


def has_pools(place: Place, *pools: str) -> None:
    """A stack of these pools, by a blueprint of its own."""
    folder = place.project / "stacks" / "blueprints"
    blueprint = yaml.safe_load((folder / "dev-small.yaml").read_text())
    blueprint |= {"pools": dict.fromkeys(pools, POOL), "budget": {"usd_per_month": 100000}}
    (folder / "faults.yaml").write_text(json.dumps(blueprint))
    place.edit({"blueprint": "faults"})


def told(fleet: Fleet) -> dict[str, dict[str, Any]]:
    """Who failed in a run, and what is said of it."""
    status, document = fleet.json("up", "--yes")
    assert (status, document["outcome"]) == (3, "failed"), document["findings"]
    return {one["message"].partition(": ")[0]: one for one in document["findings"]}


def says(finding: dict[str, Any], words: str, hint: str) -> bool:
    return words in finding["message"] and hint in finding["hint"] and "run the same again" in finding["hint"]


def groups(place: Place) -> set[str]:
    """The pools whose nodes exist."""
    names = [name for type_, name in place.cloud.left() if type_ == "aws:eks/nodeGroup:NodeGroup"]
    assert len(names) == len(set(names)), "no group twice"
    return {name.removeprefix(f"{STACK}-").removesuffix("-nodes").removesuffix("-on-demand") for name in names}


def known(place: Place) -> set[str]:
    """The ids of what the state has; it can be read, and names nothing twice."""
    latest = json.loads(checkpoint(place).read_text())["checkpoint"]["latest"]
    urns = [one["urn"] for one in latest["resources"]]
    assert len(urns) == len(set(urns))
    return {one["id"] for one in latest["resources"] if one.get("id")}


def test_every_fault_is_told_the_rest_comes_up_and_the_next_run_goes_on(open_place: Callable[..., Place]) -> None:
    place = open_place(STACK, "--faults", json.dumps(struck()))
    has_pools(place, *AT_NODES, *GOOD)
    assert place.engine.init(STACK).ok
    fleet = Fleet(place)

    failed = told(fleet)
    assert set(failed) == {f"pool {pool}-on-demand" for pool in AT_NODES}
    for pool, (_, words, hint) in AT_NODES.items():
        assert says(failed[f"pool {pool}-on-demand"], words, hint), failed
    assert set(GOOD) <= groups(place), "other pools came up"
    first = known(place)

    has_pools(place, *AT_NODES, *GOOD, *AT_TEMPLATES)
    failed = told(fleet)
    for pool, (_, words, hint) in AT_TEMPLATES.items():
        assert says(failed.pop(f"{pool}-on-demand-template"), words, hint), failed
    assert not failed, "what lacks its template is no failure of its own"
    assert first <= known(place), "nothing was lost or made anew"

    status, document = fleet.json("up", "--yes")
    assert (status, document["outcome"]) == (0, "deployed"), document["findings"]
    assert groups(place) == {*AT_NODES, *GOOD, *AT_TEMPLATES, "system"}
    assert first <= known(place)
