"""The checks that hold a plan to what EKS and EC2 accept: each passes the planner's plan and refuses one broken property.

The mistakes are those of public issue trackers; each check's docstring in `components/plan/aws/checks.py` says which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from components.catalog.aws import catalog as aws_catalog
from components.plan.aws.checks import CHECKS, check_plan
from components.plan.aws.model import AwsClusterPlan, Endpoint, NetworkInterface
from components.plan.model import NodeCount
from components.plan.notes import Notes
from tests.support.specs import BLOCK, RESERVATION, plan_of

GANG = {"accelerator": "H100:8", "nodes": 4, "fabric": "required"}
STORAGE = {"storage.scratch": {"kind": "parallel", "capacity": "4800GiB"}}
PLAIN = plan_of(STORAGE)
RESERVED = plan_of({"pools.train": {**GANG, "capacity": [{"reservation": RESERVATION}]}, **STORAGE})
BLOCKED = plan_of({"pools.train": {**GANG, "capacity": [{"block": {**BLOCK, "zone_id": "use1-az2"}}]}})
CLOSED = plan_of({"network.nat": "none"})
B300 = plan_of({"pools.train": {"accelerator": "B300:8", "nodes": 2, "fabric": "required"}})
COMPLIANT = {"plain": PLAIN, "reserved": RESERVED, "block": BLOCKED, "closed": CLOSED, "b300": B300}

Change = Callable[[AwsClusterPlan], AwsClusterPlan]


def nic(card: int, device: int, type: str) -> NetworkInterface:
    return NetworkInterface(card=card, device=device, type=type)


def rung(plan: AwsClusterPlan, **changes: Any) -> AwsClusterPlan:
    pool = plan.pools[0]
    return replace(plan, pools=(replace(pool, rungs=(replace(pool.rungs[0], **changes),)),))


def group(**changes: Any) -> Change:
    return lambda plan: rung(plan, group=replace(plan.pools[0].rungs[0].group, **changes))


def network(**changes: Any) -> Change:
    return lambda plan: replace(plan, network=replace(plan.network, **changes))


def lustre(**changes: Any) -> Change:
    return lambda plan: replace(plan, storage=(replace(plan.storage[0], **changes),))


def subnet(of: str, **changes: Any) -> Change:
    def change(plan: AwsClusterPlan) -> AwsClusterPlan:
        subnets = tuple(replace(one, **changes) if one.role == of else one for one in plan.network.subnets)
        return replace(plan, network=replace(plan.network, subnets=subnets))

    return change


NICS = PLAIN.pools[0].rungs[0].group.interfaces

# mistake: the check, a plan that passes it, what breaks it, and what is then said.
BROKEN: dict[str, tuple[str, AwsClusterPlan, Change, str]] = {
    "1 no group lets EFA pass": (
        "efa-security-group", PLAIN, lambda plan: replace(plan, fabric_security_group=False), "train use EFA, but no security group",
    ),
    "1 nor to a file system": (
        "efa-security-group", PLAIN,
        lambda plan: replace(group(interfaces=())(lustre(efa=True)(plan)), fabric_security_group=False), "scratch use EFA",
    ),
    "2 EFA-only as the first interface": (
        "nic-layout", PLAIN, group(interfaces=(nic(0, 0, "efa-only"), *NICS[2:])), "the first interface must be a plain one",
    ),
    "2 first interface on another card": ("nic-layout", PLAIN, group(interfaces=(nic(1, 1, "interface"), *NICS[1:])), "first interface must be"),
    "2 one device twice": ("nic-layout", PLAIN, group(interfaces=(*NICS, nic(3, 0, "interface"))), "two interfaces take the same device"),
    "2 two EFA on one card": ("nic-layout", PLAIN, group(interfaces=(*NICS, nic(3, 1, "efa-only"))), "33 EFA devices do not fit"),
    "2 EFA on card 0 of p6-b300": (
        "nic-layout", B300, group(interfaces=(nic(0, 0, "efa"), *(nic(card, 0, "efa-only") for card in range(1, 17)))),
        "17 EFA devices do not fit (cards [0])",
    ),
    "2 a device that the card does not have": ("nic-layout", PLAIN, group(interfaces=(*NICS, nic(5, 2, "interface"))), "card 5 has 2 interfaces, device 2"),
    "2 a device that card 0 does not have": ("nic-layout", PLAIN, group(interfaces=(*NICS, nic(0, 2, "interface"))), "card 0 has 2 interfaces, device 2"),
    "3 a fabric that falls back to TCP": ("no-fabric", PLAIN, group(interfaces=()), "train-on-demand has no EFA although the pool has a fabric"),
    "4 a machine where it is not offered": (
        "offerings", B300, lambda plan: rung(plan, zones=("use1-az4",)), "p6-b300.48xlarge is not offered in use1-az4",
    ),
    "5 a gang over two subnets": (
        "zone-mismatch", PLAIN, group(subnets=("system-use1-az1", "system-use1-az2")), "spreads over use1-az1, use1-az2; it must stand in one zone",
    ),
    "5 a subnet elsewhere than the reservation": ("zone-mismatch", RESERVED, subnet("pool", zone_id="use1-az4"), "its capacity in use1-az2"),
    "5 a file system elsewhere than its subnet": ("zone-mismatch", PLAIN, lustre(zone_id="use1-az5"), "stands in use1-az5, its subnet elsewhere"),
    "6 a placement group on a reservation": ("placement", RESERVED, group(placement_group=True), "forces a placement group on bought capacity"),
    "6 a placement group on a block": ("placement", BLOCKED, group(placement_group=True), "forces a placement group on bought capacity"),
    "6 a placement group over zones": (
        "placement", PLAIN, lambda plan: rung(plan, zones=("use1-az1", "use1-az2")), "a placement group spans one zone",
    ),
    "7 a block without market type": ("capacity-block", BLOCKED, group(market_type=None), "the template of a block is not complete"),
    "7 a block without reservation": ("capacity-block", BLOCKED, group(reservation_id=None), "not complete"),
    "7 a block without type in its template": ("capacity-block", BLOCKED, group(template_instance_type=None), "not complete"),
    "7 a block with types on its group": ("capacity-block", BLOCKED, group(instance_types=("p5.48xlarge",)), "not complete"),
    "7 a market type without a block": ("capacity-block", PLAIN, group(market_type="capacity-block"), "not complete"),
    "7 a type in a template without a block": ("capacity-block", PLAIN, group(template_instance_type="p5.48xlarge"), "not complete"),
    "7 a block that starts with nodes": (
        "capacity-block", BLOCKED, lambda plan: rung(plan, nodes=NodeCount(min=0, desired=4, max=4)), "starts at 0 and is raised",
    ),
    "7 a block that nothing raises": ("capacity-block", BLOCKED, group(schedules=()), "starts at 0 and is raised"),
    "7 a block that grows beyond what was bought": (
        "capacity-block", BLOCKED, lambda plan: rung(plan, nodes=NodeCount(min=0, desired=0, max=5)), "may grow beyond its 4 machines",
    ),
    "8 nodes in a public subnet": ("public-nodes", PLAIN, subnet("pool", role="public"), "stands in a subnet that is not private"),
    "8 no way out": ("no-way-out", PLAIN, network(nat_zones=()), "neither NAT nor the endpoints"),
    "8 a closed network without its endpoints": (
        "no-way-out", CLOSED, network(endpoints=(Endpoint(service="s3", type="Gateway"),)), "neither NAT nor the endpoints",
    ),
    "11 an image without the driver": ("image", PLAIN, group(ami_type="AL2023_x86_64_STANDARD"), "on p5.48xlarge, which needs AL2023_x86_64_NVIDIA"),
    "11 an image of another architecture": ("image", PLAIN, group(ami_type="AL2023_ARM_64_NVIDIA"), "which needs AL2023_x86_64_NVIDIA"),
    "12 the pod network after the nodes": (
        "addon-order", PLAIN,
        lambda plan: replace(plan, addons=tuple(replace(one, before_nodes=one.before_nodes and one.name != "vpc-cni") for one in plan.addons)),
        "vpc-cni must come before the nodes",
    ),
    "13 a server that the client refuses": ("lustre", PLAIN, lustre(version="2.10"), "clients of AL2023 refuse Lustre 2.10"),
    "13 an old server, as a number": ("lustre", PLAIN, lustre(version="2.9"), "refuse Lustre 2.9"),
    "13 a size that is not sold": ("lustre", PLAIN, lustre(given_gib=5000), "5000 GiB is no legal size at 125 MB/s"),
    "13 a size that is not sold with EFA": ("lustre", PLAIN, lustre(efa=True), "4800 GiB is no legal size"),
    "13 a throughput that is not sold": ("lustre", PLAIN, lustre(throughput=200), "no legal size at 200 MB/s"),
    "15 a subnet too small for the pods": (
        "addresses", PLAIN, lambda plan: rung(plan, nodes=NodeCount(min=2, desired=2, max=40)), "is too small for 2080 addresses",
    ),
    "15 ranges that overlap": ("addresses", PLAIN, subnet("pool", cidr="10.0.0.0/22"), "overlap"),
    "a name that AWS does not take": ("name-length", PLAIN, lambda plan: replace(plan, stack="x" * 60), "too long for AWS"),
    "15 a disk too small for the images": ("root-disk", PLAIN, group(root_disk_gib=199), "199 GiB is too small"),
}  # fmt: skip


@pytest.mark.parametrize("name", COMPLIANT)
def test_the_planners_own_plan_passes_every_check(name):
    notes = Notes()
    check_plan(COMPLIANT[name], aws_catalog(), notes)
    assert notes.findings == []


@pytest.mark.parametrize("mistake", BROKEN)
def test_mistake(mistake):
    id, plan, change, said = BROKEN[mistake]
    notes = Notes()
    check_plan(change(plan), aws_catalog(), notes)
    assert any(one.id == id and said in one.message for one in notes.findings), [str(one) for one in notes.findings]


def test_every_check_is_held_by_a_mistake():
    """Each check alone finds at least one of the broken plans."""
    for check in CHECKS:
        found = Notes()
        for _, plan, change, _ in BROKEN.values():
            check(change(plan), aws_catalog(), found)
        assert found.findings, check.__name__
