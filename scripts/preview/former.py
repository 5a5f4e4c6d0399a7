"""What a stack consisted of before a change, as its program would have registered it: a state without a deployment.

A value that only the cloud decides is a mark that names where it comes from, on both sides of a comparison alike, so
that an unchanged reference is no difference and a new one is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, cast

from components.records import record
from scripts.preview.compare import Change, Comparison, Resource, Step
from scripts.preview.differences import text_of
from scripts.preview.identity import Identities
from scripts.preview.state import PROVIDERS, Existing, State

_START, _END = "[from ", "]"


@record(kw_only=True)
class Former(Existing):
    """A resource of a former preview: each of its outputs is a mark."""

    def output(self, path: str) -> Any:
        return _mark(f"{self.name}.{path}")


def state_of(resources: Iterable[Resource]) -> State:
    """The resources of a preview (as its document has them) as if they existed."""
    named = {str(one["name"]): one for one in resources}
    identities = Identities(named)
    return State({name: _former(one, identities.of(name)[0][0]) for name, one in named.items()})


def with_references(comparison: Comparison) -> Comparison:
    """The comparison with references in place of the marks."""
    steps = tuple(replace(step, changes=tuple(_plain(change) for change in step.changes)) for step in comparison.steps)
    return Comparison(steps, comparison.unresolved)


def beside(comparison: Comparison) -> Comparison:
    """The comparison of two stacks: what both have differs or not, and nothing is replaced or deleted by that.

    A reference to what would be another one after an update is the same here.
    """
    return Comparison(tuple(map(_beside, comparison.steps)), comparison.unresolved)


def _beside(step: Step) -> Step:
    changes = tuple(
        replace(change, effect="update", source="")
        for change in step.changes
        if _marked(change.old) != _marked(change.new)
    )
    operation = step.operation
    if operation not in ("create", "delete"):
        operation = "update" if changes else "same"
    return replace(step, operation=operation, old_first=False, protected=False, retained=False, changes=changes)


def _former(one: Resource, chain: str) -> Former:
    component = one["provider"] is None and not str(one["type"]).startswith(PROVIDERS)
    return Former(
        type=str(one["type"]),
        chain=chain,
        name=str(one["name"]),
        id=None if component else _mark(f"{one['name']}.id"),
        protect=bool(one["protect"]),
        retained=bool(one["retain_on_delete"]),
        provider=one["provider"],
        inputs=_marked(one["inputs"]),
        outputs={},
    )


def _marked(value: Any) -> Any:
    if isinstance(value, list):
        return [_marked(item) for item in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    items = cast("Mapping[str, Any]", value)
    if set(items) == {"ref"}:
        return _mark(str(items["ref"]))
    if set(items) == {"join"}:
        return "".join(text_of(_marked(part)) for part in cast("list[Any]", items["join"]))
    return {key: _marked(item) for key, item in items.items()}


def _mark(reference: str) -> str:
    return f"{_START}{reference}{_END}"


def _plain(change: Change) -> Change:
    return replace(change, old=_unmarked(change.old), new=_unmarked(change.new))


def _unmarked(value: Any) -> Any:
    if isinstance(value, list):
        return [_unmarked(item) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _unmarked(item) for key, item in cast("dict[str, Any]", value).items()}
    if isinstance(value, str) and value.startswith(_START) and value.endswith(_END):
        inside = value[len(_START) : -len(_END)]
        return value if _START in inside else {"ref": inside}
    return value
