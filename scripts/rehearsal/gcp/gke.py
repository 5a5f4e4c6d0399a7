"""GKE clusters: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.behaviour import Behaviour, Call
from scripts.rehearsal.gcp import kms
from scripts.rehearsal.gcp.places import ACCOUNT, CLUSTER, NETWORK, SUBNETWORK, Placed, find, place, short, zones
from scripts.rehearsal.gcp.services import number
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import at, rows

VERSION = "1.34.1-gke.1829001"
"""What a cluster gets that names no version: one that GKE has had (GKE release notes, DRANET's first)."""

_SCOPES = [  # terraform-provider-google, google_container_node_pool: oauth_scopes
    "https://www.googleapis.com/auth/devstorage.read_only",
    "https://www.googleapis.com/auth/logging.write",
    "https://www.googleapis.com/auth/monitoring",
    "https://www.googleapis.com/auth/service.management.readonly",
    "https://www.googleapis.com/auth/servicecontrol",
    "https://www.googleapis.com/auth/trace.append",
]
NODE: Mapping[str, Any] = {
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
"""What GKE takes for nodes where nobody chose (container.v1, NodeConfig)."""


def busy(call: Call, cluster: str) -> None:
    """One operation at a time on a cluster; the setting `busy.<cluster>` is somebody else's."""
    operation = call.existing.setting(f"busy.{short(cluster)}")
    if operation:
        words = f"Cluster is running incompatible operation {operation}."
        raise CloudError("failedPrecondition", f"googleapi: Error 400: {words}")


def account_known(call: Call, *path: str) -> None:
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
    lasting = ("endpoint", "labelFingerprint", "masterAuth")
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
    nested: ClassVar[Mapping[str, Mapping[str, Any]]] = {"nodeConfig": NODE}

    def verify(self, call: Call) -> None:
        super().verify(call)
        busy(call, call.text("name"))
        if call.text("network"):
            find(call, NETWORK, call.text("network"))
        if call.text("subnetwork"):
            self._ranges(call, find(call, SUBNETWORK, call.text("subnetwork")))
        account_known(call, "nodeConfig", "serviceAccount")
        self._features(call)
        self._version(call)
        for key in kms.keys(call.inputs, "databaseEncryption", "keyName"):
            kms.usable(call, key, "container.googleapis.com")

    def _features(self, call: Call) -> None:
        """GKE guide, "Set up multi-network support for Pods": it needs Dataplane V2, and IP aliases."""
        if call.inputs.get("enableMultiNetworking") and call.inputs.get("datapathProvider") != "ADVANCED_DATAPATH":
            words = "Multi-networking requires the cluster to use Dataplane V2 (ADVANCED_DATAPATH)."
            raise CloudError("invalidArgument", f"googleapi: Error 400: {words}")
        before = None if call.was is None else bool(call.was.inputs.get("enableMultiNetworking"))
        if before is not None and before != bool(call.inputs.get("enableMultiNetworking")):
            words = "Multi-networking can only be enabled when a cluster is created."
            raise CloudError("invalidArgument", f"googleapi: Error 400: {words}")

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
        version = max((has, full(asked) if asked else VERSION), key=version_key) if has else full(asked or VERSION)
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
            "controlPlaneEndpointsConfig": self._endpoints(call),
            "servicesIpv4Cidr": "34.118.224.0/20",  # GKE's own range for Services (GKE guide, IP ranges)
            "tpuIpv4CidrBlock": "",
        }

    def _endpoints(self, call: Call) -> dict[str, Any]:
        """A name for the control plane, which Google's own front end guards (GKE guide, "DNS-based endpoint")."""
        here = place(call)
        told = None if call.was is None else at(call.was.outputs, "controlPlaneEndpointsConfig", "dnsEndpointConfig")
        if told is not None and told.get("endpoint"):
            return {"dnsEndpointConfig": {"endpoint": told["endpoint"]}}
        where = f"gke-{call.digits(32, 'dns')}-{number(here['project'])}.{here['location']}.gke.goog"
        return {"dnsEndpointConfig": {"endpoint": where}}

    def release(self, call: Call, gone: Resource) -> None:
        if gone.outputs.get("deletionProtection"):
            words = "Cannot destroy cluster because deletion_protection is set to true. Set it to false to proceed with"
            raise CloudError("deletionProtection", f"{words} cluster deletion.")
        busy(call, gone.id)


def version_key(version: str) -> tuple[int, ...]:
    """A version as numbers, by which versions are in order."""
    return tuple(int(part) for part in re.findall(r"\d+", full(version)))


def minor(version: str) -> int:
    """The number that minor versions are counted by; 0 for a version that names none."""
    parts = version.split("-")[0].split(".")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def full(version: str) -> str:
    """A whole version of GKE's form for one that names its minor alone."""
    return version if "-gke." in version else f"{version if version.count('.') > 1 else f'{version}.1'}-gke.1000000"


BEHAVIOURS: dict[str, Behaviour] = {CLUSTER: Cluster()}
