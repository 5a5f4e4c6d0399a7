"""Node pools, machines and what they stand on, on Google Cloud -> pools with rungs, as the plan would have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.catalog import Catalog
from components.cost.facts import Pool, Rung
from components.cost.readers import wire
from components.cost.readers.gcp_instances import Instances
from components.cost.readers.gcp_machines import (
    Machines,
    bought_by,
    disk_of,
    machine_name,
    scratch_of,
)
from components.cost.readers.gcp_places import zones_of
from components.cost.readers.gcp_types import CLUSTER, NODE_POOL, RESERVATION
from components.cost.readers.pools import (
    POOL_LABEL,
    accelerators,
    idle_reservation,
    own_reservation,
    pool_of,
    pools_in_order,
    sizes,
)
from components.cost.readers.terms import Terms
from components.cost.readers.wire import Resource
from components.plan.model import Bought, NodeCount

# The machine of a node pool that names none: https://cloud.google.com/kubernetes-engine/docs/concepts/node-pools
_DEFAULT_MACHINE = "e2-medium"


class Nodes:
    """The nodes of one region, read from its resources; `names` holds those of all regions by logical name."""

    def __init__(
        self, resources: Sequence[Resource], names: Mapping[str, Resource], terms: Terms, catalog: Catalog
    ) -> None:
        self._resources = resources
        self._names = names
        self._terms = terms
        self._catalog = catalog
        self._instances = Instances(resources, names, catalog)
        self._reserved = {wire.name(one): one for one in wire.of_type(resources, RESERVATION)}
        self._used: set[str] = set()  # reservations that nodes of ours run in

    def pools(self) -> tuple[Pool, ...]:
        """Every pool: those of the spec in its order, others as they were registered, the system pool last."""
        rungs: dict[str, list[Rung]] = {}
        for one in wire.of_type(self._resources, NODE_POOL):
            rungs.setdefault(self._pool_of(one), []).append(self._rung(self._node_pool(one)))
        for one in wire.of_type(self._resources, CLUSTER):
            for found in self._own_pools(one):
                rungs.setdefault(found.name, []).append(self._rung(found))
        for found in self._instances.machines():
            rungs.setdefault(found.name, []).append(self._rung(found))
        for name, one in self._reserved.items():
            if name not in self._used:
                rungs.setdefault(name, []).append(self._idle_reservation(one))
        return pools_in_order(rungs, self._terms)

    def unused_templates(self) -> Iterator[Resource]:
        """The templates that nothing here is started from; to ask after `pools`."""
        return self._instances.unused_templates()

    def _pool_of(self, one: Resource) -> str:
        labels = wire.mapping(wire.mapping(wire.inputs(one).get("nodeConfig")).get("labels"))
        return pool_of(wire.name(one), wire.text(labels.get(POOL_LABEL)), self._terms)

    def _node_pool(self, one: Resource) -> Machines:
        given = wire.inputs(one)
        holder = wire.referred(given.get("cluster"), self._names)
        cluster = wire.inputs(self._names[holder]) if holder is not None else _NOTHING
        return self._group(wire.name(one), given, zones_of(given, cluster))

    def _own_pools(self, one: Resource) -> Iterator[Machines]:
        """The node pools that a cluster makes itself; a first pool that is removed at once costs nothing to speak of."""
        given = wire.inputs(one)
        inside = wire.items(given.get("nodePools"))
        if inside:
            for number, pool in enumerate(map(wire.mapping, inside), 1):
                name = f"{wire.name(one)}: {wire.text(pool.get('name')) or f'node pool {number}'}"
                yield self._group(name, pool, zones_of(pool, given))
        elif given.get("removeDefaultNodePool") is not True and given.get("enableAutopilot") is not True:
            yield self._group(f"{wire.name(one)}: default pool", given, zones_of(_NOTHING, given))

    def _group(self, name: str, given: Mapping[str, Any], zones: int | None) -> Machines:
        config = wire.mapping(given.get("nodeConfig"))
        type_, attached = config.get("machineType", _DEFAULT_MACHINE), config.get("guestAccelerators")
        machine = machine_name(type_, attached, self._catalog)
        affinity = wire.mapping(config.get("reservationAffinity"))
        queued = wire.mapping(given.get("queuedProvisioning")).get("enabled") is True
        boot = wire.mapping(config.get("bootDisk"))
        kind, gib = boot.get("diskType", config.get("diskType")), boot.get("sizeGb", config.get("diskSizeGb"))
        local = [
            wire.mapping(config.get(key)).get("localSsdCount")
            for key in ("ephemeralStorageLocalSsdConfig", "ephemeralStorageConfig", "localNvmeSsdBlockConfig")
        ]
        return Machines(
            name=name,
            how=bought_by(
                spot=config.get("spot") is True or config.get("preemptible") is True,
                flex=config.get("flexStart") is True or queued,
                affinity=affinity,
                type_key="consumeReservationType",
                specific=affinity,
            ),
            nodes=_nodes(given, zones),
            machine=machine,
            # A second boot disk is as large as its image, which nothing here tells.
            disk=None if config.get("secondaryBootDisks") else disk_of(kind, gib, machine, self._catalog, boot),
            scratch=scratch_of([*local, config.get("localSsdCount")], machine, self._catalog),
        )

    def _idle_reservation(self, one: Resource) -> Rung:
        properties = wire.mapping(_specific(one).get("instanceProperties"))
        machine = machine_name(properties.get("machineType"), properties.get("guestAccelerators"), self._catalog)
        return idle_reservation(wire.name(one), (machine,) if machine else (), _count(one))

    def _rung(self, found: Machines) -> Rung:
        is_bought = found.how.capacity_type == "reservation"
        bought = self._bought(found.how.reservation) if is_bought else None
        machines = (found.machine,) if found.machine else ()
        accelerator, count = accelerators(machines, self._catalog)
        # A block and a reservation are used in the same way: only what was bought tells them apart.
        block = bought is not None and bought.start is not None
        return Rung(
            name=found.name,
            capacity_type="block" if block else found.how.capacity_type,
            nodes=found.nodes,
            machines=machines,
            disk=found.disk,
            accelerator=accelerator,
            accelerators_per_node=count,
            bought=bought,
            is_bought=is_bought,
            scratch=found.scratch,
        )

    def _bought(self, said: object) -> Bought | None:
        """What was bought, by its id in the spec, or as a reservation of the same program."""
        known = wire.text(said)
        if known is not None and known in self._terms.bought:
            return self._terms.bought[known]
        made = wire.referred(said, self._reserved)
        if known is not None:
            wanted = known.rpartition("reservations/")[2].partition("/")[0]
            physical = {wire.text(wire.inputs(one).get("name")): name for name, one in self._reserved.items()}
            made = physical.get(wanted)
        if made is None:
            return None
        self._used.add(made)
        return own_reservation(made, _count(self._reserved[made]))


_NOTHING: Mapping[str, Any] = {}


def _specific(reservation: Resource) -> Mapping[str, Any]:
    return wire.mapping(wire.inputs(reservation).get("specificReservation"))


def _count(reservation: Resource) -> int | None:
    return wire.whole(_specific(reservation).get("count"))


def _nodes(given: Mapping[str, Any], zones: int | None) -> NodeCount | None:
    """The nodes of a node pool in all of its zones; None where a count cannot be read.

    Counts are per zone, but for the bounds that are called total. A pool that names no size has none yet.
    """
    scaling = wire.mapping(given.get("autoscaling"))
    said = given.get("nodeCount", given.get("initialNodeCount", 0 if scaling else None))
    size = wire.whole(said)
    if zones is None or size is None:
        return None
    if not scaling:
        return sizes(size * zones, size * zones, [size * zones])
    if "totalMaxNodeCount" in scaling:
        least, most = wire.whole(scaling.get("totalMinNodeCount", 0)), wire.whole(scaling["totalMaxNodeCount"])
    else:
        low, high = wire.whole(scaling.get("minNodeCount", 0)), wire.whole(scaling.get("maxNodeCount"))
        least, most = (None if one is None else one * zones for one in (low, high))
    return sizes(least, size * zones, [most])
