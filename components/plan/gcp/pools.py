"""Pools on Google Cloud: machine, slice, zones and ladder, and what about a pool cannot work or is worth knowing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from components.catalog.gcp import Fabric, GcpCatalog, GcpMachine, TpuSlice
from components.plan.gcp.capacity import check_capacity, check_whole, tell_flex
from components.plan.gcp.checks_pool import check_machine, check_sharing, check_taints
from components.plan.gcp.disks import local_ssds_of, tell_disks
from components.plan.gcp.facts import PoolFacts
from components.plan.gcp.model import GcpPool, GcpRung, NicNetwork
from components.plan.gcp.nodes import rung_of, sizes_of
from components.plan.gcp.placement import check_placement
from components.plan.gcp.sizes import total, whole
from components.plan.gcp.zones import zones_of_pool
from components.plan.ladder import Share, share_out
from components.plan.machines import Choice, choose
from components.plan.model import FabricPlan, NodeCount
from components.plan.notes import Notes
from components.plan.pools import (
    asked_of,
    bought_of,
    check_fabric_said,
    check_ladder,
    check_root_disk,
    check_scratch,
    fabric_plan,
    labels_of,
    root_disk_gib,
    stated,
    taints_of,
)
from components.spec.models import ClusterSpec
from components.spec.pools import PoolSpec

# Nodes with accelerators run few pods: half of the default halves the addresses that they take.
ACCELERATOR_PODS = 64
# A GPU that is shared has many small pods: the default of GKE.
SHARED_PODS = 110


def facts_of(name: str, pool: PoolSpec, spec: ClusterSpec, catalog: GcpCatalog, notes: Notes) -> PoolFacts | None:
    """What all rungs of a pool share; None when no machine can be had for it, with the reason in `notes`."""
    path = f"pools.{name}"
    check_fabric_said(path, pool, notes)
    check_root_disk(path, pool, notes)
    choice = choose(path, pool, spec.region, catalog, notes)
    if choice is None:
        return None
    machine = choice.machine
    assert isinstance(machine, GcpMachine)
    slice = _slice_of(choice, pool, catalog)
    fabric = catalog.fabric(machine.fabric) if machine.fabric and pool.fabric not in (None, "none") else None
    check_machine(path, pool, spec, machine, slice, fabric, catalog, notes)
    check_sharing(path, pool, machine, notes)
    check_taints(path, pool, machine, catalog, notes)
    check_capacity(path, pool, machine, catalog, notes)
    check_scratch(path, pool, bool(machine.local_ssds or machine.ssd_counts), machine, notes)
    tell_disks(path, pool, machine, notes)
    zones = zones_of_pool(path, spec, pool, machine, slice, catalog, notes)
    shares = _shares(path, pool, slice, notes)
    check_whole(path, pool, machine, slice, shares, notes)
    check_placement(path, pool, machine, zones, shares, notes)
    shared = pool.mig is not None or pool.time_slices is not None
    found = PoolFacts(
        name=name,
        path=path,
        pool=pool,
        machine=machine,
        alternatives=tuple(one for one in choice.alternatives if isinstance(one, GcpMachine)),
        zones=zones,
        fabric=fabric,
        nodes_max=0,
        max_pods=SHARED_PODS if shared else ACCELERATOR_PODS,
        interfaces_wanted=_interfaces_wanted(machine, fabric, spec),
        slice=slice,
        shares=shares,
    )
    return replace(found, nodes_max=sum(_given(share, found).max for share in shares))


def _slice_of(choice: Choice, pool: PoolSpec, catalog: GcpCatalog) -> TpuSlice | None:
    """The slice that the spec's own words name."""
    wish = next((one for one in pool.accelerator or () if str(one) == choice.asked), None)
    return catalog.tpu_slice(wish.name, wish.topology) if wish is not None and wish.topology else None


def _interfaces_wanted(machine: GcpMachine, fabric: Fabric | None, spec: ClusterSpec) -> bool:
    """Interfaces beside the host's: for a fabric by networks of our own, and a machine's second gVNIC interface."""
    if spec.software.pod_networks != "objects":
        return False
    return machine.gpu_nics > 0 if fabric is not None else machine.fabric is None and machine.gvnic_networks > 0


def _shares(path: str, pool: PoolSpec, slice: TpuSlice | None, notes: Notes) -> tuple[Share, ...]:
    """The rungs with their nodes; slices are never cut."""
    nodes = pool.nodes if slice is None else whole(pool.nodes, slice.hosts)
    if nodes != pool.nodes:
        assert slice is not None
        why = f"asked {pool.nodes}; a {slice.topology} slice has {slice.hosts} nodes"
        notes.decide(f"{path}.nodes", str(nodes), why)
    rounded = pool.model_copy(update={"nodes": nodes})
    shares = share_out(nodes, pool.capacity)
    check_ladder(path, rounded, shares, notes, autoscaler=True)
    tell_flex(path, pool, shares, notes)
    return tuple(share for share in shares if share.nodes.max > 0)


def _given(share: Share, facts: PoolFacts) -> NodeCount:
    """What the node pools of a rung have together."""
    bought = bought_of(share)
    return total(sizes_of(share, facts, 1 if bought else len(facts.zones)))


def pool_of(
    facts: PoolFacts, networks: Sequence[NicNetwork], spec: ClusterSpec, catalog: GcpCatalog, notes: Notes
) -> GcpPool:
    """The plan of a pool with its rungs."""
    pool, machine = facts.pool, facts.machine
    rungs = tuple(rung_of(share, facts, spec, networks, catalog) for share in facts.shares)
    accelerator = catalog.accelerator(machine.accelerator or "")
    asked = NodeCount(min=pool.nodes.min, desired=pool.nodes.min, max=pool.nodes.max)
    nodes = _nodes(facts, rungs)
    _tell_zones(facts, rungs, notes)
    return GcpPool(
        name=facts.name,
        asked=asked_of(pool, machine),
        accelerator=machine.accelerator or "",
        accelerators_per_node=machine.accelerator_count,
        machine=machine.name,
        alternatives=tuple(one.name for one in facts.alternatives),
        nodes=nodes,
        nodes_asked=asked if asked != nodes else None,
        fabric=fabric_of(facts),
        zones=facts.zones,
        labels=labels_of(facts.path, facts.name, machine.accelerator or "", pool, notes),
        taints=taints_of(pool, accelerator.resource if accelerator else ""),
        root_disk_gib=root_disk_gib(pool),
        root_disk_asked_gib=root_disk_gib(pool) if pool.root_disk else None,
        scratch="raid0" if local_ssds_of(pool, machine)[1] == "ephemeral" else "none",
        price=stated(pool.price),
        rungs=rungs,
    )


def _nodes(facts: PoolFacts, rungs: Sequence[GcpRung]) -> NodeCount:
    """The pool's nodes as given: what is asked, and what rounding up to zones and slices adds to it.

    Rungs that stand by are not counted: they replace nodes, they add none.
    """
    nodes, added = whole(facts.pool.nodes, facts.slice.hosts if facts.slice else 1), NodeCount(min=0, desired=0, max=0)
    for share, rung in zip(facts.shares, rungs, strict=True):
        added = NodeCount(
            min=added.min + rung.nodes.min - share.nodes.min,
            desired=added.desired + rung.nodes.desired - share.nodes.desired,
            max=max(added.max, rung.nodes.max - share.nodes.max),
        )
    return NodeCount(min=nodes.min + added.min, desired=nodes.min + added.desired, max=nodes.max + added.max)


def _tell_zones(facts: PoolFacts, rungs: Sequence[GcpRung], notes: Notes) -> None:
    """Counts are per zone: where a pool has several, what that makes together."""
    for share, rung in zip(facts.shares, rungs, strict=True):
        pools = rung.groups
        if len(rung.zones) > 1:
            each, nodes = pools[0].max_per_zone, rung.nodes.max
            why = f"{each} in each of {len(rung.zones)} zones; asked {share.nodes.max}"
            notes.decide(f"{facts.path}.nodes", f"up to {nodes} {rung.capacity_type} nodes", why)
        if len(pools) > 1:
            what = f"{facts.slice.topology} slice" if facts.slice else "NVLink domain"
            sizes = " + ".join(str(pool.max_per_zone) for pool in pools)
            notes.decide(f"{facts.path}.nodes", f"{len(pools)} node pools: {sizes}", f"one for each {what}")


def fabric_of(facts: PoolFacts) -> FabricPlan | None:
    """The fabric of a pool, or None."""
    machine = facts.machine
    if not facts.gang or machine.fabric is None:
        return None
    return fabric_plan(machine.fabric, machine, machine.gpu_nics)
