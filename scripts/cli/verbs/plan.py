"""`gpufleet plan`: the resolved plan."""

from __future__ import annotations

from components.plan.document import to_document
from components.plan.planner import plan as plan_of
from components.spec.loader import load
from scripts.cli.options import Output, Quiet, Stack, Verbose
from scripts.cli.session import begin, status_of


def command(stack: Stack, output: Output = "text", verbose: Verbose = False, quiet: Quiet = False) -> int:
    session = begin(stack, output, verbose=verbose, quiet=quiet)
    plan = plan_of(load(stack))
    session.stack = plan.stack
    session.emit({"plan": to_document(plan), "findings": [finding.to_dict() for finding in plan.findings]})
    return status_of(plan.findings)
