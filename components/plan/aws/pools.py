"""Pools on AWS: machine, zones, interfaces and ladder, and what about a pool cannot work or is worth knowing."""

from __future__ import annotations

import math
import re
from decimal import Decimal

from components.catalog.aws import AwsCatalog, AwsMachine
from components.plan.aws.images import ami_type, release_day
from components.plan.aws.model import SMALLEST_ROOT_DISK_GIB, AwsPool
from components.plan.aws.nics import max_pods
from components.plan.aws.nodes import (
    PoolFacts,
    interfaces_of,
    labels_of,
    rung_of,
    stand_ins_of,
    stated,
    taints_of,
)
from components.plan.aws.zones import pool_zones
from components.plan.ladder import Share, share_out
from components.plan.machines import choose
from components.plan.model import FabricPlan, NodeCount
from components.plan.notes import Notes
from components.spec.models import ClusterSpec
from components.spec.pools import BlockRung, PoolSpec, capacity_type
from components.spec.quantities import KubernetesVersion

DEFAULT_ROOT_DISK_GIB = 300
_LARGEST_BLOCK = 64  # machines; EC2 API, Capacity Blocks


def facts_of(name: str, pool: PoolSpec, spec: ClusterSpec, catalog: AwsCatalog, notes: Notes) -> PoolFacts | None:
    """What all rungs of a pool share; None when no machine can be had for it, with the reason in `notes`."""
    path = f"pools.{name}"
    check_fabric_said(path, pool, notes)
    choice = choose(path, pool, spec.region, catalog, notes)
    if choice is None:
        return None
    machine = choice.machine
    assert isinstance(machine, AwsMachine)
    check_machine(path, pool, spec, machine, notes)
    check_capacity(path, pool, machine, notes)
    interfaces = interfaces_of(path, spec, pool, machine, notes)
    zones = pool_zones(path, spec, pool, machine, catalog, notes)
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
        root_disk_gib=root_disk(path, pool, notes),
        raid0=pool.scratch == "raid0" and machine.nvme_gb > 0,
        labels=labels_of(path, name, machine.accelerator or "", pool, notes),
        taints=taints_of(pool, resource),
    )


def pool_of(facts: PoolFacts, spec: ClusterSpec, notes: Notes) -> AwsPool:
    """The plan of a pool with its rungs."""
    pool, machine = facts.pool, facts.machine
    shares = share_out(pool.nodes, pool.capacity)
    check_ladder(facts.path, pool, shares, notes)
    rungs = tuple(rung_of(share, facts, spec) for share in shares if share.nodes.max > 0)
    asked = str(pool.accelerator[0]) if pool.accelerator and len(pool.accelerator) == 1 else machine.name
    return AwsPool(
        name=facts.name,
        asked=asked if not pool.accelerator else ", ".join(map(str, pool.accelerator)),
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
    """The fabric of a pool as figures: per node and per accelerator, in Gbit/s."""
    if not facts.gang:
        return None
    gbps = Decimal(str(facts.machine.fabric_gbps))
    return FabricPlan(
        kind="efa",
        gbps_per_node=gbps,
        gbps_per_accelerator=gbps / facts.machine.accelerator_count,
        devices_per_node=sum(1 for nic in facts.interfaces if nic.type != "interface"),
    )


def check_fabric_said(path: str, pool: PoolSpec, notes: Notes) -> None:
    """A pool of several nodes is asked whether they train together, and told when they would do so over TCP."""
    if pool.fabric is None and pool.nodes.max > 1:
        hint = "write fabric: required for nodes that train together, or fabric: none for nodes that work alone"
        notes.error(
            "fabric-unsaid", path, f"has up to {pool.nodes.max} nodes and does not say what is between them", hint
        )
    if pool.fabric == "none" and pool.nodes.max > 1:
        message = "its nodes have no fabric between them: collectives over several nodes go over plain TCP"
        notes.advise("no-fabric", f"{path}.fabric", message, "right for inference; for training write fabric: required")
    if pool.fabric not in (None, "none") and pool.nodes.max == 1:
        notes.advise(
            "lonely-fabric",
            f"{path}.fabric",
            "asks for a fabric, but the pool has one node",
            "write fabric: none, or more nodes",
        )


def check_machine(path: str, pool: PoolSpec, spec: ClusterSpec, machine: AwsMachine, notes: Notes) -> None:
    """Image, Kubernetes version and release that a machine needs."""
    if machine.refused:
        notes.error("no-image", path, f"{machine.name}: {machine.refused}", "choose another machine")
    elif ami_type(machine) is None:
        notes.error("no-image", path, f"EKS builds no image for {machine.name}", "choose another machine")
    if machine.min_kubernetes and spec.kubernetes < KubernetesVersion.parse(machine.min_kubernetes):
        message = (
            f"{machine.name} needs Kubernetes {machine.min_kubernetes} or newer, this cluster has {spec.kubernetes}"
        )
        notes.error("kubernetes", "kubernetes", message, f'write kubernetes: "{machine.min_kubernetes}" or newer')
    if spec.software.image is not None and machine.min_image_release:
        given, least = release_day(spec.software.image), release_day(machine.min_image_release)
        if given is None or (least is not None and given < least):
            message = f"{spec.software.image} is older than {machine.min_image_release}, which {machine.name} needs"
            notes.error("image", "software.image", message, "give a newer release, or leave it to EKS")
    if pool.scratch == "raid0" and "scratch" in pool.model_fields_set and machine.nvme_gb == 0:
        notes.advise("no-scratch", f"{path}.scratch", f"{machine.name} has no local NVMe disks", "write scratch: none")


def check_capacity(path: str, pool: PoolSpec, machine: AwsMachine, notes: Notes) -> None:
    """Capacity types that are sold for a machine, and placement that they allow."""
    for index, rung in enumerate(pool.capacity):
        kind, at = capacity_type(rung), f"{path}.capacity.{index}"
        if kind not in machine.capacity_types:
            hint = f"{machine.name} is sold as: {', '.join(machine.capacity_types)}"
            notes.error("capacity", at, f"{machine.name} is not sold as {kind}", hint)
        if pool.placement == "cluster" and kind in ("reservation", "block"):
            message = "a placement group cannot be forced on bought capacity: no instance would be found"
            notes.error("placement", f"{path}.placement", message, "write placement: auto")
        if not isinstance(rung, str) and not re.fullmatch(r"cr-[0-9a-f]{8,17}", rung.bought.id):
            hint = "write cr- and its 17 digits, as `aws ec2 describe-capacity-reservations` shows it"
            message = f"{rung.bought.id!r} is no id of a capacity reservation"
            notes.error("reservation", f"{at}.{kind}.id", message, hint)
        if isinstance(rung, BlockRung) and rung.block.nodes > _LARGEST_BLOCK:
            notes.error("capacity", f"{at}.block.nodes", f"a block holds at most {_LARGEST_BLOCK} machines", "split it")


def check_ladder(path: str, pool: PoolSpec, shares: tuple[Share, ...], notes: Notes) -> None:
    """Rungs that stand by for an autoscaler, rungs without nodes, and capacity that is paid but never used."""
    for share in shares:
        at = f"{path}.capacity.{share.index}"
        if share.nodes.max == 0:
            notes.advise("rung-unused", at, "gets no nodes: earlier rungs cover the pool", "remove it, or raise nodes")
        elif not isinstance(share.rung, str) and share.rung.bought.nodes > share.nodes.max:
            idle = share.rung.bought.nodes - share.nodes.max
            notes.advise(
                "capacity-idle", at, f"{idle} bought machine(s) are paid but not used by this pool", "raise nodes"
            )
    others = [share for share in shares if isinstance(share.rung, str) and share.nodes.max > 0]
    most = pool.nodes.max if others else sum(share.nodes.max for share in shares)
    if most < pool.nodes.max:
        message = f"its rungs have {most} of the {pool.nodes.max} nodes that the pool may have"
        hint = f"add on-demand or spot as the last rung, or ask for {most} nodes"
        notes.error("ladder-short", f"{path}.capacity", message, hint)
    if len(others) > 1:
        names = " and ".join(share.capacity_type for share in others[1:])
        message = f"only {others[0].capacity_type} has nodes: without an autoscaler, {names} stays at 0"
        notes.advise("no-autoscaler", f"{path}.capacity", message)
    if pool.nodes.min < pool.nodes.max and others:
        message = f"stays at {pool.nodes.min} nodes until something raises it: no autoscaler is installed yet"
        notes.advise("no-autoscaler", f"{path}.nodes", message)


def root_disk(path: str, pool: PoolSpec, notes: Notes) -> int:
    """Size of the root disk in GiB, at least what container images for accelerators need."""
    if pool.root_disk is None:
        return DEFAULT_ROOT_DISK_GIB
    given = math.ceil(pool.root_disk.gib)
    if given < SMALLEST_ROOT_DISK_GIB:
        message = f"{pool.root_disk} is too small for the images of accelerator containers"
        notes.error("root-disk", f"{path}.root_disk", message, f"give {SMALLEST_ROOT_DISK_GIB}GiB or more")
    return given
