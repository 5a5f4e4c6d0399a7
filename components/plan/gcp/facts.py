"""What all rungs of a pool on Google Cloud share: decided once, before networks and node pools are planned."""

from __future__ import annotations

from components.catalog.gcp import Fabric, GcpMachine, TpuSlice
from components.plan.ladder import Share
from components.records import record
from components.spec.pools import PoolSpec


@record(kw_only=True)
class PoolFacts:
    """A pool with its machine, zones and shares.

    `zones` are those of its nodes: one, unless the spec names several. `nodes_max` counts the whole pool, with what
    rounding up to zones, slices and NVLink domains adds. `fabric` is the row of the machine's fabric where the pool asks
    for one; `interfaces_wanted` is whether its nodes get additional interfaces for it. `slice` is the TPU slice that one
    node pool makes up, and `shares` are the rungs of the ladder with their nodes.
    """

    name: str
    path: str
    pool: PoolSpec
    machine: GcpMachine
    alternatives: tuple[GcpMachine, ...]
    zones: tuple[str, ...]
    fabric: Fabric | None
    nodes_max: int
    max_pods: int
    interfaces_wanted: bool
    slice: TpuSlice | None
    shares: tuple[Share, ...]

    @property
    def gang(self) -> bool:
        """Whether the pool's nodes work as one, over a fabric or as a slice."""
        return self.pool.fabric not in (None, "none")
