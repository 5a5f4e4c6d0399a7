"""`gpufleet cost`: what a stack costs a month, item by item, and what a change does to that."""

from __future__ import annotations

from datetime import date as Day

from components.clock import today
from components.cost.estimate import report_for
from scripts.cli.assess import name_of, planned
from scripts.cli.options import ChangedSince, CompareTo, Date, Format, Quiet, Stacks, Verbose
from scripts.cli.session import Session, begin, status_of


def command(
    stacks: Stacks = None,
    output: Format = "text",
    compare_to: CompareTo = None,
    changed_since: ChangedSince = None,
    date: Date = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Show what a stack costs a month, item by item: at its minimum, as desired, and at its maximum.

    Each price has its source and age; what has no price is called UNPRICED and never counts as zero. With --compare-to
    it shows what a change adds and takes away, and why.
    """
    on = date or today()
    if (
        not stacks
        or len(stacks) > 1
        or output not in ("text", "json")
        or compare_to is not None
        or changed_since is not None
    ):
        from scripts.cli.review_run import run

        same = {"compare_to": compare_to, "changed_since": changed_since}
        return run("cost", stacks, output, on, **same, verbose=verbose, quiet=quiet)
    return _one(begin(name_of(stacks[0]), output, verbose=verbose, quiet=quiet), stacks[0], on)


def _one(session: Session, stack: str, on: Day) -> int:
    """The whole list of one stack; the exit status."""
    made = planned(stack)
    report = report_for(made.plan, made.catalog, on)
    if session.json:
        from components.cost.report import to_document

        findings = [finding.to_dict() for finding in made.plan.findings]
        session.emit({"findings": findings, "cost": to_document(report)})
    else:
        from scripts.cli.cost_table import print_cost
        from scripts.cli.summary import title

        session.print(title(made.plan))
        print_cost(session, report, on)
    return status_of(made.plan.findings)
