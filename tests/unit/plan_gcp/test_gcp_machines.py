"""Every machine that Google Cloud sells with accelerators, planned: what its node pool says.

Typed in from Compute Engine's page on accelerator-optimized machines, GKE's page on TPU machine types, the tables of
GKE's own cluster autoscaler, and for placement and capacity the page on consumption models of AI Hypercomputer.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from components.catalog.gcp import catalog
from components.plan.gcp.model import GcpClusterPlan, NodePool
from tests.support.gcp_specs import reserved
from tests.support.gcp_values import gcp_plan

ROWS = catalog()


class Row(NamedTuple):
    """What a node pool of two machines says; `interfaces` and `vpcs` are those beside the host's."""

    accelerator: str  # guest accelerator, or the TPU's Kubernetes label
    count: int
    disk: str
    ssds: int
    interfaces: int = 0
    vpcs: int = 0
    compact: bool = False
    driver: str | None = "DEFAULT"
    fabric: str | None = None
    capacity: str = "on-demand"
    fast_socket: bool = False


def a2(count: int, kind: str, ssds: int) -> Row:
    return Row(kind, count, "pd-balanced", ssds, fast_socket=True)


def g2(count: int) -> Row:
    return Row("nvidia-l4", count, "pd-balanced", 0, fast_socket=True)


def g4(count: int, interfaces: int = 0) -> Row:
    return Row("nvidia-rtx-pro-6000", count, "hyperdisk-balanced", 0, interfaces, interfaces, driver="LATEST")


def tpu(label: str, count: int, disk: str = "pd-balanced") -> Row:
    return Row(label, count, disk, 0, driver=None)


A100, A100_80 = "nvidia-tesla-a100", "nvidia-a100-80gb"
H100, MEGA = "nvidia-h100-80gb", "nvidia-h100-mega-80gb"
V5E, V6E = "tpu-v5-lite-podslice", "tpu-v6e-slice"
RDMA = {"disk": "hyperdisk-balanced", "driver": "LATEST", "vpcs": 2, "fabric": "rdma"}

MACHINES: dict[str, Row] = {
    **{f"a2-highgpu-{n}g": a2(n, A100, 0) for n in (1, 2, 4, 8)},
    "a2-megagpu-16g": a2(16, A100, 0),
    **{f"a2-ultragpu-{n}g": a2(n, A100_80, n) for n in (1, 2, 4, 8)},
    **{f"a3-highgpu-{n}g": Row(H100, n, "pd-balanced", 2 * n, capacity="spot") for n in (1, 2, 4)},
    "a3-highgpu-8g": Row(H100, 8, "pd-balanced", 16, 4, 4, compact=True, fabric="tcpx"),
    "a3-megagpu-8g": Row(MEGA, 8, "pd-balanced", 16, 8, 8, compact=True, fabric="tcpxo"),
    "a3-edgegpu-8g": Row(H100, 8, "pd-balanced", 16, 4, 4, fabric="tcpx"),
    "a3-edgegpu-8g-nolssd": Row(H100, 8, "pd-balanced", 0, 4, 4, fabric="tcpx"),
    "a3-ultragpu-8g": Row("nvidia-h200-141gb", 8, ssds=32, interfaces=9, capacity="spot", **RDMA),
    "a4-highgpu-8g": Row("nvidia-b200", 8, ssds=32, interfaces=9, capacity="spot", **RDMA),
    "a4x-highgpu-4g": Row("nvidia-gb200", 4, ssds=4, interfaces=5, capacity="reservation", **RDMA),
    "a4x-maxgpu-4g-metal": Row(
        "nvidia-gb300", 4, "hyperdisk-balanced", 4, driver="LATEST", fabric="rdma-metal", capacity="reservation"
    ),
    **{f"g2-standard-{n}": g2(1) for n in (4, 8, 12, 16, 32)},
    **{f"g2-standard-{24 * n}": g2(n) for n in (2, 4)},
    "g2-standard-24": g2(2),
    "g2-standard-48": g2(4),
    "g2-standard-96": g2(8),
    "g4-standard-48": g4(1),
    "g4-standard-96": g4(2),
    "g4-standard-192": g4(4),
    "g4-standard-384": g4(8, interfaces=1),
    **{f"ct5lp-hightpu-{n}t": tpu(V5E, n) for n in (1, 4, 8)},
    "ct5p-hightpu-4t": tpu("tpu-v5p-slice", 4),
    **{f"ct6e-standard-{n}t": tpu(V6E, n, "hyperdisk-balanced") for n in (1, 4, 8)},
    "tpu7x-standard-4t": tpu("tpu7x", 4, "hyperdisk-balanced"),
    "ct4p-hightpu-4t": tpu("tpu-v4-podslice", 4),
}


def planned(machine: str) -> GcpClusterPlan:
    """Two nodes of a machine, in a region and zone that the catalogue knows of, with its fabric if it has one."""
    row = MACHINES[machine]
    region = next(iter(ROWS.regions_offering(machine)), "us-central1")
    zone = (ROWS.offered_zones(machine, region) or [f"{region}-a"])[0]
    rung: Any = reserved(2, zone) if row.capacity == "reservation" else row.capacity
    pool = {"machine": machine, "nodes": 2, "fabric": "required" if row.fabric else "none", "capacity": [rung]}
    way = {"software.pod_networks": "dranet"} if row.fabric == "rdma-metal" else {}
    return gcp_plan({"region": region, "pools.train": {**pool, "zones": [zone]}, **way})


@pytest.fixture(scope="module")
def pools() -> dict[str, NodePool]:
    return {machine: planned(machine).pools[0].rungs[0].groups[0] for machine in MACHINES}


def test_every_machine_of_the_catalogue_is_here() -> None:
    """Fractions of an RTX PRO 6000 are planned by name alone, and tested below."""
    parts = {"g4-standard-6", "g4-standard-12", "g4-standard-24"}
    assert {name for name, one in ROWS.machines.items() if one.accelerator} == set(MACHINES) | parts


@pytest.mark.parametrize("machine", MACHINES)
def test_a_node_pool_of_it(pools: dict[str, NodePool], machine: str) -> None:
    row, pool = MACHINES[machine], pools[machine]
    gpu = row.driver is not None
    assert pool.machine_type == machine
    assert (pool.guest_accelerator, pool.guest_accelerator_count) == (
        (row.accelerator, row.count) if gpu else (None, 0)
    )
    assert pool.driver_version == row.driver
    assert pool.disk_type == row.disk
    assert (pool.local_ssds, pool.local_ssd_use) == (row.ssds, "ephemeral" if row.ssds else None)
    assert len(pool.interfaces) == row.interfaces
    assert len({one.network for one in pool.interfaces}) == row.vpcs
    assert pool.compact is row.compact
    assert pool.fast_socket is row.fast_socket
    assert pool.taints == (("nvidia.com/gpu" if gpu else "google.com/tpu", "present", "NO_SCHEDULE"),)
    assert (pool.max_surge, pool.max_unavailable) == (0, 1)
    assert pool.image_type == "COS_CONTAINERD"
    assert len(pool.zones) == 1


@pytest.mark.parametrize("machine", [name for name in MACHINES if MACHINES[name].driver is None])
def test_tpus_have_the_label_of_their_kind(machine: str) -> None:
    assert ROWS.machines[machine].tpu_label == MACHINES[machine].accelerator


@pytest.mark.parametrize("machine", MACHINES)
def test_only_bare_metal_cannot_boot_securely(pools: dict[str, NodePool], machine: str) -> None:
    """GKE, A4X Max: shielded nodes are off."""
    assert pools[machine].secure_boot is (machine != "a4x-maxgpu-4g-metal")


@pytest.mark.parametrize("machine", MACHINES)
def test_only_racks_have_a_workload_policy(pools: dict[str, NodePool], machine: str) -> None:
    """An A4X rack is an NVLink domain of 72 GPUs in 18 machines."""
    assert pools[machine].workload_topology == ("1x72" if machine.startswith("a4x-") else None)


def test_bare_metal_reaches_its_fabric_by_dranet_alone() -> None:
    plan = planned("a4x-maxgpu-4g-metal")
    pool = plan.pools[0].rungs[0].groups[0]
    assert pool.accelerator_network_profile == "auto"
    assert pool.labels["cloud.google.com/gke-networking-dra-driver"] == "true"
    assert (plan.pod_networks, plan.multi_networking, plan.network.nic_networks) == ("dranet", False, ())


@pytest.mark.parametrize(("machine", "of"), [("g4-standard-6", 6), ("g4-standard-12", 12), ("g4-standard-24", 24)])
def test_a_part_of_a_gpu_is_had_by_the_machines_name_alone(machine: str, of: int) -> None:
    plan = gcp_plan({"pools.train": {"machine": machine, "nodes": 1}})
    assert plan.pools[0].machine == f"g4-standard-{of}"
    whole = gcp_plan({"pools.train": {"accelerator": "RTX-PRO-6000:1", "nodes": 1}}).pools[0]
    assert machine not in (whole.machine, *whole.alternatives)
