"""A rehearsal as lines of text: what each step did."""

from __future__ import annotations

from collections.abc import Iterator

from scripts.engine.telling import accelerators, headline, resources
from scripts.rehearsal.lifecycle.model import Report

_WHOLE = ("preview", "up", "resume", "release", "destroy")
"""Steps of which the counts say enough."""
_INDENT = " " * 12


def timeline(report: Report, stack: str) -> Iterator[str]:
    """Every step with what it changed."""
    for step in report.steps:
        yield headline(step)
        if step.kind not in _WHOLE:
            yield from (f"{_INDENT}{line}" for line in resources(step, stack))
            moved = accelerators(step.gpus)
            if moved:
                yield f"{_INDENT}GPUs: {moved}"
        if step.error:
            yield f"{_INDENT}{step.error.partition(chr(10))[0]}"
