"""Specs for tests on Google Cloud: a baseline as a user writes it, changes to it, and plans without files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.errors import Finding, InputError, Level
from components.plan import planner
from components.plan.gcp.model import GcpClusterPlan, GcpPool, NodePool
from tests.support.specs import changed, load_value

RESERVATION = {"id": "train", "zone_id": "us-central1-a", "nodes": 4, "until": "2027-06-30"}
BLOCK = {
    "id": "february",
    "zone_id": "us-central1-b",
    "nodes": 4,
    "start": "2027-02-01T11:30:00Z",
    "end": "2027-02-15T11:30:00Z",
    "upfront_usd": 130000,
}

_BASELINE: dict[str, Any] = {
    "blueprint": "test",
    "cloud": "gcp",
    "account": "example-project",
    "region": "us-central1",
    "environment": "dev",
    "kubernetes": "1.35",
    "access": {"admins": ["group:platform@example.com"]},
    "pools": {"train": {"accelerator": "H100:8", "nodes": 2, "fabric": "required"}},
}


def gcp_baseline(changes: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Two nodes of 8 x H100 with a fabric, in us-central1: a spec that plans without an error; with `changes`."""
    return changed(_BASELINE, changes or {})


def gcp_plan_of(changes: Mapping[str, Any] | None = None) -> GcpClusterPlan:
    """The plan of the baseline with changes by dotted path. Raises InputError."""
    found = planner.plan(load_value(gcp_baseline(changes)))
    assert isinstance(found, GcpClusterPlan)
    return found


def gcp_pool_of(pool: Mapping[str, Any], **changes: Any) -> GcpPool:
    """The plan of one pool, `train`, in a cluster that is otherwise the baseline."""
    return gcp_plan_of({**changes, "pools.train": dict(pool)}).pools[0]


def node_pool_of(pool: Mapping[str, Any], **changes: Any) -> NodePool:
    """The first node pool of the first rung of one pool."""
    return gcp_pool_of(pool, **changes).rungs[0].groups[0]


def gcp_errors_of(changes: Mapping[str, Any]) -> tuple[Finding, ...]:
    """The errors that the baseline with changes is refused with; it must be refused."""
    try:
        gcp_plan_of(changes)
    except InputError as error:
        return tuple(one for one in error.findings if one.level is Level.ERROR)
    raise AssertionError(f"planned, although it must be refused: {changes}")


def the_gcp_error(changes: Mapping[str, Any]) -> Finding:
    """The one error that the baseline with changes is refused with."""
    found = gcp_errors_of(changes)
    assert len(found) == 1, [str(one) for one in found]
    return found[0]


def gcp_advice(plan: GcpClusterPlan, id: str) -> Finding:
    """The one advisory finding of a plan with that id."""
    found = [one for one in plan.findings if one.id == id]
    assert len(found) == 1, [str(one) for one in plan.findings]
    assert found[0].level is Level.ADVISORY
    return found[0]


def decided(plan: GcpClusterPlan, path: str) -> str:
    """What the plan chose at a path, and why, in one text; empty where it decided nothing there."""
    return "; ".join(f"{one.chose}: {one.why}" for one in plan.decisions if one.path == path)
