"""What Azure has left, and what AKS says when there is too little.

Settings: `capacity.<location>.<size>` and `capacity.<location>-<zone>.<size>` are how many machines a region or a zone
has in all; `quota.<family>` and `quota.lowPriorityCores` are vCPUs of the subscription; absent: without end.
"""

from __future__ import annotations

from collections.abc import Iterable

from scripts.rehearsal.azure.places import CLUSTER, GROUP, LOCATION, NODES
from scripts.rehearsal.azure.sizes import SIZES
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
    for place in [f"{location}-{zone}" for zone in zones] or [location]:
        has = call.existing.setting(f"capacity.{place}.{size}")
        there = sum(nodes(one) for one in _pools(call) if one.get("vmSize") == size)
        if has is not None and there + nodes(pool) > int(has):
            raise _allocation(zones, size, location)
    _quota(call, pool, size, location)


def _allocation(zones: list[str], size: str, location: str) -> CloudError:
    if zones:
        words = "Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. Read more about"
        more = "improving likelihood of allocation success at http://aka.ms/allocation-guidance"
        return CloudError("ZonalAllocationFailed", f"{words} {more} ({size}, zone {', '.join(zones)} of {location})")
    words = "Allocation failed. We do not have sufficient capacity for the requested VM size in this region. Read more about"
    more = "improving likelihood of allocation success at http://aka.ms/allocation-guidance"
    return CloudError("AllocationFailed", f"{words} {more} ({size}, {location})")


def _quota(call: Call, pool: Values, size: str, location: str) -> None:
    family, each = SIZES.get(size, (size, 1))
    spot = pool.get("scaleSetPriority") == "Spot"
    name = "lowPriorityCores" if spot else family
    limit = call.existing.setting(f"quota.{name}")
    if limit is None:
        return
    used = 0
    for one in _pools(call):
        theirs, cores = SIZES.get(str(one.get("vmSize")), (str(one.get("vmSize")), 1))
        is_spot = one.get("scaleSetPriority") == "Spot"
        used += cores * nodes(one) if (is_spot if spot else theirs == family and not is_spot) else 0
    needs = each * nodes(pool)
    if used + needs > int(limit):
        left = int(limit) - used
        words = f"Insufficient vcpu quota requested {needs}, remaining {left} for family {name} for region {location}."
        raise CloudError("ErrCode_InsufficientVCPUQuota", words)


def _pools(call: Call) -> Iterable[Values]:
    """Every pool, those inside clusters among them; a call for one of these does not count itself."""
    yield from (one.inputs for one in call.others(NODES))
    for cluster in call.others(CLUSTER):
        yield from rows(cluster.inputs, "agentPoolProfiles")


def _location(call: Call) -> str:
    name = call.text("resourceGroupName").lower()
    home = next((one for one in call.others(GROUP) if str(one.outputs.get("name")).lower() == name), None)
    return call.text("location") or (str(home.outputs["location"]) if home else call.region or LOCATION)
