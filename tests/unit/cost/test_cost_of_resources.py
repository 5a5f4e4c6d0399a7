"""The cost of registered resources: equal to their plan's, moved by each input, loud where something cannot be read.

Prices of us-east-1 in USD: p5.48xlarge 55.04, g6.xlarge 0.8048, m6i.large 0.096 an hour; gp3 0.08, Lustre at 125 MB/s
per TiB 0.145 a GB-month; NAT gateway 0.045, address 0.005, endpoint 0.01 an hour; key 1 a month.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from components.catalog import load
from components.cost.estimate import report_for
from components.cost.items import items_of
from components.cost.readers.aws import items_from_resources
from components.cost.readers.terms import Terms
from components.plan.model import StatedPrice, UsagePlan
from tests.unit.cost.clusters import ON, P5
from tests.unit.cost.reading import cost, line, planned, unpriced
from tests.unit.cost.wires import STACK, Resource, group, named, reserved, resource, resources, template

CATALOG = load("aws")
MINE = StatedPrice(usd=D("41.50"), source="contract 7", as_of=date(2026, 10, 1))


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"stated_prices": {"nat-gateway": MINE}},
        {"usage": UsagePlan(egress_gb=D(20_000), log_gb=D(50), support_percent=D(10), labour_hours=D(3))},
    ],
    ids=["as it is", "stated prices", "usage"],
)
def test_resources_have_the_items_of_their_plan(changes: dict[str, Any]) -> None:
    plan = planned(**changes)
    assert items_from_resources(resources(), Terms.of(plan), CATALOG, ON) == items_of(plan, CATALOG, ON)


def test_the_sum_of_it() -> None:
    # 8 x 55.04 x 730, disks 8 x 300 x 0.08; system 2 x 0.096 x 730 and 2 x 50 x 0.08; control plane 73; NAT 32.85 and
    # 3.65; Lustre 4800 x 0.145, bucket 1000 x 0.023; key 1
    least = D("321433.60") + 192 + D("140.16") + 8 + 73 + D("36.50") + 696 + 23 + 1
    report = cost(resources())
    assert report.monthly.min == report.monthly.desired == least
    assert report.monthly.max == least + D("160716.80") + 96  # 4 nodes more, with their disks


def scaled(found: list[Resource]) -> None:
    named(found, "train-on-demand-nodes")["scalingConfig"]["maxSize"] = 5


def other_machine(found: list[Resource]) -> None:
    named(found, "train-on-demand-nodes")["instanceTypes"] = ["g6.xlarge"]


def larger_disk(found: list[Resource]) -> None:
    named(found, "train-on-demand-template")["blockDeviceMappings"][0]["ebs"]["volumeSize"] = 500


def larger_files(found: list[Resource]) -> None:
    named(found, "scratch-files")["storageCapacity"] = 7200


def spot(found: list[Resource]) -> None:
    named(found, "train-on-demand-nodes")["capacityType"] = "SPOT"


def scheduled(found: list[Resource]) -> None:
    target = {"ref": f"{STACK}-train-on-demand-nodes.resources.0.autoscalingGroups.0.name"}
    found.append(resource("aws:autoscaling/schedule:Schedule", "more", autoscalingGroupName=target, maxSize=6))


def another_nat(found: list[Resource]) -> None:
    found.append(resource("aws:ec2/natGateway:NatGateway", "nat-2"))


def interface_endpoint(found: list[Resource]) -> None:
    subnets = [{"ref": "a.id"}, {"ref": "b.id"}]
    found.append(resource("aws:ec2/vpcEndpoint:VpcEndpoint", "ecr.api", vpcEndpointType="Interface", subnetIds=subnets))


@pytest.mark.parametrize(
    ("change", "least", "most"),
    [
        (scaled, "0", "40203.20"),  # 55.04 x 730 + 300 x 0.08
        (other_machine, "0", "-158366.784"),  # 4 x (0.8048 - 55.04) x 730
        (larger_disk, "0", "64"),  # 4 x 200 x 0.08
        (larger_files, "348", "348"),  # 2400 x 0.145
        (spot, "0", "0"),  # a spot price is no ceiling
        (scheduled, "0", "80406.40"),  # 2 x (55.04 x 730 + 300 x 0.08)
        (another_nat, "32.85", "32.85"),
        (interface_endpoint, "14.60", "14.60"),  # 2 x 0.01 x 730
    ],
)
def test_each_input_moves_the_cost(change: Callable[[list[Resource]], None], least: str, most: str) -> None:
    before = cost(resources())
    changed = resources()
    change(changed)
    after = cost(changed)
    assert after.monthly.min - before.monthly.min == D(least)
    assert after.monthly.max - before.monthly.max == D(most)
    assert not after.unpriced


def test_accelerators_are_those_of_each_rungs_machine() -> None:
    found = resources()
    other_machine(found)  # 1 L4 in place of 8 H100
    report = cost(found)
    assert line(report, "g6.xlarge (on-demand)").per_accelerator_hour == D("0.8048")
    assert report.accelerators.max == 8 * 8 + 4


def test_a_version_past_its_support_costs_more() -> None:
    found = resources()
    named(found, "control-plane")["upgradePolicy"] = {"supportType": "EXTENDED"}
    named(found, "control-plane")["version"] = "1.33"  # standard support until 2026-07-29
    assert cost(found).monthly.min - cost(resources()).monthly.min == 365  # (0.60 - 0.10) x 730


def test_a_cluster_that_says_nothing_on_support_accepts_the_extended_one() -> None:
    found = resources()
    del named(found, "control-plane")["upgradePolicy"]
    assert line(cost(found, on=date(2027, 6, 1)), "Kubernetes 1.35 control plane (extended support)")


# --- what cannot be read is loud ---

REF: dict[str, Any] = {"ref": "elsewhere.value"}
SECRET: dict[str, Any] = {"secret": True}


@pytest.mark.parametrize("unknown", [REF, SECRET, {"join": ["4", REF]}, None], ids=["ref", "secret", "join", "absent"])
def test_a_size_that_cannot_be_read(unknown: object) -> None:
    found = resources()
    named(found, "train-on-demand-nodes")["scalingConfig"]["maxSize"] = unknown
    assert unpriced(cost(found)) == [
        ("p5.48xlarge (on-demand)", "prod-aws-train-on-demand-nodes: its size cannot be read, so it has no price"),
        (
            "root disks of prod-aws-train-on-demand-nodes",
            "how many disks prod-aws-train-on-demand-nodes has, or how large they are, cannot be read",
        ),
    ]


@pytest.mark.parametrize("types", [[P5, REF], REF, None, []], ids=["one of them", "all", "absent", "none"])
def test_a_machine_that_cannot_be_read(types: object) -> None:
    found = resources()
    named(found, "train-on-demand-nodes")["instanceTypes"] = types
    (item, hint), *more = unpriced(cost(found))
    assert (item, more) == ("prod-aws-train-on-demand-nodes (on-demand)", [])
    assert hint == "prod-aws-train-on-demand-nodes: its machine cannot be read, so it has no price"


@pytest.mark.parametrize(
    ("key", "value"),
    [("volumeSize", REF), ("volumeType", REF), ("volumeType", None), ("iops", 16_000), ("throughput", 1000)],
)
def test_a_disk_that_cannot_be_priced(key: str, value: object) -> None:
    found = resources()
    named(found, "train-on-demand-template")["blockDeviceMappings"][0]["ebs"][key] = value
    assert [item for item, _ in unpriced(cost(found))] == ["root disks of prod-aws-train-on-demand-nodes"]


def test_a_reservation_that_the_spec_does_not_name() -> None:
    found = resources()
    named(found, "train-reservation-template").update(reserved("cr-other"))
    assert unpriced(cost(found)) == [
        (
            "p5.48xlarge (reservation)",
            "prod-aws-train-reservation-nodes: how much was bought cannot be read, so it has no price",
        )
    ]


@pytest.mark.parametrize("key", ["storageCapacity", "perUnitStorageThroughput", "deploymentType"])
def test_a_file_system_that_cannot_be_read(key: str) -> None:
    found = resources()
    named(found, "scratch-files")[key] = REF
    assert unpriced(cost(found)) == [
        ("prod-aws-scratch-files (aws:fsx/lustreFileSystem:LustreFileSystem)", "its size or tier cannot be read")
    ]


def test_an_unknown_type_has_no_price() -> None:
    found = [*resources(), resource("aws:rds/instance:Instance", "database")]
    assert unpriced(cost(found)) == [
        ("database (aws:rds/instance:Instance)", "no price is known for aws:rds/instance:Instance")
    ]


@pytest.mark.parametrize(
    ("one", "loud"),
    [
        (resource("kubernetes:core/v1:Service", "web", spec={"type": "LoadBalancer"}), True),
        (resource("kubernetes:core/v1:Service", "web", spec={"type": "ClusterIP"}), False),
        (resource("kubernetes:core/v1:PersistentVolumeClaim", "claim", spec={}), True),
        (resource("kubernetes:apps/v1:Deployment", "app", spec={}), False),
        (resource("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "copy"), True),
        (resource("aws:ec2/vpcEndpoint:VpcEndpoint", "e", vpcEndpointType="Interface", subnetIds=REF), True),
    ],
)
def test_what_orders_something_that_costs(one: Resource, loud: bool) -> None:
    assert bool(cost([*resources(), one | {"provider": f"{STACK}-aws"}]).unpriced) is loud


@pytest.mark.parametrize("region", [REF, None])
def test_without_a_region_nothing_has_a_price(region: object) -> None:
    found = resources()
    found[1]["inputs"]["region"] = region
    report = cost(found)
    assert report.lines == report.unpriced
    assert report.lines


def test_a_resource_of_another_region_has_the_prices_of_that_region() -> None:
    one = resource("aws:ec2/natGateway:NatGateway", "far", region="eu-central-1")
    report = cost([*resources(), one])
    assert [hint for _, hint in unpriced(report)] == [
        "no list price in eu-central-1: state `prices.nat-gateway: {usd, source, as_of}`"
    ]
    assert report.monthly == cost(resources()).monthly


def test_a_group_that_borrows_a_pools_label_is_charged_beside_it() -> None:
    found = [*resources(), template("mine", 300), group("mine", (0, 0, 4), "train")]
    assert cost(found).monthly.max - cost(resources()).monthly.max == D("160716.80") + 96


def test_prices_of_the_user_reach_the_resources() -> None:
    plan = planned()
    plan = replace(plan, pools=(replace(plan.pools[0], price=MINE),))
    assert cost(resources(), Terms.of(plan)) == report_for(plan, CATALOG, ON)
    assert cost(resources(), Terms.of(plan)).monthly.max < cost(resources()).monthly.max
