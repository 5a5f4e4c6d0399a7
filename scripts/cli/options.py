"""The arguments and options that verbs share, as types of their parameters."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

import typer

from components.clock import iso_day
from components.errors import InputError


def complete_stacks(incomplete: str) -> list[str]:
    """Names of stacks, for the shell's completion."""
    from components.spec.project import find_project

    try:
        return [name for name in find_project().stacks() if name.startswith(incomplete)]
    except InputError:
        return []


def _day(text: str | date) -> date:
    if isinstance(text, date):
        return text
    day = iso_day(text)
    if day is None:
        raise typer.BadParameter(f"{text!r} is no date; write it as YYYY-MM-DD")
    return day


Stack = Annotated[
    str,
    typer.Argument(
        metavar="STACK",
        help="A stack's name, or the path of a stack file.",
        show_default=False,
        autocompletion=complete_stacks,
    ),
]
Output = Annotated[
    Literal["text", "json"],
    typer.Option("--output", "-o", help="text for people, or json: one document on stdout."),
]
Stacks = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="STACK",
        help="Stacks: names, or paths of stack files. None with --changed-since: all that the change touches.",
        show_default=False,
        autocompletion=complete_stacks,
    ),
]
Format = Annotated[
    Literal["text", "json", "markdown", "sarif", "junit", "infracost"],
    typer.Option(
        "--output",
        "-o",
        help="text for people; json: one document; markdown: a comment for a pull request; sarif: violations at their"
        " lines; junit: a test for each rule; infracost: the JSON of Infracost 0.10, at the maximum of each pool.",
    ),
]
CompareTo = Annotated[
    str | None,
    typer.Option(
        "--compare-to",
        metavar="REF|STACK|FILE",
        help="What the stack was: at a git ref (with its blueprint and the prices there), another stack, or a report"
        " that --output json wrote.",
        show_default=False,
    ),
]
ChangedSince = Annotated[
    str | None,
    typer.Option(
        "--changed-since",
        metavar="REF",
        help="Only the stacks that differ from where this branch left REF, and compared with that.",
        show_default=False,
    ),
]
Date = Annotated[
    date | None,
    typer.Option(
        "--date",
        metavar="YYYY-MM-DD",
        parser=_day,
        help="The day that rules, waivers and ages of prices read; default: GPU_FLEET_DATE, else today in UTC.",
        show_default=False,
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr; show tracebacks of bugs.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No notes and no progress on stderr.")]
