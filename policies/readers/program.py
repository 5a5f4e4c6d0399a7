"""The registered resources of a program, of any clouds -> what rules judge, and what it costs.

Each resource belongs to one cloud: to that of its package, what is in a Kubernetes cluster to the cluster's, everything
else to the home cloud, which is the plan's, or that of the first resource. The home cloud knows the spec; what stands in
another one is judged as written by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any

from components.catalog import CLOUDS, Catalog, load
from components.cost.estimate import estimate, merged
from components.cost.facts import ClusterFacts
from components.cost.model import CostReport
from components.plan.model import ClusterPlan
from components.records import record
from policies.context import Context
from policies.market import Market, Markets
from policies.readers.graph import Graph, Json, references
from policies.subject import Subject

_PROVIDER = "pulumi:providers:"
_KUBERNETES = "kubernetes"


@record(kw_only=True)
class _Part:
    """What is in one cloud, with the facts of its cost."""

    cloud: str
    context: Context
    facts: Sequence[ClusterFacts]
    cost: CostReport


def context_of(plan: ClusterPlan) -> Context:
    """The bits of a plan that its resources do not say."""
    return _reader(plan.cloud).context_of(plan)


def subject_of_program(
    resources: Sequence[Json],
    plan: ClusterPlan | None,
    on: date,
    *,
    stack: str = "",
    environment: str = "",
    catalog: Catalog | None = None,
) -> Subject:
    """What rules judge of a program on a day.

    Without a plan, `stack` and `environment` say whose resources they are. `catalog` is that of the plan's cloud, where it
    is not the shipped one.
    """
    context = context_of(plan) if plan is not None else Context(stack=stack, environment=environment)
    home = plan.cloud if plan is not None else None
    parts = _parts(resources, context, home, on, catalog)
    subjects = [
        _reader(part.cloud).subject_from_resources(resources, part.context, part.cost, on, part.facts) for part in parts
    ]
    return subjects[0] if len(subjects) == 1 else _whole(parts, subjects)


def _parts(
    resources: Sequence[Json], context: Context, home: str | None, on: date, catalog: Catalog | None
) -> tuple[_Part, ...]:
    """What is in each cloud, the home cloud first."""
    found = by_cloud(resources, home)
    return tuple(
        _part(cloud, there, context if not place else _beside(context), on, catalog if not place else None)
        for place, (cloud, there) in enumerate(found.items())
    )


def _beside(context: Context) -> Context:
    """What is known of resources in a cloud that the spec says nothing of."""
    return Context(stack=context.stack, environment=context.environment)


def _part(cloud: str, there: Sequence[Json], context: Context, on: date, catalog: Catalog | None) -> _Part:
    reader = import_module(f"components.cost.readers.{cloud}")
    known = catalog or load(cloud)
    facts: list[ClusterFacts] = list(reader.facts_from_resources(there, context.terms, known))
    items, not_included = reader.items_from_facts(facts, known, on)
    return _Part(cloud=cloud, context=context, facts=facts, cost=estimate(items, known, not_included=not_included))


def _reader(cloud: str) -> Any:
    return import_module(f"policies.readers.{cloud}")


def by_cloud(resources: Sequence[Json], home: str | None) -> Mapping[str, list[Json]]:
    """The resources by the cloud that they are in, the home cloud first; providers alone make no cloud."""
    graph = Graph(resources)
    owners = [_owner(one, graph) for one in resources]
    used = [
        cloud for one, cloud in zip(resources, owners, strict=True) if cloud and not one["type"].startswith(_PROVIDER)
    ]
    first = home or next(iter(used), CLOUDS[0])
    found: dict[str, list[Json]] = {cloud: [] for cloud in (first, *used)}
    for one, cloud in zip(resources, owners, strict=True):
        found[cloud if cloud in found else first].append(one)
    return found


def _owner(resource: Json, graph: Graph) -> str:
    """The cloud that a resource is in by its own words; "" where they do not say."""
    kind: str = resource["type"]
    package = kind.removeprefix(_PROVIDER).partition(":")[0]
    if package == _KUBERNETES:
        provider = resource if kind.startswith(_PROVIDER) else _provider(resource, graph)
        return _of_cluster(provider, graph) if provider is not None else ""
    return _named(package)


def _named(type_: str) -> str:
    """The cloud that a package is called after, as the second one of a cloud is too: aws-native."""
    cloud = type_.partition(":")[0].partition("-")[0]
    return cloud if cloud in CLOUDS else ""


def _provider(resource: Json, graph: Graph) -> Json | None:
    found = graph.named([resource.get("provider") or ""], f"{_PROVIDER}{_KUBERNETES}")
    return found[0] if found else None


def _of_cluster(provider: Json, graph: Graph) -> str:
    """The cloud of the cluster whose outputs a Kubernetes provider is given."""
    for name in sorted(references(provider["inputs"])):
        for one in graph.called(name):
            if cloud := _named(one["type"]):
                return cloud
    return ""


def _whole(parts: Sequence[_Part], subjects: Sequence[Subject]) -> Subject:
    """The subjects of several clouds as one: the home cloud's stack, budget and pools, and all that any of them has."""
    markets: list[Market] = [one.market for one in subjects]
    return replace(
        subjects[0],
        cost=merged(part.cost for part in parts),
        rates=_of_each(parts, (one.rates for one in subjects)),
        controls=_of_each(parts, (one.controls for one in subjects)),
        market=Markets(markets),
        **{name: tuple(thing for one in subjects for thing in getattr(one, name)) for name in _SHARED},
    )


_SHARED = (
    "pools",
    "taggables",
    "addresses",
    "endpoints",
    "encryptables",
    "groups",
    "purchases",
    "lifetimes",
    "guards",
    "egress",
    "demands",
)
"""What a subject has of every cloud."""


def _of_each(parts: Sequence[_Part], things: Iterable[Iterable[Any]]) -> tuple[Any, ...]:
    """Things that are asked about in the market of their own cloud."""
    return tuple(replace(thing, cloud=part.cloud) for part, of in zip(parts, things, strict=True) for thing in of)
