"""A rehearsal as lines of text: what each step did, and how many accelerators it moved."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.rehearsal.lifecycle.model import OPERATIONS, Change, Gpus, Report, Step

SHOWN = 24
"""Resources of one step that are listed; JSON has them all."""
_WHOLE = ("preview", "up", "resume", "release", "destroy")
"""Steps of which the counts say enough."""
_GLYPHS = {"failed": "✗", "create": "+", "update": "~", "replace": "±", "delete": "-"}
_WORDS = {"create": "created", "update": "updated", "replace": "replaced", "delete": "deleted", "same": "unchanged"}
_GRAVER = ("failed", "replace", "delete", "update", "create")
_PATHS = 3


def headline(step: Step) -> str:
    """One line for a step: seconds, name, counts."""
    counts = ", ".join(f"{step.count(one)} {_WORDS[one]}" for one in OPERATIONS if step.count(one))
    outcome = "refused" if step.kind == "edit-preview" else "FAILED" if step.error else ""
    told = "; ".join(part for part in (outcome, counts or "nothing to do") if part)
    return f"{step.seconds:6.1f} s  {step.name}: {told}"


def timeline(report: Report, stack: str) -> Iterator[str]:
    """Every step with what it changed."""
    for step in report.steps:
        yield headline(step)
        if step.kind not in _WHOLE:
            yield from _resources(step, stack)
            moved = accelerators(step.gpus)
            if moved:
                yield f"            GPUs: {moved}"
        if step.error:
            yield f"            {step.error.partition(chr(10))[0]}"


def accelerators(moved: Gpus) -> str:
    """What happens to accelerators, in words; empty where nothing does."""
    said = (
        (moved.ended, f"{moved.ended} go away"),
        (moved.begun, f"{moved.begun} come"),
        (moved.restarted, f"{moved.restarted} get new nodes, one node after another"),
        (moved.missing, f"{moved.missing} missing at a time"),
    )
    return ", ".join(words for count, words in said if count)


def _resources(step: Step, stack: str) -> Iterator[str]:
    graver = sorted(step.changes, key=lambda one: (not one.protected, _GRAVER.index(one.operation)))
    for change in graver[:SHOWN]:
        yield f"            {_GLYPHS[change.operation]} {change.name.removeprefix(f'{stack}-')}{_why(change)}"
    if len(step.changes) > SHOWN:
        yield f"            … {len(step.changes) - SHOWN} more, all in --output json"


def _why(change: Change) -> str:
    paths = change.causes or change.paths
    if change.operation not in ("update", "replace") or not paths:
        return ""
    more = f" and {len(paths) - _PATHS} more" if len(paths) > _PATHS else ""
    order = ", old first" if change.old_first else ""
    return f" ({', '.join(paths[:_PATHS])}{more}{order})"
