"""Karpenter's NodePools -> pools: no resource of the cloud shows what they may start, their limits do.

A NodePool costs nothing at rest. At its maximum it has the dearest filling of its limits with one of the machines that
its requirements allow. Requirements that are not read here only narrow that choice, so the figure stays an upper bound.
https://karpenter.sh/docs/concepts/nodepools/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from components.catalog import Catalog
from components.catalog.model import Machine
from components.cost.facts import Disk, Pool, Rung
from components.cost.readers import wire
from components.cost.readers.wire import Resource
from components.plan.model import NodeCount

NODE_POOL = re.compile(r"kubernetes:karpenter\.sh/v1(?:beta1)?:NodePool")
NODE_CLASS = re.compile(r"kubernetes:karpenter\.k8s\.aws/v1(?:beta1)?:EC2NodeClass")
CAPACITY = "karpenter.sh/capacity-type"
TYPE = "node.kubernetes.io/instance-type"
# Label of a requirement -> what it says of a machine of this name.
_LABELS: Mapping[str, Callable[[str], str]] = {
    TYPE: lambda name: name,
    "karpenter.k8s.aws/instance-family": lambda name: name.partition(".")[0],
    "karpenter.k8s.aws/instance-size": lambda name: name.partition(".")[2],
    "karpenter.k8s.aws/instance-category": lambda name: re.split(r"[0-9]", name)[0],
}
# The root volume of a class that says nothing: https://karpenter.sh/docs/concepts/nodeclasses/ (blockDeviceMappings).
_DEFAULT_DISK = Disk(gib=20, service="gp3-storage", kind="gp3")
_GIB: Mapping[str, Decimal] = {
    "": Decimal(1) / 2**30,
    "Ki": Decimal(1) / 2**20,
    "Mi": Decimal(1) / 2**10,
    "Gi": Decimal(1),
    "Ti": Decimal(2**10),
    "G": Decimal(10**9) / 2**30,
    "T": Decimal(10**12) / 2**30,
}


def pools(resources: Sequence[Resource], catalog: Catalog, region: str) -> Iterator[Pool]:
    """A pool for each NodePool; what cannot be read, or has no limit, has no size and is loud."""
    for one in resources:
        if NODE_POOL.fullmatch(str(one.get("type"))):
            yield _pool(one, resources, catalog, region)


def machines_of(one: Resource, catalog: Catalog) -> tuple[str, ...]:
    """Every machine that a NodePool may start; empty where that cannot be read."""
    return tuple(_allowed(_requirements(one), catalog) or ())


def _requirements(one: Resource) -> list[Mapping[str, Any]]:
    spec = wire.mapping(wire.inputs(one).get("spec"))
    template = wire.mapping(wire.mapping(spec.get("template")).get("spec"))
    return [wire.mapping(item) for item in wire.items(template.get("requirements")) or ()]


def _pool(one: Resource, resources: Sequence[Resource], catalog: Catalog, region: str) -> Pool:
    spec = wire.mapping(wire.inputs(one).get("spec"))
    template = wire.mapping(wire.mapping(spec.get("template")).get("spec"))
    requirements = _requirements(one)
    machine, nodes = _dearest(_allowed(requirements, catalog), wire.mapping(spec.get("limits")), catalog, region)
    found = catalog.machine(machine) if machine else None
    rung = Rung(
        name=wire.name(one),
        capacity_type=_capacity(requirements),
        nodes=None if nodes is None else NodeCount(min=0, desired=0, max=nodes),
        machines=(machine,) if machine else (),
        disk=_disk(wire.mapping(template.get("nodeClassRef")), resources),
        accelerator=(found.accelerator or "") if found else "",
        accelerators_per_node=found.accelerator_count if found else 0,
    )
    return Pool(name=wire.name(one), path="", rungs=(rung,), rest=nodes or 0, price=None)


def _allowed(requirements: Iterable[Mapping[str, Any]], catalog: Catalog) -> list[str] | None:
    """The machines that requirements allow; None where one of their values is not known."""
    allowed = list(catalog.machines)
    for requirement in requirements:
        key, operator = requirement.get("key"), requirement.get("operator")
        label = _LABELS.get(str(key))
        if label is None or operator not in ("In", "NotIn"):
            continue
        values = [wire.text(value) for value in wire.items(requirement.get("values")) or (None,)]
        if None in values:
            return None
        if key == TYPE and operator == "In":  # also those that the catalogue does not know: they have no price
            allowed += [value for value in values if value is not None and value not in allowed]
        allowed = [name for name in allowed if (label(name) in values) == (operator == "In")]
    return allowed


def _dearest(
    allowed: list[str] | None, limits: Mapping[str, Any], catalog: Catalog, region: str
) -> tuple[str, int | None]:
    """(machine, its most nodes) of the dearest filling; a machine that is unknown, unlimited or unpriced comes first."""
    best: tuple[str, int | None] = ("", None)
    most = Decimal(-1)
    for name in allowed or ():
        machine = catalog.machine(name)
        nodes = _nodes(machine, limits, catalog) if machine else None
        price = catalog.price(name, region, "on-demand")
        if nodes is None or price is None:
            return name, nodes
        if nodes * price.usd > most:
            best, most = (name, nodes), nodes * price.usd
    return best


def _nodes(machine: Machine, limits: Mapping[str, Any], catalog: Catalog) -> int | None:
    """How many nodes fit into the limits, the last one begun counted; None without a limit that bounds them."""
    accelerator = catalog.accelerator(machine.accelerator) if machine.accelerator else None
    sizes: dict[str, Decimal] = {"cpu": Decimal(machine.vcpus), "memory": Decimal(str(machine.memory_gib))}
    if accelerator is not None:
        sizes[accelerator.resource] = Decimal(machine.accelerator_count)
    counts: list[int] = []
    for resource, value in limits.items():
        limit = _quantity(value, resource)
        if limit is not None and sizes.get(resource):
            counts.append(math.ceil(limit / sizes[resource]))
    return min(counts, default=None)


def _quantity(value: object, resource: str) -> Decimal | None:
    """A Kubernetes quantity: whole things, or GiB of memory; None where it cannot be read."""
    found = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([A-Za-z]*)", str(value))
    if found is None or isinstance(value, bool):
        return None
    number, suffix = Decimal(found[1]), found[2]
    if resource == "memory":
        return number * _GIB[suffix] if suffix in _GIB else None
    return {"": number, "m": number / 1000, "k": number * 1000}.get(suffix)


def _capacity(requirements: Iterable[Mapping[str, Any]]) -> str:
    """`spot` where nothing else is allowed; else on-demand, which is the dearer."""
    for one in requirements:
        values = wire.items(one.get("values")) or ()
        if one.get("key") == CAPACITY and one.get("operator") == "In" and set(map(str, values)) == {"spot"}:
            return "spot"
    return "on-demand"


def _disk(reference: Mapping[str, Any], resources: Sequence[Resource]) -> Disk | None:
    """The root disks of the class that a NodePool names; None where it is not of this program, or cannot be read."""
    for one in resources:
        given = wire.inputs(one)
        name = wire.text(wire.mapping(given.get("metadata")).get("name")) or wire.name(one)
        if NODE_CLASS.fullmatch(str(one.get("type"))) and name == reference.get("name"):
            mappings = wire.items(wire.mapping(given.get("spec")).get("blockDeviceMappings"))
            return _DEFAULT_DISK if not mappings else _disks([wire.mapping(item).get("ebs") for item in mappings])
    return None


def _disks(devices: Sequence[object]) -> Disk | None:
    sizes = [_quantity(wire.mapping(one).get("volumeSize"), "memory") for one in devices]
    kinds = {wire.text(wire.mapping(one).get("volumeType")) for one in devices}
    known = [size for size in sizes if size is not None]
    if len(known) < len(sizes) or len(kinds) != 1 or None in kinds:
        return None
    kind = str(kinds.pop())
    return Disk(gib=math.ceil(sum(known)), service=f"{kind}-storage", kind=kind)
