"""Machines of Compute Engine and TPU VMs: single ones, and groups that are started from a template."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from components.catalog import Catalog
from components.cost.facts import Disk
from components.cost.readers import wire
from components.cost.readers.gcp_machines import Bought, Machines, disk_of, machine_name, scheduled, scratch_of
from components.cost.readers.gcp_types import AUTOSCALERS, FROM_TEMPLATE, INSTANCE, MANAGERS, TEMPLATES, TPU
from components.cost.readers.pools import NO_DISK, sizes
from components.cost.readers.wire import Resource
from components.plan.model import NodeCount

ONE = NodeCount(min=1, desired=1, max=1)
# TPU VMs by their accelerator type: the machine type of GKE with the same chips, and how its number counts chips.
# https://cloud.google.com/tpu/docs/v5p#tpu-v5p-configurations: a v5p is named by its cores, two of a chip.
_TPU = {"v5litepod": ("ct5lp-hightpu", 1), "v5p": ("ct5p-hightpu", 2), "v6e": ("ct6e-standard", 1)}
_TPU_TYPES = {"V5LITE_POD": "v5litepod", "V5P": "v5p", "V6E": "v6e"}


class Instances:
    """The machines of one region; `names` holds the resources of all regions by logical name."""

    def __init__(self, resources: Sequence[Resource], names: Mapping[str, Resource], catalog: Catalog) -> None:
        self._resources = resources
        self._names = names
        self._catalog = catalog
        self._started: set[str] = set()  # templates that machines of ours are started from

    def machines(self) -> Iterator[Machines]:
        """Every machine or group of them, by type."""
        for one in wire.of_type(self._resources, INSTANCE):
            yield self._read(wire.name(one), ONE, wire.inputs(one))
        for one in wire.of_type(self._resources, FROM_TEMPLATE):
            given = wire.inputs(one)
            yield self._read(wire.name(one), ONE, {**self._template(given.get("sourceInstanceTemplate")), **given})
        for one in wire.of_type(self._resources, TPU):
            yield tpu_vm(one)
        for one in wire.of_type(self._resources, *MANAGERS):
            versions = [wire.mapping(version) for version in wire.items(wire.inputs(one).get("versions")) or ()]
            template = self._template(versions[0].get("instanceTemplate") if len(versions) == 1 else None)
            yield self._read(wire.name(one), self._sizes(one), template)

    def unused_templates(self) -> Iterator[Resource]:
        """The templates that nothing here is started from, of machines with accelerators or of none that can be read."""
        for one in wire.of_type(self._resources, *TEMPLATES):
            type_ = wire.inputs(one).get("machineType")
            machine = self._catalog.machine(wire.text(type_) or "")
            attached = wire.inputs(one).get("guestAccelerators")
            if wire.name(one) not in self._started and (machine is None or machine.accelerator or attached):
                yield one

    def _sizes(self, one: Resource) -> NodeCount | None:
        """The instances of a group, with what its autoscaler makes of it."""
        size = wire.whole(wire.inputs(one).get("targetSize"))
        for scaler in wire.of_type(self._resources, *AUTOSCALERS):
            if wire.referred(wire.inputs(scaler).get("target"), {wire.name(one): one}):
                policy = wire.mapping(wire.inputs(scaler).get("autoscalingPolicy"))
                least = wire.whole(policy.get("minReplicas"))
                return sizes(least, least if size is None else size, [wire.whole(policy.get("maxReplicas"))])
        return sizes(size, size, [size])

    def _template(self, reference: object) -> Mapping[str, Any]:
        """The inputs of a template of this program; empty where it is not of it."""
        found = wire.referred(reference, self._names)
        if found is None or self._names[found].get("type") not in TEMPLATES:
            return {}
        self._started.add(found)
        return wire.inputs(self._names[found])

    def _read(self, name: str, nodes: NodeCount | None, given: Mapping[str, Any]) -> Machines:
        machine = machine_name(given.get("machineType"), given.get("guestAccelerators"), self._catalog)
        disks = [wire.mapping(one) for one in wire.items(given.get("disks")) or ()]
        local = sum(one.get("type") == "SCRATCH" for one in disks) + len(wire.items(given.get("scratchDisks")) or ())
        return Machines(
            name=name,
            how=scheduled(given),
            nodes=nodes,
            machine=machine,
            disk=self._disk(machine, disks, wire.mapping(given.get("bootDisk"))),
            scratch=scratch_of([local], machine, self._catalog),
        )

    def _disk(self, machine: str, disks: Sequence[Mapping[str, Any]], boot: Mapping[str, Any]) -> Disk | None:
        """The disks that come and go with a machine; one that exists by itself is billed as such."""
        made = [one for one in disks if one.get("type") != "SCRATCH" and one.get("source") is None]
        if made:
            parts = [disk_of(one.get("diskType"), one.get("diskSizeGb"), machine, self._catalog, one) for one in made]
            return _together(parts)
        if disks or boot.get("source") is not None:
            return NO_DISK
        given = wire.mapping(boot.get("initializeParams"))
        return disk_of(given.get("type"), given.get("size"), machine, self._catalog, given)


def tpu_vm(one: Resource) -> Machines:
    """A TPU VM with all of its hosts, as machines of GKE with the same chips: a chip costs the same in either."""
    given = wire.inputs(one)
    machine, hosts = _tpu_machines(given)
    scheduling = wire.mapping(given.get("schedulingConfig"))
    spot = scheduling.get("spot") is True or scheduling.get("preemptible") is True
    return Machines(
        name=wire.name(one),
        how=Bought(
            capacity_type="spot" if spot else "reservation" if scheduling.get("reserved") is True else "on-demand"
        ),
        nodes=None if hosts is None else NodeCount(min=hosts, desired=hosts, max=hosts),
        machine=machine,
        disk=NO_DISK,  # its boot disk is part of the machine
    )


def _together(parts: Sequence[Disk | None]) -> Disk | None:
    """Several disks of a kind as one; None where one cannot be read, or they are of several kinds."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts) or len({part.kind for part in known}) != 1:
        return None
    return Disk(gib=sum(part.gib for part in known), service=known[0].service, kind=known[0].kind)


def _tpu_machines(given: Mapping[str, Any]) -> tuple[str, int | None]:
    """(machine type, how many) of a TPU VM with all of its hosts; none where its type is not known."""
    config = wire.mapping(given.get("acceleratorConfig"))
    name, _, number = (wire.text(given.get("acceleratorType")) or "").partition("-")
    topology = wire.text(config.get("topology"))
    if topology is not None:
        name = _TPU_TYPES.get(wire.text(config.get("type")) or "", "")
        sides = topology.split("x")
        chips = math.prod(map(int, sides)) if all(re.fullmatch("[0-9]+", side) for side in sides) else 0
    else:
        chips = int(number) // _TPU[name][1] if number.isdigit() and name in _TPU else 0
    if name not in _TPU or not chips:
        return "", None
    family = _TPU[name][0]
    return (f"{family}-4t", chips // 4) if not chips % 4 else (f"{family}-1t", chips)
