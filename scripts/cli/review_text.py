"""A review as text for people: each stack with what changes, then one line that says how the whole stands."""

from __future__ import annotations

from decimal import Decimal

from rich.text import Text

from components.errors import Finding, Level
from scripts.cli.difference_text import print_difference, signed
from scripts.cli.figures import counted, money
from scripts.cli.findings import print_findings, print_rules, print_verdict
from scripts.cli.session import Session
from scripts.cli.summary import cost_line, title
from scripts.report.review import Review, StackReview


def print_review(session: Session, review: Review) -> None:
    """Everything that a person needs; `--output json` has more."""
    if review.since is not None and not review.findings:
        _print_selection(session, review)
    for one in review.stacks:
        session.stack = one.stack
        print_stack(session, one, review)
        if len(review.stacks) > 1:
            session.print()
    if review.findings:
        print_findings(session, review.findings)
    if len(review.stacks) != 1:
        session.print(_sum(review))


def print_stack(session: Session, one: StackReview, review: Review) -> None:
    """One stack: what it is, what changes, what it costs, what is wrong with it."""
    session.print(Text(one.stack, "bold") if one.assessment is None else title(one.assessment.plan))
    for reason in one.reasons:
        session.print(f"  touched by {reason}", style="dim", soft_wrap=True)
    if one.difference is not None:
        print_difference(session, one.difference)
        if one.difference.resources is not None:
            from scripts.cli.changes import print_changes

            print_changes(session, one.difference.resources, one.stack, one.difference.beside)
    if one.assessment is not None:
        session.print(cost_line(one.assessment.cost, one.assessment.plan.budget), soft_wrap=True)
    elif one.cost is not None:
        session.print(f"Cost  {money(one.cost.monthly.max)} USD a month at most; all of it: gpufleet cost {one.stack}")
    if one.rules:
        session.print()
        print_rules(session, one.rules, one.assessment.waivers if one.assessment is not None else ())
    elif one.cost is not None:
        session.print()
    print_findings(session, one.findings)
    if review.verb != "cost" or one.blocked:
        print_verdict(session, one.findings)


def _print_selection(session: Session, review: Review) -> None:
    if not review.stacks:
        session.print(f"No stack is touched since {review.since}.")
        return
    session.print(f"{counted(len(review.stacks), 'stack')} touched since {review.since}", style="bold")
    session.print()


def _sum(review: Review) -> Text:
    """One line over all stacks: how many are blocked, and what the change costs together."""
    blocked = sum(one.blocked for one in review.stacks)
    costs = [one.difference.cost for one in review.stacks if one.difference is not None and one.difference.cost]
    total = sum((cost.monthly.max for cost in costs), Decimal(0))
    told = f", {signed(total)} USD a month at most" if costs else ""
    unknown = sum(one.difference is not None and one.difference.cost is None for one in review.stacks)
    told += f" (without {counted(unknown, 'stack')} that cannot be compared)" if unknown else ""
    bad = blocked or any(_blocks(finding) for finding in review.findings)
    text = f"{counted(len(review.stacks), 'stack')}, {blocked} blocked{told}"
    return Text(f"{'✗' if bad else '✓'} {text}", "bold red" if bad else "bold green")


def _blocks(finding: Finding) -> bool:
    return finding.level is not Level.ADVISORY
