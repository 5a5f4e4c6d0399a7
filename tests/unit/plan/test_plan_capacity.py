"""The capacity ladder on AWS: what each rung's launch template and node group say."""

from __future__ import annotations

import pytest

from tests.support.specs import BLOCK, RESERVATION, advice, plan_of, pool_of, the_error

GANG = {"accelerator": "H100:8", "nodes": 8, "fabric": "required"}
B200 = {"accelerator": "B200:8", "nodes": 4, "fabric": "required"}


def sizes(pool) -> dict[str, tuple[int, int, int]]:
    return {rung.name: (rung.nodes.min, rung.nodes.desired, rung.nodes.max) for rung in pool.rungs}


def test_a_reservation_takes_its_nodes_and_on_demand_the_rest():
    pool = pool_of({**GANG, "capacity": [{"reservation": RESERVATION}, "on-demand"]})
    assert sizes(pool) == {"train-reservation": (4, 4, 4), "train-on-demand": (4, 4, 4)}


def test_bought_capacity_comes_first_wherever_it_stands():
    pool = pool_of({**GANG, "capacity": ["on-demand", {"reservation": RESERVATION}]})
    assert sizes(pool) == {"train-on-demand": (4, 4, 4), "train-reservation": (4, 4, 4)}


def test_later_rungs_stand_by_at_zero():
    plan = plan_of(
        {"pools.train": {"accelerator": "L4:1", "nodes": "0..8", "fabric": "none", "capacity": ["spot", "on-demand"]}}
    )
    assert sizes(plan.pools[0]) == {"train-spot": (0, 0, 8), "train-on-demand": (0, 0, 8)}
    told = [one.message for one in plan.findings if one.id == "no-autoscaler"]
    assert any("on-demand stays at 0" in one for one in told)
    assert any("stays at 0 nodes" in one for one in told)


def test_a_block_is_planned_at_zero_raised_at_its_start_and_lowered_before_its_end():
    """EKS scales a block's group down 40 minutes before the end (EKS User Guide, capacity-blocks-mng)."""
    pool = pool_of({**B200, "capacity": [{"block": BLOCK}]})
    assert sizes(pool) == {"train-block": (0, 0, 4)}
    raised, lowered = pool.rungs[0].group.schedules
    assert (raised.at, raised.min, raised.desired, raised.max) == ("2027-02-01T11:30:00Z", 4, 4, 4)
    assert (lowered.at, lowered.min, lowered.desired, lowered.max) == ("2027-02-15T10:45:00Z", 0, 0, 4)


def test_a_moment_with_an_offset_is_planned_in_utc():
    block = {**BLOCK, "start": "2027-02-01T13:30:00+02:00"}
    pool = pool_of({**B200, "capacity": [{"block": block}]})
    assert pool.rungs[0].group.schedules[0].at == "2027-02-01T11:30:00Z"


def test_a_reservation_larger_than_the_pool_is_paid_in_vain():
    plan = plan_of({"pools.train": {**GANG, "nodes": 2, "capacity": [{"reservation": RESERVATION}]}})
    assert sizes(plan.pools[0]) == {"train-reservation": (2, 2, 2)}
    assert "2 bought machine(s) are paid but not used" in advice(plan, "capacity-idle").message
    assert plan.pools[0].rungs[0].bought is not None
    assert plan.pools[0].rungs[0].bought.nodes == 4


def test_a_rung_that_earlier_ones_leave_nothing_is_told_and_left_out():
    plan = plan_of({"pools.train": {**GANG, "nodes": 4, "capacity": [{"reservation": RESERVATION}, "on-demand"]}})
    assert list(sizes(plan.pools[0])) == ["train-reservation"]
    finding = advice(plan, "rung-unused")
    assert finding.path == "pools.train.capacity.1"


def test_bought_capacity_that_does_not_fill_the_pool_is_refused():
    error = the_error({"pools.train": {**GANG, "nodes": 6, "capacity": [{"reservation": RESERVATION}]}})
    assert error.path == "pools.train.capacity"
    assert error.message == "its rungs have 4 of the 6 nodes that the pool may have"
    assert error.hint == "add on-demand or spot as the last rung, or ask for 4 nodes"


def test_each_rung_is_a_node_group_with_its_own_label():
    pool = pool_of({**GANG, "capacity": [{"reservation": RESERVATION}, "on-demand"]})
    assert [rung.group.labels["gpu-fleet/capacity"] for rung in pool.rungs] == ["reservation", "on-demand"]
    assert {rung.group.labels["gpu-fleet/pool"] for rung in pool.rungs} == {"train"}
    assert pool.rungs[0].group.labels["gpu-fleet/reservation"] == "cr-0123456789abcdef0"


def test_two_reservations_are_two_groups():
    other = {**RESERVATION, "id": "cr-0a0a0a0a0a0a0a0a0"}
    pool = pool_of({**GANG, "capacity": [{"reservation": RESERVATION}, {"reservation": other}]})
    assert list(sizes(pool)) == ["train-reservation", "train-reservation-2"]


def test_a_reservation_is_targeted_by_its_id_and_stays_on_demand():
    """EKS managed node groups: an on-demand capacity reservation is used with capacity type ON_DEMAND."""
    group = pool_of({**GANG, "nodes": 4, "capacity": [{"reservation": RESERVATION}]}).rungs[0].group
    assert group.capacity_type == "ON_DEMAND"
    assert group.reservation_id == "cr-0123456789abcdef0"
    assert group.instance_types == ("p5.48xlarge",)
    assert (group.template_instance_type, group.market_type) == (None, None)


def test_a_block_has_its_whole_template_and_a_group_without_types():
    """EKS User Guide, capacity-blocks-mng: market type, reservation and instance type stand in the template."""
    group = pool_of({**B200, "capacity": [{"block": BLOCK}]}).rungs[0].group
    assert group.capacity_type == "CAPACITY_BLOCK"
    assert group.market_type == "capacity-block"
    assert group.reservation_id == "cr-0f9e8d7c6b5a40312"
    assert group.template_instance_type == "p6-b200.48xlarge"
    assert group.instance_types == ()


def test_spot_draws_from_machines_that_agree_in_accelerators_and_cards():
    """g6.xlarge, g6.2xlarge and g6.4xlarge have one L4 and one network card each (EC2 instance types, G6)."""
    pool = pool_of({"accelerator": "L4:1", "nodes": 1, "capacity": ["spot"]})
    group = pool.rungs[0].group
    assert group.capacity_type == "SPOT"
    assert group.instance_types == ("g6.xlarge", "g6.2xlarge", "g6.4xlarge")


def test_spot_does_not_mix_machines_with_other_numbers_of_cards():
    """L40S:4 is sold as g6e.12xlarge (one card) and g6e.24xlarge (two)."""
    pool = pool_of({"accelerator": "L40S:4", "nodes": 1, "capacity": ["spot"]})
    assert pool.rungs[0].group.instance_types == ("g6e.12xlarge",)
    assert pool.alternatives == ("g6e.24xlarge",)


def test_spot_with_a_fabric_has_one_machine():
    pool = pool_of(
        {"accelerator": "H200:8", "nodes": 2, "fabric": "required", "capacity": ["spot"]}, region="us-east-2"
    )
    assert pool.rungs[0].group.instance_types == ("p5en.48xlarge",)


def test_subnets_hold_the_pods_of_the_largest_machine_that_spot_may_draw():
    """g6.4xlarge takes 8 x 29 + 2 = 234 pods, g6.xlarge 4 x 14 + 2 = 58: 16 nodes need 16 x 235 addresses, a /20."""
    plan = plan_of({"pools.train": {"accelerator": "L4:1", "nodes": 16, "fabric": "none", "capacity": ["spot"]}})
    assert {s.cidr.partition("/")[2] for s in plan.network.subnets_of("pool")} == {"20"}


@pytest.mark.parametrize(
    ("capacity", "group"), [("on-demand", True), ("spot", True), ("block", False), ("reservation", False)]
)
def test_a_placement_group_for_on_demand_and_spot_only(capacity, group):
    rung = {"reservation": RESERVATION} if capacity == "reservation" else {"block": {**BLOCK, "zone_id": "use1-az2"}}
    pool = pool_of({**GANG, "nodes": 4, "capacity": [capacity if capacity in ("on-demand", "spot") else rung]})
    assert pool.rungs[0].group.placement_group is group


def test_no_placement_group_for_nodes_that_work_alone():
    pool = pool_of({"accelerator": "L4:1", "nodes": 4, "fabric": "none"})
    assert pool.rungs[0].group.placement_group is False


def test_placement_none_is_kept_and_cluster_is_made():
    assert pool_of({**GANG, "placement": "none"}).rungs[0].group.placement_group is False
    pool = pool_of({"accelerator": "L4:1", "nodes": 4, "fabric": "none", "placement": "cluster"})
    assert pool.rungs[0].group.placement_group is True
    assert len(pool.zones) == 1


@pytest.mark.parametrize("rung", [{"reservation": RESERVATION}, {"block": {**BLOCK, "zone_id": "use1-az2"}}])
def test_a_placement_group_cannot_be_forced_on_bought_capacity(rung):
    error = the_error({"pools.train": {**GANG, "nodes": 4, "placement": "cluster", "capacity": [rung]}})
    assert error.path == "pools.train.placement"
    assert "cannot be forced on bought capacity" in error.message


def test_what_is_not_sold_is_refused_with_what_is():
    error = the_error(
        {"pools.train": {"accelerator": "L4:1", "nodes": 1, "capacity": [{"block": {**BLOCK, "zone_id": "use1-az2"}}]}}
    )
    assert error.path == "pools.train.capacity.0"
    assert error.message == "g6.xlarge is not sold as block"
    assert "on-demand, spot, reservation" in error.hint
    assert "not sold as flex" in the_error({"pools.train.capacity": ["flex"]}).message


def test_a_block_holds_64_machines_at_most():
    """EC2 API, Capacity Blocks: up to 64 instances."""
    whole = pool_of({**B200, "nodes": 64, "capacity": [{"block": {**BLOCK, "nodes": 64}}]})
    assert whole.rungs[0].nodes.max == 64
    error = the_error({"pools.train": {**B200, "nodes": 65, "capacity": [{"block": {**BLOCK, "nodes": 65}}]}})
    assert "at most 64 machines" in error.message


def test_hours_raise_and_lower_every_rung_that_is_not_a_block():
    hours = [{"up": "0 8 * * 1-5", "down": "0 20 * * 1-5", "timezone": "Europe/Berlin"}]
    group = plan_of({"schedule.hours": hours}).pools[0].rungs[0].group
    up, down = group.schedules
    assert (up.recurrence, up.timezone, up.min, up.desired, up.max) == ("0 8 * * 1-5", "Europe/Berlin", 2, 2, 2)
    assert (down.recurrence, down.timezone, down.min, down.desired, down.max) == (
        "0 20 * * 1-5",
        "Europe/Berlin",
        0,
        0,
        2,
    )


def test_hours_of_another_pool_leave_a_pool_alone():
    hours = [{"up": "0 8 * * *", "down": "0 20 * * *", "timezone": "UTC", "pools": ["serve"]}]
    serve = {"accelerator": "L4:1", "nodes": 1}
    plan = plan_of({"schedule.hours": hours, "pools.serve": serve})
    assert {pool.name: len(pool.rungs[0].group.schedules) for pool in plan.pools} == {"train": 0, "serve": 2}


def test_hours_of_no_pool_are_refused_with_the_nearest():
    error = the_error(
        {"schedule.hours": [{"up": "0 8 * * *", "down": "0 20 * * *", "timezone": "UTC", "pools": ["trian"]}]}
    )
    assert error.path == "schedule.hours.0.pools"
    assert "'train'" in error.hint
