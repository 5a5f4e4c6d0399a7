"""A report that `gpufleet cost|check|preview --output json` wrote, read back as what a stack cost then."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, cast

from components.cost.estimate import ZERO, total
from components.cost.model import CostLine, CostReport, Span
from components.errors import Finding, InputError, Level
from scripts.baseline.git import BASELINE
from scripts.baseline.sources import Before, at_prices_of

Json = Mapping[str, Any]
_HINT = "write one with: gpufleet cost STACK --output json > before.json"


class SavedReport:
    """The stacks of a saved document: one, or several under `stacks`. Raises InputError where a file is none."""

    def __init__(self, path: Path) -> None:
        self.name = path.name
        self._reports = _read(path)

    def before(self, stack: str, file: Path, now: CostReport | None, on: date) -> Before:
        only = next(iter(self._reports.values())) if len(self._reports) == 1 and None in self._reports else None
        cost = self._reports.get(stack, only)
        if cost is None and stack not in self._reports:
            return Before(name=self.name, state="new")
        if cost is None:
            message = f"{self.name} has no cost of {stack}: it could not be planned then"
            finding = Finding(id=BASELINE, level=Level.ADVISORY, message=message, hint=_HINT)
            return Before(name=self.name, state="unknown", findings=(finding,))
        return Before(name=self.name, state="there", cost=cost, repriced=at_prices_of(cost, now))

    def close(self) -> None:
        """Nothing is held."""


def _read(path: Path) -> dict[str | None, CostReport | None]:
    try:
        value = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _wrong(path, f"cannot be read: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise _wrong(path, f"is no JSON: {error}") from error
    if not isinstance(value, dict) or not {"cost", "stacks"} & set(cast(Json, value)):
        raise _wrong(path, "is no report of gpufleet: it has neither cost nor stacks")
    document = cast(Json, value)
    listed = document.get("stacks")
    documents = cast("list[Json]", listed) if isinstance(listed, list) else [document]
    try:
        return {one.get("stack"): _report(one.get("cost")) for one in documents}
    except (KeyError, TypeError, ValueError, AttributeError, InvalidOperation) as error:
        raise _wrong(path, f"is no report of this version: {type(error).__name__}: {error}") from error


def _report(cost: Json | None) -> CostReport | None:
    if cost is None:
        return None
    lines = tuple(_line(one) for one in cost["lines"])
    return CostReport(
        lines=lines,
        monthly=total(lines),
        hourly=_span(cost["hourly"]),
        unpriced=tuple(line for line in lines if line.monthly is None),
        not_included=tuple(cost["not_included"]),
        accelerators=_span(cost["accelerators"]),
        oldest_price=min((line.as_of for line in lines if line.as_of is not None), default=None),
    )


def _line(one: Json) -> CostLine:
    quantity = _span(one["quantity"])
    price = None if one["unit_price"] is None else _number(one["unit_price"])
    item = str(one["item"])
    capacity = item.rpartition(" (")[2].removesuffix(")") if one["kind"] == "machine" and item.endswith(")") else ""
    return CostLine(
        pool=one["pool"],
        kind=one["kind"],
        item=item,
        unit=one["unit"],
        quantity=quantity,
        unit_price=price,
        monthly=None if price is None else quantity.times(price),
        price_kind=one["price_kind"],
        source=one["source"],
        as_of=None if one["as_of"] is None else date.fromisoformat(one["as_of"]),
        path=one["path"],
        capacity_type=capacity,
        fixed=bool(one["fixed"]),
        one_off=bool(one["one_off"]),
        hint=one["hint"],
    )


def _span(one: Json | None) -> Span:
    if one is None:
        return ZERO
    return Span(min=_number(one["min"]), desired=_number(one["desired"]), max=_number(one["max"]))


def _number(text: Any) -> Decimal:
    if not isinstance(text, str):
        raise ValueError(f"{text!r} is no decimal text")
    number = Decimal(text)
    if not number.is_finite():
        raise ValueError(f"{text!r} is no number")
    return number


def _wrong(path: Path, message: str) -> InputError:
    return InputError(Finding(id=BASELINE, level=Level.ERROR, message=f"{path} {message}", hint=_HINT))
