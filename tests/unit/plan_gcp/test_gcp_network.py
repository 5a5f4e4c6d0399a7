"""The ranges of a cluster's network: private, apart, large enough, told with one that works, and staying in place.

Sources: RFC 1918; GKE, VPC-native clusters (a node gets the power of two that holds twice its pods); VPC, subnets (four
addresses of a subnet are kept); Managed Lustre, configure a VPC network.
"""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest

from components.plan.gcp.model import GcpClusterPlan
from components.plan.gcp.ranges import free, pods_on
from tests.support.gcp_values import advised, gcp_error, gcp_errors, gcp_plan, suggested

RFC_1918 = [IPv4Network(one) for one in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")]
LUSTRE = {"storage.scratch": {"kind": "parallel", "capacity": "9000GiB"}}
MEGA = {"machine": "a3-megagpu-8g", "nodes": 2, "fabric": "required", "capacity": ["spot"]}
ULTRA = {"machine": "a3-ultragpu-8g", "nodes": 2, "fabric": "required", "capacity": ["spot"]}
PLAIN = {"accelerator": "L4:1", "nodes": 2, "fabric": "none", "capacity": ["spot"]}


def ranges(plan: GcpClusterPlan) -> dict[str, IPv4Network]:
    network = plan.network
    found = {"nodes": network.cidr, "pods": network.pods_cidr, "services": network.services_cidr}
    found["private services"] = network.private_services_cidr or ""
    found |= {subnet.name: subnet.cidr for one in network.nic_networks for subnet in one.subnets}
    return {name: IPv4Network(cidr) for name, cidr in found.items() if cidr}


def sound(plan: GcpClusterPlan) -> bool:
    found = ranges(plan).values()
    private = all(any(one.subnet_of(space) for space in RFC_1918) for one in found)
    return private and not any(one.overlaps(other) for one, other in combinations(found, 2))


def test_the_defaults():
    plan = gcp_plan(LUSTRE)
    network = plan.network
    assert (network.cidr, network.pods_cidr, network.services_cidr) == ("10.0.0.0/18", "10.64.0.0/14", "172.20.0.0/16")
    assert network.private_services_cidr == "10.0.192.0/20"
    assert all(IPv4Network(one).subnet_of(IPv4Network("192.168.0.0/16")) for name, one in ranges(plan).items() if "gpu" in name)  # fmt: skip
    assert sound(plan)


def test_private_services_are_for_file_systems():
    assert gcp_plan().network.private_services_cidr is None
    assert gcp_plan({"storage.data": {"kind": "object"}}).network.private_services_cidr is None
    assert gcp_plan({"storage.home": {"kind": "shared"}}).network.private_services_cidr == "10.0.192.0/20"


def test_private_services_hold_a_23_for_each_file_system():
    many = {f"storage.scratch-{n}": {"kind": "parallel", "capacity": "9000GiB"} for n in range(9)}
    given = gcp_plan(many).network.private_services_cidr
    assert given is not None
    assert IPv4Network(given).num_addresses >= 9 * 512


# --- what a spec gives ---

# where, value: what the finding says.
REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a public range of the network": ({"network.cidr": "192.169.0.0/16"}, "network.cidr", "192.169.0.0/16 is no private range"),
    "a public range of pods": ({"network.pods_cidr": "11.0.0.0/14"}, "network.pods_cidr", "is no private range"),
    "a public range of services": ({"network.services_cidr": "172.32.0.0/20"}, "network.services_cidr", "is no private range"),
    "a public range of the fabric": ({"network.fabric_cidr": "192.169.0.0/16"}, "network.fabric_cidr", "is no private range"),
    "pods in the network": ({"network.cidr": "10.0.0.0/16", "network.pods_cidr": "10.0.64.0/18"}, "network.pods_cidr", "overlaps 10.0.0.0/16, the range of the cluster's network"),
    "pods where private services are": ({**LUSTRE, "network.cidr": "10.0.0.0/16", "network.pods_cidr": "10.0.192.0/18"}, "network.pods_cidr", "overlaps 10.0.0.0/16"),
    "services in pods": ({"network.pods_cidr": "10.4.0.0/14", "network.services_cidr": "10.5.0.0/20"}, "network.services_cidr", "overlaps 10.4.0.0/14, the range of pods"),
    "the fabric in the network": ({"network.cidr": "10.0.0.0/16", "network.fabric_cidr": "10.0.0.0/17"}, "network.fabric_cidr", "overlaps 10.0.0.0/16"),
    "a small network": ({"network.cidr": "10.0.0.0/27", "pools.train.nodes": 8}, "network.cidr", "has no room for 10 nodes"),
    "a network without room for private services": ({**LUSTRE, "network.cidr": "10.0.0.0/20"}, "network.cidr", "private services"),
    "few pods": ({"network.pods_cidr": "10.4.0.0/24"}, "network.pods_cidr", "has no room for the pods of all nodes"),
    "a small fabric": ({"network.fabric_cidr": "10.4.0.0/27"}, "network.fabric_cidr", "has no room for the interfaces"),
    "large services": ({"network.services_cidr": "10.128.0.0/12"}, "network.services_cidr", "GKE takes /16 to /27"),
    "small services": ({"network.services_cidr": "10.128.0.0/28"}, "network.services_cidr", "GKE takes /16 to /27"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_range_that_does_not_work_is_told_with_one_that_does(case):
    changes, path, message = REFUSED[case]
    found = gcp_error(changes)
    assert (found.path, found.id) == (path, "addresses")
    assert message in found.message
    assert sound(gcp_plan({**changes, path: suggested(found)}))


def test_ranges_that_are_suggested_work_together():
    wrong = {"cidr": "192.169.0.0/16", "pods_cidr": "192.169.0.0/24", "services_cidr": "11.0.0.0/28"}
    found = gcp_errors({"network": {**wrong, "fabric_cidr": "12.0.0.0/27"}})
    assert {one.path.rpartition(".")[2] for one in found} == {*wrong, "fabric_cidr"}
    assert sound(gcp_plan({one.path: suggested(one) for one in found}))


def test_every_private_range_can_be_taken():
    plan = gcp_plan({**LUSTRE, "network": {"cidr": "172.16.0.0/16", "pods_cidr": "10.0.0.0/9", "services_cidr": "192.168.0.0/20", "fabric_cidr": "172.24.0.0/14"}})  # fmt: skip
    assert sound(plan)
    assert plan.network.pods_cidr == "10.0.0.0/9"


@pytest.mark.parametrize("cidr", ["10.0.0.0/8", "10.64.0.0/16", "172.20.0.0/14", "192.168.0.0/16"])
def test_a_default_gives_way_to_a_range_that_is_given(cidr):
    plan = gcp_plan({**LUSTRE, "network.cidr": cidr})
    assert IPv4Network(plan.network.cidr).subnet_of(IPv4Network(cidr))
    assert sound(plan)


# --- sizes ---


@pytest.mark.parametrize(("pods", "addresses"), [(110, 256), (64, 128), (65, 256), (32, 64), (15, 32), (8, 16)])
def test_a_node_has_a_block_of_addresses_for_its_pods(pods, addresses):
    assert pods_on(pods) == addresses


def needed(plan: GcpClusterPlan) -> int:
    groups = [plan.system.group, *(group for pool in plan.pools for rung in pool.rungs for group in rung.groups)]
    return sum(group.nodes_max * pods_on(group.max_pods) for group in groups)


def test_pods_of_all_nodes_fit_to_the_last():
    # Two system nodes of 110 pods and 28 nodes of 64 take 2 x 256 + 28 x 128 = 4,096 addresses: a /20, full.
    just = {"network.pods_cidr": "10.64.0.0/20", "pools.train.nodes": 28}
    assert needed(gcp_plan(just)) == 2**12
    assert "the pods of all nodes" in gcp_error({**just, "pools.train.nodes": 29}).message


def test_many_nodes_get_a_larger_range_of_pods_at_the_same_address():
    plan = gcp_plan({"pools.train": {**PLAIN, "nodes": "0..2100"}})
    assert plan.network.pods_cidr == "10.64.0.0/13"
    assert IPv4Network(plan.network.pods_cidr).num_addresses >= needed(plan) > 2**18


def test_nodes_of_the_network_and_of_each_interface_fit():
    for nodes in (1, 60, 250, 260, 600):
        plan = gcp_plan({"pools.train": {**MEGA, "nodes": nodes}})
        subnets = [one for name, one in ranges(plan).items() if "gpu" in name]
        assert len(subnets) == 8
        assert all(one.num_addresses >= nodes + 4 for one in subnets)
        assert IPv4Network(plan.network.cidr).num_addresses >= nodes + 2 + 4


# --- staying in place ---


def test_a_pool_that_is_added_moves_no_range():
    alone = ranges(gcp_plan({"pools": {"train": MEGA}}))
    for added in (MEGA, ULTRA, PLAIN):
        both = ranges(gcp_plan({"pools": {"train": MEGA, "tune": added}}))
        assert {name: both[name] for name in alone} == alone


def test_a_pool_that_goes_moves_no_range():
    both = ranges(gcp_plan({"pools": {"tune": ULTRA, "train": MEGA}}))
    left = ranges(gcp_plan({"pools": {"train": MEGA}}))
    assert {name: both[name] for name in left} == left


def test_a_pool_grows_in_its_ranges():
    assert ranges(gcp_plan({"pools": {"train": {**MEGA, "nodes": 2}}})) == ranges(
        gcp_plan({"pools": {"train": {**MEGA, "nodes": 250}}})
    )


def test_as_many_pools_as_a_cluster_has_fit_into_the_default():
    plan = gcp_plan({"pools": {f"train-{n}": {**MEGA, "nodes": 64} for n in range(16)}})
    assert len(plan.network.nic_networks) == 128
    assert sound(plan)


def test_more_pools_than_that_are_told_a_range_that_holds_them():
    pools = {"pools": {f"train-{n}": {**MEGA, "nodes": 64} for n in range(17)}}
    plan = gcp_plan(pools)
    assert sound(plan)
    found = gcp_error({**pools, "network.fabric_cidr": "192.168.0.0/16"})
    assert found.path == "network.fabric_cidr"
    assert sound(gcp_plan({**pools, "network.fabric_cidr": suggested(found)}))


# --- the way out, and an existing network ---


@pytest.mark.parametrize(("nat", "out"), [("none", False), ("single", True), ("per-zone", True)])
def test_the_way_out(nat, out):
    plan = gcp_plan({"network.nat": nat})
    assert plan.network.nat is out
    assert bool(advised(plan, "no-effect", "network.nat")) is (nat == "per-zone")


EXISTING = {"vpc": "shared", "subnets": {"us-central1": ["gpu"]}}


@pytest.mark.parametrize(
    "subnets",
    [
        {"us-central1": ["gpu"]},
        {"us-central1-a": ["gpu"], "us-central1-b": ["gpu"]},
        {"us-central1": ["projects/host-project/regions/us-central1/subnetworks/gpu"]},
    ],
)
def test_an_existing_network_by_region_or_zone(subnets):
    plan = gcp_plan({**LUSTRE, "network": {"existing": {"vpc": "projects/host-project/global/networks/shared", "subnets": subnets}}})  # fmt: skip
    network = plan.network
    assert (network.vpc, network.subnet) == ("projects/host-project/global/networks/shared", next(iter(subnets.values()))[0])  # fmt: skip
    assert (network.cidr, network.nat, network.private_services_cidr) == ("", False, None)
    assert len(network.nic_networks) == 8
    (told,) = (one.hint for one in plan.findings if one.id == "existing-network")
    assert "its MTU is 8244" in told
    assert "private services access" in told


# mistake: what of the existing network; path and message.
WRONG_NETWORKS: dict[str, tuple[dict[str, Any], str, str]] = {
    "two subnets": ({"subnets": {"us-central1": ["gpu", "cpu"]}}, "subnets", "a cluster has one subnet"),
    "a subnet for each zone": ({"subnets": {"us-central1-a": ["gpu"], "us-central1-b": ["cpu"]}}, "subnets", "a cluster has one subnet"),
    "another region": ({"subnets": {"us-east5": ["gpu"]}}, "subnets.us-east5", "'us-east5' is not in us-central1"),
    "a zone of another region": ({"subnets": {"us-east5-a": ["gpu"]}}, "subnets.us-east5-a", "is not in us-central1"),
    "the id of another cloud": ({"vpc": "vpc/0123456789"}, "vpc", "names no network"),
    "a link to another region": ({"subnets": {"us-central1": ["projects/p-12345/regions/us-east5/subnetworks/gpu"]}}, "subnets.us-central1", "names no subnet"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", WRONG_NETWORKS)
def test_an_existing_network_that_cannot_be(mistake):
    changes, path, message = WRONG_NETWORKS[mistake]
    found = gcp_error({"network": {"existing": {**EXISTING, **changes}}})
    assert found.path == f"network.existing.{path}"
    assert message in found.message


# --- free ranges ---


def test_a_free_range_is_the_first_that_overlaps_nothing():
    taken = [IPv4Network("10.0.0.0/9"), IPv4Network("10.128.0.0/10")]
    assert free(14, taken) == IPv4Network("10.192.0.0/14")
    assert free(16, [IPv4Network("10.0.0.0/8")]) == IPv4Network("172.16.0.0/16")
    assert free(8, [IPv4Network("10.1.0.0/24")]) is None
    assert free(16, [IPv4Network("10.0.0.0/8"), IPv4Network("172.16.0.0/16")]) == IPv4Network("172.18.0.0/16")
