"""Type tokens of Google Cloud's resources that rules look at, and what each is called for a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from policies.readers.graph import MISSING, Graph, Json, look, raw, switch

CLUSTER = "gcp:container/cluster:Cluster"
NODE_POOL = "gcp:container/nodePool:NodePool"
INSTANCE = "gcp:compute/instance:Instance"
TPU_VM = "gcp:tpu/v2Vm:V2Vm"
TEMPLATES = (
    "gcp:compute/instanceTemplate:InstanceTemplate",
    "gcp:compute/regionInstanceTemplate:RegionInstanceTemplate",
)
RESERVATION = "gcp:compute/reservation:Reservation"
FUTURE = "gcp:compute/futureReservation:FutureReservation"
DISKS = ("gcp:compute/disk:Disk", "gcp:compute/regionDisk:RegionDisk")
NETWORK = "gcp:compute/network:Network"
SUBNET = "gcp:compute/subnetwork:Subnetwork"
ROUTER = "gcp:compute/router:Router"
NAT = "gcp:compute/routerNat:RouterNat"
BUCKET = "gcp:storage/bucket:Bucket"
LUSTRE = "gcp:lustre/instance:Instance"
FILESTORE = "gcp:filestore/instance:Instance"
LOG_BUCKET = "gcp:logging/projectBucketConfig:ProjectBucketConfig"

WORDS: Mapping[str, str] = MappingProxyType(
    {
        CLUSTER: "cluster",
        NODE_POOL: "node pool",
        INSTANCE: "instance",
        TPU_VM: "TPU VM",
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
        "gcp:kms/cryptoKey:CryptoKey": "key",
        "gcp:compute/address:Address": "address",
        "gcp:compute/globalAddress:GlobalAddress": "address",
    }
)


def named(resource: Json) -> str:
    """`bucket checkpoints`: what a resource is called in messages."""
    return f"{WORDS.get(resource['type'], resource['type'])} {resource['name']}"


def cluster_of(pool: Json, graph: Graph) -> Json | None:
    """The cluster of this program that a node pool belongs to."""
    return graph.target(raw(pool["inputs"], "cluster"), CLUSTER, "id", "name")


def keeps_first_pool(cluster: Json) -> bool:
    """Whether a cluster starts nodes by itself: a first pool that stays, pools of its own, or all of them (Autopilot)."""
    given = cluster["inputs"]
    if look(given, "nodePools") is not MISSING or switch(given, "enableAutopilot", default=False) is not False:
        return True
    return switch(given, "removeDefaultNodePool", default=False) is not True
