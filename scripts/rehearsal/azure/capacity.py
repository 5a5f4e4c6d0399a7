"""What Azure has left, and what AKS says when there is too little.

Settings: `capacity.<location>.<size>` and `capacity.<location>-<zone>.<size>` are how many machines a region or a zone
has in all; `quota.<family>`, `quota.lowPriorityCores` and `quota.cores` are vCPUs of the subscription there; absent: without end.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from scripts.rehearsal.azure.places import CLUSTER, GROUP, LOCATION, NODES
from scripts.rehearsal.azure.sizes import family_of
from scripts.rehearsal.behaviour import Call
from scripts.rehearsal.model import CloudError, Values
from scripts.rehearsal.values import rows, texts


def nodes(pool: Values) -> int:
    """How many nodes a pool has as far as its program says."""
    return int(pool.get("count", pool.get("minCount", 1)) or 0)


def enough(call: Call, pool: Values) -> None:
    """Refuse a pool, or a pool inside a cluster, for which there are no machines or no quota."""
    size, location = str(pool.get("vmSize") or ""), _location(call)
    zones = texts(pool, "availabilityZones")
    alike = [one for one in _pools(call) if one.get("vmSize") == size]
    for zone in zones or [""]:
        has = call.existing.setting(f"capacity.{location}-{zone}.{size}" if zone else f"capacity.{location}.{size}")
        if has is not None and sum(_in_zone(one, zone) for one in [*alike, pool]) > int(has):
            raise _allocation(zones, size, location)
    _quota(call, pool, size, location)


def _in_zone(pool: Values, zone: str) -> int:
    """The nodes of a pool in one of its zones, over which AKS spreads them evenly; all of them without a zone."""
    zones = texts(pool, "availabilityZones")
    return nodes(pool) if not zone else math.ceil(nodes(pool) / len(zones)) if zone in zones else 0


def _allocation(zones: list[str], size: str, location: str) -> CloudError:
    if zones:
        words = "Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. Read more about"
        more = "improving likelihood of allocation success at http://aka.ms/allocation-guidance"
        return CloudError("ZonalAllocationFailed", f"{words} {more} ({size}, zone {', '.join(zones)} of {location})")
    words = "Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about"
    more = "improving likelihood of allocation success at http://aka.ms/allocation-guidance"
    return CloudError("AllocationFailed", f"{words} {more} ({size}, {location})")


def _quota(call: Call, pool: Values, size: str, location: str) -> None:
    """The family's vCPUs, or those of all spot machines; and those of the region together (`cores`)."""
    family, spot = family_of(size)[0], _is_spot(pool)
    name = "lowPriorityCores" if spot else family
    limit, total = call.existing.setting(f"quota.{name}"), call.existing.setting("quota.cores")
    needs = _vcpus(pool)
    beside = [one for one in _pools(call) if _is_spot(one) == spot]
    used = sum(_vcpus(one) for one in beside if spot or family_of(str(one.get("vmSize")))[0] == family)
    if limit is not None and used + needs > int(limit):
        left = int(limit) - used
        words = f"Insufficient vcpu quota requested {needs}, remaining {left} for family {name} for region {location}."
        raise CloudError("ErrCode_InsufficientVCPUQuota", words)
    everything = sum(_vcpus(one) for one in beside)
    if not spot and total is not None and everything + needs > int(total):
        words = "Operation could not be completed as it results in exceeding approved Total Regional Cores quota."
        now = (
            f"Location: {location}, Current Limit: {total}, Current Usage: {everything}, Additional Required: {needs},"
        )
        wanted = f"(Minimum) New Limit Required: {everything + needs}."
        raise CloudError("QuotaExceeded", f"{words} Additional details - {now} {wanted}")


def _vcpus(pool: Values) -> int:
    return family_of(str(pool.get("vmSize")))[1] * nodes(pool)


def _is_spot(pool: Values) -> bool:
    return pool.get("scaleSetPriority") == "Spot"


def _pools(call: Call) -> Iterable[Values]:
    """Every pool, those inside clusters among them; a call for one of these does not count itself."""
    yield from (one.inputs for one in call.others(NODES))
    for cluster in call.others(CLUSTER):
        yield from rows(cluster.inputs, "agentPoolProfiles")


def _location(call: Call) -> str:
    name = call.text("resourceGroupName").lower()
    home = next((one for one in call.others(GROUP) if str(one.outputs.get("name")).lower() == name), None)
    return call.text("location") or (str(home.outputs["location"]) if home else call.region or LOCATION)
