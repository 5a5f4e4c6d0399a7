"""Nodes, purchases, networks and what keeps data, written by hand: each is held to the rules that hold a cluster."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from policies.context import Context
from policies.readers.aws import subject_from_resources
from policies.rules import RULES
from policies.settings import RuleSettings, Settings
from policies.subject import Subject
from tests.unit.policies.subjects import ON, cost, judged

UNKNOWN = {"ref": "unknown"}
CI = {"expires-at": "2026-12-24"}
RESERVATION = "aws:ec2/capacityReservation:CapacityReservation"
BLOCK = "aws:ec2/capacityBlockReservation:CapacityBlockReservation"
KARPENTER = "kubernetes:karpenter.sh/v1:NodePool"
PROVIDER = {"type": "pulumi:providers:aws", "name": "aws", "inputs": {"region": "us-east-1"}}
BY_ID = {rule.id: rule for rule in RULES}


def one(kind: str, name: str, **inputs: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "parent": None, "provider": None, "protect": True, "inputs": inputs}


def instance(machine: Any, **inputs: Any) -> dict[str, Any]:
    return one("aws:ec2/instance:Instance", "box", instanceType=machine, **inputs)


def template(**inputs: Any) -> dict[str, Any]:
    return one("aws:ec2/launchTemplate:LaunchTemplate", "tpl", **inputs)


def group(**changes: Any) -> dict[str, Any]:
    sizes = {"minSize": 2, "desiredSize": 2, "maxSize": 4}
    inputs = {"scalingConfig": sizes, "instanceTypes": ["g6.xlarge"], "launchTemplate": {"id": {"ref": "tpl.id"}}}
    return one("aws:eks/nodeGroup:NodeGroup", "workers", **(inputs | changes))


def scaling_group(**changes: Any) -> dict[str, Any]:
    inputs = {"minSize": 2, "maxSize": 4, "launchTemplate": {"id": {"ref": "tpl.id"}}}
    return one("aws:autoscaling/group:Group", "fleet", **(inputs | changes))


def reservation(**changes: Any) -> dict[str, Any]:
    inputs = {"instanceType": "p5.48xlarge", "instanceCount": 4, "endDate": "2027-01-31T00:00:00Z"}
    return one(RESERVATION, "held", **(inputs | changes))


def node_pool(*machines: str) -> dict[str, Any]:
    allowed = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": list(machines)}
    spec = {"template": {"spec": {"requirements": [allowed]}}, "limits": {"nvidia.com/gpu": "8"}}
    return one(KARPENTER, "gpus", spec=spec)


def nights(**changes: Any) -> dict[str, Any]:
    inputs = {"autoscalingGroupName": {"ref": "fleet.name"}, "recurrence": "0 20 * * *", "desiredCapacity": 0}
    return one("aws:autoscaling/schedule:Schedule", "night", **(inputs | changes))


def cluster(**inputs: Any) -> dict[str, Any]:
    return one("aws:eks/cluster:Cluster", "main", **inputs)


def bucket(**inputs: Any) -> dict[str, Any]:
    return one("aws:s3/bucket:Bucket", "weights", **inputs)


def lustre(**inputs: Any) -> dict[str, Any]:
    return one("aws:fsx/lustreFileSystem:LustreFileSystem", "fast", **inputs)


def endpoint(service: Any) -> dict[str, Any]:
    return one("aws:ec2/vpcEndpoint:VpcEndpoint", "way", serviceName=service)


NAT, VPC = one("aws:ec2/natGateway:NatGateway", "nat"), one("aws:ec2/vpc:Vpc", "net")
TARGET = {"capacityReservationTarget": {"capacityReservationId": {"ref": "held.id"}}}
LINK = one("aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation", "link", fileSystemId={"ref": "fast.id"})
EFA = [{"interfaceType": "efa"}, {"interfaceType": "efa-only"}]
TOKYO = {"type": "pulumi:providers:aws", "name": "aws", "inputs": {"region": "ap-northeast-1"}}

# rule, environment, resources, what the message says
REFUSED: list[tuple[str, str, list[dict[str, Any]], str]] = [
    ("spot-required", "ci", [instance("g6.xlarge")], "^instance box runs accelerators on demand alone"),
    ("spot-required", "ci", [template(), group()], "^node group workers runs accelerators"),
    ("spot-required", "ci", [template(), group(capacityType=UNKNOWN)], "whether it runs on spot capacity is unknown"),
    ("spot-required", "ci", [template(instanceType="g6.xlarge"), scaling_group()], "^scaling group fleet runs"),
    ("spot-required", "ci", [node_pool("g6.xlarge")], "^NodePool gpus runs accelerators on demand alone"),
    ("on-demand-scarce-gpu", "prod", [instance("p5.48xlarge")], "^instance box asks for H100 on demand"),
    ("on-demand-scarce-gpu", "prod", [instance(UNKNOWN)], "whether it needs accelerators that are scarce is unknown"),
    ("on-demand-scarce-gpu", "prod", [node_pool("g6.xlarge", "p5.48xlarge")], "^NodePool gpus asks for H100"),
    ("reservation-expiry", "prod", [reservation(endDate=None)], "^capacity reservation held has no end"),
    ("reservation-expiry", "prod", [reservation(endDate="2028-11-24T00:00:00Z")], "until 2028-11-24, 731 days"),
    ("reservation-expiry", "prod", [reservation(endDate=UNKNOWN)], "until when it runs is unknown"),
    ("reservation-unused", "prod", [reservation()], "holds 4 machines, and the pools run at most 0 in it"),
    ("reservation-unused", "prod", [reservation(instanceCount=UNKNOWN)], "is unknown"),
    (
        "reservation-unused",
        "prod",
        [
            reservation(instanceCount=5),
            template(capacityReservationSpecification=TARGET),
            group(instanceTypes=["p5.48xlarge"]),
        ],
        "holds 5 machines, and the pools run at most 4 in it: 1 are",
    ),
    ("capacity-block-window", "prod", [one(BLOCK, "week")], "^capacity block week: its fee is unknown"),
    ("capacity-block-window", "prod", [one(BLOCK, "week")], "from when to when it runs is unknown"),
    ("idle-ttl", "dev", [instance("p5.48xlarge")], "^instance box has no last day"),
    ("idle-ttl", "dev", [instance("p5.48xlarge", tags=UNKNOWN)], "its last day is unknown"),
    ("idle-ttl", "dev", [instance(UNKNOWN, tags={"owner": "a"})], "^instance box has no last day"),
    ("idle-ttl", "dev", [instance("g6.xlarge", tags={"expires-at": "soon"})], "its last day is unknown"),
    ("idle-ttl", "dev", [instance("g6.xlarge", tags={"expires-at": "2026-11-01"})], "should be gone since 2026-11-01"),
    ("scale-to-zero", "dev", [template(), group()], "^node group workers keeps 2 nodes"),
    ("scale-to-zero", "dev", [template(), group(scalingConfig=UNKNOWN)], "how many nodes it keeps is unknown"),
    ("scale-to-zero", "dev", [template(instanceType="g6.xlarge"), scaling_group()], "^scaling group fleet keeps 2"),
    (
        "scale-to-zero",
        "dev",
        [template(instanceType="g6.xlarge"), scaling_group(), nights(recurrence=None)],
        "fleet keeps 2 nodes",
    ),
    ("allowed-machine-types", "prod", [instance("p5.48xlarge")], "^instance box: p5.48xlarge in us-east-1: the rule"),
    ("allowed-machine-types", "prod", [template(instanceType="p5.48xlarge")], "^launch template tpl: p5.48xlarge"),
    ("allowed-machine-types", "prod", [template(instanceType=UNKNOWN)], "which machines it starts is unknown"),
    ("allowed-machine-types", "prod", [template(instanceType="p5.48xlarge"), scaling_group()], "^scaling group fleet"),
    ("allowed-machine-types", "prod", [reservation()], "^capacity reservation held: p5.48xlarge"),
    ("allowed-machine-types", "prod", [node_pool("g6.xlarge", "p5.48xlarge")], "^NodePool gpus: p5.48xlarge"),
    ("retired-or-slow-gpu", "prod", [instance("p3.2xlarge")], "^instance box: p3.2xlarge is of an earlier age"),
    # g5.16xlarge: 64 vCPUs and one A10G; g5.xlarge has 4 (EC2 instance types, accelerated computing)
    ("oversize-node", "prod", [instance("g5.16xlarge")], r"64 vCPUs and 256 GiB for one A10G.*take g5\.xlarge"),
    ("oversize-node", "prod", [instance("p99.metal")], "the size of p99.metal is unknown to the catalogue"),
    ("fractional-gpu-first", "dev", [instance("p5.48xlarge")], "a node carries 8 accelerators"),
    ("placement-mismatch", "prod", [template(), group(instanceTypes=["p5.48xlarge"])], "up to 4 nodes do not use it"),
    (
        "placement-mismatch",
        "prod",
        [template(networkInterfaces=UNKNOWN), group(instanceTypes=["p5.48xlarge"])],
        "whether its nodes use it is unknown",
    ),
    ("placement-mismatch", "prod", [group(instanceTypes=["p5.48xlarge"])], "whether its nodes use it is unknown"),
    ("region-price-delta", "prod", [TOKYO, instance("p5.48xlarge")], r"68\.80 USD .* 25 % more than in us-east-1"),
    ("region-price-delta", "prod", [instance("p99.metal")], "the price of p99.metal in us-east-1 is unknown"),
    ("nat-egress", "prod", [NAT, VPC], "^the network beside the cluster reaches object-storage through NAT"),
    ("nat-egress", "prod", [NAT], "which endpoints it has beside its NAT gateways is unknown"),
    ("nat-egress", "prod", [NAT, VPC, endpoint(UNKNOWN)], "which endpoints it has .* is unknown"),
    ("nat-egress", "prod", [NAT, VPC, endpoint("com.amazonaws.us-east-1.logs")], "reaches object-storage through NAT"),
    ("control-plane-waste", "prod", [cluster(version="1.35")], "^cluster main stays on paid extended support"),
    ("control-plane-waste", "prod", [cluster(upgradePolicy=UNKNOWN)], "is unknown until it exists"),
    ("data-protection-and-teardown", "prod", [bucket() | {"protect": False}], "^bucket weights: not protected"),
    ("data-protection-and-teardown", "prod", [bucket() | {"protect": None}], "whether it is protected .* is unknown"),
    ("data-protection-and-teardown", "prod", [bucket(forceDestroy=True)], r"throws away its objects \(forceDestroy\)"),
    ("data-protection-and-teardown", "prod", [lustre(skipFinalBackup=True)], "throws away its files"),
    ("data-protection-and-teardown", "prod", [lustre(skipFinalBackup=UNKNOWN)], "throws away its files"),
    ("data-protection-and-teardown", "dev", [cluster()], "^cluster main: protected, where things should be easy"),
]

ACCEPTED: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("spot-required", "ci", [instance("g6.xlarge", instanceMarketOptions={"marketType": "spot"})]),
    ("spot-required", "ci", [template(networkInterfaces=EFA), group(instanceTypes=["p5.48xlarge"])]),
    ("spot-required", "ci", [template(), group(capacityType="SPOT")]),
    ("spot-required", "ci", [instance("m7i.large")]),
    ("reservation-expiry", "prod", [reservation()]),
    (
        "reservation-unused",
        "prod",
        [reservation(), template(capacityReservationSpecification=TARGET), group(instanceTypes=["p5.48xlarge"])],
    ),
    ("idle-ttl", "dev", [instance("p5.48xlarge", tags=CI)]),
    ("idle-ttl", "dev", [instance("m7i.large")]),
    ("idle-ttl", "dev", [template(), group(scalingConfig={"minSize": 0, "desiredSize": 0, "maxSize": 4})]),
    ("scale-to-zero", "dev", [template(instanceType="g6.xlarge"), scaling_group(), nights()]),
    ("scale-to-zero", "dev", [node_pool("g6.xlarge")]),
    ("placement-mismatch", "prod", [template(networkInterfaces=EFA), group(instanceTypes=["p5.48xlarge"])]),
    ("nat-egress", "prod", [NAT, VPC, endpoint("com.amazonaws.us-east-1.s3")]),
    ("control-plane-waste", "prod", [cluster(upgradePolicy={"supportType": "STANDARD"})]),
    ("data-protection-and-teardown", "prod", [bucket(), cluster(), lustre()]),
    ("data-protection-and-teardown", "prod", [lustre(skipFinalBackup=True), LINK]),
]
SETTINGS = Settings(rules={"allowed-machine-types": RuleSettings(parameters={"deny": ["us-east-1:p5*"]})})


def read(environment: str, resources: list[dict[str, Any]]) -> Subject:
    provider = [] if any(one["type"] == PROVIDER["type"] for one in resources) else [PROVIDER]
    context = Context(stack="hand", environment=environment)
    made = subject_from_resources([*provider, *resources], context, cost(), ON)
    return replace(made, planned=True)  # none of these rules needs a plan, and none says so


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[0]}: {case[3]}")
def test_refuses(case: tuple[str, str, list[dict[str, Any]], str]) -> None:
    rule, environment, resources, message = case
    result, messages = judged(rule, read(environment, resources), SETTINGS)
    assert result == "fail"
    assert any(re.search(message, found) for found in messages), messages
    assert not BY_ID[rule].needs_plan


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: f"{case[0]}: {case[1]}")
def test_accepts(case: tuple[str, str, list[dict[str, Any]]]) -> None:
    rule, environment, resources = case
    assert judged(rule, read(environment, resources), SETTINGS) == ("pass", [])


def test_quotas_count_what_is_started_on_demand_and_not_what_was_bought() -> None:
    # p5.48xlarge: 192 vCPUs (EC2 instance types); L-417A185B: Running On-Demand P instances (Service Quotas)
    reserved = template(capacityReservationSpecification=TARGET)
    made = read("prod", [instance("p5.48xlarge"), reservation(), reserved, group(instanceTypes=["p5.48xlarge"])])
    assert [(one.code, one.amount, one.region) for one in made.demands] == [("L-417A185B", 192, "us-east-1")]
    (unknown,) = read("prod", [instance(UNKNOWN)]).demands
    assert (unknown.name, unknown.amount) == ("", None)


def test_a_finding_names_the_resource_so_that_a_waiver_can() -> None:
    made = read("dev", [instance("p5.48xlarge")])
    assert {one.resource for one in (*made.groups, *made.lifetimes)} == {"box"}
    assert {one.path for one in (*made.groups, *made.lifetimes)} == {""}
