"""A plan -> what rules judge. A cloud adds what its components set on every resource."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from importlib import import_module

from components.cost.model import CostReport
from components.errors import CatalogError
from components.plan.model import ClusterPlan
from policies.context import Context, rates_of
from policies.subject import Subject

# A module for each cloud, with `complete(subject, plan)`: tags, addresses, endpoints, encryption.
_CLOUDS: dict[str, str] = {"aws": "policies.aws_plan", "gcp": "policies.gcp_plan"}


def judges(cloud: str) -> bool:
    """Whether rules can judge what stands in a cloud."""
    return cloud in _CLOUDS


def subject_of(plan: ClusterPlan, cost: CostReport, on: date) -> Subject:
    """What rules judge of a planned cluster on a day. Raises CatalogError for a cloud that has no rules yet."""
    module = _CLOUDS.get(plan.cloud)
    if module is None:
        raise CatalogError(f"rules cannot judge a cluster on {plan.cloud!r} yet")
    context = Context.of(plan)
    subject = Subject(
        stack=plan.stack,
        environment=plan.environment,
        on=on,
        cost=cost,
        budget=plan.budget,
        pools=context.pools,
        rates=rates_of(cost, context.blocks),
    )
    complete: Callable[[Subject, ClusterPlan], Subject] = import_module(module).complete
    return complete(subject, plan)
