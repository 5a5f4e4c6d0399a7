"""Plan -> program -> resources -> cost: the same items as the plan's own, whatever the spec asks for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.cost.estimate import report_for
from components.cost.items import items_of
from components.cost.readers.gcp import items_from_resources
from components.cost.readers.terms import Terms
from components.gcp import build
from components.plan.gcp.model import GcpClusterPlan
from components.plan.planner import plan
from components.spec.loader import load_config
from scripts.preview import capture
from tests.unit.cost_gcp.gcp_clusters import CATALOG, ON

PRICE = {"usd_per_hour": 70, "source": "contract", "as_of": "2026-11-01"}
RESERVED = {"id": "h200-a", "zone_id": "us-central1-b", "nodes": 8, "until": "2027-06-30", "price": PRICE}
SECOND = {**RESERVED, "id": "projects/example-other/reservations/h200-b", "nodes": 2}
GB200 = {**RESERVED, "id": "gb200", "zone_id": "us-central1-a", "nodes": 36}
BLOCK = {
    "id": "h200-january",
    "zone_id": "us-central1-b",
    "nodes": 4,
    "start": "2027-01-10T00:00:00Z",
    "end": "2027-01-20T00:00:00Z",
    "upfront_usd": "67200",
}
H200: dict[str, Any] = {"accelerator": "H200:8", "fabric": "required", "zones": ["us-central1-b"]}
INFER: dict[str, Any] = {"accelerator": "L4:1", "fabric": "none", "capacity": ["spot", "on-demand"]}
TWO_ZONES = ["us-central1-a", "us-central1-b"]


def planned(over: dict[str, Any]) -> GcpClusterPlan:
    stack = {
        "blueprint": "h100-training",
        "cloud": "gcp",
        "account": "example-ml-prod",
        "region": "us-central1",
        "environment": "prod",
        "tags": {"owner": "research", "cost-center": "4711"},
        "access": {"admins": ["group:ml-platform@example.com"]},
    }
    made = plan(load_config(json.dumps({**stack, **over}), "prod-gcp"))
    assert isinstance(made, GcpClusterPlan)
    return made


def resources_of(made: GcpClusterPlan) -> list[dict[str, Any]]:
    """What the components register for a plan."""

    def program() -> None:
        build(made)

    return [one.to_json() for one in capture.run(program, stack="prod-gcp", config={}).resources]


def pool(given: dict[str, Any], **over: Any) -> dict[str, Any]:
    return {"pools": {"train": {**given, **over}}}


@pytest.mark.parametrize(
    "over",
    [
        pool(H200, nodes="8..12", capacity=[{"reservation": RESERVED}, "spot"]),
        pool(H200, nodes="8..12", capacity=[{"reservation": RESERVED}, {"reservation": SECOND}, "spot"]),
        pool(H200, nodes="2..6", capacity=[{"block": BLOCK}, "spot"]),
        pool(H200, nodes="0..6", capacity=["flex"], flex={"queued": True}),
        pool(INFER, nodes="1..5", zones=TWO_ZONES),
        pool(INFER, nodes="0..4", scratch="raid0"),
        pool({"accelerator": "A100-40GB:8", "fabric": "none"}, nodes=2, capacity=["on-demand"], scratch="raid0"),
        pool({"accelerator": "TPU-v6e:4x4", "nodes": 8, "capacity": ["on-demand"]}),
        pool(
            {"accelerator": "GB200:4", "fabric": "required"},
            nodes=36,
            zones=["us-central1-a"],
            capacity=[{"reservation": GB200}],
        ),
        pool(
            {"accelerator": "GB200:4", "fabric": "required"},
            nodes=72,
            zones=["us-central1-a"],
            capacity=[{"reservation": {**GB200, "id": id_}} for id_ in ("gb200-a", "gb200-b")],
        ),
        {**pool(INFER, nodes="0..4"), "network": {"nat": "none"}},
        {
            **pool(INFER, nodes="0..4"),
            "storage": {
                "a": {"kind": "object", "capacity": "10TiB"},
                "scratch": {"kind": "parallel", "capacity": "9000GiB", "linked_to": "a"},
                "a-2": {"kind": "object"},
                "home": {"kind": "shared", "capacity": "1TiB"},
            },
        },
        {**pool(INFER, nodes=1), "kubernetes": "1.33", "software": {"release_channel": "extended"}},
        {**pool(INFER, nodes=1), "encryption": {"key": "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k"}},
        {**pool(INFER, nodes=1), "usage": {"egress_gb": 1000, "log_gb": 10, "nat_gb": 5, "support_percent": 10}},
    ],
    ids=[
        "reservation",
        "two reservations",
        "block",
        "flex",
        "two zones",
        "local SSD",
        "several local SSDs",
        "slices",
        "NVLink domains",
        "NVLink domains of two reservations",
        "closed network",
        "storage",
        "extended support",
        "key of the project",
        "usage",
    ],
)
def test_resources_cost_what_their_plan_costs(over: dict[str, Any]) -> None:
    made = planned(over)
    assert items_from_resources(resources_of(made), Terms.of(made), CATALOG, ON) == items_of(made, CATALOG, ON)
    assert report_for(made, CATALOG, ON).monthly.max > 0
