"""What a shape becomes on different clouds: the same, each one's own, by a field that differs, or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from components.errors import Finding, Level
from components.plan.meaning import DIFFERS, NO_EFFECT, OWN, SAME, Meaning, meanings
from components.plan.model import ClusterPlan, FabricPlan, NodeCount
from tests.support.specs import plan_of

TCPXO = FabricPlan(
    kind="tcpxo", gbps_per_node=Decimal(1600), gbps_per_accelerator=Decimal(200), devices_per_node=8
)  # a3-megagpu-8g: 8 interfaces of 200 Gbit/s, Google Cloud's page on GPU machine types


def here() -> ClusterPlan:
    return plan_of({"storage.scratch": {"kind": "parallel", "capacity": "4800GiB"}})


def elsewhere(plan: ClusterPlan, **own: object) -> ClusterPlan:
    """The same spec on another cloud, with a machine, a fabric and a step of sizes of its own."""
    pool = replace(plan.pools[0], machine="a3-megagpu-8g", fabric=TCPXO, **own)
    storage = tuple(replace(one, given_gib=9000) if one.kind == "parallel" else one for one in plan.storage)
    return replace(plan, stack="there", cloud="elsewhere", pools=(pool,), storage=storage)


def by_path(found: tuple[Meaning, ...]) -> dict[str, Meaning]:
    return {one.path: one for one in found}


def test_what_the_shape_asks_for_is_the_same() -> None:
    plan = here()
    found = by_path(meanings([plan, elsewhere(plan)], []))
    for path, value in (
        ("kubernetes", "1.35"),
        ("pools.train.accelerator", "H100:8"),
        ("pools.train.accelerators", 16),
        ("pools.train.nodes", 2),
        ("storage.scratch.asked_gib", "4800"),
    ):
        assert (found[path].kind, found[path].values, found[path].why) == (SAME, (value, value), ""), path


@pytest.mark.parametrize(
    ("path", "values", "why"),
    [
        ("pools.train.machine", ("p5.48xlarge", "a3-megagpu-8g"), "each cloud's own machine"),
        ("pools.train.fabric", ("efa", "tcpxo"), "each cloud's own fabric"),
        ("pools.train.gbps_per_accelerator", ("400", "200"), "what is asked for is met by each"),
        ("storage.scratch.given_gib", (4800, 9000), "rounded up to a legal size"),
    ],
)
def test_what_each_cloud_has_its_own_way_of_says_so(path: str, values: tuple[object, ...], why: str) -> None:
    plan = here()
    one = by_path(meanings([plan, elsewhere(plan)], []))[path]
    assert (one.kind, one.values, one.why) == (OWN, values, why)


def test_what_the_stacks_set_differently_is_no_cloud_s_doing() -> None:
    plan = here()
    eight = NodeCount(min=8, desired=8, max=8)
    found = by_path(meanings([plan, elsewhere(plan, nodes=eight)], ["pools.train.nodes", "budget.usd_per_month"]))
    for path, values in (("pools.train.nodes", (2, 8)), ("pools.train.accelerators", (16, 64))):
        assert (found[path].kind, found[path].values) == (DIFFERS, values)
        assert found[path].why == "follows from pools.train.nodes"
    assert found["pools.train.machine"].kind == OWN


def test_a_pool_that_only_one_stack_has_is_nothing_on_the_other() -> None:
    plan = here()
    other = replace(elsewhere(plan), pools=())
    one = by_path(meanings([plan, other], ["pools.train"]))["pools.train.accelerator"]
    assert (one.kind, one.values) == (DIFFERS, ("H100:8", None))


def test_shape_that_has_no_effect_on_a_cloud_has_no_meaning_there() -> None:
    plan = here()
    told = Finding("no-effect", Level.ADVISORY, "has no effect: Elsewhere has no EFA", "software.efa_layout")
    binding = Finding("no-effect", Level.ADVISORY, "has no effect", "network.fabric_cidr")
    other = replace(elsewhere(plan), findings=(told, binding))
    found = by_path(meanings([plan, other], []))
    one = found["software.efa_layout"]
    assert (one.kind, one.values) == (NO_EFFECT, ("has effect", "no effect"))
    assert one.why == "elsewhere: has no effect: Elsewhere has no EFA"
    assert "network.fabric_cidr" not in found
