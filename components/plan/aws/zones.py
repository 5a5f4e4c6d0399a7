"""Which zones a cluster's parts stand in. Zones are compared by id: names differ between accounts."""

from __future__ import annotations

import re
from collections.abc import Sequence

from components.catalog.aws import AwsCatalog, AwsMachine
from components.errors import did_you_mean
from components.plan.notes import Notes
from components.spec.models import ClusterSpec
from components.spec.pools import PoolSpec

# EKS asks for two zones at least for its control plane.
SYSTEM_ZONES = 2
_ZONE_ID = re.compile("[a-z0-9]+-az[0-9]+")
# A pool without a fabric spreads over a few zones for capacity; more only adds subnets.
SPREAD_ZONES = 3


def system_zones(spec: ClusterSpec, machine: AwsMachine, catalog: AwsCatalog, notes: Notes) -> tuple[str, ...]:
    """Two zones for control plane and system nodes; they depend on no pool, so that none moves them."""
    takes = [zone.zone_id for zone in catalog.zones(spec.region) if zone.control_plane]
    if spec.network.existing is not None:
        given = spec.network.existing.subnets
        for zone in given:
            check_zone(f"network.existing.subnets.{zone}", zone, spec, catalog, notes)
        if not takes:
            message = f"the catalogue knows no zones of {spec.region}: those of the existing network are taken as given"
            notes.advise("zones", "network.existing.subnets", message, "see that the EKS control plane takes them")
            takes = list(given)
        usable = tuple(zone for zone in given if zone in takes)[:SYSTEM_ZONES]
        if len(usable) < SYSTEM_ZONES:
            message = f"has {len(usable)} zone(s) that the EKS control plane takes, {SYSTEM_ZONES} are needed"
            notes.error("zones", "network.existing.subnets", message, f"the control plane takes: {', '.join(takes)}")
        return usable
    offered = catalog.offered_zones(machine.name, spec.region)
    if offered is None:
        notes.decide(
            "system.zones", ", ".join(takes[:SYSTEM_ZONES]), f"offerings of {machine.name} by zone are unknown"
        )
    usable = tuple(zone for zone in takes if offered is None or zone in offered)[:SYSTEM_ZONES]
    if len(usable) < SYSTEM_ZONES:
        message = f"{spec.region} has no two zones for the EKS control plane and {machine.name}"
        notes.error("zones", "region", message, "choose another region, or another system.machine")
    return usable


def pool_zones(
    path: str, spec: ClusterSpec, pool: PoolSpec, machine: AwsMachine, catalog: AwsCatalog, notes: Notes
) -> tuple[str, ...]:
    """The zones of a pool: one where its nodes share a fabric or stand close together, else a few.

    They come from the bought rungs, from `zones`, or from the offerings of the machine, in this order.
    """
    one = needs_one_zone(pool)
    bought = _bought_zones(path, spec, pool, machine, catalog, notes)
    for index, zone in enumerate(pool.zones):
        check_zone(f"{path}.zones.{index}", zone, spec, catalog, notes)
    if one and len(set(pool.zones)) > 1:
        notes.error(
            "zones", f"{path}.zones", "a pool with a fabric stands in one zone, several are given", "name one of them"
        )
    if bought and pool.zones and (one or not set(bought) <= set(pool.zones)) and set(bought) != set(pool.zones):
        message = f"{', '.join(pool.zones)} is not where the bought capacity is ({', '.join(bought)})"
        notes.error("zone-mismatch", f"{path}.zones", message, f"use {', '.join(bought)}, or leave zones out")
    if one and len(bought) > 1:
        message = f"bought capacity lies in {', '.join(bought)}, but EFA does not cross zones"
        notes.error("zone-mismatch", f"{path}.capacity", message, "split the pool: one for each zone")
    chosen = bought if bought and (one or not pool.zones) else tuple(dict.fromkeys(pool.zones))
    return chosen or _offered(path, spec, machine, one, catalog, notes)


def needs_one_zone(pool: PoolSpec) -> bool:
    return pool.fabric not in (None, "none") or pool.placement == "cluster"


def known_zones(spec: ClusterSpec, catalog: AwsCatalog) -> tuple[str, ...]:
    """The zones of the region by id: the catalogue's, or where it knows none those of the existing network."""
    known = tuple(one.zone_id for one in catalog.zones(spec.region))
    existing = spec.network.existing
    return known or (tuple(zone for zone in existing.subnets if _ZONE_ID.fullmatch(zone)) if existing else ())


def check_zone(path: str, zone: str, spec: ClusterSpec, catalog: AwsCatalog, notes: Notes) -> bool:
    """Whether `zone` is a zone id of the region; a finding where not."""
    region, known = spec.region, known_zones(spec, catalog)
    if zone in known:
        return True
    if re.fullmatch(rf"{re.escape(region)}[a-z]", zone):
        hint = f"zones are given by id, which is the same in every account: {', '.join(known)}"
        notes.error("zones", path, f"{zone!r} is a zone's name", hint)
    else:
        notes.error("zones", path, f"{zone!r} is no zone of {region}", did_you_mean(zone, known))
    return False


def _bought_zones(
    path: str, spec: ClusterSpec, pool: PoolSpec, machine: AwsMachine, catalog: AwsCatalog, notes: Notes
) -> tuple[str, ...]:
    found: list[str] = []
    for index, rung in enumerate(pool.capacity):
        if isinstance(rung, str):
            continue
        at = f"{path}.capacity.{index}.{rung.capacity_type}.zone_id"
        zone = rung.bought.zone_id
        if not check_zone(at, zone, spec, catalog, notes):
            continue
        offered = catalog.offered_zones(machine.name, spec.region)
        elsewhere = catalog.regions_offering(machine.name) if offered is None else offered
        if elsewhere and zone not in elsewhere:
            message = f"{machine.name} is not known to be offered in {zone}; the reservation says that it is there"
            notes.advise("offerings", at, message, f"known: {', '.join(elsewhere)}")
        if zone not in found:
            found.append(zone)
    return tuple(found)


def _offered(
    path: str, spec: ClusterSpec, machine: AwsMachine, one: bool, catalog: AwsCatalog, notes: Notes
) -> tuple[str, ...]:
    """Zones for a pool that names none: where the machine is offered, in the existing network's zones if there is one."""
    offered = catalog.offered_zones(machine.name, spec.region)
    if offered == ():
        return ()
    if offered is None:
        elsewhere = catalog.regions_offering(machine.name)
        known = known_zones(spec, catalog)
        priced = catalog.price(machine.name, spec.region, "on-demand") is not None
        if elsewhere and not priced:
            notes.error(
                "offerings",
                path,
                f"{machine.name} is not offered in {spec.region}",
                f"offered in {', '.join(elsewhere)}",
            )
            return known[:1]
        message = f"in which zones of {spec.region} {machine.name} is offered is unknown"
        notes.advise("offerings", f"{path}.zones", message, "name the zone that your account sees it in")
        offered = known
    existing = spec.network.existing
    usable = _preferred(offered, spec.region, catalog)
    if existing is not None:
        usable = tuple(zone for zone in usable if zone in existing.subnets)
        if not usable:
            hint = f"add a subnet in one of {', '.join(offered)} to network.existing.subnets"
            notes.error("zones", path, f"{machine.name} is offered in no zone of the existing network", hint)
    chosen = usable[:1] if one else usable[:SPREAD_ZONES]
    notes.decide(f"{path}.zones", ", ".join(chosen), f"the first of the zones where {machine.name} is offered")
    return chosen


def _preferred(zones: Sequence[str], region: str, catalog: AwsCatalog) -> tuple[str, ...]:
    """The zones with those first that the control plane takes, where everything else of the cluster can stand too."""
    takes = {zone.zone_id for zone in catalog.zones(region) if zone.control_plane}
    return tuple(sorted(zones, key=lambda zone: (zone not in takes, zone)))
