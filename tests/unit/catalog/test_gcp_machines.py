"""GPU machines of Google Cloud, typed in here from its documentation: a change of one in the data must fail here."""

from __future__ import annotations

import pytest

from components.catalog.gcp import GcpMachine, catalog

GCP = catalog()


def machine(name: str) -> GcpMachine:
    found = GCP.machine(name)
    assert found is not None, name
    return found


# https://docs.cloud.google.com/compute/docs/gpus (2026-08-26): every accelerator-optimized machine type, with memory in
# GiB, the network's Gbit/s, bundled local SSDs in GiB, and the memory of one GPU. SSDs that may be added: the same page
# and https://docs.cloud.google.com/compute/docs/disks/local-ssd.
GPU_MACHINES = [
    ("a2-highgpu-1g", "A100-40GB", 1, 40, 12, 85, 0, 24),
    ("a2-highgpu-2g", "A100-40GB", 2, 40, 24, 170, 0, 32),
    ("a2-highgpu-4g", "A100-40GB", 4, 40, 48, 340, 0, 50),
    ("a2-highgpu-8g", "A100-40GB", 8, 40, 96, 680, 0, 100),
    ("a2-megagpu-16g", "A100-40GB", 16, 40, 96, 1360, 0, 100),
    ("a2-ultragpu-1g", "A100-80GB", 1, 80, 12, 170, 375, 24),
    ("a2-ultragpu-2g", "A100-80GB", 2, 80, 24, 340, 750, 32),
    ("a2-ultragpu-4g", "A100-80GB", 4, 80, 48, 680, 1500, 50),
    ("a2-ultragpu-8g", "A100-80GB", 8, 80, 96, 1360, 3000, 100),
    ("a3-highgpu-1g", "H100", 1, 80, 26, 234, 750, 25),
    ("a3-highgpu-2g", "H100", 2, 80, 52, 468, 1500, 50),
    ("a3-highgpu-4g", "H100", 4, 80, 104, 936, 3000, 100),
    ("a3-highgpu-8g", "H100", 8, 80, 208, 1872, 6000, 1000),
    ("a3-edgegpu-8g", "H100", 8, 80, 208, 1872, 6000, 400),
    ("a3-edgegpu-8g-nolssd", "H100", 8, 80, 208, 1872, 0, 400),
    ("a3-megagpu-8g", "H100", 8, 80, 208, 1872, 6000, 1800),
    ("a3-ultragpu-8g", "H200", 8, 141, 224, 2952, 12000, 3600),
    ("a4-highgpu-8g", "B200", 8, 180, 224, 3968, 12000, 3600),
    ("a4x-highgpu-4g", "GB200", 4, 186, 140, 884, 12000, 2000),
    ("a4x-maxgpu-4g-metal", "GB300", 4, 279, 144, 960, 12000, 3600),
    ("g2-standard-4", "L4", 1, 24, 4, 16, 0, 10),
    ("g2-standard-8", "L4", 1, 24, 8, 32, 0, 16),
    ("g2-standard-12", "L4", 1, 24, 12, 48, 0, 16),
    ("g2-standard-16", "L4", 1, 24, 16, 64, 0, 32),
    ("g2-standard-32", "L4", 1, 24, 32, 128, 0, 32),
    ("g2-standard-24", "L4", 2, 24, 24, 96, 0, 32),
    ("g2-standard-48", "L4", 4, 24, 48, 192, 0, 50),
    ("g2-standard-96", "L4", 8, 24, 96, 384, 0, 100),
    ("g4-standard-6", "RTX-PRO-6000", 1, 12, 6, 22, 0, 20),
    ("g4-standard-12", "RTX-PRO-6000", 1, 24, 12, 45, 0, 20),
    ("g4-standard-24", "RTX-PRO-6000", 1, 48, 24, 90, 0, 20),
    ("g4-standard-48", "RTX-PRO-6000", 1, 96, 48, 180, 0, 50),
    ("g4-standard-96", "RTX-PRO-6000", 2, 96, 96, 360, 0, 100),
    ("g4-standard-192", "RTX-PRO-6000", 4, 96, 192, 720, 0, 200),
    ("g4-standard-384", "RTX-PRO-6000", 8, 96, 384, 1440, 0, 400),
]


@pytest.mark.parametrize(("name", "gpu", "count", "gpu_memory", "vcpus", "ram", "ssd_gib", "gbps"), GPU_MACHINES)
def test_gpu_machines(
    name: str, gpu: str, count: int, gpu_memory: int, vcpus: int, ram: int, ssd_gib: int, gbps: int
) -> None:
    found = machine(name)
    assert (found.accelerator, found.accelerator_count, found.accelerator_memory_gib) == (gpu, count, gpu_memory)
    assert (found.vcpus, found.memory_gib, found.network_gbps) == (vcpus, ram, gbps)
    assert found.nvme_gb == round(ssd_gib * 2**30 / 10**9)
    assert found.local_ssds == (4 if name.startswith("a4x") else ssd_gib // 375)


def test_every_gpu_machine_stands_in_this_file() -> None:
    assert {case[0] for case in GPU_MACHINES} == {name for name, one in GCP.machines.items() if one.guest_accelerator}


# The names that GKE takes as `guest_accelerators.type`: the same page.
@pytest.mark.parametrize(
    ("name", "type"),
    [
        ("a2-highgpu-8g", "nvidia-tesla-a100"),
        ("a2-megagpu-16g", "nvidia-tesla-a100"),
        ("a2-ultragpu-8g", "nvidia-a100-80gb"),
        ("a3-highgpu-8g", "nvidia-h100-80gb"),
        ("a3-edgegpu-8g", "nvidia-h100-80gb"),
        ("a3-megagpu-8g", "nvidia-h100-mega-80gb"),
        ("a3-ultragpu-8g", "nvidia-h200-141gb"),
        ("a4-highgpu-8g", "nvidia-b200"),
        ("a4x-highgpu-4g", "nvidia-gb200"),
        ("a4x-maxgpu-4g-metal", "nvidia-gb300"),
        ("g2-standard-8", "nvidia-l4"),
        ("g4-standard-48", "nvidia-rtx-pro-6000"),
        ("ct6e-standard-4t", ""),
        ("e2-standard-4", ""),
    ],
)
def test_accelerator_types(name: str, type: str) -> None:
    assert machine(name).guest_accelerator == type


# GKE cluster-autoscaler, machine tables; local SSD page. Titanium SSD of G4: the largest number that the GPU page gives.
@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("a2-highgpu-1g", (1, 2, 4, 8)),
        ("a2-highgpu-2g", (2, 4, 8)),
        ("a2-highgpu-4g", (4, 8)),
        ("a2-highgpu-8g", (8,)),
        ("a2-megagpu-16g", (8,)),
        ("g2-standard-4", (1,)),
        ("g2-standard-32", (1,)),
        ("g2-standard-24", (2,)),
        ("g2-standard-48", (4,)),
        ("g2-standard-96", (8,)),
        ("g4-standard-6", ()),
        ("g4-standard-12", (1,)),
        ("g4-standard-24", (2,)),
        ("g4-standard-48", (4,)),
        ("g4-standard-96", (8,)),
        ("g4-standard-192", (16,)),
        ("g4-standard-384", (32,)),
        ("a3-megagpu-8g", ()),
    ],
)
def test_local_ssds_that_may_be_added(name: str, counts: tuple[int, ...]) -> None:
    assert machine(name).ssd_counts == counts


# Interfaces: GKE's guides to GPUDirect and to AI clusters; 200 Gbit/s a GPU interface on A3 High and Mega, 400 with RDMA.
@pytest.mark.parametrize(
    ("name", "fabric", "gpu_nics", "others", "gbps", "each"),
    [
        ("a2-highgpu-8g", None, 0, 0, 0, 0),
        ("a3-highgpu-1g", None, 0, 0, 0, 0),
        ("a3-highgpu-4g", None, 0, 0, 0, 0),
        ("a3-highgpu-8g", "tcpx", 4, 0, 800, 100),
        ("a3-edgegpu-8g", "tcpx", 4, 0, 320, 40),
        ("a3-megagpu-8g", "tcpxo", 8, 0, 1600, 200),
        ("a3-ultragpu-8g", "rdma", 8, 1, 3200, 400),
        ("a4-highgpu-8g", "rdma", 8, 1, 3200, 400),
        ("a4x-highgpu-4g", "rdma", 4, 1, 1600, 400),
        ("a4x-maxgpu-4g-metal", "rdma-metal", 8, 0, 3200, 800),
        ("g2-standard-96", None, 0, 0, 0, 0),
        ("g4-standard-192", None, 0, 0, 0, 0),
        ("g4-standard-384", None, 0, 1, 0, 0),
    ],
)
def test_interfaces(name: str, fabric: str | None, gpu_nics: int, others: int, gbps: int, each: int) -> None:
    found = machine(name)
    assert (found.fabric, found.gpu_nics, found.gvnic_networks) == (fabric, gpu_nics, others)
    assert (found.fabric_gbps, found.fabric_gbps_per_accelerator) == (gbps, each)


# AI Hypercomputer docs, consumption options (2026-04-06); Compute Engine docs, accelerator-optimized machines.
EVERY = {"on-demand", "spot", "reservation", "block", "flex"}


@pytest.mark.parametrize(
    ("names", "sold"),
    [
        ("a2-highgpu-1g a2-megagpu-16g a2-ultragpu-8g", EVERY - {"block"}),
        ("a3-highgpu-1g a3-highgpu-2g a3-highgpu-4g", {"spot", "flex"}),
        ("a3-highgpu-8g a3-megagpu-8g", EVERY),
        ("a3-edgegpu-8g", {"on-demand", "spot"}),
        ("a3-ultragpu-8g a4-highgpu-8g", EVERY - {"on-demand"}),
        ("a4x-highgpu-4g a4x-maxgpu-4g-metal", {"reservation"}),
        ("g2-standard-4 g2-standard-96 g4-standard-48 g4-standard-384", EVERY - {"block"}),
        # Cloud TPU docs, plan your resources (2026-05-08).
        ("ct5lp-hightpu-4t ct5p-hightpu-4t ct6e-standard-4t tpu7x-standard-4t", EVERY),
    ],
)
def test_how_machines_are_sold(names: str, sold: set[str]) -> None:
    for name in names.split():
        assert set(machine(name).capacity_types) == sold, name


# https://docs.cloud.google.com/compute/docs/accelerator-optimized-machines: which disks each machine boots from.
@pytest.mark.parametrize(
    ("names", "first", "hard_disk"),
    [
        ("a2-highgpu-8g a2-ultragpu-8g g2-standard-8 e2-standard-4 n2-standard-4", "pd-balanced", True),
        ("a3-highgpu-8g a3-megagpu-8g c3-standard-4", "pd-balanced", False),
        ("a3-ultragpu-8g a4-highgpu-8g a4x-highgpu-4g a4x-maxgpu-4g-metal g4-standard-48", "hyperdisk-balanced", False),
        ("ct6e-standard-4t tpu7x-standard-4t n4-standard-4 c4-standard-4", "hyperdisk-balanced", False),
    ],
)
def test_boot_disks(names: str, first: str, hard_disk: bool) -> None:
    for name in names.split():
        types = machine(name).disk_types
        assert types[0] == first, name
        assert ("pd-standard" in types) == hard_disk, name
        if first == "hyperdisk-balanced":
            assert types == ("hyperdisk-balanced",), name


def test_compact_placement() -> None:
    # cluster-toolkit v1.95.0: with flex-start only A3 Ultra, A4 and H4D; with a reservation of those its own policy.
    assert machine("a3-ultragpu-8g").compact == ("flex",)
    assert machine("a4-highgpu-8g").compact == ("flex",)
    assert set(machine("a3-megagpu-8g").compact) == {"on-demand", "spot", "reservation"}
    assert "flex" not in machine("g2-standard-96").compact
    assert machine("a4x-highgpu-4g").compact == ()
    # Machines in a policy: https://docs.cloud.google.com/compute/docs/instances/placement-policies-overview.
    limits = {
        "a2-highgpu-8g": 150,
        "g2-standard-96": 150,
        "a3-highgpu-8g": 96,
        "a3-megagpu-8g": 96,
        "a4-highgpu-8g": 1500,
    }
    assert {name: machine(name).compact_limit for name in limits} == limits


def test_nvlink_domains() -> None:
    # 72 GPUs of a rack of 18 machines: https://www.nvidia.com/en-us/data-center/gb200-nvl72/.
    for name in ("a4x-highgpu-4g", "a4x-maxgpu-4g-metal"):
        found = machine(name)
        assert (found.domain_topology, found.domain_nodes, found.architecture) == ("1x72", 18, "arm64")
    assert (machine("a4-highgpu-8g").domain_topology, machine("a4-highgpu-8g").domain_nodes) == ("", 0)
    assert machine("a4-highgpu-8g").architecture == "x86_64"
    # Bare metal does not verify what it boots.
    assert not machine("a4x-maxgpu-4g-metal").secure_boot
    assert machine("a4x-highgpu-4g").secure_boot


def test_drivers_and_fast_socket() -> None:
    for name in ("a2-highgpu-8g", "g2-standard-8", "a3-highgpu-8g", "a3-megagpu-8g"):
        assert machine(name).driver == "DEFAULT", name
    for name in ("a3-ultragpu-8g", "a4-highgpu-8g", "a4x-highgpu-4g", "g4-standard-48"):
        assert machine(name).driver == "LATEST", name
    assert machine("ct6e-standard-4t").driver == machine("e2-standard-4").driver == ""
    # NCCL Fast Socket is for A2 and G2: GKE docs, improve workload efficiency with NCCL Fast Socket.
    fast = {name.split("-")[0] for name, one in GCP.machines.items() if one.fast_socket}
    assert fast == {"a2", "g2"}


# GKE docs: AI clusters, GPUs in Standard node pools (G4), Ironwood.
@pytest.mark.parametrize(
    ("name", "oldest"),
    [
        ("a3-ultragpu-8g", "1.31.4-gke.1183000"),
        ("a4-highgpu-8g", "1.32.2-gke.1475000"),
        ("a4x-highgpu-4g", "1.33.4-gke.1036000"),
        ("a4x-maxgpu-4g-metal", "1.34.3-gke.1318000"),
        ("g4-standard-48", "1.34.0-gke.1662000"),
        ("g4-standard-6", "1.35.2-gke.1485000"),
        ("tpu7x-standard-4t", "1.34.0-gke.2201000"),
        ("a3-megagpu-8g", ""),
        ("g2-standard-8", ""),
        ("ct6e-standard-4t", ""),
    ],
)
def test_first_gke_versions(name: str, oldest: str) -> None:
    assert machine(name).min_kubernetes == oldest
