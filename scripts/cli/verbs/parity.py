"""`gpufleet parity`: what differs between stacks of one blueprint, and whether it may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from components.errors import Finding, InputError, Level
from components.plan.differences import ABSENT
from components.plan.parity import FOLLOWS, MAY_DIFFER, Difference, ParityReport, brief, parity
from components.plan.planner import plan
from components.spec.fields import BINDING
from components.spec.loader import LoadedSpec, load
from components.spec.project import Project, find_blueprint, find_project, find_stack
from scripts.cli.options import Output, Quiet, Verbose
from scripts.cli.session import Session, begin, status_of

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

LONGEST = 200
"""Characters of a value in the text of a table, before its column's width cuts it."""

Stacks = Annotated[
    list[str],
    typer.Argument(metavar="STACK STACK...", help="Two or more stacks of one blueprint: names or files."),
]


def command(stacks: Stacks, output: Output = "text", verbose: Verbose = False, quiet: Quiet = False) -> int:
    """Show what differs between stacks of one blueprint, why, and whether it may.

    Exit status 1 when something differs that the blueprint does not let differ.
    """
    session = begin(None, output, verbose=verbose, quiet=quiet)
    if len(stacks) < 2:
        raise InputError(_wrong(f"one stack has nothing to be compared with: {stacks[0]}", "name two stacks or more"))
    report = parity(_load(stacks), plan)
    if session.json:
        session.emit(_document(report))
    else:
        _show(report, session)
    return status_of(report.findings)


def _load(stacks: Sequence[str]) -> list[LoadedSpec]:
    """The specs. Raises InputError with the problems of all stacks, or when they are not of one blueprint."""
    project = find_project()
    found: list[LoadedSpec] = []
    wrong: list[Finding] = []
    for stack in stacks:
        try:
            found.append(load(stack, project))
        except InputError as error:
            wrong.extend(error.findings)
    names = [one.stack for one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    wrong += [_wrong(f"{name} is named twice", "name each stack once") for name in twice]
    if wrong:
        raise InputError(dict.fromkeys(wrong))
    _of_one_blueprint(stacks, found, project)
    return found


def _of_one_blueprint(stacks: Sequence[str], loaded: Sequence[LoadedSpec], project: Project) -> None:
    files = [
        find_blueprint(one.spec.blueprint, find_stack(stack, project)[1].parent, project).resolve()
        for stack, one in zip(stacks, loaded, strict=True)
    ]
    if len(set(files)) > 1:
        said = ", ".join(f"{one.stack} is of {one.spec.blueprint}" for one in loaded)
        raise InputError(_wrong(f"the stacks are of different blueprints: {said}", "compare stacks of one blueprint"))


def _wrong(message: str, hint: str) -> Finding:
    return Finding(id="parity-stacks", level=Level.ERROR, message=message, hint=hint)


def _document(report: ParityReport) -> dict[str, Any]:
    return {
        "stacks": list(report.stacks),
        "allowed": report.allowed,
        "machines_compared": report.machines_compared,
        "differences": [_plain(one, report.stacks) for one in report.differences],
        "findings": [finding.to_dict() for finding in report.findings],
    }


def _plain(one: Difference, stacks: Sequence[str]) -> dict[str, Any]:
    """A difference as data; a stack that has nothing at the path is not among its values."""
    pairs = zip(stacks, one.values, strict=True)
    return {
        "path": one.path,
        "layer": one.layer,
        "kind": one.kind,
        "allowed": one.allowed,
        "why": one.why,
        "causes": list(one.causes),
        "values": {stack: value for stack, value in pairs if value is not ABSENT},
    }


# --- text ---


def _show(report: ParityReport, session: Session) -> None:
    """Not allowed first, then what may differ, then what follows; bindings in one line each unless asked."""
    everything = session.verbose
    refused = [one for one in report.differences if not one.allowed]
    shapes = [one for one in report.differences if one.kind == MAY_DIFFER]
    bindings = [one for one in report.differences if one.kind == BINDING and one.path != "stack"]
    kinds = {one.path: one.kind for one in report.differences if one.layer == "spec"} | {"stack": BINDING}
    follows = [one for one in report.differences if one.kind == FOLLOWS and one.allowed]
    shown = [one for one in follows if everything or _worth_showing(one, kinds)]
    _section("Not allowed to differ", refused, report, session, "because")
    _section("Differs, as the blueprint's may_differ lets it", shapes, report, session, "entry")
    _section("Follows from these in the plan", shown, report, session, "follows from")
    if everything:
        _section("Bindings: what ties each to its place", bindings, report, session, "")
    elif bindings:
        session.print(f"Bindings that differ: {', '.join(one.path for one in bindings)}\n")
    if hidden := len(follows) - len(shown):
        session.print(f"{hidden} more in the plan follow from bindings; -v shows all values\n", style="dim")
    if not report.machines_compared:
        session.print("The stacks are on different clouds: shape is compared, not the machines it resolves to.\n")
    if report.findings:
        from scripts.cli.findings import findings_text  # here: stacks that agree need no texts of findings

        session.print(findings_text(report.findings), soft_wrap=True)
        session.print()
    session.print(_verdict(report))


def _worth_showing(one: Difference, kinds: Mapping[str, str]) -> bool:
    """Whether a difference of plans follows from shape; what explains a decision is for those who ask."""
    return not one.path.startswith("decisions.") and any(kinds.get(cause) == MAY_DIFFER for cause in one.causes)


def _section(title: str, rows: Sequence[Difference], report: ParityReport, session: Session, reason: str) -> None:
    if not rows:
        return
    session.print(title, style="bold")
    session.print(_table(rows, report.stacks, reason))
    session.print()


def _table(rows: Sequence[Difference], stacks: Sequence[str], reason: str) -> Table:
    from rich.table import Table

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    table.add_column("  field", overflow="fold")
    for stack in stacks:
        table.add_column(stack, no_wrap=True, overflow="ellipsis", min_width=8)
    if reason:
        table.add_column(reason, style="dim")
    for one in rows:
        cells = [f"  {one.path}", *(_cell(value) for value in one.values)]
        table.add_row(*cells, *([_reason(one)] if reason else []))
    return table


def _cell(value: Any) -> str:
    """A value in a table; a whole part of a plan is there or not."""
    if isinstance(value, Mapping) and len(value) > 3:  # pyright: ignore[reportUnknownArgumentType]
        return "present"
    return " ".join(brief(value).split())[:LONGEST]


def _reason(one: Difference) -> str:
    if one.kind == MAY_DIFFER:
        return one.why.removeprefix("may_differ: ")
    return ", ".join(one.causes) if one.kind == FOLLOWS and one.allowed else one.why


def _verdict(report: ParityReport) -> Text:
    from rich.text import Text

    names = f"{', '.join(report.stacks[:-1])} and {report.stacks[-1]}"
    refused = sum(1 for one in report.differences if not one.allowed and one.layer == "spec")
    if report.allowed:
        count = len(report.differences) - 1  # the stacks' names
        return Text(f"✓ {names} have one shape: {count} differences, each allowed", "bold green")
    return Text(f"✗ {names} do not have one shape: {max(refused, 1)} difference(s) not allowed", "bold red")
