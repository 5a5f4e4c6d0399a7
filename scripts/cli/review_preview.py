"""The part of a review that runs the program: what a stack registers now, and what that does to what it registered."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

from components.errors import Finding, FleetError, InputError, Level
from policies.subject import Replacement
from scripts.baseline.git import BASELINE
from scripts.baseline.sources import Before
from scripts.cli.assess import Planned, assess_resources
from scripts.preview.compare import Comparison, Step
from scripts.report.review import Previewed


def preview(made: Planned, before: Before | None, on: date) -> Previewed:
    """The preview of a stack against what it was. Where the program cannot be run, a finding says why."""
    from scripts.cli.review import baseline_of
    from scripts.cli.verbs.preview import compared, registered

    try:
        resources = registered(made)
    except InputError as error:
        return Previewed(findings=error.findings)
    except FleetError as error:
        return Previewed(findings=(Finding(id="preview", level=Level.ERROR, message=str(error)),))
    comparison, told = None, ()
    if before is not None and before.planned is not None and before.planned.plan.cloud == made.plan.cloud:
        from scripts.preview.former import state_of, with_references

        try:
            former = state_of(registered(before.planned))
        except FleetError as error:
            message = f"what {before.name} registered cannot be told: {error}"
            told = (Finding(id=BASELINE, level=Level.ADVISORY, message=message),)
        else:
            comparison, told = compared(made, resources, former)
            comparison = with_references(comparison)
    changes = None if comparison is None else replacements(comparison, made)
    found = assess_resources(made, resources, on, baseline_of(before), changes)
    return Previewed(resources=resources, assessment=found, comparison=comparison, findings=told)


def replacements(comparison: Comparison, made: Planned) -> tuple[Replacement, ...]:
    """The pools, clusters and storage that a comparison replaces or deletes, as rules judge them."""
    kinds = import_module(f"scripts.preview.{made.plan.cloud}").KINDS
    context = import_module(f"policies.readers.{made.plan.cloud}").context_of(made.plan)
    return tuple(
        _replacement(step, kinds[step.type], context, made)
        for step in comparison.changing
        if step.operation in ("replace", "delete") and step.type in kinds
    )


def _replacement(step: Step, kind: str, context: Any, made: Planned) -> Replacement:
    name = step.name.removeprefix(f"{made.stack}-")
    path = context.path_of(step.name, {"pool": "pools.", "storage": "storage."}.get(kind, "-"))
    return Replacement(
        what=name,
        path=path,
        resource=step.name,
        kind=kind,
        operation=step.operation,
        causes=tuple(change.path for change in step.changes if change.effect == "replace"),
        protected=step.protected or made.plan.protect,
    )
