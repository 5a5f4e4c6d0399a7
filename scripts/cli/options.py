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
