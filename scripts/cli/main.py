"""The entry point of `gpufleet`. Only the verb that is called is imported."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from itertools import pairwise

import typer

from scripts.cli.failure import INTERRUPTED, stop
from scripts.cli.session import begin, current

# Verb -> its module and what help says of it. A module has `command`, or `app` where the verb has verbs of its own.
VERBS: dict[str, tuple[str, str]] = {
    "plan": ("scripts.cli.verbs.plan", "Show every decision that a stack's plan takes, as YAML."),
    "check": ("scripts.cli.verbs.check", "List everything that is wrong with a stack: spec, plan and rules."),
    "cost": ("scripts.cli.verbs.cost", "Show what a stack costs a month, item by item."),
    "preview": ("scripts.cli.verbs.preview", "Show every resource that a stack registers, with cost and rules."),
    "parity": ("scripts.cli.verbs.parity", "Show what differs between stacks of one blueprint, and whether it may."),
}

ABOUT = "One short spec of a GPU cluster: planned, priced, checked and previewed before it exists."
PROGRAM = "gpufleet"


def run() -> None:
    """What the command `gpufleet` runs."""
    sys.exit(main(sys.argv[1:]))


def main(arguments: Sequence[str]) -> int:
    """Run one command line; its exit status. Never raises."""
    words = _before_dashes(arguments)
    pairs = list(pairwise(words))
    json = "--output=json" in words or ("--output", "json") in pairs or ("-o", "json") in pairs
    begin(None, "json" if json else "text", verbose="-v" in words or "--verbose" in words)
    if "--version" in words:
        return _version()
    try:
        status = _app(words)(list(arguments) or ["--help"], prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
        return int(status or 0)
    except BrokenPipeError:  # whoever read us has stopped; the interpreter must not complain about it at its end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (KeyboardInterrupt, typer.Abort):
        return INTERRUPTED
    except Exception as error:
        return stop(error, current(), tuple(VERBS))


def _app(words: Sequence[str]) -> typer.Typer:
    """The app for one command line: the verb that it names in full, every other one by name and help."""
    app = typer.Typer(name=PROGRAM, help=ABOUT, pretty_exceptions_enable=False, add_completion=True)
    app.callback()(_global)
    called = {*words, *os.environ.get("COMP_WORDS", os.environ.get("_TYPER_COMPLETE_ARGS", "")).split()}
    for verb, (module, about) in VERBS.items():
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


def _before_dashes(arguments: Sequence[str]) -> list[str]:
    words = list(arguments)
    return words[: words.index("--")] if "--" in words else words
