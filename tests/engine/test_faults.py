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

# Pool -> where it strikes, the fault, the cloud's words, and what to do.
FAULTS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "full": ("nodes", {"kind": "capacity"}, "InsufficientInstanceCapacity", "try later or another zone"),
    "busy": ("nodes", {"kind": "throttle", "times": 100}, "RequestLimitExceeded", "wait a minute"),
    "broken": ("nodes", {"kind": "error"}, "InternalError", "nothing of yours is wrong"),
    "half": (
        "nodes",
        {"kind": "partial", "message": "NodeCreationFailure: Instances failed to join"},
        "NodeCreationFailure",
        "see why the nodes do not join",
    ),
    "limit": (
        "nodes",
        {"kind": "error", "code": "VcpuLimitExceeded", "message": LIMIT},
        "VcpuLimitExceeded",
        "ask AWS for a higher quota",
    ),
    "mute": ("template", {"kind": "lost-reply"}, "closed before the reply", "look for it by the stack's tag"),
    "echo": ("template", {"kind": "error-after-success"}, "InternalError", "nothing of yours is wrong"),
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
    every = {**{pool: (part, fault) for pool, (part, fault, *_) in FAULTS.items()}}
    every |= {pool: ("nodes", fault) for pool, fault in GOOD.items() if fault}
    return [
        {"at": f"*::{STACK}-{pool}-on-demand-{part}", "call": "create", **fault}
        for pool, (part, fault) in every.items()
    ]


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
    settings = {"account": "210987654321", "retries": 25}
    place = open_place(STACK, "--settings", json.dumps(settings), "--faults", json.dumps(struck()))
    blueprint = yaml.safe_load((place.project / "stacks" / "blueprints" / "dev-small.yaml").read_text())
    blueprint |= {"pools": dict.fromkeys((*FAULTS, *GOOD), POOL), "budget": {"usd_per_month": 100000}}
    (place.project / "stacks" / "blueprints" / "faults.yaml").write_text(json.dumps(blueprint))
    place.edit({"blueprint": "faults"})
    assert place.engine.init(STACK).ok
    fleet = Fleet(place)

    status, document = fleet.json("up", "--yes")
    assert (status, document["outcome"]) == (3, "failed"), document["findings"]
    told = {one["message"].partition(": ")[0]: one for one in document["findings"] if one["id"] == "engine"}
    for pool, (part, _, words, hint) in FAULTS.items():
        name = f"pool {pool}-on-demand" if part == "nodes" else f"{pool}-on-demand-template"
        finding = told.pop(name)
        assert words in finding["message"], finding
        assert hint in finding["hint"] and "run the same again" in finding["hint"], finding
    assert not told, f"nothing else failed: {told}"
    assert set(GOOD) <= groups(place), "other pools came up"
    before = known(place)

    status, document = fleet.json("up", "--yes")
    assert (status, document["outcome"]) == (0, "deployed"), document["findings"]
    assert groups(place) == {*FAULTS, *GOOD, "system"}
    assert before <= known(place), "nothing was lost or made anew"
    assert place.engine.up(STACK, "--expect-no-changes").ok


def test_a_provider_that_dies_is_told_with_what_it_left_and_the_next_run_goes_on(
    open_place: Callable[..., Place],
) -> None:
    fault = {"at": "aws:ec2/subnet:Subnet", "call": "create", "kind": "crash", "when": "before"}
    place = open_place(STACK, "--faults", json.dumps([fault]))
    assert place.engine.init(STACK).ok
    ended = Fleet(place).run("up", STACK, "--yes")
    assert ended.status == 3
    assert "the provider died" in ended.err
    known(place)
    place.reopen()
    status, document = Fleet(place).json("up", "--yes")
    assert (status, document["outcome"]) == (0, "deployed"), document["findings"]
    assert place.engine.destroy(STACK).ok
    assert place.cloud.left() == []
