"""Registered resources of Google Cloud -> what rules judge, also of programs that someone wrote by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from components.catalog import load
from components.cost.facts import ClusterFacts
from components.cost.model import CostReport
from components.cost.readers.gcp import facts_from_resources
from components.plan.gcp.model import GcpClusterPlan
from policies.context import Context, rates_of
from policies.gcp_names import demands_of
from policies.market import CatalogMarket
from policies.readers.gcp_encryption import encryptables_of
from policies.readers.gcp_groups import groups_of, pools_of, purchases_of
from policies.readers.gcp_network import addresses_of, endpoints_of
from policies.readers.gcp_tags import taggables_of
from policies.readers.gcp_upkeep import controls_of, egress_of, guards_of, lifetimes_of
from policies.readers.graph import Graph, Json
from policies.subject import Subject


def context_of(plan: GcpClusterPlan) -> Context:
    """The bits of a plan on Google Cloud that its resources do not say."""
    return Context.of(plan)


def subject_from_resources(
    resources: Iterable[Json], context: Context, cost: CostReport, on: date, facts: Sequence[ClusterFacts] | None = None
) -> Subject:
    """What rules judge of registered resources (see `policies.readers.graph` for their form) on a day.

    `context` is `context_of` the plan, or names only stack and environment where there is no spec. `facts` are what of
    the resources costs money, where that was read already.
    """
    graph = Graph(resources)
    market = CatalogMarket("gcp")
    if facts is None:
        facts = list(facts_from_resources(graph.resources, context.terms, load("gcp")))
    found = groups_of(facts, graph, context)
    groups = tuple(made for _, made in found)
    return Subject(
        stack=context.stack,
        environment=context.environment,
        on=on,
        cost=cost,
        planned=context.planned,
        budget=context.budget,
        pools=tuple(pools_of(found, graph, context)),
        rates=rates_of(cost, context.blocks),
        taggables=tuple(taggables_of(graph, context)),
        addresses=tuple(addresses_of(graph, context)),
        endpoints=tuple(endpoints_of(graph, context)),
        encryptables=tuple(encryptables_of(graph, context)),
        groups=groups,
        purchases=tuple(purchases_of(found, graph)),
        lifetimes=tuple(lifetimes_of(groups, graph, context, market)),
        guards=tuple(guards_of(graph, context)),
        controls=tuple(controls_of(graph, context)),
        egress=tuple(egress_of(graph, context)),
        demands=tuple(demands_of(groups)),
        market=market,
    )
