"""Google Cloud: Compute Engine and TPU machine types, fabrics, slices, GKE versions, storage sizes, quotas."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache, cached_property
from pathlib import Path
from typing import cast

from components.catalog.base import Catalog, columns
from components.catalog.model import Machine
from components.catalog.tables import Row
from components.errors import CatalogError
from components.records import record


@record
class GcpMachine(Machine):
    """A Compute Engine machine type, as GKE takes it.

    `fabric` is a row of `fabrics.csv` or `ici` (the TPUs' own links); `fabric_gbps` is the sum of the GPU interfaces.
    `min_kubernetes` is the first GKE version with its patch, or empty. `preferred` 0: by its name alone, because its
    accelerator is only a part of one. `nvme_disks` are the bundled local SSDs, which `local_ssds` counts too;
    `ssd_counts` are the counts that may be asked for where none is bundled.
    """

    guest_accelerator: str  # nvidia-h100-mega-80gb; "" for TPUs and plain machines
    tpu_label: str  # tpu-v6e-slice, the value of cloud.google.com/gke-tpu-accelerator; "" otherwise
    local_ssds: int
    ssd_counts: tuple[int, ...]
    gvnic_networks: int  # additional gVNIC networks beside the host's that are no GPU interfaces
    gpu_nics: int
    disk_types: tuple[str, ...]  # of the boot disk, the default first
    compact: tuple[str, ...]  # capacity types with which a compact placement policy of the pool's own is legal
    compact_limit: int | None  # VMs in such a policy
    domain_topology: str  # 1x72, an NVLink domain; "" otherwise
    domain_nodes: int  # machines in a domain; 0 otherwise
    secure_boot: bool
    fast_socket: bool
    driver: str  # DEFAULT | LATEST; "" without a GPU
    gpu_family: str  # dimension of GPUS-PER-GPU-FAMILY-per-project-region; "" where no source gives it
    quota: str  # key of quotas.csv
    mig_profiles: tuple[str, ...]


@record
class Fabric:
    """How nodes of a kind are joined beside the host network.

    `networks` is `per-interface` (a VPC each) or `one` (a VPC with a subnet for each). `profile` ends the name of the
    zonal network profile (`vpc-roce` of `us-central1-b-vpc-roce`), or is empty. `objects_floors` are the first GKE
    versions, one for a minor, with `Network` objects (none: no such way); `dranet_floor` that of DRANET, or empty.
    """

    name: str
    mtu: int
    host_mtu: int
    networks: str
    profile: str
    device_mode: str
    firewall: bool
    subnets_made: bool
    objects_floors: tuple[str, ...]
    dranet_floor: str
    source: str
    as_of: date


@record
class TpuSlice:
    """A slice of TPUs by its topology: the machine type and how many of it make the slice."""

    accelerator: str
    topology: str
    machine: str
    hosts: int
    source: str
    as_of: date


@record
class LustreStep:
    """The sizes of Managed Lustre at a throughput (MB/s for each TiB): the smallest, every step of it, the largest."""

    throughput: int
    smallest_gib: int
    step_gib: int
    largest_gib: int | None
    source: str
    as_of: date

    def next_legal(self, asked_gib: int) -> int:
        """The smallest legal size that holds `asked_gib`."""
        if asked_gib <= self.smallest_gib:
            return self.smallest_gib
        return -(-asked_gib // self.step_gib) * self.step_gib


@record
class FilestoreTier:
    """`location` is `zone` or `region`; `protocols` are those that a share of it may have, the default first."""

    tier: str
    smallest_gib: int
    step_gib: int
    largest_gib: int
    location: str
    protocols: tuple[str, ...]
    customer_key: bool  # it can be encrypted with a key of the customer's
    source: str
    as_of: date

    def next_legal(self, asked_gib: int) -> int:
        """The smallest legal size that holds `asked_gib`."""
        beyond = max(asked_gib - self.smallest_gib, 0)
        return self.smallest_gib + -(-beyond // self.step_gib) * self.step_gib


@record
class Quota:
    """A quota of the Cloud Quotas API; `unit` says what it counts: `gpus`, `chips` or `vcpus`, by region."""

    key: str
    capacity_type: str
    id: str
    unit: str
    source: str
    as_of: date


@record
class NameLimit:
    """The fewest and most characters of a physical name, and a regular expression that it matches as a whole."""

    shortest: int
    longest: int
    pattern: str
    source: str
    as_of: date


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
        self._slices = self._table("tpu_slices", columns("accelerator topology machine hosts source as_of"), 2)
        self._lustre = self._table(
            "lustre", columns("throughput_mbps_per_tib smallest_gib step_gib largest_gib source as_of"), 1
        )
        self._filestore = self._table(
            "filestore",
            columns("tier smallest_gib step_gib largest_gib location protocols customer_key source as_of"),
            1,
        )
        self._names = self._table("names", columns("kind shortest longest pattern source as_of"), 1)
        self._defaults = self._table("defaults", columns("key value why source as_of"), 1)
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
        return _fabric(row) if row else None

    def tpu_slice(self, accelerator: str, topology: str) -> TpuSlice | None:
        row = self._slices.find(accelerator, topology)
        return _slice(row) if row else None

    def tpu_topologies(self, accelerator: str) -> tuple[str, ...]:
        """The topologies in which slices of a TPU are sold, by size; none for anything else."""
        return tuple(topology for name, topology in self._slices.all_keys() if name == accelerator)

    def lustre_steps(self) -> tuple[LustreStep, ...]:
        """The sizes on sale, by throughput."""
        return tuple(_lustre_step(row) for row in self._lustre.rows())

    def filestore(self, tier: str) -> FilestoreTier | None:
        """A tier by its API name (`ZONAL`)."""
        row = self._filestore.find(tier)
        return _filestore_tier(row) if row else None

    def filestore_tiers(self) -> tuple[FilestoreTier, ...]:
        return tuple(_filestore_tier(row) for row in self._filestore.rows())

    def name_limit(self, kind: str) -> NameLimit:
        """What Google Cloud takes as the name of a `cluster`, `node-pool`, … Raises CatalogError for another kind."""
        row = self._names.find(kind)
        if row is None:
            raise CatalogError(f"names.csv has no {kind!r}")
        shortest, longest = row.whole("shortest"), row.whole("longest")
        return NameLimit(shortest, longest, row.text("pattern"), row.text("source"), row.day("as_of"))

    def default(self, key: str) -> str:
        """What the plan takes where the spec says nothing: see `defaults.csv`. Raises CatalogError for another key."""
        row = self._defaults.find(key)
        if row is None:
            raise CatalogError(f"defaults.csv has no {key!r}")
        return row.text("value")

    def quota(self, key: str, capacity_type: str) -> Quota | None:
        """The quota of a `GcpMachine.quota`; None where no source gives one, or none is consumed (block)."""
        row = self._quotas.find(key, capacity_type)
        return _quota(row) if row else None

    def services(self, purpose: str) -> tuple[str, ...]:
        """The APIs that a purpose needs: `cluster`, `key`, `bucket`, `lustre`, `filestore`, `budget`, `alerts`, …"""
        return tuple(row.text("service") for row in self._apis.rows() if purpose in row.words("purposes"))

    def _machine(self, row: Row) -> GcpMachine:
        accelerator = row.text("accelerator") or None
        return GcpMachine(
            name=row.text("name"),
            accelerator=accelerator,
            accelerator_count=row.whole("accelerator_count"),
            accelerator_memory_gib=row.number("accelerator_memory_gib") if accelerator else 0.0,
            vcpus=row.whole("vcpus"),
            memory_gib=row.number("memory_gib"),
            architecture=row.text("architecture"),
            nvme_gb=row.whole("nvme_gb"),
            nvme_disks=row.whole("local_ssds"),
            network_gbps=row.number("network_gbps"),
            fabric=row.text("fabric") or None,
            fabric_gbps=row.number("fabric_gbps"),
            capacity_types=row.words("capacity_types"),
            preferred=row.whole("preferred"),
            min_kubernetes=row.text("min_kubernetes"),
            refused="",
            source=row.text("source"),
            as_of=row.day("as_of"),
            guest_accelerator=row.text("guest_accelerator"),
            tpu_label=row.text("tpu_label"),
            local_ssds=row.whole("local_ssds"),
            ssd_counts=row.indexes("ssd_counts"),
            gvnic_networks=row.whole("gvnic_networks"),
            gpu_nics=row.whole("gpu_nics"),
            disk_types=row.words("disk_types"),
            compact=row.words("compact"),
            compact_limit=row.whole_or_none("compact_limit"),
            domain_topology=row.text("domain_topology"),
            domain_nodes=row.whole("domain_nodes"),
            secure_boot=row.flag("secure_boot"),
            fast_socket=row.flag("fast_socket"),
            driver=row.text("driver"),
            gpu_family=row.text("gpu_family"),
            quota=row.text("quota"),
            mig_profiles=row.words("mig_profiles"),
        )


@cache
def catalog() -> GcpCatalog:
    """The shipped catalogue, one object for the process: the same that `components.catalog.load("gcp")` gives."""
    return GcpCatalog()


def _fabric(row: Row) -> Fabric:
    return Fabric(
        name=row.text("name"),
        mtu=row.whole("mtu"),
        host_mtu=row.whole("host_mtu"),
        networks=row.text("networks"),
        profile=row.text("profile"),
        device_mode=row.text("device_mode"),
        firewall=row.flag("firewall"),
        subnets_made=row.flag("subnets_made"),
        objects_floors=row.words("objects_floors"),
        dranet_floor=row.text("dranet_floor"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )


def _slice(row: Row) -> TpuSlice:
    return TpuSlice(
        accelerator=row.text("accelerator"),
        topology=row.text("topology"),
        machine=row.text("machine"),
        hosts=row.whole("hosts"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )


def _lustre_step(row: Row) -> LustreStep:
    return LustreStep(
        throughput=row.whole("throughput_mbps_per_tib"),
        smallest_gib=row.whole("smallest_gib"),
        step_gib=row.whole("step_gib"),
        largest_gib=row.whole_or_none("largest_gib"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )


def _filestore_tier(row: Row) -> FilestoreTier:
    return FilestoreTier(
        tier=row.text("tier"),
        smallest_gib=row.whole("smallest_gib"),
        step_gib=row.whole("step_gib"),
        largest_gib=row.whole("largest_gib"),
        location=row.text("location"),
        protocols=row.words("protocols"),
        customer_key=row.flag("customer_key"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )


def _quota(row: Row) -> Quota:
    return Quota(
        key=row.text("key"),
        capacity_type=row.text("capacity_type"),
        id=row.text("id"),
        unit=row.text("unit"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )
