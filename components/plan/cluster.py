"""What planners of all clouds do alike about a cluster: budget, prices, names, versions, and the plan's common fields."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import PurePath
from typing import Any, TypedDict, TypeVar

from components.catalog import Catalog, Machine
from components.errors import Finding, did_you_mean
from components.plan.model import BudgetPlan, ClusterPlan, Decision, StatedPrice, UsagePlan
from components.plan.notes import Notes
from components.spec.loader import LoadedSpec
from components.spec.models import ClusterSpec

P = TypeVar("P", bound=ClusterPlan)

SYSTEM_ROOT_DISK_GIB = 100


class Common(TypedDict):
    """The fields of a `ClusterPlan` that follow from the spec alone."""

    stack: str
    name: str
    blueprint: str
    cloud: str
    region: str
    account: str | None
    environment: str
    kubernetes: str
    protect: bool
    budget: BudgetPlan
    usage: UsagePlan
    stated_prices: Mapping[str, StatedPrice]
    expires: date | None
    policy: Mapping[str, Any]
    may_differ: tuple[str, ...]
    decisions: tuple[Decision, ...]
    catalog_version: str
    findings: tuple[Finding, ...]


def common_of(loaded: LoadedSpec, catalog: Catalog) -> Common:
    """The fields that a plan of any cloud takes from its spec as they are; decisions and findings come last."""
    spec = loaded.spec
    return Common(
        stack=loaded.stack,
        name=loaded.stack,
        blueprint=blueprint_of(spec),
        cloud=spec.cloud,
        region=spec.region,
        account=spec.account,
        environment=spec.environment,
        kubernetes=str(spec.kubernetes),
        protect=spec.protect,
        budget=budget_of(spec),
        usage=UsagePlan(**spec.usage.model_dump()),
        stated_prices=stated_prices(spec),
        expires=spec.schedule.expires,
        policy=spec.policy.model_dump(mode="json", exclude_defaults=True),
        may_differ=spec.may_differ,
        decisions=(),
        catalog_version=catalog.version,
        findings=(),
    )


def blueprint_of(spec: ClusterSpec) -> str:
    """The blueprint's name, without its folder and its ending."""
    return PurePath(spec.blueprint).stem


def with_notes(found: P, notes: Notes, loaded: LoadedSpec) -> P:
    """The plan with its decisions and its located findings."""
    findings = (*loaded.findings, *loaded.locate(tuple(notes.findings)))
    return replace(found, decisions=tuple(notes.decisions), findings=findings)


def check_kubernetes(spec: ClusterSpec, catalog: Catalog, service: str, notes: Notes) -> None:
    """Whether the service (`EKS`) has the version at all; how long it is supported depends on the day, see `dated`."""
    known = tuple(catalog.kubernetes_versions)
    if str(spec.kubernetes) not in known:
        hint = f"{service} has {', '.join(known)}"
        notes.error("kubernetes", "kubernetes", f"{spec.kubernetes} is no {service} version of the catalogue", hint)


def check_names(spec: ClusterSpec, reserved: Sequence[str], what: str, notes: Notes) -> None:
    """Names that other fields refer to, and names of pools that belong to `what` of the cluster itself."""
    for index, hours in enumerate(spec.schedule.hours):
        for pool in hours.pools:
            if pool not in spec.pools:
                hint = did_you_mean(pool, tuple(spec.pools))
                notes.error("name", f"schedule.hours.{index}.pools", f"there is no pool {pool!r}", hint)
    for pool in spec.pools:
        if pool in reserved:
            message = f"the name {pool!r} belongs to {what} of the cluster itself"
            notes.error("name", f"pools.{pool}", message, "choose another name")
    if not spec.pools:
        notes.advise("no-pools", "pools", "the cluster has no pool of accelerators", "add one under pools")


def system_machine(spec: ClusterSpec, default: str, catalog: Catalog, notes: Notes) -> Machine:
    """The machine of the system pool: the spec's, or the catalogue's default. Raises InputError when there is none."""
    name = spec.system.machine or default
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
