"""GKE clusters and node pools: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.behaviour import Behaviour, Call
from scripts.rehearsal.gcp.capacity import enough
from scripts.rehearsal.gcp.places import (
    ACCOUNT,
    CLUSTER,
    COMPUTE,
    NETWORK,
    NODES,
    POLICY,
    RESERVATION,
    SUBNETWORK,
    Placed,
    find,
    place,
    short,
    zones,
)
from scripts.rehearsal.model import CloudError, Resource, Values
from scripts.rehearsal.values import at, copied, rows, texts

VERSION = "1.34.1-gke.1829001"
"""What a cluster gets that names no version: one that GKE has had (GKE release notes, DRANET's first)."""

GPU_TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}
"""GKE's own, on pools with GPUs in a cluster that has others (GKE guide, "GPUs in Standard node pools")."""

_SCOPES = [  # terraform-provider-google, google_container_node_pool: oauth_scopes
    "https://www.googleapis.com/auth/devstorage.read_only",
    "https://www.googleapis.com/auth/logging.write",
    "https://www.googleapis.com/auth/monitoring",
    "https://www.googleapis.com/auth/service.management.readonly",
    "https://www.googleapis.com/auth/servicecontrol",
    "https://www.googleapis.com/auth/trace.append",
]
# container.v1, NodeConfig: what GKE takes where nobody chose.
_NODE: Mapping[str, Any] = {
    "diskSizeGb": 100,
    "diskType": "pd-balanced",
    "imageType": "COS_CONTAINERD",
    "loggingVariant": "DEFAULT",
    "machineType": "e2-medium",
    "metadata": {"disable-legacy-endpoints": "true"},
    "oauthScopes": _SCOPES,
    "preemptible": False,
    "serviceAccount": "default",
    "shieldedInstanceConfig": {"enableIntegrityMonitoring": True, "enableSecureBoot": False},
    "spot": False,
}


def busy(call: Call, cluster: str) -> None:
    """One operation at a time on a cluster; the setting `busy.<cluster>` is somebody else's."""
    operation = call.existing.setting(f"busy.{short(cluster)}")
    if operation:
        words = f"Cluster is running incompatible operation {operation}."
        raise CloudError("failedPrecondition", f"googleapi: Error 400: {words}")


def _account(call: Call, *path: str) -> None:
    """Refuse a service account of this project that nobody has made."""
    email = call.text(*path)
    if not email or email == "default" or f"@{place(call)['project']}.iam." not in email:
        return
    known = (one.outputs.get("email") for one in call.others(ACCOUNT))
    if email not in known and call.existing.setting(f"outside.{email}") is None:
        words = f'Service account "{email}" does not exist.'
        raise CloudError("invalidArgument", f"googleapi: Error 400: {words}")


class Cluster(Placed):
    form = "projects/{project}/locations/{location}/clusters/{name}"
    api = "https://container.googleapis.com/v1/"
    sets = ("nodeLocations",)
    # container.v1, Cluster; terraform-provider-google, google_container_cluster: deletion_protection.
    defaults: ClassVar[Mapping[str, Any]] = {
        "deletionProtection": True,
        "enableKubernetesAlpha": False,
        "enableLegacyAbac": False,
        "enableShieldedNodes": True,
        "enableTpu": False,
        "defaultMaxPodsPerNode": 110,
        "network": "default",
        "networkingMode": "VPC_NATIVE",
        "loggingService": "logging.googleapis.com/kubernetes",
        "monitoringService": "monitoring.googleapis.com/kubernetes",
        "nodePools": [],
    }
    nested: ClassVar[Mapping[str, Mapping[str, Any]]] = {"nodeConfig": _NODE}

    def verify(self, call: Call) -> None:
        super().verify(call)
        busy(call, call.text("name"))
        if call.text("network"):
            find(call, NETWORK, call.text("network"))
        if call.text("subnetwork"):
            self._ranges(call, find(call, SUBNETWORK, call.text("subnetwork")))
        _account(call, "nodeConfig", "serviceAccount")
        self._version(call)

    def _ranges(self, call: Call, subnetwork: Resource | None) -> None:
        known = [] if subnetwork is None else rows(subnetwork.inputs, "secondaryIpRanges")
        for name in ("clusterSecondaryRangeName", "servicesSecondaryRangeName"):
            asked = call.text("ipAllocationPolicy", name)
            if asked and subnetwork is not None and all(row.get("rangeName") != asked for row in known):
                kind = "Pods" if name.startswith("cluster") else "Services"
                words = f'{kind} secondary range "{asked}" does not exist in subnetwork "{short(subnetwork.id)}".'
                raise CloudError("invalidArgument", f"googleapi: Error 400: {words}")

    def _version(self, call: Call) -> None:
        before = "" if call.was is None else str(call.was.outputs.get("masterVersion"))
        asked = call.text("minMasterVersion")
        if asked and before and minor(asked) > minor(before) + 1:
            # GKE guide, "Upgrading the control plane": one minor version at a time.
            words = f'Master cannot be upgraded to "{asked}": cannot upgrade the master more than one minor version at a time.'
            raise CloudError("invalidArgument", f"googleapi: Error 400: {words}")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        number = int(call.digits(6, "endpoint"), 16)
        asked = call.text("minMasterVersion")
        has = "" if call.was is None else str(call.was.outputs.get("masterVersion") or "")
        version = max((has, full(asked) if asked else VERSION), key=minor) if has else full(asked or VERSION)
        certificate = base64.b64encode(f"-----BEGIN CERTIFICATE-----\n{call.digits(32, 'ca')}\n".encode()).decode()
        return super().decide(call, id) | {
            # 198.18.0.0/15 is for tests (RFC 2544): no address of anybody.
            "endpoint": f"198.18.{number // 256 % 256}.{number % 256}",
            "labelFingerprint": call.digits(8, "labels"),
            "masterAuth": {"clusterCaCertificate": certificate, "clientCertificate": "", "clientKey": ""},
            "masterVersion": version,
            "nodeVersion": version,
            "nodeLocations": zones(call)[1:] if not call.inputs.get("nodeLocations") else None,
            "operation": "",
            "servicesIpv4Cidr": "34.118.224.0/20",  # GKE's own range for Services (GKE guide, IP ranges)
            "tpuIpv4CidrBlock": "",
        }

    def release(self, call: Call, gone: Resource) -> None:
        if gone.outputs.get("deletionProtection"):
            words = "Cannot destroy cluster because deletion_protection is set to true. Set it to false to proceed with"
            raise CloudError("deletionProtection", f"{words} cluster deletion.")
        busy(call, gone.id)


def minor(version: str) -> int:
    """The number that minor versions are counted by; 0 for a version that names none."""
    parts = version.split("-")[0].split(".")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def full(version: str) -> str:
    """A whole version of GKE's form for one that names its minor alone."""
    return version if "-gke." in version else f"{version if version.count('.') > 1 else f'{version}.1'}-gke.1000000"


class NodePool(Placed):
    form = "{cluster}/nodePools/{name}"
    sets = ("nodeLocations", "nodeConfig.oauthScopes", "nodeConfig.tags")
    # container.v1, NodePool, NodeManagement, UpgradeSettings.
    defaults: ClassVar[Mapping[str, Any]] = {
        "management": {"autoRepair": True, "autoUpgrade": True},
        "maxPodsPerNode": 110,
        "upgradeSettings": {"maxSurge": 1, "maxUnavailable": 0, "strategy": "SURGE"},
        "nodeConfig": _NODE,
    }

    def more(self, call: Call) -> dict[str, str]:
        return {"cluster": self._home(call)}

    def _home(self, call: Call) -> str:
        """The id of its cluster; made of place and name where the program gives the name alone."""
        given = call.text("cluster")
        if "/" in given:
            return given.removeprefix("https://container.googleapis.com/v1/")
        here = place(call)
        return f"projects/{here['project']}/locations/{here['location']}/clusters/{given}"

    def verify(self, call: Call) -> None:
        super().verify(call)
        home = self._home(call)
        find(call, CLUSTER, home)
        busy(call, home)
        self._sizes(call)
        self._taints(call)
        for block in rows(call.inputs, "networkConfig", "additionalNodeNetworkConfigs"):
            find(call, NETWORK, str(block.get("network")))
            find(call, SUBNETWORK, str(block.get("subnetwork")))
        policy = call.text("placementPolicy", "policyName")
        if policy:
            find(call, POLICY, policy)
        self._reservation(call)
        _account(call, "nodeConfig", "serviceAccount")
        enough(call)

    def _sizes(self, call: Call) -> None:
        sizes: Values = at(call.inputs, "autoscaling") or {}
        each, total = ({"minNodeCount", "maxNodeCount"}, {"totalMinNodeCount", "totalMaxNodeCount"})
        if each & sizes.keys() and total & sizes.keys():
            words = (
                "min_node_count and max_node_count cannot be used with total_min_node_count and total_max_node_count"
            )
            raise CloudError("invalidArgument", f"googleapi: Error 400: {words}")

    def _taints(self, call: Call) -> None:
        given = [row for row in rows(call.inputs, "nodeConfig", "taints") if row.get("key") == GPU_TAINT["key"]]
        strange = [row for row in given if row.get("effect") == "NO_SCHEDULE" and row.get("value") != "present"]
        if accelerated(call.inputs) and (strange or len(given) > 1):
            # github.com/hashicorp/terraform-provider-google/issues/7928: beside GKE's own taint.
            words = "Found more than one taint with key nvidia.com/gpu and effect NO_SCHEDULE."
            raise CloudError("invalidArgument", f"googleapi: Error 400: {words}")

    def _reservation(self, call: Call) -> None:
        wanted: Values = at(call.inputs, "nodeConfig", "reservationAffinity") or {}
        if wanted.get("consumeReservationType") != "SPECIFIC_RESERVATION":
            return
        if not wanted.get("key") or not wanted.get("values"):
            words = "Key and values must be specified in reservation affinity for SPECIFIC_RESERVATION."
            raise CloudError("invalidArgument", f"googleapi: Error 400: {words}")
        for value in texts(wanted, "values"):
            find(call, RESERVATION, value.partition("/reservationBlocks/")[0])

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        home = find(call, CLUSTER, self._home(call))
        version = VERSION if home is None else str(home.outputs["masterVersion"])
        stem = f"gke-{short(self._home(call))[:16]}-{call.text('name')[:16]}-{call.digits(8, 'group')}"
        groups = [f"projects/{place(call)['project']}/zones/{zone}" for zone in zones(call)]
        return {
            "project": place(call)["project"],
            "location": place(call)["location"] if home is None else home.outputs["location"],
            "initialNodeCount": call.inputs.get("nodeCount", 0),
            "nodeCount": self._count(call),
            "version": call.text("version") or (str(call.was.outputs["version"]) if call.was else version),
            "instanceGroupUrls": [f"{COMPUTE}{one}/instanceGroupManagers/{stem}-grp" for one in groups],
            "managedInstanceGroupUrls": [f"{COMPUTE}{one}/instanceGroups/{stem}-grp" for one in groups],
            "nodeConfig": {"effectiveTaints": self._effective(call)},
            "operation": "",
        }

    def _count(self, call: Call) -> int:
        """Nodes in each zone. What the autoscaler made of it stays when something else is edited."""
        given = call.inputs.get("nodeCount", call.inputs.get("initialNodeCount"))
        if given is None and call.was is not None:
            given = call.was.outputs.get("nodeCount")
        least = at(call.inputs, "autoscaling", "minNodeCount") or 0
        return int(given if given is not None else least)

    def _effective(self, call: Call) -> list[dict[str, Any]]:
        """The taints that nodes have: those of the program, and GKE's own where GPUs are not the cluster's first."""
        own: list[dict[str, Any]] = [copied(row) for row in rows(call.inputs, "nodeConfig", "taints")]
        beside = [one for one in call.others(NODES) if short(str(one.inputs.get("cluster"))) == short(self._home(call))]
        plain = any(not accelerated(one.inputs) for one in beside)
        if accelerated(call.inputs) and plain and GPU_TAINT["key"] not in [row.get("key") for row in own]:
            own.append(dict(GPU_TAINT))
        return own

    def told(self, call: Call, now: Resource) -> dict[str, Any]:
        """The setting `desired.<pool>` is the size of each zone that the autoscaler has moved it to."""
        moved = call.existing.setting(f"desired.{short(now.id)}")
        return {} if moved is None else {"nodeCount": moved}

    def release(self, call: Call, gone: Resource) -> None:
        busy(call, self._home(call))


def accelerated(inputs: Values) -> bool:
    return bool(at(inputs, "nodeConfig", "guestAccelerators"))


BEHAVIOURS: dict[str, Behaviour] = {CLUSTER: Cluster(), NODES: NodePool()}
