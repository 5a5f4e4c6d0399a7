"""What GKE refuses or runs slowly, looked for in a finished plan: each check guards against one known mistake.

The planner avoids them by construction; these checks hold it, and every later change of it, to that.
"""

from __future__ import annotations

from collections.abc import Callable

from components.catalog.gcp import GcpCatalog
from components.plan.gcp.model import GcpClusterPlan
from components.plan.notes import Notes

Check = Callable[[GcpClusterPlan, GcpCatalog, Notes], None]


def check_plan(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Every check on a plan; findings go to `notes`."""
    for check in CHECKS:
        check(plan, catalog, notes)


CHECKS: tuple[Check, ...] = ()
