"""A cost report as the JSON document that `--output json` prints.

Money is a decimal string: sums to the cent (half a cent goes up), unit prices exactly as their source has them.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from components.cost.estimate import plain
from components.cost.model import CostLine, CostReport, Span

CENT = Decimal("0.01")


def to_document(report: CostReport) -> dict[str, Any]:
    """The `cost` part of a document: lines, totals, what has no price and what is not included."""
    per_hour = report.per_accelerator_hour
    return {
        "currency": "USD",
        "lines": [_line(line) for line in report.lines],
        "monthly": _money(report.monthly),
        "hourly": _money(report.hourly),
        "per_gpu_hour": None if per_hour is None else _money(per_hour),
        "accelerators": _quantity(report.accelerators),
        "unpriced": [line.item for line in report.unpriced],
        "not_included": list(report.not_included),
        "oldest_price": None if report.oldest_price is None else report.oldest_price.isoformat(),
    }


def cents(amount: Decimal) -> str:
    """An amount to the cent, as text without grouping: `321433.60`."""
    return format(amount.quantize(CENT, ROUND_HALF_UP), "f")


def _line(line: CostLine) -> dict[str, Any]:
    return {
        "pool": line.pool,
        "kind": line.kind,
        "item": line.item,
        "unit": line.unit,
        "quantity": _quantity(line.quantity),
        "unit_price": None if line.unit_price is None else format(line.unit_price, "f"),
        "monthly": None if line.monthly is None else _money(line.monthly),
        "price_kind": line.price_kind,
        "source": line.source,
        "as_of": None if line.as_of is None else line.as_of.isoformat(),
        "fixed": line.fixed,
        "one_off": line.one_off,
        "hint": line.hint,
        "path": line.path,
    }


def _money(span: Span) -> dict[str, str]:
    return {"min": cents(span.min), "desired": cents(span.desired), "max": cents(span.max)}


def _quantity(span: Span) -> dict[str, str]:
    return {"min": plain(span.min), "desired": plain(span.desired), "max": plain(span.max)}
