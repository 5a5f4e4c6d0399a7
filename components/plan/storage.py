"""What planners of all clouds do alike about file systems and buckets: sizes as asked, stated prices, and where they stand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Protocol, TypedDict

from components.plan.model import StatedPrice
from components.plan.notes import Notes
from components.spec.pools import PoolSpec
from components.spec.storage import StorageSpec


class Placed(Protocol):
    """A pool with its zones, as every cloud's facts have it; `gang`: its nodes work as one."""

    @property
    def name(self) -> str: ...
    @property
    def pool(self) -> PoolSpec: ...
    @property
    def zones(self) -> tuple[str, ...]: ...
    @property
    def gang(self) -> bool: ...


class Common(TypedDict):
    """The fields of a `StoragePlan` that follow from the spec alone."""

    name: str
    kind: str
    asked_gib: Decimal | None
    price: StatedPrice | None


def common_of(name: str, item: StorageSpec) -> Common:
    """Name, kind, what was asked, and the user's own price."""
    price = item.price
    stated = StatedPrice(usd=price.usd_per_gib_month, source=price.source, as_of=price.as_of) if price else None
    return Common(name=name, kind=item.kind, asked_gib=item.capacity.gib if item.capacity else None, price=stated)


def whole_gib(item: StorageSpec) -> int | None:
    """The capacity that was asked for in whole GiB, or None."""
    return math.ceil(item.capacity.gib) if item.capacity else None


def tell_given(path: str, item: StorageSpec, given: int, notes: Notes) -> None:
    """The decision on a size that is another than what was asked for."""
    if item.capacity is None:
        notes.decide(f"{path}.capacity", f"{given} GiB", "the smallest on sale: none is asked for")
    elif given != item.capacity.gib:
        notes.decide(f"{path}.capacity", f"{given} GiB", f"asked {item.capacity}, rounded up to the next legal size")


def zones_of(facts: Placed) -> tuple[str, ...]:
    """Every zone in which a pool has nodes: its own, and those of its bought rungs."""
    bought = [rung.bought.zone_id for rung in facts.pool.capacity if not isinstance(rung, str)]
    return tuple(dict.fromkeys((*facts.zones, *bought)))


def home_of(path: str, asked: str | None, default: str, pools: Sequence[Placed], notes: Notes) -> tuple[str, str]:
    """(zone, pool) of a file system: the zone asked for, or that of the pool that needs it most, or the default.

    A file system in the zone of its pool sends no data across zones.
    """
    gangs = [facts for facts in pools if facts.gang] or list(pools)
    placed = [(zone, facts.name) for facts in gangs for zone in zones_of(facts) if asked in (None, zone)]
    zone, pool = placed[0] if placed else (asked or default, "")
    others = [facts.name for facts in pools if set(zones_of(facts)) - {zone}]
    if others:
        message = f"stands in {zone}; pools with nodes in other zones pay for data between zones: {', '.join(others)}"
        notes.advise("cross-zone-storage", path, message, "put the pools that use it into one zone")
    return zone, pool
