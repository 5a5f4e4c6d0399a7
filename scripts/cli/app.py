"""From words on the command line to a verb, and from however that ends to an exit status."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from io import TextIOWrapper
from itertools import pairwise

import typer

from scripts.cli.failure import stop
from scripts.cli.session import begin, current

ABOUT = "One short spec of a GPU cluster: planned, priced, checked and previewed before it exists."
PROGRAM = "gpufleet"
UNREAD = 141
"""Whoever read us has stopped: what a shell reports of a program that ended so. Not 0: a gate must not pass by it."""

Verbs = Mapping[str, tuple[str, str]]


def start(arguments: Sequence[str], verbs: Verbs) -> int:
    """Run one command line; its exit status. Raises nothing but KeyboardInterrupt."""
    _show_what_can_be_shown()
    words = _before_dashes(arguments)
    pairs = list(pairwise(words))
    json = "--output=json" in words or ("--output", "json") in pairs or ("-o", "json") in pairs
    begin(None, "json" if json else "text", verbose="-v" in words or "--verbose" in words)
    if "--version" in words:
        return _version()
    try:
        status = _app(words, verbs)(list(arguments) or ["--help"], prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
        return int(status or 0)
    except BrokenPipeError:
        return _unread()
    except SystemExit as ending:  # typer ends so after completion, and when nobody reads any more
        return _unread() if isinstance(ending.__context__, BrokenPipeError) else int(ending.code or 0)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except Exception as error:
        return stop(error, current(), tuple(verbs))


def _app(words: Sequence[str], verbs: Verbs) -> typer.Typer:
    """The app for one command line: the verb that it names in full, every other one by name and help."""
    app = typer.Typer(name=PROGRAM, help=ABOUT, pretty_exceptions_enable=False, add_completion=True)
    app.callback()(_global)
    called = {*words, *os.environ.get("COMP_WORDS", os.environ.get("_TYPER_COMPLETE_ARGS", "")).split()}
    for verb, (module, about) in verbs.items():
        if verb not in called:
            app.command(verb, help=about)(_not_called)
            continue
        found = import_module(module)
        if hasattr(found, "app"):
            app.add_typer(found.app, name=verb, help=about)
        else:
            app.command(verb, help=found.command.__doc__ or about)(found.command)
    return app


def _global(
    version: bool = typer.Option(False, "--version", help="Show the version and exit."),
) -> None:
    """The options before the verb; `--version` is read before any of them."""


def _not_called() -> None:
    """Stands for a verb that this command line does not name."""


def _version() -> int:
    from importlib.metadata import version

    sys.stdout.write(f"{PROGRAM} {version('gpu-fleet')}\n")
    return 0


def _unread() -> int:
    """Keep the interpreter from complaining, at its end, about what nobody reads."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return UNREAD


def _show_what_can_be_shown() -> None:
    """A character that the terminal's encoding lacks becomes a question mark, never an error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")


def _before_dashes(arguments: Sequence[str]) -> list[str]:
    words = list(arguments)
    return words[: words.index("--")] if "--" in words else words
