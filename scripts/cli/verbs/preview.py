"""`gpufleet preview`: every resource that a stack's program registers, without credentials and without an engine."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date as Day
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from components.clock import today
from components.errors import Finding, InputError, Level
from scripts.cli.assess import Assessment, Planned, assess_resources, name_of, planned
from scripts.cli.options import ChangedSince, CompareTo, Date, Format, Quiet, Stacks, Verbose
from scripts.cli.session import Session, begin, status_of
from scripts.cli.verbs.check import document

if TYPE_CHECKING:
    from scripts.preview.compare import Comparison
    from scripts.preview.state import State

StateFile = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="FILE",
        help="What exists, from `pulumi stack export`: say what would change. The file is only read.",
        show_default=False,
    ),
]


def command(
    stacks: Stacks = None,
    output: Format = "text",
    state: StateFile = None,
    compare_to: CompareTo = None,
    changed_since: ChangedSince = None,
    date: Date = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Show every resource that a stack registers, with what they cost and how the rules judge them.

    Runs the program that `pulumi up` runs, without credentials, engine or network. With --compare-to it runs it for
    both sides, and shows what the change creates, updates, replaces and deletes.
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

        if state is not None:
            raise InputError(_state_alone())
        same = {"compare_to": compare_to, "changed_since": changed_since}
        return run("preview", stacks, output, on, **same, verbose=verbose, quiet=quiet)
    return _one(begin(name_of(stacks[0]), output, verbose=verbose, quiet=quiet), stacks[0], state, on)


def _one(session: Session, stack: str, state: Path | None, on: Day) -> int:
    """Preview one stack, against what exists where that is given; the exit status."""
    made = planned(stack)
    deployment, existing = (None, None) if state is None else _existing(state, made.stack)
    with session.progress(f"previewing {made.stack}: loading the SDK of {made.plan.cloud}, running the program"):
        resources = registered(made, existing)
        if deployment is None or existing is None:
            found, comparison = assess_resources(made, resources, on), None
        else:
            from scripts.cli.review_preview import against_state

            found, comparison = against_state(made, resources, deployment, existing, on)
    if session.json:
        steps = {} if comparison is None else {"changes": [step.to_json() for step in comparison.changing]}
        session.emit({"resources": resources, **steps, **document(found)})
    else:
        _print(session, found, resources, comparison)
    return status_of(found.findings)


def registered(made: Planned, state: State | None = None) -> list[dict[str, Any]]:
    """The resources that the program of a planned stack registers; `state` is what exists.

    Raises InputError where the cloud's SDK is not installed.
    """
    cloud = made.plan.cloud
    missing = [package for package in ("pulumi", f"pulumi_{cloud}") if find_spec(package) is None]
    if missing:
        raise InputError(_not_installed(cloud, missing))
    from components import program, sdk_imports

    sdk_imports.install()
    from scripts.preview.capture import run

    return run(lambda: program.deploy(made.plan, made.loaded), stack=made.stack, config={}, state=state).to_json()


def compared(
    made: Planned, resources: Sequence[dict[str, Any]], existing: State
) -> tuple[Comparison, tuple[Finding, ...]]:
    """What an update would do to what exists, and what that means."""
    from scripts.preview.compare import compare
    from scripts.preview.consequences import consequences

    def accelerators(machine: str) -> int:
        found = made.catalog.machine(machine)
        return 0 if found is None else found.accelerator_count

    comparison = compare(resources, existing, made.catalog.replacements)
    told = consequences(comparison, existing, cloud=made.plan.cloud, stack=made.stack, accelerators=accelerators)
    return comparison, told


def _existing(file: Path, stack: str) -> tuple[dict[str, Any], State]:
    """What a file says that exists: the deployment as it stands there, and the state that it is."""
    from scripts.cli.project_name import project_name
    from scripts.preview.state import read_deployment, state_of

    deployment = read_deployment(file, stack)
    return deployment, state_of(deployment, file, stack, project_name())


def _state_alone() -> Finding:
    message = "gpufleet preview: --state goes with one STACK, with text or json, and with no other comparison"
    return Finding(id="usage", level=Level.ERROR, message=message, hint="leave --state out, or the other options")


def _not_installed(cloud: str, missing: Sequence[str]) -> Finding:
    names = " and ".join(name.replace("_", "-") for name in missing)
    return Finding(
        id="not-installed",
        level=Level.ERROR,
        message=f"preview of a cluster on {cloud} needs {names}, not installed here",
        hint=f"pip install 'gpu-fleet[{cloud}]'; in a clone: uv sync --extra {cloud}",
    )


def _print(
    session: Session, found: Assessment, resources: Sequence[dict[str, Any]], comparison: Comparison | None
) -> None:
    from scripts.cli.changes import print_changes
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
    if comparison is not None:
        print_changes(session, comparison, found.plan.stack)
    print_cost(session, found.cost, found.on)
    session.print()
    print_rules(session, found.rules, found.waivers)
    print_findings(session, found.findings)
    print_verdict(session, found.findings)
