"""Where resources of Google Cloud stand, and in how many zones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from components.cost.readers import wire
from components.cost.readers.wire import Resource

# A regional cluster without a choice has its nodes in three zones of its region:
# https://cloud.google.com/kubernetes-engine/docs/concepts/regional-clusters
DEFAULT_ZONES = 3

_ZONE = re.compile(r"([a-z]+-[a-z]+[0-9]+)-[a-z]")
_REGION = re.compile(r"[a-z]+-[a-z]+[0-9]+")


def region_of(place: str) -> str | None:
    """The region of a zone, region or link to one; None for anything wider, as a bucket's `US` or `global`."""
    last = place.rpartition("/")[2].lower()
    zone = _ZONE.fullmatch(last)
    return zone[1] if zone else last if _REGION.fullmatch(last) else None


def is_zone(place: str) -> bool:
    return _ZONE.fullmatch(place.rpartition("/")[2].lower()) is not None


def own_region(one: Resource, names: Mapping[str, Resource]) -> object:
    """What a resource says of its region, or what it stands in says: its cluster or key ring. None: it says nothing."""
    given = wire.inputs(one)
    for key in ("location", "zone", "region"):
        if given.get(key) is not None:
            place = wire.text(given[key])
            return region_of(place) if place else given[key]
    for key in ("cluster", "keyRing"):
        holder = wire.referred(given.get(key), names)
        if holder is not None:
            return own_region(names[holder], names)
    return None


def zones_of(pool: Mapping[str, Any], cluster: Mapping[str, Any]) -> int | None:
    """In how many zones a node pool stands: its own, else the cluster's; None where that cannot be read."""
    for given in (pool, cluster):
        named = given.get("nodeLocations")
        if named is not None:
            listed = wire.items(named)
            # A zonal cluster names only its further zones.
            further = given is cluster and is_zone(wire.text(given.get("location")) or "")
            return None if listed is None else len(listed) + further
    place = wire.text(pool.get("location")) or wire.text(cluster.get("location"))
    return None if place is None else 1 if is_zone(place) else DEFAULT_ZONES
