"""`gpufleet plan`: every decision of a stack's plan."""

from __future__ import annotations

import sys

from components.plan.document import plan_hash, to_document
from scripts.cli.assess import name_of, planned
from scripts.cli.options import Output, Quiet, Stack, Verbose
from scripts.cli.session import begin, status_of


def command(stack: Stack, output: Output = "text", verbose: Verbose = False, quiet: Quiet = False) -> int:
    """Show every decision that a stack's plan takes, as YAML: what was asked, what was chosen, and why.

    The same spec and catalogue give the same plan, on every machine and day.
    """
    session = begin(name_of(stack), output, verbose=verbose, quiet=quiet)
    plan = planned(stack).plan
    document = to_document(plan)
    named = plan_hash(plan)
    if session.json:
        findings = [finding.to_dict() for finding in plan.findings]
        del document["schema_version"]  # the whole document has one
        session.emit({"plan": document, "plan_hash": named, "findings": findings})
    else:
        from scripts.cli.plan_yaml import to_yaml

        head = f"# Plan {named} of {plan.stack}. Fields that are not set are left out; --output json has all.\n"
        sys.stdout.write(head + to_yaml(document))
    return status_of(plan.findings)
