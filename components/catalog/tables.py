"""Reading of the catalogue's CSV files: one fact a row, columns declared in code, text turned into values per row used.

A file is read when its table is first asked for, and a row becomes values only when it is looked up, because a look-up
must cost milliseconds while the files only grow.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TypeVar

from components.errors import CatalogError

T = TypeVar("T")
V = TypeVar("V")


class Row:
    """One line of a table; every reading of a value names file and line when the text is not what it must be."""

    __slots__ = ("_table", "_values")

    def __init__(self, table: Table, values: list[str]) -> None:
        self._table = table
        self._values = values

    def text(self, column: str) -> str:
        return self._values[self._table.position(column)]

    def words(self, column: str) -> tuple[str, ...]:
        """The words of a cell that holds several, separated by spaces."""
        return tuple(self.text(column).split())

    def whole(self, column: str) -> int:
        return self._parse(column, int)

    def whole_or_none(self, column: str) -> int | None:
        return self.whole(column) if self.text(column) else None

    def number(self, column: str) -> float:
        return self._parse(column, float)

    def money(self, column: str) -> Decimal:
        """A price, exactly as the text has it."""
        return self._parse(column, Decimal)

    def day(self, column: str) -> date:
        return self._parse(column, date.fromisoformat)

    def day_or_none(self, column: str) -> date | None:
        return self.day(column) if self.text(column) else None

    def flag(self, column: str) -> bool:
        return self._parse(column, _flag)

    def indexes(self, column: str) -> tuple[int, ...]:
        """Whole numbers and inclusive ranges of them: `0-3` or `1 5 9 13`."""
        return self._parse(column, _indexes)

    def _parse(self, column: str, parse: Callable[[str], V]) -> V:
        try:
            return parse(self.text(column))
        except (ValueError, InvalidOperation) as error:
            where = f"{self._table.path.name}:{self._table.line_of(self._values)}"
            raise CatalogError(f"{where}: column {column!r} holds {self.text(column)!r}") from error


class Table:
    """A CSV file with a declared header and a unique key.

    `columns` must be the file's header exactly; the first `key` of them together name a row. Raises `CatalogError` for
    a missing file, another header, a ragged row or a repeated key.
    """

    def __init__(self, path: Path, columns: tuple[str, ...], key: int) -> None:
        self.path = path
        self.columns = columns
        self._positions = {column: place for place, column in enumerate(columns)}
        self._key = key
        self._lines: dict[tuple[str, ...], list[str]] | None = None

    def position(self, column: str) -> int:
        return self._positions[column]

    def line_of(self, values: list[str]) -> int:
        """The line of the file that a row stands on, from 1: for messages only, it searches."""
        return next(line for line, other in enumerate(self._read().values(), 2) if other is values)

    def all_keys(self) -> Iterable[tuple[str, ...]]:
        """Every row's key, in the file's order."""
        return self._read().keys()

    def rows(self) -> Iterator[Row]:
        """Every row, in the file's order."""
        return (Row(self, values) for values in self._read().values())

    def find(self, *key: str) -> Row | None:
        values = self._read().get(key)
        return None if values is None else Row(self, values)

    def _read(self) -> dict[tuple[str, ...], list[str]]:
        if self._lines is None:
            try:
                with self.path.open(encoding="utf-8", newline="") as file:
                    self._lines = self._index(csv.reader(file))
            except OSError as error:
                raise CatalogError(f"{self.path.name} cannot be read: {error.strerror}") from error
        return self._lines

    def _index(self, reader: Iterator[list[str]]) -> dict[tuple[str, ...], list[str]]:
        header = tuple(next(reader, list[str]()))
        if header != self.columns:
            raise CatalogError(f"{self.path.name}: header is {','.join(header)}, not {','.join(self.columns)}")
        lines: dict[tuple[str, ...], list[str]] = {}
        width, key = len(self.columns), self._key
        for line, values in enumerate(reader, 2):
            if len(values) != width:
                raise CatalogError(f"{self.path.name}:{line}: {len(values)} cells, not {width}")
            name = tuple(values[:key])
            if name in lines:
                raise CatalogError(f"{self.path.name}:{line}: {' '.join(name)} stands twice")
            lines[name] = values
        return lines


class LazyRows(Mapping[str, T]):
    """The rows of a table with a one-column key as objects, each made when it is first asked for."""

    def __init__(self, table: Table, make: Callable[[Row], T]) -> None:
        self._table = table
        self._make = make
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        made = self._made.get(name)
        if made is None:
            row = self._table.find(name)
            if row is None:
                raise KeyError(name)
            made = self._made[name] = self._make(row)
        return made

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and self._table.find(name) is not None

    def __iter__(self) -> Iterator[str]:
        return (name for (name,) in self._table.all_keys())

    def __len__(self) -> int:
        return sum(1 for _ in self._table.all_keys())


def _flag(text: str) -> bool:
    if text not in {"yes", "no"}:
        raise ValueError(text)
    return text == "yes"


def _indexes(text: str) -> tuple[int, ...]:
    found: list[int] = []
    for word in text.split():
        first, dash, last = word.partition("-")
        found.extend(range(int(first), int(last) + 1) if dash else [int(first)])
    return tuple(found)
