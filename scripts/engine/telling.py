"""One run of the engine as lines of text: what it did, and how many accelerators it moved."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.engine.steps import OPERATIONS, Change, Gpus, Step

SHOWN = 24
"""Resources of one step that are listed; JSON has them all."""
GLYPHS = {"failed": "✗", "create": "+", "update": "~", "replace": "±", "delete": "-"}
WORDS = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "same": "unchanged"}
_GRAVER = ("failed", "replace", "delete", "update", "create")
_PATHS = 3


def headline(step: Step) -> str:
    """One line for a step: seconds, name, counts."""
    outcome = "refused" if step.kind == "edit-preview" else "FAILED" if step.error else ""
    told = "; ".join(part for part in (outcome, counts(step) or "nothing to do") if part)
    return f"{step.seconds:6.1f} s  {step.name}: {told}"


def counts(step: Step) -> str:
    """How many resources a step created, updated and so on; empty where it met none."""
    return ", ".join(f"{step.count(one)} {WORDS[one]}" for one in OPERATIONS if step.count(one))


def graver_first(changes: tuple[Change, ...]) -> list[Change]:
    """Changes, what is protected and what weighs most first."""
    return sorted(changes, key=lambda one: (not one.protected, _GRAVER.index(one.operation)))


def accelerators(moved: Gpus) -> str:
    """What happens to accelerators, in words; empty where nothing does."""
    said = (
        (moved.ended, f"{moved.ended} go away"),
        (moved.begun, f"{moved.begun} come"),
        (moved.restarted, f"{moved.restarted} get new nodes, one node after another"),
        (moved.missing, f"{moved.missing} missing at a time"),
    )
    return ", ".join(words for count, words in said if count)


def resources(step: Step, stack: str) -> Iterator[str]:
    """The gravest changes of a step, a line each, and how many more there are."""
    for change in graver_first(step.changes)[:SHOWN]:
        yield line(change, stack)
    if len(step.changes) > SHOWN:
        yield f"… {len(step.changes) - SHOWN} more, all in --output json"


def line(change: Change, stack: str) -> str:
    """One change: its sign, the name, and what replaces or updates it."""
    return f"{GLYPHS[change.operation]} {change.name.removeprefix(f'{stack}-')}{_why(change)}"


def _why(change: Change) -> str:
    paths = change.causes or change.paths
    if change.operation not in ("update", "replace") or not paths:
        return ""
    more = f" and {len(paths) - _PATHS} more" if len(paths) > _PATHS else ""
    order = ", old first" if change.old_first else ""
    return f" ({', '.join(paths[:_PATHS])}{more}{order})"
