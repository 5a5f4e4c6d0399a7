"""Additional interfaces of every shape: how many, in which networks, in which order.

Sources: Google Cloud, accelerator-optimized machines, and GKE, maximize GPU network bandwidth: an a3-highgpu-8g has four
GPU interfaces in a VPC each, an a3-megagpu-8g eight; an a3-ultragpu-8g and an a4-highgpu-8g have a second gVNIC
interface and eight RDMA ones, an a4x-highgpu-4g four, all RDMA interfaces in one VPC; a g4-standard-384 has two gVNIC
interfaces, and no other machine has more than one.
"""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from components.catalog.gcp import catalog
from components.plan.gcp.model import GcpClusterPlan, Interface
from components.plan.gcp.nics import PodNetworks, interfaces_of, nic_networks_of
from tests.support.gcp_values import gcp_plan

ROWS = catalog()
# machine: (gVNIC networks beside the host's, GPU interfaces, VPCs of these, MTU)
SHAPES = {
    "a3-highgpu-8g": (0, 4, 4, 8244),
    "a3-edgegpu-8g": (0, 4, 4, 8244),
    "a3-megagpu-8g": (0, 8, 8, 8244),
    "a3-ultragpu-8g": (1, 8, 1, 8896),
    "a4-highgpu-8g": (1, 8, 1, 8896),
    "a4x-highgpu-4g": (1, 4, 1, 8896),
}
RESERVED = {"reservation": {"id": "racks", "zone_id": "us-central1-a", "nodes": 18}}
A4X = {"machine": "a4x-highgpu-4g", "nodes": 18, "fabric": "required", "capacity": [RESERVED]}

MEGA = {"machine": "a3-megagpu-8g", "nodes": 2, "fabric": "required", "capacity": ["spot"]}
ULTRA = {"machine": "a3-ultragpu-8g", "nodes": 2, "fabric": "required", "capacity": ["spot"]}


def planned(machine: str, **more: object) -> GcpClusterPlan:
    if machine == "a4x-highgpu-4g":
        return gcp_plan({"pools": {"train": {**A4X, **more}}})
    pool = {"machine": machine, "nodes": 2, "fabric": "required", "capacity": ["spot"], "zones": ["us-central1-b"]}
    return gcp_plan({"pools": {"train": {**pool, **more}}})


def interfaces(plan: GcpClusterPlan, pool: int = 0) -> tuple[Interface, ...]:
    return plan.pools[pool].rungs[0].groups[0].interfaces


@pytest.mark.parametrize("machine", SHAPES)
def test_a_node_has_the_interfaces_of_its_shape(machine):
    gvnic, gpus, vpcs, mtu = SHAPES[machine]
    plan = planned(machine)
    networks = plan.network.nic_networks
    assert len(interfaces(plan)) == gvnic + gpus
    assert len(networks) == gvnic + vpcs
    assert sum(len(one.subnets) for one in networks) == gvnic + gpus
    assert {one.mtu for one in networks} == {mtu}
    assert plan.network.mtu == mtu
    assert plan.multi_networking
    assert plan.pod_networks == "objects"


def test_every_other_machine_of_the_catalogue_has_no_gpu_interface():
    with_some = {name for name, machine in ROWS.machines.items() if machine.gpu_nics}
    assert with_some == {*SHAPES, "a3-edgegpu-8g-nolssd", "a4x-maxgpu-4g-metal"}
    second = {name for name, machine in ROWS.machines.items() if machine.gvnic_networks}
    assert second == {"a3-ultragpu-8g", "a4-highgpu-8g", "a4x-highgpu-4g", "g4-standard-384"}


def test_tcpx_interfaces_are_in_a_vpc_each_in_the_order_of_their_names():
    found = interfaces(planned("a3-highgpu-8g"))
    assert [one.pod_network for one in found] == ["vpc1", "vpc2", "vpc3", "vpc4"]
    assert len({one.network for one in found}) == 4
    assert {one.device_mode for one in found} == {"NetDevice"}


def test_rdma_interfaces_come_after_the_second_gvnic_and_are_in_one_vpc():
    plan = planned("a3-ultragpu-8g")
    found = interfaces(plan)
    assert [one.pod_network for one in found] == ["gvnic-1", *(f"rdma-{n}" for n in range(8))]
    assert [one.device_mode for one in found] == ["NetDevice", *["RDMA"] * 8]
    assert len({one.network for one in found[1:]}) == 1
    assert found[0].network != found[1].network


def test_an_rdma_network_has_its_zones_profile_and_no_firewall_rule():
    plan = planned("a4-highgpu-8g", zones=["us-central1-b"])
    gvnic, rdma = plan.network.nic_networks
    assert (rdma.profile, rdma.firewall_sources) == ("us-central1-b-vpc-roce", ())
    assert gvnic.profile is None
    assert gvnic.firewall_sources == (gvnic.subnets[0].cidr,)


@pytest.mark.parametrize("machine", ["a3-highgpu-8g", "a3-megagpu-8g"])
def test_the_firewall_of_a_gpu_network_lets_its_own_subnet_in(machine):
    for network in planned(machine).network.nic_networks:
        (subnet,) = network.subnets
        assert any(IPv4Network(subnet.cidr).subnet_of(IPv4Network(one)) for one in network.firewall_sources)


def test_a_g4_with_two_interfaces_has_one_more_network():
    pool = {"machine": "g4-standard-384", "nodes": 1, "fabric": "none", "capacity": ["spot"]}
    plan = gcp_plan({"pools": {"serve": pool}})
    assert [one.pod_network for one in interfaces(plan)] == ["gvnic-1"]
    pool["machine"] = "g4-standard-192"
    assert gcp_plan({"pools": {"serve": pool}}).network.nic_networks == ()


def test_a_pool_without_a_fabric_has_no_other_network():
    plan = gcp_plan({"pools.train.fabric": "none"})
    assert (plan.network.nic_networks, plan.multi_networking, plan.pod_networks) == ((), False, "none")
    assert plan.network.mtu == 8896


@pytest.mark.parametrize("machine", ["a3-ultragpu-8g", "a4-highgpu-8g", "a4x-highgpu-4g"])
def test_dranet_makes_no_networks(machine):
    pool = A4X if machine == "a4x-highgpu-4g" else {**ULTRA, "machine": machine}
    plan = gcp_plan({"software.pod_networks": "dranet", "pools": {"train": pool}})
    assert (plan.network.nic_networks, plan.multi_networking, plan.pod_networks) == ((), False, "dranet")
    assert interfaces(plan) == ()
    assert plan.network.mtu == 8896


# --- several pools ---


def pod_networks(plan: GcpClusterPlan, pool: int) -> list[str]:
    return [one.pod_network for one in interfaces(plan, pool)]


def test_network_objects_of_two_pools_have_different_names():
    plan = gcp_plan({"pools": {"train": MEGA, "tune": {**MEGA, "machine": "a3-highgpu-8g"}, "eval": ULTRA}})
    assert pod_networks(plan, 0) == [f"vpc{n}" for n in range(1, 9)]
    assert pod_networks(plan, 1) == [f"tune-vpc{n}" for n in range(1, 5)]
    assert pod_networks(plan, 2) == ["gvnic-1", *(f"rdma-{n}" for n in range(8))]
    assert plan.network.mtu == 8244  # the least of what the fabrics want


def test_a_pool_that_is_added_renames_and_moves_nothing():
    alone = gcp_plan({"pools": {"train": MEGA}})
    both = gcp_plan({"pools": {"train": MEGA, "tune": MEGA, "eval": ULTRA}})
    assert both.network.nic_networks[: len(alone.network.nic_networks)] == alone.network.nic_networks
    names = [subnet.pod_network for one in both.network.nic_networks for subnet in one.subnets]
    assert len(set(names)) == len(names) == 8 + 8 + 9


def test_two_rungs_of_a_pool_share_its_networks():
    reserved = {"reservation": {"id": "mega", "zone_id": "us-central1-a", "nodes": 1}}
    plan = gcp_plan({"pools": {"train": {**MEGA, "capacity": [reserved, "spot"]}}})
    first, second = plan.pools[0].rungs
    assert first.groups[0].interfaces == second.groups[0].interfaces
    assert len(plan.network.nic_networks) == 8


def test_rdma_nodes_in_two_zones_have_a_network_each():
    fabric, machine = ROWS.fabric("rdma"), ROWS.machine("a3-ultragpu-8g")
    assert fabric is not None
    assert machine is not None
    ranges = list(IPv4Network("10.0.0.0/16").subnets(new_prefix=23))
    names = PodNetworks()
    both = [
        network
        for zone, part in (("us-central1-a", ranges[:8]), ("us-central1-b", ranges[8:16]))
        for network in nic_networks_of("train", zone, machine, fabric, part, names)
    ]
    assert [one.profile for one in both] == ["us-central1-a-vpc-roce", "us-central1-b-vpc-roce"]
    assert len({one.name for one in both}) == 2
    first, second = (interfaces_of("train", both, fabric, zone) for zone in ("us-central1-a", "us-central1-b"))
    assert [one.pod_network for one in first] == [f"rdma-{n}" for n in range(8)]
    assert [one.pod_network for one in second] == [f"train-rdma-{n}" for n in range(8)]


def test_google_makes_the_subnet_of_a_metal_fabric():
    fabric, machine = ROWS.fabric("rdma-metal"), ROWS.machine("a4x-maxgpu-4g-metal")
    assert fabric is not None
    assert machine is not None
    (network,) = nic_networks_of("train", "us-central1-b", machine, fabric, (), PodNetworks())
    assert network.profile == "us-central1-b-vpc-roce-metal"
    assert [one.cidr for one in network.subnets] == [""]
    assert network.firewall_sources == ()


def test_names_of_network_objects_never_meet():
    names = PodNetworks()
    asked = [("train", ""), ("train", "r-a"), ("train-a", ""), ("train", "r-a"), ("tune", "")]
    given = [names.prefix("vpc", pool, zone) for pool, zone in asked]
    assert given == ["", "train-", "train-a-", "train-r-a-", "tune-"]
    with pytest.raises(ValueError, match="named already"):
        names.prefix("vpc", "train", "r-a")
