"""Local SSDs of a pool's nodes: how many a machine has or takes, and what becomes of them.

Source: Compute Engine, local SSD counts of machine types; GKE, ephemeral storage and raw block devices on local SSDs.
"""

from __future__ import annotations

from components.catalog.gcp import GcpMachine
from components.plan.notes import Notes
from components.spec.pools import PoolSpec

_EPHEMERAL, _BLOCK = "ephemeral", "block"


def local_ssds_of(pool: PoolSpec, machine: GcpMachine) -> tuple[int, str | None]:
    """(count, use): bundled disks are always there; others are added where the spec itself asks for scratch.

    `raid0` makes the nodes' ephemeral storage of them, `none` leaves them as raw block devices.
    """
    if machine.local_ssds:
        return machine.local_ssds, _EPHEMERAL if pool.scratch == "raid0" else _BLOCK
    if machine.ssd_counts and asks(pool):
        return _one_each(machine), _EPHEMERAL
    return 0, None


def asks(pool: PoolSpec) -> bool:
    """Whether the spec itself says that it wants scratch disks, which cost extra where none is bundled."""
    return pool.scratch == "raid0" and "scratch" in pool.model_fields_set


def _one_each(machine: GcpMachine) -> int:
    """The smallest legal count that has one for each accelerator, or the most there are."""
    fitting = [count for count in machine.ssd_counts if count >= machine.accelerator_count]
    return min(fitting, default=machine.ssd_counts[-1])


def tell_disks(path: str, pool: PoolSpec, machine: GcpMachine, notes: Notes) -> None:
    """The choice where local SSDs are the spec's to ask for."""
    if machine.local_ssds or not machine.ssd_counts or pool.scratch == "none":
        return
    count = local_ssds_of(pool, machine)[0]
    if count:
        notes.decide(f"{path}.scratch", f"{count} local SSDs", "the least legal count with one for each accelerator")
    else:
        notes.decide(f"{path}.scratch", "no local SSD", "they cost extra here: scratch: raid0 asks for them")
