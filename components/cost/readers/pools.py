"""Groups of nodes that were read from resources -> pools with their ladders, as the plan would have them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from components.catalog import Catalog
from components.cost.facts import SYSTEM, Disk, Pool, Rung
from components.cost.readers.terms import Terms
from components.plan.model import Bought, NodeCount

POOL_LABEL = "gpu-fleet/pool"

# What has no disk that is billed: one of another resource, or none at all.
NO_DISK = Disk(gib=0, service="", kind="")


def pool_of(name: str, label: str | None, terms: Terms) -> str:
    """The pool that a node group's label names; its own name where that pool has no such rung.

    Rungs of a pool share its nodes, so a group that only borrows the label must not hide behind them.
    """
    if label is None or (label in terms.ladders and terms.rung_of(label, name) is None):
        return name
    return label


def pools_in_order(rungs: Mapping[str, Iterable[Rung]], terms: Terms) -> tuple[Pool, ...]:
    """Every pool with its rungs: those of the spec in its order, others as they were registered, the system pool last."""
    order = {name: place for place, name in enumerate(terms.ladders)}
    names = sorted(rungs, key=lambda name: (name == SYSTEM, order.get(name, len(order))))
    return tuple(_pool(name, rungs[name], terms) for name in names)


def sizes(least: int | None, desired: int | None, highs: Iterable[int | None]) -> NodeCount | None:
    """A group's sizes; None where one of them is not known. A desired size raises the maximum."""
    most = list(highs)
    known = [high for high in most if high is not None]
    if least is None or desired is None or not known or len(known) < len(most):
        return None
    wanted = max(least, desired)
    return NodeCount(min=least, desired=wanted, max=max(wanted, *known))


def idle_reservation(name: str, machines: tuple[str, ...], nodes: int | None) -> Rung:
    """A reservation of the program that no node of it uses; `nodes` None: how many cannot be read."""
    return Rung(
        name=name,
        capacity_type="reservation",
        nodes=NodeCount(min=0, desired=0, max=0),
        machines=machines,
        disk=NO_DISK,
        bought=own_reservation(name, nodes),
        is_bought=True,
    )


def own_reservation(name: str, nodes: int | None) -> Bought | None:
    """A reservation that the program makes itself; None where its size cannot be read."""
    return None if nodes is None else Bought(id=name, zone_id="", nodes=nodes)


def accelerators(machines: Iterable[str], catalog: Catalog) -> tuple[str, int]:
    """What a node carries at the least: machines that stand in for each other may differ."""
    known = [found for machine in machines if (found := catalog.machine(machine)) is not None]
    fewest = min(known, key=lambda one: one.accelerator_count, default=None)
    return (fewest.accelerator or "", fewest.accelerator_count) if fewest else ("", 0)


def _pool(name: str, rungs: Iterable[Rung], terms: Terms) -> Pool:
    ladder = terms.ladders.get(name, ())
    place = {rung: number for number, rung in enumerate(ladder)}
    known = [replace(one, part_of=terms.rung_of(name, one.name) or "") for one in rungs]
    ordered = sorted(known, key=lambda one: place.get(one.part_of, len(place)))
    return Pool(
        name=name,
        path="" if not ladder else SYSTEM if name == SYSTEM else f"pools.{name}",
        rungs=tuple(ordered),
        rest=_rest(ordered),
        price=terms.pool_prices.get(name),
    )


def _rest(rungs: Iterable[Rung]) -> int:
    """The most nodes that the rungs that are not bought may have together: a rung of several groups has their sum."""
    most: dict[str, int] = {}
    for number, one in enumerate(rungs):
        if one.nodes is not None and not one.is_bought:
            rung = one.part_of or f"#{number}"
            most[rung] = most.get(rung, 0) + one.nodes.max
    return max(most.values(), default=0)
