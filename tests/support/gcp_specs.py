"""Pools on Google Cloud for tests: bought capacity, plans of one pool, and what a plan decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.plan.gcp.model import GcpClusterPlan, GcpPool, NodePool
from tests.support.gcp_values import gcp_plan

RESERVATION = {"id": "train", "zone_id": "us-central1-a", "nodes": 4, "until": "2027-06-30"}
BLOCK = {
    "id": "february",
    "zone_id": "us-central1-b",
    "nodes": 4,
    "start": "2027-02-01T11:30:00Z",
    "end": "2027-02-15T11:30:00Z",
    "upfront_usd": 130000,
}
RESERVED, BLOCKED = {"reservation": RESERVATION}, {"block": BLOCK}


def reserved(nodes: int, zone: str = "us-central1-a") -> dict[str, Any]:
    """A rung that uses a reservation of so many machines."""
    return {"reservation": {**RESERVATION, "nodes": nodes, "zone_id": zone}}


def gcp_pool_of(pool: Mapping[str, Any], **changes: Any) -> GcpPool:
    """The plan of one pool, `train`, in a cluster that is otherwise the baseline; double underscores are dots."""
    named = {key.replace("__", "."): value for key, value in changes.items()}
    return gcp_plan({**named, "pools.train": dict(pool)}).pools[0]


def node_pool_of(pool: Mapping[str, Any], **changes: Any) -> NodePool:
    """The first node pool of the first rung of one pool."""
    return gcp_pool_of(pool, **changes).rungs[0].groups[0]


def decided(plan: GcpClusterPlan, path: str) -> str:
    """What the plan chose at a path, and why, in one text; empty where it decided nothing there."""
    return "; ".join(f"{one.chose}: {one.why}" for one in plan.decisions if one.path == path)
