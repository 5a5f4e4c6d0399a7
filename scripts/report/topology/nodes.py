"""The row of little machines in a pool's box: each node with its accelerators, and what connects them."""

from __future__ import annotations

from collections.abc import Iterable

from scripts.report.html.markup import NOTHING, Markup, join, tag
from scripts.report.topology.layout import measured
from scripts.report.topology.model import PoolBox

HEIGHT = 20
_CELL, _STEP, _GAP = 6, 8, 6
_MOST_CELLS = 16


def _columns(cells: int) -> int:
    return max((cells + 1) // 2, 1)


def _width(cells: int) -> int:
    return _columns(cells) * _STEP + 6


def _cells(accelerators: int) -> int:
    return min(accelerators, _MOST_CELLS)


def symbols(counts: Iterable[int]) -> Markup:
    """The shapes that `nodes_row` uses, once a page: for each number of accelerators a node with as many cells."""
    shapes: list[Markup] = []
    for cells in sorted({_cells(count) for count in counts} | {0}):
        wide = _width(cells)
        squares = [tag("rect", cls="core", x=4, y=4, width=wide - 8, height=HEIGHT - 8, rx=2)] if not cells else [
            tag("rect", cls="cell", x=4 + place % _columns(cells) * _STEP, y=(3 if cells > 1 else 7)
                + place // _columns(cells) * _STEP, width=_CELL, height=_CELL, rx=1)
            for place in range(cells)
        ]  # fmt: skip
        shell = tag("rect", cls="shell", x=0.5, y=0.5, width=wide - 1, height=HEIGHT - 1, rx=3)
        shapes.append(tag("symbol", shell, *squares, id=f"n{cells}", viewBox=f"0 0 {wide} {HEIGHT}"))
    return tag("svg", *shapes, width=0, height=0, aria_hidden="true", focusable="false", cls="shapes")


def nodes_row(pool: PoolBox, x: float, y: float, room: float) -> Markup:
    """As many nodes as fit, the desired ones filled; then how many more there are."""
    cells = _cells(pool.accelerators_per_node)
    wide = _width(cells)
    step = wide + _GAP
    most = pool.nodes.max
    if not most:
        return NOTHING
    shown = most
    if most * step > room:
        shown = max(1, int((room - measured(f"+ {most} more", 12)) // step))
    parts: list[Markup] = []
    if pool.fabric and shown > 1:
        parts.append(_bar(x, y + HEIGHT, shown * step - _GAP))
    for place in range(shown):
        state = "on" if place < pool.nodes.desired else "off"
        parts.append(node(pool.accelerators_per_node, state, x + place * step, y))
    if pool.together:
        parts.append(
            tag("rect", cls="g-group", x=f"{x - 4:g}", y=f"{y - 4:g}", width=f"{shown * step - _GAP + 8:g}",
                height=HEIGHT + (12 if pool.fabric else 8), rx=5)
        )  # fmt: skip
    if shown < most:
        parts.append(tag("text", f"+ {most - shown} more", cls="t-small", x=f"{x + shown * step:g}", y=f"{y + 15:g}"))
    return join(parts)


def node(accelerators: int, state: str, x: float, y: float) -> Markup:
    """One node, `on` as desired or `off`: there only where the pool grows."""
    cells = _cells(accelerators)
    place = {"x": f"{x:g}", "y": f"{y:g}", "width": _width(cells), "height": HEIGHT}
    return tag("use", href=f"#n{cells}", cls=state, **place)


def node_width(accelerators: int) -> int:
    """The width of a node with so many accelerators, in pixels."""
    return _width(_cells(accelerators))


def _bar(x: float, y: float, width: float) -> Markup:
    return tag("rect", cls="g-fabric", x=f"{x:g}", y=f"{y + 1:g}", width=f"{width:g}", height=4)
