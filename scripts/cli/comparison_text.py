"""A comparison as text for people: what can be had where, by cost; what has no price; what cannot be had, and why."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from rich.text import Text

from scripts.cli.columns import GAP, Columns
from scripts.cli.comparison import Comparison, Place, PoolThere
from scripts.cli.figures import counted, money, number
from scripts.cli.session import Session

SHOWN = 6
"""Regions that a line names before it counts the rest."""

UNPRICED = "UNPRICED"
_COLUMNS = ("", "USD/month", "USD/hour", "a GPU-hour", "unpriced", "machine", "Gbit/s a GPU", "zones")
_LEFT_OUT = ("zones", "USD/hour", "unpriced", "a GPU-hour")  # where there is no room, these first
_NUMBERS = frozenset({"USD/month", "USD/hour", "a GPU-hour", "unpriced", "Gbit/s a GPU", "zones"})


def print_comparison(found: Comparison, session: Session) -> None:
    """The places that have it, the machines, what is missing from the figures, and the places that have not."""
    _head(found, session)
    _table(found.possible, session)
    _machines(found.places, session)
    _instead(found.possible, session)
    _unpriced(found.possible, session)
    _refused(found.refused, session)
    session.print(_verdict(found))


def _head(found: Comparison, session: Session) -> None:
    session.print(Text.assemble((found.blueprint, "bold"), ("  at list price, each pool at its maximum", "dim")))
    for name, pool in found.loaded.spec.pools.items():
        wanted = pool.machine or ", else ".join(map(str, pool.accelerator or ()))
        fabric = pool.fabric if pool.fabric is None or isinstance(pool.fabric, str) else (
            f"{pool.fabric.min_gbps_per_accelerator} Gbit/s a GPU or more"
        )  # fmt: skip
        rungs = " → ".join(rung if isinstance(rung, str) else rung.capacity_type for rung in pool.capacity)
        said = [f"{pool.nodes} × {wanted}", *([f"fabric {fabric}"] if fabric else []), rungs]
        session.print(f"  {name}  {', '.join(said)}", soft_wrap=True)
    for name, store in found.loaded.spec.storage.items():
        size = f"{number(store.capacity.gib)} GiB or more" if store.capacity else "size by use"
        session.print(f"  {name}  {store.kind}, {size}", soft_wrap=True)
    session.print()


def _table(places: Sequence[Place], session: Session) -> None:
    """A row for each place; a place with several pools has a row for each, the figures in its first."""
    if not places:
        return
    rows: list[tuple[str, ...]] = []
    loud: list[bool] = []
    for place in places:
        for index, pool in enumerate(place.pools or (None,)):
            rows.append((*(_figures(place) if index == 0 else ("",) * 5), *_pool(pool)))
            loud.append(place.machines_cost is None)
    first, *lines = _columns(rows, session.out.width).lines(session.out.width)
    session.print(Text("Where it can be had", "bold"))
    session.print(first, style="dim", soft_wrap=True)
    for line, red in zip(lines, loud, strict=True):
        session.print(line, style="red" if red else None, soft_wrap=True)
    session.print()


def _columns(rows: Sequence[tuple[str, ...]], width: int) -> Columns:
    """The columns that there is room for."""
    wide = [max(len(name), *(len(row[at]) for row in rows)) + GAP for at, name in enumerate(_COLUMNS)]
    kept = list(range(len(_COLUMNS)))
    for name in _LEFT_OUT:
        if sum(wide[at] for at in kept) <= width:
            break
        kept.remove(_COLUMNS.index(name))
    header = tuple(_COLUMNS[at] for at in kept)
    numbers = frozenset(at for at, name in enumerate(header) if name in _NUMBERS)
    return Columns(header, [tuple(row[at] for at in kept) for row in rows], numbers)


def _figures(place: Place) -> tuple[str, ...]:
    cost = place.cost
    where = f"{place.cloud} {place.region}"
    if cost is None:
        return where, "", "", "", ""
    missing = str(len(cost.unpriced) or "")
    if place.machines_cost is None:
        return where, UNPRICED, UNPRICED, UNPRICED, missing
    most = cost.accelerators.max
    each = money(cost.hourly.max / most) if most else ""
    return where, f"{cost.monthly.max:,.0f}", money(cost.hourly.max), each, missing


def _pool(pool: PoolThere | None) -> tuple[str, ...]:
    if pool is None:
        return "", "", ""
    speed = "" if pool.fabric is None else number(pool.gbps_per_accelerator) if pool.gbps_per_accelerator else "?"
    return pool.machine, speed, str(len(pool.zones) or "")


def _machines(places: Sequence[Place], session: Session) -> None:
    """Each machine once: what it carries, its fabric, how it is sold."""
    told: dict[str, str] = {}
    for place in places:
        for pool in place.pools:
            told.setdefault(pool.machine, _machine(place.cloud, pool))
    if not told:
        return
    wide = max(map(len, told))
    session.print(Text("Machines", "bold"))
    for name, line in told.items():
        session.print(f"  {name.ljust(wide)}  {line}", soft_wrap=True)
    session.print()


def _machine(cloud: str, pool: PoolThere) -> str:
    fabric = "no fabric"
    if pool.fabric is not None:
        speed = f" {number(pool.gbps_per_accelerator)} Gbit/s a GPU" if pool.gbps_per_accelerator else ""
        fabric = f"{pool.fabric.upper()}{speed}"
    sold = ", ".join(pool.sold_as) or "nothing that is known"
    return f"{cloud}: {pool.accelerators_per_node} × {pool.accelerator}, {fabric}, sold as {sold}"


def _instead(places: Sequence[Place], session: Session) -> None:
    """Where a pool's own ladder is not sold, and what it was planned with."""
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[str]] = {}
    for place in places:
        if place.instead:
            groups.setdefault((place.cloud, tuple(place.instead.items())), []).append(place.region)
    if not groups:
        return
    session.print(Text("Planned with what is sold, since what the blueprint says is not", "bold yellow"))
    for (cloud, pools), regions in groups.items():
        said = ", ".join(f"{name}: {kind}" for name, kind in pools)
        session.print(f"  {cloud} {_regions(regions, session)}: {said}", soft_wrap=True)
    session.print("  hint: a stack there says what it has bought: pools.<name>.capacity", style="dim", soft_wrap=True)
    session.print()


def _unpriced(places: Sequence[Place], session: Session) -> None:
    """What the figures lack: items that the same places have no price of stand together."""
    lacking: dict[tuple[str, str], list[str]] = {}
    for place in places:
        for line in place.cost.unpriced if place.cost is not None else ():
            lacking.setdefault((place.cloud, f"{line.pool} {line.item}".strip()), []).append(place.region)
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for (cloud, item), regions in lacking.items():
        groups.setdefault((cloud, tuple(sorted(set(regions)))), []).append(item)
    if not groups:
        return
    session.print(Text("UNPRICED: not in these figures, for want of a list price", "bold red"))
    for (cloud, regions), items in groups.items():
        session.print(f"  {cloud} {_regions(regions, session)}", soft_wrap=True)
        session.print(f"    {'; '.join(items)}", soft_wrap=True)
    hint = "a stack states what you pay: pools.<name>.price, storage.<name>.price, prices.<item>"
    session.print(f"  hint: {hint}", style="dim", soft_wrap=True)
    session.print()


def _refused(places: Sequence[Place], session: Session) -> None:
    """Where it cannot be had, with the places of which the same is said together."""
    if not places:
        return
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[Place]] = {}
    for place in places:
        said = tuple((one.path, _general(one.message, place)) for one in place.findings)
        groups.setdefault((place.cloud, said), []).append(place)
    session.print(Text("Where it cannot be had", "bold"))
    for (cloud, said), some in groups.items():
        session.print(f"  {cloud} {_regions([place.region for place in some], session)}", soft_wrap=True)
        for at, (path, message) in enumerate(said):
            where = f"{path}: " if path else ""
            session.print(Text.assemble(("  ✗ ", "red"), f"{where}{message}"), soft_wrap=True)
            hints = {_general(place.findings[at].hint, place) for place in some}
            if len(hints) == 1 and (hint := hints.pop()):  # what is another hint elsewhere is none for all
                session.print(f"    hint: {hint}", style="dim", soft_wrap=True)
    session.print()


def _general(text: str, place: Place) -> str:
    """Words that do not name the region, so that regions of which the same is said stand together."""
    return text.replace(place.region, "the region")


def _regions(regions: Sequence[str], session: Session) -> str:
    """The regions by name, the rest of many by number unless more is asked for."""
    few = sorted(regions)
    if session.verbose or len(few) <= SHOWN + 1:
        return ", ".join(few)
    return f"{', '.join(few[:SHOWN])} and {len(few) - SHOWN} more (-v)"


def _verdict(found: Comparison) -> Text:
    some, every = found.possible, found.places
    if not some:
        return Text(f"✗ {found.blueprint} can be had in none of {counted(len(every), 'region')}", "bold red")
    text = Text(f"✓ {found.blueprint} can be had in {len(some)} of {counted(len(every), 'region')}", "bold green")
    best = some[0]
    if best.machines_cost is None or not best.machines_cost > Decimal(0):
        text.append("; its machines have a list price in none", "bold red")
    else:
        text.append(f"; its machines cost least in {best.cloud} {best.region}")
    return text
