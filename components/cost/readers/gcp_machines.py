"""What a machine of Google Cloud is, as node pools, instances and templates say it: disks, and how it is bought."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from components.catalog import Catalog
from components.cost.facts import Disk
from components.cost.gcp_facts import boot_disk, local_ssds
from components.cost.readers import wire
from components.plan.model import NodeCount
from components.records import record

# What disks of a type include without an extra charge; others include none, or none that is read here.
# https://cloud.google.com/compute/docs/disks/hd-types/hyperdisk-balanced
_INCLUDED_IOPS, _INCLUDED_MBPS = 3000, 140


@record(kw_only=True)
class Bought:
    """How a machine is bought; `reservation` is what the resource says of it, text or a reference."""

    capacity_type: str  # on-demand | spot | flex | reservation
    reservation: object = None


@record(kw_only=True)
class Machines:
    """Some machines of a kind as one resource orders them; None and "" are what cannot be read."""

    name: str
    how: Bought
    nodes: NodeCount | None
    machine: str
    disk: Disk | None
    scratch: Disk | None = None


def machine_name(type_: object, accelerators: object, catalog: Catalog) -> str:
    """The machine type; with GPUs that are attached to it apart, a name that no catalogue has, so that it is unpriced."""
    name = wire.text(type_) or ""
    attached = [wire.mapping(one) for one in wire.items(accelerators) or ()]
    machine = catalog.machine(name)
    if not name or not attached or (machine is not None and machine.accelerator):
        return name
    return name + "".join(f" + {one.get('count', 1)} {wire.text(one.get('type')) or 'GPU'}" for one in attached)


def disk_of(kind: object, gib: object, machine: str, catalog: Catalog, extra: Mapping[str, Any]) -> Disk | None:
    """A boot disk; None where its size cannot be read, or where more speed is bought than is included.

    Without a type it is the first that the machine takes; without a size, 100 GiB: those are GKE's own defaults.
    """
    known = catalog.machine(machine)
    types: Sequence[str] = getattr(known, "disk_types", ())
    wanted = wire.text(kind) if kind is not None else types[0] if types else "pd-balanced"
    size = 100 if gib is None else wire.whole(gib)
    if wanted is None or size is None or not _included(extra):
        return None
    return boot_disk(wanted.rpartition("/")[2], size)


def scratch_of(counts: Iterable[object], machine: str, catalog: Catalog) -> Disk | None:
    """The local SSDs that are billed apart."""
    known = catalog.machine(machine)
    return local_ssds(sum(wire.whole(count) or 0 for count in counts), known.nvme_disks if known else 0)


def bought_by(
    *, spot: bool, flex: bool, affinity: Mapping[str, Any], type_key: str, specific: Mapping[str, Any]
) -> Bought:
    """How a machine is bought; `specific` names the reservation that it must be in."""
    if spot:
        return Bought(capacity_type="spot")
    if flex:
        return Bought(capacity_type="flex")
    if affinity.get(type_key) == "SPECIFIC_RESERVATION":
        values = wire.items(specific.get("values")) or ()
        return Bought(capacity_type="reservation", reservation=values[0] if values else None)
    return Bought(capacity_type="on-demand")


def scheduled(given: Mapping[str, Any]) -> Bought:
    """How an instance or template is bought, by its scheduling and its reservation affinity."""
    scheduling = wire.mapping(given.get("scheduling"))
    model = scheduling.get("provisioningModel")
    affinity = wire.mapping(given.get("reservationAffinity"))
    return bought_by(
        spot=model == "SPOT" or scheduling.get("preemptible") is True,
        flex=model == "FLEX_START",
        affinity=affinity,
        type_key="type",
        specific=wire.mapping(affinity.get("specificReservation")),
    )


def _included(extra: Mapping[str, Any]) -> bool:
    speed, bandwidth = extra.get("provisionedIops"), extra.get("provisionedThroughput")
    iops = 0 if speed is None else wire.whole(speed)
    mbps = 0 if bandwidth is None else wire.whole(bandwidth)
    return iops is not None and iops <= _INCLUDED_IOPS and mbps is not None and mbps <= _INCLUDED_MBPS
