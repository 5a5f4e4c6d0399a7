"""How the nodes of a rung become node pools: the same count in each zone, or a pool for each slice or NVLink domain.

Sizes are minimums, so every rounding is up.
"""

from __future__ import annotations

from components.plan.model import NodeCount
from components.records import record
from components.spec.quantities import NodeRange


@record(kw_only=True)
class Size:
    """The size of one node pool; counts are per zone."""

    zones: int
    min: int
    desired: int
    max: int

    @property
    def autoscaled(self) -> bool:
        """Whether the cluster autoscaler moves it."""
        return self.min != self.max


def whole(nodes: NodeRange, unit: int) -> NodeRange:
    """The range in whole units: slices of so many machines."""
    return NodeRange(_up(nodes.min, unit) * unit, _up(nodes.max, unit) * unit)


def over_zones(count: NodeCount, zones: int) -> tuple[Size, ...]:
    """One pool with the same count in each zone."""
    return (
        Size(
            zones=zones,
            min=_up(count.min, zones),
            desired=_up(count.desired, zones),
            max=_up(count.max, zones),
        ),
    )


def in_slices(count: NodeCount, hosts: int) -> tuple[Size, ...]:
    """A pool for each slice: those of the minimum are whole and stay so, the others are there as a whole or not at all."""
    kept = _up(count.desired, hosts)
    return tuple(
        Size(zones=1, min=hosts if index < kept else 0, desired=hosts if index < kept else 0, max=hosts)
        for index in range(_up(count.max, hosts))
    )


def in_domains(count: NodeCount, most: int) -> tuple[Size, ...]:
    """A pool for each NVLink domain of at most so many machines, the first ones full."""
    return tuple(
        Size(
            zones=1,
            min=_part(count.min, index, most),
            desired=_part(count.desired, index, most),
            max=_part(count.max, index, most),
        )
        for index in range(_up(count.max, most))
    )


def total(sizes: tuple[Size, ...]) -> NodeCount:
    """What the pools have together, in all zones."""
    return NodeCount(
        min=sum(size.zones * size.min for size in sizes),
        desired=sum(size.zones * size.desired for size in sizes),
        max=sum(size.zones * size.max for size in sizes),
    )


def _up(count: int, unit: int) -> int:
    return -(-count // unit)


def _part(count: int, index: int, most: int) -> int:
    return max(0, min(most, count - index * most))
