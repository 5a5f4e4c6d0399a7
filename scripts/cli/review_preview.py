"""The part of a review that runs the program: what a stack registers now, and what that does to what it registered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from importlib import import_module
from typing import Any

from components.errors import Finding, FleetError, InputError, Level
from components.plan.planner import plan as plan_of
from policies.rules.protected_replacement import RULE as PROTECTED
from policies.subject import Replacement
from scripts.baseline.git import BASELINE
from scripts.baseline.sources import Before
from scripts.cli.assess import Assessment, Planned, assess_resources, graver_first
from scripts.preview.compare import Comparison, Step
from scripts.preview.state import State
from scripts.report.review import Previewed


def preview(made: Planned, before: Before | None, on: date) -> Previewed:
    """The preview of a stack against what it was. Where the program cannot be run, a finding says why."""
    from scripts.cli.review import baseline_of
    from scripts.cli.verbs.preview import registered

    try:
        resources = registered(made)
    except InputError as error:
        return Previewed(findings=error.findings)
    except FleetError as error:
        return Previewed(findings=(Finding(id="preview", level=Level.ERROR, message=str(error)),))
    comparison, told = None, ()
    if before is not None and before.planned is not None and before.planned.plan.cloud == made.plan.cloud:
        try:
            comparison, told = _against(before, before.planned, made, resources)
        except FleetError as error:
            message = f"what {before.name} registered cannot be told: {error}"
            told = (Finding(id=BASELINE, level=Level.ADVISORY, message=message),)
    was = before is not None and not before.other and comparison is not None
    changes = replacements(comparison, made) if was and comparison is not None else None
    found = assess_resources(made, resources, on, baseline_of(before), changes)
    told = once(told, found, changes)
    return Previewed(resources=resources, assessment=found, comparison=comparison, findings=told)


def against_state(
    made: Planned, resources: list[dict[str, Any]], deployment: dict[str, Any], existing: State, on: date
) -> tuple[Assessment, Comparison]:
    """A preview judged as an update of what exists: `existing` as `deployment` (an export of the stack) has it."""
    from scripts.baseline.deployed import deployed
    from scripts.cli.verbs.preview import compared

    comparison, told = compared(made, resources, existing)
    changes = replacements(comparison, made)
    found = assess_resources(made, resources, on, deployed(deployment, made.stack, on), changes)
    told = once(told, found, changes)
    return replace(found, findings=graver_first((*found.findings, *told))), comparison


def _against(
    before: Before, was: Planned, made: Planned, resources: list[dict[str, Any]]
) -> tuple[Comparison, tuple[Finding, ...]]:
    """The resources held against those of what was before, and what that means for whoever deploys them."""
    from scripts.cli.verbs.preview import compared, registered
    from scripts.preview.former import beside, state_of, with_references

    former = state_of(registered(_under(was, made.stack)))
    comparison, told = compared(made, resources, former)
    comparison = with_references(comparison)
    return (beside(comparison), ()) if before.other else (comparison, told)


def _under(made: Planned, stack: str) -> Planned:
    """A stack planned under another's name, which is in all its names and tags, so that like is held against like.

    Raises InputError where the spec cannot be planned under that name.
    """
    if made.stack == stack:
        return made
    loaded = replace(made.loaded, stack=stack)
    return replace(made, loaded=loaded, plan=plan_of(loaded, made.catalog))


def once(told: Iterable[Finding], found: Assessment, changes: Iterable[Replacement] | None) -> tuple[Finding, ...]:
    """What a comparison means, without refusals (`protected`) that the rule on them blocks for already."""
    blocked = {one.path for one in found.findings if one.id == PROTECTED.id and one.level is not Level.ADVISORY}
    known = {one.resource for one in changes or () if (one.path or one.resource) in blocked}
    return tuple(one for one in told if one.id != "protected" or one.path not in known)


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
        refused=step.protected,
    )
