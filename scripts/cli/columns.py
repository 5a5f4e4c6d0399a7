"""Rows of text in aligned columns that fit the width, with what does not fit cut and marked."""

from __future__ import annotations

from collections.abc import Sequence

from components.records import record

GAP = 2
INDENT = 2
NARROWEST = 8


@record
class Columns:
    """A header and rows of as many cells; the first cell says what the row is about and is cut last.

    `right` are the columns (from 0) that stand to the right, as numbers do.
    """

    header: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    right: frozenset[int] = frozenset()

    def lines(self, width: int) -> list[str]:
        """The header and the rows, each at most `width` characters where that is possible at all."""
        wanted = [max(map(len, column)) for column in zip(self.header, *self.rows, strict=True)]
        room = width - INDENT - GAP * (len(wanted) - 1)
        least = sum(min(one, NARROWEST) for one in wanted[1:])
        first = min(wanted[0], max(room - least, NARROWEST))
        widths = [first, *_share(wanted[1:], room - first)]
        return [self._line(row, widths) for row in (self.header, *self.rows)]

    def _line(self, row: tuple[str, ...], widths: Sequence[int]) -> str:
        cells = [
            shorten(cell, size).rjust(size) if place in self.right else shorten(cell, size).ljust(size)
            for place, (cell, size) in enumerate(zip(row, widths, strict=True))
        ]
        return (" " * INDENT + (" " * GAP).join(cells)).rstrip()


def shorten(text: str, width: int) -> str:
    """`text` in at most `width` characters."""
    return text if len(text) <= width else text[: max(width - 1, 0)] + "…"


def _share(wanted: Sequence[int], room: int) -> list[int]:
    """The width of each column: what it wants, or less for the widest ones when there is not room for all."""
    widths = list(wanted)
    while sum(widths) > room:
        widest = max(widths)
        if widest <= NARROWEST:
            break
        others = [width for width in widths if width < widest]
        count = len(widths) - len(others)
        next_widest = max([*others, NARROWEST])
        level = max(next_widest, (room - sum(others)) // count)
        widths = [min(width, level) for width in widths]
        if level == widest:
            break
    return widths
