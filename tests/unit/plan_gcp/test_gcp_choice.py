"""From an accelerator to a machine, a zone and a slice on Google Cloud, and the nearest right one where it is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.gcp_specs import decided, gcp_pool_of, reserved
from tests.support.gcp_values import advised, gcp_error, gcp_errors, gcp_plan

GANG = {"nodes": 2, "fabric": "required"}


@pytest.mark.parametrize(
    ("accelerator", "fabric", "capacity", "machine"),
    [
        ("H100:8", "required", "on-demand", "a3-megagpu-8g"),
        ("H100:8", {"min_gbps_per_accelerator": 100}, "on-demand", "a3-megagpu-8g"),
        ("H100:8", {"min_gbps_per_accelerator": 200}, "on-demand", "a3-megagpu-8g"),
        ("H200:8", "required", "spot", "a3-ultragpu-8g"),
        ("H200:8", {"min_gbps_per_accelerator": 400}, "spot", "a3-ultragpu-8g"),
        ("B200:8", "required", "spot", "a4-highgpu-8g"),
        ("GB200:4", "required", reserved(2), "a4x-highgpu-4g"),
        ("A100-40GB:8", "none", "on-demand", "a2-highgpu-8g"),
        ("A100-40GB:16", "none", "on-demand", "a2-megagpu-16g"),
        ("A100-80GB:8", "none", "on-demand", "a2-ultragpu-8g"),
        ("L4:1", "none", "on-demand", "g2-standard-8"),
        ("L4:8", "none", "on-demand", "g2-standard-96"),
        ("RTX-PRO-6000:8", "none", "on-demand", "g4-standard-384"),
        ("H100:1", "none", "spot", "a3-highgpu-1g"),
        ("TPU-v5e:4x4", "required", "on-demand", "ct5lp-hightpu-4t"),
        ("TPU-v5p:2x2x2", "required", "on-demand", "ct5p-hightpu-4t"),
        ("TPU-v6e:4x4", "required", "on-demand", "ct6e-standard-4t"),
        ("TPU-v6e:2x4", "none", "on-demand", "ct6e-standard-8t"),
        ("TPU-v6e:1", "none", "on-demand", "ct6e-standard-1t"),
    ],
)
def test_an_accelerator_becomes_a_machine(accelerator: str, fabric: Any, capacity: Any, machine: str) -> None:
    pool = gcp_pool_of({"accelerator": accelerator, "nodes": 2, "fabric": fabric, "capacity": [capacity]})
    assert pool.machine == machine


def test_the_region_decides_where_only_one_of_two_is() -> None:
    """asia-south1 has a3-highgpu-8g and no a3-megagpu-8g; both have the fabric, 100 and 200 Gbit/s a GPU."""
    pool = gcp_pool_of({"accelerator": "H100:8", **GANG}, region="asia-south1")
    assert pool.machine == "a3-highgpu-8g"
    assert pool.fabric is not None
    assert (pool.fabric.kind, pool.fabric.gbps_per_accelerator, pool.fabric.devices_per_node) == ("tcpx", 100, 4)
    slow = {"accelerator": "H100:8", "nodes": 2, "fabric": {"min_gbps_per_accelerator": 150}}
    error = gcp_error({"region": "asia-south1", "pools.train": slow})
    assert (error.id, error.path) == ("slow-fabric", "pools.train.fabric")


def test_what_the_ladder_asks_for_decides_between_wishes() -> None:
    """B200 is not sold on demand; the next wish is."""
    plan = gcp_plan({"pools.train": {"accelerator": ["B200:8", "H100:8"], **GANG}})
    assert plan.pools[0].machine == "a3-megagpu-8g"
    assert "the first of B200:8, H100:8" in decided(plan, "pools.train.accelerator")
    spot = gcp_pool_of({"accelerator": ["B200:8", "H100:8"], **GANG, "capacity": ["spot"]})
    assert spot.machine == "a4-highgpu-8g"


@pytest.mark.parametrize(
    ("accelerator", "capacity", "sold"),
    [
        ("H100:1", "on-demand", "spot, flex"),
        ("H100:4", reserved(2), "spot, flex"),
        ("H200:8", "on-demand", "spot, reservation, block, flex"),
        ("B200:8", "on-demand", "spot, reservation, block, flex"),
        ("GB200:4", "spot", "reservation"),
        ("GB200:4", "flex", "reservation"),
        ("L4:1", {"block": {"id": "may", "zone_id": "us-central1-a", "nodes": 2, "start": "2027-05-01T00:00:00Z",
                            "end": "2027-05-09T00:00:00Z", "upfront_usd": 1}}, "on-demand, spot, reservation, flex"),
    ],
)  # fmt: skip
def test_what_is_not_sold_is_refused_with_what_is(accelerator: str, capacity: Any, sold: str) -> None:
    changes = {"pools.train": {"accelerator": accelerator, "nodes": 2, "fabric": "none", "capacity": [capacity]}}
    errors = [one for one in gcp_errors(changes) if one.id == "capacity"]
    assert [one.hint.partition(": ")[2] for one in errors] == [sold]
    assert "is not sold as" in errors[0].message


@pytest.mark.parametrize("accelerator", ["A100-80GB:8", "L4:8", "RTX-PRO-6000:8", "A100-40GB:8"])
def test_machines_without_a_fabric_are_refused_where_one_is_required(accelerator: str) -> None:
    error = gcp_error({"pools.train": {"accelerator": accelerator, **GANG}})
    assert (error.id, error.path) == ("no-fabric", "pools.train.fabric")
    assert "fabric: none" in error.hint


def test_single_nodes_of_tpus_are_joined_by_nothing() -> None:
    """The links between chips join the machines of one slice."""
    for pool in ({"accelerator": "TPU-v6e:4", **GANG}, {"machine": "ct6e-standard-4t", **GANG}):
        error = gcp_error({"pools.train": pool})
        assert (error.id, error.path) == ("no-fabric", "pools.train.fabric")
        assert "TPU-v6e:4x4" in error.hint
    assert gcp_pool_of({"accelerator": "TPU-v6e:4x4", "nodes": 4, "fabric": "required"}).machine == "ct6e-standard-4t"


@pytest.mark.parametrize(
    ("asked", "near"),
    [
        ("TPU-v6e:3x3", "TPU-v6e:2x2, TPU-v6e:2x4, TPU-v6e:4x4"),
        ("TPU-v6e:4x5", "TPU-v6e:2x4, TPU-v6e:4x4, TPU-v6e:4x8"),
        ("TPU-v6e:16", "TPU-v6e:2x4, TPU-v6e:4x4, TPU-v6e:4x8"),
        ("TPU-v5p:2x2", "TPU-v5p:2x2x1, TPU-v5p:2x2x2, TPU-v5p:2x2x4"),
    ],
)
def test_a_slice_that_is_not_sold_is_told_with_the_nearest(asked: str, near: str) -> None:
    error = gcp_error({"pools.train": {"accelerator": asked, "nodes": 4, "fabric": "required"}})
    assert (error.id, error.path) == ("topology", "pools.train.accelerator")
    assert near in error.hint


def test_a_topology_of_what_has_no_slices_is_told_what_to_write() -> None:
    error = gcp_error({"pools.train.accelerator": "H100:2x4"})
    assert error.id == "topology"
    assert "write H100:8" in error.hint


@pytest.mark.parametrize(
    ("changes", "path", "says", "hint"),
    [
        ({"region": "us-centrl1"}, "region", "is no region", "us-central1"),
        ({"region": "us-central1-a", "pools.train.zones": []}, "region", "is a zone", "us-central1"),
        ({"pools.train.zones": ["us-central1-q"]}, "pools.train.zones.0", "is no zone of us-central1", "us-central1-"),
        ({"pools.train.accelerator": "H1000:8"}, "pools.train.accelerator", "no accelerator that gcp sells", "'H100'"),
        ({"pools.train": {"machine": "a3-megagpu-8", **GANG}}, "pools.train.machine", "is no gcp machine", "'a3-megagpu-8g'"),
        (
            {"pools.train": {"accelerator": "H200:8", **GANG, "capacity": ["spot"], "zones": ["us-central1-a"]}},
            "pools.train.zones.0", "a3-ultragpu-8g is not offered in us-central1-a", "us-central1-b",
        ),
        (
            {"region": "us-west2", "pools.train": {"machine": "a3-megagpu-8g", **GANG}},
            "pools.train", "is not offered in us-west2", "offered in us-",
        ),
        (
            {"pools.train.capacity": [{"reservation": {"id": "My Train", "zone_id": "us-central1-a", "nodes": 2}}]},
            "pools.train.capacity.0.reservation.id", "is no name of a reservation", "projects/<project>/reservations/",
        ),
        (
            {"pools.train.zones": [], "pools.train.capacity": [reserved(2, "us-centrl1-a")]},
            "pools.train.capacity.0.reservation.zone_id", "is no zone of us-central1", "'us-central1-a'",
        ),
        (
            {"pools.train.zones": ["us-central1-b"], "pools.train.capacity": [reserved(2)]},
            "pools.train.zones", "is not where the bought capacity is (us-central1-a)", "use us-central1-a",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_the_nearest_right_one(
    changes: dict[str, Any], path: str, says: str, hint: str
) -> None:
    error = next(one for one in gcp_errors(changes) if one.path == path)
    assert says in error.message
    assert hint in error.hint


def test_a_pool_stands_in_one_zone_unless_it_names_more() -> None:
    pool = {"accelerator": "H100:1", "nodes": 3, "fabric": "none", "capacity": ["spot"]}
    assert gcp_pool_of(pool).zones == ("us-central1-a",)
    assert gcp_pool_of({**pool, "zones": ["us-central1-a", "us-central1-b"]}).zones == (
        "us-central1-a",
        "us-central1-b",
    )


def test_nodes_of_a_fabric_or_slice_or_rack_stand_in_one_zone_whatever_is_named() -> None:
    zones = ["us-central1-a", "us-central1-b"]
    assert gcp_error({"pools.train.zones": zones}).path == "pools.train.zones"
    slices = {"accelerator": "TPU-v6e:4x4", "nodes": 4, "fabric": "none", "zones": zones}
    assert "a slice of several machines stands in one zone" in gcp_error({"pools.train": slices}).message


def test_where_offerings_are_unknown_the_plan_says_so() -> None:
    plan = gcp_plan({"pools.train": {"accelerator": "TPU-v4:4", "nodes": 1}})
    assert "is offered is unknown" in advised(plan, "offerings")[0]


def test_a_reservation_is_believed_about_its_zone() -> None:
    """The catalogue's list of zones is that of a price list: the account knows better."""
    plan = gcp_plan({"pools.train": {"accelerator": "H200:8", **GANG, "capacity": [reserved(2)]}})
    assert plan.pools[0].zones == ("us-central1-a",)
    assert "is not known to be offered in us-central1-a" in advised(plan, "offerings")[0]


def test_what_only_the_account_knows_of_a_reservation_is_said_with_the_way_to_look() -> None:
    plan = gcp_plan({"pools.train.capacity": [reserved(2)]})
    told = next(one for one in plan.findings if one.id == "reservation-unseen")
    assert "16 local SSDs" in told.message
    assert told.hint == "gcloud compute reservations describe train --zone us-central1-a"
