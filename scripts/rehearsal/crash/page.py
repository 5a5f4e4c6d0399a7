"""The page that tells how the matrix went."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence

from scripts.rehearsal.crash.cases import COMMAND, ITSELF, LOST, Outcome
from scripts.rehearsal.crash.matrix import Played
from scripts.rehearsal.crash.place import AFTER, BEFORE, POINTS, REPLIED

_ENDS = (ITSELF, COMMAND, LOST)
_POINTS = {
    BEFORE: "before the provider does anything",
    AFTER: "after the cloud did it, before the reply",
    REPLIED: "after the reply, before the state is written",
}


def counted(outcomes: Sequence[Outcome]) -> str:
    """One line: how many, and how they ended."""
    ends = Counter(one.end for one in outcomes)
    return f"{len(outcomes)} cases: {', '.join(f'{ends[end]} {_said(end)}' for end in _ENDS)}"


def _said(end: str) -> str:
    return end if end == LOST else f"converged {end}"


_HEAD = """# The engine killed at every step

Written by `make crash-matrix`; do not edit.

A stack comes up, is edited and is destroyed against a simulated cloud, one step after another. At each call that changes
the cloud the engine is killed (SIGKILL) at one of three moments. Then a person's part: the dead run's lock is taken away
(`pulumi cancel`), and where `scripts/engine/recovery.py` names an orphan and a command, that command is run as it
stands, in a shell. Then the same verb again. A case has converged if the cloud and the state are what the uninterrupted
run leaves: the same resources with the same inputs, nothing twice, nothing that nobody owns. A bare program replays what
the real one registers; a test holds the two to be equal. The edit has updates, a replacement, creations and deletions in
it.
"""
_SECTION = "## "


def page(before: str, played: Played, version: str) -> str:
    """docs/crash-matrix.md with the section of one stack anew; `before` is the page as it was, whose other sections stay.

    `version` is the engine's.
    """
    sections = {one.partition("\n")[0]: one for one in before.split(f"\n{_SECTION}")[1:]}
    sections[played.stack] = "\n".join(_lines(played, version)) + "\n"
    return "\n".join((_HEAD, *(f"{_SECTION}{sections[stack].rstrip()}\n" for stack in sorted(sections))))


def _lines(played: Played, version: str) -> Iterator[str]:
    day, outcomes = time.strftime("%Y-%m-%d", time.gmtime()), played.outcomes
    part = "" if len(outcomes) == played.cases else f" That is a part: {played.cases} cases there are in all."
    yield from (played.stack, "", f"**{counted(outcomes)}.**{part} Pulumi {version}, {day}.", "")
    yield from (
        "| run | killed | cases | by itself | by the command | lost |",
        "| --- | --- | ---: | ---: | ---: | ---: |",
    )
    for scenario in dict.fromkeys(one.scenario for one in outcomes):
        for point in POINTS:
            here = [one for one in outcomes if (one.scenario, one.point) == (scenario, point)]
            yield f"| {scenario} | {_POINTS[point]} | {_cells(here)} |"
    yield f"| all | | {_cells(outcomes)} |"
    yield from ("", "By what was interrupted:", "", "| call | cases | by itself | by the command | lost |")
    yield "| --- | ---: | ---: | ---: | ---: |"
    for method in dict.fromkeys(one.step.partition(" ")[0] for one in outcomes):
        yield f"| {method} | {_cells([one for one in outcomes if one.step.startswith(f'{method} ')])} |"
    yield from _typed(outcomes)
    yield from _losses(outcomes)


def _typed(outcomes: Sequence[Outcome]) -> Iterator[str]:
    yield from ("", "By type of resource:", "", "| type | cases | by itself | by the command | lost |")
    yield "| --- | ---: | ---: | ---: | ---: |"
    for type in sorted({one.type for one in outcomes}):
        yield f"| `{type}` | {_cells([one for one in outcomes if one.type == type])} |"


def _losses(outcomes: Sequence[Outcome]) -> Iterator[str]:
    gone = [one for one in outcomes if one.end == LOST]
    if gone:
        yield from ("", "Lost:", "")
    for one in gone:
        yield f"- {one.scenario}, {one.step}, {one.point}: {one.why}"


def _cells(outcomes: Sequence[Outcome]) -> str:
    ends = Counter(one.end for one in outcomes)
    return " | ".join(str(count) for count in (len(outcomes), *(ends[end] for end in _ENDS)))
