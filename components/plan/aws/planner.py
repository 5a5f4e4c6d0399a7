"""Spec and catalogue become the plan of a cluster on AWS."""

from __future__ import annotations

import re
from typing import cast

from components.catalog import Catalog
from components.catalog.aws import AwsCatalog, AwsMachine
from components.plan.aws.account import EXPIRY_TAG, access_of, check_account, check_key, partition_of, tags_of
from components.plan.aws.addons import addons_of
from components.plan.aws.checks import check_plan
from components.plan.aws.effects import tell_without_effect
from components.plan.aws.model import AwsClusterPlan, AwsSystem
from components.plan.aws.network import network_of
from components.plan.aws.nodes import system_group
from components.plan.aws.pools import facts_of, pool_of
from components.plan.aws.storage import storage_of
from components.plan.aws.zones import system_zones
from components.plan.cluster import (
    SYSTEM_ROOT_DISK_GIB,
    blueprint_of,
    check_kubernetes,
    check_names,
    common_of,
    system_machine,
    with_notes,
)
from components.plan.effects import tell_unused
from components.plan.model import NodeCount
from components.plan.notes import Notes
from components.plan.pools import stated
from components.spec.loader import LoadedSpec
from components.spec.models import ClusterSpec


def plan(loaded: LoadedSpec, catalog: Catalog) -> AwsClusterPlan:
    """The plan of a stack on AWS. Raises InputError with every problem."""
    spec, rows, notes = loaded.spec, cast(AwsCatalog, catalog), Notes()
    partition = partition_of(spec, rows, notes)
    check_account(spec, notes)
    check_key(spec, partition, notes)
    check_kubernetes(spec, rows, "EKS", notes)
    check_image(spec, notes)
    check_names(spec, ("system", "storage", "public"), "the subnets", notes)
    tell_unused(spec, notes)
    tell_without_effect(spec, notes)
    machine = system_machine(spec, rows.default("system-machine"), rows, notes)
    assert isinstance(machine, AwsMachine)
    zones = system_zones(spec, machine, rows, notes)
    pools = [facts_of(name, pool, spec, rows, notes) for name, pool in spec.pools.items()]
    facts = [one for one in pools if one is not None and one.zones]
    notes.raise_if_failed()
    storage = storage_of(spec, zones, facts, rows, notes)
    network = network_of(spec, zones, facts, storage, machine, notes)
    planned = tuple(pool_of(one, spec, notes) for one in facts)
    tags = tags_of(loaded.stack, spec, blueprint_of(spec), notes)
    found = AwsClusterPlan(
        **common_of(loaded, rows),
        tags=tags,
        instance_tags={**{key: tags[key] for key in tags if key != EXPIRY_TAG}, **spec.tags},
        system=system_of(spec, machine, zones),
        pools=planned,
        storage=storage,
        partition=partition,
        network=network,
        access=access_of(spec, partition, notes),
        key_arn=spec.encryption.key,
        addons=addons_of(spec, rows, notes),
        support_type="EXTENDED" if spec.software.extended_support else "STANDARD",
        log_retention_days=spec.software.log_retention_days,
        fabric_security_group=any(one.gang for one in facts) or any(getattr(one, "efa", False) for one in storage),
    )
    check_plan(found, rows, notes)
    notes.raise_if_failed()
    return with_notes(found, notes, loaded)


def check_image(spec: ClusterSpec, notes: Notes) -> None:
    """A release of the node image is one for the cluster's version."""
    image = spec.software.image
    if image is not None and not re.fullmatch(rf"{re.escape(str(spec.kubernetes))}\.\d+-20\d{{6}}", image):
        hint = f"write for example {spec.kubernetes}.0-20260714"
        notes.error("image", "software.image", f"{image!r} is no release of a node image for {spec.kubernetes}", hint)


def system_of(spec: ClusterSpec, machine: AwsMachine, zones: tuple[str, ...]) -> AwsSystem:
    count = spec.system.nodes
    return AwsSystem(
        machine=machine.name,
        nodes=NodeCount(min=count, desired=count, max=count),
        zones=zones,
        root_disk_gib=SYSTEM_ROOT_DISK_GIB,
        price=stated(spec.system.price),
        group=system_group(spec, machine, zones, SYSTEM_ROOT_DISK_GIB),
    )
