"""`gpufleet report`: stacks as one HTML page that people open, print and pass on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from components.clock import today
from components.errors import Finding, InputError, Level
from components.spec.project import find_project
from scripts.cli.assess import Planned
from scripts.cli.options import ChangedSince, CompareTo, Date, Output, Quiet, Verbose, complete_stacks
from scripts.cli.session import Session, begin, status_of

if TYPE_CHECKING:
    from scripts.report.model import Report

Stacks = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="STACK",
        help="Names of stacks or paths of stack files; default: every stack of the project.",
        show_default=False,
        autocompletion=complete_stacks,
    ),
]
Out = Annotated[
    Path,
    typer.Option("--out", metavar="FILE", help="Where the page goes; a report that is there is replaced."),
]
Resources = Annotated[
    Literal["auto", "registered", "planned", "none"],
    typer.Option(
        "--resources",
        help="registered: as the program registers them (a second, then a tenth for each stack); planned: as the plan "
        "has them; auto: registered for up to 8 stacks where the SDK is installed, else planned.",
    ),
]


def command(
    stacks: Stacks = None,
    out: Out = Path("report.html"),
    compare_to: CompareTo = None,
    changed_since: ChangedSince = None,
    resources: Resources = "auto",
    output: Output = "text",
    date: Date = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """Write stacks as one HTML page: cost, topology, rules, resources and where each price comes from.

    The page needs no network and no server. Exit status: that of the gravest finding; the page is written all the same.
    """
    session = begin(None, output, verbose=verbose, quiet=quiet)
    from scripts.cli.review import Request
    from scripts.report.build import build
    from scripts.report.files import check_place, write
    from scripts.report.html.page import page

    check_place(out)
    names = stacks or ([] if changed_since else _all())
    asked = Request(
        verb="check", stacks=tuple(names), on=date or today(), compare_to=compare_to, changed_since=changed_since
    )
    with session.progress("planning, pricing and drawing"):
        made = build(asked, resources, _run)
        size = write(out, page(made))
    session.stack = made.stacks[0].name if len(made.stacks) == 1 else None
    if session.json:
        told = [finding.to_dict() for finding in made.all_findings]
        stated = [{"stack": one.name, "planned": one.planned, "good": one.good} for one in made.stacks]
        session.emit({"findings": told, "file": str(out), "bytes": size, "stacks": stated})
    else:
        _print(session, out, size, made)
    return status_of(made.all_findings)


def _all() -> list[str]:
    found = list(find_project().stacks())
    if not found:
        message = "the project has no stacks"
        raise InputError(Finding(id="no-stack", level=Level.ERROR, message=message, hint="make one: gpufleet new"))
    return found


def _run(made: Planned) -> list[dict[str, Any]]:
    from scripts.cli.verbs.preview import registered  # here: most reports of many stacks run no program

    return registered(made)


def _print(session: Session, out: Path, size: int, made: Report) -> None:
    from scripts.cli.figures import counted
    from scripts.cli.findings import print_findings

    print_findings(session, made.findings)
    session.print(f"wrote {out}: {counted(len(made.stacks), 'stack')}, {size / 1024:,.0f} KiB", soft_wrap=True)
    for one in made.stacks:
        well = one.good or not status_of(one.findings)
        session.print(f"{'✓' if well else '✗'} {one.name}", style="green" if well else "bold red")
