"""From an accelerator to a machine: what a cloud sells in a region, the preferred one first."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from components.catalog import Catalog, Machine
from components.errors import did_you_mean, nearest
from components.plan.notes import Notes
from components.records import record
from components.spec.pools import FabricNeed, PoolSpec, capacity_type
from components.spec.quantities import AcceleratorCount

# How many topologies a refusal names.
_NEAR = 3


@record
class Choice:
    """The machine of a pool, and the others that would have done."""

    machine: Machine
    asked: str
    alternatives: tuple[Machine, ...]


def choose(path: str, pool: PoolSpec, region: str, catalog: Catalog, notes: Notes) -> Choice | None:
    """The machine for a pool, or None with the reason in `notes`."""
    if pool.machine is not None:
        return _named(f"{path}.machine", pool, catalog, notes)
    wanted: tuple[AcceleratorCount, ...] = pool.accelerator or ()
    fitting = [(wish, _fitting(wish, pool, region, catalog)) for wish in wanted]
    sold = [(wish, [one for one in found if _sold_as(one, pool)]) for wish, found in fitting]
    for wish, found in (*sold, *fitting):  # what is sold as nothing that the ladder has is told with the machine
        if found:
            _tell_choice(path, wish, wanted, found, region, notes)
            return Choice(found[0], str(wish), tuple(found[1:]))
    for position, wish in enumerate(wanted):
        at = f"{path}.accelerator" if len(wanted) == 1 else f"{path}.accelerator.{position}"
        _refuse(at, wish, pool, region, catalog, notes)
    if not wanted:
        notes.error("machine", f"{path}.accelerator", "names no accelerator", "write for example accelerator: H100:8")
    return None


def _tell_choice(
    path: str,
    wish: AcceleratorCount,
    wanted: Sequence[AcceleratorCount],
    found: Sequence[Machine],
    region: str,
    notes: Notes,
) -> None:
    if len(wanted) > 1:
        why = f"the first of {_words(wanted)} that {region} has, as the ladder asks for it"
        notes.decide(f"{path}.accelerator", str(wish), why)
    if len(found) > 1:
        others = ", ".join(machine.name for machine in found[1:])
        notes.decide(f"{path}.machine", found[0].name, f"preferred for {wish} in {region}; also fit: {others}")


def _named(path: str, pool: PoolSpec, catalog: Catalog, notes: Notes) -> Choice | None:
    name = pool.machine or ""
    machine = catalog.machine(name)
    if machine is None:
        hint = did_you_mean(name, tuple(catalog.machines))
        notes.error("machine", path, f"{name!r} is no {catalog.cloud} machine of the catalogue", hint)
        return None
    if machine.accelerator is None:
        hint = f"a pool takes a machine with accelerators; see: gpufleet catalog list --cloud {catalog.cloud}"
        notes.error("machine", path, f"{name} has no accelerator", hint)
        return None
    if not _fast_enough(machine, pool):
        _refuse_fabric(path, name, machine, pool, notes)
        return None
    return Choice(machine, name, ())


def _fitting(wish: AcceleratorCount, pool: PoolSpec, region: str, catalog: Catalog) -> list[Machine]:
    """The machines for a wish that the region has and that the fabric asked for allows, the preferred first."""
    machines = catalog.machines_for(wish.name, wish.count, wish.topology)
    here = [machine for machine in machines if _sold_in(machine, region, catalog)]
    if not here and any(not isinstance(rung, str) for rung in pool.capacity):
        here = list(machines)  # what was bought there is there, whatever the catalogue knows
    return [machine for machine in here if _fast_enough(machine, pool)]


def _sold_in(machine: Machine, region: str, catalog: Catalog) -> bool:
    """Whether a machine is in a region, as far as is known: by its zones, by a price, or nothing known anywhere."""
    zones = catalog.offered_zones(machine.name, region)
    if zones is not None:
        return bool(zones)
    if any(catalog.price(machine.name, region, kind) for kind in ("on-demand", "spot")):
        return True
    return not catalog.regions_offering(machine.name) and not catalog.priced_regions(machine.name, "on-demand")


def _sold_as(machine: Machine, pool: PoolSpec) -> bool:
    """Whether a machine is sold as every capacity type of the pool's ladder."""
    return all(capacity_type(rung) in machine.capacity_types for rung in pool.capacity)


def _fast_enough(machine: Machine, pool: PoolSpec) -> bool:
    if isinstance(pool.fabric, FabricNeed):
        return machine.fabric_gbps_per_accelerator >= pool.fabric.min_gbps_per_accelerator
    return pool.fabric != "required" or machine.fabric is not None


def _refuse(path: str, wish: AcceleratorCount, pool: PoolSpec, region: str, catalog: Catalog, notes: Notes) -> None:
    cloud, see = catalog.cloud, f"see: gpufleet catalog list --cloud {catalog.cloud} --gpu {wish.name}"
    counts = catalog.counts_of(wish.name)
    if not counts:
        known = catalog.accelerators()
        alias = catalog.accelerator_named_like(wish.name)
        guess = alias if alias in known else nearest(wish.name, known)
        # Another chip's name is close to many: only one that starts alike is a misspelling.
        alike = guess is not None and (guess == alias or guess[0].casefold() == wish.name[0].casefold())
        hint = f"did you mean {guess!r}?" if alike else f"{cloud} sells {', '.join(known)}"
        notes.error("accelerator", path, f"{wish.name!r} is no accelerator that {cloud} sells", hint)
        return
    machines = catalog.machines_for(wish.name, wish.count, wish.topology)
    if not machines and (wish.topology or catalog.tpu_topologies(wish.name)):
        _refuse_topology(path, wish, catalog, notes)
        return
    if not machines:
        have = " and ".join(f"{wish.name}:{count} ({machine})" for count, machine in counts)
        notes.error("accelerator", path, f"{str(wish)!r} is not sold on {cloud}", f"{cloud} has {have}; {see}")
        return
    here = [machine for machine in machines if _sold_in(machine, region, catalog)]
    if not here:
        regions = near_first(region, {r for machine in machines for r in catalog.regions_offering(machine.name)})
        hint = f"offered in {', '.join(regions)}" if regions else see
        notes.error("accelerator", path, f"{wish} ({machines[0].name}) is not offered in {region}", hint)
        return
    _refuse_fabric(path, str(wish), max(here, key=lambda one: one.fabric_gbps_per_accelerator), pool, notes)


def near_first(region: str, regions: Iterable[str]) -> list[str]:
    """Regions with those first that share the continent's word with `region` (`us-…`)."""
    continent = region.partition("-")[0]
    return sorted(regions, key=lambda one: (one.partition("-")[0] != continent, one))


def _refuse_topology(path: str, wish: AcceleratorCount, catalog: Catalog, notes: Notes) -> None:
    """A slice that is not sold, with those nearest to it in chips; or a topology of what has no slices."""
    topologies = catalog.tpu_topologies(wish.name)
    if not topologies:
        hint = f"write {wish.name}:{wish.count} for what each node carries; fabric says what joins nodes"
        notes.error("topology", path, f"{str(wish)!r} is a slice's topology, and {wish.name} has no slices", hint)
        return
    near = sorted(sorted(topologies, key=lambda one: _apart(_chips(one), wish.count))[:_NEAR], key=_chips)
    counts = ", ".join(str(count) for count, _ in catalog.counts_of(wish.name))
    hint = f"the nearest are {', '.join(f'{wish.name}:{one}' for one in near)}; one machine has {counts}"
    what = "no slice of that topology" if wish.topology else "no machine with so many, and a slice has a topology"
    notes.error("topology", path, f"{str(wish)!r}: {catalog.cloud} sells {what}", hint)


def _apart(one: int, other: int) -> float:
    """By what factor two counts differ."""
    return max(one, other) / min(one, other)


def _chips(topology: str) -> int:
    return math.prod(map(int, topology.split("x")))


def _refuse_fabric(path: str, asked: str, best: Machine, pool: PoolSpec, notes: Notes) -> None:
    fabric_path = f"{path.split('.accelerator')[0].split('.machine')[0]}.fabric"
    if best.fabric is None:
        hint = "choose machines with a fabric, or accept plain TCP with fabric: none"
        notes.error("no-fabric", fabric_path, f"{asked} ({best.name}) has no fabric between nodes", hint)
        return
    has = f"{best.fabric_gbps_per_accelerator:g} Gbit/s per accelerator"
    need = pool.fabric.min_gbps_per_accelerator if isinstance(pool.fabric, FabricNeed) else 0
    notes.error(
        "slow-fabric",
        fabric_path,
        f"{asked} has {has} ({best.name}), {need} are asked for",
        "ask for less, or for another accelerator",
    )


def _words(wishes: Sequence[AcceleratorCount]) -> str:
    return ", ".join(map(str, wishes))
