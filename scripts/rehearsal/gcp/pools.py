"""GKE node pools: https://cloud.google.com/kubernetes-engine/docs/reference/rest/v1/projects.locations.clusters.nodePools."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from components.catalog.gcp import GcpMachine, catalog
from scripts.rehearsal.behaviour import Behaviour, Call
from scripts.rehearsal.gcp import interfaces, kms, placement
from scripts.rehearsal.gcp.capacity import enough, nodes
from scripts.rehearsal.gcp.gke import NODE, VERSION, account_known, busy, version_key
from scripts.rehearsal.gcp.places import CLUSTER, COMPUTE, NODES, Placed, find, place, short, zones
from scripts.rehearsal.model import CloudError, Resource, Values
from scripts.rehearsal.values import at, copied, rows, texts

GPU_TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}
"""GKE's own, on pools with GPUs in a cluster that has others (GKE guide, "GPUs in Standard node pools")."""

_LONGEST_RUN = 604800
"""Seconds that a flex-start node runs at most (GKE guide, "About GPU and TPU provisioning with flex-start")."""


class NodePool(Placed):
    form = "{cluster}/nodePools/{name}"
    sets = ("nodeLocations", "nodeConfig.oauthScopes", "nodeConfig.tags")
    lasting = ("initialNodeCount",)
    # container.v1, NodePool, NodeManagement, UpgradeSettings.
    defaults: ClassVar[Mapping[str, Any]] = {
        "management": {"autoRepair": True, "autoUpgrade": True},
        "maxPodsPerNode": 110,
        "upgradeSettings": {"maxSurge": 1, "maxUnavailable": 0, "strategy": "SURGE"},
        "nodeConfig": NODE,
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
        cluster = find(call, CLUSTER, home)
        busy(call, home)
        machine = catalog().machine(call.text("nodeConfig", "machineType"))
        _sizes(call)
        _zones(call, cluster, machine)
        self._taints(call)
        _bought(call)
        if machine is not None:
            _shaped(call, machine)
        account_known(call, "nodeConfig", "serviceAccount")
        for key in kms.keys(call.inputs, "nodeConfig", "bootDiskKmsKey"):
            kms.usable(call, key, "compute.googleapis.com")
        interfaces.joined(call, cluster)
        placement.placed(call)
        _version(call, cluster)
        interfaces.room(call, cluster, nodes(call.inputs))
        placement.reserved(call, nodes(call.inputs))
        enough(call)

    def _taints(self, call: Call) -> None:
        given = [row for row in rows(call.inputs, "nodeConfig", "taints") if row.get("key") == GPU_TAINT["key"]]
        strange = [row for row in given if row.get("effect") == "NO_SCHEDULE" and row.get("value") != "present"]
        if accelerated(call.inputs) and (strange or len(given) > 1):
            # github.com/hashicorp/terraform-provider-google/issues/7928: beside GKE's own taint.
            raise _invalid("Found more than one taint with key nvidia.com/gpu and effect NO_SCHEDULE.")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        home = find(call, CLUSTER, self._home(call))
        version = VERSION if home is None else str(home.outputs["masterVersion"])
        stem = f"gke-{short(self._home(call))[:16]}-{call.text('name')[:16]}-{_digits(call)}"
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


def _digits(call: Call) -> str:
    """Of the names of its instance groups, which stay what they are."""
    told = texts(call.was.outputs, "instanceGroupUrls") if call.was else []
    return told[0].removesuffix("-grp").rpartition("-")[2] if told else call.digits(8, "group")


def _sizes(call: Call) -> None:
    sizes: Values = at(call.inputs, "autoscaling") or {}
    each, total = ({"minNodeCount", "maxNodeCount"}, {"totalMinNodeCount", "totalMaxNodeCount"})
    if each & sizes.keys() and total & sizes.keys():
        words = "min_node_count and max_node_count cannot be used with total_min_node_count and total_max_node_count"
        raise _invalid(words)
    for least, most in (("minNodeCount", "maxNodeCount"), ("totalMinNodeCount", "totalMaxNodeCount")):
        if int(sizes.get(least) or 0) > int(sizes.get(most) or sizes.get(least) or 0):
            raise _invalid(f"Autoscaling: {least} must not be greater than {most}.")


def _zones(call: Call, cluster: Resource | None, machine: GcpMachine | None) -> None:
    """Nodes stand in zones of their cluster's region that have the machine."""
    region = "" if cluster is None else str(cluster.outputs.get("location"))
    for zone in zones(call):
        if region and not zone.startswith(region):
            raise _invalid(f'Location "{zone}" is not in the region of the cluster, {region}.')
        known = None if machine is None else catalog().offered_zones(machine.name, zone[:-2])
        if machine is not None and known is not None and zone not in known:
            words = f"Machine type with name '{machine.name}' does not exist in zone '{zone}'."
            raise _invalid(f"Invalid value for field 'resource.properties.machineType': '{machine.name}'. {words}")


def _bought(call: Call) -> None:
    """How nodes are bought, and what excludes what (cluster-toolkit v1.95.0, gke-node-pool/main.tf; GKE guides on
    flex-start and queued provisioning; terraform-provider-google issue 18341)."""
    affinity = call.text("nodeConfig", "reservationAffinity", "consumeReservationType", default="NO_RESERVATION")
    spot, flex = (call.text("nodeConfig", name) == "True" for name in ("spot", "flexStart"))
    queued = call.text("queuedProvisioning", "enabled") == "True"
    if (spot or flex or queued) and affinity == "SPECIFIC_RESERVATION":
        raise _invalid("Reservation affinity must be NO_RESERVATION for Spot VMs, flex-start and queued provisioning.")
    if spot and (flex or queued):
        raise _invalid("Spot VMs cannot be used with flex-start or queued provisioning.")
    if (spot or flex) and call.inputs.get("nodeConfig", {}).get("hostMaintenancePolicy"):
        # github.com/AI-Hypercomputer/xpk/issues/434
        raise _invalid("Host maintenance policy cannot be used with Spot VMs or flex-start.")
    scaled = at(call.inputs, "autoscaling") is not None
    least = int(
        at(call.inputs, "autoscaling", "totalMinNodeCount") or at(call.inputs, "autoscaling", "minNodeCount") or 0
    )
    if (flex or queued) and (not scaled or least or nodes(call.inputs)):
        raise _invalid("Flex-start and queued provisioning require autoscaling with a minimum of 0 nodes.")
    if flex and call.text("management", "autoRepair", default="True") != "False":
        raise _invalid("Node auto-repair must be disabled for flex-start.")
    run = call.text("nodeConfig", "maxRunDuration").removesuffix("s")
    if run and int(run) > _LONGEST_RUN:
        raise _invalid(f"max_run_duration must be at most {_LONGEST_RUN}s.")


def _shaped(call: Call, machine: GcpMachine) -> None:
    """What a machine type has and what it cannot have: accelerators, local SSDs, boot disks."""
    for row in rows(call.inputs, "nodeConfig", "guestAccelerators"):
        kind, count = str(row.get("type")), int(row.get("count") or 0)
        if kind != machine.guest_accelerator or count != machine.accelerator_count:
            raise _invalid(f"Machine type {machine.name} does not support {count} accelerators of type {kind}.")
    asked = {
        block: int(row.get("localSsdCount") or 0)
        for block in ("ephemeralStorageLocalSsdConfig", "localNvmeSsdBlockConfig")
        for row in rows(call.inputs, "nodeConfig", block)
    }
    if len([count for count in asked.values() if count]) > 1:
        raise _invalid("Only one of ephemeral_storage_local_ssd_config and local_nvme_ssd_block_config can be set.")
    legal = (machine.local_ssds,) if machine.local_ssds else machine.ssd_counts
    for count in asked.values():
        if count and count not in legal:
            raise _invalid(f"Invalid number of local SSDs for machine type {machine.name}: {count}.")
    disk = call.text("nodeConfig", "diskType")
    if disk and disk not in machine.disk_types:
        raise _invalid(f"{disk} disk type cannot be used by {machine.name} machine type.")


def _version(call: Call, cluster: Resource | None) -> None:
    """Nodes are not newer than the control plane (GKE guide, "GKE versioning and support", version skew)."""
    asked, has = call.text("version"), "" if cluster is None else str(cluster.outputs.get("masterVersion"))
    if asked and has and version_key(asked) > version_key(has):
        raise _invalid(f'Node version "{asked}" must not have a greater version than the master, "{has}".')


def _invalid(words: str) -> CloudError:
    return CloudError("invalidArgument", f"googleapi: Error 400: {words}")


BEHAVIOURS: dict[str, Behaviour] = {NODES: NodePool()}
