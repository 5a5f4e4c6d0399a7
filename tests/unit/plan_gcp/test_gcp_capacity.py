"""The capacity ladder on Google Cloud: what each rung's node pools say.

Sources: GKE, flex-start with queued provisioning and DWS; AI Hypercomputer, consumption models and reservations; the
preconditions of cluster-toolkit's node pool module (v1.95.0).
"""

from __future__ import annotations

from typing import Any

import pytest

from components.plan.gcp.model import GcpPool, ReservationUse
from tests.support.gcp_specs import BLOCK, BLOCKED, RESERVATION, decided, gcp_pool_of, node_pool_of, reserved
from tests.support.gcp_values import advised, gcp_error, gcp_errors, gcp_plan

GANG = {"accelerator": "H100:8", "nodes": 8, "fabric": "required"}
H200 = {"accelerator": "H200:8", "nodes": 4, "fabric": "required"}
B200 = {"accelerator": "B200:8", "nodes": 4, "fabric": "required"}
A4X = {"accelerator": "GB200:4", "nodes": 18, "fabric": "required"}
NONE = ReservationUse(type="NO_RESERVATION")


def sizes(pool: GcpPool) -> dict[str, tuple[int, int, int]]:
    return {rung.name: (rung.nodes.min, rung.nodes.desired, rung.nodes.max) for rung in pool.rungs}


def test_a_reservation_takes_its_nodes_and_on_demand_the_rest() -> None:
    pool = gcp_pool_of({**GANG, "capacity": [reserved(4), "on-demand"]})
    assert sizes(pool) == {"train-reservation": (4, 4, 4), "train-on-demand": (4, 4, 4)}
    assert not any(group.autoscaled for rung in pool.rungs for group in rung.groups)


def test_on_demand_nodes_use_up_no_reservation() -> None:
    pool = node_pool_of({**GANG, "capacity": ["on-demand"]})
    assert (pool.capacity, pool.reservation, pool.auto_repair) == ("standard", NONE, True)


def test_a_reservation_is_consumed_by_its_name() -> None:
    pool = node_pool_of({**GANG, "nodes": 4, "capacity": [reserved(4)]})
    assert (pool.capacity, pool.zones) == ("standard", ("us-central1-a",))
    assert pool.reservation == ReservationUse(type="SPECIFIC_RESERVATION", values=("train",))
    assert pool.labels["gpu-fleet/reservation"] == "train"


@pytest.mark.parametrize(
    "id",
    [
        "projects/other-project/reservations/train",
        "projects/other-project/reservations/train/reservationBlocks/train-block-1",
        "projects/other-project/reservations/train/reservationBlocks/block/reservationSubBlocks/rack-1",
        "projects/example.com:other-project/reservations/train",
        "train/reservationBlocks/block",
    ],
)
def test_a_reservation_of_another_project_or_a_part_of_one_is_consumed_by_its_path(id: str) -> None:
    rung = {"reservation": {**RESERVATION, "id": id}}
    pool = node_pool_of({**GANG, "nodes": 4, "capacity": [rung]})
    assert pool.reservation.values == (id,)
    assert pool.labels["gpu-fleet/reservation"] == "train"  # a label takes no slash


@pytest.mark.parametrize("id", ["Train", "projects/p/reservations/", "cr-0123/", "projects/other-project/train"])
def test_what_is_no_name_of_a_reservation_is_refused(id: str) -> None:
    rung = {"reservation": {**RESERVATION, "id": id}}
    error = gcp_error({"pools.train": {**GANG, "nodes": 4, "capacity": [rung]}})
    assert (error.id, error.path) == ("reservation", "pools.train.capacity.0.reservation.id")


def test_spot_nodes_use_no_reservation() -> None:
    pool = node_pool_of({**GANG, "capacity": ["spot"]})
    assert (pool.capacity, pool.reservation, pool.max_run_seconds) == ("spot", NONE, None)


def test_flex_start_begins_with_no_node_scales_is_not_repaired_and_ends_after_a_week() -> None:
    pool = node_pool_of({**H200, "nodes": "0..4", "capacity": ["flex"]})
    assert pool.capacity == "flex-start"
    assert (pool.min_per_zone, pool.desired_per_zone, pool.max_per_zone, pool.autoscaled) == (0, 0, 4, True)
    assert (pool.auto_repair, pool.reservation, pool.queued) == (False, NONE, False)
    assert pool.max_run_seconds == 604800


def test_flex_start_that_must_hold_nodes_is_told_that_it_does_not() -> None:
    plan = gcp_plan({"pools.train": {**H200, "capacity": ["flex"]}})
    assert sizes(plan.pools[0]) == {"train-flex": (0, 0, 4)}
    assert "starts with no node" in advised(plan, "flex-starts-empty")[0]


def test_the_terms_of_flex_start_are_the_specs() -> None:
    pool = node_pool_of({**GANG, "nodes": "0..8", "capacity": ["flex"], "flex": {"queued": True, "max_run_hours": 12}})
    assert (pool.queued, pool.max_run_seconds, pool.compact) == (True, 43200, False)
    plan = gcp_plan({"pools.train": {**GANG, "nodes": "0..8", "capacity": ["flex"]}})
    assert decided(plan, "pools.train.flex") == "168 h, not queued: no terms are given"


@pytest.mark.parametrize(
    ("pool", "compact"),
    [
        ({**GANG, "capacity": ["on-demand"]}, True),
        ({**GANG, "capacity": ["spot"]}, True),
        ({**GANG, "nodes": "0..8", "capacity": ["flex"]}, False),
        ({**GANG, "nodes": 4, "capacity": [reserved(4)]}, False),
        ({**GANG, "nodes": 4, "capacity": [reserved(4)], "placement": "cluster"}, True),
        ({**GANG, "placement": "none"}, False),
        ({**GANG, "nodes": 1}, False),
        ({**H200, "capacity": ["spot"]}, False),
        ({**H200, "nodes": "0..4", "capacity": ["flex"]}, True),
        ({**B200, "nodes": "0..4", "capacity": ["flex"]}, True),
        ({**B200, "nodes": "0..4", "capacity": ["flex"], "flex": {"queued": True}}, False),
        ({**H200, "capacity": [reserved(4, "us-central1-b")]}, False),
        ({"accelerator": "L4:1", "nodes": 4, "fabric": "none"}, False),
        ({"accelerator": "L4:1", "nodes": 4, "fabric": "none", "placement": "cluster"}, True),
    ],
)
def test_nodes_stand_close_together_where_that_is_legal(pool: dict[str, Any], compact: bool) -> None:
    """Flex-start takes a compact policy with A3 Ultra and A4 alone; what is reserved has the reservation's own."""
    assert node_pool_of(pool).compact is compact


@pytest.mark.parametrize(
    ("pool", "says"),
    [
        ({**H200, "capacity": [reserved(4, "us-central1-b")]}, "a3-ultragpu-8g takes a compact placement policy with flex only"),
        ({**B200, "capacity": [BLOCKED]}, "a4-highgpu-8g takes a compact placement policy with flex only"),
        ({**GANG, "nodes": "0..8", "capacity": ["flex"]}, "with on-demand, spot, reservation only"),
        ({**H200, "nodes": "0..4", "capacity": ["flex"], "flex": {"queued": True}}, "queued nodes take no compact"),
        ({**GANG, "nodes": 97}, "holds 96 a3-megagpu-8g, not 97"),
        ({**A4X, "capacity": [reserved(18)]}, "a4x-highgpu-4g takes a compact placement policy in no way"),
        ({"accelerator": "L4:1", "nodes": 151, "fabric": "none"}, "holds 150 g2-standard-8, not 151"),
        ({"accelerator": "TPU-v6e:4x4", "nodes": 4, "fabric": "required"}, "ct6e-standard-4t takes"),
    ],
)  # fmt: skip
def test_a_compact_policy_that_is_not_legal_is_refused(pool: dict[str, Any], says: str) -> None:
    error = gcp_error({"pools.train": {**pool, "placement": "cluster"}})
    assert (error.id, error.path) == ("placement", "pools.train.placement")
    assert says in error.message


def test_a_pool_that_no_policy_holds_is_told_that_its_nodes_may_stand_apart() -> None:
    plan = gcp_plan({"pools.train": {**GANG, "nodes": 97}})
    assert plan.pools[0].rungs[0].groups[0].compact is False
    assert "may stand apart" in advised(plan, "not-compact")[0]


def test_a_calendar_reservation_is_a_pool_that_starts_empty_and_grows_when_it_begins() -> None:
    pool = gcp_pool_of({**B200, "capacity": [BLOCKED]})
    assert sizes(pool) == {"train-block": (0, 0, 4)}
    group = pool.rungs[0].groups[0]
    assert group.reservation == ReservationUse(type="SPECIFIC_RESERVATION", values=("february",))
    assert (group.capacity, group.autoscaled, group.min_per_zone, group.max_per_zone) == ("standard", True, 0, 4)
    assert pool.rungs[0].raised_on_time is False


@pytest.mark.parametrize(
    ("changed", "path", "says"),
    [
        ({"nodes": 81}, "nodes", "at most 80 machines"),
        ({"end": "2027-05-03T11:30:00Z"}, "end", "at most 90 days"),
    ],
)
def test_a_calendar_reservation_has_its_limits(changed: dict[str, Any], path: str, says: str) -> None:
    """AI Hypercomputer: at most 80 machines for at most 90 days; 90 days after 1 February is 2 May."""
    error = gcp_error({"pools.train": {**B200, "capacity": [{"block": {**BLOCK, **changed}}]}})
    assert error.path == f"pools.train.capacity.0.block.{path}"
    assert says in error.message
    legal = {**BLOCK, "nodes": 80, "end": "2027-05-02T11:30:00Z"}
    assert gcp_pool_of({**B200, "nodes": 80, "capacity": [{"block": legal}]}).rungs[0].nodes.max == 80


def test_later_rungs_stand_by_with_gkes_own_autoscaler() -> None:
    plan = gcp_plan(
        {"pools.train": {"accelerator": "L4:1", "nodes": "1..8", "fabric": "none", "capacity": ["spot", "on-demand"]}}
    )
    assert sizes(plan.pools[0]) == {"train-spot": (1, 1, 8), "train-on-demand": (0, 0, 8)}
    assert all(rung.groups[0].autoscaled for rung in plan.pools[0].rungs)
    assert advised(plan, "no-autoscaler") == []


def test_bought_capacity_that_does_not_fill_the_pool_is_refused() -> None:
    error = gcp_error({"pools.train": {**GANG, "nodes": 6, "capacity": [reserved(4)]}})
    assert error.message == "its rungs have 4 of the 6 nodes that the pool may have"


def test_a_rung_that_earlier_ones_leave_nothing_is_told_and_left_out() -> None:
    plan = gcp_plan({"pools.train": {**GANG, "nodes": 4, "capacity": [reserved(4), "on-demand"]}})
    assert list(sizes(plan.pools[0])) == ["train-reservation"]
    assert len(advised(plan, "rung-unused", "pools.train.capacity.1")) == 1


def test_two_reservations_are_two_pools_with_names_of_their_own() -> None:
    other = {"reservation": {**RESERVATION, "id": "train-two"}}
    pool = gcp_pool_of({**GANG, "capacity": [reserved(4), other]})
    roles = [group.role for rung in pool.rungs for group in rung.groups]
    assert roles == ["train-reservation", "train-reservation-2"]


def test_what_was_bought_in_two_zones_serves_no_pool_with_a_fabric() -> None:
    rungs = [reserved(4), {"reservation": {**RESERVATION, "id": "train-b", "zone_id": "us-central1-b"}}]
    errors = gcp_errors({"pools.train": {**GANG, "capacity": rungs}})
    assert any("its fabric does not cross zones" in one.message for one in errors)
