"""What a change does to a stack's cost and spec, as text for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from rich.console import Group
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from components.cost.difference import CostDifference, LineChange
from components.cost.model import Span
from scripts.cli.columns import shorten
from scripts.cli.figures import counted, flat, money
from scripts.cli.session import Session
from scripts.report.review import Difference, Edit

EDITS = 12
"""Edits of a spec that are listed; JSON has them all."""
GLYPHS = {"added": ("+", "green"), "removed": ("-", "red"), "changed": ("~", "yellow")}
STATES = {
    "new": "it is new: {name} has no such stack",
    "gone": "it is gone; {name} has it",
    "unknown": "what it was in {name} is not known: see below",
}
_VALUE = 60


def print_difference(session: Session, told: Difference) -> None:
    """What the author edited, then the lines of the cost that are not what they were, and the sums."""
    session.print(Text.assemble(("Against ", "bold"), (told.baseline, "bold")))
    state = STATES.get(told.state)
    if state:
        session.print(f"  {state.format(name=told.baseline)}")
    for line in _edits(told.edits):
        session.print(line, crop=True)
    if told.cost is not None:
        _print_cost(session, told.cost)
    session.print()


def signed(amount: Decimal) -> str:
    """`+1,361.00`, `-7.20`, `0.00`."""
    text = money(amount)
    return f"+{text}" if amount > 0 and text != "0.00" else text.replace("-0.00", "0.00")


def percent(cost: CostDifference) -> str:
    """` (+98 %)` of the maximum, ` (+0.2 %)` where it is little; nothing where there was none."""
    before = cost.before.max
    if not before or not cost.monthly.max:
        return ""
    share = cost.monthly.max / before * 100
    return f" ({share:+.{0 if abs(share) >= 10 else 1}f} %)"


def value(given: Any) -> str:
    """A value of a spec in a few characters."""
    if given is None:
        return "(none)"
    text = given if isinstance(given, str) else json.dumps(given, ensure_ascii=False, default=str)
    return shorten(" ".join(text.split()) or '""', _VALUE)


def _edits(edits: tuple[Edit, ...]) -> Iterator[Text]:
    for edit in edits[:EDITS]:
        yield Text.assemble("  ", (edit.path, "bold"), (": ", "dim"), value(edit.old), (" → ", "dim"), value(edit.new))
    if len(edits) > EDITS:
        yield Text(f"  … and {len(edits) - EDITS} more edits: see --output json", "dim")


def _print_cost(session: Session, cost: CostDifference) -> None:
    if not cost.lines:
        session.print("  the cost is the same")
        return
    session.print()
    spans = [line.monthly for line in cost.lines if line.monthly is not None]
    session.print(_table(cost, one=all(flat(span) for span in (*spans, cost.monthly))))
    session.print()
    session.print(
        Text.assemble(
            ("Change a month", "bold"),
            f"  {money(cost.before.max)} → {money(cost.after.max)} USD at most: ",
            (f"{signed(cost.monthly.max)}{percent(cost)}", "bold"),
        ),
        soft_wrap=True,
    )
    if any((cost.by_prices.min, cost.by_prices.desired, cost.by_prices.max)):
        parts = f"{signed(cost.by_prices.max)} by the price table, {signed(cost.by_author.max)} by the author"
        session.print(f"  of that {parts}")
    for count, where in ((cost.unpriced_before, "before"), (cost.unpriced_after, "now")):
        if count:
            session.print(Text(f"  and {counted(count, 'line')} UNPRICED {where}: not in these sums", "bold red"))


def _table(cost: CostDifference, *, one: bool) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("  USD a month")
    for name in ("change",) if one else ("min", "desired", "max"):
        table.add_column(name, justify="right", no_wrap=True)
    for line in sorted(cost.lines, key=lambda line: -line.weight):
        glyph, style = GLYPHS[line.change]
        what = Text.assemble((glyph, style), f" {line.pool or 'cluster'}: {line.item}")
        why = Padding(Text("; ".join(line.why) or line.change, "dim"), (0, 0, 0, 4))
        table.add_row(Group(Padding(what, (0, 0, 0, 2)), Padding(why, (0, 0, 0, 2))), *_figures(line, one))
    table.add_row(Text("  TOTAL", "bold"), *(Text(text, "bold") for text in _span(cost.monthly, one)))
    return table


def _figures(line: LineChange, one: bool) -> list[Text]:
    if line.monthly is None:
        return [Text("UNPRICED", "bold red")] * (1 if one else 3)
    return [Text(text) for text in _span(line.monthly, one)]


def _span(span: Span, one: bool) -> list[str]:
    return [signed(amount) for amount in ((span.max,) if one else (span.min, span.desired, span.max))]
