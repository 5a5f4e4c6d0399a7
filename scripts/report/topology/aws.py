"""The topology of a cluster on AWS, from its plan."""

from __future__ import annotations

from collections.abc import Iterable

from components.plan.aws.model import AwsClusterPlan, AwsPool, Bucket, Lustre, NodeGroup, SharedFileSystem
from components.plan.model import ClusterPlan, StoragePlan
from scripts.cli.figures import counted, number
from scripts.report.topology.model import Box, PoolBox, Topology
from scripts.report.topology.words import capacity_of, expected_of, size_of, zones_of


def build(plan: ClusterPlan) -> Topology:
    """The topology of a plan. Raises TypeError for a plan of another cloud."""
    if not isinstance(plan, AwsClusterPlan):
        raise TypeError(f"a plan of {plan.cloud} is no plan of AWS")
    network = plan.network
    return Topology(
        title=f"Cluster {plan.name} in {plan.region}",
        network=f"existing VPC {network.vpc_id}" if network.vpc_id else f"new VPC {network.cidr}",
        zones=_zones(plan),
        outside=_outside(plan),
        entries=tuple(_entries(plan)),
        pools=(_system(plan), *(_pool(plan, pool) for pool in plan.pools)),
        storage=tuple(_file_system(plan, store) for store in plan.storage if not isinstance(store, Bucket)),
        endpoints=tuple(f"{one.service} ({one.type.lower()})" for one in network.endpoints),
        regional=tuple(_bucket(plan, store) for store in plan.storage if isinstance(store, Bucket)),
    )


def _zones(plan: AwsClusterPlan) -> tuple[str, ...]:
    """The zones in which anything stands, by name."""
    found = {subnet.zone_id for subnet in plan.network.subnets if subnet.zone_id}
    for pool in (plan.system, *plan.pools):
        found |= set(pool.zones)
    return tuple(sorted(found))


def _outside(plan: AwsClusterPlan) -> tuple[Box, ...]:
    return (
        Box(kind="internet", name="Internet", way=_way_out(plan)),
        Box(kind="control", name="Control plane", lines=(f"EKS, Kubernetes {plan.kubernetes}",), way=_way_in(plan)),
    )


def _way_out(plan: AwsClusterPlan) -> str:
    zones = plan.network.nat_zones
    if zones:
        return f"out through {'a NAT gateway' if len(zones) == 1 else 'NAT gateways'} in {', '.join(zones)}"
    return "as the existing network lets nodes out" if plan.network.vpc_id else "no way out"


def _way_in(plan: AwsClusterPlan) -> str:
    if not plan.access.public:
        return "API: from inside the network only"
    return f"API: from inside, and from {', '.join(plan.access.allowed_cidrs)}"


def _entries(plan: AwsClusterPlan) -> Iterable[Box]:
    for subnet in plan.network.subnets_of("public"):
        nat = subnet.zone_id in plan.network.nat_zones
        what = ("NAT gateway",) if nat else ("no NAT gateway: nodes use another zone's",)
        yield Box(
            kind="public",
            name=f"public subnet {subnet.id or subnet.cidr}",
            lines=what,
            zones=(subnet.zone_id,) if subnet.zone_id else (),
        )


def _subnets(plan: AwsClusterPlan, groups: Iterable[NodeGroup]) -> tuple[str, ...]:
    names = {name for group in groups for name in group.subnets}
    return tuple(
        f"{subnet.zone_id} {subnet.id or subnet.cidr}" for subnet in plan.network.subnets if subnet.name in names
    )


def _system(plan: AwsClusterPlan) -> PoolBox:
    return PoolBox(
        kind="system",
        name="system",
        zones=plan.system.zones,
        nodes=plan.system.nodes,
        machine=plan.system.machine,
        capacity=("on-demand",),
        subnets=_subnets(plan, (plan.system.group,)),
    )


def _pool(plan: AwsClusterPlan, pool: AwsPool) -> PoolBox:
    return PoolBox(
        kind="pool",
        name=pool.name,
        zones=zones_of(pool),
        nodes=pool.nodes,
        machine=pool.machine,
        accelerator=pool.accelerator,
        accelerators_per_node=pool.accelerators_per_node,
        fabric=_fabric(pool),
        together=any(rung.group.placement_group for rung in pool.rungs),
        capacity=capacity_of(pool.rungs),
        subnets=_subnets(plan, (rung.group for rung in pool.rungs)),
    )


def _fabric(pool: AwsPool) -> str:
    if pool.fabric is None:
        return ""
    fabric = pool.fabric
    devices = counted(fabric.devices_per_node, "device")
    return f"{fabric.kind.upper()} {number(fabric.gbps_per_node)} Gbit/s a node, {devices}"


def _file_system(plan: AwsClusterPlan, store: StoragePlan) -> Box:
    size = size_of(store)
    if isinstance(store, Lustre):
        linked = store.bucket or store.bucket_url
        lines = (
            f"FSx for Lustre, {size}, {store.throughput} MB/s a TiB",
            *((f"linked to {linked}",) if linked else ()),
            *(("EFA",) if store.efa else ()),
        )
        return Box(kind="storage", name=store.name, lines=lines, zones=(store.zone_id,))
    zones: set[str] = set()
    if isinstance(store, SharedFileSystem):
        zones = {one.zone_id for one in plan.network.subnets if one.name in store.subnets}
    return Box(kind="storage", name=store.name, lines=(f"EFS, {size}",), zones=tuple(sorted(zones)))


def _bucket(plan: AwsClusterPlan, store: StoragePlan) -> Box:
    linked = [one.name for one in plan.storage if isinstance(one, Lustre) and one.bucket == store.name]
    behind = (f"linked to {', '.join(linked)}",) if linked else ()
    return Box(kind="object", name=store.name, lines=(f"S3 bucket, {expected_of(store)}", *behind))
