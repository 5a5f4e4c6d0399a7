"""`gpufleet rehearse`: the whole life of a stack through the real engine, on a simulated cloud."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from components.errors import Finding, InputError, Level
from scripts.cli.assess import graver_first, name_of, planned
from scripts.cli.failure import ENGINE
from scripts.cli.options import Output, Quiet, Stack, Verbose
from scripts.cli.session import Session, begin, status_of

if TYPE_CHECKING:
    from components.plan.model import ClusterPlan
    from scripts.rehearsal.lifecycle.deployed import Deployed
    from scripts.rehearsal.lifecycle.model import Report

Edits = Annotated[
    list[Path] | None,
    typer.Option(
        "--edit",
        metavar="FILE",
        help="Edits to rehearse, each on top of those before: YAML, `name: {what changes in the spec}`.",
        show_default=False,
    ),
]
FaultNames = Annotated[
    list[str] | None,
    typer.Option("--fault", metavar="NAME", help="What goes wrong, for example capacity.", show_default=False),
]
Keep = Annotated[
    Path | None,
    typer.Option("--keep", metavar="DIR", help="Keep the state and the simulated cloud here.", show_default=False),
]
FromState = Annotated[
    Path | None,
    typer.Option(
        "--from-state",
        metavar="FILE",
        help="Start from what is deployed, from `pulumi stack export`: rehearse the change of it to what the spec says.",
        show_default=False,
    ),
]


def command(
    stack: Stack,
    edit: Edits = None,
    fault: FaultNames = None,
    from_state: FromState = None,
    keep: Keep = None,
    output: Output = "text",
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Rehearse a stack's life with the real engine on a simulated cloud.

    Makes it, runs again, refreshes, edits, finds drift, destroys. Costs nothing and needs no credentials.
    With --from-state it starts from what is deployed: shows the change, makes it, runs again, refreshes, edits.
    """
    from scripts.engine.find import find
    from scripts.rehearsal.lifecycle.edits import Planned, check_edits, read_edits
    from scripts.rehearsal.lifecycle.faults import named

    session = begin(name_of(stack), output, verbose=verbose, quiet=quiet)
    made = planned(stack)
    edits = read_edits(edit or ())
    check_edits(made.loaded, edits)
    faults = named(fault or ())
    deployed = _deployed(from_state, made.plan) if from_state else None
    installation = find()
    _require(made.plan.cloud)
    from scripts.engine.telling import headline
    from scripts.rehearsal.lifecycle.cycle import Cycle
    from scripts.rehearsal.lifecycle.stage import stage

    with (
        session.progress(f"rehearsing {made.stack}"),
        stage(installation, Planned(made.loaded, made.plan), keep=keep, faults=faults, deployed=deployed) as here,
    ):
        report = Cycle(here, edits, lambda step: session.note(headline(step))).run()
    _show(session, report, made.stack)
    if keep is not None:
        session.note(f"kept in {keep}: the engine's state in backend, the cloud in cloud.db")
    return ENGINE if report.failed else status_of(report.findings)


def _deployed(file: Path, plan: ClusterPlan) -> Deployed:
    from scripts.cli.project_name import project_name
    from scripts.rehearsal.lifecycle.deployed import read_deployed

    return read_deployed(file, plan, project_name())


def _require(cloud: str) -> None:
    if find_spec("pulumi") is None or find_spec(f"pulumi_{cloud}") is None:
        raise InputError(
            Finding(
                id="not-installed",
                level=Level.ERROR,
                message=f"a rehearsal on {cloud} needs pulumi and pulumi-{cloud}, not installed here",
                hint=f"pip install 'gpu-fleet[{cloud}]'; in a clone: uv sync --extra {cloud}",
            )
        )


def _show(session: Session, report: Report, stack: str) -> None:
    from scripts.rehearsal.lifecycle.timeline import timeline

    findings = graver_first(report.findings)
    if session.json:
        session.emit(
            {
                "steps": [step.to_json() for step in report.steps],
                "seconds": round(report.seconds, 2),
                "verdict": report.verdict,
                "findings": [one.to_dict() for one in findings],
            }
        )
        return
    from scripts.cli.findings import print_findings

    session.print(f"Rehearsal of {stack}", style="bold")
    for line in timeline(report, stack):
        session.print(line, crop=True)
    session.print()
    print_findings(session, findings)
    ended = any(step.kind == "destroy" for step in report.steps)
    session.print(_VERDICTS[report.verdict].format(left=", nothing left" if ended else ""), style="bold")


_VERDICTS = {
    "good": "Good: all as expected{left}.",
    "blocked": "Blocked: see the findings above.",
    "failed": "Failed: the engine or the cloud did not do what it was asked; see above.",
}
