"""Node pools: what each pool of a rung, and the system pool, says; decided from spec, machine and capacity."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from components.catalog.gcp import GcpCatalog, GcpMachine
from components.plan.cluster import SYSTEM_ROOT_DISK_GIB
from components.plan.gcp.capacity import (
    max_run_seconds,
    provisioning_of,
    queued,
    reservation_name,
    reservation_of,
)
from components.plan.gcp.disks import local_ssds_of
from components.plan.gcp.facts import PoolFacts
from components.plan.gcp.model import GcpRung, NicNetwork, NodePool, ReservationUse
from components.plan.gcp.nics import interfaces_of
from components.plan.gcp.placement import compact_of
from components.plan.gcp.ranges import SYSTEM_PODS
from components.plan.gcp.sizes import Size, in_domains, in_slices, over_zones, total
from components.plan.ladder import Share
from components.plan.pools import bought_of, root_disk_gib, spelled, taints_of
from components.spec.models import ClusterSpec

_LONGEST_NAME = 40  # GKE API, NodePool: name
_HASH = 6
# Pods of DRANET get at interfaces through it. Source: GKE, allocate network resources by using DRANET.
DRANET_LABEL = "cloud.google.com/gke-networking-dra-driver"
# What the provider replaces a pool for, and the machine type, whose edit it ignores in silence: an edit of these makes
# a pool of another name. Source: pulumi-gcp's table of edits; hashicorp/terraform-provider-google 23502.
_FIXED = (
    "machine_type", "guest_accelerator", "guest_accelerator_count", "driver_version", "partition_size", "time_slices",
    "local_ssds", "local_ssd_use", "capacity", "queued", "max_run_seconds", "reservation", "compact", "tpu_topology",
    "workload_topology", "max_pods", "accelerator_network_profile", "secure_boot",
)  # fmt: skip


def rung_of(
    share: Share, facts: PoolFacts, spec: ClusterSpec, networks: Sequence[NicNetwork], catalog: GcpCatalog
) -> GcpRung:
    """One rung with its node pools."""
    bought = bought_of(share)
    zones = (bought.zone_id,) if bought else facts.zones
    sizes = sizes_of(share, facts, len(zones))
    groups = tuple(
        _pool(_role(facts, share, index), size, share, facts, zones, spec, networks, catalog)
        for index, size in enumerate(sizes)
    )
    return GcpRung(
        name=f"{facts.name}-{share.name}",
        capacity_type=share.capacity_type,
        nodes=total(sizes),
        machines=(facts.machine.name,),
        zones=zones,
        bought=bought,
        groups=groups,
    )


def sizes_of(share: Share, facts: PoolFacts, zones: int) -> tuple[Size, ...]:
    """The sizes of a rung's pools: one for each slice or NVLink domain, else one over all zones."""
    if facts.slice is not None and facts.slice.hosts > 1:
        return in_slices(share.nodes, facts.slice.hosts)
    if facts.machine.domain_nodes:
        return in_domains(share.nodes, facts.machine.domain_nodes)
    return over_zones(share.nodes, zones)


def _role(facts: PoolFacts, share: Share, index: int) -> str:
    what = "slice" if facts.slice is not None else "domain"
    return f"{facts.name}-{share.name}" + (f"-{what}-{index + 1}" if index else "")


def _pool(
    role: str,
    size: Size,
    share: Share,
    facts: PoolFacts,
    zones: Sequence[str],
    spec: ClusterSpec,
    networks: Sequence[NicNetwork],
    catalog: GcpCatalog,
) -> NodePool:
    pool, machine = facts.pool, facts.machine
    dranet = facts.fabric is not None and spec.software.pod_networks == "dranet"
    ssds, use = local_ssds_of(pool, machine)
    found = replace(
        _plain(role, zones, size, machine, catalog),
        guest_accelerator=machine.guest_accelerator or None,
        guest_accelerator_count=machine.accelerator_count if machine.guest_accelerator else 0,
        driver_version=machine.driver or None,
        partition_size=pool.mig,
        time_slices=pool.time_slices,
        disk_gib=root_disk_gib(pool),
        local_ssds=ssds,
        local_ssd_use=use,
        capacity=provisioning_of(share),
        queued=queued(pool, share),
        max_run_seconds=max_run_seconds(pool, share, catalog),
        reservation=reservation_of(share),
        compact=compact_of(pool, machine, zones, share),
        max_pods=facts.max_pods,
        interfaces=interfaces_of(facts.name, networks, facts.fabric, zones[0]) if facts.interfaces_wanted else (),
        accelerator_network_profile="auto" if dranet and machine.gpu_nics else None,
        fast_socket=machine.fast_socket,
        auto_repair=spec.software.node_repair and share.capacity_type != "flex",
        max_surge=0,  # there is no accelerator to spare
        max_unavailable=1,
        labels=_labels(share, facts, dranet),
        taints=spelled(taints_of(pool, _resource(machine, catalog))),
    )
    return named(_joined(found, facts), spec.encryption.key)


def _joined(pool: NodePool, facts: PoolFacts) -> NodePool:
    """The pool with the topology that joins its machines: a slice's, told in one of two ways, or an NVLink domain's."""
    slice = facts.slice
    if slice is None or slice.hosts < 2:
        return replace(pool, workload_topology=facts.machine.domain_topology or None)
    if slice.policy == "workload":
        return replace(pool, workload_topology=slice.topology)
    return replace(pool, tpu_topology=slice.topology)


def _resource(machine: GcpMachine, catalog: GcpCatalog) -> str:
    found = catalog.accelerator(machine.accelerator or "")
    return found.resource if found else "nvidia.com/gpu"


def _labels(share: Share, facts: PoolFacts, dranet: bool) -> dict[str, str]:
    own = {"gpu-fleet/pool": facts.name, "gpu-fleet/accelerator": facts.machine.accelerator or ""}
    found = {**facts.pool.labels, **own, "gpu-fleet/capacity": share.capacity_type}
    bought = bought_of(share)
    if bought is not None:
        found["gpu-fleet/reservation"] = reservation_name(bought.id)
    if dranet and facts.machine.gpu_nics:
        found[DRANET_LABEL] = "true"
    return found


def _plain(role: str, zones: Sequence[str], size: Size, machine: GcpMachine, catalog: GcpCatalog) -> NodePool:
    """A node pool of plain machines that are had on demand; it has no name yet."""
    return NodePool(
        role=role,
        name="",
        zones=tuple(zones),
        min_per_zone=size.min,
        desired_per_zone=size.desired,
        max_per_zone=size.max,
        autoscaled=size.autoscaled,
        machine_type=machine.name,
        disk_type=machine.disk_types[0],
        disk_gib=SYSTEM_ROOT_DISK_GIB,
        capacity="standard",
        reservation=ReservationUse(type="NO_RESERVATION"),
        max_pods=SYSTEM_PODS,
        secure_boot=machine.secure_boot,
        auto_repair=True,
        max_surge=1,
        max_unavailable=0,
        image_type=catalog.default("image-type"),
        labels={},
        taints=(),
    )


def system_pool(spec: ClusterSpec, machine: GcpMachine, zones: Sequence[str], catalog: GcpCatalog) -> NodePool:
    """The node pool of the cluster's own software: plain machines in several zones, without a taint."""
    each = -(-spec.system.nodes // max(1, len(zones)))
    size = Size(zones=len(zones), min=each, desired=each, max=each)
    labels = {"gpu-fleet/pool": "system", "gpu-fleet/capacity": "on-demand"}
    found = replace(_plain("system", zones, size, machine, catalog), labels=labels)
    return named(found, spec.encryption.key)


def named(pool: NodePool, key: str | None) -> NodePool:
    """The pool with its physical name: its role, and a hash of what an edit in place would not change.

    The hash holds the role too, since a long one is cut; `key` is the full name of a KMS key of the spec, or None.
    """
    fixed = {name: value for name, value in asdict(pool).items() if name in _FIXED}
    wired = [(one.network, one.subnet) for one in pool.interfaces]
    text = json.dumps([pool.role, fixed, wired, key], sort_keys=True, separators=(",", ":"))
    end = hashlib.blake2b(text.encode(), digest_size=_HASH // 2).hexdigest()
    return replace(pool, name=f"{pool.role[: _LONGEST_NAME - _HASH - 1].rstrip('-')}-{end}")
