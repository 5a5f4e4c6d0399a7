"""Registered resources of AWS -> what rules judge, also of programs that someone wrote by hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from components.catalog import load
from components.cost.aws_facts import AwsFacts
from components.cost.model import CostReport
from components.cost.readers.aws import facts_from_resources
from components.plan.aws.model import AwsClusterPlan
from policies.aws_names import demands_of
from policies.context import Context, rates_of
from policies.market import CatalogMarket
from policies.readers.aws_encryption import encryptables_of
from policies.readers.aws_groups import groups_of, purchases_of
from policies.readers.aws_network import addresses_of, endpoints_of
from policies.readers.aws_pools import pools_of
from policies.readers.aws_tags import taggables_of
from policies.readers.aws_upkeep import controls_of, egress_of, guards_of, lifetimes_of
from policies.readers.graph import Graph, Json
from policies.subject import Subject


def context_of(plan: AwsClusterPlan) -> Context:
    """The bits of a plan on AWS that its resources do not say."""
    return Context.of(
        plan, private_subnets=(subnet.id for subnet in plan.network.subnets if subnet.id and subnet.role != "public")
    )


def subject_from_resources(
    resources: Iterable[Json], context: Context, cost: CostReport, on: date, facts: Sequence[AwsFacts] | None = None
) -> Subject:
    """What rules judge of registered resources (see `policies.readers.graph` for their form) on a day.

    `context` is `context_of` the plan, or names only stack and environment where there is no spec. `facts` are what of
    the resources costs money, where that was read already.
    """
    graph = Graph(resources)
    market = CatalogMarket("aws")
    if facts is None:
        facts = list(facts_from_resources(graph.resources, context.terms, load("aws")))
    found = groups_of(facts, graph, context)
    groups = tuple(made for _, made in found)
    return Subject(
        stack=context.stack,
        environment=context.environment,
        on=on,
        cost=cost,
        planned=context.planned,
        budget=context.budget,
        pools=tuple(pools_of(graph, context)),
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
