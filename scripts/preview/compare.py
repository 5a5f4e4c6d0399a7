"""What `pulumi up` would do to a stack: the resources of a preview held against the state of what exists.

No engine and no provider is asked: what differs is compared property by property, and the catalogue's table says what
the provider does with each difference. What the table does not know is `unknown`, never harmless.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, cast

from components.catalog.replacement import Replacements
from components.records import record
from scripts.preview.differences import covered, differences, is_known, known_after, shown, text_of, top
from scripts.preview.identity import Identities
from scripts.preview.state import HIDDEN, PROVIDERS, Existing, State, stated

Resource = Mapping[str, Any]
Operation = Literal["create", "update", "replace", "delete", "unknown", "same"]
REGION = "region"
FROM_PROVIDER = (REGION, "project")
"""What a resource has from its provider where it says nothing itself, and is replaced for."""
BY_ENGINE = ("version", "pluginDownloadURL")
"""What the engine itself adds to a provider's inputs."""

_BY_COMPONENT = "a component has nothing of its own in the cloud"
_BY_PROGRAM = "the program asks for it (replace_on_changes)"


@record(kw_only=True)
class Change:
    """A property that differs. `old` or `new` is None where it is absent; a new value that only the cloud can know yet
    is the reference that it comes from."""

    path: str
    old: Any
    new: Any
    effect: Literal["update", "replace", "unknown"]
    source: str

    def to_json(self) -> dict[str, Any]:
        return {
            "path": self.path,
            "old": shown(self.old),
            "new": shown(self.new),
            "effect": self.effect,
            "source": self.source,
        }


@record(kw_only=True)
class Step:
    """What would happen to one resource. `old_first`: its replacement deletes the old one before the new one is there.

    `was` is the logical name in the state, where an alias says that it had another one; empty otherwise.
    """

    name: str
    type: str
    operation: Operation
    old_first: bool = False
    protected: bool = False
    retained: bool = False
    changes: tuple[Change, ...] = ()
    was: str = ""

    @property
    def known_as(self) -> str:
        """The logical name under which the state has it."""
        return self.was or self.name

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "operation": self.operation,
            "old_first": self.old_first,
            "protected": self.protected,
            "changes": [change.to_json() for change in self.changes],
        }


@record
class Comparison:
    """Every resource in the order of registration, then those that the program has no more.

    `unresolved` are references whose value the state does not hold: they are taken to be as they were.
    """

    steps: tuple[Step, ...]
    unresolved: tuple[str, ...] = ()

    def count(self, operation: Operation) -> int:
        return sum(step.operation == operation for step in self.steps)

    @property
    def changing(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.operation != "same")


def compare(resources: Sequence[Resource], state: State, table: Replacements) -> Comparison:
    """What would happen to each resource of a preview (as its document has them) and of the state."""
    work = _Comparing({str(one["name"]): one for one in resources}, state, table)
    for one in resources:
        work.add(one)
    gone = [old for name, old in list(state.resources.items())[::-1] if name not in work.kept]
    deleted = [
        Step(name=old.name, type=old.type, operation="delete", protected=old.protect, retained=old.retained)
        for old in gone
    ]
    return Comparison((*work.steps.values(), *deleted), tuple(dict.fromkeys(work.unresolved)))


class _Comparing:
    """One comparison: dependencies are registered before what needs them, so one pass is enough."""

    def __init__(self, resources: Mapping[str, Resource], state: State, table: Replacements) -> None:
        self.steps: dict[str, Step] = {}
        self.unresolved: list[str] = []
        self.kept: set[str] = set()  # names in the state of what is not deleted
        self._olds: dict[str, Existing] = {}  # by the name of today
        self._identities = Identities(resources)
        self._resources = resources
        self._state = state
        self._table = table

    def _former(self, name: str) -> Existing | None:
        """The resource of the state that a registered one is; None where it is new."""
        for chain, called in self._identities.of(name):
            found = self._state.resources.get(called)
            same = found is not None and (found.chain, found.type) == (chain, chain.rpartition("$")[2])
            if found is not None and same and called not in self.kept:
                self.kept.add(called)
                self._olds[name] = found
                return found
        return None

    def add(self, one: Resource) -> None:
        name, type = str(one["name"]), str(one["type"])
        old = self._former(name)
        if old is None:
            self.steps[name] = Step(name=name, type=type, operation="create")
            return
        new = self._with_place(one, old, cast("Mapping[str, Any]", self._resolved(one["inputs"])))
        known = {key: value for key, value in stated(old.inputs, new).items() if not self._is_engines(old, key, new)}
        before = self._with_place(one, old, known, was=True)
        ignored = cast("Sequence[str]", one["ignore_changes"])
        changes = tuple(
            self._change(one, (path, was, becomes), old.inputs, new)
            for path, was, becomes in differences(before, new)
            if not covered(path, ignored)
        )
        changes += tuple(self._torn_along(one, {change.path for change in changes}, new))
        self.steps[name] = self._step(one, old, changes, new)

    @staticmethod
    def _is_engines(old: Existing, key: str, new: Mapping[str, Any]) -> bool:
        return old.type.startswith(PROVIDERS) and key in BY_ENGINE and key not in new

    def _step(self, one: Resource, old: Existing, changes: tuple[Change, ...], new: Mapping[str, Any]) -> Step:
        effects = {change.effect for change in changes}
        operation: Operation = (
            "replace"
            if "replace" in effects
            else "unknown"
            if "unknown" in effects
            else "update"
            if effects
            else "same"
        )
        replacing = [change for change in changes if change.effect == "replace"]
        name = str(one["name"])
        return Step(
            name=name,
            was=old.name if old.name != name else "",
            type=old.type,
            operation=operation,
            old_first=self._moves_after(replacing, new)
            or any(self._old_first(one, change, old, new) for change in replacing),
            protected=old.protect,
            retained=old.retained,
            changes=changes,
        )

    def _torn_along(self, one: Resource, known: set[str], new: Mapping[str, Any]) -> Iterator[Change]:
        """What names a thing that goes before its successor comes must go too, though that will have the same name."""
        for name in cast("Sequence[str]", one["depends_on"]):
            step = self.steps.get(name)
            called = self._resources[name]["inputs"].get("name") if step and step.old_first else None
            for path in [key for key, value in new.items() if called is not None and value == called]:
                change = self._change(one, (path, called, {"ref": f"{name}.name"}), new, new)
                if path not in known and change.effect == "replace":
                    yield change

    def _moves_after(self, replacing: Sequence[Change], new: Mapping[str, Any]) -> bool:
        """Whether it goes to another region with its provider and uses what goes first: the engine takes both down."""
        uses = [self.steps[name] for name in known_after(new) if name in self.steps]
        return any(change.path == REGION for change in replacing) and any(step.old_first for step in uses)

    def _old_first(self, one: Resource, change: Change, old: Existing, new: Mapping[str, Any]) -> bool:
        """What hangs on a thing that goes first has to go before it."""
        effect = self._table.effect(
            old.type,
            change.path,
            change.old,
            change.new,
            before=old.inputs,
            after=cast("Mapping[str, Any]", one["inputs"]),
        )
        causes = [self.steps[name] for name in known_after(change.new) if name in self.steps]
        return (effect is not None and effect.delete_first) or any(step.old_first for step in causes)

    def _change(
        self, one: Resource, difference: tuple[str, Any, Any], before: Mapping[str, Any], after: Mapping[str, Any]
    ) -> Change:
        path, old, new = difference
        type = str(one["type"])
        if one["provider"] is None and not type.startswith(PROVIDERS):
            return Change(path=path, old=old, new=new, effect="update", source=_BY_COMPONENT)
        if covered(path, cast("Sequence[str]", one["replace_on_changes"])):
            return Change(path=path, old=old, new=new, effect="replace", source=_BY_PROGRAM)
        effect = self._table.effect(type, path, old, new, before=before, after=after)
        if effect is None:
            return Change(path=path, old=old, new=new, effect="unknown", source="the table does not know this property")
        return Change(path=path, old=old, new=new, effect=effect.kind, source=effect.source)

    def _with_place(
        self, one: Resource, old: Existing, inputs: Mapping[str, Any], *, was: bool = False
    ) -> Mapping[str, Any]:
        """Inputs with the region and project that a resource has from its provider, where the table says it has one."""
        asked = [key for key in FROM_PROVIDER if self._table.knows(old.type, key) and inputs.get(key) is None]
        if not asked or one["provider"] is None or old.type.startswith(PROVIDERS):
            return inputs
        provider: Any = None
        if was:
            kept = self._state.resources.get(old.provider or "")
            provider = None if kept is None else kept.inputs
        else:
            provider = self._resources.get(str(one["provider"]), {}).get("inputs")
        found = {key: provider[key] for key in asked if provider is not None and provider.get(key) is not None}
        return {**inputs, **found}

    def _resolved(self, value: Any) -> Any:
        """A value of the preview with what the state knows in place of references."""
        if isinstance(value, list):
            return [self._resolved(item) for item in cast("list[Any]", value)]
        if not isinstance(value, dict):
            return value
        items = cast("dict[str, Any]", value)
        if set(items) == {"ref"}:
            return self._reference(str(items["ref"]))
        if set(items) == {"join"}:
            parts = [self._resolved(part) for part in cast("list[Any]", items["join"])]
            return "".join(map(text_of, parts)) if all(map(is_known, parts)) else {"join": parts}
        return {key: self._resolved(item) for key, item in items.items()}

    def _reference(self, reference: str) -> Any:
        name, _, output = reference.partition(".")
        step, old = self.steps.get(name), self._olds.get(name)
        later = {"ref": reference}
        if step is None or old is None or step.operation in ("create", "replace"):
            return later
        if step.operation in ("update", "unknown") and output in self._table.changing_outputs(step.type):
            # New tags make no new version.
            return later if any(top(change.path) != "tags" for change in step.changes) else old.output(output)
        value = old.output(output)
        if value is None or value == HIDDEN:
            self.unresolved.append(reference)
            return {"kept": reference}
        return value
