"""Registered resources as plain JSON, and how to look things up in them.

A resource is `{type, name, parent, provider, inputs}` with wire names (camelCase). A value that the cloud decides is
`{"ref": "<name>.<output>"}`, text made of such values `{"join": [...]}`, a secret `{"secret": true}`; `{"ref":
"unknown"}` is a value of which nothing is known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from typing import Any, Final, cast

Json = Mapping[str, Any]


class Absence(Enum):
    """Why there is no value."""

    MISSING = "missing"  # nothing says it: the cloud's default holds
    UNKNOWN = "unknown"  # the cloud decides it


MISSING: Final = Absence.MISSING
UNKNOWN: Final = Absence.UNKNOWN


def look(value: Any, *steps: str) -> Any:
    """The value at a path, or why there is none."""
    found = raw(value, *steps)
    return UNKNOWN if is_unknown(found) else found


def raw(value: Any, *steps: str) -> Any:
    """The same, with a reference left as it is."""
    for step in steps:
        if is_unknown(value):
            return UNKNOWN
        if _is_list(value) and len(value) == 1:  # some blocks are lists of one
            value = value[0]
        if not _is_map(value) or step not in value:
            return MISSING
        value = cast("Json", value)[step]
    return MISSING if value is None else value


def is_unknown(value: Any) -> bool:
    if value is UNKNOWN:
        return True
    return (
        _is_map(value) and len(cast("Json", value)) == 1 and bool({"ref", "join", "secret"} & set(cast("Json", value)))
    )


def rows(value: Any, *steps: str) -> list[Any] | None:
    """The list at a path: empty if missing, None if unknown; a single block counts as a list of one."""
    found = look(value, *steps)
    if found is UNKNOWN:
        return None
    if found is MISSING:
        return []
    return list(found) if _is_list(found) else [found]


def switch(value: Any, *steps: str, default: bool | None) -> bool | None:
    """A boolean at a path, which some resources write as text; None if unknown."""
    found = look(value, *steps)
    if found is MISSING:
        return default
    if isinstance(found, str):
        return {"true": True, "false": False}.get(found.lower())
    return found if isinstance(found, bool) else None


def number(value: Any, *steps: str) -> int | None:
    """A whole number at a path; None if missing or unknown."""
    found = look(value, *steps)
    if isinstance(found, bool) or not isinstance(found, int | float):
        return None
    return int(found)


def key_at(value: Any, *steps: str) -> str | None:
    """The key named at a path: "" if none is, None if nothing is known of it; a reference counts as known."""
    found = raw(value, *steps)
    if found is MISSING:
        return ""
    return next(iter(sorted(references(found))), None) if is_unknown(found) else str(found)


def references(value: Any) -> set[str]:
    """Names of the resources that a value refers to."""
    if _is_map(value):
        mapping = cast("Json", value)
        ref = mapping.get("ref")
        if len(mapping) == 1 and isinstance(ref, str):
            return {ref.rpartition(".")[0]} - {""}
        return {name for one in mapping.values() for name in references(one)}
    if _is_list(value):
        return {name for one in value for name in references(one)}
    return set()


# Asking an abstract class is slow, and a program may have thousands of resources: what JSON gives comes first.
def _is_map(value: Any) -> bool:
    return type(value) is dict or (type(value) is not str and isinstance(value, Mapping))


def _is_list(value: Any) -> bool:
    if type(value) is dict or type(value) is str:
        return False
    return type(value) is list or (isinstance(value, Sequence) and not isinstance(value, str | bytes))


class Graph:
    """The resources of one program."""

    def __init__(self, resources: Iterable[Json]) -> None:
        self.resources = tuple(resources)
        self._by_name: dict[str, list[Json]] = {}
        self._by_type: dict[str, list[tuple[int, Json]]] = {}
        self._by_default: dict[Any, Any] = {}
        for place, resource in enumerate(self.resources):
            self._by_name.setdefault(resource["name"], []).append(resource)
            self._by_type.setdefault(resource["type"], []).append((place, resource))

    def of(self, *types: str) -> list[Json]:
        """The resources of some types, in the program's order."""
        found = [pair for type_ in dict.fromkeys(types) for pair in self._by_type.get(type_, ())]
        if len(types) > 1:
            found.sort(key=lambda pair: pair[0])
        return [resource for _, resource in found]

    def called(self, name: str) -> Sequence[Json]:
        """The resources of a name, in the program's order."""
        return self._by_name.get(name, ())

    def named(self, names: Iterable[str], type: str) -> list[Json]:
        return [one for name in sorted(names) for one in self._by_name.get(name, ()) if one["type"] == type]

    def target(self, value: Any, type: str, *outputs: str) -> Json | None:
        """The resource of a type that a value refers to, or that has the same text as one of `outputs`."""
        found = self.named(references(value), type)
        if found:
            return found[0]
        if isinstance(value, str):
            same = [one for one in self.of(type) if value in [one["inputs"].get(output) for output in outputs]]
            return same[0] if same else None
        return None

    def is_component_child(self, resource: Json) -> bool:
        """Whether a component made the resource, so that a spec may have decided it."""
        parent = resource.get("parent")
        if not parent:
            return False
        return all(one["type"] != "pulumi:pulumi:Stack" for one in self._by_name.get(parent, ()))

    def default(self, resource: Json, field: str, *steps: str) -> Any:
        """What the resource's provider sets for all of its resources (`defaultTags`), or why there is nothing."""
        package = resource["type"].partition(":")[0]
        asked = (package, resource.get("provider"), field, *steps)
        if asked not in self._by_default:
            self._by_default[asked] = self._default(package, resource.get("provider"), field, *steps)
        return self._by_default[asked]

    def _default(self, package: str, named: str | None, field: str, *steps: str) -> Any:
        providers = self.of(f"pulumi:providers:{package}")
        chosen = (
            [one for one in providers if one["name"] == named] if named else providers if len(providers) == 1 else []
        )
        if not chosen:
            return MISSING
        block = look(chosen[0]["inputs"], field)
        if isinstance(block, str):  # providers take structured inputs as JSON text
            block = json.loads(block)
        return look(block, *steps) if isinstance(block, Mapping) else block
