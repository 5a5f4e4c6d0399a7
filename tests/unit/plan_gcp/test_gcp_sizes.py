"""Counts of nodes on Google Cloud: per zone, in slices, in NVLink domains; never fewer than are asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from components.plan.gcp.sizes import in_domains, in_slices, over_zones, total, whole
from components.plan.model import NodeCount
from components.spec.quantities import NodeRange
from tests.support.gcp_specs import decided, gcp_pool_of, reserved
from tests.support.gcp_values import gcp_error, gcp_plan

COUNTS = st.tuples(st.integers(0, 400), st.integers(1, 400)).map(
    lambda pair: NodeCount(min=min(pair), desired=min(pair), max=max(pair))
)
L4 = {"accelerator": "L4:1", "fabric": "none"}
ZONES = ["us-central1-a", "us-central1-b", "us-central1-c"]


def test_a_count_is_per_zone_and_the_plan_says_what_that_makes() -> None:
    plan = gcp_plan({"pools.train": {**L4, "nodes": "1..8", "zones": ZONES}})
    pool = plan.pools[0]
    group = pool.rungs[0].groups[0]
    assert (group.min_per_zone, group.max_per_zone, group.nodes_max) == (1, 3, 9)
    assert (pool.rungs[0].nodes.min, pool.rungs[0].nodes.max) == (3, 9)
    assert (pool.nodes, pool.nodes_asked) == (NodeCount(min=3, desired=3, max=9), NodeCount(min=1, desired=1, max=8))
    assert decided(plan, "pools.train.nodes") == "up to 9 on-demand nodes: 3 in each of 3 zones; asked 8"


def test_counts_that_divide_are_given_as_they_are_asked() -> None:
    pool = gcp_pool_of({**L4, "nodes": 6, "zones": ZONES})
    assert (pool.rungs[0].groups[0].desired_per_zone, pool.nodes_asked) == (2, None)


def test_a_slice_is_a_node_pool_of_fixed_size() -> None:
    """A v6e slice of 4x4 has 16 chips in 4 machines of 4."""
    pool = gcp_pool_of({"accelerator": "TPU-v6e:4x4", "nodes": 8, "fabric": "required"})
    groups = pool.rungs[0].groups
    assert [(one.role, one.desired_per_zone, one.autoscaled, one.tpu_topology) for one in groups] == [
        ("train-on-demand", 4, False, "4x4"),
        ("train-on-demand-slice-2", 4, False, "4x4"),
    ]


def test_nodes_are_rounded_up_to_whole_slices_and_shown_as_asked_and_given() -> None:
    plan = gcp_plan({"pools.train": {"accelerator": "TPU-v6e:4x4", "nodes": "5..9", "fabric": "required"}})
    pool = plan.pools[0]
    assert (pool.nodes.min, pool.nodes.max) == (8, 12)
    assert pool.nodes_asked == NodeCount(min=5, desired=5, max=9)
    assert "8..12: asked 5..9; a 4x4 slice has 4 nodes" in decided(plan, "pools.train.nodes")
    assert [(one.min_per_zone, one.max_per_zone) for one in pool.rungs[0].groups] == [(4, 4), (4, 4), (0, 4)]


def test_a_slice_of_one_machine_is_any_number_of_nodes_in_one_pool() -> None:
    pool = gcp_pool_of({"accelerator": "TPU-v6e:2x2", "nodes": 3, "fabric": "none"})
    assert [(one.desired_per_zone, one.tpu_topology) for one in pool.rungs[0].groups] == [(3, None)]


def test_the_newest_tpus_have_their_topology_in_a_workload_policy() -> None:
    """GKE, TPU7x: a workload policy of the slice's topology; cluster-toolkit's TPU modules."""
    pool = gcp_pool_of({"accelerator": "TPU-7x:2x2x2", "nodes": 2, "fabric": "required"})
    group = pool.rungs[0].groups[0]
    assert (group.tpu_topology, group.workload_topology, group.desired_per_zone) == (None, "2x2x2", 2)


def test_a_rack_is_a_node_pool_of_eighteen_at_the_most() -> None:
    plan = gcp_plan(
        {"pools.train": {"accelerator": "GB200:4", "nodes": 40, "fabric": "required", "capacity": [reserved(40)]}}
    )
    groups = plan.pools[0].rungs[0].groups
    assert [one.desired_per_zone for one in groups] == [18, 18, 4]
    assert [one.role for one in groups][1:] == ["train-reservation-domain-2", "train-reservation-domain-3"]
    assert {one.workload_topology for one in groups} == {"1x72"}
    assert "3 node pools: 18 + 18 + 4: one for each NVLink domain" in decided(plan, "pools.train.nodes")


def test_a_reservation_holds_whole_slices() -> None:
    rung = reserved(6, "us-central1-b")
    error = gcp_error(
        {"pools.train": {"accelerator": "TPU-v6e:4x4", "nodes": 4, "fabric": "required", "capacity": [rung]}}
    )
    assert error.message == "6 machines are no whole number of 4x4 slices of 4"
    assert "use 4 of them" in error.hint


def test_system_nodes_stand_in_two_or_three_zones() -> None:
    for nodes, zones, given_nodes in ((2, 2, 2), (3, 3, 3), (4, 2, 4), (5, 2, 6)):
        system = gcp_plan({"system.nodes": nodes}).system
        assert (len(system.zones), system.nodes.max, system.group.nodes_desired) == (zones, given_nodes, given_nodes)


@given(count=COUNTS, zones=st.integers(1, 4))
def test_over_zones_nothing_is_missing_and_less_than_a_zones_worth_is_added(count: NodeCount, zones: int) -> None:
    (size,) = over_zones(count, zones)
    for each, asked in ((size.min, count.min), (size.desired, count.desired), (size.max, count.max)):
        assert asked <= each * zones < asked + zones


@given(count=COUNTS, hosts=st.integers(2, 64))
def test_slices_are_whole_or_not_there(count: NodeCount, hosts: int) -> None:
    sizes = in_slices(count, hosts)
    assert all(size.max == hosts and size.min in (0, hosts) and size.min == size.desired for size in sizes)
    both = total(sizes)
    assert count.max <= both.max < count.max + hosts
    assert count.desired <= both.desired < count.desired + hosts


@given(count=COUNTS, most=st.integers(1, 18))
def test_domains_hold_exactly_what_is_asked(count: NodeCount, most: int) -> None:
    sizes = in_domains(count, most)
    assert total(sizes) == count
    assert all(size.max <= most and size.min <= size.desired <= size.max for size in sizes)


@given(low=st.integers(0, 100), more=st.integers(1, 100), unit=st.integers(1, 64))
def test_whole_ranges_hold_what_is_asked(low: int, more: int, unit: int) -> None:
    found = whole(NodeRange(low, low + more), unit)
    assert low <= found.min < low + unit
    assert found.max >= low + more
    assert found.min % unit == found.max % unit == 0
