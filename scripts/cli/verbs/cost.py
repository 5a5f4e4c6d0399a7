"""`gpufleet cost`: what a stack costs a month, item by item."""

from __future__ import annotations

from components.clock import today
from components.cost.estimate import report_for
from scripts.cli.assess import name_of, planned
from scripts.cli.options import Date, Output, Quiet, Stack, Verbose
from scripts.cli.session import begin, status_of


def command(
    stack: Stack, output: Output = "text", date: Date = None, verbose: Verbose = False, quiet: Quiet = False
) -> int:
    """Show what a stack costs a month, item by item: at its minimum, as desired, and at its maximum.

    Each price has its source and age; what has no price is called UNPRICED and never counts as zero.
    """
    session = begin(name_of(stack), output, verbose=verbose, quiet=quiet)
    made, on = planned(stack), date or today()
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
