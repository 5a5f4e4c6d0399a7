"""Walking over a plan's node pools with what they belong to."""

from __future__ import annotations

from collections.abc import Iterator

from components.catalog.gcp import GcpCatalog, GcpMachine
from components.plan.gcp.model import GcpClusterPlan, GcpPool, GcpRung, NodePool
from components.records import record


@record
class Each:
    """A node pool of a rung of a pool, with its machine; `path` is the pool's in the spec."""

    pool: GcpPool
    rung: GcpRung
    group: NodePool
    machine: GcpMachine

    @property
    def path(self) -> str:
        return f"pools.{self.pool.name}"


def each(plan: GcpClusterPlan, catalog: GcpCatalog) -> Iterator[Each]:
    """Every node pool but the system's."""
    for pool in plan.pools:
        for rung in pool.rungs:
            for group in rung.groups:
                yield Each(pool, rung, group, catalog.machines[group.machine_type])
