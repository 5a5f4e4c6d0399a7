"""What about one pool cannot work, looked for while it is planned: machine, slice, fabric, sharing and taints."""

from __future__ import annotations

from components.catalog.gcp import Fabric, GcpCatalog, GcpMachine, TpuSlice
from components.plan.notes import Notes
from components.plan.pools import EFFECTS
from components.spec.models import ClusterSpec
from components.spec.pools import PoolSpec

# Source: GKE, share GPUs with multiple workloads by using GPU time-sharing.
_MOST_TIME_SLICES = 48


def check_machine(
    path: str,
    pool: PoolSpec,
    spec: ClusterSpec,
    machine: GcpMachine,
    slice: TpuSlice | None,
    fabric: Fabric | None,
    catalog: GcpCatalog,
    notes: Notes,
) -> None:
    """The way to a fabric's networks exists for the machine, a slice has what joins it, and images fit the processor."""
    if machine.refused:
        notes.error("machine", path, f"{machine.name}: {machine.refused}", "choose another machine")
    if fabric is not None:
        _check_way(path, spec, machine, fabric, notes)
    alone = slice is None or slice.hosts == 1
    if pool.fabric not in (None, "none") and machine.tpu_label and alone and pool.nodes.max > 1:
        _refuse_alone(path, machine, catalog, notes)
    if machine.architecture == "arm64":
        message = f"{machine.name} is Arm64: images need an arm64 build, and GKE taints its nodes kubernetes.io/arch"
        notes.advise("arm", path, message, "build images for linux/arm64, and tolerate kubernetes.io/arch=arm64")


def _refuse_alone(path: str, machine: GcpMachine, catalog: GcpCatalog, notes: Notes) -> None:
    """Machines with TPUs are joined where they make up one slice."""
    name = machine.accelerator or ""
    found = [catalog.tpu_slice(name, topology) for topology in catalog.tpu_topologies(name)]
    several = [f"{name}:{one.topology}" for one in found if one is not None and one.hosts > 1]
    message = "each node is a slice of its own: nothing but the plain network joins them"
    hint = f"ask for a slice of several machines ({', '.join(several[:3])}, …), or write fabric: none"
    notes.error("no-fabric", f"{path}.fabric", message, hint)


def _check_way(path: str, spec: ClusterSpec, machine: GcpMachine, fabric: Fabric, notes: Notes) -> None:
    """`Network` objects or DRANET, as the fabric allows."""
    way = spec.software.pod_networks
    if way == "objects" and not fabric.objects_floors:
        message = f"{machine.name} has no `Network` objects for its interfaces"
        notes.error("pod-networks", "software.pod_networks", f"{message} ({path})", "write pod_networks: dranet")
    if way == "dranet" and not fabric.dranet_floor:
        message = f"{machine.name} has no DRANET for its interfaces"
        notes.error("pod-networks", "software.pod_networks", f"{message} ({path})", "write pod_networks: objects")


def check_sharing(path: str, pool: PoolSpec, machine: GcpMachine, notes: Notes) -> None:
    """MIG profiles and time slices that the machine's accelerators take."""
    if pool.mig is not None and pool.mig not in machine.mig_profiles:
        has = f"it has {', '.join(machine.mig_profiles)}" if machine.mig_profiles else "remove mig"
        notes.error("mig", f"{path}.mig", f"{machine.name} has no MIG profile {pool.mig!r}", has)
    if pool.time_slices is not None and not machine.guest_accelerator:
        message = f"{machine.name} has no GPU that pods could share by time slices"
        notes.error("time-slices", f"{path}.time_slices", message, "remove it")
    elif pool.time_slices is not None and pool.time_slices > _MOST_TIME_SLICES:
        message = f"{pool.time_slices} pods are too many for one GPU: GKE takes {_MOST_TIME_SLICES}"
        notes.error("time-slices", f"{path}.time_slices", message, f"give {_MOST_TIME_SLICES} or less")
    if pool.fabric not in (None, "none") and (pool.mig is not None or pool.time_slices is not None):
        field = "mig" if pool.mig is not None else "time_slices"
        message = "parts of a GPU do not reach the fabric that the pool asks for"
        notes.error("sharing", f"{path}.{field}", message, "write fabric: none, or give whole GPUs")


def check_taints(path: str, pool: PoolSpec, machine: GcpMachine, catalog: GcpCatalog, notes: Notes) -> None:
    """Each key and effect stands once: GKE refuses a second taint with the accelerator's own key and effect."""
    accelerator = catalog.accelerator(machine.accelerator or "")
    own = accelerator.resource if accelerator else ""
    seen = {(own, "NoSchedule")}
    for index, taint in enumerate(pool.taints):
        if (taint.key, taint.effect) in seen:
            at, effect = f"{path}.taints.{index}", EFFECTS[taint.effect]
            if taint.key == own:
                message = f"every node has {own}=present:{effect} already, and GKE refuses two with one key and effect"
            else:
                message = f"a taint {taint.key} with the effect {taint.effect} stands there already"
            notes.error("taints", at, message, "remove it, or choose another key")
        seen.add((taint.key, taint.effect))
