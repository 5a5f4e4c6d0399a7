"""What AWS resources say of their end: when they go, what guards them, what keeps costing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from policies.aws_names import ENDPOINTS
from policies.context import Context
from policies.market import Market
from policies.readers import common
from policies.readers.aws_tags import own_tags
from policies.readers.aws_types import (
    BUCKETS,
    CLUSTER,
    EFS,
    ENDPOINT,
    FSX,
    NAT,
    TEMPLATE,
    VPC,
    named,
)
from policies.readers.common import path_of, protection
from policies.readers.graph import MISSING, UNKNOWN, Graph, Json, look, references, switch
from policies.subject import Control, Egress, Group, Guard, Lifetime

_LINK = "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation"


def lifetimes_of(groups: Sequence[Group], graph: Graph, context: Context, market: Market) -> Iterator[Lifetime]:
    """Of the cluster of a spec, by its tag; then of each group beside it that carries accelerators."""
    return common.lifetimes_of(
        groups,
        graph,
        context,
        market,
        cluster=CLUSTER,
        templates=(TEMPLATE,),
        tags_of=lambda resource: own_tags(resource, graph),
    )


def guards_of(graph: Graph, context: Context) -> Iterator[Guard]:
    """The clusters, file systems and buckets."""
    linked = {name for one in graph.of(_LINK) for name in references(one["inputs"].get("fileSystemId"))}
    for resource in graph.of(CLUSTER, EFS, *FSX, *BUCKETS):
        yield Guard(
            what=named(resource),
            path=path_of(resource, graph, context, default="protect"),
            resource=resource["name"],
            protected=protection(resource),
            loses=_loses(resource, linked),
        )


def _loses(resource: Json, linked: Iterable[str]) -> str:
    field, what = ("forceDestroy", "its objects") if resource["type"] in BUCKETS else ("skipFinalBackup", "its files")
    if switch(resource["inputs"], field, default=False) is False:
        return ""
    # The bucket that a file system is linked to holds the files, and FSx then takes no backup.
    return "" if resource["name"] in linked else f"{what} ({field})"


def controls_of(graph: Graph, context: Context) -> Iterator[Control]:
    """Managed control planes. Without a word on its support, a cluster stays on the paid extended one.

    https://docs.aws.amazon.com/eks/latest/userguide/enable-extended-support.html
    """
    for cluster in graph.of(CLUSTER):
        version = look(cluster["inputs"], "version")
        support = look(cluster["inputs"], "upgradePolicy", "supportType")
        yield Control(
            what=named(cluster),
            path=path_of(cluster, graph, context, default="software.extended_support"),
            resource=cluster["name"],
            version=version if isinstance(version, str) else "",
            extended=None if support is UNKNOWN else support != "STANDARD",
        )


def egress_of(graph: Graph, context: Context) -> Iterator[Egress]:
    """The ways out of the cluster's own network, then of what stands beside it."""
    parts = graph.of(NAT, VPC, ENDPOINT)
    return common.egress_of(parts, graph, context, gateway=NAT, endpoints=_endpoints)


def _endpoints(there: Sequence[Json]) -> tuple[str, ...] | None:
    """What is reached without NAT; unknown where the network itself is not of this program."""
    services = [look(one["inputs"], "serviceName") for one in there if one["type"] == ENDPOINT]
    if UNKNOWN in services or all(one["type"] != VPC for one in there):
        return None
    names = {str(service).split(".", 3)[-1] for service in services if service is not MISSING}
    return tuple(sorted({ENDPOINTS[name] for name in names if name in ENDPOINTS}))
