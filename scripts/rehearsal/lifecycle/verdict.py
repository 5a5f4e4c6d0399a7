"""What a step means: findings in words, of which some block."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib import import_module

from components.errors import Finding, Level
from components.plan.model import ClusterPlan
from scripts.engine.steps import Change, Step

_SHOWN = 3
_UNCHANGED = {"again": "a second up", "refresh": "a refresh"}
_VERBS = {"replace": "replaces", "delete": "deletes"}


def judged(step: Step, plan: ClusterPlan) -> Iterator[Finding]:
    """What is wrong with a step, and what of it is worth knowing."""
    if step.kind in _UNCHANGED and step.changes:
        names = _names([one.name for one in step.changes])
        message = f"{_UNCHANGED[step.kind]} changes what nobody edited: {names}"
        yield Finding(id="not-clean", level=Level.MANDATORY, path=step.name, message=message)
    if step.kind == "edit-preview" and step.error:
        yield _refused(step)
    elif step.error:
        yield _failed(step)
    elif step.kind == "edit":
        yield from _losses(step, plan)


def left_over(left: Sequence[tuple[str, str]], stack: str) -> list[Finding]:
    """What a destroyed stack has left in the cloud."""
    if not left:
        return []
    message = f"{len(left)} resource(s) are left after destroy: {_names([name for name, _ in left])}"
    hint = "nothing owns them any more: they would stay, and cost; find them by the stack's tag"
    return [Finding(id="left-over", level=Level.MANDATORY, path=stack, message=message, hint=hint)]


def _refused(step: Step) -> Finding:
    words, _, hint = step.error.partition("\n  hint: ")
    message = f"refused, nothing was changed: {words}"
    return Finding(id="refused", level=Level.MANDATORY, path=step.name, message=message, hint=hint)


def _failed(step: Step) -> Finding:
    """The engine or the cloud failed: it does not block, the exit status of a failure is higher anyway."""
    words, _, hint = step.error.partition("\n  hint: ")
    return Finding(id="cloud", level=Level.ADVISORY, path=step.name, message=words, hint=hint)


def _losses(step: Step, plan: ClusterPlan) -> Iterator[Finding]:
    lasting = import_module(f"scripts.preview.{plan.cloud}").lasting
    for change in step.changes:
        kind, _, loss = lasting(change.type) or ("", "", "")
        if not kind or change.operation not in _VERBS:
            continue
        why = f" (because of {', '.join(change.causes)})" if change.causes else ""
        message = f"this {_VERBS[change.operation]} the {kind} {_short(change, plan)}: {loss}{why}"
        level = Level.MANDATORY if change.protected else Level.ADVISORY
        yield Finding(id="data-loss", level=level, path=step.name, message=message)


def _short(change: Change, plan: ClusterPlan) -> str:
    return change.name.removeprefix(f"{plan.stack}-")


def _names(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more
