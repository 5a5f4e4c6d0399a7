"""Type tokens of Google Cloud's resources that rules look at, and what each is called for a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from components.cost.readers.gcp_types import (
    ADDRESSES,
    BUCKET,
    CLUSTER,
    DISK,
    FILESTORE,
    FROM_TEMPLATE,
    INSTANCE,
    KEY,
    LOG_BUCKET,
    LUSTRE,
    MANAGERS,
    NAT,
    NODE_POOL,
    RESERVATION,
    TEMPLATES,
    TPU,
)
from policies.readers.graph import MISSING, Graph, Json, look, raw, references, rows, switch

FUTURE = "gcp:compute/futureReservation:FutureReservation"
DISKS = (DISK, "gcp:compute/regionDisk:RegionDisk")
NETWORK = "gcp:compute/network:Network"
SUBNET = "gcp:compute/subnetwork:Subnetwork"
ROUTER = "gcp:compute/router:Router"

WORDS: Mapping[str, str] = MappingProxyType(
    {
        CLUSTER: "cluster",
        NODE_POOL: "node pool",
        INSTANCE: "instance",
        TPU: "TPU VM",
        FROM_TEMPLATE: "instance",
        **dict.fromkeys(MANAGERS, "instance group"),
        **dict.fromkeys(TEMPLATES, "instance template"),
        RESERVATION: "reservation",
        FUTURE: "future reservation",
        **dict.fromkeys(DISKS, "disk"),
        NAT: "NAT gateway",
        SUBNET: "subnet",
        BUCKET: "bucket",
        LUSTRE: "Lustre instance",
        FILESTORE: "Filestore instance",
        LOG_BUCKET: "log bucket",
        KEY: "key",
        **dict.fromkeys(ADDRESSES, "address"),
    }
)


def named(resource: Json) -> str:
    """`bucket checkpoints`: what a resource is called in messages."""
    return f"{WORDS.get(resource['type'], resource['type'])} {resource['name']}"


def cluster_of(pool: Json, graph: Graph) -> Json | None:
    """The cluster of this program that a node pool belongs to."""
    return graph.target(raw(pool["inputs"], "cluster"), CLUSTER, "id", "name")


def template_of(resource: Json, graph: Graph) -> Json | None:
    """The template of this program that a group of instances, or an instance, is started from."""
    given = resource["inputs"]
    if resource["type"] == FROM_TEMPLATE:
        found = references(raw(given, "sourceInstanceTemplate"))
    else:
        versions = rows(given, "versions") or ()
        found = references(raw(versions[0], "instanceTemplate")) if len(versions) == 1 else set[str]()
    return next((one for kind in TEMPLATES for one in graph.named(found, kind)), None)


def keeps_first_pool(cluster: Json) -> bool:
    """Whether a cluster starts nodes by itself: a first pool that stays, pools of its own, or all of them (Autopilot)."""
    given = cluster["inputs"]
    if look(given, "nodePools") is not MISSING or switch(given, "enableAutopilot", default=False) is not False:
        return True
    return switch(given, "removeDefaultNodePool", default=False) is not True
