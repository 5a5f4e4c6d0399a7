"""What a finished plan says of networks, held to what Google Cloud takes and to what NCCL's plug-ins need."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network

from components.catalog.gcp import Fabric, GcpCatalog, GcpMachine
from components.plan.gcp.model import GcpClusterPlan, GcpPool, NicNetwork, NodePool
from components.plan.gcp.ranges import PRIVATE, pods_on
from components.plan.notes import Notes

# Google Cloud keeps four addresses of a subnet for itself. Source: VPC, subnets.
_KEPT = 4


def interfaces(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Nodes have exactly the interfaces of their shape, each of TCPX in a VPC of its own, all of RDMA in one.

    One too many moves a GPU's interface to another slot, and one too few takes its GPU off the fabric
    (NVIDIA/aicr#2248, #2338).
    """
    for pool, group, machine, fabric in _fabric_groups(plan, catalog):
        if plan.pod_networks != "objects":
            continue
        path, want = f"pools.{pool.name}", machine.gvnic_networks + machine.gpu_nics
        if len(group.interfaces) != want:
            message = f"{group.role} has {len(group.interfaces)} additional interfaces, {machine.name} has {want}"
            notes.error("nic-count", path, message)
        gpus = [one.network for one in group.interfaces if one.subnet not in _plain_subnets(plan, pool)]
        vpcs = 1 if fabric.networks == "one" else machine.gpu_nics
        if len(set(gpus)) != vpcs:
            message = f"{group.role} has its GPUs' interfaces in {len(set(gpus))} VPCs, {fabric.name} wants {vpcs}"
            notes.error("nic-networks", path, message)
        if len({one.subnet for one in group.interfaces}) != len(group.interfaces):
            notes.error("nic-networks", path, f"two interfaces of {group.role} are in one subnet")


def _plain_subnets(plan: GcpClusterPlan, pool: GcpPool) -> set[str]:
    """Subnets of a pool's gVNIC networks, which no GPU uses."""
    own = (network for network in plan.network.nic_networks if network.pool == pool.name)
    return {one.name for network in own for one in network.subnets if "gvnic-" in one.pod_network}


def multi_networking(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """A cluster whose nodes have interfaces for pods has multi-networking, and each `Network` object has one name."""
    named = [one.pod_network for network in plan.network.nic_networks for one in network.subnets]
    if plan.network.nic_networks and not plan.multi_networking:
        notes.error("multi-networking", "pools", "nodes have additional interfaces, the cluster no multi-networking")
    twice = sorted({name for name in named if named.count(name) > 1})
    if twice:
        notes.error("pod-networks", "pools", f"two networks of pods are called {', '.join(twice)}")


def mtu(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """The MTU of a fabric's networks is the fabric's, and no host's is larger than its own (NVIDIA/nccl#1957)."""
    for pool, _, _, fabric in _fabric_groups(plan, catalog):
        wrong = [one.name for one in _networks(plan, pool.name, fabric) if one.mtu != fabric.mtu]
        if wrong:
            notes.error("mtu", f"pools.{pool.name}", f"the MTU of {', '.join(wrong)} is not {fabric.mtu}")
        if plan.network.mtu > fabric.host_mtu:
            message = f"the host's MTU {plan.network.mtu} is more than {fabric.host_mtu}, which {fabric.name} wants"
            notes.error("mtu", f"pools.{pool.name}", message)


def network_profile(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """An RDMA network has the profile of the zone in which its nodes stand."""
    for pool, group, _, fabric in _fabric_groups(plan, catalog):
        if not fabric.profile or plan.pod_networks != "objects":
            continue
        used = {one.network for one in group.interfaces}
        for network in plan.network.nic_networks:
            right = tuple(f"{zone}-{fabric.profile}" for zone in group.zones)
            if network.name in used and network.zone and (network.profile,) != right:
                message = f"{network.name} has the profile {network.profile}, {group.role} stands in {group.zones[0]}"
                notes.error("network-profile", f"pools.{pool.name}", message)


def firewall(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """A network with a profile takes no firewall rule; every other one lets its own subnets in (cluster-toolkit#3617)."""
    for network in plan.network.nic_networks:
        path = f"pools.{network.pool}"
        if network.profile and network.firewall_sources:
            notes.error(
                "firewall", path, f"{network.name} has the profile {network.profile}: it takes no firewall rule"
            )
        sources = [IPv4Network(one) for one in network.firewall_sources]
        shut = [
            one.cidr
            for one in network.subnets
            if not network.profile and not any(IPv4Network(one.cidr).subnet_of(source) for source in sources)
        ]
        if shut:
            notes.error("firewall", path, f"the firewall of {network.name} shuts out its own {', '.join(shut)}")


def private_ranges(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Every range is private and apart from every other: 192.169.0.0/16 is somebody's (cluster-toolkit#3971)."""
    found = list(_ranges(plan))
    for name, cidr in found:
        if not any(cidr.subnet_of(space) for space in PRIVATE):
            notes.error("addresses", "network", f"{cidr} ({name}) is no private range")
    for index, (name, cidr) in enumerate(found):
        for other, against in found[:index]:
            if cidr.overlaps(against):
                notes.error("addresses", "network", f"{cidr} ({name}) overlaps {against} ({other})")


def _ranges(plan: GcpClusterPlan) -> Iterator[tuple[str, IPv4Network]]:
    network = plan.network
    own = (("nodes", network.cidr), ("pods", network.pods_cidr), ("services", network.services_cidr))
    for name, cidr in (*own, ("private services", network.private_services_cidr)):
        if cidr:
            yield name, IPv4Network(cidr)
    for one in network.nic_networks:
        for subnet in one.subnets:
            if subnet.cidr:
                yield subnet.name, IPv4Network(subnet.cidr)


def address_room(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Each node has its block of pods' addresses, and an address in each of its subnets (kubernetes/autoscaler#1470)."""
    groups = [plan.system.group, *(group for pool in plan.pools for rung in pool.rungs for group in rung.groups)]
    need = sum(group.nodes_max * pods_on(group.max_pods) for group in groups)
    pods = IPv4Network(plan.network.pods_cidr)
    if pods.num_addresses < need:
        notes.error("addresses", "network.pods_cidr", f"{pods} has {pods.num_addresses} addresses, pods take {need}")
    subnets = {one.name: one.cidr for network in plan.network.nic_networks for one in network.subnets if one.cidr}
    if plan.network.cidr:
        _check_room("the nodes' subnet", plan.network.cidr, sum(group.nodes_max for group in groups), notes)
    for name, cidr in subnets.items():
        inside = (group for group in groups if any(one.subnet == name for one in group.interfaces))
        _check_room(name, cidr, sum(group.nodes_max for group in inside), notes)


def _check_room(name: str, cidr: str, nodes: int, notes: Notes) -> None:
    if IPv4Network(cidr).num_addresses < nodes + _KEPT:
        notes.error("addresses", "network", f"{cidr} ({name}) has no room for {nodes} nodes")


def way_in(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Whoever deploys reaches the control plane: by the DNS endpoint, or from ranges that may enter.

    A private endpoint alone is out of reach from outside the VPC (terraform-google-kubernetes-engine#1417).
    """
    if not plan.access.dns_endpoint and not (plan.access.public and plan.access.allowed_cidrs):
        notes.error("no-way-in", "access.endpoint", "nothing outside the network reaches the control plane")


def _fabric_groups(plan: GcpClusterPlan, catalog: GcpCatalog) -> Iterator[tuple[GcpPool, NodePool, GcpMachine, Fabric]]:
    """The node pools of pools with a fabric that has networks."""
    for pool in plan.pools:
        machine = catalog.machine(pool.machine)
        fabric = catalog.fabric(pool.fabric.kind) if pool.fabric is not None else None
        if machine is not None and fabric is not None:
            for rung in pool.rungs:
                for group in rung.groups:
                    yield pool, group, machine, fabric


def _networks(plan: GcpClusterPlan, pool: str, fabric: Fabric) -> Iterator[NicNetwork]:
    """A pool's networks that carry GPUs' interfaces."""
    for network in plan.network.nic_networks:
        if network.pool == pool and bool(network.profile) == bool(fabric.profile):
            yield network


NETWORK_CHECKS = (
    interfaces,
    multi_networking,
    mtu,
    network_profile,
    firewall,
    private_ranges,
    address_room,
    way_in,
)
