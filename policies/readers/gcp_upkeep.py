"""What Google Cloud's resources say of their end: when they go, what guards them, what keeps costing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from components.catalog.gke import GkeVersion
from components.cost.readers.gcp_types import BUCKET, CLUSTER, FILESTORE, LUSTRE, NAT, TEMPLATES
from components.errors import CatalogError
from policies.context import Context
from policies.gcp_names import AT_ONCE, EXTENDED, REACHED_PRIVATELY
from policies.market import Market
from policies.readers import common
from policies.readers.common import path_of, protection, text
from policies.readers.gcp_tags import own_tags
from policies.readers.gcp_types import NETWORK, ROUTER, SUBNET, named
from policies.readers.graph import MISSING, UNKNOWN, Graph, Json, look, number, raw, references, switch
from policies.subject import Control, Egress, Group, Guard, Lifetime

KEPT = ("PREVENT", "ABANDON")
"""Deletion policies of the provider under which a thing is not deleted."""


def lifetimes_of(groups: Sequence[Group], graph: Graph, context: Context, market: Market) -> Iterator[Lifetime]:
    """Of the cluster of a spec, by its label; then of each group beside it that carries accelerators."""
    return common.lifetimes_of(
        groups,
        graph,
        context,
        market,
        cluster=CLUSTER,
        templates=TEMPLATES,
        tags_of=lambda resource: own_tags(resource, graph),
    )


def guards_of(graph: Graph, context: Context) -> Iterator[Guard]:
    """The clusters, file systems and buckets."""
    for resource in graph.of(CLUSTER, LUSTRE, FILESTORE, BUCKET):
        yield Guard(
            what=named(resource),
            path=path_of(resource, graph, context, default="protect"),
            resource=resource["name"],
            protected=_protected(resource),
            loses=_loses(resource) if resource["type"] == BUCKET else "",
        )


def _protected(resource: Json) -> bool | None:
    """By the engine, by the provider or by the service: any of them will do. The provider protects clusters by itself."""
    given = resource["inputs"]
    answers = [protection(resource)]
    if resource["type"] == CLUSTER:
        answers.append(switch(given, "deletionProtection", default=True))
    if resource["type"] == FILESTORE:
        answers.append(switch(given, "deletionProtectionEnabled", default=False))
    policy = look(given, "deletionPolicy")
    answers.append(None if policy is UNKNOWN else policy in KEPT)
    return True if True in answers else None if None in answers else False


def _loses(bucket: Json) -> str:
    """Objects that go with the bucket; or every object as soon as it is deleted, where nothing keeps it for some days.

    A bucket that says nothing keeps what is deleted for a week (Cloud Storage docs, soft delete).
    """
    given = bucket["inputs"]
    if switch(given, "forceDestroy", default=False) is not False:
        return "its objects (forceDestroy)"
    kept = look(given, "softDeletePolicy", "retentionDurationSeconds")
    at_once = kept is not MISSING and number(given, "softDeletePolicy", "retentionDurationSeconds") in (0, None)
    return AT_ONCE if at_once and switch(given, "versioning", "enabled", default=False) is not True else ""


def controls_of(graph: Graph, context: Context) -> Iterator[Control]:
    """Managed control planes. Only the extended channel keeps a version past its standard support, and bills it.

    https://docs.cloud.google.com/kubernetes-engine/docs/concepts/release-channels
    """
    for cluster in graph.of(CLUSTER):
        channel = look(cluster["inputs"], "releaseChannel", "channel")
        yield Control(
            what=named(cluster),
            path=path_of(cluster, graph, context, default="software.release_channel"),
            resource=cluster["name"],
            version=_minor(text(cluster["inputs"], "minMasterVersion")),
            extended=None if channel is UNKNOWN else channel == EXTENDED,
        )


def _minor(version: str) -> str:
    try:
        return GkeVersion.parse(version).minor_text
    except CatalogError:
        return ""


def egress_of(graph: Graph, context: Context) -> Iterator[Egress]:
    """The ways out of the cluster's own network, then of what stands beside it."""
    parts = graph.of(NAT, NETWORK, SUBNET)
    return common.egress_of(
        parts, graph, context, gateway=NAT, endpoints=lambda there: _reached_privately(there, graph)
    )


def _reached_privately(there: Sequence[Json], graph: Graph) -> tuple[str, ...] | None:
    """What nodes reach without NAT: of all subnets behind a gateway the least; unknown where one is not of this program."""
    subnets = [_behind(one, graph) for one in there if one["type"] == NAT]
    if not subnets or [] in subnets:
        return None
    said = [switch(one["inputs"], "privateIpGoogleAccess", default=False) for of in subnets for one in of]
    private = common.worst(said)
    return None if private is None else REACHED_PRIVATELY if private else ()


def _behind(gateway: Json, graph: Graph) -> list[Json]:
    """The subnets whose nodes go out through a gateway: those that it names, else all of its router's network."""
    named_ = raw(gateway["inputs"], "subnetworks")
    if named_ is not MISSING:
        return graph.named(references(named_), SUBNET)
    router = graph.target(raw(gateway["inputs"], "router"), ROUTER, "name", "id")
    network = references(raw(router["inputs"], "network")) if router is not None else set[str]()
    return [one for one in graph.of(SUBNET) if network & references(raw(one["inputs"], "network"))]
