"""Stacks planned and priced a second, in one process on one core: from specs, and from files."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.lines import Line, Parts
from components.catalog import load as catalog_of
from components.cost.estimate import report_for
from components.plan.planner import plan
from components.spec.loader import LoadedSpec, load
from components.spec.project import find_project

SECONDS = 2.0
STACKS = 500.0
DAY = date(2026, 11, 24)


def cost(loaded: LoadedSpec) -> None:
    """One stack, from its spec to its cost."""
    planned = plan(loaded)
    report_for(planned, catalog_of(planned.cloud), DAY)


def rate(once: Callable[[], int]) -> float:
    """Stacks a second: `once` does some and says how many."""
    once()
    done, started = 0, time.perf_counter()
    while (spent := time.perf_counter() - started) < SECONDS:
        done += once()
    return done / spent


def parts(_: Path) -> Parts:
    return {"In one process": measure}


def measure() -> list[Line]:
    names = tuple(find_project().stacks())
    specs = [load(name) for name in names]

    def from_specs() -> int:
        for loaded in specs:
            cost(loaded)
        return len(specs)

    def from_files() -> int:
        for name in names:
            cost(load(name))
        return len(names)

    planned, files = rate(from_specs), rate(from_files)
    return [
        Line("stacks planned and priced a second", f"{planned:.0f} /s", f">= {STACKS:g}", planned >= STACKS),
        Line("the same, reading their files each time", f"{files:.0f} /s"),
    ]
