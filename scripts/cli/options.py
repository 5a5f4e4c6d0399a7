"""The arguments and options that verbs share, as types of their parameters."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Literal

import typer

from components.errors import InputError


def _stacks(incomplete: str) -> list[str]:
    """Names of stacks, for the shell's completion."""
    from components.spec.project import find_project

    try:
        return [name for name in find_project().stacks() if name.startswith(incomplete)]
    except InputError:
        return []


def _day(text: str | date) -> date:
    if isinstance(text, date):
        return text
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or day.isoformat() != text:
        raise typer.BadParameter(f"{text!r} is no date; write it as YYYY-MM-DD")
    return day


def today() -> date:
    """Today in UTC: what `--date` is when it is not given."""
    return datetime.now(UTC).date()


Stack = Annotated[
    str,
    typer.Argument(
        metavar="STACK",
        help="A stack's name, or the path of a stack file.",
        show_default=False,
        autocompletion=_stacks,
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
        help="The day that rules, waivers and ages of prices read; default: today in UTC.",
        show_default=False,
    ),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Say more on stderr; show tracebacks of bugs.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No notes and no progress on stderr.")]
