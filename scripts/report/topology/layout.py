"""Where the boxes of a drawing stand: columns by zone where there is room for them, else lanes for all zones."""

from __future__ import annotations

from collections.abc import Sequence

from components.records import record

MARGIN = 12
GAP = 10
HEAD = 26
"""Height of a zone's own line, and of the network's."""
LEAST = 230
"""The narrowest box whose text can be read, in pixels."""
MANY = 10
"""From more pools on, lanes that fill evenly are easier to read than columns with gaps."""
_LANE = 300

# Widths of characters in a sans-serif font, in parts of its size.
_NARROW = frozenset("iljtf.,:;'|!()[] I-")
_BROAD = frozenset("mwMWGOQ—%@×…")


@record(kw_only=True)
class Spot:
    """A rectangle, in pixels."""

    x: float
    y: float
    width: float
    height: float


class Grid:
    """Places boxes from the top down. Each takes the columns of its zones; a box of one zone, one lane of it."""

    def __init__(self, zones: Sequence[str], width: int, top: float, *, boxes: int) -> None:
        self.left = 2.0 * MARGIN
        self.room = width - 4.0 * MARGIN
        count = max(len(zones), 1)
        column = (self.room - GAP * (count - 1)) / count
        self.by_zone = column >= LEAST and boxes <= MANY
        if self.by_zone:
            inner = column - 2 * GAP
            fit = max(1, int((inner + GAP) // (LEAST - 2 * GAP + GAP)))
            self.lanes = min(fit, 2) if boxes > 2 * count else 1
            self._columns = {
                zone: (self.left + place * (column + GAP), column) for place, zone in enumerate(zones or ("",))
            }
        else:
            self.lanes = max(1, int(self.room // _LANE))
            self._columns = {"": (self.left, self.room)}
        self._tops = [top + (HEAD if self.by_zone else 0.0)] * (self.lanes * len(self._columns))
        self.top = top

    def columns(self) -> dict[str, tuple[float, float]]:
        """Each drawn zone with its left edge and width; none where all zones share the lanes."""
        return self._columns if self.by_zone else {}

    @property
    def bottom(self) -> float:
        return max(self._tops)

    def width_for(self, zones: Sequence[str]) -> float:
        """The width that a box of these zones gets."""
        first, last = self._span(zones)
        return self._edge(last)[1] - self._edge(first)[0]

    def place(self, zones: Sequence[str], height: float) -> Spot:
        """The highest free place for a box of these zones."""
        first, last = self._span(zones)
        left, right = self._edge(first)[0], self._edge(last)[1]
        y = max(self._tops[first : last + 1])
        for lane in range(first, last + 1):
            self._tops[lane] = y + height + GAP
        return Spot(x=left, y=y, width=right - left, height=height)

    def align(self) -> None:
        """What comes next stands below everything that is there."""
        self._tops = [self.bottom] * len(self._tops)

    def _span(self, zones: Sequence[str]) -> tuple[int, int]:
        names = list(self._columns)
        found = sorted(names.index(zone) for zone in zones if zone in names)
        if not self.by_zone or not found:
            candidates = range(len(self._tops))
        elif len(found) == 1:
            candidates = range(found[0] * self.lanes, (found[0] + 1) * self.lanes)
        else:
            return found[0] * self.lanes, (found[-1] + 1) * self.lanes - 1
        lane = min(candidates, key=lambda one: self._tops[one])
        return lane, lane

    def _edge(self, lane: int) -> tuple[float, float]:
        left, width = list(self._columns.values())[lane // self.lanes]
        pad = GAP if self.by_zone else 0
        inner = width - 2 * pad
        each = (inner - GAP * (self.lanes - 1)) / self.lanes
        start = left + pad + (lane % self.lanes) * (each + GAP)
        return round(start, 1), round(start + each, 1)


def measured(text: str, size: float, *, bold: bool = False) -> float:
    """About how wide a text is, in pixels; rather more than less."""
    parts = sum(0.36 if one in _NARROW else 0.88 if one in _BROAD or ord(one) > 0x2E80 else 0.58 for one in text)
    return parts * size * (1.06 if bold else 1.0)


def fitted(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """The text, cut with an ellipsis where it is wider than `width`."""
    if measured(text, size, bold=bold) <= width:
        return text
    short = text
    while short and measured(f"{short}…", size, bold=bold) > width:
        short = short[:-1]
    return f"{short.rstrip()}…"


def wrapped(text: str, size: float, width: float, most: int = 2) -> list[str]:
    """The text in at most `most` lines, broken at blanks; what is too long even so is cut."""
    lines: list[str] = []
    rest = text.split(" ")
    while rest and len(lines) < most - 1:
        line = rest.pop(0)
        while rest and measured(f"{line} {rest[0]}", size) <= width:
            line += f" {rest.pop(0)}"
        lines.append(fitted(line, size, width))
    return [*lines, fitted(" ".join(rest), size, width)] if rest else lines
