"""What a change of inputs does to a resource, property by property, as the catalogue's table says."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any, cast

from components.catalog.replacement import Replacements, has_table, load
from components.records import record
from scripts.rehearsal.model import CloudError, Values
from scripts.rehearsal.wire import holds_unknown

_INDEX = re.compile(r"\[\d+\]")


@record(kw_only=True)
class Change:
    """One property that differs: `kind` is add, delete or update; `replaces` tells whether a new resource is needed."""

    path: str
    kind: str
    replaces: bool


@record(kw_only=True)
class Difference:
    """Every change, and whether the old resource has to go before the new one can come."""

    changes: tuple[Change, ...] = ()
    delete_first: bool = False

    @property
    def replaces(self) -> tuple[str, ...]:
        return tuple(change.path for change in self.changes if change.replaces)


@record
class _Part:
    """A part of the inputs that differs; None for what is absent."""

    path: str
    old: Any
    new: Any


def compare(type: str, old: Values, new: Values, on_unknown: str, sets: Collection[str] = ()) -> Difference:
    """What turns the old inputs into the new ones.

    `on_unknown` is what a property does that the table does not know: `error` (raises CloudError), `update` or
    `replace`. `sets` are the paths, without indexes, of the lists whose order means nothing.
    """
    table = table_of(type)
    changes, first = list[Change](), False
    for part in _blocks(old, new, ""):
        details = list(_details(part, sets))
        if not details:
            continue
        replaces, delete_first = _effect(table, type, part, old, new, on_unknown)
        changes += [Change(path=one.path, kind=_kind(one), replaces=replaces) for one in details]
        first = first or delete_first
    return Difference(changes=tuple(changes), delete_first=first)


def _effect(
    table: Replacements | None, type: str, part: _Part, old: Values, new: Values, on_unknown: str
) -> tuple[bool, bool]:
    """(whether it replaces, whether it deletes first)."""
    if table is None:
        return False, False
    told = table.effect(type, part.path, part.old, part.new, before=old, after=new)
    if told is not None:
        return told.kind == "replace", told.kind == "replace" and told.delete_first
    if on_unknown == "error":
        raise CloudError("UnknownProperty", f"no row tells what a change of {part.path!r} does to {type}")
    return on_unknown == "replace", False


def table_of(type: str) -> Replacements | None:
    """The table of a type's provider; None where there is none, so that everything is an update."""
    provider = type.removeprefix("pulumi:providers:").partition(":")[0]
    cloud = provider.partition("-")[0]
    return load(cloud) if has_table(cloud) else None


def _kind(part: _Part) -> str:
    return "add" if part.old is None else "delete" if part.new is None else "update"


def _blocks(old: Any, new: Any, path: str) -> list[_Part]:
    """What differs down to lists and single values, which are judged as a whole: an item that comes is no new list."""
    if _same(old, new):
        return []
    if not isinstance(old, Mapping) or not isinstance(new, Mapping):
        return [_Part(path, old, new)]
    return [part for place, one, other in _fields(old, new, path) for part in _blocks(one, other, place)]


def _details(part: _Part, sets: Collection[str]) -> list[_Part]:
    """The smallest parts inside one that differ, for people to read."""
    old, new, path = part.old, part.new, part.path
    if _same(old, new):
        return []
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        inner = [_Part(*found) for found in _fields(old, new, path)]
    elif isinstance(old, list) and isinstance(new, list):
        ours, theirs = cast(list[Any], old), cast(list[Any], new)
        is_set = _INDEX.sub("", path) in sets
        if is_set and not holds_unknown(theirs) and sorted(map(_text, ours)) == sorted(map(_text, theirs)):
            return []
        inner = [
            _Part(f"{path}[{index}]", _item(ours, index), _item(theirs, index))
            for index in range(max(len(ours), len(theirs)))
        ]
    else:
        return [part]
    return [detail for one in inner for detail in _details(one, sets)]


def _fields(old: Any, new: Any, path: str) -> list[tuple[str, Any, Any]]:
    of_old, of_new = cast(Values, old), cast(Values, new)
    names = [name for name in dict.fromkeys([*of_old, *of_new]) if not name.startswith("__")]
    return [(f"{path}.{name}" if path else name, of_old.get(name), of_new.get(name)) for name in names]


def _item(values: list[Any], index: int) -> Any:
    return values[index] if index < len(values) else None


def _same(old: Any, new: Any) -> bool:
    """Equal, or both nothing: providers do not tell an empty list from none."""
    return old == new or (old in (None, [], {}) and new in (None, [], {}))


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
