"""The replacement table with rows that say the opposite, to see that the tests of edits rest on them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from components.catalog import load as catalog_of
from components.catalog.replacement import EVERY_TYPE, Effect, Replacements
from components.catalog.tables import Row

Key = tuple[str, str]
"""(type, property) of rows."""
_OTHER = {"update": "replace", "replace": "update"}


class Recorded(Replacements):
    """The shipped table, which remembers the rows that it was asked for."""

    def __init__(self, used: set[Key]) -> None:
        super().__init__(rows())
        self._used = used

    def effect(self, type: str, path: str, old: Any, new: Any, **more: Any) -> Effect | None:
        found = super().effect(type, path, old, new, **more)
        if found is not None:
            own = self.knows(type, found.decided_by)
            self._used.add((type if own else EVERY_TYPE, found.decided_by))
        return found


class Flipped(Row):
    """A row with the other effect."""

    __slots__ = ("_row",)

    def __init__(self, row: Row) -> None:  # the values stay with the row
        self._row = row

    def text(self, column: str) -> str:
        return _OTHER[self._row.text(column)] if column == "effect" else self._row.text(column)


def rows() -> list[Row]:
    """The rows of the shipped table."""
    return list(catalog_of("aws")._replacement.rows())  # pyright: ignore[reportPrivateUsage]


def flipped(keys: Collection[Key]) -> Replacements:
    """The shipped table with these rows flipped. Asserts that there are some."""
    shipped = rows()
    assert {(row.text("type"), row.text("property")) for row in shipped} >= set(keys)
    return Replacements(Flipped(row) if (row.text("type"), row.text("property")) in keys else row for row in shipped)
