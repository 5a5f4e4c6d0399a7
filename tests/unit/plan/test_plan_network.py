"""The VPC: subnets that hold what stands in them and never move, ways out, endpoints, and networks that exist."""

from __future__ import annotations

import itertools
from ipaddress import IPv4Network

import pytest

from tests.support.specs import REMOVED, advice, errors_of, plan_of, the_error

EXISTING = {
    "vpc": "vpc-0123456789abcdef0",
    "subnets": {"use1-az2": ["subnet-aaaaaaaa"], "use1-az4": ["subnet-bbbbbbbb", "subnet-cccccccc"]},
}
L4 = {"accelerator": "L4:1", "nodes": 4, "fabric": "none"}


def ranges(plan) -> dict[str, IPv4Network]:
    return {subnet.name: IPv4Network(subnet.cidr) for subnet in plan.network.subnets}


def test_ranges_are_disjoint_and_within_the_vpc():
    scratch = {"kind": "parallel", "capacity": "1200GiB"}
    plan = plan_of({"pools.serve": L4, "pools.more": L4, "storage.scratch": scratch})
    found = ranges(plan)
    assert len(found) == 2 + 2 + 1 + 1 + 3 + 3  # system, public, storage, train, serve, more
    assert all(one.subnet_of(IPv4Network("10.0.0.0/16")) for one in found.values())
    for one, two in itertools.combinations(found.values(), 2):
        assert not one.overlaps(two)


@pytest.mark.parametrize(
    ("nodes", "prefix"),
    # 51 pods and 1 address of its own for each p5.48xlarge; AWS keeps 5 of each subnet.
    # A sixty-fourth of the network is the least, so that a pool grows to 19 nodes without another subnet.
    [(2, 22), (8, 22), (19, 22), (20, 21), (39, 21), (40, 20), (78, 20), (79, 19)],
)
def test_a_pools_subnet_holds_its_nodes_and_their_pods(nodes, prefix):
    subnet = next(iter(plan_of({"pools.train.nodes": nodes}).network.subnets_of("pool")))
    assert IPv4Network(subnet.cidr).prefixlen == prefix
    assert 2 ** (32 - prefix) - 5 >= nodes * 52


def test_growing_a_pool_moves_no_subnet():
    """A subnet's range cannot be edited: another one would take node groups and file systems with it."""
    small, grown = (plan_of({"pools.train.nodes": nodes}).network.subnets for nodes in (2, 19))
    assert small == grown


def test_a_network_holds_32_pools_with_a_fabric():
    pools = {
        f"pools.train{number:02}": {"accelerator": "H100:8", "nodes": 2, "fabric": "required"} for number in range(32)
    }
    subnets = plan_of({"pools.train": REMOVED, **pools}).network.subnets_of("pool")
    assert len({subnet.cidr for subnet in subnets}) == 32


def test_a_network_too_small_for_a_pool_is_refused_with_a_remedy():
    assert plan_of({"network.cidr": "10.0.0.0/20", "pools.train.nodes": 16})
    error = the_error({"network.cidr": "10.0.0.0/20", "pools.train.nodes": 80})
    assert error.path == "pools.train.nodes"
    assert "has no room for a /19 subnet (80 nodes with their pods)" in error.message
    assert "network.cidr" in error.hint


@pytest.mark.parametrize("cidr", ["10.0.0.0/21", "10.0.0.0/24", "10.0.0.0/28", "10.0.0.0/32"])
def test_a_network_too_small_for_the_system_nodes_is_refused(cidr):
    """One m7i.xlarge in each of two zones: 58 pods and itself, so 59 addresses, a /26, a 64th of a /20."""
    error = next(one for one in errors_of({"network.cidr": cidr}) if one.path == "network.cidr")
    assert "no room for 2 system nodes" in error.message
    assert error.hint == "give a range of /20 or larger"


def test_many_system_nodes_need_a_larger_network():
    """100 nodes over two zones: 50 x 59 addresses are a /20 in each, more than a /16 has for them."""
    error = the_error({"system.nodes": 100})
    assert "no room for 100 system nodes" in error.message
    assert error.hint == "ask for fewer system.nodes"


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "127.0.0.0/16", "224.0.0.0/16", "169.254.0.0/16"])
def test_ranges_that_no_vpc_can_have(cidr):
    """VPC User Guide: /16 to /28; loopback, link-local and multicast ranges are not taken."""
    assert "no range that a VPC can have" in the_error({"network.cidr": cidr}).message


def test_the_range_of_services_is_private_and_apart():
    """EKS API, KubernetesNetworkConfigRequest: a private range from /12 to /24 that does not overlap the VPC."""
    assert plan_of({"network.services_cidr": "10.100.0.0/16"}).network.services_cidr == "10.100.0.0/16"
    for wrong in ("8.8.0.0/16", "172.20.0.0/25", "10.0.0.0/8"):
        errors = errors_of({"network.services_cidr": wrong})
        assert any("cannot be the range of services" in one.message for one in errors), wrong
    assert "overlaps the range of services" in the_error({"network.services_cidr": "10.0.0.0/16"}).message


@pytest.mark.parametrize("order", list(itertools.permutations(["b", "c", "d"])))
def test_a_new_pool_moves_no_subnet(order):
    pools = {"b": {**L4, "nodes": 8}, "c": {"accelerator": "H100:8", "nodes": 16, "fabric": "required"}, "d": L4}
    changes = {}
    before = ranges(plan_of())
    for name in order:
        changes[f"pools.{name}"] = pools[name]
        after = ranges(plan_of(changes))
        assert {key: after[key] for key in before} == before
        before = after


@pytest.mark.parametrize("nat", ["none", "single", "per-zone"])
def test_the_gateway_endpoint_of_s3_is_always_there(nat):
    endpoints = plan_of({"network.nat": nat}).network.endpoints
    assert [one.type for one in endpoints if one.service == "s3"] == ["Gateway"]


def test_ways_out():
    single, zones = plan_of().network, plan_of({"network.nat": "per-zone"}).network
    assert len(single.nat_zones) == 1
    assert zones.nat_zones == plan_of().system.zones
    assert single.subnets_of("public", single.nat_zones)


def test_a_closed_network_has_endpoints_for_what_nodes_need_and_no_public_subnet():
    """EKS User Guide, private clusters; EC2 and eks-auth are critical (SageMaker HyperPod, closed networks)."""
    storage = {"storage.scratch": {"kind": "parallel", "capacity": "1200GiB"}, "storage.home": {"kind": "shared"}}
    plan = plan_of({"network.nat": "none", **storage})
    interface = {one.service for one in plan.network.endpoints if one.type == "Interface"}
    needed = {
        "ec2",
        "ecr.api",
        "ecr.dkr",
        "sts",
        "eks",
        "eks-auth",
        "logs",
        "monitoring",
        "ssm",
        "elasticloadbalancing",
    }
    assert needed <= interface
    assert {"fsx", "elasticfilesystem"} <= interface
    assert plan.network.nat_zones == ()
    assert plan.network.subnets_of("public") == ()


def test_endpoints_of_storage_only_where_there_is_such_storage():
    services = {one.service for one in plan_of({"network.nat": "none"}).network.endpoints}
    assert not services & {"fsx", "elasticfilesystem"}


# --- networks that exist ---


def test_an_existing_network_gives_its_subnets_by_zone():
    network = plan_of({"network": {"existing": EXISTING}}).network
    assert network.vpc_id == "vpc-0123456789abcdef0"
    by_name = {subnet.name: subnet.id for subnet in network.subnets}
    assert by_name["system-use1-az2"] == "subnet-aaaaaaaa"
    assert by_name["system-use1-az4"] == "subnet-bbbbbbbb"
    assert by_name["train-use1-az2"] == "subnet-aaaaaaaa"
    assert (network.nat_zones, network.endpoints) == ((), ())


def test_an_existing_network_is_told_not_to_be_checked():
    plan = plan_of({"network": {"existing": EXISTING, "nat": "per-zone"}})
    assert "not planned, not checked" in advice(plan, "existing-network").message
    assert advice(plan, "no-effect").path == "network.nat"


def test_the_control_plane_needs_two_zones_of_an_existing_network():
    one = {**EXISTING, "subnets": {"use1-az2": ["subnet-aaaaaaaa"], "use1-az3": ["subnet-bbbbbbbb"]}}
    error = the_error({"network": {"existing": one}})
    assert "has 1 zone(s) that the EKS control plane takes, 2 are needed" in error.message


def test_a_pool_needs_a_subnet_in_its_zone():
    error = the_error({"network": {"existing": EXISTING}, "pools.train.zones": ["use1-az6"]})
    assert error.path == "pools.train"
    assert error.message == "the existing network has no subnet in use1-az6"
    assert error.hint == "add use1-az6 to network.existing.subnets"


def test_a_machine_that_no_zone_of_the_existing_network_offers():
    changes = {"network": {"existing": EXISTING}, "pools.train.accelerator": "B200:8"}
    error = errors_of(changes)[0]
    assert "p6-b200.48xlarge is offered in no zone of the existing network" in error.message
    assert "use1-az6" in error.hint


def test_an_existing_network_needs_the_account_for_the_key():
    changes = {"network": {"existing": EXISTING}, "account": REMOVED}
    assert "needs `account`" in the_error(changes).message
    key = "arn:aws:kms:us-east-1:123456789012:key/0a1b"
    assert plan_of({**changes, "encryption.key": key}).key_arn == key


def test_a_wrong_zone_of_an_existing_network_is_refused():
    errors = errors_of({"network": {"existing": {**EXISTING, "subnets": {"us-east-1a": ["subnet-aaaaaaaa"]}}}})
    assert any(one.message == "'us-east-1a' is a zone's name" for one in errors)


# --- GovCloud ---

GOV = {
    "region": "us-gov-west-1",
    "access.admins": ["arn:aws-us-gov:iam::123456789012:role/platform"],
    "network": {
        "existing": {
            "vpc": "vpc-00000001",
            "subnets": {"usgw1-az1": ["subnet-0000000a"], "usgw1-az2": ["subnet-0000000b"]},
        }
    },
}


def test_a_region_whose_zones_are_unknown_needs_an_existing_network():
    error = the_error({**GOV, "network": {}})
    assert error.message == "the catalogue knows no zones of us-gov-west-1"
    assert "network.existing" in error.hint


def test_govcloud_in_an_existing_network():
    plan = plan_of(GOV)
    assert plan.partition == "aws-us-gov"
    assert plan.system.zones == ("usgw1-az1", "usgw1-az2")
    assert plan.pools[0].zones == ("usgw1-az1",)
    assert "taken as given" in advice(plan, "zones").message
    assert "unknown" in advice(plan, "offerings").message


def test_govclouds_principals_and_keys_are_of_its_partition():
    error = the_error({**GOV, "access.admins": ["arn:aws:iam::123456789012:role/platform"]})
    assert error.message.endswith("is no ARN of a role or user in aws-us-gov")
    error = the_error({**GOV, "encryption.key": "arn:aws:kms:us-gov-west-1:123456789012:key/0a1b"})
    assert error.path == "encryption.key"
