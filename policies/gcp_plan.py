"""What the components set on the resources of a planned cluster on Google Cloud.

Labels stand on everything, on nodes and disks by the node configuration; nodes have private addresses alone; what keeps
data is encrypted with the spec's key or with the cluster's own. A test holds this against the registered resources.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from components.cost.facts import Rung
from components.cost.gcp import facts_of
from components.plan.gcp.account import fold
from components.plan.gcp.model import Bucket, GcpClusterPlan, GcpPool, GcpRung
from policies.gcp_names import AT_ONCE, EXTENDED, REACHED_PRIVATELY, demands_of
from policies.groups import group, lifetime_of_cluster, purchases
from policies.market import CatalogMarket
from policies.subject import Address, Control, Egress, Encryptable, Endpoint, Group, Guard, Subject, Taggable

CLUSTERS_OWN_KEY = "the cluster's own key"


def complete(subject: Subject, plan: GcpClusterPlan) -> Subject:
    """The subject with what only Google Cloud's components decide."""
    market = CatalogMarket("gcp")
    found = list(_groups(plan))
    groups = tuple(made for _, made in found)
    return replace(
        subject,
        taggables=(
            Taggable(what="every resource", path="tags", tags=dict(plan.labels), spelling=fold),
            Taggable(what="the nodes and their disks", path="tags", tags=dict(plan.machine_labels), spelling=fold),
        ),
        addresses=tuple(
            Address(what=f"pool {pool.name}", path=f"pools.{pool.name}", public=False) for pool in plan.pools
        ),
        endpoints=(
            Endpoint(
                what="the cluster's API endpoint",
                path="access.endpoint",
                public=plan.access.public,
                cidrs=plan.access.allowed_cidrs,
            ),
        ),
        encryptables=tuple(_encryptables(plan)),
        groups=groups,
        purchases=tuple(purchases(found)),
        lifetimes=(lifetime_of_cluster(groups, market, plan.expires is not None, plan.expires),),
        guards=tuple(_guards(plan)),
        controls=(
            Control(
                what="the cluster",
                path="software.release_channel",
                version=plan.kubernetes,
                extended=plan.channel == EXTENDED,
            ),
        ),
        egress=tuple(_egress(plan)),
        demands=tuple(demands_of(groups)),
        market=market,
    )


def _groups(plan: GcpClusterPlan) -> Iterable[tuple[Rung, Group]]:
    planned = {rung.name: (pool, rung) for pool in plan.pools for rung in pool.rungs}
    for pool in facts_of(plan).pools:
        for rung in pool.rungs:
            known = planned.get(rung.name)
            yield rung, group(pool, rung, plan.region, fabric=known is not None and _fabric(*known))


def _fabric(pool: GcpPool, rung: GcpRung) -> bool:
    """Interfaces for the accelerators, which the plan gives only all at once; or a slice, whose links are its own."""
    if pool.fabric is None:
        return False
    return all(one.interfaces or one.accelerator_network_profile or one.tpu_topology for one in rung.groups)


def _guards(plan: GcpClusterPlan) -> Iterable[Guard]:
    yield Guard(what="the cluster", path="protect", protected=plan.protect)
    for store in plan.storage:
        loses = AT_ONCE if isinstance(store, Bucket) and not store.soft_delete_days else ""
        yield Guard(what=f"storage {store.name}", path="protect", protected=plan.protect, loses=loses)


def _egress(plan: GcpClusterPlan) -> Iterable[Egress]:
    """A network that exists already is not judged: its ways out are somebody else's."""
    if plan.network.vpc is None:
        yield Egress(
            what="the cluster's network",
            path="network",
            nat_gateways=int(plan.network.nat),
            endpoints=REACHED_PRIVATELY,
        )


def _encryptables(plan: GcpClusterPlan) -> Iterable[Encryptable]:
    places = [("the cluster's secrets", "encryption"), ("the disks of the system pool", "system")]
    places += [(f"the disks of pool {pool.name}", f"pools.{pool.name}") for pool in plan.pools]
    places += [(f"storage {store.name}", f"storage.{store.name}") for store in plan.storage]
    for what, path in places:
        yield Encryptable(what=what, path=path, encrypted=True, key=plan.key or CLUSTERS_OWN_KEY)
