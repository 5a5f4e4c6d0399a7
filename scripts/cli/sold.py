"""What a pool can be bought as where nothing on its ladder is sold: a rung to plan with, and to put one's own into.

A blueprint says `on-demand` for what an environment may buy otherwise. Where a cloud sells its machine only as something
else, a blueprint alone cannot be planned; with a rung that is sold there it can, and it says which.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from typing import Any

from components.catalog import Catalog, Machine
from components.plan.machines import choose
from components.plan.notes import Notes
from components.spec.kinds import may_differ
from components.spec.models import ClusterSpec
from components.spec.pools import PoolSpec, capacity_type

# The likeliest first. A block is not among them: nobody can say what it would cost.
_INSTEAD = ("reservation", "flex", "spot")


def rungs_instead(spec: ClusterSpec, catalog: Catalog, until: date | None = None) -> dict[str, Any]:
    """Pool -> the ladder, of one rung, that is sold of its machine where none of its own is and environments may choose.

    A reservation has the cloud's example of an id, the first zone that offers the machine, and `until` as its end.
    """
    found: dict[str, Any] = {}
    for name, pool in spec.pools.items():
        if may_differ(("pools", name, "capacity"), spec.may_differ) is None:
            continue
        rung = _rung(name, pool, spec, catalog, until)
        if rung is not None:
            found[name] = [rung]
    return found


def with_rungs(spec: ClusterSpec, rungs: Mapping[str, Any]) -> ClusterSpec:
    """The spec with other ladders. Raises pydantic's ValidationError where a rung is none."""
    pools = {
        name: PoolSpec.model_validate({**pool.model_dump(mode="json"), "capacity": rungs[name]})
        if name in rungs
        else pool
        for name, pool in spec.pools.items()
    }
    return spec.model_copy(update={"pools": pools})


def _rung(name: str, pool: PoolSpec, spec: ClusterSpec, catalog: Catalog, until: date | None) -> Any:
    choice = choose(f"pools.{name}", pool, spec.region, catalog, Notes())
    if choice is None or any(capacity_type(rung) in choice.machine.capacity_types for rung in pool.capacity):
        return None
    kind = next((one for one in _INSTEAD if one in choice.machine.capacity_types), None)
    if kind != "reservation":
        return kind
    zone = _zone(pool, choice.machine, spec.region, catalog)
    if zone is None:
        return None
    bought = import_module(f"scripts.cli.stack_file.{catalog.cloud}").BOUGHT
    end = {"until": until.isoformat()} if until else {}
    return {kind: {"id": bought, "zone_id": zone, "nodes": max(pool.nodes.max, 1), **end}}


def _zone(pool: PoolSpec, machine: Machine, region: str, catalog: Catalog) -> str | None:
    zones = pool.zones or catalog.offered_zones(machine.name, region) or ()
    return next(iter(zones), None)
