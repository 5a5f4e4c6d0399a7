"""The itemised cost as a table for people, with what it leaves out and how old its prices are.

Where minimum, desired and maximum are one figure everywhere there is one column for them. Where the window is too
narrow, quantity and unit price stand below the item instead of beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from components.cost.facts import SPEC
from components.cost.model import CostLine, CostReport, Span
from scripts.cli.figures import age, counted, flat, money, number
from scripts.cli.session import Session

STALE_DAYS = 90
"""From this age on a price is worth a warning."""

_LEAST_ITEM = 30  # columns that an item needs beside its figures
_CLUSTER = "cluster"
_UNPRICED = Text("UNPRICED", "bold red")


def print_cost(session: Session, report: CostReport, on: date) -> None:
    """The table, its notes, what is not included, and the age of its prices."""
    basis = f"USD at list price unless marked, a month of 730 hours, as of {on}"
    session.print(Text.assemble(("Cost", "bold"), "  ", (basis, "dim")))
    session.print()
    session.print(CostTable(report, on, session.out.width).table())
    for part in (_notes(report), _not_included(report), _sources(report, on), _stale(report, on)):
        for number_of_line, line in enumerate(part):
            if not number_of_line:
                session.print()
            session.print(line, soft_wrap=not session.out.is_terminal)


class CostTable:
    """The table of one report in a window of `width` columns."""

    def __init__(self, report: CostReport, on: date, width: int) -> None:
        self._report = report
        self._on = on
        self._sources = sources(report)
        spans = [line.monthly for line in report.lines if line.monthly is not None]
        self._flat = all(flat(span) for span in (*spans, report.hourly))
        most = max(len(money(report.monthly.max)), len("UNPRICED"))
        self._rates = any(line.per_accelerator_hour is not None for line in report.lines)
        figures = (most + 2) * (1 if self._flat else 3) + 12 + (9 if self._rates else 0)
        beside = max((len(_quantity(line)) + len(_unit_price(line)) + 4 for line in report.lines), default=0)
        self._wide = width - figures - beside >= _LEAST_ITEM

    def table(self) -> Table:
        table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
        table.add_column("item")
        if self._wide:
            table.add_column("quantity", justify="right")
            table.add_column("unit price", justify="right")
        for name in ("per month",) if self._flat else ("min", "desired", "max"):
            table.add_column(name, justify="right", no_wrap=True)
        if self._rates:
            table.add_column("$/GPU-h", justify="right", no_wrap=True)
        table.add_column("price", justify="right", no_wrap=True)
        for pool, lines in groupby(sorted(self._report.lines, key=self._place), key=lambda line: line.pool):
            self._group(table, pool or _CLUSTER, list(lines))
        self._totals(table)
        return table

    def _place(self, line: CostLine) -> int:
        pools = list(dict.fromkeys(one.pool for one in self._report.lines if one.pool))
        return pools.index(line.pool) if line.pool else len(pools)

    def _group(self, table: Table, pool: str, lines: list[CostLine]) -> None:
        spans = [line.monthly for line in lines if line.monthly is not None]
        total = sum(spans, Span.flat(0))
        table.add_row(*self._row(Text(pool, "bold"), "", "", self._money(total, "bold"), "", ""))
        for line in lines:
            table.add_row(*self._line(line))

    def _line(self, line: CostLine) -> Iterator[RenderableType]:
        item = Text(line.item)
        for mark, marked in (("fixed", line.fixed and not line.one_off), ("once", line.one_off)):
            if marked:
                item.append(f" [{mark}]", "magenta")
        if line.monthly is None:
            item.stylize("red")
        per_hour = line.per_accelerator_hour
        return self._row(
            self._item(item, line),
            _quantity(line),
            _unit_price(line),
            [_UNPRICED] * (1 if self._flat else 3) if line.monthly is None else self._money(line.monthly),
            "" if per_hour is None else money(per_hour),
            self._price(line),
        )

    def _item(self, item: Text, line: CostLine) -> RenderableType:
        if self._wide:
            return Padding(item, (0, 0, 0, 2))
        below = Text(f"{_quantity(line)} × {_unit_price(line)}", "dim")
        return Padding(Group(item, Padding(below, (0, 0, 0, 2))), (0, 0, 0, 2))

    def _price(self, line: CostLine) -> Text:
        if line.monthly is None:
            return Text("none", "bold red")
        reference = self._sources.index((line.source, line.price_kind)) + 1
        days = "" if line.as_of is None else f"{age(line.as_of, self._on):,} d "
        old = line.as_of is not None and age(line.as_of, self._on) > STALE_DAYS
        return Text(f"{days}[{reference}]", "yellow" if old else "dim")

    def _row(
        self,
        item: RenderableType,
        quantity: str,
        unit_price: str,
        amounts: list[Text],
        per_hour: str,
        price: str | Text,
    ) -> Iterator[RenderableType]:
        yield item
        if self._wide:
            yield quantity
            yield unit_price
        yield from amounts
        if self._rates:
            yield per_hour
        yield price

    def _totals(self, table: Table) -> None:
        report = self._report
        table.add_row()
        table.add_row(*self._row(Text("TOTAL a month", "bold"), "", "", self._money(report.monthly, "bold"), "", ""))
        table.add_row(*self._row(Text("  an hour"), "", "", self._money(report.hourly), "", ""))
        per = report.per_accelerator_hour
        if per is not None:
            table.add_row(*self._row(Text("  a GPU-hour, everything included"), "", "", self._money(per), "", ""))
        if report.unpriced:
            table.add_row(Text(f"  and {counted(len(report.unpriced), 'UNPRICED line')}", "bold red"))

    def _money(self, span: Span, style: str = "") -> list[Text]:
        values = (span.desired,) if self._flat else (span.min, span.desired, span.max)
        return [Text(money(value), style) for value in values]


def sources(report: CostReport) -> list[tuple[str, str]]:
    """Each source of a price with its kind (list, user), in the order of the lines."""
    return list(dict.fromkeys((line.source, line.price_kind) for line in report.lines if line.monthly is not None))


def _quantity(line: CostLine) -> str:
    span = line.quantity
    values = (span.desired,) if flat(span) else (span.min, span.desired, span.max)
    plural = "s" if line.unit.endswith(("hour", "month", "block")) and values != (1,) else ""
    return f"{'/'.join(map(number, values))} {line.unit}{plural}"


def _unit_price(line: CostLine) -> str:
    return "?" if line.unit_price is None else number(line.unit_price)


def _notes(report: CostReport) -> Iterator[Text]:
    """What the marks mean, and the hints of lines: each once, with the lines that it is about."""
    if any(line.fixed and not line.one_off for line in report.lines):
        yield Text("[fixed] bought: paid whether used or not", "dim")
    if any(line.one_off for line in report.lines):
        yield Text("[once] paid once, in the month of the purchase; not in the hourly figures", "dim")
    about: dict[str, list[CostLine]] = {}
    for line in report.lines:
        if line.hint:
            about.setdefault(line.hint, []).append(line)
    for hint, lines in about.items():
        items = ", ".join(dict.fromkeys(f"{line.pool} {line.item}".strip() for line in lines))
        if any(line.monthly is None for line in lines):
            yield Text.assemble(("✗ ", "bold red"), (f"{items}: ", "red"), hint)
        elif len(lines) > 1:
            yield Text(f"· {hint} ({counted(len(lines), 'line')})", "dim")
        else:
            yield Text.assemble(("· ", "dim"), (f"{items}: {hint}", "dim"))


def _not_included(report: CostReport) -> Iterator[Text]:
    """What the total leaves out, and the field that includes it."""
    if not report.not_included:
        return
    yield Text("Not included", "bold")
    for text in report.not_included:
        what, _, field = text.partition(": not included")
        yield Text.assemble(f"  {what}", (field, "dim"))


def _sources(report: CostReport, on: date) -> Iterator[Text]:
    found = sources(report)
    if found:
        yield Text("Prices", "bold")
    for place, (source, kind) in enumerate(found, 1):
        dates = [line.as_of for line in report.lines if line.source == source and line.as_of is not None]
        when = f", {min(dates)} ({counted(age(min(dates), on), 'day')})" if dates else ""
        whose = "stated in the spec" if source == SPEC else f"stated: {source}" if kind == "user" else source
        yield Text(f"  [{place}] {whose}{when}", "dim")


def _stale(report: CostReport, on: date) -> Iterator[Text]:
    """A warning when prices are old, with their share of the cost."""
    old = list(_older(report.lines, on))
    if not old or report.oldest_price is None:
        return
    share = _sum(old) / report.monthly.max * 100 if report.monthly.max else Decimal(0)
    yield Text(
        f"! {len(old)} of {counted(len(report.lines), 'price')} are older than {STALE_DAYS} days "
        f"({share:.0f} % of the cost); the oldest is of {report.oldest_price}, {age(report.oldest_price, on):,} days",
        "yellow",
    )
    yield Text("  hint: state what you pay in the spec: pools.<name>.price, storage.<name>.price, prices.<item>", "dim")


def _older(lines: Iterable[CostLine], on: date) -> Iterator[CostLine]:
    return (line for line in lines if line.as_of is not None and age(line.as_of, on) > STALE_DAYS)


def _sum(lines: Iterable[CostLine]) -> Decimal:
    return sum((line.monthly.max for line in lines if line.monthly is not None), Decimal(0))
