"""Checks of a finished plan on single node pools: names, zones, disks, drivers, taints, sharing, slices, upgrades."""

from __future__ import annotations

import re

from components.catalog.gcp import GcpCatalog
from components.plan.gcp.each import Each, each
from components.plan.gcp.model import GcpClusterPlan, NodePool
from components.plan.gcp.nodes import named
from components.plan.gcp.sizes import Size, total
from components.plan.notes import Notes
from components.plan.pools import SMALLEST_ROOT_DISK_GIB

_IMAGE = "COS_CONTAINERD"


def names(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Names fit, stand once, and change with what the provider replaces or ignores in silence.

    hashicorp/terraform-provider-google 23248, 23502, 25282.
    """
    limit, seen = catalog.name_limit("node-pool"), dict[str, str]()
    for group, path in [(plan.system.group, "system"), *((one.group, one.path) for one in each(plan, catalog))]:
        if len(group.name) > limit.longest or not re.fullmatch(limit.pattern, group.name):
            notes.error("name-length", path, f"{group.name!r} is no name of a node pool", "shorten the pool's name")
        if group.name in seen:
            notes.error("name", path, f"{group.role} and {seen[group.name]} have one name", "rename the pool")
        if named(group, plan.key).name != group.name:
            message = f"the name of {group.role} is not that of what it holds: an edit would be ignored or destroy it"
            notes.error("name-hash", path, message)
        seen[group.name] = group.role


def zones(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Counts are per zone, and the plan's totals say so; nodes that a fabric joins stand in one zone.

    terraform-google-kubernetes-engine 263.
    """
    known = {zone.zone_id for zone in catalog.zones(plan.region)}
    for pool in plan.pools:
        for rung in pool.rungs:
            if total(tuple(map(_size, rung.groups))) != rung.nodes:
                message = f"{rung.name} says {rung.nodes.max} nodes, and its pools have another number in all zones"
                notes.error("per-zone", f"pools.{pool.name}.nodes", message)
    for one in each(plan, catalog):
        joined = one.pool.fabric is not None or one.group.tpu_topology or one.group.workload_topology
        if joined and len(one.group.zones) != 1:
            message = f"{one.rung.name} spreads over {', '.join(one.group.zones)}; it must stand in one zone"
            notes.error("zone-mismatch", one.path, message)
        wrong = [zone for zone in one.group.zones if known and zone not in known]
        if wrong or not one.group.zones:
            notes.error("zones", one.path, f"{one.rung.name}: {', '.join(wrong) or 'no zone'} is not in {plan.region}")


def _size(group: NodePool) -> Size:
    return Size(zones=len(group.zones), min=group.min_per_zone, desired=group.desired_per_zone, max=group.max_per_zone)


def offered(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """A machine is asked for only in zones where it is offered, as far as is known; what was bought is where it is."""
    for one in each(plan, catalog):
        found = catalog.offered_zones(one.machine.name, plan.region)
        bought = {one.rung.bought.zone_id} if one.rung.bought else set[str]()
        missing = [zone for zone in one.group.zones if found is not None and zone not in {*found, *bought}]
        if missing:
            hint = f"offered in {', '.join(found or ()) or 'no zone of this region'}"
            notes.error("offerings", f"{one.path}.zones", f"{one.machine.name} is not offered in {missing[0]}", hint)


def disks(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Boot disks of a type that the machine takes and large enough for images; local SSDs in a legal count.

    cluster-toolkit 3281 and 3272: the count matters and must be the reservation's; their interface does not.
    """
    for one in each(plan, catalog):
        group, machine = one.group, one.machine
        if group.disk_type not in machine.disk_types:
            message = f"{machine.name} takes no boot disk of type {group.disk_type}"
            notes.error("disk-type", one.path, message, f"use {', '.join(machine.disk_types)}")
        if group.disk_gib < SMALLEST_ROOT_DISK_GIB:
            notes.error("root-disk", f"{one.path}.root_disk", f"{group.disk_gib} GiB is too small")
        legal = (machine.local_ssds,) if machine.local_ssds else (0, *machine.ssd_counts)
        if group.local_ssds not in legal:
            message = f"{machine.name} has {' or '.join(map(str, legal))} local SSDs, not {group.local_ssds}"
            notes.error("local-ssd", f"{one.path}.scratch", message)
        if (group.local_ssd_use is not None) != (group.local_ssds > 0):
            notes.error(
                "local-ssd", f"{one.path}.scratch", f"{one.rung.name}: local SSDs have one use, or there are none"
            )


def drivers(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """GPUs are the machine's own, with a driver that GKE installs; others have neither; the image has what both need.

    container-engine-accelerators 407: a pool that leaves the driver open has none.
    """
    for one in each(plan, catalog):
        group, machine = one.group, one.machine
        count = machine.accelerator_count if machine.guest_accelerator else 0
        if (group.guest_accelerator or "", group.guest_accelerator_count) != (machine.guest_accelerator, count):
            message = f"{machine.name} carries {count} x {machine.guest_accelerator or 'no GPU'}, not what is said here"
            notes.error("accelerator", one.path, message)
        if (group.driver_version or "") != machine.driver:
            message = (
                f"{one.rung.name}: the driver is {group.driver_version or 'left open'}, not {machine.driver or 'none'}"
            )
            notes.error("driver", one.path, message)
        if group.image_type != _IMAGE:
            notes.error("image", one.path, f"{one.rung.name}: {group.image_type} has no drivers of several interfaces")
        if group.secure_boot and not machine.secure_boot:
            notes.error("secure-boot", one.path, f"{machine.name} cannot boot securely")
        if group.fast_socket and not machine.fast_socket:
            notes.error("fast-socket", one.path, f"{machine.name} has no NCCL Fast Socket")


def taints(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Exactly one taint of the accelerator's own, with the value that GKE gives it, and no key with one effect twice.

    terraform-google-kubernetes-engine 703; hashicorp/terraform-provider-google 7928.
    """
    for one in each(plan, catalog):
        accelerator = catalog.accelerator(one.pool.accelerator)
        own = (accelerator.resource if accelerator else "", "present", "NO_SCHEDULE")
        keys = [(key, effect) for key, _, effect in one.group.taints]
        if one.group.taints.count(own) != 1:
            notes.error("taints", one.path, f"{one.rung.name} lacks the taint {own[0]}={own[1]}:{own[2]}")
        if len(set(keys)) != len(keys):
            notes.error("taints", f"{one.path}.taints", f"{one.rung.name}: two taints have one key and effect")


def sharing(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """GPUs are cut into parts that they have, and only GPUs are shared."""
    for one in each(plan, catalog):
        part, slices = one.group.partition_size, one.group.time_slices
        if part is not None and part not in one.machine.mig_profiles:
            notes.error("mig", f"{one.path}.mig", f"{one.machine.name} has no MIG profile {part!r}")
        if slices is not None and not one.machine.guest_accelerator:
            notes.error("time-slices", f"{one.path}.time_slices", f"{one.machine.name} has no GPU to share")


def slices(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """A node pool is one slice: as many machines as its topology has, or none of them."""
    for one in each(plan, catalog):
        if one.machine.tpu_label:
            _slice(one, catalog, notes)


def _slice(one: Each, catalog: GcpCatalog, notes: Notes) -> None:
    group, topology = one.group, one.group.tpu_topology or one.group.workload_topology
    if topology is None:
        return
    found = catalog.tpu_slice(one.pool.accelerator, topology)
    if found is None or found.machine != group.machine_type:
        notes.error("slice", one.path, f"{group.machine_type} makes no {topology} slice of {one.pool.accelerator}")
    elif group.nodes_max != found.hosts or group.min_per_zone not in (0, found.hosts):
        message = f"{one.rung.name}: a {topology} slice has {found.hosts} machines, the pool {group.nodes_max}"
        notes.error("slice", one.path, message, "make a node pool for each slice")


def upgrades(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """An upgrade can go on: a node more, or one less; accelerators have no node more to spare."""
    for one in each(plan, catalog):
        if one.group.max_surge + one.group.max_unavailable < 1:
            notes.error("upgrade", one.path, f"{one.rung.name} could never be upgraded: no node may come or go")
        if one.group.max_surge:
            notes.error(
                "upgrade", one.path, f"{one.rung.name} would need {one.group.max_surge} more node(s) to upgrade"
            )
