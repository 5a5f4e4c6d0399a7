"""Draws a topology as SVG, for a page whose style sheet names its classes.

The same topology gives the same drawing. It is made for a few widths, and the page shows the one that fits.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from scripts.cli.figures import counted
from scripts.report.html.markup import NOTHING, Markup, join, tag
from scripts.report.topology.layout import GAP, HEAD, MARGIN, Grid, Spot, fitted, measured, wrapped
from scripts.report.topology.model import Box, PoolBox, Topology, accelerators, counted_nodes, sentence
from scripts.report.topology.nodes import node, node_width, nodes_row, symbols

WIDTHS = (1040, 680, 340)
"""Widths that a drawing is made for, in pixels: a screen, a page of paper or a tablet, a phone."""

__all__ = ["WIDTHS", "drawing", "symbols"]

_MOST_SUBNETS = 3
NAME, SMALL = 14.0, 12.0
LINE = 17.0
PAD = 10.0
ROW = 36.0
"""Height of the row of nodes, with what surrounds them."""


def drawing(drawn: Topology, width: int, identity: str) -> Markup:
    """The SVG element of a topology; `identity` is unique on its page."""
    parts: list[Markup] = []
    network_top = _outside(parts, drawn.outside, float(MARGIN), width)
    bottom = _network(parts, drawn, network_top, width)
    for boxes in (drawn.fabrics, drawn.regional):
        bottom = max((bottom, *(spot.y + spot.height for spot in _row(parts, boxes, bottom + GAP, width))))
    y = _legend(parts, drawn, bottom + 14, width)
    title, words = f"{identity}-t", f"{identity}-d"
    return tag(
        "svg",
        tag("title", drawn.title, id=title),
        tag("desc", sentence(drawn), id=words),
        *parts,
        viewBox=f"0 0 {width} {y:.0f}",
        width=width,
        height=f"{y:.0f}",
        role="img",
        aria_labelledby=f"{title} {words}",
        cls=f"drawing w{width}",
        id=identity,
    )


def _network(parts: list[Markup], drawn: Topology, top: float, width: int) -> float:
    """The network with everything in it; where it ends."""
    grid = Grid(drawn.zones, width, top + HEAD + 4, boxes=len(drawn.pools))
    zones_line: list[str] = []
    if not grid.by_zone:
        zones_line = wrapped(f"zones {', '.join(drawn.zones)}", SMALL, grid.room, 3)
        grid = Grid(drawn.zones, width, grid.top + LINE * len(zones_line), boxes=len(drawn.pools))
    inside: list[Markup] = []
    for group in (drawn.entries, drawn.pools, drawn.storage):
        for box in group:
            lines = _lines(box, grid.width_for(box.zones) - 2 * PAD, zones=not grid.by_zone)
            spot = grid.place(box.zones, _height(box, lines))
            inside.append(_box(box, spot, lines))
        grid.align()
    bottom = grid.bottom
    ends = [] if not drawn.endpoints else wrapped(f"Endpoints: {', '.join(drawn.endpoints)}", SMALL, grid.room, 4)
    zones = [
        tag("g", _rect("z-box", x, grid.top, w, bottom - grid.top), _text(zone, x + GAP, grid.top + 18, "t-zone"))
        for zone, (x, w) in grid.columns().items()
    ]
    for line in ends:
        inside.append(_text(line, 2 * MARGIN, bottom + 16, "t-small"))
        bottom += LINE
    bottom += GAP
    frame = _rect("n-box", MARGIN, top, width - 2 * MARGIN, bottom - top)
    parts += [frame, _text(fitted(drawn.network, NAME, grid.room, bold=True), 2 * MARGIN, top + 20, "t-name")]
    parts += [_text(line, 2 * MARGIN, top + 20 + LINE * place, "t-zone") for place, line in enumerate(zones_line, 1)]
    parts += [*zones, *inside]
    return bottom + 4


def _outside(parts: list[Markup], boxes: Sequence[Box], y: float, width: int) -> float:
    """What is outside, beside each other, each with an arrow to the network; where the network begins."""
    spots = _row(parts, boxes, y, width, least=0)
    below = max(spot.y + spot.height for spot in spots)
    ways = [wrapped(box.way, SMALL, spot.width - 34, 3) for box, spot in zip(boxes, spots, strict=True)]
    end = below + 16 + LINE * max(map(len, ways))
    for way, spot in zip(ways, spots, strict=True):
        x, start = spot.x + 16, spot.y + spot.height
        ends = f"M{x:g} {start + 2:g}V{end - 2:g}m-4 -6l4 6l4 -6M{x - 4:g} {start + 8:g}l4 -6l4 6"
        parts.append(tag("path", cls="arrow", d=ends))
        parts += [_text(line, x + 12, below + 17 + LINE * place, "t-note") for place, line in enumerate(way)]
    return end


def _row(parts: list[Markup], boxes: Sequence[Box], y: float, width: int, least: float = 220) -> list[Spot]:
    """Boxes beside each other, below each other where they would be narrower than `least`; where they stand."""
    room = width - 2 * MARGIN
    each = (room - GAP * (len(boxes) - 1)) / max(len(boxes), 1)
    beside = each >= least
    spots: list[Spot] = []
    for place, box in enumerate(boxes):
        w = round(each if beside else room, 1)
        lines = _lines(box, w - 2 * PAD, zones=False)
        x = round(MARGIN + place * (each + GAP), 1) if beside else MARGIN
        spots.append(Spot(x=x, y=y, width=w, height=_height(box, lines)))
        parts.append(_box(box, spots[-1], lines))
        if not beside:
            y += spots[-1].height + GAP
    return spots


def _lines(box: Box, room: float, *, zones: bool) -> list[str]:
    """The lines below a box's name, as they fit."""
    said = list(box.lines)
    if isinstance(box, PoolBox):
        said += [*box.interfaces, *box.capacity, *_subnets(box)]
        if box.together:
            said.append("placed close together")
    elif zones and box.zones:
        said.append(f"in {', '.join(box.zones)}")
    return [line for one in said for line in wrapped(one, SMALL, room, 2)]


def _subnets(box: PoolBox) -> Iterable[str]:
    if len(box.subnets) > _MOST_SUBNETS:
        yield f"{len(box.subnets)} subnets in {', '.join(box.zones)}"
        return
    for subnet in box.subnets:
        yield f"subnet {subnet}"


def _height(box: Box, lines: Sequence[str]) -> float:
    own = 0.0
    if isinstance(box, PoolBox):
        own = LINE + ROW + (LINE if box.fabric else 0)
    return 2 * PAD + 12 + own + LINE * len(lines) - (0 if lines else 2)


def _box(box: Box, spot: Spot, lines: Sequence[str]) -> Markup:
    x, y, room = spot.x + PAD, spot.y + PAD + 11, spot.width - 2 * PAD
    parts: list[Markup] = [_rect(f"b-{box.kind}", spot.x, spot.y, spot.width, spot.height)]
    total = accelerators(box) if isinstance(box, PoolBox) else ""
    if total:
        parts.append(_text(total, spot.x + spot.width - PAD, y, "t-total"))
    name = fitted(box.name, NAME, room - (measured(total, NAME, bold=True) + 8 if total else 0), bold=True)
    parts.append(_text(name, x, y, "t-name"))
    if isinstance(box, PoolBox):
        y += LINE
        parts.append(_text(fitted(_size(box), SMALL, room), x, y, "t-small"))
        parts.append(nodes_row(box, x, y + 8, room))
        y += ROW
        if box.fabric:
            y += LINE
            parts.append(_text(fitted(box.fabric, SMALL, room), x, y, "t-fabric"))
    for line in lines:
        y += LINE
        parts.append(_text(line, x, y, "t-small"))
    return tag("g", tag("title", "; ".join((box.name, *box.lines))), *parts)


def _size(box: PoolBox) -> str:
    nodes = f"{counted_nodes(box.nodes)} node{'' if box.nodes.max == 1 else 's'}"
    each = f" × {box.accelerators_per_node} {box.accelerator}" if box.accelerators_per_node else ""
    return f"{nodes}{each} · {box.machine}"


def _legend(parts: list[Markup], drawn: Topology, y: float, width: int) -> float:
    """What the marks mean that this drawing has; where it ends."""
    x = float(2 * MARGIN)
    for mark, wide, words in _marks(drawn):
        whole = wide + 8 + measured(words, SMALL) + 20
        if x + whole > width - MARGIN and x > 2 * MARGIN:
            x, y = float(2 * MARGIN), y + 24
        parts.append(tag("g", mark, _text(words, wide + 8, 12, "t-note"), transform=f"translate({x:.0f} {y:.0f})"))
        x += whole
    return y + 26


def _marks(drawn: Topology) -> Iterable[tuple[Markup, int, str]]:
    most = max((pool.accelerators_per_node for pool in drawn.pools), default=0)
    each = f" with {counted(most, 'accelerator')}" if most else ""
    yield node(most, "on", 0, -3), node_width(most), f"node{each}, as desired"
    if any(pool.nodes.max > pool.nodes.desired for pool in drawn.pools):
        yield node(most, "off", 0, -3), node_width(most), "node, up to the maximum"
    if any(pool.fabric for pool in drawn.pools):
        yield tag("rect", cls="g-fabric", x=0, y=6, width=24, height=4), 24, "fabric between nodes"
    if any(pool.together for pool in drawn.pools):
        yield _rect("g-group", 0, 0, 24, 14, 4), 24, "placed close together"


def _rect(cls: str, x: float, y: float, width: float, height: float, radius: int = 8) -> Markup:
    return tag("rect", cls=cls, x=f"{x:g}", y=f"{y:g}", width=f"{width:g}", height=f"{height:g}", rx=radius)


def _text(words: str, x: float, y: float, cls: str) -> Markup:
    return tag("text", words, cls=cls, x=f"{x:g}", y=f"{y:g}") if words else NOTHING


def all_widths(drawn: Topology, identity: str) -> Markup:
    """The drawing for every width."""
    return join(drawing(drawn, width, f"{identity}-{width}") for width in WIDTHS)
