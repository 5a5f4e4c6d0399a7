"""What a rung of the ladder means in GKE's words, and what GKE refuses of it.

Source: GKE, flex-start and queued provisioning; AI Hypercomputer, consumption models and reservations; the
preconditions of cluster-toolkit's node pool module.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import timedelta

from components.catalog.gcp import GcpCatalog, GcpMachine, TpuSlice
from components.plan.gcp.model import ReservationUse
from components.plan.ladder import Share
from components.plan.notes import Notes
from components.plan.pools import bought_of, check_sold
from components.spec.pools import BlockRung, PoolSpec, capacity_type

_NAME = r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?"
_PROJECT = r"(?:[a-z0-9.-]+\.[a-z]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]"
_PARTS = rf"(?:/reservationBlocks/{_NAME}(?:/reservationSubBlocks/{_NAME})?)?"
_RESERVATION = re.compile(rf"(?:projects/{_PROJECT}/reservations/)?({_NAME}){_PARTS}")
# What nodes are provisioned as; reservations and calendar blocks are standard nodes that consume a reservation.
_PROVISIONING = {"spot": "spot", "flex": "flex-start"}
_SECONDS = 3600


def provisioning_of(share: Share) -> str:
    """`standard`, `spot` or `flex-start`."""
    return _PROVISIONING.get(share.capacity_type, "standard")


def reservation_of(share: Share) -> ReservationUse:
    """The reservation that a rung consumes; every other rung consumes none, so that none is used up by accident."""
    bought = bought_of(share)
    if bought is None:
        return ReservationUse(type="NO_RESERVATION")
    return ReservationUse(type="SPECIFIC_RESERVATION", values=(bought.id,))


def reservation_name(id: str) -> str:
    """The bare name of a reservation, out of its name or its path: what a label can have."""
    found = _RESERVATION.fullmatch(id)
    return found[1] if found else id


def queued(pool: PoolSpec, share: Share) -> bool:
    """Whether a rung waits until all nodes of a job can be had at once."""
    return share.capacity_type == "flex" and pool.flex is not None and pool.flex.queued


def max_run_seconds(pool: PoolSpec, share: Share, catalog: GcpCatalog) -> int | None:
    """After how long a flex-start node is taken back."""
    if share.capacity_type != "flex":
        return None
    hours = pool.flex.max_run_hours if pool.flex else int(catalog.default("flex-max-run-hours"))
    return hours * _SECONDS


def comes_later(share: Share) -> bool:
    """Whether a rung's nodes cannot be asked for now: flex-start gives them to pods, a block when it begins."""
    return share.capacity_type in ("flex", "block")


def check_capacity(path: str, pool: PoolSpec, machine: GcpMachine, catalog: GcpCatalog, notes: Notes) -> None:
    """Capacity types that are sold for a machine, ids of what was bought, and the limits of a calendar block."""
    check_sold(path, pool, machine, notes)
    for index, rung in enumerate(pool.capacity):
        if isinstance(rung, str):
            continue
        at = f"{path}.capacity.{index}.{capacity_type(rung)}"
        if not _RESERVATION.fullmatch(rung.bought.id):
            hint = "write its name, or projects/<project>/reservations/<name>[/reservationBlocks/<block>]"
            notes.error("reservation", f"{at}.id", f"{rung.bought.id!r} is no name of a reservation", hint)
        else:
            _tell_unseen(at, rung.bought.id, rung.bought.zone_id, machine, notes)
        if isinstance(rung, BlockRung):
            _check_block(at, rung, catalog, notes)
    if "flex" in pool.capacity and pool.flex is None:
        notes.decide(f"{path}.flex", f"{catalog.default('flex-max-run-hours')} h, not queued", "no terms are given")


def _tell_unseen(at: str, id: str, zone: str, machine: GcpMachine, notes: Notes) -> None:
    """What only the account knows of a reservation, and how to look."""
    message = (
        f"only the account knows whether {reservation_name(id)} has free {machine.name} in {zone}, with"
        f" {machine.local_ssds} local SSDs, is shared with this project and is to be consumed by name"
    )
    hint = f"gcloud compute reservations describe {reservation_name(id)} --zone {zone}"
    notes.advise("reservation-unseen", at, message, hint)


def _check_block(at: str, rung: BlockRung, catalog: GcpCatalog, notes: Notes) -> None:
    most, days = int(catalog.default("block-max-machines")), int(catalog.default("block-max-days"))
    if rung.block.nodes > most:
        notes.error("capacity", f"{at}.nodes", f"a calendar reservation has at most {most} machines", "split it")
    if rung.block.end - rung.block.start > timedelta(days=days):
        notes.error("capacity", f"{at}.end", f"a calendar reservation lasts at most {days} days", "split it")


def check_whole(
    path: str, pool: PoolSpec, machine: GcpMachine, slice: TpuSlice | None, shares: Sequence[Share], notes: Notes
) -> None:
    """What was bought holds whole slices; a slice never spans two reservations."""
    if slice is None or slice.hosts < 2:
        return
    for share in shares:
        bought = bought_of(share)
        if bought is not None and bought.nodes % slice.hosts:
            message = f"{bought.nodes} machines are no whole number of {slice.topology} slices of {slice.hosts}"
            hint = f"use {bought.nodes // slice.hosts * slice.hosts} of them, or another topology"
            notes.error("slice", f"{path}.capacity.{share.index}", message, hint)


def tell_flex(path: str, pool: PoolSpec, shares: Sequence[Share], notes: Notes) -> None:
    """A minimum of nodes that flex-start cannot hold: nodes come when pods ask for them."""
    first = next((share for share in shares if isinstance(share.rung, str) and share.nodes.max > 0), None)
    if first is not None and first.capacity_type == "flex" and pool.nodes.min > 0:
        message = "starts with no node: flex-start gives nodes to pods that ask for them, and takes them back"
        notes.advise("flex-starts-empty", f"{path}.nodes", message, f"write nodes: 0..{pool.nodes.max}")
