"""Zones: one for nodes that share a fabric, and the same for subnet, file system and bought capacity."""

from __future__ import annotations

import pytest

from tests.support.specs import BLOCK, RESERVATION, advice, errors_of, plan_of, pool_of, the_error

GANG = {"accelerator": "H100:8", "nodes": 4, "fabric": "required"}
ALONE = {"accelerator": "L4:1", "nodes": 4, "fabric": "none"}


def test_a_pool_with_a_fabric_stands_in_one_zone_with_one_subnet():
    pool = pool_of(GANG)
    assert len(pool.zones) == 1
    assert pool.rungs[0].group.subnets == (f"train-{pool.zones[0]}",)


def test_nodes_that_work_alone_spread_over_three_zones():
    pool = pool_of(ALONE)
    assert len(pool.zones) == 3
    assert len(pool.rungs[0].group.subnets) == 3


def test_a_fabric_pool_stands_where_its_reservation_is_and_so_does_the_file_system():
    plan = plan_of(
        {
            "pools.train": {**GANG, "nodes": 8, "capacity": [{"reservation": RESERVATION}, "on-demand"]},
            "storage.scratch": {"kind": "parallel", "capacity": "4800GiB"},
        }
    )
    subnets = {subnet.name: subnet.zone_id for subnet in plan.network.subnets}
    assert plan.pools[0].zones == ("use1-az2",)
    assert [subnets[name] for rung in plan.pools[0].rungs for name in rung.group.subnets] == ["use1-az2"] * 2
    lustre = plan.storage[0]
    assert (lustre.zone_id, subnets[lustre.subnet]) == ("use1-az2", "use1-az2")


def test_a_zone_elsewhere_than_the_reservation_is_refused():
    error = the_error({"pools.train": {**GANG, "zones": ["use1-az4"], "capacity": [{"reservation": RESERVATION}]}})
    assert error.path == "pools.train.zones"
    assert error.message == "use1-az4 is not where the bought capacity is (use1-az2)"


def test_bought_capacity_in_two_zones_cannot_share_a_fabric():
    other = {**RESERVATION, "id": "cr-00000001", "zone_id": "use1-az4"}
    capacity = [{"reservation": RESERVATION}, {"reservation": other}]
    error = the_error({"pools.train": {**GANG, "nodes": 8, "capacity": capacity}})
    assert "EFA does not cross zones" in error.message
    plan = plan_of({"pools.train": {**GANG, "nodes": 8, "fabric": "none", "capacity": capacity}})
    assert [rung.zones for rung in plan.pools[0].rungs] == [("use1-az2",), ("use1-az4",)]


def test_one_zone_must_be_named_for_a_fabric():
    error = the_error({"pools.train": {**GANG, "zones": ["use1-az2", "use1-az4"]}})
    assert "stands in one zone, several are given" in error.message
    assert pool_of({**GANG, "zones": ["use1-az4", "use1-az4"]}).zones == ("use1-az4",)


def test_a_zones_name_is_refused_with_the_ids():
    """Names are shuffled between accounts; ids are not (EC2 User Guide, AZ IDs)."""
    error = the_error({"pools.train": {**GANG, "zones": ["us-east-1a"]}})
    assert error.message == "'us-east-1a' is a zone's name"
    assert "use1-az1, use1-az2" in error.hint


def test_a_zone_that_does_not_exist_is_refused_with_the_nearest():
    error = the_error({"pools.train": {**ALONE, "zones": ["use1-az9"]}})
    assert error.path == "pools.train.zones.0"
    assert "use1-az" in error.hint


def test_a_reservations_zone_is_held_to_the_region():
    error = errors_of({"pools.train": {**GANG, "capacity": [{"reservation": {**RESERVATION, "zone_id": "usw2-az1"}}]}})[
        0
    ]
    assert error.path == "pools.train.capacity.0.reservation.zone_id"
    assert error.message == "'usw2-az1' is no zone of us-east-1"


def test_a_zone_where_the_machine_is_not_offered_is_refused():
    """p6-b200 is offered in use1-az6 only, of us-east-1 (EC2 DescribeInstanceTypeOfferings)."""
    error = the_error(
        {"pools.train": {"accelerator": "B200:8", "nodes": 2, "fabric": "required", "zones": ["use1-az2"]}}
    )
    assert error.message == "p6-b200.48xlarge is not offered in use1-az2"
    assert "use1-az6" in error.hint


def test_a_block_in_a_zone_that_is_not_known_to_offer_the_machine_is_believed_with_what_follows_it():
    block = {**BLOCK, "zone_id": "use1-az2"}
    pool = {"accelerator": "B200:8", "nodes": 8, "fabric": "required", "capacity": [{"block": block}, "on-demand"]}
    plan = plan_of({"pools.train": pool})
    assert "not known to be offered in use1-az2" in advice(plan, "offerings").message
    assert [rung.zones for rung in plan.pools[0].rungs] == [("use1-az2",)] * 2


def test_the_control_plane_keeps_out_of_the_zone_that_eks_does_not_take():
    """EKS User Guide, network-reqs: no control plane subnets in use1-az3."""
    plan = plan_of()
    assert len(plan.system.zones) == 2
    assert "use1-az3" not in plan.system.zones


def test_system_zones_do_not_move_with_pools():
    zones = plan_of().system.zones
    assert plan_of({"pools.train": {**GANG, "zones": ["use1-az5"]}}).system.zones == zones


def test_a_region_that_does_not_exist_is_refused_with_the_nearest():
    error = the_error({"region": "us-esat-1"})
    assert error.path == "region"
    assert "'us-east-1'" in error.hint


@pytest.mark.parametrize("fabric", ["none", "required"])
def test_storage_in_another_zone_than_some_nodes_is_told(fabric):
    """EC2 charges for data between zones."""
    changes = {"pools.train.fabric": fabric, "storage.scratch": {"kind": "parallel", "capacity": "1200GiB"}}
    plan = plan_of(changes)
    told = [one for one in plan.findings if one.id == "cross-zone-storage"]
    assert len(told) == (1 if fabric == "none" else 0)
