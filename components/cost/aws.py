"""The plan of a cluster on AWS -> priced items."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from components.catalog import Catalog
from components.cost.aws_facts import (
    AwsFacts,
    bucket,
    items_from,
    lustre,
    shared_file_system,
)
from components.cost.facts import SYSTEM, ControlPlane, Disk, Pool, Rung, Stored
from components.cost.model import PricedItem
from components.errors import CatalogError
from components.plan.aws.model import AwsClusterPlan, AwsNetwork, AwsPool, AwsSystem, Bucket, Lustre, SharedFileSystem
from components.plan.model import StoragePlan


def items_of(plan: AwsClusterPlan, catalog: Catalog, on: date) -> tuple[tuple[PricedItem, ...], tuple[str, ...]]:
    """The items of a planned cluster on a day, and sentences on what is not included."""
    return items_from(facts_of(plan), catalog, on)


def facts_of(plan: AwsClusterPlan) -> AwsFacts:
    """What of a plan costs money."""
    nats = len(plan.network.nat_zones) if plan.network.vpc_id is None else 0
    return AwsFacts(
        region=plan.region,
        pools=(*map(_pool, plan.pools), _system(plan.system)),
        control_planes=(ControlPlane(version=plan.kubernetes, extended=plan.support_type == "EXTENDED"),),
        nat_gateways=nats,
        public_ips=nats,  # each NAT gateway has one address
        endpoint_zones=_endpoint_zones(plan.network),
        keys=1 if plan.key_arn is None else 0,
        stored=tuple(map(_stored, plan.storage)),
        log_days=plan.log_retention_days,
        usage=plan.usage,
        stated=plan.stated_prices,
    )


def _pool(pool: AwsPool) -> Pool:
    rungs = tuple(
        Rung(
            name=rung.name,
            capacity_type=rung.capacity_type,
            nodes=rung.nodes,
            machines=rung.machines,
            disk=_disk(rung.group.root_disk_gib),
            accelerator=pool.accelerator,
            accelerators_per_node=pool.accelerators_per_node,
            bought=rung.bought,
            is_bought=rung.bought is not None,
        )
        for rung in pool.rungs
    )
    return Pool(
        name=pool.name,
        path=f"pools.{pool.name}",
        rungs=rungs,
        rest=max((rung.nodes.max for rung in pool.rungs if rung.bought is None), default=0),
        price=pool.price,
    )


def _system(system: AwsSystem) -> Pool:
    rung = Rung(
        name=SYSTEM,
        capacity_type="on-demand",
        nodes=system.nodes,
        machines=(system.machine,),
        disk=_disk(system.root_disk_gib),
    )
    return Pool(
        name=SYSTEM,
        path=SYSTEM,
        rungs=(rung,),
        rest=system.nodes.max,
        price=system.price,
    )


def _disk(gib: int) -> Disk:
    return Disk(gib=gib, service="gp3-storage", kind="gp3")


def _endpoint_zones(network: AwsNetwork) -> int:
    """Interface endpoints stand in every system subnet and are billed for each; an existing VPC gets none."""
    if network.vpc_id is not None:
        return 0
    return len(network.subnets_of("system")) * sum(endpoint.type == "Interface" for endpoint in network.endpoints)


def _stored(one: StoragePlan) -> Stored:
    path = f"storage.{one.name}"
    if isinstance(one, Lustre):
        size = Decimal(one.given_gib or 0)
        return lustre(one.name, size, one.deployment_type, one.storage_type, one.throughput, one.price, path)
    if isinstance(one, SharedFileSystem):
        return shared_file_system(one.name, one.asked_gib, one.price, path)
    if isinstance(one, Bucket):
        return bucket(one.name, one.asked_gib, one.price, path)
    raise CatalogError(f"the cost of storage of kind {one.kind!r} on AWS is not known")
