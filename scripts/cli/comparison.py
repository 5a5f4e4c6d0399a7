"""One blueprint in every region of every cloud: planned and priced there, or refused with the reason.

What ties a cluster to one place (region, environment, account) is put in here, so that a blueprint can be planned that
has no stack yet. Planning is pure, so that all regions of all clouds take less than a second.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path

from components.catalog import CLOUDS, Catalog, Machine, load
from components.cost.estimate import report_for
from components.cost.model import CostReport
from components.errors import Finding, InputError, Level, did_you_mean
from components.plan.machines import choose
from components.plan.model import ClusterPlan, NodeCount, PoolPlan, StoragePlan
from components.plan.notes import Notes
from components.plan.planner import plan
from components.records import record
from components.spec.loader import LoadedSpec, load_config
from components.spec.pools import PoolSpec
from components.spec.project import Project, find_blueprint
from scripts.cli.sold import rungs_instead, with_rungs

STACK = "compare"
ENVIRONMENT = "dev"


@record(kw_only=True)
class PoolThere:
    """A pool in one region: the machine that it gets there, or would get if nothing else forbade it.

    `sold_as` are the machine's capacity types; `gbps_per_accelerator` is 0 without a fabric, or where none is known.
    `zones` are those where the machine is offered, or that the plan takes; empty: unknown. `nodes` is None without a plan.
    """

    name: str
    asked: str
    machine: str
    accelerator: str
    accelerators_per_node: int
    nodes: NodeCount | None
    capacity: tuple[str, ...]
    sold_as: tuple[str, ...]
    fabric: str | None
    gbps_per_accelerator: Decimal
    zones: tuple[str, ...]


@record(kw_only=True)
class Place:
    """A region of a cloud. With `cost` the blueprint can be had there; else `findings` say what forbids it.

    `instead` has the pools whose own ladder is not sold there, each with the capacity type that it was planned with.
    """

    cloud: str
    region: str
    pools: tuple[PoolThere, ...]
    storage: tuple[StoragePlan, ...] = ()
    cost: CostReport | None = None
    instead: Mapping[str, str] = field(default_factory=dict[str, str])
    findings: tuple[Finding, ...] = ()

    @property
    def machines_cost(self) -> Decimal | None:
        """USD a month for the pools' machines at their maximum, which every priced region has; None: unpriced."""
        if self.cost is None:
            return None
        lines = [line for line in self.cost.lines if line.accelerator and line.kind == "machine"]
        known = [line.monthly.max for line in lines if line.monthly is not None]
        return sum(known, Decimal(0)) if len(known) == len(lines) else None


@record
class Comparison:
    """A blueprint and every place, the best first: what can be had, by cost; what has no price; what cannot be had."""

    blueprint: str
    loaded: LoadedSpec
    places: tuple[Place, ...]

    @property
    def possible(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.cost is not None)

    @property
    def refused(self) -> tuple[Place, ...]:
        return tuple(place for place in self.places if place.cost is None)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What forbids it, where it can be had nowhere; else nothing."""
        wrong = () if self.possible else tuple(finding for place in self.places for finding in place.findings)
        return tuple(dict.fromkeys(wrong))


def compare(blueprint: str, clouds: Sequence[str], regions: Sequence[str], on: date, project: Project) -> Comparison:
    """The blueprint (a name, or the path of its file) in the regions named, or in all of the clouds named, or in all.

    `on` is the day whose prices are meant. Raises InputError with every wrong name, or what is wrong with the blueprint.
    """
    wanted = _wanted(clouds, regions)
    found = _loaded(blueprint, *wanted[0], project)
    places = [_place(found, cloud, region, on) for cloud, region in wanted]
    return Comparison(Path(blueprint).stem if "/" in blueprint else blueprint, found, tuple(sorted(places, key=_rank)))


# --- what is asked ---


def _wanted(clouds: Sequence[str], regions: Sequence[str]) -> list[tuple[str, str]]:
    """Every (cloud, region) that is meant. Raises InputError with each word that names none."""
    wrong = [_unknown("cloud", cloud, CLOUDS) for cloud in dict.fromkeys(clouds) if cloud not in CLOUDS]
    if wrong:
        raise InputError(wrong)
    known = {cloud: tuple(load(cloud).regions) for cloud in dict.fromkeys(clouds or CLOUDS)}
    names = tuple(region for of_cloud in known.values() for region in of_cloud)
    wrong = [_unknown_region(region, known, names) for region in dict.fromkeys(regions) if region not in names]
    if wrong:
        raise InputError(wrong)
    return [(cloud, one) for cloud, of_cloud in known.items() for one in of_cloud if not regions or one in regions]


def _unknown(what: str, word: str, known: Sequence[str]) -> Finding:
    message = f"--{what} {word}: the catalogue knows no such {what}"
    return Finding(id="compare", level=Level.ERROR, message=message, hint=did_you_mean(word, known))


def _unknown_region(region: str, known: dict[str, tuple[str, ...]], names: Sequence[str]) -> Finding:
    elsewhere = [cloud for cloud in CLOUDS if cloud not in known and region in load(cloud).regions]
    if not elsewhere:
        return _unknown("region", region, names)
    message = f"--region {region}: no region of {' or '.join(known)}"
    return Finding(
        id="compare",
        level=Level.ERROR,
        message=message,
        hint=f"it is one of {elsewhere[0]}: add --cloud {elsewhere[0]}",
    )


def _loaded(blueprint: str, cloud: str, region: str, project: Project) -> LoadedSpec:
    """The blueprint as the spec of a stack in one region. Raises InputError with everything that is wrong with it."""
    try:
        file = find_blueprint(blueprint, Path.cwd(), project).resolve()
    except InputError as error:
        raise InputError(_not_found(blueprint, error.findings, project)) from None
    said = {"blueprint": str(file), "cloud": cloud, "region": region, "environment": ENVIRONMENT}
    apart = replace(project, stack_dir=project.blueprint_dir)  # whatever a stack file of that name says
    return load_config(json.dumps(said), STACK, apart)


def _not_found(blueprint: str, findings: Iterable[Finding], project: Project) -> list[Finding]:
    if blueprint not in project.stacks():
        return [replace(finding, path="") for finding in findings]
    message = f"{blueprint!r} is a stack: what is compared is a blueprint, in every region"
    hint = f"name its blueprint; of stacks, parity shows what differs: gpufleet parity {blueprint} OTHER"
    return [Finding(id="compare", level=Level.ERROR, message=message, hint=hint)]


# --- a place ---


def _place(loaded: LoadedSpec, cloud: str, region: str, on: date) -> Place:
    there = replace(loaded, spec=loaded.spec.model_copy(update={"cloud": cloud, "region": region}))
    catalog = load(cloud)
    try:
        return _priced(plan(there), catalog, on)
    except InputError as error:
        wrong = tuple(one for one in error.findings if one.level is Level.ERROR)
    rungs = rungs_instead(there.spec, catalog)
    if rungs:
        try:
            other = plan(replace(there, spec=with_rungs(there.spec, rungs)))
        except InputError as error:
            wrong = tuple(one for one in error.findings if one.level is Level.ERROR)
        else:
            instead = {pool.name: pool.rungs[0].capacity_type for pool in other.pools if pool.name in rungs}
            return replace(_priced(other, catalog, on), instead=instead)
    pools = [_refused(name, pool, region, catalog) for name, pool in loaded.spec.pools.items()]
    return Place(cloud=cloud, region=region, pools=tuple(one for one in pools if one), findings=wrong)


def _priced(planned: ClusterPlan, catalog: Catalog, on: date) -> Place:
    return Place(
        cloud=planned.cloud,
        region=planned.region,
        pools=tuple(_planned(planned, pool, catalog) for pool in planned.pools),
        storage=planned.storage,
        cost=report_for(planned, catalog, on),
    )


def _planned(planned: ClusterPlan, pool: PoolPlan, catalog: Catalog) -> PoolThere:
    machine = catalog.machines[pool.machine]
    capacity = tuple(rung.capacity_type for rung in pool.rungs)
    offered = catalog.offered_zones(machine.name, planned.region)
    return _there(pool.name, pool.asked, machine, pool.nodes, capacity, offered or pool.zones)


def _refused(name: str, pool: PoolSpec, region: str, catalog: Catalog) -> PoolThere | None:
    """The machine that a pool would get, as far as that is known where its cluster cannot be had."""
    found = choose(f"pools.{name}", pool, region, catalog, Notes())
    if found is None:
        return None
    zones = catalog.offered_zones(found.machine.name, region) or ()
    return _there(name, found.asked, found.machine, None, (), zones)


def _there(
    name: str,
    asked: str,
    machine: Machine,
    nodes: NodeCount | None,
    capacity: tuple[str, ...],
    zones: tuple[str, ...],
) -> PoolThere:
    return PoolThere(
        name=name,
        asked=asked,
        machine=machine.name,
        accelerator=machine.accelerator or "",
        accelerators_per_node=machine.accelerator_count,
        nodes=nodes,
        capacity=capacity,
        sold_as=machine.capacity_types,
        fabric=machine.fabric,
        gbps_per_accelerator=Decimal(str(machine.fabric_gbps_per_accelerator)),
        zones=zones,
    )


def _rank(place: Place) -> tuple[int, Decimal, int, Decimal, str, str]:
    """The cheapest first, by what is priced alike everywhere: the machines; then the fewest unpriced, then the total."""
    if place.cost is None:
        return 2, Decimal(0), 0, Decimal(0), place.cloud, place.region
    machines = place.machines_cost
    group = 1 if machines is None else 0
    unpriced, total = len(place.cost.unpriced), place.cost.monthly.max
    return group, machines or Decimal(0), unpriced, total, place.cloud, place.region
