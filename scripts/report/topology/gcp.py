"""The topology of a cluster on Google Cloud, from its plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from components.plan.gcp.model import (
    Bucket,
    Filestore,
    GcpClusterPlan,
    GcpPool,
    Interface,
    Lustre,
    NicNetwork,
    NodePool,
)
from components.plan.model import ClusterPlan, StoragePlan
from scripts.cli.figures import counted, number
from scripts.report.topology.model import Box, PoolBox, Topology
from scripts.report.topology.words import capacity_of, expected_of, size_of, zones_of


def build(plan: ClusterPlan) -> Topology:
    """The topology of a plan. Raises TypeError for a plan of another cloud."""
    if not isinstance(plan, GcpClusterPlan):
        raise TypeError(f"a plan of {plan.cloud} is no plan of Google Cloud")
    network = plan.network
    return Topology(
        title=f"Cluster {plan.name} in {plan.region}",
        network=f"existing VPC {network.vpc}" if network.vpc else f"new VPC {network.cidr}, MTU {network.mtu}",
        zones=_zones(plan),
        outside=_outside(plan),
        entries=(_subnet(plan),),
        pools=(_system(plan), *(_pool(pool) for pool in plan.pools)),
        storage=tuple(_file_system(plan, store) for store in plan.storage if not isinstance(store, Bucket)),
        endpoints=_endpoints(plan),
        regional=tuple(_bucket(plan, store) for store in plan.storage if isinstance(store, Bucket)),
        fabrics=tuple(_fabrics(network.nic_networks)),
    )


def _zones(plan: GcpClusterPlan) -> tuple[str, ...]:
    """The zones in which anything stands, by name."""
    found = set(plan.system.zones)
    for pool in plan.pools:
        found |= set(zones_of(pool))
    return tuple(sorted(found))


def _outside(plan: GcpClusterPlan) -> tuple[Box, ...]:
    control = f"GKE, Kubernetes {plan.min_master_version}, {plan.channel.lower()} channel"
    return (
        Box(kind="internet", name="Internet", way=_way_out(plan)),
        Box(kind="control", name="Control plane", lines=(control,), way=_way_in(plan)),
    )


def _way_out(plan: GcpClusterPlan) -> str:
    if plan.network.nat:
        return "out through Cloud NAT, for all zones"
    return "as the existing network lets nodes out" if plan.network.vpc else "no way out"


def _way_in(plan: GcpClusterPlan) -> str:
    ways = ["from inside"]
    if plan.access.dns_endpoint:
        ways.append("by its DNS endpoint with IAM")
    if plan.access.public:
        ways.append(f"from {', '.join(plan.access.allowed_cidrs) or 'anywhere'}")
    return f"API: {', and '.join(ways)}"


def _subnet(plan: GcpClusterPlan) -> Box:
    """The one subnet of nodes, which spans the zones of its region."""
    network = plan.network
    ranges = (f"pods {network.pods_cidr}, services {network.services_cidr}",)
    name = f"subnet {network.subnet or network.cidr}"
    return Box(kind="subnet", name=name, lines=ranges, zones=_zones(plan))


def _endpoints(plan: GcpClusterPlan) -> tuple[str, ...]:
    cidr = plan.network.private_services_cidr
    return (f"private services access {cidr}, for file systems",) if cidr else ()


def _system(plan: GcpClusterPlan) -> PoolBox:
    return PoolBox(
        kind="system",
        name="system",
        zones=plan.system.zones,
        nodes=plan.system.nodes,
        machine=plan.system.machine,
        capacity=("on-demand",),
    )


def _pool(pool: GcpPool) -> PoolBox:
    groups = [group for rung in pool.rungs for group in rung.groups]
    return PoolBox(
        kind="pool",
        name=pool.name,
        zones=zones_of(pool),
        nodes=pool.nodes,
        machine=pool.machine,
        accelerator=pool.accelerator,
        accelerators_per_node=pool.accelerators_per_node,
        fabric=_fabric(pool),
        together=any(group.compact or group.workload_topology for group in groups),
        capacity=(*capacity_of(pool.rungs), *_slices(groups)),
        interfaces=_interfaces(groups),
    )


def _fabric(pool: GcpPool) -> str:
    if pool.fabric is None:
        return ""
    kind = pool.fabric.kind.upper()
    speed = f" {number(pool.fabric.gbps_per_node)} Gbit/s a node" if pool.fabric.gbps_per_node else ""
    devices = counted(pool.fabric.devices_per_node, "device")
    return f"{kind}{speed}, {devices}" if pool.fabric.devices_per_node else f"{kind}{speed}"


def _slices(groups: Iterable[NodePool]) -> Iterable[str]:
    """Slices of TPUs and NVLink domains: each is a node pool of its own."""
    shapes = [group.tpu_topology or group.workload_topology for group in groups]
    for shape in dict.fromkeys(one for one in shapes if one):
        yield f"{shapes.count(shape)} × {shape}, a node pool each"


def _interfaces(groups: Sequence[NodePool]) -> tuple[str, ...]:
    """The interfaces of a node in their order; the first is always the host's."""
    if any(group.accelerator_network_profile for group in groups):
        return ("eth0 host; the others as claims of pods ask for them (DRANET)",)
    many = max((group.interfaces for group in groups), key=len, default=())
    if not many:
        return ()
    said = ["eth0 host"]
    start = 1
    for _, some in groupby(many, key=lambda one: (one.device_mode, _stem(one))):
        same = list(some)
        said.append(f"{_span(start, len(same))} in {_where(same)}")
        start += len(same)
    return (f"a node: {', '.join(said)}",)


def _stem(one: Interface) -> str:
    """What interfaces share that stand together: their network, or its name without the number where each has its own."""
    return one.network if one.device_mode == "RDMA" else one.network.rpartition("-")[0]


def _where(same: Sequence[Interface]) -> str:
    first, last = same[0].network, same[-1].network
    if first != last:
        return f"{first} to {last}"
    return f"{first} (RDMA)" if same[0].device_mode == "RDMA" else first


def _span(start: int, count: int) -> str:
    return f"eth{start}" if count == 1 else f"eth{start}–{start + count - 1}"


def _fabrics(networks: Iterable[NicNetwork]) -> Iterable[Box]:
    """The networks beside the cluster's; those of one interface each stand together."""
    for _, some in groupby(networks, key=lambda one: one.name if one.profile else one.name.rpartition("-")[0]):
        same = list(some)
        first, subnets = same[0], [subnet for one in same for subnet in one.subnets]
        name = f"VPC {first.name}" if len(same) == 1 else f"{len(same)} VPCs {first.name} to {same[-1].name}"
        ranges = [subnet.cidr for subnet in subnets if subnet.cidr]
        made = f"{counted(len(ranges), 'subnet')} {ranges[0]}" if ranges else "subnets that Google made"
        lines = [
            f"{made}{f' to {ranges[-1]}' if len(ranges) > 1 else ''}",
            f"MTU {first.mtu}",
            f"profile {first.profile}" if first.profile else "",
            "no firewall rules" if not first.firewall_sources else "open between its own nodes only",
        ]
        zones = (first.zone,) if first.zone else ()
        yield Box(kind="fabric", name=name, lines=tuple(line for line in lines if line), zones=zones)


def _file_system(plan: GcpClusterPlan, store: StoragePlan) -> Box:
    size = size_of(store)
    if isinstance(store, Lustre):
        linked = store.bucket or store.bucket_url
        lines = (
            f"Managed Lustre, {size}, {number(store.throughput)} MB/s a TiB",
            *((f"imports from {linked}",) if linked else ()),
        )
        return Box(kind="storage", name=store.name, lines=lines, zones=(store.zone,))
    if isinstance(store, Filestore):
        tier = store.tier.lower().replace("_", " ")
        zones = _zones(plan) if store.location == plan.region else (store.location,)
        return Box(kind="storage", name=store.name, lines=(f"Filestore {tier}, {size}",), zones=zones)
    return Box(kind="storage", name=store.name, lines=(f"{store.kind}, {size}",))


def _bucket(plan: GcpClusterPlan, store: Bucket) -> Box:
    imports = [one.name for one in plan.storage if isinstance(one, Lustre) and one.bucket == store.name]
    behind = (f"imported by {', '.join(imports)}",) if imports else ()
    return Box(kind="object", name=store.name, lines=(f"Cloud Storage bucket, {expected_of(store)}", *behind))
