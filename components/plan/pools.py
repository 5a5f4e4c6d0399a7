"""What planners of all clouds do alike about a pool: its ladder, its labels and taints, its disks, what it was asked."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal

from components.catalog import Machine
from components.plan.ladder import Share
from components.plan.model import Bought, FabricPlan, StatedPrice, Taint
from components.plan.notes import Notes
from components.spec.models import ClusterSpec
from components.spec.pools import BlockRung, PoolPrice, PoolSpec, Reservation, ReservationRung, capacity_type
from components.spec.quantities import KubernetesVersion

DEFAULT_ROOT_DISK_GIB = 300
# In GiB: container images for accelerators do not fit what the services give by default.
SMALLEST_ROOT_DISK_GIB = 200
# The effects of taints as managed node pools spell them.
EFFECTS: Mapping[str, str] = {
    "NoSchedule": "NO_SCHEDULE",
    "PreferNoSchedule": "PREFER_NO_SCHEDULE",
    "NoExecute": "NO_EXECUTE",
}


def asked_of(pool: PoolSpec, machine: Machine) -> str:
    """The user's own words for what each node carries."""
    return ", ".join(map(str, pool.accelerator)) if pool.accelerator else machine.name


def fabric_plan(kind: str, machine: Machine, devices: int) -> FabricPlan:
    """A fabric as figures: per node and per accelerator, in Gbit/s."""
    gbps = Decimal(str(machine.fabric_gbps))
    return FabricPlan(
        kind=kind,
        gbps_per_node=gbps,
        gbps_per_accelerator=gbps / machine.accelerator_count,
        devices_per_node=devices,
    )


def check_fabric_said(path: str, pool: PoolSpec, notes: Notes) -> None:
    """A pool of several nodes is asked whether they train together, and told when they would do so over TCP."""
    if pool.fabric is None and pool.nodes.max > 1:
        hint = "write fabric: required for nodes that train together, or fabric: none for nodes that work alone"
        notes.error(
            "fabric-unsaid", path, f"has up to {pool.nodes.max} nodes and does not say what is between them", hint
        )
    if pool.fabric == "none" and pool.nodes.max > 1:
        message = "its nodes have no fabric between them: collectives over several nodes go over plain TCP"
        notes.advise("no-fabric", f"{path}.fabric", message, "right for inference; for training write fabric: required")
    if pool.fabric not in (None, "none") and pool.nodes.max == 1:
        notes.advise(
            "lonely-fabric",
            f"{path}.fabric",
            "asks for a fabric, but the pool has one node",
            "write fabric: none, or more nodes",
        )


def check_version(machine: Machine, least: str, spec: ClusterSpec, notes: Notes) -> None:
    """The minor version of Kubernetes that a machine needs at least (`least`; empty: any)."""
    if least and spec.kubernetes < KubernetesVersion.parse(least):
        message = f"{machine.name} needs Kubernetes {least} or newer, this cluster has {spec.kubernetes}"
        notes.error("kubernetes", "kubernetes", message, f'write kubernetes: "{least}" or newer')


def check_scratch(path: str, pool: PoolSpec, has_disks: bool, machine: Machine, notes: Notes) -> None:
    """Local disks that are asked for exist."""
    if pool.scratch == "raid0" and "scratch" in pool.model_fields_set and not has_disks:
        notes.advise("no-scratch", f"{path}.scratch", f"{machine.name} has no local NVMe disks", "write scratch: none")


def check_sold(path: str, pool: PoolSpec, machine: Machine, notes: Notes) -> None:
    """Capacity types are those that are sold for the machine."""
    for index, rung in enumerate(pool.capacity):
        kind = capacity_type(rung)
        if kind not in machine.capacity_types:
            hint = f"{machine.name} is sold as: {', '.join(machine.capacity_types)}"
            notes.error("capacity", f"{path}.capacity.{index}", f"{machine.name} is not sold as {kind}", hint)


def check_ladder(path: str, pool: PoolSpec, shares: Sequence[Share], notes: Notes, *, autoscaler: bool) -> None:
    """Rungs without nodes, capacity that is paid but never used, and what stays at 0 where nothing raises it.

    `autoscaler`: the cloud's own service moves the size of pools.
    """
    for share in shares:
        at = f"{path}.capacity.{share.index}"
        if share.nodes.max == 0:
            notes.advise("rung-unused", at, "gets no nodes: earlier rungs cover the pool", "remove it, or raise nodes")
        elif not isinstance(share.rung, str) and share.rung.bought.nodes > share.nodes.max:
            idle = share.rung.bought.nodes - share.nodes.max
            notes.advise(
                "capacity-idle", at, f"{idle} bought machine(s) are paid but not used by this pool", "raise nodes"
            )
    others = [share for share in shares if isinstance(share.rung, str) and share.nodes.max > 0]
    most = pool.nodes.max if others else sum(share.nodes.max for share in shares)
    if most < pool.nodes.max:
        message = f"its rungs have {most} of the {pool.nodes.max} nodes that the pool may have"
        hint = f"add on-demand or spot as the last rung, or ask for {most} nodes"
        notes.error("ladder-short", f"{path}.capacity", message, hint)
    if len(others) > 1 and not autoscaler:
        names = " and ".join(share.capacity_type for share in others[1:])
        message = f"only {others[0].capacity_type} has nodes: without an autoscaler, {names} stays at 0"
        notes.advise("no-autoscaler", f"{path}.capacity", message)
    if pool.nodes.min < pool.nodes.max and others and not autoscaler:
        message = f"stays at {pool.nodes.min} nodes until something raises it: no autoscaler is installed yet"
        notes.advise("no-autoscaler", f"{path}.nodes", message)


def root_disk_gib(pool: PoolSpec) -> int:
    """Size of the root disk in GiB."""
    return DEFAULT_ROOT_DISK_GIB if pool.root_disk is None else math.ceil(pool.root_disk.gib)


def check_root_disk(path: str, pool: PoolSpec, notes: Notes) -> None:
    """The root disk holds at least what container images for accelerators need."""
    if root_disk_gib(pool) < SMALLEST_ROOT_DISK_GIB:
        message = f"{pool.root_disk} is too small for the images of accelerator containers"
        notes.error("root-disk", f"{path}.root_disk", message, f"give {SMALLEST_ROOT_DISK_GIB}GiB or more")


def labels_of(path: str, name: str, accelerator: str, pool: PoolSpec, notes: Notes) -> dict[str, str]:
    """The labels that every node of a pool has; a rung adds its capacity type."""
    for key in pool.labels:
        if key.startswith("gpu-fleet/"):
            notes.error(
                "labels", f"{path}.labels", f"{key!r} is a label that the plan sets itself", "choose another key"
            )
    return {**pool.labels, "gpu-fleet/pool": name, "gpu-fleet/accelerator": accelerator}


def taints_of(pool: PoolSpec, resource: str) -> tuple[Taint, ...]:
    """The accelerator's own taint, which keeps other pods away, and the user's."""
    own = Taint(key=resource, value="present", effect="NoSchedule")
    return (own, *(Taint(key=one.key, value=one.value, effect=one.effect) for one in pool.taints))


def spelled(taints: Sequence[Taint]) -> tuple[tuple[str, str, str], ...]:
    """Taints as managed node pools take them: key, value, effect."""
    return tuple((one.key, one.value, EFFECTS[one.effect]) for one in taints)


def bought_of(share: Share) -> Bought | None:
    """What a bought rung says of its capacity, or None for a rung that is paid by use."""
    rung = share.rung
    if isinstance(rung, ReservationRung):
        one: Reservation = rung.reservation
        return Bought(id=one.id, zone_id=one.zone_id, nodes=one.nodes, until=one.until, price=stated(one.price))
    if isinstance(rung, BlockRung):
        block = rung.block
        return Bought(
            id=block.id,
            zone_id=block.zone_id,
            nodes=block.nodes,
            start=block.start,
            end=block.end,
            upfront_usd=block.upfront_usd,
        )
    return None


def stated(price: PoolPrice | None) -> StatedPrice | None:
    """A pool's or reservation's own price, in USD per node and hour."""
    return StatedPrice(usd=price.usd_per_hour, source=price.source, as_of=price.as_of) if price else None
