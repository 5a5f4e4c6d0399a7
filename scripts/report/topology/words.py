"""What drawings of every cloud say of capacity and of sizes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from components.plan.model import Bought, NodeCount, PoolPlan, RungPlan, StoragePlan
from scripts.cli.figures import counted, number
from scripts.report.topology.model import counted_nodes


def capacity_of(rungs: Iterable[RungPlan]) -> tuple[str, ...]:
    """The lines of a capacity ladder: what is bought by its id, and how many nodes there may be of the rest."""
    return tuple(line for rung in rungs for line in _rung(rung))


def zones_of(pool: PoolPlan) -> tuple[str, ...]:
    """The zones in which a pool has nodes, by name."""
    return tuple(sorted({zone for rung in pool.rungs for zone in rung.zones} or set(pool.zones)))


def size_of(store: StoragePlan) -> str:
    """The size of storage that has one."""
    return "size by use" if store.given_gib is None else f"{number(store.given_gib)} GiB"


def expected_of(store: StoragePlan) -> str:
    """The size of storage that grows, as far as it is expected."""
    return f"{number(store.asked_gib)} GiB expected" if store.asked_gib is not None else "size by use"


def _rung(rung: RungPlan) -> Iterable[str]:
    if rung.bought is None:
        others = len(rung.machines) - 1
        more = f", or {counted(others, 'other machine')}" if others > 0 else ""
        yield f"{rung.capacity_type}: {_nodes(rung.nodes)}{more}"
        return
    yield f"{rung.capacity_type} {rung.bought.id}"
    yield f"{counted(rung.bought.nodes, 'node')} in {rung.bought.zone_id}{_term(rung.bought)}"


def _nodes(nodes: NodeCount) -> str:
    return f"{counted_nodes(nodes)} node{'' if nodes.min == nodes.max == 1 else 's'}"


def _term(bought: Bought) -> str:
    if bought.start is not None and bought.end is not None:
        return f", {_day(bought.start)} to {_day(bought.end)}"
    return f", until {bought.until.isoformat()}" if bought.until is not None else ""


def _day(moment: datetime) -> str:
    return moment.date().isoformat()
