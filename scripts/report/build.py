"""Plans, prices and judges the stacks of a report; one that cannot be planned does not keep out the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from importlib.util import find_spec
from typing import Any, Literal

from components.errors import InputError
from scripts.cli.assess import Planned, assess, graver_first, name_of
from scripts.report.model import StackReport, Tree
from scripts.report.tree import planned_tree, registered_tree

Resources = Literal["auto", "registered", "planned", "none"]
FEW = 8
"""With `auto`, the program is run for so many stacks: each takes about a tenth of a second, and the SDK one."""

Run = Callable[[Planned], Sequence[dict[str, Any]]]


def build(stacks: Sequence[str], on: date, resources: Resources, run: Run) -> list[StackReport]:
    """A report for each stack, in the order given. `run` gives the resources that a stack's program registers.

    Raises InputError where `registered` is asked for and a cloud's SDK is not installed.
    """
    return [_report(stack, on, resources, run, few=len(stacks) <= FEW) for stack in stacks]


def _report(stack: str, on: date, resources: Resources, run: Run, *, few: bool) -> StackReport:
    try:
        found = assess(stack, on)
    except InputError as error:
        return StackReport(name=name_of(stack), on=on, findings=graver_first(error.findings))
    return StackReport(
        name=found.plan.stack,
        on=on,
        findings=found.findings,
        assessment=found,
        tree=_tree(found.planned, resources, run, few=few),
    )


def _tree(made: Planned, resources: Resources, run: Run, *, few: bool) -> Tree | None:
    if resources == "none":
        return None
    if resources == "registered" or (resources == "auto" and few and _installed(made.plan.cloud)):
        return registered_tree(run(made), made.plan.stack)
    return planned_tree(made.plan)


def _installed(cloud: str) -> bool:
    return all(find_spec(package) is not None for package in ("pulumi", f"pulumi_{cloud}"))
