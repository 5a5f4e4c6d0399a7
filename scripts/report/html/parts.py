"""Pieces that the sections of the report share: tables, badges, bars, figures."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from components.cost.model import Span
from components.errors import Finding, Level, Place
from scripts.cli.figures import money
from scripts.report.html.markup import NOTHING, Content, Markup, join, tag

LEVELS = {Level.ERROR: ("✗", "error"), Level.MANDATORY: ("✗", "blocks"), Level.ADVISORY: ("!", "worth knowing")}


def table(
    caption: Content,
    head: Sequence[Content],
    rows: Iterable[Markup],
    foot: Content = None,
    *,
    figures: range = range(0),
    cls: str | None = None,
) -> Markup:
    """A table that scrolls by itself where it is too wide. `figures`: the columns of figures, from 0 on."""
    cells = [tag("th", name, scope="col", cls="num" if place in figures else None) for place, name in enumerate(head)]
    return tag(
        "div",
        tag(
            "table",
            tag("caption", caption),
            tag("thead", tag("tr", *cells)),
            tag("tbody", *rows),
            tag("tfoot", foot) if foot else NOTHING,
            cls=cls,
        ),
        cls="scroll",
        role="group",
        tabindex=0,
        aria_label=caption if not isinstance(caption, Markup) else None,
    )


def row(head: Content, cells: Iterable[Content], *, cls: str | None = None) -> Markup:
    """A row whose first cell names it."""
    return tag("tr", tag("th", head, scope="row"), *cells, cls=cls)


def cell(content: Content) -> Markup:
    return tag("td", content)


def figure(content: Content, cls: str = "") -> Markup:
    return tag("td", content, cls=f"num {cls}".strip())


def span_cells(span: Span | None) -> Markup:
    """A figure at minimum, desired and maximum; loud where there is no price."""
    if span is None:
        return join(figure(badge("UNPRICED", "bad")) for _ in range(3))
    return join(figure(money(one)) for one in (span.min, span.desired, span.max))


def badge(words: Content, kind: str) -> Markup:
    """A short word on a coloured ground; the word says what the colour does."""
    return tag("span", words, cls=f"badge {kind}")


def share_bar(share: Decimal, cls: str = "") -> Markup:
    """A bar of a share between 0 and 1, for the eye only: the figure stands beside it."""
    wide = min(max(share, Decimal(0)), Decimal(1)) * 100
    return tag(
        "svg",
        tag("rect", cls="bar-all", x=0, y=0, width=100, height=6, rx=1),
        tag("rect", cls=f"bar-part {cls}".strip(), x=0, y=0, width=f"{wide:.1f}", height=6, rx=1),
        viewBox="0 0 100 6",
        preserveAspectRatio="none",
        cls="bar",
        aria_hidden="true",
        focusable="false",
    )


def share(part: Decimal, whole: Decimal) -> Decimal:
    return part / whole if whole else Decimal(0)


def percent(value: Decimal) -> str:
    """`99 %`; what is not nothing is never shown as 0, nor a part as the whole."""
    if 0 < value < Decimal("0.01"):
        return "< 1 %"
    return "> 99 %" if Decimal("0.995") <= value < 1 else f"{value * 100:.0f} %"


def finding(one: Finding) -> Markup:
    """A finding with its level, place and remedy."""
    glyph, words = LEVELS[one.level]
    where = str(Place(one.file, one.line)) if one.file else ""
    places = join((tag("code", part) for part in (where, one.path) if part), " ")
    return tag(
        "li",
        tag("p", badge(join((glyph, words), " "), one.level.value), " ", tag("strong", one.message), cls="what"),
        tag("p", "Where: ", places, cls="where") if places else NOTHING,
        tag("p", tag("span", "What to do: "), one.hint, cls="remedy") if one.hint else NOTHING,
        cls=f"finding {one.level.value}",
    )


def details(summary: Content, *content: Content, opened: bool = False, cls: str | None = None) -> Markup:
    return tag("details", tag("summary", summary), *content, open=opened, cls=cls)
