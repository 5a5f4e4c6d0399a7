"""Checks of a finished plan on the cluster: system pool, release channel, versions, the way to pods' networks."""

from __future__ import annotations

from components.catalog.gcp import GcpCatalog
from components.catalog.gke import GkeVersion
from components.plan.gcp.each import each
from components.plan.gcp.model import GcpClusterPlan
from components.plan.gcp.versions import first_from, floors_of
from components.plan.notes import Notes

_CHANNELS = ("RAPID", "REGULAR", "STABLE", "EXTENDED")


def system_pool(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """System nodes are plain, always there, untainted and in several zones, so that no stockout takes them all along.

    NVIDIA/aicr 2764; terraform-google-kubernetes-engine 703.
    """
    group = plan.system.group
    if len(group.zones) < 2:
        message = "the system pool stands in one zone: a shortage there would stop the whole cluster"
        notes.error("system-zones", "system", message, "choose a machine that several zones offer")
    if group.taints or group.guest_accelerator or group.capacity != "standard":
        notes.error("system-pool", "system", "the system pool takes every pod: no taint, no accelerator, no spot")
    if group.min_per_zone < 1:
        notes.error("system-pool", "system.nodes", "the system pool may have no node")


def release_channel(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """The cluster has a release channel: without one Google upgrades it all the same, and refuses it to new projects."""
    if plan.channel not in _CHANNELS:
        message = f"{plan.channel or 'no channel'} is no release channel"
        notes.error("release-channel", "software.release_channel", message, f"use {', '.join(_CHANNELS)}")


def versions(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """The cluster starts at its own minor version, and at what machines, fabrics and capacity need, number by number."""
    given = GkeVersion.parse(plan.min_master_version)
    if given.minor_text != plan.kubernetes:
        notes.error("kubernetes", "kubernetes", f"{given} is no version of {plan.kubernetes}")
    for one in each(plan, catalog):
        fabric = catalog.fabric(one.pool.fabric.kind) if one.pool.fabric else None
        flex = one.group.capacity == "flex-start"
        for floor in floors_of(one.machine, fabric, plan.pod_networks, flex, catalog):
            first = first_from(GkeVersion.parse(plan.kubernetes), floor.versions)
            if first is not None and given < first:
                notes.error(
                    "kubernetes", "kubernetes", f"{floor.what} needs GKE {first}, the cluster starts at {given}"
                )


def pod_networks(plan: GcpClusterPlan, catalog: GcpCatalog, notes: Notes) -> None:
    """Every pool with a fabric of networks gets at them, all in one way: `Network` objects or DRANET, never both."""
    several = dranet = False
    for one in each(plan, catalog):
        fabric = catalog.fabric(one.pool.fabric.kind) if one.pool.fabric else None
        own, auto = bool(one.group.interfaces), one.group.accelerator_network_profile is not None
        several, dranet = several or own, dranet or auto
        if fabric is not None and not own and not auto:
            notes.error("no-fabric", one.path, f"{one.rung.name} has no interface although the pool has a fabric")
        if fabric is None and (auto or (own and not one.machine.gvnic_networks)):
            notes.error("interfaces", one.path, f"{one.rung.name} has interfaces that nothing asks for")
    want = "objects" if several else "dranet" if dranet else "none"
    if several and dranet:
        notes.error("pod-networks", "software.pod_networks", "a cluster has `Network` objects or DRANET, never both")
    elif plan.pod_networks != want or plan.multi_networking != several:
        message = f"pods get at interfaces by {plan.pod_networks}, and the pools need {want}"
        notes.error("pod-networks", "software.pod_networks", message)
