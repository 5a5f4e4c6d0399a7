"""Which zones a cluster's parts stand in on Google Cloud: system nodes in several, a pool in one unless it names more."""

from __future__ import annotations

from components.catalog.gcp import GcpCatalog, GcpMachine, TpuSlice
from components.plan.notes import Notes
from components.plan.zones import ZoneRules, joined_by, pool_zones
from components.spec.models import ClusterSpec
from components.spec.pools import PoolSpec

# Two, so that a zone without capacity never takes the cluster's own software along; three where they divide the nodes.
_SYSTEM_ZONES = (3, 2)
_FEWEST = 2


def zone_rules(spec: ClusterSpec, catalog: GcpCatalog) -> ZoneRules:
    """What Google Cloud says of a region's zones: subnets span them, and a count of nodes holds for each of a pool's."""
    return ZoneRules(
        region=spec.region,
        known=tuple(zone.zone_id for zone in catalog.zones(spec.region)),
        spread=1,
        fabric="its fabric",
    )


def system_zones(spec: ClusterSpec, machine: GcpMachine, catalog: GcpCatalog, notes: Notes) -> tuple[str, ...]:
    """The zones of the system nodes; they depend on no pool, so that a shortage in a pool's zone stops no system node."""
    known = tuple(zone.zone_id for zone in catalog.zones(spec.region))
    offered = catalog.offered_zones(machine.name, spec.region)
    usable = tuple(zone for zone in known if offered is None or zone in offered)
    if len(usable) < _FEWEST:
        message = f"{spec.region} has no two zones for {machine.name}"
        notes.error("zones", "region", message, "choose another region, or another system.machine")
        return usable
    count = next((n for n in _SYSTEM_ZONES if n <= len(usable) and spec.system.nodes % n == 0), _FEWEST)
    notes.decide("system.zones", ", ".join(usable[:count]), f"the first zones of {spec.region}, the same count in each")
    return usable[:count]


def zones_of_pool(
    path: str,
    spec: ClusterSpec,
    pool: PoolSpec,
    machine: GcpMachine,
    slice: TpuSlice | None,
    catalog: GcpCatalog,
    notes: Notes,
) -> tuple[str, ...]:
    """The zones of a pool; one where its nodes are joined by a fabric, a slice or an NVLink domain."""
    joined = joined_by(pool)
    if slice is not None and slice.hosts > 1:
        joined = "a slice of several machines"
    elif machine.domain_nodes:
        joined = "an NVLink domain"
    zones = pool_zones(path, pool, machine, catalog, zone_rules(spec, catalog), notes, joined=joined)
    _check_offered(path, spec, pool, machine, catalog, notes)
    return zones


def _check_offered(
    path: str, spec: ClusterSpec, pool: PoolSpec, machine: GcpMachine, catalog: GcpCatalog, notes: Notes
) -> None:
    """The machine is offered in every zone that the spec names; what was bought is where it was bought."""
    offered = catalog.offered_zones(machine.name, spec.region)
    bought = {rung.bought.zone_id for rung in pool.capacity if not isinstance(rung, str)}
    rules = zone_rules(spec, catalog)
    for index, zone in enumerate(pool.zones):
        if offered is None or zone in offered or zone in bought or zone not in rules.known:
            continue
        hint = f"offered in {', '.join(offered)}" if offered else f"not offered in {spec.region}"
        notes.error("offerings", f"{path}.zones.{index}", f"{machine.name} is not offered in {zone}", hint)
