"""Fields that say something which has no effect in this cluster on AWS: told, never swallowed."""

from __future__ import annotations

from components.plan.notes import Notes
from components.spec.models import ClusterSpec
from components.spec.pools import BlockRung, PoolSpec


def tell_without_effect(spec: ClusterSpec, notes: Notes) -> None:
    """A finding for each field that is set and changes nothing here."""
    if spec.network.pods_cidr is not None:
        message = "has no effect on AWS: pods take addresses of their node's subnet"
        notes.advise("no-effect", "network.pods_cidr", message, "remove it")
    if spec.software.efa_layout != "A" and all(pool.fabric in (None, "none") for pool in spec.pools.values()):
        notes.advise("no-effect", "software.efa_layout", "has no effect: no pool has a fabric", "remove it")
    for index, hours in enumerate(spec.schedule.hours):
        named = [name for name in hours.pools or spec.pools if name in spec.pools]
        blocks = [name for name in named if _only_blocks(spec.pools[name])]
        if blocks:
            message = f"has no effect on {', '.join(blocks)}: a block's nodes run from its start to its end"
            notes.advise("no-effect", f"schedule.hours.{index}", message, "name the pools that it is for")


def _only_blocks(pool: PoolSpec) -> bool:
    return all(isinstance(rung, BlockRung) for rung in pool.capacity)
