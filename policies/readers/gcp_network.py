"""Public addresses and endpoints on Google Cloud."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from components.cost.readers.gcp_types import CLUSTER, INSTANCE, NODE_POOL, TEMPLATES, TPU
from policies.context import Context
from policies.readers.common import path_of
from policies.readers.gcp_types import cluster_of, keeps_first_pool, named
from policies.readers.graph import MISSING, UNKNOWN, Graph, Json, is_unknown, look, rows, switch
from policies.subject import Address, Endpoint

WORLD = ("0.0.0.0/0",)
"""Who reaches a control plane that names no ranges."""
GOOGLE = "every public address of Google Cloud"


def endpoints_of(graph: Graph, context: Context) -> Iterator[Endpoint]:
    """Of each cluster its addresses, and the DNS endpoint where more than IAM opens it."""
    for cluster in graph.of(CLUSTER):
        path = path_of(cluster, graph, context, default="access.endpoint")
        yield Endpoint(
            what=f"the API endpoint of {named(cluster)}",
            path=path,
            resource=cluster["name"],
            public=_has_public_address(cluster["inputs"]),
            cidrs=_ranges(cluster["inputs"]),
        )
        by_name = _open_by_name(cluster["inputs"])
        if by_name is not False:
            what = f"the DNS endpoint of {named(cluster)}, which takes Kubernetes' own credentials,"
            yield Endpoint(what=what, path=path, resource=cluster["name"], public=by_name, cidrs=WORLD)


def _has_public_address(given: Mapping[str, object]) -> bool | None:
    """A cluster has one unless it says otherwise (GKE API, PrivateClusterConfig and IPEndpointsConfig)."""
    if switch(given, "controlPlaneEndpointsConfig", "ipEndpointsConfig", "enabled", default=True) is False:
        return False
    private = switch(given, "privateClusterConfig", "enablePrivateEndpoint", default=False)
    return None if private is None else not private


def _ranges(given: Mapping[str, object]) -> tuple[str, ...] | None:
    block = look(given, "masterAuthorizedNetworksConfig")
    if block is MISSING:
        return WORLD
    found = rows(block, "cidrBlocks")
    if block is UNKNOWN or found is None:
        return None
    cidrs = [look(one, "cidrBlock") for one in found]
    if any(map(is_unknown, cidrs)):
        return None
    google = switch(block, "gcpPublicCidrsAccessEnabled", default=False)
    return (*(str(one) for one in cidrs if one is not MISSING), *([GOOGLE] if google is not False else []))


def _open_by_name(given: Mapping[str, object]) -> bool | None:
    """Whether the DNS endpoint lets in from outside who has no right in IAM: by a token or certificate of Kubernetes."""
    block = look(given, "controlPlaneEndpointsConfig", "dnsEndpointConfig")
    outside = switch(block, "allowExternalTraffic", default=False)
    others = [switch(block, field, default=False) for field in ("enableK8sTokensViaDns", "enableK8sCertsViaDns")]
    if block is MISSING or outside is False or others == [False, False]:
        return False
    return True if outside and True in others else None


def addresses_of(graph: Graph, context: Context) -> Iterator[Address]:
    """Of each pool of nodes and each machine: what it says, else what its cluster does."""
    for pool in graph.of(NODE_POOL):
        yield _address(pool, graph, context, _of_pool(pool, graph))
    for cluster in graph.of(CLUSTER):
        if keeps_first_pool(cluster):
            yield _address(cluster, graph, context, _of_cluster(cluster))
    for machine in graph.of(INSTANCE):
        yield _address(machine, graph, context, _of_machine(machine))
    for machine in graph.of(TPU):
        said = switch(machine["inputs"], "networkConfig", "enableExternalIps", default=False)
        yield _address(machine, graph, context, said)
    for template in graph.of(*TEMPLATES):  # whoever starts instances from it, also outside this program
        if _of_machine(template) is not False:
            yield _address(template, graph, context, _of_machine(template))


def _address(resource: Json, graph: Graph, context: Context, public: bool | None) -> Address:
    path = path_of(resource, graph, context, "pools.", "system")
    return Address(what=named(resource), path=path, resource=resource["name"], public=public)


def _of_pool(pool: Json, graph: Graph) -> bool | None:
    said = look(pool["inputs"], "networkConfig", "enablePrivateNodes")
    if said is not MISSING:
        private = switch(pool["inputs"], "networkConfig", "enablePrivateNodes", default=None)
        return None if private is None else not private
    cluster = cluster_of(pool, graph)
    return None if cluster is None else _of_cluster(cluster)


def _of_cluster(cluster: Json) -> bool | None:
    """Nodes get public addresses unless the cluster's are private (GKE API, PrivateClusterConfig.enablePrivateNodes)."""
    private = switch(cluster["inputs"], "privateClusterConfig", "enablePrivateNodes", default=False)
    return None if private is None else not private


def _of_machine(machine: Json) -> bool | None:
    """An access configuration gives a public address, even an empty one; without any there is none."""
    interfaces = rows(machine["inputs"], "networkInterfaces")
    if interfaces is None:
        return None
    found = [rows(one, field) for one in interfaces for field in ("accessConfigs", "ipv6AccessConfigs")]
    if any(found):
        return True
    return None if None in found or UNKNOWN in map(look, interfaces) else False
