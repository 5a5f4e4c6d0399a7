"""Run a verb on several stacks, against what they were, or for another program to read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from datetime import date
from importlib import import_module

from components.errors import Finding, InputError, Level
from scripts.cli.assess import name_of
from scripts.cli.review import Request, review
from scripts.cli.session import Session, begin, status_of
from scripts.report.review import Review

FORMATS = {
    "markdown": "scripts.report.markdown",
    "sarif": "scripts.report.sarif",
    "junit": "scripts.report.junit",
    "infracost": "scripts.report.infracost",
}
"""Formats for other programs; each module has `text(review)`."""


def run(
    verb: str,
    stacks: Sequence[str] | None,
    output: str,
    on: date,
    *,
    compare_to: str | None,
    changed_since: str | None,
    verbose: bool,
    quiet: bool,
) -> int:
    """Do and print it; the exit status. Raises InputError where neither a stack nor a change is named."""
    alone = stacks[0] if stacks and len(stacks) == 1 and changed_since is None else None
    session = begin(name_of(alone) if alone else None, output, verbose=verbose, quiet=quiet)
    if not stacks and changed_since is None:
        raise InputError(_nothing(verb))
    asked = Request(verb=verb, stacks=tuple(stacks or ()), on=on, compare_to=compare_to, changed_since=changed_since)
    with session.progress(f"{verb}: {', '.join(asked.stacks) or f'what changed since {changed_since}'}"):
        found = review(asked)
    _print(session, found, output, alone is not None)
    return status_of(found.all_findings)


def _print(session: Session, found: Review, output: str, alone: bool) -> None:
    if output == "json":
        from scripts.report.document import of_review, of_stack

        session.emit(of_stack(found.stacks[0], found.findings) if alone else of_review(found))
    elif output == "text":
        from scripts.cli.review_text import print_review

        print_review(session, found)
    else:
        text: Callable[[Review], str] = import_module(FORMATS[output]).text
        sys.stdout.write(text(found))


def _nothing(verb: str) -> Finding:
    message = f"gpufleet {verb}: which stack?"
    hint = f"name one or more: gpufleet {verb} STACK; or those that a change touches: --changed-since main"
    return Finding(id="usage", level=Level.ERROR, message=message, hint=hint)
