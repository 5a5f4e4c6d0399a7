"""What holds for every spec: a plan or a list of errors, the same on every machine, and within what AWS allows."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from decimal import Decimal
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.catalog.aws import catalog as aws_catalog
from components.errors import InputError, Level
from components.plan.aws.model import AwsClusterPlan, Lustre
from components.plan.document import plan_hash, to_document
from tests.support.spec_strategies import cluster_values, pool_values, slipped_values, whole_values
from tests.support.specs import baseline, changed, plan_value

ROOT = Path(__file__).parents[2]
SLOW = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def planned(value: dict[str, Any]) -> AwsClusterPlan | None:
    """The plan of a value, or None where it is refused: with findings that say why, and never without an error."""
    try:
        return plan_value(value)
    except InputError as error:
        assert any(one.level is Level.ERROR for one in error.findings)
        assert all(one.message for one in error.findings)
        return None


def counted(strategy: st.SearchStrategy[dict[str, Any]]) -> dict[bool, int]:
    """How many of what a strategy makes are planned, and how many refused; anything else fails."""
    counts = {True: 0, False: 0}

    @SLOW
    @given(strategy)
    def any_spec(value):
        plan = planned(value)
        counts[plan is not None] += 1
        if plan is not None:
            assert not [one for one in plan.findings if one.level is Level.ERROR]
            json.dumps(to_document(plan))

    any_spec()
    return counts


def test_any_spec_gives_a_plan_or_errors_and_most_give_a_plan():
    counts = counted(cluster_values())
    assert counts[True] >= sum(counts.values()) / 2, counts


def test_a_spec_with_slips_gives_a_plan_or_errors():
    counts = counted(slipped_values())
    assert counts[False] >= sum(counts.values()) / 4, counts


@SLOW
@given(whole_values())
def test_planning_twice_gives_one_plan(value):
    plan = planned(value)
    if plan is not None:
        again = plan_value(json.loads(json.dumps(value)))
        assert plan_hash(again) == plan_hash(plan)
        assert to_document(again) == to_document(plan)


PROGRAM = """
import json, sys
from components.plan.document import plan_hash
from tests.support.specs import plan_value
print(json.dumps([plan_hash(plan_value(value)) for value in json.load(sys.stdin)]))
"""


def test_plans_do_not_depend_on_the_process():
    """Sets and hashes of text differ between processes; a plan must not."""
    pools = {
        "serve": {
            "accelerator": ["L4:1", "A10G:1"],
            "nodes": "0..8",
            "fabric": "none",
            "capacity": ["spot", "on-demand"],
        }
    }
    storage = {
        "scratch": {"kind": "parallel", "capacity": "4800GiB"},
        "home": {"kind": "shared"},
        "data": {"kind": "object"},
    }
    values = [baseline(), baseline({"pools": pools, "storage": storage, "network.nat": "none"})]
    hashes = set()
    for seed in ("0", "1", "4242"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            input=json.dumps(values),
            env=env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        )
        hashes.add(done.stdout)
    assert hashes == {json.dumps([plan_hash(plan_value(value)) for value in values]) + "\n"}


def every_rung(plan: AwsClusterPlan):
    return [(pool, rung) for pool in plan.pools for rung in pool.rungs]


@SLOW
@given(whole_values(), st.sampled_from("AB"))
def test_interfaces_and_pods_are_within_the_machine(value, layout):
    plan = planned(changed(value, {"software.efa_layout": layout}))
    for pool, rung in every_rung(plan) if plan else []:
        machine, nics = aws_catalog().machines[pool.machine], rung.group.interfaces
        places = [(nic.card, nic.device) for nic in nics]
        efa = [nic.card for nic in nics if nic.type != "interface"]
        assert len(set(places)) == len(places)
        assert len(set(efa)) == len(efa) <= machine.efa_max
        assert bool(nics) == (pool.fabric is not None)
        assert not nics or (places[0] == (0, 0) and nics[0].type in ("interface", "efa"))
        assert not nics or set(efa) == set(machine.efa_cards)
        if rung.group.max_pods is not None:
            with_address = (machine.interfaces_card0 or 0) - sum(
                nic.card == 0 and nic.type == "efa-only" for nic in nics
            )
            assert 0 < rung.group.max_pods == with_address * ((machine.ipv4_per_interface or 0) - 1) + 2


@SLOW
@given(whole_values())
def test_a_ladder_fills_the_pool_and_no_more(value):
    plan = planned(value)
    for pool in plan.pools if plan else []:
        later = sum(rung.nodes.max for rung in pool.rungs if rung.capacity_type == "block")
        assert pool.nodes.min - later <= sum(rung.nodes.desired for rung in pool.rungs) <= pool.nodes.min
        bought = sum(rung.nodes.max for rung in pool.rungs if rung.bought)
        assert bought == pool.nodes.max or any(rung.bought is None for rung in pool.rungs)
        assert bought <= pool.nodes.max
        assert all(rung.nodes.max == pool.nodes.max - bought for rung in pool.rungs if not rung.bought)
        assert all(0 <= rung.nodes.min <= rung.nodes.desired <= rung.nodes.max for rung in pool.rungs)
        assert len({rung.name for rung in pool.rungs}) == len(pool.rungs)


@SLOW
@given(whole_values())
def test_subnets_are_disjoint_private_and_where_they_must_be(value):
    plan = planned(value)
    if plan is None:
        return
    by_name = {subnet.name: subnet for subnet in plan.network.subnets}
    assert len(by_name) == len(plan.network.subnets)
    ranges = [IPv4Network(subnet.cidr) for subnet in plan.network.subnets]
    assert all(one.subnet_of(IPv4Network(plan.network.cidr)) and 16 <= one.prefixlen <= 28 for one in ranges)
    assert not any(one.overlaps(two) for one, two in itertools.combinations(ranges, 2))
    for pool, rung in every_rung(plan):
        stands = [by_name[name] for name in rung.group.subnets]
        assert {subnet.role for subnet in stands} == {"pool"}
        assert tuple(subnet.zone_id for subnet in stands) == rung.zones
        assert len(rung.zones) == 1 or pool.fabric is None
        assert rung.bought is None or rung.zones == (rung.bought.zone_id,)
        assert not (rung.group.placement_group and rung.bought)
    for item in plan.storage:
        if isinstance(item, Lustre):
            assert by_name[item.subnet].zone_id == item.zone_id
            assert item.given_gib is not None
            assert item.given_gib >= Decimal(item.asked_gib or 0)


@SLOW
@given(whole_values(), st.data())
def test_a_pool_that_is_added_moves_nothing_that_stands(value, data):
    before = planned(value)
    pool = data.draw(pool_values(value["region"]))
    after = planned(changed(value, {"pools.zz-new": pool})) if before else None
    if before is None or after is None:
        return
    kept = {subnet.name: subnet for subnet in after.network.subnets}
    pools = [subnet for subnet in before.network.subnets if subnet.role != "storage"]
    assert all(kept[subnet.name] == subnet for subnet in pools)
    assert after.system == before.system
    # A file system follows the first pool that has a fabric, so only the first such pool, or the first of all, moves it.
    gangs = [one.fabric is not None for one in after.pools]
    if before.pools and (any(gangs[:-1]) or not gangs[-1]):
        lustre = [[item for item in plan.storage if isinstance(item, Lustre)] for plan in (before, after)]
        assert lustre[0] == lustre[1]
    groups = {rung.name: rung.group for _, rung in every_rung(after)}
    assert all(groups[rung.name] == rung.group for _, rung in every_rung(before))
