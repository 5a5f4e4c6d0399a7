"""What can be wrong, and how it is told.

```
FleetError                      base of everything that this project raises on purpose
├── InputError                  spec, flags, file, or what a cloud cannot do: carries findings (exit 2)
├── CatalogError                the shipped catalogue is damaged, or names nothing of that kind (exit 2)
└── EngineError                 the Pulumi engine or a cloud failed (exit 3)
```

A `Finding` is one problem with its place and its remedy. Every layer reports findings, never text of its own.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any

from components.records import record


class Level(StrEnum):
    """How much a finding weighs; the exit status of a run is the highest of its findings."""

    ERROR = "error"  # input that is wrong, or that the cloud cannot do: exit 2
    MANDATORY = "mandatory"  # a rule or budget that blocks: exit 1
    ADVISORY = "advisory"  # worth knowing: exit 0

    @property
    def exit_status(self) -> int:
        return {"error": 2, "mandatory": 1, "advisory": 0}[self.value]


@record
class Place:
    """Where a value was written: a file as the user named it, and a line counted from 1."""

    file: str
    line: int | None = None

    def __str__(self) -> str:
        return self.file if self.line is None else f"{self.file}:{self.line}"


@record
class Finding:
    """One problem: `path` is the dotted spec path (`pools.train.accelerator`), `hint` what to do about it."""

    id: str
    level: Level
    message: str
    path: str = ""
    hint: str = ""
    file: str | None = None
    line: int | None = None

    def at(self, place: Place | None) -> Finding:
        """The same finding at a place; a finding that has a place keeps it."""
        if place is None or self.file is not None:
            return self
        return replace(self, file=place.file, line=place.line)

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "level": self.level.value,
            "path": self.path,
            "file": self.file,
            "line": self.line,
            "message": self.message,
            "hint": self.hint,
        }

    def __str__(self) -> str:
        where = " ".join(part for part in (str(Place(self.file, self.line)) if self.file else "", self.path) if part)
        return f"{where}: {self.message}" if where else self.message


class FleetError(Exception):
    """Base of everything that this project raises on purpose."""


class InputError(FleetError):
    """Input that is wrong: carries every finding that was met, never only the first."""

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        self.findings: tuple[Finding, ...] = (findings,) if isinstance(findings, Finding) else tuple(findings)
        super().__init__("\n".join(map(str, self.findings)))


class CatalogError(FleetError):
    """The shipped catalogue is damaged or incomplete."""


class EngineError(FleetError):
    """The Pulumi engine or a cloud failed."""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` is most likely a misspelling of, or None."""
    by_folded: dict[str, str] = {}
    for name in known:
        by_folded.setdefault(name.casefold(), name)
    folded = word.casefold()
    close = difflib.get_close_matches(folded, list(by_folded), n=5, cutoff=0.6)
    # Letters that changed places are likelier than letters that changed: "us-esat-1" is no "us-west-1".
    close.sort(key=lambda name: sorted(name) != sorted(folded))
    return by_folded[close[0]] if close else None


def did_you_mean(word: str, known: Sequence[str], *, limit: int = 8) -> str:
    """A hint for a word that is not one of `known`: the nearest one, or the first few of them."""
    guess = nearest(word, known)
    if guess is not None:
        return f"did you mean {guess!r}?"
    shown = ", ".join(sorted(known)[:limit])
    return f"one of: {shown}" + (", …" if len(known) > limit else "") if known else ""
