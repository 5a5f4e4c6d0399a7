"""Priced items and a catalogue -> the cost report: the one estimator that the command line, policies and tests share.

A month is 730 hours and nothing is rounded here. What is paid once (a block's fee) counts in the month's total and not
in `hourly`, which is what runs on: the recurring part of the month, divided by 730.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from components.catalog import Catalog
from components.cost.facts import SPEC
from components.cost.items import items_of
from components.cost.model import (
    HOURS_PER_MONTH,
    CostLine,
    CostReport,
    PricedItem,
    Span,
)
from components.cost.pricing import OWN_LIST, Pricing, pricing
from components.plan.model import ClusterPlan

ZERO = Span.flat(0)
NOT_CLOUD = ("labour", "support")  # a support fee is a share of what the cloud charges, not of labour


def report_for(plan: ClusterPlan, catalog: Catalog, on: date) -> CostReport:
    """The cost of a planned cluster. Raises `CatalogError` where the plan's cloud has no items."""
    items, not_included = items_of(plan, catalog, on)
    return estimate(items, catalog, not_included=not_included)


def estimate(items: Iterable[PricedItem], catalog: Catalog, *, not_included: Sequence[str] = ()) -> CostReport:
    """Price every item. The report's lines have the items' order; an item without a price is kept as unpriced."""
    prices = pricing(catalog)
    asked = tuple(items)
    lines = tuple(_line(item, prices) for item in asked if item.kind != "support")
    lines += tuple(line for item in asked if item.kind == "support" for line in _support(item, lines))
    dates = [line.as_of for line in lines if line.as_of is not None]
    return CostReport(
        lines=lines,
        monthly=total(lines),
        hourly=_per_hour(total(line for line in lines if not line.one_off)),
        unpriced=tuple(line for line in lines if line.monthly is None),
        not_included=tuple(not_included),
        accelerators=_accelerators(asked),
        oldest_price=min(dates, default=None),
    )


def merged(reports: Iterable[CostReport]) -> CostReport:
    """The reports of several clouds as one, in their order; one report alone stays as it is."""
    first, *others = reports
    if not others:
        return first
    every = (first, *others)
    return CostReport(
        lines=tuple(line for one in every for line in one.lines),
        monthly=_sum(one.monthly for one in every),
        hourly=_sum(one.hourly for one in every),
        unpriced=tuple(line for one in every for line in one.unpriced),
        not_included=tuple(dict.fromkeys(text for one in every for text in one.not_included)),
        accelerators=_sum(one.accelerators for one in every),
        oldest_price=min((one.oldest_price for one in every if one.oldest_price is not None), default=None),
    )


def _sum(spans: Iterable[Span]) -> Span:
    whole = ZERO
    for one in spans:
        whole += one
    return whole


def total(lines: Iterable[CostLine]) -> Span:
    """The monthly sum of lines, leaving out what has no price."""
    least = desired = most = Decimal(0)
    for line in lines:
        if line.monthly is not None:
            least += line.monthly.min
            desired += line.monthly.desired
            most += line.monthly.max
    return Span(min=least, desired=desired, max=most)


def _per_hour(monthly: Span) -> Span:
    return Span(
        min=monthly.min / HOURS_PER_MONTH,
        desired=monthly.desired / HOURS_PER_MONTH,
        max=monthly.max / HOURS_PER_MONTH,
    )


def _accelerators(items: Iterable[PricedItem]) -> Span:
    """The accelerators whose hours are in `hourly`: those in a block are not, because its fee is not."""
    least = desired = most = Decimal(0)
    for item in items:
        if not item.accelerators_per_node or item.one_off:
            continue
        per = item.accelerators_per_node
        nodes, hours = (item.nodes, Decimal(1)) if item.nodes is not None else (item.quantity, HOURS_PER_MONTH)
        least += nodes.min / hours * per
        desired += nodes.desired / hours * per
        most += nodes.max / hours * per
    return Span(min=least, desired=desired, max=most)


def _line(item: PricedItem, prices: Pricing) -> CostLine:
    hints = [item.note] if item.note else []
    if item.stated is not None:
        usd, kind, source = item.stated.usd, "user", item.stated.source
        as_of = None if source == SPEC else item.stated.as_of
    else:
        usd, kind, source, as_of = _listed(item, prices, hints)
    if item.capacity_type == "spot":
        hints.extend(_spot_hint(item, prices))
    return _priced(item, item.quantity, usd, kind, source, as_of, "; ".join(hints))


def _priced(
    item: PricedItem, quantity: Span, usd: Decimal | None, kind: str, source: str, as_of: date | None, hint: str
) -> CostLine:
    return CostLine(
        pool=item.pool,
        kind=item.kind,
        item=item.item,
        unit=item.unit,
        quantity=quantity,
        unit_price=usd,
        monthly=None if usd is None else quantity.times(usd),
        price_kind=kind,
        source=source,
        as_of=as_of,
        path=item.path,
        capacity_type=item.capacity_type,
        accelerator=item.accelerator,
        accelerators_per_node=item.accelerators_per_node,
        fixed=item.fixed,
        one_off=item.one_off,
        hint=hint,
    )


def _listed(item: PricedItem, prices: Pricing, hints: list[str]) -> tuple[Decimal | None, str, str, date | None]:
    """The list price of an item's unit, its kind, source and date; what a person should know of it goes to `hints`."""
    if item.machines:
        found = prices.dearest(item.machines, item.region, item.capacity_type)
        if found is not None:
            if len(item.machines) > 1:
                hints.append(f"priced as {found[0]}, the dearest of {len(item.machines)}")
            return found[1].usd, "list", found[1].source, found[1].as_of
        hints.append(_unpriced_machine(item, prices))
    elif item.service:
        price = prices.service(item.service, item.region)
        if price is not None:
            return price.usd, "list", price.source, price.as_of
        hints.append(_no_price(item))
    return None, "unpriced", "", None


def _unpriced_machine(item: PricedItem, prices: Pricing) -> str:
    for machine in item.machines:
        if prices.dearest((machine,), item.region, item.capacity_type) is None:
            derived = prices.catalog.derived_price(machine, item.region)
            name = f"{machine}: " if len(item.machines) > 1 else ""
            if item.capacity_type in OWN_LIST:
                return f"{name}{_own_list(item, machine, prices)}"
            if derived is None:
                return f"{name}{_no_price(item)}"
            how = f": {_how_to_state(item)} to use it" if item.path else ""
            return f"{name}derived {plain(derived.usd)} USD/h, not a list price{how}"
    raise AssertionError("every machine has a price")


def _own_list(item: PricedItem, machine: str, prices: Pricing) -> str:
    """Why a price of another capacity type is not taken, with the on-demand price as an indication."""
    demand = prices.dearest((machine,), item.region)
    beside = f"; on demand it is {plain(demand[1].usd)} USD/h" if demand else ""
    return f"{item.capacity_type} has a price list of its own, which has no price here{beside}: {_how_to_state(item)}"


def _no_price(item: PricedItem) -> str:
    """Why there is no price, and how to state one: resources that no spec describes have no place for it."""
    where = f"no list price in {item.region}" if item.region else "no list price: the region cannot be read"
    return where if item.machines and not item.path else f"{where}: {_how_to_state(item)}"


def _how_to_state(item: PricedItem) -> str:
    if item.machines:
        return f"state `{item.path}.price: {{usd_per_hour, source, as_of}}`"
    if item.kind in ("file-system", "object-storage") and item.path:
        return f"state `{item.path}.price: {{usd_per_gib_month, source, as_of}}`"
    return f"state `prices.{item.service}: {{usd, source, as_of}}`"


def _spot_hint(item: PricedItem, prices: Pricing) -> list[str]:
    found = prices.dearest(item.machines, item.region) if item.machines else None
    machine = found[0] if found else item.machines[0] if item.machines else ""
    spot = prices.catalog.price(machine, item.region, "spot") if machine else None
    if spot is None:
        return []
    return [f"spot was {plain(spot.usd)} USD/h on {spot.as_of.isoformat()}: a hint, never a gate"]


def _support(item: PricedItem, lines: Sequence[CostLine]) -> list[CostLine]:
    """The support fee: a share of what the cloud charges; the share of a fee paid once is paid once too."""
    if item.stated is None:
        return []
    made: list[CostLine] = []
    for one_off in (False, True):
        base = total(line for line in lines if line.kind not in NOT_CLOUD and line.one_off is one_off)
        if not one_off or base != ZERO:
            line = _priced(item, base, item.stated.usd, "user", item.stated.source, None, item.note)
            made.append(_once(line) if one_off else line)
    return made


def _once(line: CostLine) -> CostLine:
    return replace(line, one_off=True, item=f"{line.item}, on what is paid once")


def plain(number: Decimal) -> str:
    """A number as people write it: no exponent and no trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
