"""Where each price comes from, and how old it is."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

from components.cost.facts import SPEC
from components.cost.model import CostLine, CostReport
from scripts.cli.cost_table import STALE_DAYS, sources
from scripts.cli.figures import age, counted
from scripts.report.html.markup import NOTHING, Content, Markup, join, tag
from scripts.report.html.parts import badge, figure, percent, row, share, table


def section(report: CostReport, on: date) -> Markup:
    """A row for each source, as the lines of the cost count them."""
    rows = [
        _row(place, source, kind, [line for line in report.lines if (line.source, line.price_kind) == (source, kind)],
             report, on)
        for place, (source, kind) in enumerate(sources(report), 1)
        if any(line.monthly is not None for line in report.lines)
    ]  # fmt: skip
    head = ("price", "age", "lines", "of the maximum", "of", "kind", "source")
    note = tag("p", f"Ages are days up to {on.isoformat()}. A price is called old after {STALE_DAYS} days.", cls="note")
    return join((_old(report, on), table("Sources of the prices", head, rows, figures=range(1, 4), cls="wide"), note))


def _row(place: int, source: str, kind: str, lines: Sequence[CostLine], report: CostReport, on: date) -> Markup:
    dates = [line.as_of for line in lines if line.as_of is not None]
    days = age(min(dates), on) if dates else None
    told: Content = "no date" if days is None else counted(days, "day")
    if days is not None and days > STALE_DAYS:
        told = join((told, " ", badge("old", "warn")))
    sums = sum((line.monthly.max for line in lines if line.monthly is not None), Decimal(0))
    cells = (
        figure(told),
        figure(str(len(lines))),
        figure(percent(share(sums, report.monthly.max))),
        tag("td", min(dates).isoformat() if dates else "", cls="day"),
        tag("td", {"list": "list price", "user": "stated"}.get(kind, kind)),
        tag("td", "the spec" if source == SPEC else link(source)),
    )
    return row(f"[{place}]", cells)


def link(source: str) -> Markup:
    """A source's own address as a link where it is one; nothing is loaded from it."""
    parts = urlsplit(source) if source.isprintable() and " " not in source else None
    if parts is not None and parts.scheme in ("http", "https") and parts.netloc:
        return tag("a", source, href=source, rel="noopener noreferrer")
    return tag("span", source)


def _old(report: CostReport, on: date) -> Markup:
    old = [line for line in report.lines if line.as_of is not None and age(line.as_of, on) > STALE_DAYS]
    if not old or report.oldest_price is None:
        return NOTHING
    part = share(sum((line.monthly.max for line in old if line.monthly is not None), Decimal(0)), report.monthly.max)
    words = (
        f"{len(old)} of {counted(len(report.lines), 'price')} are older than {STALE_DAYS} days "
        f"({percent(part)} of the cost); the oldest is of {report.oldest_price.isoformat()}. "
    )
    where = join((tag("code", "pools.<name>.price"), tag("code", "storage.<name>.price"), tag("code", "prices.<item>")),
                 ", ")  # fmt: skip
    return tag("p", badge("old prices", "warn"), " ", words, "State what you pay in the spec: ", where, cls="notice")
