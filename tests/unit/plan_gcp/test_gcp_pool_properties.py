"""Any pool on Google Cloud is refused with a reason, or planned so that everything adds up."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from components.catalog.gcp import catalog
from components.errors import InputError
from components.plan.document import plan_hash
from components.plan.gcp.model import GcpClusterPlan
from components.spec.quantities import NodeRange
from tests.support.gcp_specs import BLOCK, reserved
from tests.support.gcp_values import gcp_plan

ROWS = catalog()
ZONES = [f"us-central1-{letter}" for letter in "abc"]
SLICES = [f"TPU-v6e:{topology}" for topology in ROWS.tpu_topologies("TPU-v6e")]
GPUS = ["H100:8", "H100:1", "H200:8", "B200:8", "GB200:4", "L4:1", "A100-80GB:8", "RTX-PRO-6000:8"]

RUNGS: st.SearchStrategy[Any] = st.one_of(
    st.sampled_from(["on-demand", "spot", "flex"]),
    st.builds(reserved, st.integers(1, 40), st.sampled_from(ZONES)),
    st.builds(lambda zone: {"block": {**BLOCK, "zone_id": zone}}, st.sampled_from(ZONES)),
)
POOLS = st.fixed_dictionaries(
    {
        "accelerator": st.sampled_from(GPUS + SLICES[:5]),
        "nodes": st.one_of(
            st.integers(1, 40),
            st.tuples(st.integers(0, 20), st.integers(1, 20)).map(lambda two: f"{two[0]}..{two[0] + two[1]}"),
        ),
        "fabric": st.sampled_from(["required", "none"]),
        "capacity": st.lists(RUNGS, min_size=1, max_size=3, unique_by=str),
    },
    optional={
        "zones": st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True),
        "placement": st.sampled_from(["auto", "cluster", "none"]),
        "flex": st.just({"queued": True, "max_run_hours": 24}),
        "scratch": st.sampled_from(["raid0", "none"]),
    },
)


@settings(max_examples=120, deadline=None)
@given(pool=POOLS, way=st.sampled_from(["objects", "dranet"]))
def test_a_pool_is_refused_or_adds_up(pool: dict[str, Any], way: str) -> None:
    changes = {"pools": {"train": pool}, "software.pod_networks": way}
    try:
        plan = gcp_plan(changes)
    except InputError as error:
        assert all(one.message and one.path for one in error.findings)
        return
    asked = NodeRange.parse(pool["nodes"])
    found = plan.pools[0]
    assert found.nodes.min >= asked.min
    assert found.nodes.max >= asked.max
    carried = [rung for rung in found.rungs if rung.bought] + [rung for rung in found.rungs if not rung.bought][:1]
    assert sum(rung.nodes.max for rung in carried) >= asked.max
    _adds_up(plan)
    assert plan_hash(gcp_plan(changes)) == plan_hash(plan)


def _adds_up(plan: GcpClusterPlan) -> None:
    """Counts of rungs are those of their pools in all zones, within what was bought, under names of their own."""
    names: list[str] = [plan.system.group.name]
    for rung in plan.pools[0].rungs:
        assert rung.nodes.max == sum(group.nodes_max for group in rung.groups)
        assert rung.nodes.desired == sum(group.nodes_desired for group in rung.groups)
        if rung.bought is not None:
            assert rung.nodes.max <= rung.bought.nodes
        for group in rung.groups:
            assert group.autoscaled == (group.min_per_zone != group.max_per_zone)
            assert group.min_per_zone <= group.desired_per_zone <= group.max_per_zone
            names.append(group.name)
    assert len(set(names)) == len(names)
