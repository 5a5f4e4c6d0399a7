"""Networks and storage follow the catalogue's facts: one fact changed in a copy of the data changes the plan."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.catalog.base import DATA
from components.catalog.gcp import GcpCatalog
from components.plan.gcp.model import GcpClusterPlan
from tests.support.gcp_values import gcp_plan

MEGA = {"pools": {"train": {"machine": "a3-megagpu-8g", "nodes": 2, "fabric": "required"}}}
ULTRA = {"pools": {"train": {"machine": "a3-ultragpu-8g", "nodes": 2, "fabric": "required", "capacity": ["spot"]}}}
STORED = {
    "storage.scratch": {"kind": "parallel", "capacity": "4800GiB"},
    "storage.home": {"kind": "shared", "capacity": "1025GiB"},
}


def _rdma(plan: GcpClusterPlan) -> Any:
    return plan.network.nic_networks[-1]


# The fact: table, key columns, column, another value; the spec, what is looked at, before and after.
FLIPS: dict[str, tuple[str, dict[str, str], str, str, dict[str, Any], Callable[[GcpClusterPlan], Any], Any, Any]] = {
    "GPU interfaces": ("machines", {"name": "a3-megagpu-8g"}, "gpu_nics", "7", MEGA, lambda plan: len(plan.network.nic_networks), 8, 7),
    "gVNIC interfaces": ("machines", {"name": "a3-ultragpu-8g"}, "gvnic_networks", "2", ULTRA, lambda plan: len(plan.network.nic_networks), 2, 3),
    "one VPC for all": ("fabrics", {"name": "rdma"}, "networks", "per-interface", ULTRA, lambda plan: len(plan.network.nic_networks), 2, 9),
    "the profile": ("fabrics", {"name": "rdma"}, "profile", "vpc-falcon", ULTRA, lambda plan: _rdma(plan).profile, "us-central1-b-vpc-roce", "us-central1-b-vpc-falcon"),
    "the MTU": ("fabrics", {"name": "tcpxo"}, "mtu", "8896", MEGA, lambda plan: plan.network.nic_networks[0].mtu, 8244, 8896),
    "the host's MTU": ("fabrics", {"name": "tcpxo"}, "host_mtu", "8896", MEGA, lambda plan: plan.network.mtu, 8244, 8896),
    "the device mode": ("fabrics", {"name": "rdma"}, "device_mode", "NetDevice", ULTRA, lambda plan: plan.pools[0].rungs[0].groups[0].interfaces[-1].device_mode, "RDMA", "NetDevice"),
    "the step of Lustre": ("lustre", {"throughput_mbps_per_tib": "1000"}, "step_gib", "6000", STORED, lambda plan: plan.storage[0].given_gib, 9000, 12000),
    "the step of Filestore": ("filestore", {"tier": "ZONAL"}, "step_gib", "512", STORED, lambda plan: plan.storage[1].given_gib, 1280, 1536),
    "the tier of Filestore": ("defaults", {"key": "filestore-tier"}, "value", "REGIONAL", STORED, lambda plan: getattr(plan.storage[1], "location", ""), "us-central1-a", "us-central1"),
    "an API of Lustre": ("services", {"service": "lustre.googleapis.com"}, "purposes", "filestore", {"storage.scratch": STORED["storage.scratch"]}, lambda plan: "lustre.googleapis.com" in plan.services, True, False),
}  # fmt: skip


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    """A copy of the shipped data that may be damaged."""
    shutil.copytree(DATA / "gcp", tmp_path / "data" / "gcp")
    shutil.copy(DATA / "accelerators.csv", tmp_path / "data")
    return tmp_path / "data" / "gcp"


@pytest.mark.parametrize("fact", FLIPS)
def test_one_fact_changed_changes_the_plan(copied, fact):
    table, key, column, value, changes, look, before, after = FLIPS[fact]
    assert look(gcp_plan(changes)) == before
    path = copied / f"{table}.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    hit = [row for row in rows if all(row[name] == one for name, one in key.items())]
    assert len(hit) == 1
    hit[0][column] = value
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    assert look(gcp_plan(changes, GcpCatalog(copied))) == after
