"""Which zones a cluster's parts stand in. Zones are compared by id: names differ between accounts."""

from __future__ import annotations

import re

from components.catalog.aws import AwsCatalog, AwsMachine
from components.plan.notes import Notes
from components.plan.zones import ZoneRules, check_zone
from components.spec.models import ClusterSpec

# EKS asks for two zones at least for its control plane.
SYSTEM_ZONES = 2
_ZONE_ID = re.compile("[a-z0-9]+-az[0-9]+")
# A pool without a fabric spreads over a few zones for capacity; more only adds subnets.
SPREAD_ZONES = 3


def system_zones(spec: ClusterSpec, machine: AwsMachine, catalog: AwsCatalog, notes: Notes) -> tuple[str, ...]:
    """Two zones for control plane and system nodes; they depend on no pool, so that none moves them."""
    takes, rules = (
        [zone.zone_id for zone in catalog.zones(spec.region) if zone.control_plane],
        zone_rules(spec, catalog),
    )
    if spec.network.existing is not None:
        given = spec.network.existing.subnets
        for zone in given:
            check_zone(f"network.existing.subnets.{zone}", zone, rules, notes)
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


def known_zones(spec: ClusterSpec, catalog: AwsCatalog) -> tuple[str, ...]:
    """The zones of the region by id: the catalogue's, or where it knows none those of the existing network."""
    known = tuple(one.zone_id for one in catalog.zones(spec.region))
    existing = spec.network.existing
    return known or (tuple(zone for zone in existing.subnets if _ZONE_ID.fullmatch(zone)) if existing else ())


def zone_rules(spec: ClusterSpec, catalog: AwsCatalog) -> ZoneRules:
    """What AWS says of a region's zones; first come those that the control plane takes, where all else can stand too."""
    known, existing = known_zones(spec, catalog), spec.network.existing
    by_name = re.compile(rf"{re.escape(spec.region)}[a-z]")

    def other_form(zone: str) -> str | None:
        hint = f"zones are given by id, which is the same in every account: {', '.join(known)}"
        return hint if by_name.fullmatch(zone) else None

    return ZoneRules(
        region=spec.region,
        known=known,
        spread=SPREAD_ZONES,
        fabric="EFA",
        within=tuple(existing.subnets) if existing else None,
        first=frozenset(zone.zone_id for zone in catalog.zones(spec.region) if zone.control_plane),
        other_form=other_form,
    )
