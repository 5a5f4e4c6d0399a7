"""`gpufleet check`: everything that is wrong with a stack, at once."""

from __future__ import annotations

from datetime import date as Day
from pathlib import Path
from typing import Annotated

import typer

from components.clock import today
from components.errors import InputError
from scripts.cli.assess import Assessment, assess, graver_first, name_of
from scripts.cli.options import ChangedSince, CompareTo, Date, Format, Quiet, Stacks, Verbose
from scripts.cli.session import Session, begin, status_of

StateFile = Annotated[
    Path | None,
    typer.Option(
        "--state",
        metavar="FILE",
        help="What exists, from `pulumi stack export`: judge that, also of a program that has no spec.",
        show_default=False,
    ),
]

Fix = Annotated[
    bool, typer.Option("--fix", help="Show, as a diff of the stack file, the edits that need no choice of yours.")
]
Write = Annotated[bool, typer.Option("--write", help="Make the edits that --fix shows, then check again.")]

UNKNOWN_OFFLINE = (
    "What only the account can tell (quotas, free capacity, reservations, existing networks) is not checked here."
)

NO_PLAN = "Rules and cost come with the plan, once the errors are gone."


def command(
    stacks: Stacks = None,
    output: Format = "text",
    compare_to: CompareTo = None,
    changed_since: ChangedSince = None,
    state: StateFile = None,
    fix: Fix = False,
    write: Write = False,
    date: Date = None,
    verbose: Verbose = False,
    quiet: Quiet = False,
) -> int:
    """List everything that is wrong with a stack, at once: its spec, what its cloud cannot do, and rules.

    With --compare-to it judges the change too; --fix shows the edits that need no choice of yours. Exit status: 0 all
    good, 1 a rule or the budget blocks, 2 the input is wrong.
    """
    on = date or today()
    single = stacks is not None and len(stacks) == 1 and compare_to is None and changed_since is None
    if state is not None:
        return _of_state(stacks, state, output, on, compare_to or changed_since, verbose=verbose, quiet=quiet)
    if (fix or write) and not (single and output == "text"):
        raise typer.BadParameter("--fix is for one stack, as text, and compares it with nothing")
    if not stacks or not single or output not in ("text", "json"):
        from scripts.cli.review_run import run

        return run(
            "check",
            stacks,
            output,
            on,
            compare_to=compare_to,
            changed_since=changed_since,
            verbose=verbose,
            quiet=quiet,
        )
    session = begin(name_of(stacks[0]), output, verbose=verbose, quiet=quiet)
    if fix or write:
        _fix(session, stacks[0], on, write=write)
    return _one(session, stacks[0], on)


def _fix(session: Session, stack: str, on: Day, *, write: bool) -> None:
    """Show what can be fixed, and make the edits when told; a spec with errors is only checked."""
    from scripts.cli.fix import none_if_broken, show

    found = none_if_broken(stack, on)
    if found is None:
        return
    if write and found.made:
        found.write()
    show(session, found, written=write)


def _one(session: Session, stack: str, on: Day) -> int:
    """Check one stack and print it; the exit status."""
    try:
        found = assess(stack, on)
    except InputError as error:
        findings = graver_first(error.findings)
        if session.json:
            session.emit({"findings": [finding.to_dict() for finding in findings], "rules": [], "cost": None})
        else:
            from scripts.cli.findings import print_findings, print_verdict

            print_findings(session, findings)
            session.print(NO_PLAN, style="dim")
            print_verdict(session, findings)
        return status_of(findings)
    if session.json:
        session.emit(document(found))
    else:
        _print(session, found)
    return status_of(found.findings)


def _of_state(
    stacks: list[str] | None,
    file: Path,
    output: str,
    on: Day,
    comparison: str | None,
    *,
    verbose: bool,
    quiet: bool,
) -> int:
    if not stacks or len(stacks) > 1 or output not in ("text", "json") or comparison is not None:
        raise typer.BadParameter("--state judges one stack, as text or json, and compares it with nothing")
    from scripts.cli.state_check import run

    return run(stacks[0], file, output, on, verbose=verbose, quiet=quiet)


def document(found: Assessment) -> dict[str, object]:
    """What `--output json` says of an assessment."""
    from components.cost.report import to_document

    return {
        "findings": [finding.to_dict() for finding in found.findings],
        "rules": [rule.to_dict() for rule in found.rules],
        "waivers": [waiver.to_dict() for waiver in found.waivers],
        "cost": to_document(found.cost),
    }


def _print(session: Session, found: Assessment) -> None:
    from scripts.cli.findings import print_findings, print_rules, print_verdict
    from scripts.cli.summary import cost_line, header

    session.print(header(found.plan))
    session.print()
    print_findings(session, found.findings)
    print_rules(session, found.rules, found.waivers)
    session.print(cost_line(found.cost, found.plan.budget), soft_wrap=not session.out.is_terminal)
    session.print()
    session.print(UNKNOWN_OFFLINE, style="dim")
    print_verdict(session, found.findings)
