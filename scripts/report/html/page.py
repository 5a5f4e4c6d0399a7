"""The page: one file with its style, its script, the chart library and the data, which loads nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from datetime import date
from functools import cache
from pathlib import Path

from scripts.cli.figures import counted
from scripts.report.html import cost, overview, rules, stack
from scripts.report.html.markup import Markup, data, tag
from scripts.report.model import Report, StackReport
from scripts.report.topology.draw import symbols

GENERATOR = "gpufleet report"
OPEN = 3
"""Up to so many stacks are open when the page is."""

_ASSETS = Path(__file__).with_name("assets")


@cache
def asset(name: str) -> str:
    """The text of a file that goes into every page."""
    return (_ASSETS / name).read_text(encoding="utf-8")


def page(report: Report) -> str:
    """The whole document. The same stacks on the same day give the same text."""
    reports, on = report.stacks, report.on
    identities = _identities([report.name for report in reports])
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy()),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content=GENERATOR),
        tag("meta", name="color-scheme", content="light dark"),
        tag("meta", name="referrer", content="no-referrer"),
        tag("link", rel="icon", href="data:,"),
        tag("title", _title(reports)),
        Markup(f"<style>{asset('report.css')}</style>"),
    )
    body = tag(
        "body",
        tag("a", "Skip to the report", href="#main", cls="skip"),
        symbols(_counts(reports)),
        _header(reports, on),
        tag("main", *_main(report, identities), id="main", tabindex=-1),
        _footer(on),
        data("figures", _figures(reports, identities)),
        Markup(f"<script>{asset('chart.umd.min.js')}</script>"),
        Markup(f"<script>{asset('report.js')}</script>"),
    )
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def is_page(text: str) -> bool:
    """Whether the beginning of a file says that it was made here."""
    return f'<meta name="generator" content="{GENERATOR}">' in text


def _policy() -> str:
    """Allows the page's own style and scripts, by their hashes, and nothing else."""
    scripts = " ".join(_hash(asset(name)) for name in ("chart.umd.min.js", "report.js"))
    return (
        f"default-src 'none'; script-src {scripts}; style-src {_hash(asset('report.css'))}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _identities(names: Sequence[str]) -> list[str]:
    """An id for each stack, made of what ids may hold; the place keeps those apart that are spelt alike."""
    return [f"s{place}-{re.sub('[^A-Za-z0-9_-]+', '-', name)[:60]}" for place, name in enumerate(names, 1)]


def _title(reports: Sequence[StackReport]) -> str:
    return f"GPU cluster {reports[0].name}" if len(reports) == 1 else f"GPU clusters: {counted(len(reports), 'stack')}"


def _header(reports: Sequence[StackReport], on: date) -> Markup:
    about = f"Planned, priced and checked as of {on.isoformat()}, before anything exists. List prices in USD unless marked; a month is 730 hours."
    switch = tag("button", "Colours: automatic", type="button", id="theme", hidden=True)
    words = tag("div", tag("h1", _title(reports)), tag("p", about))
    return tag("header", words, switch, cls="top")


def _main(report: Report, identities: Sequence[str]) -> list[Markup]:
    opened = len(report.stacks) <= OPEN
    parts: list[Markup] = []
    if report.findings:
        head = tag("h2", "What was found", id="whole-h")
        parts.append(tag("section", head, rules.findings_section(report.findings), aria_labelledby="whole-h"))
    if len(report.stacks) > 1:
        parts.append(overview.section(report.stacks, identities, report.baseline))
    if not report.stacks:
        parts.append(tag("section", tag("p", "No stack is touched: there is nothing to report.")))
    sections = (
        stack.section(one, identity, opened=opened) for one, identity in zip(report.stacks, identities, strict=True)
    )
    return [*parts, *sections]


def _footer(on: date) -> Markup:
    note = "Charts are drawn by Chart.js, which is part of this file; its licence stands beside it in the package."
    return tag("footer", tag("p", f"Made by gpufleet for {on.isoformat()}. This file loads nothing. {note}"))


def _counts(reports: Sequence[StackReport]) -> set[int]:
    plans = [report.assessment.plan for report in reports if report.assessment is not None]
    return {pool.accelerators_per_node for plan in plans for pool in plan.pools}


def _figures(reports: Sequence[StackReport], identities: Sequence[str]) -> dict[str, object]:
    by_stack = {
        identity: cost.chart_data(report.assessment.cost)
        for report, identity in zip(reports, identities, strict=True)
        if report.assessment is not None
    }
    return {"all": overview.chart_data(reports) if len(reports) > 1 else {}, "each": by_stack}


__all__ = ["GENERATOR", "asset", "is_page", "page"]
