"""From the engine's events to what happened to each resource."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pulumi.automation import EngineEvent
from pulumi.automation.events import DiagnosticEvent, PolicyEvent, StepEventMetadata

from components.errors import Finding, Level
from scripts.engine.steps import Change

_STACK = "pulumi:pulumi:Stack"
NO_CHANGE = (_STACK, "pulumi:providers:pulumi")
"""What is in no cloud: the stack itself, and what the engine notes when a program reads the state (never shown by it)."""
# The engine's words for the parts of a replacement; the rest are ours too.
_CREATES = ("create", "create-replacement")
_REPLACES = ("replace", "create-replacement", "delete-replaced", "discard-replaced")


class Events:
    """Collects one run of the engine. One that looks first and then acts is told as what it did at last."""

    def __init__(self) -> None:
        self.runs = 0
        self._begin()

    def _begin(self) -> None:
        self._steps: dict[str, list[StepEventMetadata]] = {}
        self._errors: list[tuple[str, str]] = []
        self._failed: set[str] = set()
        self._not_created: list[Mapping[str, Any]] = []
        self._broken: dict[Finding, None] = {}
        self._outputs: Mapping[str, Any] = {}

    def __call__(self, event: EngineEvent) -> None:
        if event.prelude_event is not None:
            self.runs += 1
            self._begin()
        elif event.policy_event is not None:
            self._judge(event.policy_event)
        elif event.resource_pre_event is not None:
            self._add(event.resource_pre_event.metadata)
        elif event.res_outputs_event is not None:
            self._ended(event.res_outputs_event.metadata)
        elif event.res_op_failed_event is not None:
            self._fail(event.res_op_failed_event.metadata)
        elif event.diagnostic_event is not None:
            self._diagnose(event.diagnostic_event)

    def _add(self, step: StepEventMetadata) -> None:
        if step.type not in NO_CHANGE:
            self._steps.setdefault(step.urn, []).append(step)

    def _fail(self, step: StepEventMetadata) -> None:
        self._failed.add(step.urn)
        if step.op in _CREATES and step.new is not None:
            new = step.new
            self._not_created.append(
                {
                    "urn": new.urn,
                    "type": new.type,
                    "parent": new.parent,
                    "provider": new.provider,
                    "inputs": new.inputs,
                }
            )

    def not_created(self) -> Sequence[Mapping[str, Any]]:
        """The resources whose creation ended with an error, as `scripts.engine.recovery.findings` takes them."""
        return self._not_created

    def _ended(self, step: StepEventMetadata) -> None:
        if step.type == _STACK:
            self._outputs = (step.new.outputs if step.new is not None else None) or {}
        elif step.op != "same":
            self._add(step)

    def _judge(self, event: PolicyEvent) -> None:
        if event.enforcement_level != "mandatory":
            return
        message, _, hint = " ".join(event.message.split()).partition(" hint: ")
        where = _name(event.resource_urn or "")
        found = Finding(id=event.policy_name, level=Level.MANDATORY, path=where, message=message, hint=hint)
        self._broken[found] = None

    def _diagnose(self, event: DiagnosticEvent) -> None:
        if event.severity == "error" and not event.ephemeral:
            self._errors.append((event.urn or "", event.message.strip()))

    def errors(self) -> list[tuple[str, str]]:
        """(logical name, message) of every error; the engine's own have no name."""
        return [(_name(urn), message) for urn, message in self._errors]

    def broken(self) -> tuple[Finding, ...]:
        """What mandatory rules of a policy pack forbid."""
        return tuple(self._broken)

    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs as the program gave them last."""
        return self._outputs

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
