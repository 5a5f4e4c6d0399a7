"""The catalogue as text for people: tables with a legend, sources and ages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from scripts.cli.catalog.facts import Sheet
from scripts.cli.catalog.offers import Offer
from scripts.cli.columns import Columns
from scripts.cli.session import Session

UNPRICED = "unpriced"
_SOURCED = ("source", "as_of")  # told below the facts
_COMPUTED = "~ is computed, as no list price is known: an indication only, and no gate takes it"
_MAY_LACK = ("accelerator", "fabric", "compact_limit")  # None: there is none
_LETTERS = {"on-demand": "o", "spot": "s", "reservation": "r", "block": "b", "flex": "f"}
# The columns of a list, and those that are left out first where there is no room.
_OFFER_COLUMNS = ("accelerator", "machine", "vCPU", "GiB", "GPU GiB", "NVMe GB", "Gbit/s", "sold", "USD/h", "each")
_LEFT_OUT = ("NVMe GB", "vCPU", "GiB", "GPU GiB", "Gbit/s")
_NUMBERS = frozenset({"vCPU", "GiB", "GPU GiB", "NVMe GB", "Gbit/s", "USD/h", "each"})
_LEGEND = {
    "GPU GiB": "GPU GiB: memory of each accelerator",
    "Gbit/s": "Gbit/s: fabric for each accelerator",
    "sold": "sold: {sold}",
    "each": "each: USD for one accelerator and hour",
}


def show_offers(found: Sequence[Offer], region: str | None, on: date, session: Session) -> None:
    """The machines as a table, with legend and age of the prices."""
    if not found:
        session.print(f"No such machine is known to be sold in {region or 'any region'}.")
        return
    last = "zones" if region else "cheapest in"
    rows = [{**_offer_cells(one), last: _place(one, region)} for one in found]
    names = [*_OFFER_COLUMNS, last]
    out: list[str] = []
    for name in _LEFT_OUT:
        if _width(names, rows) <= session.out.width:
            break
        names.remove(name)
        out.append(name)
    lines = _columns(names, rows).lines(session.out.width)
    session.print(
        f"On-demand list prices in {region}" if region else "On-demand list prices, where lowest", style="bold"
    )
    _print_table(lines, session)
    for line in _legend(names, found, on):
        session.print(line, style="dim")
    if out:
        session.print(f"No room for: {', '.join(out)}; a wider terminal or --output json has them", style="dim")


def _offer_cells(one: Offer) -> dict[str, str]:
    machine, price = one.machine, one.price
    mark = "~" if price is not None and price.kind == "derived" else ""
    each = "" if price is None else f"{mark}{price.usd / machine.accelerator_count:.2f}"
    return {
        "accelerator": f"{machine.accelerator}:{machine.accelerator_count}",
        "machine": machine.name,
        "vCPU": str(machine.vcpus),
        "GiB": f"{machine.memory_gib:g}",
        "GPU GiB": f"{machine.accelerator_memory_gib:g}",
        "NVMe GB": f"{machine.nvme_gb:,}" if machine.nvme_gb else "-",
        "Gbit/s": f"{machine.fabric_gbps_per_accelerator:g}" if machine.fabric else "-",
        "sold": "".join(_LETTERS[kind] for kind in machine.capacity_types),
        "USD/h": UNPRICED if price is None else f"{mark}{price.usd:.2f}",
        "each": each,
    }


def _place(one: Offer, region: str | None) -> str:
    if region is None:
        return one.region or "-"
    return "unknown" if one.zones is None else zones_text(one.zones) or "none"


def zones_text(zones: Sequence[str]) -> str:
    """`use1-az1,2,4` for zones of one region that are numbered, `us-central1-a,b` for those that have letters."""
    groups: dict[str, list[str]] = {}
    for zone in zones:
        stem = zone.rstrip("0123456789")
        stem = zone[:-1] if stem == zone else stem
        groups.setdefault(stem, []).append(zone[len(stem) :])
    return " ".join(stem + ",".join(ends) for stem, ends in groups.items())


def _width(names: Sequence[str], rows: Sequence[dict[str, str]]) -> int:
    return sum(max(len(name), *(len(row[name]) for row in rows)) + 2 for name in names)


def _columns(names: Sequence[str], rows: Sequence[dict[str, str]]) -> Columns:
    cells = [tuple(row[name] for name in names) for row in rows]
    return Columns(tuple(names), cells, frozenset(place for place, name in enumerate(names) if name in _NUMBERS))


def _print_table(lines: Sequence[str], session: Session) -> None:
    head, *body = lines
    session.print(head, style="dim", soft_wrap=True)
    session.print("\n".join(body), soft_wrap=True)
    session.print()


def _legend(names: Sequence[str], found: Sequence[Offer], on: date) -> list[str]:
    kinds = {kind for one in found for kind in one.machine.capacity_types}
    sold = ", ".join(f"{letter} {kind}" for kind, letter in _LETTERS.items() if kind in kinds)
    lines = ["; ".join(text.format(sold=sold) for name, text in _LEGEND.items() if name in names)]
    prices = [one.price for one in found if one.price is not None]
    if any(price.kind == "derived" for price in prices):
        lines.append(_COMPUTED)
    if prices:
        oldest = min(price.as_of for price in prices)
        sources = ", ".join(dict.fromkeys(price.source for price in prices))
        lines.append(f"prices as of {oldest} or later, {age(oldest, on)}; from {sources}")
    return lines


def age(as_of: date, on: date) -> str:
    """`128 days old`."""
    days = max((on - as_of).days, 0)
    return "today's" if days == 0 else f"{days} day{'s' if days > 1 else ''} old"


# --- one thing ---


def show_sheet(found: Sheet, cloud: str, on: date, session: Session) -> None:
    """Every fact of one thing, then the tables of what belongs to it."""
    session.print(f"{found.name}: {found.kind} on {cloud}", style="bold")
    facts = {name: value for name, value in found.facts.items() if value != found.name and name not in _SOURCED}
    labels = {name: _label(name) for name in facts}
    width = max(map(len, labels.values()), default=0)
    for name, value in facts.items():
        session.print(f"  {labels[name].ljust(width)}  {_fact(name, value)}", soft_wrap=True)
    if "source" in found.facts:
        session.print(f"  {'source'.ljust(width)}  {_source(found.facts, on)}", soft_wrap=True)
    for title, rows in found.tables.items():
        if rows:
            session.print()
            _show_rows(title, rows, on, session)


def _show_rows(title: str, rows: Sequence[dict[str, Any]], on: date, session: Session) -> None:
    cells = [_cells(row) for row in rows]
    names = list(dict.fromkeys(name for row in cells for name in row))
    filled = [{name: row.get(name, "") for name in names} for row in cells]
    numbers = frozenset(place for place, name in enumerate(names) if _numeric(row[name] for row in filled))
    table = Columns(tuple(map(_label, names)), [tuple(row.values()) for row in filled], numbers)
    session.print(_label(title)[:1].upper() + _label(title)[1:], style="bold")
    head, *body = table.lines(session.out.width)
    session.print(head, style="dim", soft_wrap=True)
    session.print("\n".join(body), soft_wrap=True)
    if any("~" in cell for row in filled for cell in row.values()):
        session.print(f"  {_COMPUTED}", style="dim", soft_wrap=True)
    for line in dict.fromkeys(_source(one, on) for row in rows for one in _sourced(row)):
        session.print(f"  {line}", style="dim", soft_wrap=True)


def _sourced(row: dict[str, Any]) -> list[dict[str, Any]]:
    return [one for one in (row, *row.values()) if isinstance(one, dict) and "source" in one]


def _cells(row: dict[str, Any]) -> dict[str, str]:
    """A row as text; a price in it becomes its amount, for the whole and for one accelerator."""
    found: dict[str, str] = {}
    for name, value in row.items():
        if name in (*_SOURCED, "kind"):
            continue
        if name in ("on_demand", "spot", "flex"):
            missing = UNPRICED if name == "on_demand" else "-"
            mark = "~" if value and value["kind"] == "derived" else ""
            found[f"{name} USD/h"] = f"{mark}{Decimal(value['usd']):.4f}" if value else missing
            if name == "on_demand" and (value is None or "usd_per_accelerator" in value):
                found["each"] = f"{mark}{Decimal(value['usd_per_accelerator']):.4f}" if value else ""
        else:
            found[name] = _fact(name, value)
    return found


def _fact(name: str, value: Any) -> str:
    """A fact as text: what no source gives is `unknown`, what does not apply is `-`."""
    if value is None:
        return "-" if name in _MAY_LACK else "unknown"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name == "zones":
        return zones_text(value) or "none"
    if isinstance(value, list):
        return _listed(value)  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, float):
        return f"{value:g}"
    return str(value) or "-"


def _listed(values: list[Any]) -> str:
    """`0-31` for whole numbers that follow each other, else the words."""
    whole = [value for value in values if isinstance(value, int)]
    if len(whole) > 2 and len(whole) == len(values) and whole == list(range(whole[0], whole[-1] + 1)):
        return f"{whole[0]}-{whole[-1]}"
    return " ".join(map(str, values)) or "-"


def _label(name: str) -> str:
    for end, unit in (("_gib", "GiB"), ("_gbps", "Gbit/s"), ("_gb", "GB")):
        if name.endswith(end):
            return f"{name.removesuffix(end).replace('_', ' ')}, {unit}"
    return name.replace("_", " ")


def _numeric(cells: Any) -> bool:
    return all(cell.lstrip("~").replace(".", "", 1).isdigit() or cell in ("", "-", UNPRICED) for cell in cells)


def _source(facts: dict[str, Any], on: date) -> str:
    as_of = date.fromisoformat(str(facts["as_of"]))
    return f"{facts['source']}; as of {as_of}, {age(as_of, on)}"
