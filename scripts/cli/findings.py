"""Findings and verdicts of rules, as text for people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.text import Text

from components.errors import Finding, Level
from policies.engine import RuleVerdict
from policies.waivers import WaiverState
from scripts.cli.figures import counted
from scripts.cli.session import Session

STYLES = {Level.ERROR: "bold red", Level.MANDATORY: "red", Level.ADVISORY: "yellow"}
GLYPHS = {Level.ERROR: "✗", Level.MANDATORY: "✗", Level.ADVISORY: "!"}
TITLES = {Level.ERROR: "Errors", Level.MANDATORY: "Blocked by rules", Level.ADVISORY: "Worth knowing"}
GOOD, GOOD_STYLE = "✓", "green"

# How a rule's verdict is shown: what stands out comes first.
_VERDICTS = {
    "fail": ("✗", "red"),
    "waived": ("~", "yellow"),
    "pass": (GOOD, GOOD_STYLE),
    "disabled": ("-", "dim"),
    "needs-plan": ("?", "yellow"),
    "not-compared": ("-", "dim"),
}
# The same of a waiver.
_STATES = {"active": ("~", "yellow"), "expired": ("✗", "red"), "idle": ("-", "dim"), "refused": ("✗", "red")}


def finding_text(finding: Finding) -> Text:
    """A finding as `file:line path: message`, with its hint on a line of its own."""
    text = Text()
    where = f"{finding.file}:{finding.line}" if finding.file and finding.line else finding.file or ""
    text.append(where, "cyan")
    if finding.path:
        text.append(" " if where else "")
        text.append(finding.path, "bold")
    text.append(": " if where or finding.path else "")
    text.append(finding.message)
    if finding.hint:
        text.append(f"\n  hint: {finding.hint}", "dim")
    return text


def findings_text(findings: Iterable[Finding]) -> Text:
    """Findings, one below the other."""
    return Text("\n").join(map(finding_text, findings))


def print_findings(session: Session, findings: Sequence[Finding]) -> None:
    """Findings by level, each under its glyph. A terminal wraps them; elsewhere a line stays whole, for grep."""
    for level in Level:
        of_level = [finding for finding in findings if finding.level is level]
        if not of_level:
            continue
        session.print(Text(f"{TITLES[level]} ({len(of_level)})", "bold"))
        for finding in of_level:
            text = finding_text(finding)
            if session.out.is_terminal:
                _print_wrapped(session, GLYPHS[level], STYLES[level], text)
            else:
                session.lines(f"{GLYPHS[level]} {text.plain}")
        session.print()


def _print_wrapped(session: Session, glyph: str, style: str, text: Text) -> None:
    """A finding in a window: what wraps stays to the right of the glyph."""
    for number, line in enumerate(text.split("\n")):
        if number:
            line = line[2:]  # the hint's own indent
        for part, piece in enumerate(line.wrap(session.out, session.out.width - 2)):
            piece.rstrip()
            first = number == part == 0
            session.print(Text.assemble((glyph, style) if first else " ", " ", piece))


def print_rules(session: Session, rules: Sequence[RuleVerdict], waivers: Sequence[WaiverState] = ()) -> None:
    """Every rule with its verdict, in columns; then every waiver, whatever became of it."""
    order = list(_VERDICTS)
    sorted_rules = sorted(rules, key=lambda rule: order.index(rule.verdict))
    cells = [_rule_text(rule) for rule in sorted_rules if rule.verdict != "not-compared"]
    alone = ", ".join(rule.id for rule in sorted_rules if rule.verdict == "not-compared")
    if not rules:
        return
    width = max((cell.cell_len for cell in cells), default=0) + 3
    columns = max(1, (session.out.width - 2) // width)
    session.print(Text("Rules", "bold"))
    for start in range(0, len(cells), columns):
        row = Text("  ")
        for cell in cells[start : start + columns]:
            cell.pad_right(width - cell.cell_len)
            row.append_text(cell)
        row.rstrip()
        session.print(row)
    if alone:
        glyph, style = _VERDICTS["not-compared"]
        session.print(Text.assemble("  ", (glyph, style), f" {alone} (nothing compared)"), soft_wrap=True)
    session.print()
    if waivers:
        session.print(Text(f"Waivers ({len(waivers)})", "bold"))
        for one in waivers:
            session.print(_waiver_text(one), soft_wrap=True)
        session.print()


def _waiver_text(one: WaiverState) -> Text:
    waiver = one.waiver
    glyph, style = _STATES[one.state]
    globs = [glob for glob in (waiver.path, waiver.resource) if glob != "*"]
    what = f"{waiver.rule} for {' and '.join(globs) or 'everything'}"
    told = f" {what} until {waiver.expires}: {waiver.reason} ({waiver.by}) · {one.state}"
    return Text.assemble("  ", (glyph, style), told)


def _rule_text(rule: RuleVerdict) -> Text:
    glyph, style = _VERDICTS[rule.verdict]
    if rule.verdict == "fail" and rule.level == "advisory":
        glyph, style = GLYPHS[Level.ADVISORY], STYLES[Level.ADVISORY]
    suffix = f" ({rule.verdict})" if rule.verdict not in ("pass", "fail") else ""
    return Text.assemble((glyph, style), f" {rule.id}{suffix}")


def print_verdict(session: Session, findings: Sequence[Finding]) -> None:
    """One line that says whether the stack may be deployed."""
    count = {level: sum(finding.level is level for finding in findings) for level in Level}
    parts = [
        counted(count[Level.ERROR], "error"),
        f"{count[Level.MANDATORY]} blocked by rules",
        f"{count[Level.ADVISORY]} worth knowing",
    ]
    told = ", ".join(part for part, level in zip(parts, Level, strict=True) if count[level]) or "nothing found"
    name = session.stack or ""
    stack = name if name and name.isprintable() else repr(name)
    if count[Level.ERROR] or count[Level.MANDATORY]:
        session.print(Text(f"✗ {stack} cannot be deployed as it is: {told}", "bold red"))
    else:
        session.print(Text(f"✓ {stack} is good to deploy: {told}", "bold green"))
