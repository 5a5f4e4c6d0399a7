"""From the engine's events to what happened to each resource."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi.automation import EngineEvent
from pulumi.automation.events import DiagnosticEvent, StepEventMetadata

from components.plan.model import ClusterPlan
from scripts.rehearsal.lifecycle.model import Change, Gpus

_STACK = "pulumi:pulumi:Stack"
# The engine's words for the parts of a replacement; the rest are ours too.
_REPLACES = ("replace", "create-replacement", "delete-replaced", "discard-replaced")
# What rolls the nodes of a group although the provider changes it in place (EKS guide, "Update a managed node group").
_ROLLS = ("launchTemplate", "releaseVersion", "version")
_NODES = "-nodes"


class Events:
    """Collects one run of the engine."""

    def __init__(self) -> None:
        self._steps: dict[str, list[StepEventMetadata]] = {}
        self._errors: list[tuple[str, str]] = []
        self._failed: set[str] = set()

    def __call__(self, event: EngineEvent) -> None:
        if event.resource_pre_event is not None:
            self._add(event.resource_pre_event.metadata)
        elif event.res_outputs_event is not None and event.res_outputs_event.metadata.op != "same":
            self._add(event.res_outputs_event.metadata)
        elif event.res_op_failed_event is not None:
            self._failed.add(event.res_op_failed_event.metadata.urn)
        elif event.diagnostic_event is not None:
            self._diagnose(event.diagnostic_event)

    def _add(self, step: StepEventMetadata) -> None:
        if step.type != _STACK:
            self._steps.setdefault(step.urn, []).append(step)

    def _diagnose(self, event: DiagnosticEvent) -> None:
        if event.severity == "error" and not event.ephemeral:
            self._errors.append((event.urn or "", event.message.strip()))

    def errors(self) -> list[tuple[str, str]]:
        """(logical name, message) of every error; the engine's own have no name."""
        return [(_name(urn), message) for urn, message in self._errors]

    def changes(self) -> tuple[tuple[Change, ...], int]:
        """What changed, in the engine's order, and how many stayed as they are."""
        made = [_change(urn, steps, urn in self._failed) for urn, steps in self._steps.items()]
        return tuple(one for one in made if one.operation != "same"), sum(one.operation == "same" for one in made)


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]


def _change(urn: str, steps: list[StepEventMetadata], failed: bool) -> Change:
    words = [str(step.op.value) for step in steps]
    operation = "failed" if failed else _operation(words)
    order = [word for word in words if word in ("create-replacement", "delete-replaced")]
    olds = [step.old for step in steps if step.old is not None]
    paths = dict.fromkeys(path for step in steps for path in (step.detailed_diff or step.diffs or ()))
    causes = dict.fromkeys(path for step in steps for path in step.keys or ())
    return Change(
        name=_name(urn),
        type=steps[0].type,
        operation=operation,
        paths=tuple(paths),
        causes=tuple(causes),
        old_first=operation == "replace" and order[:1] == ["delete-replaced"],
        protected=any(old.protect for old in olds),
    )


def _operation(words: list[str]) -> str:
    if any(word in _REPLACES for word in words):
        return "replace"
    told = [word for word in words if word in ("create", "update", "delete")]
    return told[-1] if told else "same"


def sizes(plan: ClusterPlan) -> Mapping[str, tuple[int, int]]:
    """Logical name of a node group -> (its nodes as desired, accelerators of each)."""
    return {
        f"{plan.stack}-{rung.name}{_NODES}": (rung.nodes.desired, pool.accelerators_per_node)
        for pool in plan.pools
        for rung in pool.rungs
    }


def gpus(changes: tuple[Change, ...], before: ClusterPlan, after: ClusterPlan) -> Gpus:
    """The accelerators that a step moves, from the plans on both sides of it."""
    old, new = sizes(before), sizes(after)
    total: dict[str, int] = {"ended": 0, "begun": 0, "restarted": 0, "missing": 0}
    for change in changes:
        had, each = old.get(change.name, (0, 0))
        has, each_now = new.get(change.name, (0, 0))
        for key, count in _moved(change, had * each, has * each_now, each).items():
            total[key] += count
    return Gpus(**total)


def _moved(change: Change, had: int, has: int, each: int) -> dict[str, int]:
    if change.operation == "replace":
        return {"ended": had, "begun": has, "missing": had if change.old_first else max(0, had - has)}
    if change.operation == "create":
        return {"begun": has}
    if change.operation == "delete":
        return {"ended": had, "missing": had}
    if change.operation != "update":
        return {}
    fewer, more = max(0, had - has), max(0, has - had)
    rolls = any(path.partition(".")[0] in _ROLLS for path in change.paths)
    stay = min(had, has) if rolls else 0
    return {"ended": fewer, "begun": more, "restarted": stay, "missing": fewer + (min(each, stay) if rolls else 0)}
