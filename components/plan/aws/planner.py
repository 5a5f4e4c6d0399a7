"""Spec and catalogue become the plan of a cluster on AWS."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath
from typing import cast

from components.catalog import Catalog
from components.catalog.aws import AwsCatalog, AwsMachine
from components.errors import did_you_mean
from components.plan.aws.account import EXPIRY_TAG, access_of, check_account, check_key, partition_of, tags_of
from components.plan.aws.addons import addons_of
from components.plan.aws.checks import check_plan
from components.plan.aws.effects import tell_without_effect
from components.plan.aws.model import AwsClusterPlan, AwsSystem
from components.plan.aws.network import network_of
from components.plan.aws.nodes import stated, system_group
from components.plan.aws.pools import facts_of, pool_of
from components.plan.aws.storage import storage_of
from components.plan.aws.zones import system_zones
from components.plan.effects import tell_unused
from components.plan.model import BudgetPlan, NodeCount, StatedPrice, UsagePlan
from components.plan.notes import Notes
from components.spec.loader import LoadedSpec
from components.spec.models import ClusterSpec

SYSTEM_ROOT_DISK_GIB = 100


def plan(loaded: LoadedSpec, catalog: Catalog) -> AwsClusterPlan:
    """The plan of a stack on AWS. Raises InputError with every problem."""
    spec, rows, notes = loaded.spec, cast(AwsCatalog, catalog), Notes()
    partition = partition_of(spec, rows, notes)
    check_account(spec, notes)
    check_key(spec, partition, notes)
    check_kubernetes(spec, rows, notes)
    check_names(spec, notes)
    tell_unused(spec, notes)
    tell_without_effect(spec, notes)
    machine = system_machine(spec, rows, notes)
    zones = system_zones(spec, machine, rows, notes)
    pools = [facts_of(name, pool, spec, rows, notes) for name, pool in spec.pools.items()]
    facts = [one for one in pools if one is not None and one.zones]
    notes.raise_if_failed()
    storage = storage_of(spec, zones, facts, rows, notes)
    network = network_of(spec, zones, facts, storage, machine, notes)
    planned = tuple(pool_of(one, spec, notes) for one in facts)
    blueprint = PurePath(spec.blueprint).stem
    tags = tags_of(loaded.stack, spec, blueprint, notes)
    found = AwsClusterPlan(
        stack=loaded.stack,
        name=loaded.stack,
        blueprint=blueprint,
        cloud=spec.cloud,
        region=spec.region,
        account=spec.account,
        environment=spec.environment,
        kubernetes=str(spec.kubernetes),
        protect=spec.protect,
        tags=tags,
        instance_tags={**{key: tags[key] for key in tags if key != EXPIRY_TAG}, **spec.tags},
        system=system_of(spec, machine, zones),
        pools=planned,
        storage=storage,
        budget=budget_of(spec),
        usage=UsagePlan(**spec.usage.model_dump()),
        stated_prices=stated_prices(spec),
        expires=spec.schedule.expires,
        policy=spec.policy.model_dump(mode="json", exclude_defaults=True),
        may_differ=spec.may_differ,
        decisions=(),
        catalog_version=rows.version,
        partition=partition,
        network=network,
        access=access_of(spec, partition, notes),
        key_arn=spec.encryption.key,
        addons=addons_of(spec, rows, notes),
        support_type="EXTENDED" if spec.software.extended_support else "STANDARD",
        log_retention_days=spec.software.log_retention_days,
        fabric_security_group=any(one.gang for one in facts) or any(getattr(one, "efa", False) for one in storage),
        findings=(),
    )
    check_plan(found, rows, notes)
    notes.raise_if_failed()
    return with_notes(found, notes, loaded)


def with_notes(found: AwsClusterPlan, notes: Notes, loaded: LoadedSpec) -> AwsClusterPlan:
    """The plan with its decisions and its located findings."""
    findings = (*loaded.findings, *loaded.locate(tuple(notes.findings)))
    return replace(found, decisions=tuple(notes.decisions), findings=findings)


def check_kubernetes(spec: ClusterSpec, catalog: AwsCatalog, notes: Notes) -> None:
    """Whether EKS has the version at all; how long it is supported depends on the day, see `plan.dated`."""
    known = tuple(catalog.kubernetes_versions)
    if str(spec.kubernetes) not in known:
        hint = f"EKS has {', '.join(known)}"
        notes.error("kubernetes", "kubernetes", f"{spec.kubernetes} is no EKS version of the catalogue", hint)
    image = spec.software.image
    if image is not None and not re.fullmatch(rf"{re.escape(str(spec.kubernetes))}\.\d+-20\d{{6}}", image):
        hint = f"write for example {spec.kubernetes}.0-20260714"
        notes.error("image", "software.image", f"{image!r} is no release of a node image for {spec.kubernetes}", hint)


def check_names(spec: ClusterSpec, notes: Notes) -> None:
    """Names that other fields refer to."""
    for index, hours in enumerate(spec.schedule.hours):
        for pool in hours.pools:
            if pool not in spec.pools:
                hint = did_you_mean(pool, tuple(spec.pools))
                notes.error("name", f"schedule.hours.{index}.pools", f"there is no pool {pool!r}", hint)
    for pool in spec.pools:
        if pool in ("system", "storage", "public"):
            message = f"the name {pool!r} belongs to the subnets of the cluster itself"
            notes.error("name", f"pools.{pool}", message, "choose another name")
    if not spec.pools:
        notes.advise("no-pools", "pools", "the cluster has no pool of accelerators", "add one under pools")


def system_machine(spec: ClusterSpec, catalog: AwsCatalog, notes: Notes) -> AwsMachine:
    """The machine of the system pool: the spec's, or the catalogue's default. Raises InputError when there is none."""
    name = spec.system.machine or catalog.default("system-machine")
    machine = catalog.machine(name)
    if machine is None or machine.accelerator is not None:
        what = "has accelerators" if machine else "is no machine of the catalogue"
        plain = tuple(one for one in catalog.machines if catalog.machines[one].accelerator is None)
        notes.error("machine", "system.machine", f"{name!r} {what}", did_you_mean(name, plain))
        notes.raise_if_failed()
        raise AssertionError
    if spec.system.machine is None:
        notes.decide("system.machine", name, "the catalogue's default")
    return machine


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


def budget_of(spec: ClusterSpec) -> BudgetPlan:
    budget = spec.budget
    return BudgetPlan(
        usd_per_month=budget.usd_per_month,
        usd_per_hour=budget.usd_per_hour,
        usd_per_gpu_hour=budget.usd_per_gpu_hour,
        alerts=budget.alerts,
    )


def stated_prices(spec: ClusterSpec) -> dict[str, StatedPrice]:
    return {name: StatedPrice(usd=one.usd, source=one.source, as_of=one.as_of) for name, one in spec.prices.items()}
