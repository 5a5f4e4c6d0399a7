"""How a run ends that does not end well: what is printed, and with which exit status."""

from __future__ import annotations

import re
import sys
import traceback
from collections.abc import Sequence

import typer

from components.errors import CatalogError, EngineError, Finding, FleetError, InputError, Level, nearest
from scripts.cli.session import Session, status_of

INPUT, ENGINE, BUG = 2, 3, 70

# Every typer has these classes, though not under one public name.
USAGE_ERROR: type[Exception] = typer.BadParameter.__bases__[0]


def stop(error: Exception, session: Session, words: Sequence[str]) -> int:
    """Print why the run stopped; the exit status. `words` are the known verbs, for a misspelt one."""
    if isinstance(error, USAGE_ERROR):
        return _tell((_usage(error, words),), session)
    if isinstance(error, InputError):
        return _tell(error.findings, session)
    if isinstance(error, CatalogError):
        return _tell((Finding(id="catalog", level=Level.ERROR, message=str(error)),), session)
    if isinstance(error, FleetError):
        return max(_tell((Finding(id="engine", level=Level.ERROR, message=str(error)),), session), _status(error))
    return _bug(error, session)


def _status(error: FleetError) -> int:
    return ENGINE if isinstance(error, EngineError) else INPUT


def _tell(findings: Sequence[Finding], session: Session) -> int:
    if session.json:
        session.emit({"findings": [finding.to_dict() for finding in findings]})
    else:
        from scripts.cli.findings import findings_text  # here: nothing is printed by a run that ends well

        session.err.print(findings_text(findings), soft_wrap=True)
    return status_of(findings)


def _bug(error: Exception, session: Session) -> int:
    """An error that nobody foresaw: one line, and how to see more."""
    if session.verbose:
        traceback.print_exception(error, file=sys.stderr)
    message = f"this is a bug in gpufleet: {type(error).__name__}: {error}".splitlines()[0]
    hint = "" if session.verbose else "run it again with -v for the traceback, and report it"
    _tell((Finding(id="bug", level=Level.ERROR, message=message, hint=hint),), session)
    return BUG


def _usage(error: Exception, words: Sequence[str]) -> Finding:
    """A wrong verb, option or argument, with the nearest right one."""
    context = getattr(error, "ctx", None)
    command = getattr(context, "command_path", "gpufleet")
    lines = str(getattr(error, "format_message", lambda: error)()).splitlines()
    message = lines[0].rstrip(".") if lines else "a verb is missing"
    hint = f"see: {command} --help"
    option = getattr(error, "option_name", None)
    if isinstance(option, str) and "no such option" in message.lower():
        known = [name for one in context.command.params for name in one.opts] if context else []
        message, hint = f"there is no option {option}", _guess(option, known, hint)
    elif wrong := re.search(r"No such command '([^']*)'", message):
        subcommands = list(getattr(getattr(context, "command", None), "commands", ())) or words
        message, hint = f"there is no verb {wrong[1]!r}", _guess(wrong[1], subcommands, hint)
    return Finding(id="usage", level=Level.ERROR, message=f"{command}: {message}", hint=hint)


def _guess(word: str, known: Sequence[str], otherwise: str) -> str:
    guess = nearest(word, known)
    return f"did you mean {guess}?" if guess else otherwise
