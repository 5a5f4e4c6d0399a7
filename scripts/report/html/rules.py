"""What the rules say, and everything that was found, each with its place and remedy."""

from __future__ import annotations

from collections.abc import Sequence

from components.errors import Finding, Level
from policies.engine import RuleVerdict
from policies.rules import RULES
from policies.waivers import WaiverState
from scripts.cli.figures import counted
from scripts.report.html.markup import Content, Markup, join, tag
from scripts.report.html.parts import badge, cell, details, finding, row, table

# The verdicts in the order in which they are shown, each with its badge and the word for a number of them.
_VERDICTS = {
    "fail": ("✗ fails", "bad", "fail"),
    "needs-plan": ("! needs a plan", "warn", "need a plan"),
    "waived": ("! waived", "warn", "waived"),
    "pass": ("✓ passes", "good", "pass"),
    "not-compared": ("– nothing compared", "plain", "not compared"),
    "disabled": ("– disabled", "plain", "disabled"),
}
_ORDER = tuple(_VERDICTS)
_QUIET = ("pass", "not-compared", "disabled")
_SHOWN = 6
"""Findings, or rules, of which there is nothing to do at once that are shown before the others are folded."""


def findings_section(findings: Sequence[Finding]) -> Markup:
    """Findings by level, the gravest first."""
    if not findings:
        return tag("p", badge("✓", "good"), " Nothing was found.")
    grave = [one for one in findings if one.level is not Level.ADVISORY]
    rest = [one for one in findings if one.level is Level.ADVISORY]
    shown = tag("ul", *map(finding, (*grave, *rest[:_SHOWN])), cls="findings")
    if len(rest) <= _SHOWN:
        return shown
    more = tag("ul", *map(finding, rest[_SHOWN:]), cls="findings")
    return join((shown, details(f"{len(rest) - _SHOWN} more worth knowing", more, cls="more-findings")))


def rules_section(rules: Sequence[RuleVerdict], findings: Sequence[Finding]) -> Markup:
    """Every rule with its verdict, those that fail first; what to do stands beside what was found."""
    ordered = sorted(rules, key=lambda rule: _ORDER.index(rule.verdict))
    told = [one for one in ordered if one.verdict not in _QUIET]
    quiet = [one for one in ordered if one.verdict in _QUIET]
    if len(quiet) <= _SHOWN:
        return _rules_table(_told(rules), ordered, findings)
    held = _rules_table("Rules that hold, have nothing to compare, or are disabled", quiet, findings)
    shown = _rules_table(_told(rules), told, findings) if told else None
    return join((shown, details(_told(quiet), held, cls="lines")))


def _rules_table(caption: str, rules: Sequence[RuleVerdict], findings: Sequence[Finding]) -> Markup:
    about = {rule.id: rule.summary for rule in RULES}
    rows = [
        row(
            tag("code", one.id),
            (
                tag("td", _verdict(one)),
                tag("td", one.level),
                tag("td", about.get(one.id, "")),
                tag("td", _remedies([found for found in findings if found.id == one.id])),
            ),
        )
        for one in rules
    ]
    return table(caption, ("rule", "verdict", "level", "what holds", "what to do"), rows, cls="wide")


def waivers_section(waivers: Sequence[WaiverState]) -> Markup:
    """Every waiver with what became of it: whom to ask, why, and when it ends."""
    if not waivers:
        return tag("p", "No rule is waived.", cls="note")
    kinds = {"active": "warn", "expired": "bad", "refused": "bad"}
    rows = [
        row(
            tag("code", one.waiver.rule),
            (
                tag("td", badge(one.state, kinds.get(one.state, "plain"))),
                tag("td", one.waiver.expires.isoformat(), cls="day"),
                *map(cell, (one.waiver.path, one.waiver.resource, one.waiver.reason, one.waiver.by)),
            ),
        )
        for one in waivers
    ]
    return table("Waivers", ("rule", "state", "until the end of", "path", "resource", "reason", "by"), rows, cls="wide")


def _told(rules: Sequence[RuleVerdict]) -> str:
    counts = {verdict: sum(one.verdict == verdict for one in rules) for verdict in _ORDER}
    said = (f"{counts[verdict]} {words}" for verdict, (_, _, words) in _VERDICTS.items() if counts[verdict])
    return f"{counted(len(rules), 'rule')}: {', '.join(said)}"


def _verdict(one: RuleVerdict) -> Markup:
    words, kind, _ = _VERDICTS[one.verdict]
    return badge(words, "warn" if one.verdict == "fail" and one.level == "advisory" else kind)


def _remedies(findings: Sequence[Finding]) -> Content:
    hints = dict.fromkeys(one.hint for one in findings if one.hint)
    return join(tag("p", hint) for hint in hints) if hints else "–"


def verdict(findings: Sequence[Finding], planned: bool) -> Markup:
    """One badge that says whether the stack may be deployed."""
    errors = sum(one.level is Level.ERROR for one in findings)
    blocks = sum(one.level is Level.MANDATORY for one in findings)
    if errors:
        return badge(f"✗ {counted(errors, 'error')}", "bad")
    if blocks:
        return badge(f"✗ blocked by {counted(blocks, 'finding')}", "bad")
    return badge("✓ good to deploy", "good") if planned else badge("– gone", "plain")
