"""Checks of a finished plan on capacity: reservations, spot, flex-start, queueing, and placement.

Source: the preconditions of cluster-toolkit's node pool module (v1.95.0), which GKE's API has too.
"""

from __future__ import annotations

from components.catalog.gcp import GcpCatalog
from components.plan.gcp.each import Each, each
from components.plan.gcp.model import GcpClusterPlan
from components.plan.notes import Notes

_WEEK = 7 * 24 * 3600


def reservations(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """What was bought is consumed by name, in its own zone, with the reservation's own placement; nothing else takes it.

    AI-Hypercomputer/xpk 476, NVIDIA/JAX-Toolbox 1609: a reservation with a policy refuses nodes that bring their own.
    """
    for one in each(plan, catalog):
        use, bought = one.group.reservation, one.rung.bought
        if bought is None:
            if use.type != "NO_RESERVATION" or use.values:
                notes.error("reservation", one.path, f"{one.rung.name} would use up a reservation that is not its own")
            continue
        if use.type != "SPECIFIC_RESERVATION" or use.values != (bought.id,):
            notes.error("reservation", one.path, f"{one.rung.name} does not consume {bought.id} by its name")
        if one.group.zones != (bought.zone_id,):
            message = f"{one.rung.name} stands in {', '.join(one.group.zones)}, its capacity in {bought.zone_id}"
            notes.error("zone-mismatch", one.path, message)
        if one.group.capacity != "standard":
            notes.error("reservation", one.path, f"{one.rung.name} is {one.group.capacity}: that uses no reservation")
        if one.rung.capacity_type == "block" and (one.group.min_per_zone or not one.group.autoscaled):
            message = f"{one.rung.name} asks for nodes before its reservation begins"
            notes.error("reservation", one.path, message, "start with none and scale up")
        if one.group.nodes_max > bought.nodes:
            notes.error("reservation", one.path, f"{one.rung.name} may grow beyond its {bought.nodes} machines")


def spot(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """A capacity type is sold for the machine; spot nodes use no reservation and are not queued.

    AI-Hypercomputer/xpk 434.
    """
    for one in each(plan, catalog):
        if one.rung.capacity_type not in one.machine.capacity_types:
            message = f"{one.machine.name} is not sold as {one.rung.capacity_type}"
            notes.error("capacity", one.path, message, f"it is sold as {', '.join(one.machine.capacity_types)}")
        expected = {"spot": "spot", "flex": "flex-start"}.get(one.rung.capacity_type, "standard")
        if one.group.capacity != expected:
            notes.error("capacity", one.path, f"{one.rung.name} is provisioned as {one.group.capacity}, not {expected}")


def flex_start(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Flex-start pools start empty, scale by themselves, are not repaired, use no reservation and end within a week."""
    for one in each(plan, catalog):
        group, flex = one.group, one.group.capacity == "flex-start"
        if (group.max_run_seconds is not None) != flex or (group.max_run_seconds or 0) > _WEEK:
            notes.error("flex", one.path, f"{one.rung.name}: flex-start nodes, and no others, run up to 7 days")
        if not flex:
            continue
        if group.auto_repair:
            notes.error("flex", one.path, f"{one.rung.name} is flex-start, which is not repaired")
        if group.reservation.type != "NO_RESERVATION":
            notes.error("flex", one.path, f"{one.rung.name} is flex-start, which uses no reservation")
        if not group.autoscaled or group.min_per_zone or group.desired_per_zone:
            notes.error("flex", one.path, f"{one.rung.name} is flex-start, which starts with no node and scales")


def queued(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Queued provisioning goes with flex-start alone, starts empty, and takes no compact policy of GPUs.

    hashicorp/terraform-provider-google 18341.
    """
    for one in each(plan, catalog):
        if not one.group.queued:
            continue
        if one.group.capacity != "flex-start" or one.group.reservation.type != "NO_RESERVATION":
            notes.error("queued", one.path, f"{one.rung.name} is queued, which goes with flex-start alone")
        if not one.group.autoscaled or one.group.min_per_zone or one.group.desired_per_zone:
            notes.error("queued", one.path, f"{one.rung.name} is queued, which starts with no node and scales")
        if one.group.compact and one.group.guest_accelerator:
            notes.error("queued", one.path, f"{one.rung.name} is queued, which takes no compact placement policy")
        if plan.system.group.nodes_desired < 1:
            notes.error("queued", "system.nodes", f"{one.rung.name} is queued: system pods need a pool that is not")


def compact_placement(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """A compact policy is in one zone, in a legal combination, and holds its pool.

    cluster-toolkit 3439 and 5737.
    """
    for one in each(plan, catalog):
        group, limit = one.group, one.machine.compact_limit
        if not group.compact:
            continue
        if one.rung.capacity_type not in one.machine.compact:
            message = f"{one.machine.name} takes no compact placement policy with {one.rung.capacity_type}"
            notes.error("placement", one.path, message, "write placement: auto")
        if len(group.zones) != 1:
            notes.error("placement", one.path, f"{one.rung.name}: a compact placement policy is in one zone")
        if limit is not None and group.nodes_max > limit:
            notes.error("placement", one.path, f"{one.rung.name}: a compact placement policy holds {limit} machines")
        if group.workload_topology or group.tpu_topology:
            notes.error("placement", one.path, f"{one.rung.name} is placed by its topology, not by a policy beside it")


def domains(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """A pool of machines of an NVLink domain is one domain at the most, placed by a workload policy of its topology."""
    for one in each(plan, catalog):
        if one.machine.domain_nodes:
            _domain(one, notes)


def _domain(one: Each, notes: Notes) -> None:
    most, topology = one.machine.domain_nodes, one.machine.domain_topology
    if one.group.workload_topology != topology:
        notes.error("domain", one.path, f"{one.rung.name} has no workload policy of topology {topology}")
    if one.group.nodes_max > most or len(one.group.zones) != 1:
        message = f"{one.rung.name} has {one.group.nodes_max} nodes in a pool; an NVLink domain has {most}"
        notes.error("domain", one.path, message, "make a node pool for each domain")
