"""All stacks of a report beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from components.cost.model import Span
from components.cost.report import cents
from components.errors import Level
from scripts.cli.figures import counted, money
from scripts.report.html import change, rules
from scripts.report.html.markup import NOTHING, Content, Markup, join, tag
from scripts.report.html.parts import badge, figure, percent, row, share, span_cells, table
from scripts.report.model import StackReport

_SPAN = ("minimum", "desired", "maximum")


def section(reports: Sequence[StackReport], identities: Sequence[str], baseline: str | None) -> Markup:
    """A table of the stacks with their sums, and a chart of them."""
    rows = [
        _row(report, identity, compared=baseline is not None)
        for report, identity in zip(reports, identities, strict=True)
    ]
    compared = ("change",) if baseline is not None else ()
    head = ("stack", *_SPAN, *compared, "of its budget", "GPUs at most", "worth knowing", "verdict")
    words = f"All {counted(len(reports), 'stack')}, USD a month"
    label = "Monthly cost by stack at minimum, desired and maximum; the same figures are in the table below."
    canvas = tag("canvas", cls="chart", id="all-stacks", role="img", aria_label=label)
    box = tag("figure", tag("figcaption", "Monthly cost by stack"), tag("div", canvas, cls="canvas"),
              cls="chart-box", hidden=True)  # fmt: skip
    return tag(
        "section",
        tag("h2", "Overview", id="overview-h"),
        box,
        table(words, head, rows, _foot(reports, compared=baseline is not None), figures=range(1, 7 + len(compared))),
        id="overview",
        aria_labelledby="overview-h",
        cls="part",
    )


def chart_data(reports: Sequence[StackReport]) -> dict[str, Any]:
    """What the page draws the chart of all stacks of, the dearest first."""
    known = [(report.name, report.assessment.cost.monthly) for report in reports if report.assessment is not None]
    known.sort(key=lambda one: -one[1].max)
    return {"stacks": [{"name": name, "values": _values(span)} for name, span in known]}


def _values(span: Span) -> list[float]:
    return [float(cents(one)) for one in (span.min, span.desired, span.max)]


def _row(report: StackReport, identity: str, *, compared: bool) -> Markup:
    name = tag("a", report.name, href=f"#{identity}")
    moved = (figure(change.badge_of(report.difference)),) if compared else ()
    ends = (
        figure(str(report.count(Level.ADVISORY))),
        tag("td", rules.verdict(report.findings, report.planned)),
    )
    if report.assessment is None:
        nothing = figure("–")
        return row(name, (nothing, nothing, nothing, *moved, nothing, nothing, *ends))
    spent, plan = report.assessment.cost, report.assessment.plan
    limit = plan.budget.usd_per_month
    part: Content = percent(share(spent.monthly.max, limit)) if limit else "no budget"
    gpus = sum(pool.nodes.max * pool.accelerators_per_node for pool in plan.pools)
    loud = join((" ", badge(f"{len(spent.unpriced)} UNPRICED", "bad"))) if spent.unpriced else NOTHING
    return row(join((name, loud)), (span_cells(spent.monthly), *moved, figure(part), figure(f"{gpus:,}"), *ends))


def _foot(reports: Sequence[StackReport], *, compared: bool) -> Markup:
    spans = [report.assessment.cost.monthly for report in reports if report.assessment is not None]
    whole = sum(spans, Span.flat(Decimal(0)))
    missing = len(reports) - len(spans)
    name = "total" if not missing else f"total, {counted(missing, 'stack')} left out"
    cells = (figure(money(one)) for one in (whole.min, whole.desired, whole.max))
    return tag("tr", tag("th", name, scope="row"), *cells, *(tag("td") for _ in range(5 if compared else 4)))
