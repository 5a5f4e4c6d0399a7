"""TPU machines and slices, typed in here from the documentation: a change of one in the data must fail here."""

from __future__ import annotations

import pytest

from components.catalog.gcp import GcpMachine, catalog

GCP = catalog()


def machine(name: str) -> GcpMachine:
    found = GCP.machine(name)
    assert found is not None, name
    return found


# GKE docs, plan TPUs (2026-08-26); Cloud TPU docs v5e, v6e, TPU7x: chips, vCPUs, memory, HBM in GiB, label, Gbit/s.
@pytest.mark.parametrize(
    ("name", "tpu", "chips", "vcpus", "ram", "hbm", "label", "gbps"),
    [
        ("ct4p-hightpu-4t", "TPU-v4", 4, 240, 407, 32, "tpu-v4-podslice", 200),
        ("ct5lp-hightpu-1t", "TPU-v5e", 1, 24, 48, 16, "tpu-v5-lite-podslice", 25),
        ("ct5lp-hightpu-4t", "TPU-v5e", 4, 112, 192, 16, "tpu-v5-lite-podslice", 100),
        ("ct5lp-hightpu-8t", "TPU-v5e", 8, 224, 384, 16, "tpu-v5-lite-podslice", 200),
        ("ct5p-hightpu-4t", "TPU-v5p", 4, 208, 448, 95, "tpu-v5p-slice", 200),
        ("ct6e-standard-1t", "TPU-v6e", 1, 44, 176, 32, "tpu-v6e-slice", 100),
        ("ct6e-standard-4t", "TPU-v6e", 4, 180, 720, 32, "tpu-v6e-slice", 400),
        ("ct6e-standard-8t", "TPU-v6e", 8, 180, 1440, 32, "tpu-v6e-slice", 800),
        ("tpu7x-standard-4t", "TPU-7x", 4, 224, 960, 192, "tpu7x", 400),
    ],
)
def test_tpu_machines(name: str, tpu: str, chips: int, vcpus: int, ram: int, hbm: int, label: str, gbps: int) -> None:
    found = machine(name)
    assert (found.accelerator, found.accelerator_count, found.accelerator_memory_gib) == (tpu, chips, hbm)
    assert (found.vcpus, found.memory_gib, found.tpu_label, found.network_gbps) == (vcpus, ram, label, gbps)


def test_links_of_tpus_count_in_one_direction() -> None:
    # The pages give both directions together: 400 GB/s a chip of v5e, 800 of v6e, 1,200 of v5p and TPU7x.
    for name, both in (("ct5lp-hightpu-4t", 400), ("ct6e-standard-4t", 800), ("ct5p-hightpu-4t", 1200)):
        found = machine(name)
        assert (found.fabric, found.fabric_gbps_per_accelerator) == ("ici", both * 8 / 2)
    # Slices of one machine alone.
    for name in ("ct5lp-hightpu-1t", "ct5lp-hightpu-8t", "ct6e-standard-1t", "ct6e-standard-8t"):
        assert machine(name).fabric is None, name


# The topologies of the same pages, each with its machine and how many of it.
@pytest.mark.parametrize(
    ("tpu", "machines"),
    [
        ("TPU-v5e", "ct5lp-hightpu"),
        ("TPU-v6e", "ct6e-standard"),
    ],
)
def test_flat_slices(tpu: str, machines: str) -> None:
    expected = {
        "1x1": ("1t", 1),
        "2x2": ("4t", 1),
        "2x4": ("8t", 1),
        "4x4": ("4t", 4),
        "4x8": ("4t", 8),
        "8x8": ("4t", 16),
        "8x16": ("4t", 32),
        "16x16": ("4t", 64),
    }
    assert GCP.tpu_topologies(tpu) == tuple(expected)
    for topology, (size, hosts) in expected.items():
        found = GCP.tpu_slice(tpu, topology)
        assert found is not None
        assert (found.machine, found.hosts, found.policy) == (f"{machines}-{size}", hosts, "topology")


@pytest.mark.parametrize(
    ("tpu", "name", "policy"),
    [
        ("TPU-v4", "ct4p-hightpu-4t", "topology"),
        ("TPU-v5p", "ct5p-hightpu-4t", "topology"),
        ("TPU-7x", "tpu7x-standard-4t", "workload"),  # GKE docs, about Ironwood
    ],
)
def test_slices_of_three_dimensions(tpu: str, name: str, policy: str) -> None:
    hosts = {"2x2x1": 1, "2x2x2": 2, "2x2x4": 4, "2x4x4": 8, "4x4x4": 16, "4x4x8": 32, "8x16x16": 512}
    assert hosts.keys() <= set(GCP.tpu_topologies(tpu))
    for topology, count in hosts.items():
        found = GCP.tpu_slice(tpu, topology)
        assert found is not None
        assert (found.machine, found.hosts, found.policy) == (name, count, policy)
