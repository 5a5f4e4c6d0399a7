"""Networks: what AWS refuses, each beside the same thing that it takes.

Codes and words: EC2 API reference, "Error codes for the Amazon EC2 API", and the VPC guide.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.rehearsal.model import CloudError
from tests.unit.rehearsal_aws.world import (
    ASSOCIATION,
    CLUSTER,
    EGRESS,
    EIP,
    ENDPOINT,
    GATEWAY,
    GROUP,
    INGRESS,
    NAT,
    ROUTE,
    SUBNET,
    TABLE,
    VPC,
    World,
)

NOWHERE = "0123456789abcdef0"
Inputs = dict[str, Any]

GOOD: dict[str, tuple[str, Callable[[World], Inputs]]] = {
    "vpc": (VPC, lambda w: {"cidrBlock": "10.1.0.0/16"}),
    "subnet": (
        SUBNET,
        lambda w: {"vpcId": w.id("vpc"), "cidrBlock": "10.0.100.0/24", "availabilityZoneId": "use1-az1"},
    ),
    "gateway": (GATEWAY, lambda w: {}),
    "nat": (NAT, lambda w: {"subnetId": w.id("system-1"), "allocationId": w.add("more", EIP, domain="vpc").id}),
    "route": (
        ROUTE,
        lambda w: {
            "routeTableId": w.id("table"),
            "destinationCidrBlock": "192.0.2.0/24",
            "gatewayId": w.id("internet"),
        },
    ),
    "table": (TABLE, lambda w: {"vpcId": w.id("vpc")}),
    "association": (
        ASSOCIATION,
        lambda w: {
            "routeTableId": w.id("table"),
            "subnetId": w.subnet("late", "10.0.100.0/24", "use1-az1").id,
        },
    ),
    "group": (GROUP, lambda w: {"vpcId": w.id("vpc"), "name": "own"}),
    "rule": (
        INGRESS,
        lambda w: {
            "securityGroupId": w.id("fabric"),
            "ipProtocol": "tcp",
            "fromPort": 443,
            "toPort": 443,
            "cidrIpv4": "10.0.0.0/16",
        },
    ),
    "endpoint": (
        ENDPOINT,
        lambda w: {
            "vpcId": w.id("vpc"),
            "serviceName": "com.amazonaws.us-east-1.ec2",
            "vpcEndpointType": "Interface",
            "subnetIds": [w.id("system-0"), w.id("system-1")],
            "securityGroupIds": [w.id("fabric")],
            "privateDnsEnabled": True,
        },
    ),
}

BAD: list[tuple[str, Callable[[World], Inputs], str, str]] = [
    ("vpc", lambda w: {"cidrBlock": "10.0.0.0/8"}, "InvalidVpc.Range", "The CIDR '10.0.0.0/8' is invalid."),
    ("vpc", lambda w: {"cidrBlock": "ten"}, "InvalidParameterValue", "not a valid CIDR block"),
    (
        "subnet",
        lambda w: {"vpcId": f"vpc-{NOWHERE}"},
        "InvalidVpcID.NotFound",
        f"vpc ID 'vpc-{NOWHERE}' does not exist",
    ),
    ("subnet", lambda w: {"cidrBlock": "10.1.0.0/24"}, "InvalidSubnet.Range", "The CIDR '10.1.0.0/24' is invalid."),
    ("subnet", lambda w: {"cidrBlock": "10.0.0.0/29"}, "InvalidSubnet.Range", "The CIDR '10.0.0.0/29' is invalid."),
    ("subnet", lambda w: {"cidrBlock": "10.0.1.128/25"}, "InvalidSubnet.Conflict", "conflicts with another subnet"),
    (
        "subnet",
        lambda w: {"availabilityZoneId": "use1-az9"},
        "InvalidParameterValue",
        "Value \\(use1-az9\\) for parameter",
    ),
    ("gateway", lambda w: {"vpcId": w.id("vpc")}, "InvalidParameterValue", "already has an internet gateway attached"),
    ("nat", lambda w: {"subnetId": f"subnet-{NOWHERE}"}, "InvalidSubnetID.NotFound", "The subnet ID"),
    ("nat", lambda w: {"allocationId": "eipalloc-1"}, "InvalidAllocationID.NotFound", "The allocation ID 'eipalloc-1'"),
    ("nat", lambda w: {"allocationId": w.id("address")}, "Resource.AlreadyAssociated", "is already associated"),
    (
        "route",
        lambda w: {"routeTableId": "rtb-1"},
        "InvalidRouteTableID.NotFound",
        "The routeTable ID 'rtb-1' does not",
    ),
    ("route", lambda w: {"gatewayId": "igw-1"}, "InvalidInternetGatewayID.NotFound", "internetGateway ID 'igw-1'"),
    (
        "route",
        lambda w: {"gatewayId": None, "natGatewayId": "nat-1"},
        "InvalidNatGatewayID.NotFound",
        "ID 'nat-1' does",
    ),
    ("route", lambda w: {"destinationCidrBlock": "0.0.0.0/0"}, "RouteAlreadyExists", "identified by 0.0.0.0/0 already"),
    ("association", lambda w: {"subnetId": w.id("train")}, "Resource.AlreadyAssociated", "conflicts with an existing"),
    ("group", lambda w: {"name": w["fabric"].outputs["name"]}, "InvalidGroup.Duplicate", "already exists for VPC"),
    ("group", lambda w: {"vpcId": "vpc-1"}, "InvalidVpcID.NotFound", "The vpc ID 'vpc-1' does not exist"),
    ("rule", lambda w: {"securityGroupId": "sg-1"}, "InvalidGroup.NotFound", "security group 'sg-1' does not exist"),
    ("rule", lambda w: {"fromPort": None}, "InvalidParameterValue", "Must specify both from and to ports"),
    ("rule", lambda w: {"cidrIpv4": None}, "InvalidParameterCombination", "exactly one"),
    (
        "rule",
        lambda w: {"cidrIpv4": None, "referencedSecurityGroupId": "sg-1"},
        "InvalidGroup.NotFound",
        "security group 'sg-1' does not exist",
    ),
    ("endpoint", lambda w: {"securityGroupIds": ["sg-1"]}, "InvalidGroup.NotFound", "'sg-1' does not exist"),
    (
        "endpoint",
        lambda w: {"subnetIds": [w.id("system-0"), w.id("train")]},
        "DuplicateSubnetsInSameZone",
        "same VPC|existing VPC endpoint subnet",
    ),
    ("endpoint", lambda w: {"serviceName": "com.amazonaws.eu-west-1.ec2"}, "InvalidServiceName", "does not exist"),
]


@pytest.mark.parametrize("kind", GOOD)
def test_what_aws_takes(kind: str) -> None:
    world = World().network()
    type, inputs = GOOD[kind]
    world.add("it", type, **inputs(world))


@pytest.mark.parametrize(("kind", "change", "code", "words"), BAD)
def test_what_aws_refuses(kind: str, change: Callable[[World], Inputs], code: str, words: str) -> None:
    world = World().network()
    type, inputs = GOOD[kind]
    with pytest.raises(CloudError, match=words) as refused:
        world.add("it", type, **{**inputs(world), **change(world)})
    assert refused.value.code == code


def test_the_same_rule_twice() -> None:
    world = World().network()
    type, inputs = GOOD["rule"]
    world.add("once", type, **inputs(world))
    with pytest.raises(CloudError, match=r'the specified rule "peer: 10\.0\.0\.0/16, TCP, from port: 443') as refused:
        world.add("twice", type, **inputs(world))
    assert refused.value.code == "InvalidPermission.Duplicate"
    world.add("out", EGRESS, **inputs(world))  # the other direction is another rule


IN_USE = [
    ("vpc", "DependencyViolation", "The vpc 'vpc-\\w+' has dependencies and cannot be deleted."),
    ("system-0", "DependencyViolation", "The subnet 'subnet-\\w+' has dependencies and cannot be deleted."),
    ("table", "DependencyViolation", "The routeTable 'rtb-\\w+' has dependencies and cannot be deleted."),
    ("internet", "DependencyViolation", "has some mapped public address"),
    ("address", "InvalidIPAddress.InUse", "is in use"),
    ("fabric", "DependencyViolation", "resource sg-\\w+ has a dependent object"),
    ("train", "DependencyViolation", "The subnet 'subnet-\\w+' has dependencies and cannot be deleted."),
]


@pytest.mark.parametrize(("name", "code", "words"), IN_USE)
def test_what_others_use_is_not_deleted(name: str, code: str, words: str) -> None:
    world = World().pool()
    with pytest.raises(CloudError, match=words) as refused:
        world.cloud.delete(world[name])
    assert refused.value.code == code


def test_a_group_that_rules_of_others_name() -> None:
    world = World().network()
    other = world.add("other", GROUP, vpcId=world.id("vpc"))
    rule = world.add(
        "rule", INGRESS, securityGroupId=other.id, referencedSecurityGroupId=world.id("fabric"), ipProtocol="-1"
    )
    with pytest.raises(CloudError, match="has a dependent object"):
        world.cloud.delete(world["fabric"])
    world.cloud.delete(rule)
    world.cloud.delete(world["fabric"])


def test_a_leaked_interface_blocks_its_subnet() -> None:
    world = World().network()
    world.cloud.settings[f"leaked.{world.id('train')}"] = True
    with pytest.raises(CloudError, match="has dependencies"):
        world.cloud.delete(world["train"])
    world.cloud.settings.clear()
    world.cloud.delete(world["train"])


def test_the_group_that_a_cluster_brings_exists() -> None:
    world = World().cluster()
    brought = world["cluster"].outputs["vpcConfig"]["clusterSecurityGroupId"]
    inputs = {"referencedSecurityGroupId": world.id("fabric"), "ipProtocol": "-1"}
    world.add("let-in", INGRESS, securityGroupId=brought, **inputs)
    assert world["cluster"].type == CLUSTER
