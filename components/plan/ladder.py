"""The meaning of a capacity ladder: how a pool's nodes are shared out over its rungs.

Bought rungs (reservation, block) take their nodes in order. The first other rung has the rest as its maximum and what
bought rungs leave of the minimum as its size; later rungs stand by with 0 nodes until something raises them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from components.plan.model import NodeCount
from components.spec.pools import BlockRung, ReservationRung, capacity_type
from components.spec.quantities import NodeRange

SpecRung = str | ReservationRung | BlockRung


@dataclass(frozen=True, slots=True)
class Share:
    """A rung with its share of the pool's nodes; `name` is unique in the pool (`reservation`, `reservation-2`)."""

    index: int
    name: str
    rung: SpecRung
    capacity_type: str
    nodes: NodeCount


def share_out(nodes: NodeRange, ladder: Sequence[SpecRung]) -> tuple[Share, ...]:
    """The rungs with their node counts. A block is planned at 0 nodes: it is raised when it starts."""
    shares: list[Share] = []
    most, least = nodes.max, nodes.min
    seen: dict[str, int] = {}
    first_other = True
    for index, rung in enumerate(ladder):
        kind = capacity_type(rung)
        seen[kind] = seen.get(kind, 0) + 1
        name = kind if seen[kind] == 1 else f"{kind}-{seen[kind]}"
        if isinstance(rung, str):
            size = least if first_other else 0
            count = NodeCount(min=size, desired=size, max=most)
            first_other = False
        else:
            taken = min(rung.bought.nodes, most)
            size = 0 if isinstance(rung, BlockRung) else min(least, taken)
            count = NodeCount(min=size, desired=size, max=taken)
            most -= taken
            least = max(0, least - taken)
        shares.append(Share(index, name, rung, kind, count))
    return tuple(shares)
