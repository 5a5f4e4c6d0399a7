"""Resources of Google Cloud as someone may write them by hand, all in order, with pieces to break them with."""

from __future__ import annotations

from typing import Any

LABELS = {"owner": "research", "cost-center": "4711"}
KEY = {"ref": "key.id"}
UNKNOWN = {"ref": "unknown"}
RANGES = {"cidrBlocks": [{"cidrBlock": "203.0.113.0/24"}]}
PRIVATE = {"enablePrivateNodes": True, "enablePrivateEndpoint": True}


def one(kind: str, name: str, **inputs: Any) -> dict[str, Any]:
    given = {key: value for key, value in inputs.items() if value is not None}
    return {"type": f"gcp:{kind}", "name": name, "parent": None, "provider": None, "protect": True, "inputs": given}


def cluster(**changes: Any) -> dict[str, Any]:
    """Private, encrypted, with no pool of its own, at the address range that `zone` is in."""
    inputs: dict[str, Any] = {
        "location": "us-central1",
        "removeDefaultNodePool": True,
        "privateClusterConfig": PRIVATE,
        "databaseEncryption": {"state": "ENCRYPTED", "keyName": KEY},
        "resourceLabels": LABELS,
        "minMasterVersion": "1.35.1-gke.1234000",
        "releaseChannel": {"channel": "REGULAR"},
    }
    return one("container/cluster:Cluster", "main", **(inputs | changes))


def public(**changes: Any) -> dict[str, Any]:
    return cluster(privateClusterConfig={"enablePrivateNodes": True}, **changes)


def by_name(**fields: Any) -> dict[str, Any]:
    """A cluster whose DNS endpoint takes more than IAM."""
    return cluster(controlPlaneEndpointsConfig={"dnsEndpointConfig": {"allowExternalTraffic": True} | fields})


def pool(config: Any = None, **changes: Any) -> dict[str, Any]:
    given = {"machineType": "e2-standard-4", "bootDiskKmsKey": KEY, "resourceLabels": LABELS}
    inputs: dict[str, Any] = {
        "cluster": {"ref": "main.id"},
        "location": "us-central1",
        "nodeLocations": ["us-central1-a"],
        "nodeCount": 1,
        "networkConfig": {"enablePrivateNodes": True},
        "nodeConfig": config if config is UNKNOWN else given | (config or {}),
    }
    return one("container/nodePool:NodePool", "workers", **(inputs | changes))


def instance(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "machineType": "e2-standard-4",
        "zone": "us-central1-a",
        "networkInterfaces": [{"network": "default"}],
        "bootDisk": {"kmsKeySelfLink": KEY},
        "labels": LABELS,
    }
    return one("compute/instance:Instance", "box", **(inputs | changes))


def template(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "machineType": "e2-standard-4",
        "networkInterfaces": [{"network": "default"}],
        "disks": [{"diskEncryptionKey": {"kmsKeySelfLink": KEY}}],
        "labels": LABELS,
    }
    return one("compute/instanceTemplate:InstanceTemplate", "tpl", **(inputs | changes))


def bucket(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "location": "US-CENTRAL1",
        "encryption": {"defaultKmsKeyName": KEY},
        "labels": LABELS,
    }
    return one("storage/bucket:Bucket", "weights", **(inputs | changes))


def lustre(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {"location": "us-central1-a", "kmsKey": KEY, "labels": LABELS}
    return one("lustre/instance:Instance", "fast", **(inputs | changes))


def filestore(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {"location": "us-central1-a", "tier": "ZONAL", "kmsKeyName": KEY, "labels": LABELS}
    return one("filestore/instance:Instance", "home", **(inputs | changes))


def disk(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {"size": 10, "diskEncryptionKey": {"kmsKeySelfLink": KEY}, "labels": LABELS}
    return one("compute/disk:Disk", "data", **(inputs | changes))


def subnet(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {"network": {"ref": "net.id"}, "privateIpGoogleAccess": True}
    return one("compute/subnetwork:Subnetwork", "inner", **(inputs | changes))


def nat(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {"router": {"ref": "way.name"}, "subnetworks": [{"name": {"ref": "inner.id"}}]}
    return one("compute/routerNat:RouterNat", "nat", **(inputs | changes))


NET = one("compute/network:Network", "net")
ROUTER = one("compute/router:Router", "way", network={"ref": "net.id"})
TPU = one("tpu/v2Vm:V2Vm", "pod", networkConfig={"enableExternalIps": True}, labels=LABELS, zone="us-east5-a")
LOGS = one("logging/projectBucketConfig:ProjectBucketConfig", "logs", cmekSettings={"kmsKeyName": KEY})
SOUND = [cluster(), pool(), instance(), template(), bucket(), lustre(), filestore(), disk(), LOGS, NET, subnet(), nat()]
