"""What readers of every cloud do alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from policies.context import Context
from policies.groups import carries, end_by, lifetime_of, lifetime_of_cluster
from policies.market import Market
from policies.readers.graph import MISSING, UNKNOWN, Graph, Json, is_unknown, look
from policies.subject import Egress, Group, Lifetime

Tags = Mapping[str, str | None] | None
"""Tags by name; None where nothing is known of them, a value None where only that one is not known."""


def path_of(resource: Json, graph: Graph, context: Context, prefix: str = "", default: str = "") -> str:
    """The spec path that decides a resource which the cluster's component made; "" for one that stands beside it."""
    if not context.planned or not graph.is_component_child(resource):
        return ""
    return (context.path_of(resource["name"], prefix) if prefix else "") or default


def layered(*layers: Any) -> Tags:
    """Tags over the ones that they win against, each a mapping or why there is none."""
    if UNKNOWN in layers:
        return None
    return {key: value for layer in layers if layer is not MISSING for key, value in values_of(layer).items()}


def values_of(tags: Any) -> dict[str, str | None]:
    return {
        str(key): None if is_unknown(value) else str(value) for key, value in cast("Mapping[str, Any]", tags).items()
    }


def worst(states: Iterable[bool | None]) -> bool | None:
    """One answer for several things that must all be so: no before unknown before yes."""
    known = list(states)
    return False if False in known else None if None in known else True


def worst_key(keys: Sequence[str | None]) -> str | None:
    """The key of several things: unknown, or the service's own, as soon as it is that of one of them."""
    return None if None in keys else "" if "" in keys else keys[0]


def lifetimes_of(
    groups: Sequence[Group],
    graph: Graph,
    context: Context,
    market: Market,
    *,
    cluster: str,
    templates: Sequence[str],
    tags_of: Callable[[Json], Tags],
) -> Iterator[Lifetime]:
    """Of the cluster of a spec, by its tag; then of each group beside it that carries accelerators.

    `cluster` is the type of clusters; `templates` are those of what starts nothing by itself.
    """
    own = [one for one in groups if one.path]
    for found in graph.of(cluster):
        if path_of(found, graph, context, default="cluster"):
            stated, expires = end_by(tags_of(found))
            yield lifetime_of_cluster(own, market, stated, expires)
    for one in groups:
        if one.path or carries(one, market) is False:
            continue
        resources = graph.called(one.resource)
        if resources and resources[0]["type"] not in templates:
            yield lifetime_of(one, tags_of(resources[0]))


def egress_of(
    parts: Sequence[Json],
    graph: Graph,
    context: Context,
    *,
    gateway: str,
    endpoints: Callable[[Sequence[Json]], tuple[str, ...] | None],
) -> Iterator[Egress]:
    """The ways out of the cluster's own network, then of what stands beside it, of which `gateway` is the type of NAT.

    `endpoints` tells what the parts of one network let nodes reach without NAT.
    """
    ours = [one for one in parts if path_of(one, graph, context, default="network")]
    others = [one for one in parts if not path_of(one, graph, context, default="network")]
    for path, there in (("network", ours), ("", others)):
        gateways = [one for one in there if one["type"] == gateway]
        if there:
            yield Egress(
                what="the cluster's network" if path else "the network beside the cluster",
                path=path,
                resource="" if path or not gateways else gateways[0]["name"],
                nat_gateways=len(gateways),
                endpoints=endpoints(there),
            )


def protection(resource: Json) -> bool | None:
    """Whether the engine refuses to delete a resource; None where nobody says so."""
    protected = resource.get("protect")
    return protected if isinstance(protected, bool) else None


def text(value: Any, *steps: str) -> str:
    """A text at a path; "" where it is missing or not known."""
    found = look(value, *steps)
    return found if isinstance(found, str) else ""
