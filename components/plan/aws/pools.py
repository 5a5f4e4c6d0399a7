"""Pools on AWS: machine, zones, interfaces and ladder, and what about a pool cannot work or is worth knowing."""

from __future__ import annotations

import math
import re

from components.catalog.aws import AwsCatalog, AwsMachine
from components.plan.aws.images import ami_type, release_day
from components.plan.aws.model import AwsPool
from components.plan.aws.nics import max_pods
from components.plan.aws.nodes import PoolFacts, interfaces_of, rung_of, stand_ins_of
from components.plan.aws.zones import zone_rules
from components.plan.ladder import share_out
from components.plan.machines import choose
from components.plan.model import FabricPlan, NodeCount
from components.plan.notes import Notes
from components.plan.pools import (
    asked_of,
    check_fabric_said,
    check_ladder,
    check_root_disk,
    check_scratch,
    check_sold,
    check_version,
    fabric_plan,
    labels_of,
    root_disk_gib,
    stated,
    taints_of,
)
from components.plan.zones import joined_by, pool_zones
from components.spec.models import ClusterSpec
from components.spec.pools import BlockRung, PoolSpec, capacity_type

_LARGEST_BLOCK = 64  # machines; EC2 API, Capacity Blocks


def facts_of(name: str, pool: PoolSpec, spec: ClusterSpec, catalog: AwsCatalog, notes: Notes) -> PoolFacts | None:
    """What all rungs of a pool share; None when no machine can be had for it, with the reason in `notes`."""
    path = f"pools.{name}"
    check_fabric_said(path, pool, notes)
    check_root_disk(path, pool, notes)
    choice = choose(path, pool, spec.region, catalog, notes)
    if choice is None:
        return None
    machine = choice.machine
    assert isinstance(machine, AwsMachine)
    check_machine(path, pool, spec, machine, notes)
    check_capacity(path, pool, machine, notes)
    interfaces = interfaces_of(path, spec, pool, machine, notes)
    zones = pool_zones(path, pool, machine, catalog, zone_rules(spec, catalog), notes, joined=joined_by(pool))
    others = tuple(one for one in choice.alternatives if isinstance(one, AwsMachine))
    spot = "spot" in pool.capacity and not interfaces
    accelerator = catalog.accelerator(machine.accelerator or "")
    resource = accelerator.resource if accelerator else "nvidia.com/gpu"
    return PoolFacts(
        name=name,
        path=path,
        pool=pool,
        machine=machine,
        alternatives=others,
        stand_ins=stand_ins_of(machine, others, zones, spec.region, catalog) if spot else (machine,),
        zones=zones,
        interfaces=interfaces,
        pods=max_pods(machine, interfaces),
        root_disk_gib=root_disk_gib(pool),
        raid0=pool.scratch == "raid0" and machine.nvme_gb > 0,
        labels=labels_of(path, name, machine.accelerator or "", pool, notes),
        taints=taints_of(pool, resource),
    )


def pool_of(facts: PoolFacts, spec: ClusterSpec, notes: Notes) -> AwsPool:
    """The plan of a pool with its rungs."""
    pool, machine = facts.pool, facts.machine
    shares = share_out(pool.nodes, pool.capacity)
    check_ladder(facts.path, pool, shares, notes, autoscaler=False)
    rungs = tuple(rung_of(share, facts, spec) for share in shares if share.nodes.max > 0)
    return AwsPool(
        name=facts.name,
        asked=asked_of(pool, machine),
        accelerator=machine.accelerator or "",
        accelerators_per_node=machine.accelerator_count,
        machine=machine.name,
        alternatives=tuple(one.name for one in facts.alternatives),
        nodes=NodeCount(min=pool.nodes.min, desired=pool.nodes.min, max=pool.nodes.max),
        fabric=fabric_of(facts),
        zones=facts.zones,
        labels=facts.labels,
        taints=facts.taints,
        root_disk_gib=facts.root_disk_gib,
        root_disk_asked_gib=math.ceil(pool.root_disk.gib) if pool.root_disk else None,
        scratch="raid0" if facts.raid0 else "none",
        price=stated(pool.price),
        rungs=rungs,
    )


def fabric_of(facts: PoolFacts) -> FabricPlan | None:
    """The fabric of a pool, or None."""
    if not facts.gang:
        return None
    devices = sum(1 for nic in facts.interfaces if nic.type != "interface")
    return fabric_plan("efa", facts.machine, devices)


def check_machine(path: str, pool: PoolSpec, spec: ClusterSpec, machine: AwsMachine, notes: Notes) -> None:
    """Image, Kubernetes version and release that a machine needs."""
    if machine.refused:
        notes.error("no-image", path, f"{machine.name}: {machine.refused}", "choose another machine")
    elif ami_type(machine) is None:
        notes.error("no-image", path, f"EKS builds no image for {machine.name}", "choose another machine")
    check_version(machine, machine.min_kubernetes, spec, notes)
    if spec.software.image is not None and machine.min_image_release:
        given, least = release_day(spec.software.image), release_day(machine.min_image_release)
        if given is None or (least is not None and given < least):
            message = f"{spec.software.image} is older than {machine.min_image_release}, which {machine.name} needs"
            notes.error("image", "software.image", message, "give a newer release, or leave it to EKS")
    check_scratch(path, pool, machine.nvme_gb > 0, machine, notes)


def check_capacity(path: str, pool: PoolSpec, machine: AwsMachine, notes: Notes) -> None:
    """Capacity types that are sold for a machine, and placement that they allow."""
    check_sold(path, pool, machine, notes)
    for index, rung in enumerate(pool.capacity):
        kind, at = capacity_type(rung), f"{path}.capacity.{index}"
        if pool.placement == "cluster" and kind in ("reservation", "block"):
            message = "a placement group cannot be forced on bought capacity: no instance would be found"
            notes.error("placement", f"{path}.placement", message, "write placement: auto")
        if not isinstance(rung, str) and not re.fullmatch(r"cr-[0-9a-f]{8,17}", rung.bought.id):
            hint = "write cr- and its 17 digits, as `aws ec2 describe-capacity-reservations` shows it"
            message = f"{rung.bought.id!r} is no id of a capacity reservation"
            notes.error("reservation", f"{at}.{kind}.id", message, hint)
        if isinstance(rung, BlockRung) and rung.block.nodes > _LARGEST_BLOCK:
            notes.error("capacity", f"{at}.block.nodes", f"a block holds at most {_LARGEST_BLOCK} machines", "split it")
