"""What a stack costs: by pool, by component, and line by line."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from components.cost.estimate import total
from components.cost.model import CostLine, CostReport, Span
from components.cost.report import cents
from scripts.cli.cost_table import sources
from scripts.cli.figures import counted, money, number
from scripts.report.html.markup import NOTHING, Content, Markup, join, tag
from scripts.report.html.parts import badge, details, figure, percent, row, share, share_bar, span_cells, table

CLUSTER = "cluster"
_KINDS = {
    "machine": "machines",
    "disk": "disks",
    "control-plane": "control plane",
    "nat": "address translation",
    "public-ip": "public addresses",
    "endpoint": "service endpoints",
    "file-system": "file systems",
    "object-storage": "object storage",
    "key": "encryption keys",
    "log": "logs",
    "transfer": "data transfer",
    "labour": "labour",
    "support": "support fee",
}
_SPAN = ("minimum", "desired", "maximum")
_MOST_PARTS = 8
"""Parts that a bar of a chart is cut into; what is smaller is shown as one."""

Groups = list[tuple[str, list[CostLine]]]


def by_pool(report: CostReport) -> Groups:
    """The lines of each pool, then those of the cluster as a whole."""
    pools = list(dict.fromkeys(line.pool for line in report.lines if line.pool))
    return _grouped(report, lambda line: line.pool or CLUSTER, [*pools, CLUSTER])


def by_component(report: CostReport) -> Groups:
    """The lines of each kind of thing, the dearest first."""
    groups = _grouped(report, lambda line: _KINDS.get(line.kind, line.kind.replace("-", " ")), [])
    return sorted(groups, key=lambda group: -total(group[1]).max)


def _grouped(report: CostReport, key: Callable[[CostLine], str], order: list[str]) -> Groups:
    found: dict[str, list[CostLine]] = {name: [] for name in order}
    for line in report.lines:
        found.setdefault(key(line), []).append(line)
    return [(name, lines) for name, lines in found.items() if lines]


def section(report: CostReport, identity: str) -> Markup:
    """The tables, with a chart for each of the first two."""
    return join(
        (
            _unpriced(report),
            tag(
                "div",
                _chart(f"{identity}-pools", "Monthly cost by pool"),
                _chart(f"{identity}-components", "Monthly cost by component"),
                cls="charts",
            ),
            _group_table("Cost by pool, USD a month", "pool", by_pool(report), report),
            _group_table("Cost by component, USD a month", "component", by_component(report), report),
            details(f"Every line ({len(report.lines)})", _lines(report), cls="lines"),
            _not_included(report),
        )
    )


def chart_data(report: CostReport) -> dict[str, Any]:
    """What the page draws charts of: parts with their figures, in cents' precision."""
    return {"pools": _series(by_pool(report)), "components": _series(by_component(report))}


def _series(groups: Groups) -> list[dict[str, Any]]:
    sums = [(name, total(lines)) for name, lines in groups]
    dearest = sorted(sums, key=lambda one: -one[1].max)
    kept = {name for name, _ in dearest[: _MOST_PARTS if len(sums) <= _MOST_PARTS else _MOST_PARTS - 1]}
    shown = [(name, span) for name, span in sums if name in kept]
    rest = [span for name, span in sums if name not in kept]
    if rest:
        shown.append((f"{len(rest)} others", sum(rest, Span.flat(0))))
    return [{"name": name, "values": [float(cents(one)) for one in _three(span)]} for name, span in shown]


def _three(span: Span) -> tuple[Decimal, Decimal, Decimal]:
    return span.min, span.desired, span.max


def _chart(identity: str, label: str) -> Markup:
    words = f"{label} at minimum, desired and maximum; the same figures are in the tables below."
    canvas = tag("canvas", cls="chart", id=identity, role="img", aria_label=words)
    return tag("figure", tag("figcaption", label), tag("div", canvas, cls="canvas"), cls="chart-box", hidden=True)


def _unpriced(report: CostReport) -> Markup:
    if not report.unpriced:
        return NOTHING
    items = [
        tag("li", tag("strong", f"{line.pool} {line.item}".strip()), f": {line.hint}" if line.hint else "")
        for line in report.unpriced
    ]
    count = counted(len(report.unpriced), "line")
    have = "has" if len(report.unpriced) == 1 else "have"
    words = tag("p", badge("UNPRICED", "bad"), f" {count} {have} no price. The sums leave them out: they are too low.")
    return tag("div", words, tag("ul", *items), cls="loud", role="note")


def _group_table(caption: str, what: str, groups: Groups, report: CostReport) -> Markup:
    most = report.monthly.max
    rows: list[Markup] = []
    for name, lines in groups:
        span = total(lines)
        missing = sum(line.monthly is None for line in lines)
        loud = join((" ", badge(f"{missing} UNPRICED", "bad"))) if missing else NOTHING
        part = share(span.max, most)
        bar = tag("td", tag("span", share_bar(part), tag("span", percent(part)), cls="share"), cls="num")
        rows.append(row(join((name, loud)), (span_cells(span), bar)))
    foot = tag("tr", tag("th", "total", scope="row"), span_cells(report.monthly), figure(_short_of(report)))
    return table(caption, (what, *_SPAN, "of the maximum"), rows, foot, figures=range(1, 5))


def _short_of(report: CostReport) -> Content:
    return badge(f"+ {len(report.unpriced)} UNPRICED", "bad") if report.unpriced else "100 %"


def _lines(report: CostReport) -> Markup:
    known = sources(report)
    rows = [
        row(
            line.item,
            (
                tag("td", line.pool or CLUSTER),
                figure(_quantity(line)),
                figure("?" if line.unit_price is None else number(line.unit_price)),
                span_cells(line.monthly),
                tag("td", _price(line, known)),
                tag("td", _marks(line)),
            ),
            cls="unpriced" if line.monthly is None else None,
        )
        for _, lines in by_pool(report)
        for line in lines
    ]
    head = ("item", "pool", "quantity a month", "unit price, USD", *_SPAN, "price", "notes")
    return table("Every line, USD a month", head, rows, figures=range(2, 7), cls="wide")


def _quantity(line: CostLine) -> str:
    values = tuple(dict.fromkeys(number(one) for one in _three(line.quantity)))
    plural = "s" if line.unit.endswith(("hour", "month", "block")) and values != ("1",) else ""
    shown = values if len(values) == 1 else tuple(number(one) for one in _three(line.quantity))
    return f"{' / '.join(shown)} {line.unit}{plural}"


def _price(line: CostLine, known: list[tuple[str, str]]) -> Markup:
    if line.monthly is None:
        return badge("none", "bad")
    return tag("span", f"[{known.index((line.source, line.price_kind)) + 1}]")


def _marks(line: CostLine) -> str:
    marks: Iterable[str] = (
        *(("fixed: paid whether used or not",) if line.fixed and not line.one_off else ()),
        *(("paid once",) if line.one_off else ()),
        *((line.hint,) if line.hint else ()),
    )
    return "; ".join(marks)


def _not_included(report: CostReport) -> Markup:
    if not report.not_included:
        return NOTHING
    items = (tag("li", text.replace(": not included", "")) for text in report.not_included)
    return details(f"Not included ({len(report.not_included)})", tag("ul", *items))


def one_line(report: CostReport) -> str:
    """`322,742.44 USD a month`, or the least and the most."""
    span = report.monthly
    if span.min == span.max:
        return f"{money(span.desired)} USD"
    return f"{money(span.min)} to {money(span.max)} USD"
