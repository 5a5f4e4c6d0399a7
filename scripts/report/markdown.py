"""A review as Markdown for the comment of a pull request.

It begins with a hidden marker, by which a bot finds its own comment again. It stays below what forges take: the stacks
that the change moves most come first, and what does not fit is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from components.cost.difference import LineChange
from components.cost.model import Span
from components.errors import Finding, Level
from scripts.cli.changes import TWO_STACKS, counts, gathered, graver_first, told_of, value, word
from scripts.cli.difference_text import percent, signed
from scripts.cli.difference_text import value as spec_value
from scripts.cli.figures import counted, flat, money
from scripts.report.marks import code, folded, html, plain, row
from scripts.report.review import Review, StackReview

MARKER = "<!-- gpu-fleet: review of stacks -->"
"""The first line of the comment, which no reader sees."""
LIMIT = 65_000
"""Bytes in UTF-8 of a comment; GitHub takes 65,536 characters, GitLab more."""

_TABLE = LIMIT // 2
_LINES = 25  # of one kind in one stack
_LEVELS = {Level.ERROR: "❌", Level.MANDATORY: "❌", Level.ADVISORY: "⚠️"}
_CHANGES = {"added": "＋", "removed": "－", "changed": "～"}


def text(review: Review) -> str:
    """The whole comment."""
    lines = [MARKER, f"### {_heading(review)}", ""]
    lines += [_about(review), ""]
    for finding in review.findings:
        lines += [_finding(finding), ""]
    stacks = sorted(review.stacks, key=_order)
    if stacks:
        lines += _summary(stacks, review.baseline is not None)
    left = LIMIT - _size(lines) - 200
    shown = 0
    for one in stacks:
        part = _stack(one, review)
        if _size(part) > left:
            continue
        left -= _size(part)
        lines += part
        shown += 1
    if shown < len(stacks):
        lines += [f"{counted(len(stacks) - shown, 'stack')} without details: this comment has no room for more.", ""]
    return "\n".join(lines).rstrip() + "\n"


# --- the whole ---


def _heading(review: Review) -> str:
    blocked = sum(one.blocked for one in review.stacks)
    bad = blocked or any(finding.level is not Level.ADVISORY for finding in review.findings)
    if not review.stacks:
        return "❌ GPU clusters: nothing could be compared" if bad else "✅ GPU clusters: no stack is touched"
    costs = [one.difference.cost for one in review.stacks if one.difference is not None and one.difference.cost]
    total = sum((cost.monthly.max for cost in costs), Decimal(0))
    change = f", {signed(total)} USD a month at most" if costs else ""
    told = f"{counted(blocked, 'stack')} blocked" if blocked else "nothing blocks"
    return f"{'❌' if bad else '✅'} GPU clusters: {counted(len(review.stacks), 'stack')}{change}, {told}"


def _about(review: Review) -> str:
    against = f"Compared with {code(review.baseline)}. " if review.baseline else ""
    return (
        f"{against}USD at list price unless stated, a month of 730 hours, as of {review.on}. "
        "*At most*: every pool at its maximum."
    )


def _summary(stacks: Sequence[StackReview], compared: bool) -> list[str]:
    head = ["", "stack", "min", "desired", "max"]
    align = ["---", "---", "---:", "---:", "---:"]
    if compared:
        head.append("change at most")
        align.append("---:")
    head += ["blocks", "worth knowing"]
    align += ["---:", "---:"]
    if any(one.difference is not None and one.difference.resources for one in stacks):
        head.append("resources")
        align.append("---")
    lines = [row(*head), row(*align)]
    for number, one in enumerate(stacks):
        line = row(*_cells(one, compared, len(head)))
        if _size(lines) + _size([line]) > _TABLE:
            lines.append(row("", f"… and {len(stacks) - number} more", *[""] * (len(head) - 2)))
            break
        lines.append(line)
    return [*lines, ""]


def _cells(one: StackReview, compared: bool, width: int) -> Iterable[str]:
    cells = [_sign(one), f"**{plain(one.stack)}**"]
    if one.cost is None:
        cells += [_state(one)] + [""] * 2
    else:
        mark = " + UNPRICED" if one.cost.unpriced else ""
        cells += [money(amount) + mark for amount in _three(one.cost.monthly)]
    if compared:
        cells.append(_moved(one))
    blocks = one.count(Level.ERROR) + one.count(Level.MANDATORY)
    cells += [str(blocks) if blocks else "", str(one.count(Level.ADVISORY) or "")]
    if len(cells) < width:
        changes = one.difference.resources if one.difference is not None else None
        told = [] if one.difference is None or changes is None else counts(changes, one.difference.beside)
        cells.append(", ".join(told) or ("none" if changes is not None else ""))
    return cells


def _sign(one: StackReview) -> str:
    return "❌" if one.blocked else "⚠️" if one.count(Level.ADVISORY) else "✅"


def _state(one: StackReview) -> str:
    return "gone" if one.difference is not None and one.difference.state == "gone" else "no plan"


def _moved(one: StackReview) -> str:
    told = one.difference
    if told is None or told.cost is None:
        return "unknown"
    new = " (new)" if told.state == "new" else ""
    unpriced = " + UNPRICED" if told.cost.unpriced_after or told.cost.unpriced_before else ""
    return f"{signed(told.cost.monthly.max)}{percent(told.cost)}{new}{unpriced}"


def _order(one: StackReview) -> tuple[Decimal, bool, str]:
    """Largest first; what cannot be compared moves more than anything that can."""
    told = one.difference
    if told is None or told.cost is None:
        size = Decimal("Infinity") if told is not None or one.cost is None else one.cost.monthly.max
    else:
        size = max(abs(told.cost.monthly.max), abs(told.cost.monthly.desired))
    return (-size, not one.blocked, one.stack)


# --- one stack ---


def _stack(one: StackReview, review: Review) -> list[str]:
    body: list[str] = []
    if one.reasons:
        body += [f"Touched by {plain('; '.join(one.reasons))}.", ""]
    body += _blocking(one)
    if one.difference is not None:
        body += _edits(one)
        body += _cost(one)
        body += _resources(one)
    body += _advice(one)
    body += _rules(one)
    if not body:
        return []
    moved = f": {_moved(one)} USD a month at most" if one.difference is not None else ""
    return folded(f"{_sign(one)} <b>{html(one.stack)}</b>{moved}", body)


def _blocking(one: StackReview) -> list[str]:
    grave = [finding for finding in one.findings if finding.level is not Level.ADVISORY]
    return [*map(_finding, grave[:_LINES]), *_more(len(grave)), ""] if grave else []


def _advice(one: StackReview) -> list[str]:
    light = [finding for finding in one.findings if finding.level is Level.ADVISORY]
    return ["**Worth knowing**", "", *map(_finding, light[:_LINES]), *_more(len(light)), ""] if light else []


def _finding(finding: Finding) -> str:
    where = f"{finding.file}:{finding.line}" if finding.file and finding.line else finding.file or ""
    place = " ".join(code(part) for part in (where, finding.path) if part)
    hint = f"<br>*{plain(finding.hint)}*" if finding.hint else ""
    return f"- {_LEVELS[finding.level]} {place}{': ' if place else ''}{plain(finding.message)}{hint}"


def _edits(one: StackReview) -> list[str]:
    edits = one.difference.edits if one.difference is not None else ()
    lines = [
        f"- {code(edit.path)}: {code(spec_value(edit.old))} → {code(spec_value(edit.new))}" for edit in edits[:_LINES]
    ]
    return ["**Edits**", "", *lines, *_more(len(edits)), ""] if lines else []


def _cost(one: StackReview) -> list[str]:
    told = one.difference.cost if one.difference is not None else None
    if told is None or not told.lines:
        return []
    spans = [line.monthly for line in told.lines if line.monthly is not None]
    single = all(flat(span) for span in (*spans, told.monthly))
    names = ["a month"] if single else ["min", "desired", "max"]
    lines = [row("", "line", *names, "why"), row("---", "---", *["---:"] * len(names), "---")]
    biggest = sorted(told.lines, key=lambda line: -line.weight)
    lines += [_line(line, single) for line in biggest[:_LINES]]
    lines.append(row("", "**total**", *(f"**{signed(amount)}**" for amount in _amounts(told.monthly, single)), ""))
    lines += ["", *_more(len(biggest))]
    if any(_three(told.by_prices)):
        parts = f"{signed(told.by_prices.max)} by the price table, {signed(told.by_author.max)} by the author"
        lines += [f"Of the maximum: {parts}.", ""]
    return ["**Cost**", "", *lines]


def _line(line: LineChange, single: bool) -> str:
    amounts = ["UNPRICED"] * (1 if single else 3)
    if line.monthly is not None:
        amounts = [signed(amount) for amount in _amounts(line.monthly, single)]
    what = plain(f"{line.pool or 'cluster'}: {line.item}")
    return row(_CHANGES[line.change], what, *amounts, plain("; ".join(line.why) or line.change))


def _resources(one: StackReview) -> list[str]:
    changes = one.difference.resources if one.difference is not None else None
    if one.difference is None or changes is None or not changes.changing:
        return []
    other = one.difference.beside
    left, common = gathered(changes) if other else (changes, ())
    lines: list[str] = [f"{plain(TWO_STACKS)}.", ""] if other else []
    lines += [f"- {number} of them: {plain(told_of(change).plain)}" for change, number in common[:_LINES]]
    for step in graver_first(left)[:_LINES]:
        causes = [change for change in step.changes if change.effect == "replace"] or step.changes
        told = "; ".join(f"{change.path}: {value(change.old)} → {value(change.new)}" for change in causes[:3])
        grave = step.operation in ("replace", "delete", "unknown") and not other
        done = f"**{step.operation}**" if grave else plain(word(step, other))
        name = step.name.removeprefix(f"{one.stack}-")
        guard = ", protected" if step.protected and step.operation in ("replace", "delete") else ""
        lines.append(f"- {done} {code(name)}{guard}{': ' if told else ''}{plain(told)}")
    return [f"**Resources**: {plain(', '.join(counts(changes, other)))}", "", *lines, *_more(len(left.changing)), ""]


def _rules(one: StackReview) -> list[str]:
    found: dict[str, int] = {}
    for rule in one.rules:
        word = "advice" if rule.verdict == "fail" and rule.level == "advisory" else rule.verdict
        found[word] = found.get(word, 0) + 1
    if not found:
        return []
    lines = [f"**Rules**: {', '.join(f'{count} {word}' for word, count in found.items())}", ""]
    for state in one.assessment.waivers if one.assessment is not None else ():
        waiver = state.waiver
        told = f"{waiver.rule} until {waiver.expires}: {waiver.reason} ({waiver.by})"
        lines.append(f"- waiver, {state.state}: {plain(told)}")
    return lines


def _more(count: int) -> list[str]:
    return [f"- … and {count - _LINES} more"] if count > _LINES else []


def _three(span: Span) -> tuple[Decimal, Decimal, Decimal]:
    return span.min, span.desired, span.max


def _amounts(span: Span, single: bool) -> tuple[Decimal, ...]:
    return (span.max,) if single else _three(span)


def _size(lines: Iterable[str]) -> int:
    return sum(len(line.encode()) + 1 for line in lines)
