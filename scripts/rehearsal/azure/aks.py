"""AKS clusters and agent pools: https://learn.microsoft.com/rest/api/aks/."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from scripts.rehearsal.azure.capacity import enough
from scripts.rehearsal.azure.places import (
    CLUSTER,
    IDENTITY,
    LOCATION,
    NODES,
    SUBNET,
    SUBSCRIPTION,
    TENANT,
    Placed,
    find,
    group,
)
from scripts.rehearsal.behaviour import Behaviour, Call
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import at, rows, texts

VERSION = "1.34.9"
"""What a cluster gets that names no version: one of the AKS release notes of July 2026."""

SPOT_TAINT = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
SPOT_LABEL = {"kubernetes.azure.com/scalesetpriority": "spot"}
"""AKS's own, on spot pools (AKS guide, "Add an Azure Spot node pool")."""

FIXED = (
    "availabilityZones",
    "capacityReservationGroupID",
    "enableFIPS",
    "gpuInstanceProfile",
    "gpuProfile",
    "kubeletConfig",
    "kubeletDiskType",
    "linuxOSConfig",
    "maxPods",
    "osDiskSizeGB",
    "osDiskType",
    "proximityPlacementGroupID",
    "scaleSetEvictionPolicy",
    "scaleSetPriority",
    "spotMaxPrice",
    "type",
    "vmSize",
    "vnetSubnetID",
)
"""What AKS never changes on a pool (AKS guide, node pools; github.com/pulumi/pulumi-azure-native/issues/959, 2462)."""

_FIXED_OF_CLUSTER = ("identity.type", "networkProfile.podCidr", "networkProfile.serviceCidr", "nodeResourceGroup")


def changed(call: Call, paths: Iterable[str]) -> None:
    """Refuse an edit of what cannot be changed, all of it at once."""
    if call.was is None:
        return
    found = [path for path in paths if at(call.inputs, *path.split(".")) != at(call.was.inputs, *path.split("."))]
    if found:
        names = ", ".join(f"'properties.{path}'" for path in found)
        raise CloudError("PropertyChangeNotAllowed", f"Changing property {names} is not allowed.")


def busy(call: Call, cluster: str) -> None:
    """One operation at a time; the setting `busy.<cluster>` is somebody else's."""
    operation = call.existing.setting(f"busy.{cluster}")
    if operation:
        words = f"Operation is not allowed because there's an in progress {operation} operation on the managed cluster"
        raise CloudError(
            "OperationNotAllowed", f"{words} {cluster}. Please wait for it to finish before starting a new one."
        )


class Cluster(Placed):
    form = "Microsoft.ContainerService/managedClusters/{name}"
    name = "resourceName"
    kind = "Microsoft.ContainerService/ManagedClusters"
    # AKS API reference, ManagedCluster.
    defaults: ClassVar[Mapping[str, Any]] = {
        "enableRBAC": True,
        "sku": {"name": "Base", "tier": "Free"},
        "supportPlan": "KubernetesOfficial",
        "disableLocalAccounts": False,
    }
    nested: ClassVar[Mapping[str, Mapping[str, Any]]] = {
        "agentPoolProfiles": {"osType": "Linux", "osSKU": "Ubuntu", "type": "VirtualMachineScaleSets", "maxPods": 250},
        "networkProfile": {
            "dnsServiceIP": "10.0.0.10",
            "serviceCidr": "10.0.0.0/16",
            "loadBalancerSku": "standard",
            "outboundType": "loadBalancer",
        },
    }

    def verify(self, call: Call) -> None:
        super().verify(call)
        busy(call, call.text("resourceName"))
        profiles = rows(call.inputs, "agentPoolProfiles")
        if not any(profile.get("mode") == "System" for profile in profiles):
            words = "Must define at least one system pool."
            raise CloudError("InvalidParameter", f"The value of parameter agentPoolProfiles is invalid. {words}")
        for profile in profiles:
            if profile.get("vnetSubnetID"):
                find(call, SUBNET, str(profile["vnetSubnetID"]))
            enough(call, profile)
        for id in texts(call.inputs, "identity", "userAssignedIdentities"):
            find(call, IDENTITY, id)
        changed(call, _FIXED_OF_CLUSTER)
        self._version(call)

    def _version(self, call: Call) -> None:
        asked = call.text("kubernetesVersion")
        before = "" if call.was is None else str(call.was.outputs.get("currentKubernetesVersion"))
        if not asked or not before:
            return
        new, old = minor(asked), minor(before)
        if new < old:
            words = f"Downgrading Kubernetes version {before} to {asked} is not allowed."
            raise CloudError("OperationNotAllowed", words)
        if new > old + 1:
            words = f"Upgrading Kubernetes version {before} to {asked} is not allowed. Available upgrades: one minor version up."
            raise CloudError("OperationNotAllowed", words)

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        name, home = call.text("resourceName"), group(call, call.text("resourceGroupName"))
        location = call.text("location") or (str(home.outputs["location"]) if home else call.region or LOCATION)
        host = f"{call.text('dnsPrefix') or name}-{call.digits(8, 'fqdn')}"
        version = full(call.text("kubernetesVersion") or VERSION)
        made: dict[str, Any] = {
            "currentKubernetesVersion": version,
            "kubernetesVersion": version,
            "fqdn": f"{host}.hcp.{location}.azmk8s.io",
            "azurePortalFQDN": f"{host}.portal.hcp.{location}.azmk8s.io",
            "maxAgentPools": 100,
            "nodeResourceGroup": f"MC_{call.text('resourceGroupName')}_{name}_{location}",
            "powerState": {"code": "Running"},
            "resourceUID": call.digits(24, "uid"),
            "identityProfile": {"kubeletidentity": _kubelet(call)},
        }
        if at(call.inputs, "oidcIssuerProfile", "enabled"):
            issuer = f"https://{location}.oic.prod-aks.azure.com/{TENANT}/{call.uuid('issuer')}/"
            made["oidcIssuerProfile"] = {"enabled": True, "issuerURL": issuer}
        return super().decide(call, id) | made

    def release(self, call: Call, gone: Resource) -> None:
        super().release(call, gone)
        busy(call, gone.id.rpartition("/")[2])


def _kubelet(call: Call) -> dict[str, Any]:
    """The identity of the nodes, which AKS makes beside the cluster where the program names none."""
    name = f"{call.text('resourceName')}-agentpool"
    node_group = f"MC_{call.text('resourceGroupName')}_{call.text('resourceName')}"
    head = f"/subscriptions/{call.account or SUBSCRIPTION}/resourceGroups/{node_group}"
    return {
        "clientId": call.uuid("client"),
        "objectId": call.uuid("object"),
        "resourceId": f"{head}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}",
    }


def minor(version: str) -> int:
    parts = version.split(".")
    return int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0


def full(version: str) -> str:
    """AKS takes the newest patch of a minor version; which one is newest on a day, nobody wrote down."""
    return version if version.count(".") > 1 else f"{version}.0"


class AgentPool(Placed):
    form = "Microsoft.ContainerService/managedClusters/{cluster}/agentPools/{name}"
    name = "agentPoolName"
    kind = "Microsoft.ContainerService/managedClusters/agentPools"
    located = False
    # AKS API reference, ManagedClusterAgentPoolProfileProperties.
    defaults: ClassVar[Mapping[str, Any]] = {
        "enableAutoScaling": False,
        "enableFIPS": False,
        "kubeletDiskType": "OS",
        "maxPods": 250,
        "mode": "User",
        "osDiskType": "Managed",
        "osSKU": "Ubuntu",
        "osType": "Linux",
        "scaleDownMode": "Delete",
        "scaleSetPriority": "Regular",
    }

    def parts(self, call: Call) -> dict[str, str]:
        return super().parts(call) | {"cluster": call.text("resourceName")}

    def verify(self, call: Call) -> None:
        super().verify(call)
        home = find(call, CLUSTER, self.identify(call).partition("/agentPools/")[0])
        busy(call, call.text("resourceName"))
        if call.text("vnetSubnetID"):
            find(call, SUBNET, call.text("vnetSubnetID"))
        changed(call, FIXED)
        self._fits(call, home)
        enough(call, call.inputs)

    def _fits(self, call: Call, home: Resource | None) -> None:
        least, most, count = (call.inputs.get(key) for key in ("minCount", "maxCount", "count"))
        if call.inputs.get("enableAutoScaling"):
            if least is None or most is None or not least <= (count if count is not None else least) <= most:
                words = "minCount, count and maxCount must be set in ascending order when autoscaling is enabled."
                raise CloudError(
                    "InvalidParameter", f"The value of parameter agentPoolProfile.count is invalid. {words}"
                )
        elif least is not None or most is not None:
            words = "minCount and maxCount must not be set when autoscaling is disabled."
            raise CloudError(
                "InvalidParameter", f"The value of parameter agentPoolProfile.minCount is invalid. {words}"
            )
        spot = call.text("scaleSetPriority") == "Spot"
        if call.text("scaleSetEvictionPolicy") and not spot:
            words = "scaleSetEvictionPolicy can only be set when scaleSetPriority is Spot."
            raise CloudError("InvalidParameter", words)
        if spot and call.text("capacityReservationGroupID"):
            # Virtual machines guide, on-demand capacity reservation: no Spot.
            raise CloudError("InvalidParameter", "Spot node pools cannot use a capacity reservation group.")
        if home is not None and minor(call.text("orchestratorVersion")) > minor(
            str(home.outputs["currentKubernetesVersion"])
        ):
            words = "Node pool version cannot be greater than the control plane version"
            raise CloudError("NodePoolMcVersionIncompatible", f"{words} {home.outputs['currentKubernetesVersion']}.")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        home = find(call, CLUSTER, id.partition("/agentPools/")[0])
        version = VERSION if home is None else str(home.outputs["currentKubernetesVersion"])
        if call.was is not None:
            version = str(call.was.outputs["currentOrchestratorVersion"])
        asked = call.text("orchestratorVersion")
        return super().decide(call, id) | {
            "count": call.inputs.get("count", call.inputs.get("minCount", 1)),
            "currentOrchestratorVersion": full(asked) if asked else version,
            "orchestratorVersion": full(asked) if asked else version,
            # The form of AKS's images (AKS release notes, node images).
            "nodeImageVersion": "AKSUbuntu-2204gen2containerd-202607.06.0",
            "powerState": {"code": "Running"},
            "eTag": call.uuid("etag"),
        }

    def outputs(self, call: Call, id: str) -> dict[str, Any]:
        made = super().outputs(call, id)
        if call.text("scaleSetPriority") == "Spot":
            own = texts(call.inputs, "nodeTaints")
            made["nodeTaints"] = own if SPOT_TAINT in own else [*own, SPOT_TAINT]
            made["nodeLabels"] = {**SPOT_LABEL, **(call.inputs.get("nodeLabels") or {})}
            made["spotMaxPrice"] = call.inputs.get("spotMaxPrice", -1)
            made["scaleSetEvictionPolicy"] = call.text("scaleSetEvictionPolicy") or "Delete"
        return made

    def told(self, call: Call, now: Resource) -> dict[str, Any]:
        """The setting `desired.<pool>` is the size that the autoscaler has moved it to."""
        moved = call.existing.setting(f"desired.{now.id.rpartition('/')[2]}")
        return {} if moved is None else {"count": moved}

    def release(self, call: Call, gone: Resource) -> None:
        super().release(call, gone)
        busy(call, gone.id.partition("/managedClusters/")[2].partition("/")[0])


BEHAVIOURS: dict[str, Behaviour] = {CLUSTER: Cluster(), NODES: AgentPool()}
