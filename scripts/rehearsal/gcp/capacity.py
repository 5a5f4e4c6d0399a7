"""What Google Cloud has left, and what GKE says when there is too little.

Settings: `capacity.<zone>.<machine>` is how many machines a zone has in all, `quota.<accelerator>` how many of them the
project may have in a region (`quota.<machine>` for machines without any); absent: without end.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from scripts.rehearsal.behaviour import Call
from scripts.rehearsal.gcp.places import NODES, place, short, zones
from scripts.rehearsal.model import CloudError, Resource, Values
from scripts.rehearsal.values import at, rows


def nodes(inputs: Values) -> int:
    """How many nodes a pool has in each zone as far as its program says."""
    given = inputs.get("nodeCount", inputs.get("initialNodeCount", at(inputs, "autoscaling", "minNodeCount")))
    return int(given or 0)


def enough(call: Call) -> None:
    """Refuse a pool that a zone has no machines for, or the project no quota."""
    machine = call.text("nodeConfig", "machineType", default="e2-medium")
    name = f"gke-{short(call.text('cluster'))}-{call.text('name')}"
    for zone in zones(call):
        has = call.existing.setting(f"capacity.{zone}.{machine}")
        there = sum(nodes(one.inputs) for one in _pools(call, machine) if zone in _zones(call, one))
        if has is not None and there + nodes(call.inputs) > int(has):
            where = f"projects/{place(call)['project']}/zones/{zone}"
            words = f"The zone '{where}' does not have enough resources available to fulfill the request."
            raise _failed("ZONE_RESOURCE_POOL_EXHAUSTED", name, f"{words} Try a different zone, or try again later.")
    kind, each = _accelerators(call.inputs)
    limit = call.existing.setting(f"quota.{kind or machine}")
    if limit is None:
        return
    mine = (each or 1) * nodes(call.inputs) * len(zones(call))
    used = sum(_used(call, one, kind) for one in (call.others(NODES) if kind else _pools(call, machine)))
    if mine + used > int(limit):
        family = f", dimensions: gpu_family {kind.upper().replace('-', '_')}" if kind else ""
        words = f"Quota 'GPUS_PER_GPU_FAMILY' exceeded. Limit: {float(limit)} in region {_region(call)}{family}."
        raise _failed("QUOTA_EXCEEDED", name, words if kind else words.replace("GPUS_PER_GPU_FAMILY", "CPUS"))


def _failed(code: str, name: str, words: str) -> CloudError:
    """In the words of the provider that waited for the pool."""
    return CloudError(
        code, f"Error waiting for creating GKE NodePool: [{code}]: Instance '{name}' creation failed: {words}"
    )


def _pools(call: Call, machine: str) -> Iterable[Resource]:
    return (one for one in call.others(NODES) if at(one.inputs, "nodeConfig", "machineType") == machine)


def _zones(call: Call, pool: Resource) -> list[str]:
    named = cast("list[str]", pool.inputs.get("nodeLocations") or [])
    where = str(pool.outputs.get("location"))
    return named or ([where] if where[-2:-1] == "-" else [f"{where}-{letter}" for letter in "abc"])


def _accelerators(inputs: Values) -> tuple[str, int]:
    found = rows(inputs, "nodeConfig", "guestAccelerators")
    return (str(found[0].get("type")), int(found[0].get("count") or 0)) if found else ("", 0)


def _used(call: Call, pool: Resource, kind: str) -> int:
    theirs, each = _accelerators(pool.inputs)
    return 0 if kind and theirs != kind else (each or 1) * nodes(pool.inputs) * len(_zones(call, pool))


def _region(call: Call) -> str:
    where = zones(call)[0]
    return where[:-2]
