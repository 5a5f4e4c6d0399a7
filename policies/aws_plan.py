"""What the components set on the resources of a planned cluster on AWS.

Tags stand on everything, the instances' and disks' own tag specifications included; nodes stand in private subnets;
what keeps data is encrypted with the spec's key or with the cluster's own. A test holds this against the registered
resources.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from components.cost.aws import facts_of
from components.cost.facts import Rung
from components.plan.aws.model import AwsClusterPlan, AwsRung
from policies.aws_names import ENDPOINTS, demands_of
from policies.groups import group, lifetime_of_cluster, purchases
from policies.market import CatalogMarket
from policies.subject import Address, Control, Egress, Encryptable, Endpoint, Group, Guard, Subject, Taggable

CLUSTERS_OWN_KEY = "the cluster's own key"
WORLD = ("0.0.0.0/0",)
"""Who may reach a public endpoint that names no ranges."""


def complete(subject: Subject, plan: AwsClusterPlan) -> Subject:
    """The subject with what only AWS's components decide."""
    cidrs = (plan.access.allowed_cidrs or WORLD) if plan.access.public else ()
    market = CatalogMarket("aws")
    found = list(_groups(plan))
    groups = tuple(made for _, made in found)
    return replace(
        subject,
        taggables=(
            Taggable(what="every resource", path="tags", tags=dict(plan.tags)),
            Taggable(what="the instances", path="tags", tags=dict(plan.instance_tags)),
        ),
        addresses=tuple(
            Address(what=f"pool {pool.name}", path=f"pools.{pool.name}", public=False) for pool in plan.pools
        ),
        endpoints=(
            Endpoint(what="the cluster's API endpoint", path="access.endpoint", public=plan.access.public, cidrs=cidrs),
        ),
        encryptables=tuple(_encryptables(plan)),
        groups=groups,
        purchases=tuple(purchases(found)),
        lifetimes=(lifetime_of_cluster(groups, market, plan.expires is not None, plan.expires),),
        guards=tuple(_guards(plan)),
        controls=(
            Control(
                what="the cluster",
                path="software.extended_support",
                version=plan.kubernetes,
                extended=plan.support_type == "EXTENDED",
            ),
        ),
        egress=tuple(_egress(plan)),
        demands=tuple(demands_of(groups)),
        market=market,
    )


def _groups(plan: AwsClusterPlan) -> Iterable[tuple[Rung, Group]]:
    planned = {rung.name: rung for pool in plan.pools for rung in pool.rungs}
    for pool in facts_of(plan).pools:
        for rung in pool.rungs:
            known = planned.get(rung.name)
            fabric = known is not None and any(nic.type != "interface" for nic in known.group.interfaces)
            yield rung, group(pool, rung, plan.region, fabric=fabric, stops=known is not None and _stops(known))


def _stops(rung: AwsRung) -> bool:
    return any(size.recurrence is not None and size.desired == 0 for size in rung.group.schedules)


def _guards(plan: AwsClusterPlan) -> Iterable[Guard]:
    for what in ("the cluster", *(f"storage {store.name}" for store in plan.storage)):
        yield Guard(what=what, path="protect", protected=plan.protect)


def _egress(plan: AwsClusterPlan) -> Iterable[Egress]:
    """A network that exists already is not judged: its ways out are somebody else's."""
    if plan.network.vpc_id is None:
        reached = {ENDPOINTS[one.service] for one in plan.network.endpoints if one.service in ENDPOINTS}
        yield Egress(
            what="the cluster's network",
            path="network",
            nat_gateways=len(plan.network.nat_zones),
            endpoints=tuple(sorted(reached)),
        )


def _encryptables(plan: AwsClusterPlan) -> Iterable[Encryptable]:
    places = [("the cluster's secrets", "encryption"), ("the control plane's logs", "encryption")]
    places += [("the disks of the system pool", "system")]
    places += [(f"the disks of pool {pool.name}", f"pools.{pool.name}") for pool in plan.pools]
    places += [(f"storage {store.name}", f"storage.{store.name}") for store in plan.storage]
    for what, path in places:
        yield Encryptable(what=what, path=path, encrypted=True, key=plan.key_arn or CLUSTERS_OWN_KEY)
