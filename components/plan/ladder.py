"""The meaning of a capacity ladder: how a pool's nodes are shared out over its rungs.

Bought rungs (reservation, block) take their nodes in order. The first other rung has the rest as its maximum and what
bought rungs leave of the minimum as its size; later rungs stand by with 0 nodes until something raises them. Blocks and
flex capacity start with 0 nodes: theirs come when the block begins, or when there are some.
"""

from __future__ import annotations

from collections.abc import Sequence

from components.plan.model import NodeCount
from components.records import record
from components.spec.pools import BlockRung, ReservationRung, capacity_type
from components.spec.quantities import NodeRange

SpecRung = str | ReservationRung | BlockRung


@record
class Share:
    """A rung with its share of the pool's nodes; `name` is unique in the pool (`reservation`, `reservation-2`)."""

    index: int
    name: str
    rung: SpecRung
    capacity_type: str
    nodes: NodeCount


def share_out(nodes: NodeRange, ladder: Sequence[SpecRung]) -> tuple[Share, ...]:
    """The rungs with their node counts, in the order in which they were written.

    What is bought is paid anyway, so bought rungs come first wherever they stand.
    """
    counts: dict[int, NodeCount] = {}
    most, least = nodes.max, nodes.min
    for index, rung in enumerate(ladder):
        if not isinstance(rung, str):
            taken = min(rung.bought.nodes, most)
            size = 0 if isinstance(rung, BlockRung) else min(least, taken)
            counts[index] = NodeCount(min=size, desired=size, max=taken)
            most, least = most - taken, max(0, least - taken)
    for index, rung in enumerate(ladder):
        if isinstance(rung, str):
            size = 0 if rung == "flex" else least
            counts[index] = NodeCount(min=size, desired=size, max=most)
            least = 0
    seen: dict[str, int] = {}
    shares: list[Share] = []
    for index, rung in enumerate(ladder):
        kind = capacity_type(rung)
        seen[kind] = seen.get(kind, 0) + 1
        name = kind if seen[kind] == 1 else f"{kind}-{seen[kind]}"
        shares.append(Share(index, name, rung, kind, counts[index]))
    return tuple(shares)
