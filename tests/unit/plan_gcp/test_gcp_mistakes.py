"""The checks that hold a plan to what GKE takes of node pools: each passes the planner's plan and refuses one broken property.

The numbers are those of a list of 21 common mistakes with clusters of accelerators on GKE; each check's docstring names
the issues. Those on networks, ranges and the way in stand in `test_gcp_network_checks.py`, those that are refused in the
spec beside what they are about, and what only the account knows is a finding, tested with the choice of machines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from components.catalog.gcp import catalog
from components.plan.gcp.checks import CHECKS, check_plan
from components.plan.gcp.model import GcpClusterPlan, Interface, ReservationUse
from components.plan.gcp.nodes import named
from components.plan.model import NodeCount
from components.plan.notes import Notes
from tests.support.gcp_specs import BLOCKED, RESERVED, reserved
from tests.support.gcp_values import gcp_plan

GANG = {"accelerator": "H100:8", "nodes": 4, "fabric": "required"}
PLAIN = gcp_plan({"pools.train": GANG})
RESERVE = gcp_plan({"pools.train": {**GANG, "capacity": [RESERVED]}})
CALENDAR = gcp_plan({"pools.train": {"accelerator": "B200:8", "nodes": 4, "fabric": "required", "capacity": [BLOCKED]}})
SPOT = gcp_plan({"pools.train": {"accelerator": "H200:8", "nodes": 2, "fabric": "required", "capacity": ["spot"]}})
FLEX = gcp_plan({"pools.train": {**GANG, "nodes": "0..4", "capacity": ["flex"]}})
QUEUED = gcp_plan({"pools.train": {**GANG, "nodes": "0..4", "capacity": ["flex"], "flex": {"queued": True}}})
RACK = gcp_plan(
    {"pools.train": {"accelerator": "GB200:4", "nodes": 18, "fabric": "required", "capacity": [reserved(18)]}}
)
TPU = gcp_plan({"pools.train": {"accelerator": "TPU-v6e:4x4", "nodes": 4, "fabric": "required"}})
L4 = gcp_plan(
    {
        "pools.train": {
            "accelerator": "L4:1",
            "nodes": "0..8",
            "fabric": "none",
            "zones": ["us-central1-a", "us-central1-b"],
        }
    }
)
DRANET = gcp_plan(
    {
        "software.pod_networks": "dranet",
        "pools.train": {"accelerator": "H200:8", "nodes": 2, "fabric": "required", "capacity": ["spot"]},
    }
)
COMPLIANT = {
    "plain": PLAIN, "reserved": RESERVE, "calendar": CALENDAR, "spot": SPOT, "flex": FLEX, "queued": QUEUED, "rack": RACK,
    "tpu": TPU, "l4": L4, "dranet": DRANET,
}  # fmt: skip

Change = Callable[[GcpClusterPlan], GcpClusterPlan]


def rung(**changes: Any) -> Change:
    def change(plan: GcpClusterPlan) -> GcpClusterPlan:
        pool = plan.pools[0]
        return replace(plan, pools=(replace(pool, rungs=(replace(pool.rungs[0], **changes),)),))

    return change


def group(*, rename: bool = True, **changes: Any) -> Change:
    """Another value in the first node pool, which gets the name that goes with it."""

    def change(plan: GcpClusterPlan) -> GcpClusterPlan:
        found = replace(plan.pools[0].rungs[0].groups[0], **changes)
        return rung(groups=(named(found, plan.key) if rename else found,))(plan)

    return change


def system(**changes: Any) -> Change:
    return lambda plan: replace(
        plan, system=replace(plan.system, group=named(replace(plan.system.group, **changes), plan.key))
    )


def whole(**changes: Any) -> Change:
    return lambda plan: replace(plan, **changes)


def two_zones(plan: GcpClusterPlan) -> GcpClusterPlan:
    return group(zones=("us-central1-a", "us-central1-b"))(plan)


OPEN = ReservationUse(type="ANY_RESERVATION")
BY_NAME = ReservationUse(type="SPECIFIC_RESERVATION", values=("another",))
NIC = Interface(network="train-gpu-1", subnet="train-gpu-1", pod_network="vpc1", device_mode="NetDevice")
GPU_TAINT, TPU_TAINT = ("nvidia.com/gpu", "present", "NO_SCHEDULE"), ("google.com/tpu", "present", "NO_SCHEDULE")

# mistake: the finding, a plan that passes, what breaks it, and what is then said.
BROKEN: dict[str, tuple[str, GcpClusterPlan, Change, str]] = {
    "1 a reservation that is not named": ("reservation", RESERVE, group(reservation=OPEN), "does not consume train by its name"),
    "1 the name of another": ("reservation", RESERVE, group(reservation=BY_NAME), "does not consume train by its name"),
    "1 another zone than the reservation's": ("zone-mismatch", RESERVE, group(zones=("us-central1-b",)), "its capacity in us-central1-a"),
    "1 more nodes than were reserved": ("reservation", RESERVE, group(max_per_zone=5), "may grow beyond its 4 machines"),
    "1 a policy of our own on A4's reservation": ("placement", CALENDAR, group(compact=True), "takes no compact placement policy with block"),
    "1 nodes before the reservation begins": (
        "reservation", CALENDAR, group(min_per_zone=4), "asks for nodes before its reservation begins",
    ),
    "1 a fixed size before it begins": ("reservation", CALENDAR, group(autoscaled=False), "asks for nodes before"),
    "1 on-demand nodes that use up a reservation": ("reservation", PLAIN, group(reservation=BY_NAME), "a reservation that is not its own"),
    "2 spot nodes with a reservation": ("reservation", SPOT, group(reservation=OPEN), "a reservation that is not its own"),
    "2 spot where it is not said": ("capacity", PLAIN, group(capacity="spot"), "is provisioned as spot, not standard"),
    "2 spot that is provisioned as another": ("capacity", SPOT, group(capacity="standard"), "is provisioned as standard, not spot"),
    "2 flex nodes that are repaired": ("flex", FLEX, group(auto_repair=True), "which is not repaired"),
    "2 flex nodes with a reservation": ("flex", FLEX, group(reservation=BY_NAME), "which uses no reservation"),
    "2 a capacity type that is not sold": ("capacity", RACK, rung(capacity_type="spot"), "a4x-highgpu-4g is not sold as spot"),
    "3 queued without flex-start": ("queued", PLAIN, group(queued=True), "goes with flex-start alone"),
    "3 queued with a reservation": ("queued", QUEUED, group(reservation=BY_NAME), "goes with flex-start alone"),
    "3 queued that starts with nodes": ("queued", QUEUED, group(min_per_zone=1), "starts with no node and scales"),
    "3 queued of a fixed size": ("queued", QUEUED, group(autoscaled=False), "starts with no node and scales"),
    "3 queued and compact": ("queued", QUEUED, group(compact=True), "takes no compact placement policy"),
    "3 queued and nothing else": ("queued", QUEUED, system(desired_per_zone=0), "system pods need a pool that is not"),
    "3 flex that holds nodes": ("flex", FLEX, group(desired_per_zone=2), "starts with no node and scales"),
    "3 flex for longer than a week": ("flex", FLEX, group(max_run_seconds=604801), "run up to 7 days"),
    "3 flex without an end": ("flex", FLEX, group(max_run_seconds=None), "run up to 7 days"),
    "3 an end without flex": ("flex", PLAIN, group(max_run_seconds=3600), "run up to 7 days"),
    "4 a driver that changes under one name": (
        "name-hash", PLAIN, group(rename=False, driver_version="LATEST"), "an edit would be ignored or destroy it",
    ),
    "5 a machine that changes under one name": (
        "name-hash", L4, group(rename=False, machine_type="g2-standard-12"), "an edit would be ignored or destroy it",
    ),
    "5 a name that GKE does not take": ("name-length", PLAIN, group(rename=False, name="Train"), "is no name of a node pool"),
    "5 a name of 41 characters": ("name-length", PLAIN, group(rename=False, name="t" * 41), "is no name of a node pool"),
    "5 two pools of one name": (
        "name", PLAIN, lambda plan: rung(groups=plan.pools[0].rungs[0].groups * 2)(plan), "have one name",
    ),
    "6 a total that forgets the zones": ("per-zone", L4, rung(nodes=NodeCount(min=0, desired=0, max=4)), "another number in all zones"),
    "6 a fabric over two zones": ("zone-mismatch", PLAIN, two_zones, "must stand in one zone"),
    "6 a slice over two zones": ("zone-mismatch", TPU, two_zones, "must stand in one zone"),
    "6 a zone of another region": ("zones", PLAIN, group(zones=("us-east5-a",)), "us-east5-a is not in us-central1"),
    "6 no zone": ("zones", PLAIN, group(zones=()), "no zone is not in us-central1"),
    "6 a zone without the machine": ("offerings", SPOT, group(zones=("us-central1-c",)), "a3-ultragpu-8g is not offered in us-central1-c"),
    "7 fewer disks than the machine has": ("local-ssd", PLAIN, group(local_ssds=8), "a3-megagpu-8g has 16 local SSDs, not 8"),
    "7 no disks, said without a word": ("local-ssd", RACK, group(local_ssds=0, local_ssd_use=None), "has 4 local SSDs, not 0"),
    "7 disks that the machine does not take": (
        "local-ssd", L4, group(local_ssds=2, local_ssd_use="ephemeral"), "g2-standard-8 has 0 or 1 local SSDs, not 2",
    ),
    "7 disks without a use": ("local-ssd", PLAIN, group(local_ssd_use=None), "have one use, or there are none"),
    "7 a use without disks": ("local-ssd", L4, group(local_ssd_use="block"), "have one use, or there are none"),
    "7 a boot disk that the machine does not take": (
        "disk-type", SPOT, group(disk_type="pd-balanced"), "a3-ultragpu-8g takes no boot disk of type pd-balanced",
    ),
    "7 a boot disk that images do not fit on": ("root-disk", PLAIN, group(disk_gib=100), "100 GiB is too small"),
    "8 a fabric without interfaces": ("no-fabric", PLAIN, group(interfaces=()), "no interface although the pool has a fabric"),
    "8 interfaces that nothing asks for": ("interfaces", L4, group(interfaces=(NIC,)), "interfaces that nothing asks for"),
    "8 DRANET beside networks": ("pod-networks", PLAIN, group(accelerator_network_profile="auto"), "never both"),
    "8 a cluster without multi-networking": ("pod-networks", PLAIN, whole(multi_networking=False), "the pools need objects"),
    "8 DRANET that the cluster does not know": ("pod-networks", DRANET, whole(pod_networks="none"), "the pools need dranet"),
    "8 an image without the drivers": ("image", PLAIN, group(image_type="UBUNTU_CONTAINERD"), "no drivers of several interfaces"),
    "8 Fast Socket beside TCPXO": ("fast-socket", PLAIN, group(fast_socket=True), "has no NCCL Fast Socket"),
    "14 no channel": ("release-channel", PLAIN, whole(channel="UNSPECIFIED"), "is no release channel"),
    "14 a version of another minor": ("kubernetes", PLAIN, whole(min_master_version="1.34"), "is no version of 1.35"),
    "14 a version before its floor, as numbers": (
        "kubernetes", CALENDAR, whole(kubernetes="1.32", min_master_version="1.32.2-gke.900000"), "needs GKE 1.32.2-gke.1475000",
    ),
    "14 a flex-start before its floor": (
        "kubernetes", FLEX, whole(kubernetes="1.32", min_master_version="1.32.2-gke.1651999"), "needs GKE 1.32.",
    ),
    "16 a driver that is left open": ("driver", PLAIN, group(driver_version=None), "the driver is left open, not DEFAULT"),
    "16 a driver that is not installed": ("driver", PLAIN, group(driver_version="INSTALLATION_DISABLED"), "not DEFAULT"),
    "16 a driver for TPUs": ("driver", TPU, group(driver_version="DEFAULT"), "the driver is DEFAULT, not none"),
    "16 another GPU than the machine's": ("accelerator", PLAIN, group(guest_accelerator="nvidia-h100-80gb"), "carries 8 x nvidia-h100-mega-80gb"),
    "16 fewer GPUs than the machine's": ("accelerator", PLAIN, group(guest_accelerator_count=4), "carries 8 x"),
    "17 system nodes in one zone": ("system-zones", PLAIN, system(zones=("us-central1-a",)), "stands in one zone"),
    "17 system nodes on spot": ("system-pool", PLAIN, system(capacity="spot"), "no taint, no accelerator, no spot"),
    "17 no system node": ("system-pool", PLAIN, system(min_per_zone=0), "may have no node"),
    "20 system nodes that take no pods": ("system-pool", PLAIN, system(taints=(GPU_TAINT,)), "takes every pod"),
    "20 no taint": ("taints", PLAIN, group(taints=()), "lacks the taint nvidia.com/gpu=present:NO_SCHEDULE"),
    "20 another value": ("taints", PLAIN, group(taints=(("nvidia.com/gpu", "true", "NO_SCHEDULE"),)), "lacks the taint nvidia.com/gpu"),
    "20 the taint twice": ("taints", PLAIN, group(taints=(GPU_TAINT, ("nvidia.com/gpu", "true", "NO_SCHEDULE"))), "one key and effect"),
    "20 the taint of GPUs on TPUs": ("taints", TPU, group(taints=(GPU_TAINT,)), "lacks the taint google.com/tpu"),
    "21 compact over two zones": (
        "placement", L4, group(compact=True), "a compact placement policy is in one zone",
    ),
    "21 compact with flex-start of H100": ("placement", FLEX, group(compact=True), "takes no compact placement policy with flex"),
    "21 compact beyond its ceiling": ("placement", PLAIN, group(max_per_zone=97), "holds 96 machines"),
    "21 compact beside a workload policy": ("placement", RACK, group(compact=True), "placed by its topology"),
    "21 a rack without its policy": ("domain", RACK, group(workload_topology=None), "no workload policy of topology 1x72"),
    "21 nineteen machines in a rack": ("domain", RACK, group(max_per_zone=19), "has 19 nodes in a pool; an NVLink domain has 18"),
    "21 a slice with a machine too few": ("slice", TPU, group(max_per_zone=3), "a 4x4 slice has 4 machines, the pool 3"),
    "21 a slice that may be half there": ("slice", TPU, group(min_per_zone=2), "a 4x4 slice has 4 machines"),
    "21 a slice of other machines": ("slice", TPU, group(tpu_topology="2x4"), "makes no 2x4 slice of TPU-v6e"),
    "21 upgrades that cannot go on": ("upgrade", PLAIN, group(max_unavailable=0), "could never be upgraded"),
    "21 upgrades that need a machine more": ("upgrade", PLAIN, group(max_surge=1), "would need 1 more node"),
    "a stack whose networks' names do not fit": ("name-length", PLAIN, whole(stack="s" * 40), "too long for Google Cloud"),
    "a cluster's name in capitals": ("name-letters", PLAIN, whole(name="Prod"), "has letters that Google Cloud does not take"),
    "a MIG profile of another GPU": ("mig", PLAIN, group(partition_size="1g.5gb"), "has no MIG profile '1g.5gb'"),
    "time slices of a TPU": ("time-slices", TPU, group(time_slices=4), "has no GPU to share"),
    "secure boot of bare metal": (
        "secure-boot", RACK, group(machine_type="a4x-maxgpu-4g-metal", secure_boot=True), "a4x-maxgpu-4g-metal cannot boot securely",
    ),
}  # fmt: skip


def checked(plan: GcpClusterPlan) -> Notes:
    notes = Notes()
    check_plan(plan, catalog(), notes)
    return notes


@pytest.mark.parametrize("name", COMPLIANT)
def test_the_planners_plans_pass_every_check(name: str) -> None:
    assert [str(one) for one in checked(COMPLIANT[name]).findings] == []


@pytest.mark.parametrize("mistake", BROKEN)
def test_a_mistake_is_refused(mistake: str) -> None:
    id, plan, broken, says = BROKEN[mistake]
    found = [one for one in checked(broken(plan)).findings if one.id == id]
    assert any(says in one.message for one in found), [str(one) for one in checked(broken(plan)).findings]


def test_every_check_of_node_pools_refuses_something() -> None:
    """Each check is called alone on every broken plan: one that refuses none of them would check nothing."""
    of_networks = {"components.plan.gcp.checks_wiring"}
    for check in CHECKS:
        if check.__module__ in of_networks:
            continue
        refused = False
        for _, plan, broken, _ in BROKEN.values():
            notes = Notes()
            check(broken(plan), catalog(), notes)
            refused = refused or notes.failed
        assert refused, check.__name__
