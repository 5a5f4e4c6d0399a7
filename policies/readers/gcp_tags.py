"""Labels on Google Cloud: of the resources themselves, and of the nodes and disks that a node configuration starts."""

from __future__ import annotations

from collections.abc import Iterator

from components.cost.readers.gcp_types import (
    ADDRESSES,
    BUCKET,
    CLUSTER,
    FILESTORE,
    INSTANCE,
    KEY,
    LUSTRE,
    NODE_POOL,
    TEMPLATES,
    TPU,
)
from components.plan.gcp.account import fold
from policies.context import Context
from policies.readers.common import Tags, layered, path_of
from policies.readers.gcp_types import DISKS, keeps_first_pool, named
from policies.readers.graph import Graph, Json, look
from policies.subject import Taggable

LABELLED = (
    CLUSTER,
    INSTANCE,
    TPU,
    *TEMPLATES,
    *DISKS,
    BUCKET,
    LUSTRE,
    FILESTORE,
    KEY,
    *ADDRESSES,
)
"""What takes labels and is billed, or stands in what is."""


def taggables_of(graph: Graph, context: Context) -> Iterator[Taggable]:
    for resource in graph.of(*LABELLED):
        yield _taggable(resource, graph, context, named(resource), own_tags(resource, graph))
    for resource in graph.of(NODE_POOL, CLUSTER):
        if resource["type"] == NODE_POOL or keeps_first_pool(resource):
            what = f"the nodes and disks of {named(resource)}"
            yield _taggable(resource, graph, context, what, _of_nodes(resource))


def own_tags(resource: Json, graph: Graph) -> Tags:
    """What a resource says itself, over its provider's defaults; of a node pool, what its nodes carry."""
    if resource["type"] == NODE_POOL:
        return _of_nodes(resource)
    field = "resourceLabels" if resource["type"] == CLUSTER else "labels"
    return layered(graph.default(resource, "defaultLabels"), look(resource["inputs"], field))


def _of_nodes(resource: Json) -> Tags:
    """Compute Engine's resources of a pool carry these labels and no others (GKE API, NodeConfig.resourceLabels)."""
    return layered(look(resource["inputs"], "nodeConfig", "resourceLabels"))


def _taggable(resource: Json, graph: Graph, context: Context, what: str, tags: Tags) -> Taggable:
    path = path_of(resource, graph, context, default="tags")
    return Taggable(what=what, path=path, resource=resource["name"], tags=tags, spelling=fold)
