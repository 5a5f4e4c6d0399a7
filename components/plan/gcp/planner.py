"""Spec and catalogue become the plan of a cluster on Google Cloud."""

from __future__ import annotations

from typing import cast

from components.catalog import Catalog
from components.catalog.gcp import GcpCatalog, GcpMachine
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
from components.plan.gcp.account import (
    EXPIRY_LABEL,
    access_of,
    billing_account_of,
    check_account,
    check_key,
    check_region,
    labels_of,
    services_of,
)
from components.plan.gcp.checks import check_plan
from components.plan.gcp.effects import tell_without_effect
from components.plan.gcp.facts import PoolFacts
from components.plan.gcp.maintenance import check_maintenance, maintenance_of
from components.plan.gcp.model import GcpClusterPlan, GcpSystem
from components.plan.gcp.network import network_of
from components.plan.gcp.nodes import system_pool
from components.plan.gcp.pools import facts_of, pool_of
from components.plan.gcp.storage import csi_drivers_of, storage_of
from components.plan.gcp.versions import channel_of, min_master_version
from components.plan.gcp.zones import system_zones
from components.plan.model import NodeCount
from components.plan.notes import Notes
from components.plan.pools import stated
from components.spec.loader import LoadedSpec
from components.spec.models import ClusterSpec


def plan(loaded: LoadedSpec, catalog: Catalog) -> GcpClusterPlan:
    """The plan of a stack on Google Cloud. Raises InputError with every problem."""
    spec, rows, notes = loaded.spec, cast(GcpCatalog, catalog), Notes()
    check_spec(spec, rows, notes)
    machine = cast(GcpMachine, system_machine(spec, rows.default("system-machine"), rows, notes))
    zones = system_zones(spec, machine, rows, notes)
    pools = [facts_of(name, pool, spec, rows, notes) for name, pool in spec.pools.items()]
    facts = [one for one in pools if one is not None and one.zones]
    version = min_master_version(spec, facts, rows, notes)
    notes.raise_if_failed()
    storage = storage_of(spec, zones, facts, rows, notes)
    network = network_of(spec, facts, notes)
    labels = labels_of(loaded.stack, spec, blueprint_of(spec), notes)
    found = GcpClusterPlan(
        **common_of(loaded, rows),
        tags=labels,
        labels=labels,
        machine_labels={key: value for key, value in labels.items() if key != EXPIRY_LABEL},
        project=spec.account,
        location=spec.region,
        system=system_of(spec, machine, zones, rows),
        pools=tuple(pool_of(one, network.nic_networks, spec, rows, notes) for one in facts),
        storage=storage,
        network=network,
        access=access_of(spec, notes),
        key=spec.encryption.key,
        services=services_of(spec, storage, rows),
        channel=channel_of(spec, rows, notes),
        min_master_version=version,
        multi_networking=any(one.interfaces_wanted for one in facts),
        pod_networks=pod_networks_of(spec, facts),
        maintenance=maintenance_of(spec),
        csi_drivers=csi_drivers_of(storage),
        billing_account=billing_account_of(spec),
        log_retention_days=spec.software.log_retention_days,
    )
    check_plan(found, rows, notes)
    notes.raise_if_failed()
    return with_notes(found, notes, loaded)


def check_spec(spec: ClusterSpec, catalog: GcpCatalog, notes: Notes) -> None:
    """What can be said of the spec before anything is chosen."""
    check_region(spec, catalog, notes)
    check_account(spec, notes)
    check_key(spec, notes)
    check_kubernetes(spec, catalog, "GKE", notes)
    check_maintenance(spec, notes)
    check_names(spec, ("system",), "the node pool", notes)
    tell_unused(spec, notes)
    tell_without_effect(spec, notes)


def system_of(spec: ClusterSpec, machine: GcpMachine, zones: tuple[str, ...], catalog: GcpCatalog) -> GcpSystem:
    """The system pool, with the same number of nodes in each of its zones."""
    group = system_pool(spec, machine, zones, catalog)
    count = group.nodes_desired
    return GcpSystem(
        machine=machine.name,
        nodes=NodeCount(min=count, desired=count, max=count),
        zones=zones,
        root_disk_gib=SYSTEM_ROOT_DISK_GIB,
        price=stated(spec.system.price),
        group=group,
    )


def pod_networks_of(spec: ClusterSpec, pools: list[PoolFacts]) -> str:
    """How pods get at additional interfaces: `none` where there are none."""
    if any(one.interfaces_wanted for one in pools):
        return "objects"
    if spec.software.pod_networks == "dranet" and any(one.fabric is not None for one in pools):
        return "dranet"
    return "none"
