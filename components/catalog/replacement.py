"""What a provider does with an edit of a resource: change it in place, or replace it.

The rows of `replacement.csv` say so for each property (its wire path without indexes) and each kind of edit:

- `edit`: `any`; `added`, `removed` (the value or the whole block; `added false`: with that value); `up`, `down`
  (numbers); `wider` (an address range that holds the one before); or the two values themselves, `default -> dedicated`. The narrowest that fits counts.
  `output` names no input: an output that is another one after an edit in place.
- `when`: holds only where the resource had this before, `deploymentType=SCRATCH_1`; `accessConfig=`: had no such thing.
- `delete_first`: whether a replacement deletes the old one first: `yes`, `no`, or the path of the property that the
  provider makes names for, where it does so only if the program states a name itself: two cannot have one name.
- Rows of the type `*` hold for every type that has no row of its own for the property, or for a block above it.

A table needs no other data of its cloud: what a provider does with an edit is known before clusters can be planned there.

A stack may have resources of several providers: each is judged by the table of its own, and providers with none by the
cloud's.

A property without a row is judged by the nearest block above it that has a row for any edit. A block that comes or goes
without a row of its own is judged by what is in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any, Literal, cast

from components.catalog.tables import Row, Table
from components.errors import CatalogError
from components.records import record

COLUMNS = ("type", "property", "edit", "when", "effect", "delete_first", "source", "as_of")
KEY = 4
EVERY_TYPE = "*"
DEFAULTS = "__defaults"
"""Where a provider lists the properties that it filled in itself, among the inputs."""

Kind = Literal["update", "replace"]
Values = Mapping[str, Any]
_NOTHING: Values = {}
_PROVIDERS = "pulumi:providers:"
_INDEX = re.compile(r"\[[^\]]*\]")


@record(kw_only=True)
class Effect:
    """What an edit does, the property whose row says so, and where that is known from."""

    kind: Kind
    delete_first: bool
    decided_by: str
    source: str

    @property
    def verified(self) -> bool:
        return not self.source.startswith("unverified")


@record
class _Edit:
    """An edit of one resource: its type, and the whole inputs before and after."""

    type: str
    before: Values
    after: Values


class Replacements:
    """The table of one cloud. What it does not know gives None: unknown, never harmless.

    `others` are tables of other providers by their names (`kubernetes`).
    """

    def __init__(self, rows: Iterable[Row], others: Mapping[str, Replacements] | None = None) -> None:
        self._others = others or {}
        self._by_type: dict[str, dict[str, list[Row]]] = {}
        for row in rows:
            if row.text("effect") not in ("update", "replace"):
                raise CatalogError(f"replacement.csv: effect {row.text('effect')!r} of {row.text('property')}")
            of_type = self._by_type.setdefault(row.text("type"), {})
            of_type.setdefault(row.text("property"), []).append(row)

    def _of(self, type: str) -> Replacements:
        """The table of a type's provider; that of a provider's own resource is among its resources'."""
        return self._others.get(type.removeprefix(_PROVIDERS).partition(":")[0], self)

    def knows(self, type: str, property: str | None = None) -> bool:
        """Whether there are rows of a resource type, or of this very property."""
        rows = self._of(type)._by_type.get(type, {})
        return bool(rows) if property is None else property in rows

    def changing_outputs(self, type: str) -> frozenset[str]:
        """The outputs that an edit in place changes, beside those that follow an input: a template's latest version."""
        rows = (row for of_property in self._of(type)._by_type.get(type, {}).values() for row in of_property)
        return frozenset(row.text("property") for row in rows if row.text("edit") == "output")

    def effect(
        self, type: str, path: str, old: Any, new: Any, *, before: Values = _NOTHING, after: Values = _NOTHING
    ) -> Effect | None:
        """What the provider does when the value at `path` goes from `old` to `new`; None: the table does not know.

        None as a value means that it is absent. `before` and `after` are the resource's whole inputs, which some rows
        ask for. A path may have indexes; the values may be whole blocks.
        """
        parts = [part for part in _INDEX.sub("", path).split(".") if part]
        return self._of(type)._effect(_Edit(type, before, after), tuple(parts), old, new)

    def _effect(self, edit: _Edit, path: tuple[str, ...], old: Any, new: Any) -> Effect | None:
        row = self._own(edit, path, old, new)
        own = None if row is None else _made(row, edit)
        if not (_is_block(old) or _is_block(new)):
            return own or self._inherited(edit, path)
        inner = list(self._inside(edit, path, old, new, explicit=row is not None))
        if row is None and not inner:
            return self._inherited(edit, path)
        return _worst(inner if own is None else [own, *inner])

    def _inside(
        self, edit: _Edit, path: tuple[str, ...], old: Any, new: Any, *, explicit: bool
    ) -> Iterator[Effect | None]:
        """The effects of what differs inside a block; `explicit`: only those that have rows for this very edit."""
        for below, one, other in _children(path, old, new):
            if explicit and not _is_block(one) and not _is_block(other):
                row = self._own(edit, below, one, other)
                comes_or_goes = old is None or new is None
                if row is not None and not (comes_or_goes and row.text("edit") == "any"):
                    yield _made(row, edit)
            elif explicit:
                yield from self._inside(edit, below, one, other, explicit=True)
            else:
                yield self._effect(edit, below, one, other)

    def _own(self, edit: _Edit, path: tuple[str, ...], old: Any, new: Any) -> Row | None:
        rows = self._by_type.get(edit.type, {}).get(".".join(path), ())
        words = _words(old, new)
        fitting = [row for row in rows if row.text("edit") in words and _holds(row.text("when"), edit.before)]
        return min(fitting, key=lambda row: (words.index(row.text("edit")), not row.text("when")), default=None)

    def _inherited(self, edit: _Edit, path: tuple[str, ...]) -> Effect | None:
        own = [(edit.type, size) for size in range(len(path) - 1, 0, -1)]
        for type, size in own + [(EVERY_TYPE, size) for size in range(len(path), 0, -1)]:
            for row in self._by_type.get(type, {}).get(".".join(path[:size]), ()):
                if row.text("edit") == "any" and _holds(row.text("when"), edit.before):
                    return _made(row, edit)
        return None


@cache
def load(cloud: str) -> Replacements:
    """The table of a cloud, one object for the process. Raises `CatalogError` for a cloud that has none."""
    return Replacements(Table(_file(cloud), COLUMNS, KEY).rows())


def has_table(cloud: str) -> bool:
    """Whether a table says what edits do on a cloud, which may have no other data yet."""
    return _file(cloud).is_file()


def _file(cloud: str) -> Path:
    return Path(__file__).parent / "data" / cloud / "replacement.csv"


def _made(row: Row, edit: _Edit) -> Effect:
    first = row.text("delete_first")
    if first in ("yes", "no"):
        delete_first = first == "yes"
    else:
        filled_in = cast("Iterable[str]", edit.after.get(DEFAULTS) or ())
        delete_first = _at(edit.after, first) is not None and first not in filled_in
    kind = cast("Kind", row.text("effect"))
    return Effect(kind=kind, delete_first=delete_first, decided_by=row.text("property"), source=row.text("source"))


def _at(inputs: Values, path: str) -> Any:
    here: Any = inputs
    for step in path.split("."):
        here = _fields(here).get(step)
    return here


def _worst(effects: list[Effect | None]) -> Effect | None:
    """A replacement if there is one; else nothing if one is unknown; else the first."""
    known = [effect for effect in effects if effect is not None]
    replacing = [effect for effect in known if effect.kind == "replace"]
    if replacing:
        return max(replacing, key=lambda effect: effect.delete_first)
    return None if len(known) < len(effects) or not known else known[0]


def _words(old: Any, new: Any) -> list[str]:
    """The names of an edit in the column `edit`, the narrowest first."""
    if old is None:
        return [f"added {_text(new)}", "added", "any"]
    if new is None:
        return ["removed", "any"]
    words = [f"{_text(old)} -> {_text(new)}"]
    numbers = _number(old), _number(new)
    if numbers[0] is not None and numbers[1] is not None:
        words.append("up" if numbers[1] > numbers[0] else "down")
    ranges = _range(old), _range(new)
    if ranges[0] is not None and ranges[1] is not None and ranges[0].subnet_of(ranges[1]):
        words.append("wider")
    return [*words, "any"]


def _children(path: tuple[str, ...], old: Any, new: Any) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    """(path, old, new) of what differs one level down; the items of a list have its own path."""
    if isinstance(old, list) or isinstance(new, list):
        olds, news = _items(old), _items(new)
        for place in range(max(len(olds), len(news))):
            one = olds[place] if place < len(olds) else None
            other = news[place] if place < len(news) else None
            if one != other:
                yield from _children(path, one, other)
        return
    ones, others = _fields(old), _fields(new)
    for key in [*ones, *(key for key in others if key not in ones)]:
        if ones.get(key) != others.get(key):
            yield (*path, key), ones.get(key), others.get(key)


def _is_block(value: Any) -> bool:
    if isinstance(value, list):
        return any(isinstance(item, dict) for item in cast("list[Any]", value))
    return isinstance(value, dict)


def _items(value: Any) -> list[Any]:
    return cast("list[Any]", value) if isinstance(value, list) else [] if value is None else [value]


def _fields(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _holds(when: str, inputs: Values) -> bool:
    if not when:
        return True
    name, _, wanted = when.partition("=")
    return _text(inputs.get(name)) == wanted


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        return float(value)
    except ValueError:
        return None


def _range(value: Any) -> IPv4Network | None:
    if not isinstance(value, str) or "/" not in value:
        return None
    try:
        return IPv4Network(value)
    except ValueError:
        return None
