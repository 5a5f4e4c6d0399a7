"""Plans, prices, judges and compares the stacks of a report; one that has no plan does not keep out the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from typing import Any, Literal

from components.catalog import CLOUDS
from scripts.cli.assess import Planned
from scripts.cli.review import Request, review
from scripts.report.model import Report, StackReport, Tree
from scripts.report.review import StackReview
from scripts.report.tree import planned_tree, registered_tree

Resources = Literal["auto", "registered", "planned", "none"]
FEW = 8
"""With `auto`, the program is run for so many stacks: each takes about a tenth of a second, and the SDK one."""

Run = Callable[[Planned], Sequence[dict[str, Any]]]


def build(asked: Request, resources: Resources, run: Run) -> Report:
    """The report that a request asks for. `run` gives the resources that a stack's program registers.

    What cannot be had is a finding. Raises InputError where `registered` is asked for without a cloud's SDK.
    """
    if (asked.compare_to is not None or asked.changed_since is not None) and _runs(asked, resources):
        asked = replace(asked, verb="preview")
    found = review(asked)
    few = len(found.stacks) <= FEW
    return Report(
        on=asked.on,
        stacks=tuple(_report(stack, asked, _tree(stack, resources, run, few=few)) for stack in found.stacks),
        findings=found.findings,
        baseline=found.baseline,
    )


def _runs(asked: Request, resources: Resources) -> bool:
    """Whether programs are run for both sides of a comparison, so that it has their resources too."""
    few = 0 < len(asked.stacks) <= FEW
    return resources == "registered" or (resources == "auto" and few and all(map(_installed, CLOUDS)))


def _report(stack: StackReview, asked: Request, tree: Tree | None) -> StackReport:
    return StackReport(
        name=stack.stack,
        on=asked.on,
        findings=stack.findings,
        assessment=stack.assessment,
        difference=stack.difference,
        tree=tree,
    )


def _tree(stack: StackReview, resources: Resources, run: Run, *, few: bool) -> Tree | None:
    if resources == "none" or stack.assessment is None:
        return None
    made = stack.assessment.planned
    if stack.resources is not None:
        return registered_tree(stack.resources, stack.stack)
    if resources == "registered" or (resources == "auto" and few and _installed(made.plan.cloud)):
        return registered_tree(run(made), made.plan.stack)
    return planned_tree(made.plan)


def _installed(cloud: str) -> bool:
    return all(find_spec(package) is not None for package in ("pulumi", f"pulumi_{cloud}"))
