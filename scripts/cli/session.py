"""What one run of the command line prints, where, and how.

The product of a verb goes to stdout: text for people, or one JSON document and nothing else. Everything else (errors
that stop a verb, notes, progress) goes to stderr. Colour and progress only where a terminal is.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from components.errors import Finding

if TYPE_CHECKING:  # rich is loaded when something is printed
    from rich.console import Console, RenderableType

SCHEMA_VERSION = 1
PIPED_WIDTH = 100
"""Columns of text that goes to a file or another program."""


@dataclass
class Session:
    """One run. `stack` is named in every JSON document, also when the run fails."""

    stack: str | None = None
    json: bool = False
    verbose: bool = False
    quiet: bool = False

    @cached_property
    def out(self) -> Console:
        """The console of the product."""
        return _console(stderr=False)

    @cached_property
    def err(self) -> Console:
        """The console of errors, notes and progress."""
        return _console(stderr=True)

    def print(
        self, what: RenderableType = "", *, style: str | None = None, soft_wrap: bool = False, crop: bool = False
    ) -> None:
        """A part of the product, as text. `soft_wrap`: lines stay whole; `crop`: a terminal cuts them."""
        if self.out.is_terminal:
            self.out.print(what, style=style, soft_wrap=soft_wrap, no_wrap=crop, overflow="ellipsis" if crop else None)
            return
        with self.out.capture() as captured:
            self.out.print(what, style=style, soft_wrap=soft_wrap or crop)
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in captured.get().splitlines())

    def lines(self, text: str) -> None:
        """Lines of the product as they are, where no terminal wants them wrapped or coloured; quick for thousands."""
        sys.stdout.writelines(f"{line.rstrip()}\n" for line in text.splitlines())

    def emit(self, document: Mapping[str, Any]) -> None:
        """The product as JSON: `schema_version` and `stack`, then the document's own parts."""
        whole = {"schema_version": SCHEMA_VERSION, "stack": self.stack, **document}
        plain = (sys.stdout.encoding or "").lower() not in ("utf-8", "utf8")
        sys.stdout.write(json.dumps(whole, indent=2, ensure_ascii=plain) + "\n")

    def note(self, text: str) -> None:
        """Something worth knowing beside the product; not with `--quiet`."""
        if not self.quiet:
            self.err.print(text, style="dim")

    def detail(self, text: str) -> None:
        """Something for `--verbose` only."""
        if self.verbose:
            self.err.print(text, style="dim")

    @contextmanager
    def progress(self, doing: str) -> Generator[None]:
        """A spinner that says what takes long; only on a terminal."""
        if self.quiet or not sys.stderr.isatty():
            yield
            return
        with self.err.status(doing):
            yield


_current = Session()


def begin(stack: str | None, output: str, *, verbose: bool = False, quiet: bool = False) -> Session:
    """Start the run of a verb with its options; `current` gives the same session from now on."""
    global _current
    _current = Session(stack=stack, json=output == "json", verbose=verbose, quiet=quiet)
    return _current


def current() -> Session:
    """The session of this run."""
    return _current


def status_of(findings: Sequence[Finding]) -> int:
    """The exit status: the highest of the findings."""
    return max((finding.level.exit_status for finding in findings), default=0)


def _console(*, stderr: bool) -> Console:
    from rich.console import Console

    stream = sys.stderr if stderr else sys.stdout
    return Console(
        stderr=stderr,
        highlight=False,
        emoji=False,
        markup=False,
        soft_wrap=False,
        width=None if stream.isatty() else _piped_width(),
    )


def _piped_width() -> int:
    columns = os.environ.get("COLUMNS", "")
    return int(columns) if columns.isdecimal() and int(columns) >= 40 else PIPED_WIDTH
