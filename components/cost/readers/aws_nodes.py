"""Node groups, instances and what they stand on -> pools with rungs, as the plan would have them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.catalog import Catalog
from components.cost.facts import Disk, Pool, Rung
from components.cost.readers import wire
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

# What gp3 gives without an extra charge; more is billed, and not read here (aws.amazon.com/ebs/pricing).
_GP3_IOPS, _GP3_THROUGHPUT = 3000, 125


class Nodes:
    """The nodes of one region, read from its resources."""

    def __init__(self, resources: Sequence[Resource], terms: Terms, catalog: Catalog) -> None:
        self._resources = resources
        self._terms = terms
        self._catalog = catalog
        self._templates = self._named("aws:ec2/launchTemplate:LaunchTemplate")
        self._reserved = self._named("aws:ec2/capacityReservation:CapacityReservation")
        self._groups = self._named("aws:eks/nodeGroup:NodeGroup") | self._named("aws:autoscaling/group:Group")
        self._raised = self._raises()
        self._used: set[str] = set()  # reservations that a node group of ours runs in
        self._started: set[str] = set()  # templates that a node group or instance of ours is started from

    def _named(self, type_: str) -> dict[str, Resource]:
        return {wire.name(one): one for one in wire.of_type(self._resources, type_)}

    def pools(self) -> tuple[Pool, ...]:
        """Every pool: those of the spec in its order, others as they were registered, the system pool last."""
        rungs: dict[str, list[Rung]] = {}
        for one in wire.of_type(self._resources, "aws:eks/nodeGroup:NodeGroup"):
            rungs.setdefault(self._pool_of(one), []).append(self._node_group(one))
        for one in wire.of_type(self._resources, "aws:ec2/instance:Instance"):
            rungs.setdefault(wire.name(one), []).append(self._instance(one))
        for one in wire.of_type(self._resources, "aws:autoscaling/group:Group"):
            rungs.setdefault(wire.name(one), []).append(self._scaling_group(one))
        for name, one in self._reserved.items():
            if name not in self._used:
                rungs.setdefault(name, []).append(self._idle_reservation(one))
        return pools_in_order(rungs, self._terms)

    def unused_templates(self) -> Iterator[Resource]:
        """The templates that no pool is started from, of machines with accelerators or of none that can be read."""
        for name, one in self._templates.items():
            type_ = wire.inputs(one).get("instanceType")
            machine = self._catalog.machine(wire.text(type_) or "")
            if name not in self._started and type_ is not None and (machine is None or machine.accelerator):
                yield one

    def _pool_of(self, one: Resource) -> str:
        label = wire.text(wire.mapping(wire.inputs(one).get("labels")).get(POOL_LABEL))
        return pool_of(wire.name(one), label, self._terms)

    def _raises(self) -> dict[str, list[int | None]]:
        """The maxima that schedules give to groups of nodes, by the group; None where one is not known."""
        found: dict[str, list[int | None]] = {}
        for one in wire.of_type(self._resources, "aws:autoscaling/schedule:Schedule"):
            given = wire.inputs(one)
            group = wire.referred(given.get("autoscalingGroupName"), self._groups)
            if group is not None and given.get("maxSize") is not None:
                found.setdefault(group, []).append(wire.whole(given["maxSize"]))
        return found

    def _sizes(self, one: Resource, least: object, desired: object, most: object) -> NodeCount | None:
        """A group's sizes with what schedules raise; None where one is not known."""
        highs = [wire.whole(most), *self._raised.get(wire.name(one), [])]
        return sizes(wire.whole(least), wire.whole(desired), highs)

    def _node_group(self, one: Resource) -> Rung:
        given = wire.inputs(one)
        template = self._template(given.get("launchTemplate"))
        scaling = wire.mapping(given.get("scalingConfig"))
        capacity, bought_id = _capacity(given, template)
        return self._rung(
            one,
            capacity,
            self._sizes(one, scaling.get("minSize"), scaling.get("desiredSize"), scaling.get("maxSize")),
            _machines(given.get("instanceTypes")) or _machines([template.get("instanceType")]),
            _template_disk(template),
            bought_id,
        )

    def _instance(self, one: Resource) -> Rung:
        given = wire.inputs(one)
        template = self._template(given.get("launchTemplate"))
        capacity, bought_id = _capacity(given, template)
        root = wire.mapping(given.get("rootBlockDevice"))
        disk = _disk([root]) if root else _template_disk(template)
        machines = _machines([given.get("instanceType") or template.get("instanceType")])
        return self._rung(one, capacity, NodeCount(min=1, desired=1, max=1), machines, disk, bought_id)

    def _scaling_group(self, one: Resource) -> Rung:
        given = wire.inputs(one)
        mixed = wire.mapping(wire.mapping(given.get("mixedInstancesPolicy")).get("launchTemplate"))
        template = self._template(given.get("launchTemplate") or mixed.get("launchTemplateSpecification"))
        overrides = wire.items(mixed.get("overrides"))
        if overrides:
            machines = _machines([wire.mapping(override).get("instanceType") for override in overrides])
        else:
            machines = _machines([template.get("instanceType")])
        capacity, bought_id = _capacity({}, template)
        least, most = given.get("minSize"), given.get("maxSize")
        nodes = self._sizes(one, least, given.get("desiredCapacity", least), most)
        return self._rung(one, capacity, nodes, machines, _template_disk(template), bought_id)

    def _idle_reservation(self, one: Resource) -> Rung:
        machines = _machines([wire.inputs(one).get("instanceType")])
        return idle_reservation(wire.name(one), machines, _count(one))

    def _rung(
        self,
        one: Resource,
        capacity: str,
        nodes: NodeCount | None,
        machines: tuple[str, ...],
        disk: Disk | None,
        bought_id: object,
    ) -> Rung:
        is_bought = capacity in ("reservation", "block")
        accelerator, count = accelerators(machines, self._catalog)
        return Rung(
            name=wire.name(one),
            capacity_type=capacity,
            nodes=nodes,
            machines=machines,
            disk=disk,
            accelerator=accelerator,
            accelerators_per_node=count,
            bought=self._bought(bought_id) if is_bought else None,
            is_bought=is_bought,
        )

    def _bought(self, bought_id: object) -> Bought | None:
        """What was bought, by its id in the spec, or as a reservation of the same program."""
        known = wire.text(bought_id)
        if known is not None:
            return self._terms.bought.get(known)
        made = self._reserved.get(wire.referred(bought_id, self._reserved) or "")
        count = _count(made) if made else None
        if made is None or count is None:
            return None
        self._used.add(wire.name(made))
        return own_reservation(wire.name(made), count)

    def _template(self, reference: object) -> Mapping[str, Any]:
        """The inputs of the launch template that is meant by id or name; empty where it is not of this program."""
        block = wire.mapping(reference)
        for key in ("id", "name"):
            found = wire.referred(block.get(key), self._templates)
            if found is not None:
                self._started.add(found)
                return wire.inputs(self._templates[found])
        wanted = wire.text(block.get("name"))
        for name, one in self._templates.items() if wanted is not None else ():
            if wire.inputs(one).get("name") == wanted:
                self._started.add(name)
                return wire.inputs(one)
        return {}


def _count(reservation: Resource) -> int | None:
    return wire.whole(wire.inputs(reservation).get("instanceCount"))


def _capacity(given: Mapping[str, Any], template: Mapping[str, Any]) -> tuple[str, object]:
    """The capacity type, and the id of what was bought."""
    reserved: object = None
    for source in (given, template):
        target = wire.mapping(
            wire.mapping(source.get("capacityReservationSpecification")).get("capacityReservationTarget")
        )
        reserved = reserved or target.get("capacityReservationId")
    kind = given.get("capacityType")
    options = given.get("instanceMarketOptions") or template.get("instanceMarketOptions")
    market = wire.mapping(options).get("marketType")
    if kind == "CAPACITY_BLOCK" or market == "capacity-block":
        return "block", reserved
    if reserved is not None:
        return "reservation", reserved
    return ("spot" if kind == "SPOT" or market == "spot" else "on-demand"), None


def _machines(value: object) -> tuple[str, ...]:
    """Instance types; empty as soon as one of them is not known."""
    found = [wire.text(one) for one in wire.items(value) or ()]
    return tuple(one for one in found if one is not None) if None not in found else ()


def _template_disk(template: Mapping[str, Any]) -> Disk | None:
    mappings = wire.items(template.get("blockDeviceMappings")) or ()
    return _disk([wire.mapping(wire.mapping(one).get("ebs")) for one in mappings])


def _disk(devices: Sequence[Mapping[str, Any]]) -> Disk | None:
    """The disks of a node as one; None where a size or kind is not known, or more speed is bought than is included."""
    sizes: list[int] = []
    kinds: set[str] = set()
    for device in devices:
        size, kind = wire.whole(device.get("volumeSize")), wire.text(device.get("volumeType"))
        if size is None or kind is None or not _is_plain(device):
            return None
        sizes.append(size)
        kinds.add(kind)
    if len(kinds) != 1:
        return None
    kind = kinds.pop()
    return Disk(gib=sum(sizes), service=f"{kind}-storage", kind=kind)


def _is_plain(device: Mapping[str, Any]) -> bool:
    speed, bandwidth = device.get("iops"), device.get("throughput")
    iops = _GP3_IOPS if speed is None else wire.whole(speed)
    throughput = _GP3_THROUGHPUT if bandwidth is None else wire.whole(bandwidth)
    return iops is not None and iops <= _GP3_IOPS and throughput is not None and throughput <= _GP3_THROUGHPUT


def volumes(resources: Sequence[Resource]) -> Iterator[tuple[Resource, Disk | None]]:
    """Volumes that stand alone. One without a type is the service's default, which its page does not price here."""
    for one in wire.of_type(resources, "aws:ebs/volume:Volume", "aws:ec2/volume:Volume"):
        given = wire.inputs(one)
        yield one, _disk([{**given, "volumeSize": given.get("size"), "volumeType": given.get("type")}])
