"""`gpufleet preview`: every resource that a stack's program registers, without credentials and without an engine."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from components.errors import Finding, InputError, Level
from scripts.cli.assess import Assessment, Planned, assess_resources, name_of, planned
from scripts.cli.options import Date, Output, Quiet, Stack, Verbose, today
from scripts.cli.session import Session, begin, status_of
from scripts.cli.verbs.check import document


def command(
    stack: Stack, output: Output = "text", date: Date = None, verbose: Verbose = False, quiet: Quiet = False
) -> int:
    """Show every resource that a stack registers, with what they cost and how the rules judge them.

    Runs the program that `pulumi up` runs, without credentials, engine or network.
    """
    session = begin(name_of(stack), output, verbose=verbose, quiet=quiet)
    made = planned(stack)
    with session.progress(f"previewing {made.stack}: loading the SDK of {made.plan.cloud}, running the program"):
        resources = registered(made)
        found = assess_resources(made, resources, date or today())
    if session.json:
        session.emit({"resources": resources, **document(found)})
    else:
        _print(session, found, resources)
    return status_of(found.findings)


def registered(made: Planned) -> list[dict[str, Any]]:
    """The resources that the program of a planned stack registers.

    Raises InputError where the cloud's SDK is not installed.
    """
    cloud = made.plan.cloud
    missing = [package for package in ("pulumi", f"pulumi_{cloud}") if find_spec(package) is None]
    if missing:
        raise InputError(_not_installed(cloud, missing))
    from components import program, sdk_imports

    sdk_imports.install()
    from scripts.preview.capture import run

    return run(lambda: program.deploy(made.plan, made.loaded), stack=made.stack, config={}).to_json()


def _not_installed(cloud: str, missing: Sequence[str]) -> Finding:
    names = " and ".join(name.replace("_", "-") for name in missing)
    return Finding(
        id="not-installed",
        level=Level.ERROR,
        message=f"preview of a cluster on {cloud} needs {names}, not installed here",
        hint=f"pip install 'gpu-fleet[{cloud}]'; in a clone: uv sync --extra {cloud}",
    )


def _print(session: Session, found: Assessment, resources: Sequence[dict[str, Any]]) -> None:
    from scripts.cli.cost_table import print_cost
    from scripts.cli.findings import print_findings, print_rules, print_verdict
    from scripts.cli.summary import title
    from scripts.cli.tree import count, tree

    session.print(title(found.plan))
    session.print(f"Names are shown without {found.plan.stack}- before them.", style="dim")
    session.print()
    for line in tree(resources, found.plan.stack):
        session.print(line, crop=True)
    session.print()
    session.print(count(resources), style="bold")
    session.print()
    print_cost(session, found.cost, found.on)
    session.print()
    print_rules(session, found.rules)
    print_findings(session, found.findings)
    print_verdict(session, found.findings)
