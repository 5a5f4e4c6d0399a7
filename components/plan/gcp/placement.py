"""Whether the nodes of a rung stand close together by a compact placement policy of their pool's own.

Legal combinations are facts of the machine; slices and NVLink domains are placed by their topology instead.
Source: GKE, compact placement; cluster-toolkit, preconditions of the node pool module.
"""

from __future__ import annotations

from collections.abc import Sequence

from components.catalog.gcp import GcpMachine
from components.plan.gcp.capacity import queued
from components.plan.ladder import Share
from components.plan.notes import Notes
from components.spec.pools import PoolSpec

_BOUGHT = ("reservation", "block")


def compact_of(pool: PoolSpec, machine: GcpMachine, zones: Sequence[str], share: Share) -> bool:
    """`cluster` asks for it; `auto` takes it where nodes with a fabric are asked for on demand, and it is legal.

    What was bought lies where it was reserved: a policy of the pool's own could make it unusable, so only `cluster`
    puts one there.
    """
    if refusal(pool, machine, zones, share) or pool.placement == "none":
        return False
    gang = pool.fabric not in (None, "none") and pool.nodes.max > 1
    return pool.placement == "cluster" or (gang and share.capacity_type not in _BOUGHT)


def refusal(pool: PoolSpec, machine: GcpMachine, zones: Sequence[str], share: Share) -> str:
    """Why a rung can have no compact policy of its own; empty where it can."""
    if share.capacity_type not in machine.compact:
        ok = f"with {', '.join(machine.compact)} only" if machine.compact else "in no way"
        return f"{machine.name} takes a compact placement policy {ok}"
    if queued(pool, share):
        return "queued nodes take no compact placement policy"
    if len(zones) > 1:
        return "a compact placement policy is in one zone"
    if machine.compact_limit is not None and share.nodes.max > machine.compact_limit:
        return f"a compact placement policy holds {machine.compact_limit} {machine.name}, not {share.nodes.max}"
    return ""


def check_placement(
    path: str, pool: PoolSpec, machine: GcpMachine, zones: Sequence[str], shares: Sequence[Share], notes: Notes
) -> None:
    """What `placement: cluster` cannot have; and nodes that stay apart although a fabric joins them."""
    for share in shares:
        if share.nodes.max == 0:
            continue
        why = refusal(pool, machine, zones, share)
        at = f"{path}.capacity.{share.index}"
        if pool.placement == "cluster" and why:
            hint = "write placement: auto"
            if machine.compact_limit is not None and share.nodes.max > machine.compact_limit:
                hint = "split the pool, or write placement: auto"
            notes.error("placement", f"{path}.placement", f"{share.capacity_type}: {why}", hint)
        elif share.capacity_type in machine.compact and why and pool.placement == "auto" and pool.fabric == "required":
            notes.advise("not-compact", at, f"nodes may stand apart: {why}", "split the pool for nodes close together")
