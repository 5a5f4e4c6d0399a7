"""Physical names on Google Cloud: what the components call by itself, and what Pulumi makes of logical names."""

from __future__ import annotations

from collections.abc import Iterator

from components.catalog.gcp import GcpCatalog
from components.plan.gcp.model import Bucket, Filestore, GcpClusterPlan, Lustre
from components.plan.names import Named, check_names_fit
from components.plan.notes import Notes


def fixed_names(plan: GcpClusterPlan) -> Iterator[Named]:
    """(kind, name, spec path) of what has the name that the plan gives it."""
    yield "cluster", plan.name, ""
    for item in plan.storage:
        if isinstance(item, Lustre):
            yield "instance", f"{plan.stack}-{item.name}", f"storage.{item.name}"
            yield "lustre-filesystem", item.filesystem, f"storage.{item.name}"


def auto_named(plan: GcpClusterPlan) -> Iterator[Named]:
    """(kind, logical name, spec path) of what Pulumi names, where a user's words are in the name."""
    yield "subnet", f"{plan.stack}-nodes-subnet", ""
    if plan.network.private_services_cidr is not None:
        yield "network", f"{plan.stack}-private-services", ""
    for network in plan.network.nic_networks:
        path = f"pools.{network.pool}"
        yield "network", f"{plan.stack}-{network.name}-network", path
        if network.firewall_sources:
            yield "network", f"{plan.stack}-{network.name}-firewall", path
        for subnet in network.subnets:
            if subnet.cidr:
                yield "subnet", f"{plan.stack}-{subnet.name}-subnet", path
    for pool in plan.pools:
        for rung in pool.rungs:
            for group in rung.groups:
                if group.workload_topology is not None:
                    yield "resource-policy", f"{plan.stack}-{group.role}-placement", f"pools.{pool.name}"
    for item in plan.storage:
        if isinstance(item, Bucket):
            yield "bucket", f"{plan.stack}-{item.name}-bucket", f"storage.{item.name}"
        if isinstance(item, Filestore):
            yield "instance", f"{plan.stack}-{item.name}-files", f"storage.{item.name}"


def physical_names(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Names within each type's length and alphabet, the suffix of auto-naming counted."""
    check_names_fit(fixed_names(plan), auto_named(plan), catalog.name_limit, "Google Cloud", notes)
