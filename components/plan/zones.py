"""Which zones the nodes of a pool stand in: those of bought capacity, those that are named, or those that offer the machine."""

from __future__ import annotations

from collections.abc import Callable

from components.catalog import Catalog, Machine
from components.errors import did_you_mean
from components.plan.machines import near_first
from components.plan.notes import Notes
from components.records import record
from components.spec.pools import PoolSpec


def _no_other_form(_: str) -> str | None:
    return None


@record(kw_only=True)
class ZoneRules:
    """What a cloud says of zones.

    `known` are the region's. `spread` is how many zones a pool without a fabric gets that names none. `within` are the
    zones of an existing network whose subnets are zonal (None: any zone will do), `first` those that are taken before
    others. `fabric` is what does not cross zones, in a word. `other_form` gives the hint for a zone that is written in
    another way than by its id, or None.
    """

    region: str
    known: tuple[str, ...]
    spread: int
    fabric: str
    within: tuple[str, ...] | None = None
    first: frozenset[str] = frozenset()
    other_form: Callable[[str], str | None] = _no_other_form


def check_zone(path: str, zone: str, rules: ZoneRules, notes: Notes) -> bool:
    """Whether `zone` is a zone id of the region; a finding where not."""
    if zone in rules.known:
        return True
    other = rules.other_form(zone)
    if other is not None:
        notes.error("zones", path, f"{zone!r} is a zone's name", other)
    else:
        notes.error("zones", path, f"{zone!r} is no zone of {rules.region}", did_you_mean(zone, rules.known))
    return False


def joined_by(pool: PoolSpec) -> str:
    """What keeps a pool's nodes in one zone, in words; empty where nothing does."""
    return "a fabric" if pool.fabric not in (None, "none") or pool.placement == "cluster" else ""


def pool_zones(
    path: str, pool: PoolSpec, machine: Machine, catalog: Catalog, rules: ZoneRules, notes: Notes, *, joined: str
) -> tuple[str, ...]:
    """The zones of a pool: one where something joins its nodes (`joined`: `a fabric`, or empty), else a few.

    They come from the bought rungs, from `zones`, or from the offerings of the machine, in this order.
    """
    one = bool(joined)
    bought = _bought_zones(path, pool, machine, catalog, rules, notes)
    for index, zone in enumerate(pool.zones):
        check_zone(f"{path}.zones.{index}", zone, rules, notes)
    if one and len(set(pool.zones)) > 1:
        message = f"a pool with {joined} stands in one zone, several are given"
        notes.error("zones", f"{path}.zones", message, "name one of them")
    if bought and pool.zones and (one or not set(bought) <= set(pool.zones)) and set(bought) != set(pool.zones):
        message = f"{', '.join(pool.zones)} is not where the bought capacity is ({', '.join(bought)})"
        notes.error("zone-mismatch", f"{path}.zones", message, f"use {', '.join(bought)}, or leave zones out")
    if one and len(bought) > 1:
        message = f"bought capacity lies in {', '.join(bought)}, but {rules.fabric} does not cross zones"
        notes.error("zone-mismatch", f"{path}.capacity", message, "split the pool: one for each zone")
    chosen = bought if bought and (one or not pool.zones) else tuple(dict.fromkeys(pool.zones))
    return chosen or _offered(path, machine, one, catalog, rules, notes)


def _bought_zones(
    path: str, pool: PoolSpec, machine: Machine, catalog: Catalog, rules: ZoneRules, notes: Notes
) -> tuple[str, ...]:
    found: list[str] = []
    for index, rung in enumerate(pool.capacity):
        if isinstance(rung, str):
            continue
        at = f"{path}.capacity.{index}.{rung.capacity_type}.zone_id"
        zone = rung.bought.zone_id
        if not check_zone(at, zone, rules, notes):
            continue
        offered = catalog.offered_zones(machine.name, rules.region)
        elsewhere = catalog.regions_offering(machine.name) if offered is None else offered
        if elsewhere and zone not in elsewhere:
            message = f"{machine.name} is not known to be offered in {zone}; the reservation says that it is there"
            notes.advise("offerings", at, message, f"known: {', '.join(elsewhere)}")
        if zone not in found:
            found.append(zone)
    return tuple(found)


def _offered(
    path: str, machine: Machine, one: bool, catalog: Catalog, rules: ZoneRules, notes: Notes
) -> tuple[str, ...]:
    """Zones for a pool that names none: where the machine is offered, in the existing network's zones if it has such."""
    region = rules.region
    offered = catalog.offered_zones(machine.name, region)
    if offered == ():
        return ()
    if offered is None:
        elsewhere = catalog.regions_offering(machine.name)
        priced = catalog.price(machine.name, region, "on-demand") is not None
        if elsewhere and not priced:
            hint = f"offered in {', '.join(near_first(region, elsewhere))}"
            notes.error("offerings", path, f"{machine.name} is not offered in {region}", hint)
            return rules.known[:1]
        message = f"in which zones of {region} {machine.name} is offered is unknown"
        notes.advise("offerings", f"{path}.zones", message, "name the zone that your account sees it in")
        offered = rules.known
    usable = tuple(sorted(offered, key=lambda zone: (zone not in rules.first, zone)))
    if rules.within is not None:
        usable = tuple(zone for zone in usable if zone in rules.within)
        if not usable:
            hint = f"add a subnet in one of {', '.join(offered)} to network.existing.subnets"
            notes.error("zones", path, f"{machine.name} is offered in no zone of the existing network", hint)
    chosen = usable[:1] if one else usable[: rules.spread]
    notes.decide(f"{path}.zones", ", ".join(chosen), f"the first of the zones where {machine.name} is offered")
    return chosen
