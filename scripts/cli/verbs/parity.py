"""`gpufleet parity`: what differs between stacks of one blueprint, and whether it may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from components.errors import Finding, InputError, Level
from components.plan.differences import ABSENT
from components.plan.meaning import NO_EFFECT, SAME, Meaning
from components.plan.parity import FOLLOWS, MAY_DIFFER, NOT_ALLOWED, Difference, ParityReport, brief, parity
from components.plan.planner import plan
from components.spec.fields import BINDING
from components.spec.loader import LoadedSpec, load
from components.spec.project import Project, find_blueprint, find_project, find_stack
from scripts.cli.columns import Columns
from scripts.cli.options import Output, Quiet, Verbose
from scripts.cli.session import Session, begin, status_of

if TYPE_CHECKING:
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
        "meanings": [_meaning(one, report.stacks) for one in report.meanings],
        "findings": [finding.to_dict() for finding in report.findings],
    }


def _meaning(one: Meaning, stacks: Sequence[str]) -> dict[str, Any]:
    values = dict(zip(stacks, one.values, strict=True))
    return {"path": one.path, "kind": one.kind, "why": one.why, "values": values}


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
    """Not allowed first, then what may differ, then what follows from it; bindings in one line unless asked."""
    everything = session.verbose
    kinds = {one.path: one.kind for one in report.differences if one.layer == "spec"}
    bindings = [one for one in report.differences if one.kind == BINDING and one.path != "stack"]
    follows = [one for one in report.differences if one.kind == FOLLOWS and one.allowed]
    shown = [one for one in follows if everything or _worth_showing(one, kinds)]
    refused = [one for one in report.differences if one.kind == NOT_ALLOWED]
    tainted = [one for one in report.differences if one.kind == FOLLOWS and not one.allowed]
    _section("Not allowed to differ", refused, report, session)
    _causes("and so, in the plan, by", tainted, report, session)
    allowed = [one for one in report.differences if one.kind == MAY_DIFFER]
    _section("Shape that may differ", allowed, report, session, "by may_differ")
    if everything:
        _section("Bindings, which tie each to its place", bindings, report, session)
    _causes("In the plan, by", shown, report, session)
    if bindings and not everything:
        session.print(f"Bindings differ: {', '.join(one.path for one in bindings)}", soft_wrap=True)
    if hidden := len(follows) - len(shown):
        session.print(f"{hidden} more in the plan follow from bindings (-v shows all values)", style="dim")
    if (bindings and not everything) or hidden:
        session.print()
    _across(report, session)
    if report.findings:
        from scripts.cli.findings import findings_text  # here: stacks that agree need no texts of findings

        session.print(findings_text(report.findings), soft_wrap=True)
        session.print()
    session.print(_verdict(report))


def _across(report: ParityReport, session: Session) -> None:
    """What the shape becomes on each cloud: the same first, then what is each one's own, then what means nothing."""
    if report.machines_compared:
        return
    session.print("The stacks are on different clouds: their shape is compared, and this is what each makes of it.")
    told = [one for one in report.meanings if one.kind == SAME and one.values[0] is not None]
    same = [f"{one.path} {brief(one.values[0])}" for one in told]
    if same:
        session.print(f"The same: {', '.join(same)}", soft_wrap=True)
    session.print()
    apart = [one for one in report.meanings if one.kind not in (SAME, NO_EFFECT)]
    rows = [(one.path, *map(_cell, one.values), one.why) for one in apart]
    _table("Not the same", ("", *report.stacks, "why"), rows, session)
    nothing = [one for one in report.meanings if one.kind == NO_EFFECT]
    rows = [(one.path, *map(_cell, one.values), one.why) for one in nothing]
    _table("Without a meaning on one of the clouds", ("", *report.stacks, "why"), rows, session)


def _worth_showing(one: Difference, kinds: Mapping[str, str]) -> bool:
    """Whether a difference of plans follows from shape; what explains a decision is for those who ask."""
    return not one.path.startswith("decisions.") and any(kinds.get(cause) == MAY_DIFFER for cause in one.causes)


def _causes(title: str, rows: Sequence[Difference], report: ParityReport, session: Session) -> None:
    """Differences of plans, in one section for all that follow from the same fields."""
    groups: dict[str, list[Difference]] = {}
    for one in rows:
        groups.setdefault(one.why.removeprefix("follows from "), []).append(one)
    for why, group in groups.items():
        _section(f"{title} {why}", group, report, session)


def _section(title: str, rows: Sequence[Difference], report: ParityReport, session: Session, reason: str = "") -> None:
    if not rows:
        return
    header = ("", *report.stacks, *([reason] if reason else []))
    cells = [
        (path, *map(_cell, one.values), *([one.why.removeprefix("may_differ: ")] if reason else []))
        for path, one in zip(_nested([one.path for one in rows]), rows, strict=True)
    ]
    _table(title, header, cells, session)


def _table(title: str, header: tuple[str, ...], cells: Sequence[tuple[str, ...]], session: Session) -> None:
    if not cells:
        return
    first, *lines = Columns(header, cells).lines(session.out.width)
    session.print(title, style="bold", soft_wrap=True)
    session.print(first, style="dim", soft_wrap=True)
    session.print("\n".join(lines), soft_wrap=True)
    session.print()


def _nested(paths: Sequence[str]) -> list[str]:
    """Paths, with what lies within the one before it set in below it."""
    shown: list[str] = []
    above = ""
    for path in paths:
        if above and path.startswith(f"{above}."):
            shown.append(f"  {path[len(above) :]}")
        else:
            shown.append(path)
            above = path
    return shown


def _cell(value: Any) -> str:
    """A value in a table; a large part of a plan is there or not."""
    if isinstance(value, Mapping) and len(value) > 4:  # pyright: ignore[reportUnknownArgumentType]
        return "present"
    return " ".join(brief(value).split())[:LONGEST]


def _verdict(report: ParityReport) -> Text:
    from rich.text import Text

    names = f"{', '.join(report.stacks[:-1])} and {report.stacks[-1]}"
    refused = sum(1 for one in report.differences if not one.allowed and one.layer == "spec")
    if report.allowed:
        count = len(report.differences) - 1  # the stacks' names
        return Text(f"✓ {names} have one shape: {count} differences, each allowed", "bold green")
    return Text(f"✗ {names} do not have one shape: {max(refused, 1)} difference(s) not allowed", "bold red")
