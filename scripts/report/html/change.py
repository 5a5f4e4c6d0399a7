"""What a change does to the cost of a stack, against what it was."""

from __future__ import annotations

from typing import Any

from components.cost.difference import CostDifference, LineChange
from components.cost.model import Span
from scripts.cli.changes import TWO_STACKS, alike, counts, gathered, graver_first, told_of, word
from scripts.cli.difference_text import signed
from scripts.cli.figures import counted, money
from scripts.cli.tree import short
from scripts.preview.compare import Comparison
from scripts.report.html.markup import NOTHING, Content, Markup, join, tag
from scripts.report.html.parts import badge, cell, details, figure, row, table
from scripts.report.review import Difference, Edit
from scripts.report.tree import lines_of

_STATES = {
    "new": "The stack is new: it was not there before.",
    "gone": "The stack is gone from the project. Its cost ends once what it deployed is destroyed.",
    "unknown": "What the stack was cannot be told; what was found says why.",
}


_SHOWN = 12
"""Resources that change before their table is folded."""
_EFFECTS = {"replace": "bad", "delete": "bad", "unknown": "bad", "update": "warn", "create": "good"}


def section(change: Difference, stack: str) -> Markup:
    """The sums before and after, the lines that make the difference, what was edited, and what that does."""
    told = tag("p", _STATES[change.state]) if change.state in _STATES else NOTHING
    spent = _cost(change.cost) if change.cost is not None else NOTHING
    steps = _resources(change.resources, stack, change.beside) if change.resources is not None else NOTHING
    return join((told, spent, _edits(change.edits), steps))


def _resources(comparison: Comparison, stack: str, other: str) -> Markup:
    """The resources that change, the gravest kind of change first, each with the properties that do it."""
    told = alike(comparison, other)
    left, common = gathered(comparison) if other else (comparison, ())
    steps = graver_first(left)
    if not comparison.changing:
        return tag("p", f"No resource {'differs' if other else 'changes'}: all {told}.", cls="note")
    rows = [
        row(
            step.name.removeprefix(f"{stack}-"),
            (
                cell(short(step.type)),
                cell(badge(word(step, other), "plain" if other else _EFFECTS[step.operation])),
                cell(", ".join(change.path for change in step.changes)),
                cell("protected" if step.protected else ""),
            ),
        )
        for step in steps
    ]
    summary = f"Resources: {', '.join(counts(comparison, other))}; {told}"
    head = ("resource", "type", "difference" if other else "change", "because of", "marks")
    caption = "Resources that differ" if other else "Resources that change"
    shown = table(caption, head, rows, cls="wide")
    note = tag("p", f"{TWO_STACKS}.", cls="note") if other else NOTHING
    shared = [tag("li", f"{number} of them: {told_of(change).plain}") for change, number in common]
    return join((note, tag("ul", *shared) if shared else NOTHING, details(summary, shown, opened=len(steps) <= _SHOWN)))


def badge_of(change: Difference | None) -> Content:
    """The difference of the maximum in a word: how much, or that it cannot be told."""
    if change is None:
        return "–"
    if change.cost is None:
        return badge("unknown", "warn")
    return signed(change.cost.monthly.max)


def _signed_cells(span: Span | None) -> Markup:
    if span is None:
        return join(figure(badge("UNPRICED", "bad")) for _ in range(3))
    return join(figure(signed(one)) for one in (span.min, span.desired, span.max))


def _cost(change: CostDifference) -> Markup:
    plain = [
        row(name, [figure(money(one)) for one in (span.min, span.desired, span.max)])
        for name, span in (("before", change.before), ("after", change.after))
    ]
    parts = [
        row(name, [_signed_cells(span)])
        for name, span in (("by the edit", change.by_author), ("by new prices", change.by_prices))
    ]
    foot = tag("tr", tag("th", "difference", scope="row"), _signed_cells(change.monthly))
    head = ("of", "minimum", "desired", "maximum")
    sums = table("The change, USD a month", head, (*plain, *parts), foot, figures=range(1, 4))
    return join((_unpriced(change), sums, _lines(change.lines)))


def _unpriced(change: CostDifference) -> Markup:
    if not change.unpriced_before and not change.unpriced_after:
        return NOTHING
    words = (
        f" {counted(change.unpriced_before, 'line')} before and {change.unpriced_after} after have no price. "
        "The sums leave them out."
    )
    return tag("div", tag("p", badge("UNPRICED", "bad"), words), cls="loud", role="note")


def _lines(changes: tuple[LineChange, ...]) -> Markup:
    if not changes:
        return tag("p", "No line of the cost changes.", cls="note")
    rows = [
        row(
            one.item,
            (
                cell(one.pool or "cluster"),
                cell(one.change),
                _signed_cells(one.monthly),
                cell("; ".join(one.why)),
            ),
        )
        for one in sorted(changes, key=lambda change: -change.weight)
    ]
    head = ("item", "pool", "change", "minimum", "desired", "maximum", "why")
    return table(f"{counted(len(changes), 'line')} that change", head, rows, figures=range(3, 6), cls="wide")


def _edits(edits: tuple[Edit, ...]) -> Markup:
    if not edits:
        return NOTHING
    rows = (row(tag("code", one.path), (cell(_said(one.old)), cell(_said(one.new)))) for one in edits)
    return details(
        f"{counted(len(edits), 'edit')} of the spec", table("Edits", ("of", "before", "after"), rows), opened=True
    )


def _said(value: Any) -> str:
    return "–" if value is None else "; ".join(line.removeprefix(": ") for line in lines_of(value)) or "empty"
