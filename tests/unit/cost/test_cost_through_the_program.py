"""Plan -> program -> resources -> cost: the same items as the plan's own, whatever the spec asks for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.catalog import load
from components.cost.estimate import report_for
from components.cost.items import items_of
from components.cost.readers.aws import items_from_resources
from components.cost.readers.terms import Terms
from components.plan.aws.model import AwsClusterPlan
from components.plan.planner import plan
from components.spec.loader import load_config
from tests.support.aws_resources import resources_of_plan
from tests.unit.cost.clusters import ON

CATALOG = load("aws")
RESERVED = {"id": "cr-0123456789abcdef0", "zone_id": "use1-az2", "nodes": 8, "until": "2027-06-30"}
SECOND = {**RESERVED, "id": "cr-0123456789abcdef2", "nodes": 2}
BLOCK = {
    "id": "cr-0fedcba9876543210",
    "zone_id": "use1-az2",
    "nodes": 4,
    "start": "2027-01-04T11:30:00Z",
    "end": "2027-01-14T11:30:00Z",
    "upfront_usd": "37758.72",
}
HOURS = {"up": "0 8 * * 1-5", "down": "0 18 * * 1-5", "timezone": "Europe/Berlin"}
INFER = {"accelerator": "L4:1", "nodes": "0..6", "fabric": "none", "capacity": ["spot", "on-demand"]}


def planned(over: dict[str, Any]) -> AwsClusterPlan:
    stack = {
        "blueprint": "h100-training",
        "cloud": "aws",
        "account": "123456789012",
        "region": "us-east-1",
        "environment": "prod",
        "tags": {"owner": "research", "cost-center": "4711"},
        "access": {"admins": ["arn:aws:iam::123456789012:role/platform"]},
    }
    made = plan(load_config(json.dumps({**stack, **over}), "prod-aws"))
    assert isinstance(made, AwsClusterPlan)
    return made


@pytest.mark.parametrize(
    "over",
    [
        {"pools": {"train": {"nodes": "8..12", "capacity": [{"reservation": RESERVED}, "on-demand"]}}},
        {
            "pools": {
                "train": {
                    "nodes": "8..12",
                    "capacity": [{"reservation": RESERVED}, {"reservation": SECOND}, "on-demand"],
                }
            }
        },
        {"pools": {"train": {"nodes": "2..6", "capacity": [{"block": BLOCK}, "on-demand", "spot"]}}},
        {"pools": {"infer": INFER}},
        {"pools": {"train": {"nodes": "0..4"}}, "schedule": {"hours": [HOURS]}},
        {"network": {"nat": "none"}},
        {"network": {"nat": "per-zone"}},
        {
            "storage": {
                "a": {"kind": "object", "capacity": "10TiB"},
                "scratch": {"kind": "parallel", "capacity": "4800GiB", "throughput": "500MBps/TiB", "linked_to": "a"},
                "a-2": {"kind": "object"},
                "home": {"kind": "shared", "capacity": "1TiB"},
            }
        },
        {"kubernetes": "1.33", "software": {"extended_support": True}},
        {"encryption": {"key": "arn:aws:kms:us-east-1:123456789012:key/abcd"}},
        {"usage": {"egress_gb": 1000, "log_gb": 10, "nat_gb": 5, "support_percent": 10}},
    ],
    ids=[
        "reservation",
        "two reservations",
        "block",
        "spot",
        "hours",
        "closed network",
        "NAT in each zone",
        "storage",
        "extended support",
        "key of the account",
        "usage",
    ],
)
def test_resources_cost_what_their_plan_costs(over: dict[str, Any]) -> None:
    made = planned(over)
    resources = [one.to_json() for one in resources_of_plan(made).all]
    assert items_from_resources(resources, Terms.of(made), CATALOG, ON) == items_of(made, CATALOG, ON)
    assert report_for(made, CATALOG, ON).monthly.max > 0
