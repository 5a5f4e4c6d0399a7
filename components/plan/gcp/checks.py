"""What GKE refuses of a plan or runs slowly, looked for when it is finished: each check guards against known mistakes.

The planner avoids them by construction; these checks hold it, and every later change of it, to that.
"""

from __future__ import annotations

from collections.abc import Callable

from components.catalog.gcp import GcpCatalog
from components.plan.gcp.checks_capacity import compact_placement, domains, flex_start, queued, reservations, spot
from components.plan.gcp.checks_cluster import pod_networks, release_channel, system_pool, versions
from components.plan.gcp.checks_nodes import disks, drivers, names, offered, sharing, slices, taints, upgrades, zones
from components.plan.gcp.checks_wiring import NETWORK_CHECKS
from components.plan.gcp.model import GcpClusterPlan
from components.plan.gcp.names import physical_names
from components.plan.notes import Notes

Check = Callable[[GcpClusterPlan, GcpCatalog, Notes], None]


def check_plan(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Every check on a plan; findings go to `notes`."""
    for check in CHECKS:
        check(plan, catalog, notes)


CHECKS: tuple[Check, ...] = (
    reservations,
    spot,
    flex_start,
    queued,
    compact_placement,
    domains,
    names,
    zones,
    offered,
    disks,
    drivers,
    taints,
    sharing,
    slices,
    upgrades,
    system_pool,
    release_channel,
    versions,
    pod_networks,
    physical_names,
    *NETWORK_CHECKS,
)
