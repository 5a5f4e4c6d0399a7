"""Google Cloud: Compute Engine and TPU machine types, fabrics, slices, GKE versions, storage sizes, quotas."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path
from typing import cast

from components.catalog.base import Catalog, columns
from components.catalog.gcp_records import (
    Fabric,
    FilestoreTier,
    GcpMachine,
    LustreStep,
    Quota,
    TpuSlice,
    fabric_of,
    filestore_tier_of,
    lustre_step_of,
    machine_of,
    quota_of,
    slice_of,
)
from components.catalog.tables import Row

__all__ = ["Fabric", "FilestoreTier", "GcpCatalog", "GcpMachine", "LustreStep", "Quota", "TpuSlice", "catalog"]


_SIZES = "smallest_gib step_gib coarse_above_gib coarse_step_gib largest_gib"


class GcpCatalog(Catalog):
    cloud = "gcp"
    machine_columns = columns(
        "name accelerator accelerator_count accelerator_memory_gib vcpus memory_gib architecture nvme_gb local_ssds"
        " ssd_counts network_gbps fabric fabric_gbps gvnic_networks gpu_nics guest_accelerator tpu_label disk_types"
        " compact compact_limit domain_topology domain_nodes secure_boot fast_socket driver gpu_family quota"
        " mig_profiles capacity_types preferred min_kubernetes source as_of"
    )

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(folder)
        self._fabrics = self._table(
            "fabrics",
            columns(
                "name mtu host_mtu networks profile device_mode firewall subnets_made objects_floors dranet_floor"
                " source as_of"
            ),
            1,
        )
        self._slices = self._table("tpu_slices", columns("accelerator topology machine hosts policy source as_of"), 2)
        self._lustre = self._table("lustre", columns(f"throughput_mbps_per_tib {_SIZES} source as_of"), 1)
        self._filestore = self._table(
            "filestore",
            columns(f"tier {_SIZES} location protocols customer_key source as_of"),
            1,
        )
        self._quotas = self._table("quotas", columns("key capacity_type id unit source as_of"), 2)
        self._apis = self._table("services", columns("service purposes source as_of"), 1)

    @cached_property
    def machines(self) -> Mapping[str, GcpMachine]:
        return cast(Mapping[str, GcpMachine], super().machines)

    def machine(self, name: str) -> GcpMachine | None:
        return self.machines.get(name)

    def machines_for(self, accelerator: str, count: int, topology: str | None = None) -> tuple[GcpMachine, ...]:
        """As of every cloud; with a topology, the one machine of that slice. `count` then says nothing more."""
        if topology is None:
            return cast(tuple[GcpMachine, ...], self.machines_with(accelerator, count))
        found = self.tpu_slice(accelerator, topology)
        machine = None if found is None else self.machine(found.machine)
        return () if machine is None else (machine,)

    def fabric(self, name: str) -> Fabric | None:
        """How the interfaces of a fabric are networked; None for `ici`, which needs no network."""
        row = self._fabrics.find(name)
        return fabric_of(row) if row else None

    def tpu_slice(self, accelerator: str, topology: str) -> TpuSlice | None:
        row = self._slices.find(accelerator, topology)
        return slice_of(row) if row else None

    def tpu_topologies(self, accelerator: str) -> tuple[str, ...]:
        """The topologies in which slices of a TPU are sold, by size; none for anything else."""
        return tuple(topology for name, topology in self._slices.all_keys() if name == accelerator)

    def lustre_steps(self) -> tuple[LustreStep, ...]:
        """The sizes on sale, by throughput."""
        return tuple(lustre_step_of(row) for row in self._lustre.rows())

    def filestore(self, tier: str) -> FilestoreTier | None:
        """A tier by its API name (`ZONAL`)."""
        row = self._filestore.find(tier)
        return filestore_tier_of(row) if row else None

    def filestore_tiers(self) -> tuple[FilestoreTier, ...]:
        return tuple(filestore_tier_of(row) for row in self._filestore.rows())

    def quota(self, key: str, capacity_type: str) -> Quota | None:
        """The quota of a `GcpMachine.quota`; None where no source gives one, or none is consumed (block)."""
        row = self._quotas.find(key, capacity_type)
        return quota_of(row) if row else None

    def services(self, purpose: str) -> tuple[str, ...]:
        """The APIs that a purpose needs: `cluster`, `key`, `bucket`, `lustre`, `filestore`, `budget`, `alerts`, …"""
        return tuple(row.text("service") for row in self._apis.rows() if purpose in row.words("purposes"))

    def _machine(self, row: Row) -> GcpMachine:
        return machine_of(row)


@cache
def catalog() -> GcpCatalog:
    """The shipped catalogue, one object for the process: the same that `components.catalog.load("gcp")` gives."""
    return GcpCatalog()
