"""The plan of a cluster on Google Cloud -> priced items."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from components.catalog import Catalog, load
from components.cost.facts import SYSTEM, ClusterFacts, ControlPlane, Disk, Pool, Rung, Stored
from components.cost.gcp_facts import boot_disk, bucket, filestore, items_from, local_ssds, lustre
from components.cost.model import PricedItem
from components.errors import CatalogError
from components.plan.gcp.model import Bucket, Filestore, GcpClusterPlan, GcpPool, GcpSystem, Lustre, NodePool
from components.plan.model import NodeCount, StoragePlan


def items_of(plan: GcpClusterPlan, catalog: Catalog, on: date) -> tuple[tuple[PricedItem, ...], tuple[str, ...]]:
    """The items of a planned cluster on a day, and sentences on what is not included."""
    return items_from(facts_of(plan, catalog), catalog, on)


def facts_of(plan: GcpClusterPlan, catalog: Catalog | None = None) -> ClusterFacts:
    """What of a plan costs money; `catalog`: the shipped one where none is given."""
    known = catalog or load("gcp")
    nats = int(plan.network.nat and plan.network.vpc is None)
    return ClusterFacts(
        region=plan.region,
        pools=(*(_pool(pool, known) for pool in plan.pools), _system(plan.system, known)),
        control_planes=(ControlPlane(version=plan.kubernetes, extended=plan.channel == "EXTENDED"),),
        nat_gateways=nats,
        public_ips=nats,  # a gateway takes one address by itself
        keys=1 if plan.key is None else 0,
        stored=tuple(map(_stored, plan.storage)),
        log_days=None,  # logs are in the project's own bucket: how long it keeps them, nothing of the cluster sets
        usage=plan.usage,
        stated=plan.stated_prices,
    )


def _pool(pool: GcpPool, catalog: Catalog) -> Pool:
    rungs = tuple(
        Rung(
            name=rung.name,
            capacity_type=rung.capacity_type,
            nodes=_nodes(rung.groups),
            machines=rung.machines,
            disk=_disk(rung.groups),
            accelerator=pool.accelerator,
            accelerators_per_node=pool.accelerators_per_node,
            bought=rung.bought,
            is_bought=rung.bought is not None,
            scratch=_scratch(rung.groups, catalog),
        )
        for rung in pool.rungs
    )
    plain = (rung.nodes.max for rung in rungs if not rung.is_bought and rung.nodes is not None)
    return Pool(
        name=pool.name,
        path=f"pools.{pool.name}",
        rungs=rungs,
        rest=max(plain, default=0),
        price=pool.price,
    )


def _system(system: GcpSystem, catalog: Catalog) -> Pool:
    nodes = _nodes((system.group,))
    rung = Rung(
        name=SYSTEM,
        capacity_type="on-demand",
        nodes=nodes,
        machines=(system.machine,),
        disk=_disk((system.group,)),
        scratch=_scratch((system.group,), catalog),
    )
    return Pool(
        name=SYSTEM,
        path=SYSTEM,
        rungs=(rung,),
        rest=nodes.max,
        price=system.price,
    )


def _nodes(groups: Iterable[NodePool]) -> NodeCount:
    """The nodes of a rung's node pools, whose counts are per zone."""
    least = desired = most = 0
    for group in groups:
        zones = len(group.zones)
        least += zones * group.min_per_zone
        desired += zones * group.desired_per_zone
        most += zones * group.max_per_zone
    return NodeCount(min=least, desired=desired, max=most)


def _disk(groups: tuple[NodePool, ...]) -> Disk:
    """The boot disk, the same for all node pools of a rung."""
    return boot_disk(groups[0].disk_type, groups[0].disk_gib) if groups else Disk(gib=0, service="", kind="")


def _scratch(groups: tuple[NodePool, ...], catalog: Catalog) -> Disk | None:
    if not groups:
        return None
    machine = catalog.machine(groups[0].machine_type)
    return local_ssds(groups[0].local_ssds, machine.nvme_disks if machine else 0)


def _stored(one: StoragePlan) -> Stored:
    path = f"storage.{one.name}"
    size = Decimal(one.given_gib or 0)
    if isinstance(one, Lustre):
        return lustre(one.name, size, one.throughput, one.price, path)
    if isinstance(one, Filestore):
        return filestore(one.name, size, one.tier, one.price, path)
    if isinstance(one, Bucket):
        return bucket(one.name, one.asked_gib, one.location, "STANDARD", one.price, path)
    raise CatalogError(f"the cost of storage of kind {one.kind!r} on Google Cloud is not known")
