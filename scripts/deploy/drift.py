"""What somebody changed behind Pulumi's back: the resources as the cloud has them, held against the state."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, cast

from pulumi.automation import EngineEvent
from pulumi.automation.events import StepEventMetadata

from components.records import record
from scripts.engine.steps import Change
from scripts.preview.differences import covered
from scripts.preview.references import SECRET, SIGNATURE

_STACK = "pulumi:pulumi:Stack"
_STEP = re.compile(r"[^.\[\]]+")
_HIDDEN = {"secret": True}


@record(kw_only=True)
class Difference:
    """One property that is not as it was deployed, or a resource that is gone: then `path` is empty."""

    name: str
    type: str
    kind: Literal["changed", "gone"]
    path: str = ""
    found: Any = None
    expected: Any = None

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "kind": self.kind,
            "path": self.path or None,
            "is": self.found,
            "should_be": self.expected,
        }


class Drift:
    """Hears the engine's events of a refresh that writes nothing.

    What the program leaves to others (`ignore_changes`: a number of nodes that an autoscaler sets) is no drift;
    `exported` is the state, which notes that.
    """

    def __init__(self, exported: Mapping[str, Any]) -> None:
        self._found: dict[str, list[Difference]] = {}
        resources: Sequence[Mapping[str, Any]] = exported["deployment"].get("resources") or ()
        self._ignored: Mapping[str, Sequence[str]] = {one["urn"]: one.get("ignoreChanges") or () for one in resources}

    def __call__(self, event: EngineEvent) -> None:
        if event.res_outputs_event is None:
            return
        step = event.res_outputs_event.metadata
        if step.type != _STACK and step.op in ("update", "delete"):
            ignored = self._ignored.get(step.urn, ())
            self._found[step.urn] = [one for one in _differences(step) if not covered(one.path, ignored)]

    def differences(self, changes: tuple[Change, ...]) -> tuple[Difference, ...]:
        """Every difference, by resource. One that the engine tells of without saying where is told without a path."""
        told = [one for found in self._found.values() for one in found]
        known = {urn.rpartition("::")[2] for urn in self._found}
        rest = [Difference(name=one.name, type=one.type, kind="changed") for one in changes if one.name not in known]
        return tuple(sorted((*told, *rest), key=lambda one: (one.name, one.path)))


def _differences(step: StepEventMetadata) -> Iterator[Difference]:
    name = step.urn.rpartition("::")[2]
    if step.op == "delete":
        yield Difference(name=name, type=step.type, kind="gone")
        return
    seen: set[str] = set()
    for path, how in (step.detailed_diff or {}).items():
        whole = _whole(path)
        if whole in seen:
            continue
        seen.add(whole)
        side = "inputs" if how.input_diff else "outputs"
        yield Difference(
            name=name,
            type=step.type,
            kind="changed",
            path=whole,
            found=_at(getattr(step.new, side, None), whole),
            expected=_at(getattr(step.old, side, None), whole),
        )


def _whole(path: str) -> str:
    """A list as a whole: what is at which place in it says little."""
    return path.partition("[")[0]


def _at(values: Mapping[str, Any] | None, path: str) -> Any:
    here: Any = values or {}
    for step in _STEP.findall(path):
        here = cast("Mapping[str, Any]", here).get(step) if isinstance(here, Mapping) else None
    return _plain(here)


def _plain(value: Any) -> Any:
    """A value without the text of secrets."""
    if isinstance(value, list):
        return [_plain(one) for one in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    items = cast("Mapping[str, Any]", value)
    return _HIDDEN if items.get(SIGNATURE) == SECRET else {key: _plain(one) for key, one in items.items()}
