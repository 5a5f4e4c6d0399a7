"""The facts of Google Cloud, as records and as their rows are read: machines, fabrics, slices, storage sizes, quotas."""

from __future__ import annotations

from datetime import date

from components.catalog.model import Machine
from components.catalog.tables import Row
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
    """A slice of TPUs by its topology: the machine type and how many of it make the slice.

    `policy` is how several hosts are told of it: `topology` (of the pool's placement) or `workload` (a workload policy).
    """

    accelerator: str
    topology: str
    machine: str
    hosts: int
    policy: str
    source: str
    as_of: date


@record
class LustreStep:
    """The sizes of Managed Lustre at a throughput (MB/s for each TiB), in GiB.

    They are the multiples of the step from the smallest on, and above `coarse_above_gib` those of the coarse step. An
    instance does not grow across that border.
    """

    throughput: int
    smallest_gib: int
    step_gib: int
    coarse_above_gib: int | None
    coarse_step_gib: int | None
    largest_gib: int
    source: str
    as_of: date

    def next_legal(self, asked_gib: int) -> int:
        """The smallest legal size that holds `asked_gib`; it may be beyond the largest."""
        return _next_legal(self, asked_gib)


@record
class FilestoreTier:
    """A tier by its API name, and its sizes in GiB, as those of Lustre.

    `location` is `zone` or `region`; `protocols` are those that a share of it may have, the default first;
    `customer_key`: it can be encrypted with a key of the customer's.
    """

    tier: str
    smallest_gib: int
    step_gib: int
    coarse_above_gib: int | None
    coarse_step_gib: int | None
    largest_gib: int
    location: str
    protocols: tuple[str, ...]
    customer_key: bool
    source: str
    as_of: date

    def next_legal(self, asked_gib: int) -> int:
        """The smallest legal size that holds `asked_gib`; it may be beyond the largest."""
        return _next_legal(self, asked_gib)


@record
class Quota:
    """A quota of the Cloud Quotas API; `unit` says what it counts: `gpus`, `chips` or `vcpus`, by region."""

    key: str
    capacity_type: str
    id: str
    unit: str
    source: str
    as_of: date


def _next_legal(sizes: LustreStep | FilestoreTier, asked_gib: int) -> int:
    asked, step = max(asked_gib, sizes.smallest_gib), sizes.step_gib
    if sizes.coarse_above_gib is not None and sizes.coarse_step_gib is not None and asked > sizes.coarse_above_gib:
        step = sizes.coarse_step_gib
    return -(-asked // step) * step


def machine_of(row: Row) -> GcpMachine:
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


def fabric_of(row: Row) -> Fabric:
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


def slice_of(row: Row) -> TpuSlice:
    return TpuSlice(
        accelerator=row.text("accelerator"),
        topology=row.text("topology"),
        machine=row.text("machine"),
        hosts=row.whole("hosts"),
        policy=row.text("policy"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )


def lustre_step_of(row: Row) -> LustreStep:
    return LustreStep(
        throughput=row.whole("throughput_mbps_per_tib"),
        smallest_gib=row.whole("smallest_gib"),
        step_gib=row.whole("step_gib"),
        coarse_above_gib=row.whole_or_none("coarse_above_gib"),
        coarse_step_gib=row.whole_or_none("coarse_step_gib"),
        largest_gib=row.whole("largest_gib"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )


def filestore_tier_of(row: Row) -> FilestoreTier:
    return FilestoreTier(
        tier=row.text("tier"),
        smallest_gib=row.whole("smallest_gib"),
        step_gib=row.whole("step_gib"),
        coarse_above_gib=row.whole_or_none("coarse_above_gib"),
        coarse_step_gib=row.whole_or_none("coarse_step_gib"),
        largest_gib=row.whole("largest_gib"),
        location=row.text("location"),
        protocols=row.words("protocols"),
        customer_key=row.flag("customer_key"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )


def quota_of(row: Row) -> Quota:
    return Quota(
        key=row.text("key"),
        capacity_type=row.text("capacity_type"),
        id=row.text("id"),
        unit=row.text("unit"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )
