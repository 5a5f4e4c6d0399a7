"""The checks on the networks of a finished plan: each passes what the planner makes, and refuses one broken property.

The mistakes are those of public issue trackers; each check's docstring in `components/plan/gcp/checks_wiring.py` says
which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from components.catalog.gcp import catalog
from components.plan.gcp.checks_wiring import NETWORK_CHECKS
from components.plan.gcp.model import GcpClusterPlan, Interface
from components.plan.notes import Notes
from tests.support.gcp_values import gcp_plan

LUSTRE = {"storage.scratch": {"kind": "parallel", "capacity": "9000GiB"}}
ULTRA = {
    "machine": "a3-ultragpu-8g",
    "nodes": 4,
    "fabric": "required",
    "capacity": ["spot"],
    "zones": ["us-central1-b"],
}
TCPXO = gcp_plan({**LUSTRE, "pools": {"train": {"machine": "a3-megagpu-8g", "nodes": 4, "fabric": "required"}}})
TCPX = gcp_plan({"pools": {"train": {"machine": "a3-highgpu-8g", "nodes": 4, "fabric": "required"}}})
RDMA = gcp_plan({"pools": {"train": ULTRA}})
DRANET = gcp_plan({"pools": {"train": ULTRA}, "software.pod_networks": "dranet"})
PLAIN = gcp_plan({"pools": {"serve": {"accelerator": "L4:1", "nodes": 3, "fabric": "none"}}})
EXISTING = gcp_plan({"network": {"existing": {"vpc": "shared", "subnets": {"us-central1": ["gpu"]}}}})
COMPLIANT = {"tcpxo": TCPXO, "tcpx": TCPX, "rdma": RDMA, "dranet": DRANET, "plain": PLAIN, "existing": EXISTING}

Change = Callable[[GcpClusterPlan], GcpClusterPlan]


def network(**changes: Any) -> Change:
    return lambda plan: replace(plan, network=replace(plan.network, **changes))


def access(**changes: Any) -> Change:
    return lambda plan: replace(plan, access=replace(plan.access, **changes))


def nic_network(place: int, **changes: Any) -> Change:
    def change(plan: GcpClusterPlan) -> GcpClusterPlan:
        found = list(plan.network.nic_networks)
        found[place] = replace(found[place], **changes)
        return replace(plan, network=replace(plan.network, nic_networks=tuple(found)))

    return change


def subnet(place: int, index: int, **changes: Any) -> Change:
    def change(plan: GcpClusterPlan) -> GcpClusterPlan:
        found = list(plan.network.nic_networks[place].subnets)
        found[index] = replace(found[index], **changes)
        return nic_network(place, subnets=tuple(found))(plan)

    return change


def interfaces(make: Callable[[tuple[Interface, ...]], tuple[Interface, ...]]) -> Change:
    def change(plan: GcpClusterPlan) -> GcpClusterPlan:
        pool = plan.pools[0]
        rung = pool.rungs[0]
        group = replace(rung.groups[0], interfaces=make(rung.groups[0].interfaces))
        return replace(plan, pools=(replace(pool, rungs=(replace(rung, groups=(group,)),)),))

    return change


SPARE = Interface(network="spare", subnet="spare", pod_network="spare", device_mode="NetDevice")
# broken property: the compliant plan, its change, id and words of the finding.
BROKEN: dict[str, tuple[GcpClusterPlan, Change, str, str]] = {
    "seven interfaces of eight": (TCPXO, interfaces(lambda own: own[:-1]), "nic-count", "has 7 additional interfaces, a3-megagpu-8g has 8"),
    "a spare ninth interface": (TCPXO, interfaces(lambda own: (*own, SPARE)), "nic-count", "has 9 additional interfaces"),
    "three interfaces of four": (TCPX, interfaces(lambda own: own[:-1]), "nic-count", "a3-highgpu-8g has 4"),
    "no gVNIC beside RDMA": (RDMA, interfaces(lambda own: own[1:]), "nic-count", "has 8 additional interfaces, a3-ultragpu-8g has 9"),
    "two TCPXO interfaces in one VPC": (TCPXO, interfaces(lambda own: (*own[:-1], replace(own[-1], network=own[0].network))), "nic-networks", "in 7 VPCs, tcpxo wants 8"),
    "RDMA interfaces in two VPCs": (RDMA, interfaces(lambda own: (*own[:-1], replace(own[-1], network="other"))), "nic-networks", "in 2 VPCs, rdma wants 1"),
    "two interfaces in one subnet": (RDMA, interfaces(lambda own: (*own[:-1], own[-2])), "nic-networks", "are in one subnet"),
    "no multi-networking": (TCPXO, lambda plan: replace(plan, multi_networking=False), "multi-networking", "the cluster no multi-networking"),
    "two networks of one name": (TCPXO, subnet(1, 0, pod_network="vpc1"), "pod-networks", "two networks of pods are called vpc1"),
    "the default MTU between GPUs": (TCPXO, nic_network(3, mtu=1460), "mtu", "the MTU of train-gpu-4 is not 8244"),
    "the MTU of TCPXO for RDMA": (RDMA, nic_network(1, mtu=8244), "mtu", "the MTU of train-rdma-b is not 8896"),
    "a larger MTU of the host": (TCPXO, network(mtu=8896), "mtu", "the host's MTU 8896 is more than 8244"),
    "the profile of another zone": (RDMA, nic_network(1, profile="us-central1-a-vpc-roce"), "network-profile", "has the profile us-central1-a-vpc-roce"),
    "no profile": (RDMA, nic_network(1, profile=None), "network-profile", "has the profile None"),
    "a firewall rule on RDMA": (RDMA, nic_network(1, firewall_sources=("192.168.0.0/16",)), "firewall", "it takes no firewall rule"),
    "a firewall without its subnet": (TCPXO, nic_network(0, firewall_sources=("192.168.0.0/28",)), "firewall", "shuts out its own"),
    "no firewall rule": (TCPX, nic_network(0, firewall_sources=()), "firewall", "the firewall of train-gpu-1 shuts out"),
    "public space between GPUs": (TCPXO, subnet(0, 0, cidr="192.169.0.0/23"), "addresses", "192.169.0.0/23 (train-gpu-1) is no private range"),
    "one range twice": (TCPXO, subnet(0, 0, cidr="10.0.4.0/23"), "addresses", "overlaps 10.0.0.0/18 (nodes)"),
    "private services in pods": (TCPXO, network(private_services_cidr="10.65.0.0/20"), "addresses", "overlaps 10.64.0.0/14 (pods)"),
    "few addresses of pods": (TCPXO, network(pods_cidr="10.64.0.0/23"), "addresses", "has 512 addresses, pods take 1024"),
    "few nodes": (TCPXO, network(cidr="10.0.0.0/29"), "addresses", "(the nodes' subnet) has no room for 6 nodes"),
    "few interfaces": (RDMA, subnet(1, 0, cidr="192.168.0.0/30"), "addresses", "(train-rdma-b-0) has no room for 4 nodes"),
    "a private endpoint alone": (PLAIN, access(dns_endpoint=False), "no-way-in", "nothing outside the network reaches"),
    "a public endpoint for nobody": (PLAIN, access(dns_endpoint=False, public=True), "no-way-in", "nothing outside"),
}  # fmt: skip


def told(plan: GcpClusterPlan) -> list[tuple[str, str]]:
    notes = Notes()
    for check in NETWORK_CHECKS:
        check(plan, catalog(), notes)
    return [(one.id, one.message) for one in notes.findings]


@pytest.mark.parametrize("name", COMPLIANT)
def test_a_plan_of_the_planner_passes(name):
    assert told(COMPLIANT[name]) == []


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_property_is_refused(case):
    plan, change, id, words = BROKEN[case]
    found = told(change(plan))
    assert any(one == id and words in message for one, message in found), found


def test_a_public_endpoint_with_ranges_is_a_way_in():
    assert told(access(dns_endpoint=False, public=True, allowed_cidrs=("192.0.2.0/24",))(PLAIN)) == []


def test_every_check_refuses_something():
    alive = {
        check for plan, change, _, _ in BROKEN.values() for check in NETWORK_CHECKS if _refuses(check, change(plan))
    }
    assert alive == set(NETWORK_CHECKS)


def _refuses(check: Any, plan: GcpClusterPlan) -> bool:
    notes = Notes()
    check(plan, catalog(), notes)
    return bool(notes.findings)
