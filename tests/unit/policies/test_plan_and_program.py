"""What a plan says and what its program registers are judged alike, to the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from components.catalog import load
from components.cost.estimate import estimate, report_for
from components.cost.readers.aws import items_from_resources
from components.cost.readers.terms import Terms
from components.errors import CatalogError
from components.plan.aws.model import AwsAccess, AwsClusterPlan
from components.plan.model import Bought, BudgetPlan, NodeCount, StatedPrice
from policies.engine import Judgement, evaluate
from policies.from_plan import subject_of
from policies.readers.aws import context_of, subject_from_resources
from policies.settings import Settings
from tests.support.aws_plan import make_bucket, make_group, make_lustre, make_plan, make_pool, make_rung
from tests.support.aws_resources import resources_of_plan
from tests.unit.policies.subjects import with_parameters

ON = date(2026, 11, 24)
SOUND = make_plan(
    tags={"owner": "research", "cost-center": "4711"},
    instance_tags={"owner": "research", "cost-center": "4711"},
    storage=(
        make_lustre(price=StatedPrice(usd=Decimal("0.2"), source="an offer", as_of=ON)),
        make_bucket(),
    ),
)
SPOT = make_pool(rungs=(make_rung(name="train-spot", capacity_type="spot", group=make_group(capacity_type="SPOT")),))
OPEN = AwsAccess(public=True, allowed_cidrs=("0.0.0.0/0",), admins=())
TIGHT = BudgetPlan(usd_per_month=Decimal(80000), usd_per_hour=Decimal(100), usd_per_gpu_hour=Decimal(6), alerts=())


def from_plan(plan: AwsClusterPlan, settings: Settings) -> Judgement:
    return evaluate(subject_of(plan, report_for(plan, load("aws"), ON), ON), settings)


@cache
def registered(key: str) -> Sequence[dict[str, Any]]:
    return [one.to_json() for one in resources_of_plan(PLANS[key][0]).all]


def from_program(key: str, settings: Settings) -> Judgement:
    plan, catalog = PLANS[key][0], load("aws")
    resources = registered(key)
    items, left_out = items_from_resources(resources, Terms.of(plan), catalog, ON)
    cost = estimate(items, catalog, not_included=left_out)
    return evaluate(subject_from_resources(resources, context_of(plan), cost, ON), settings)


PLANS: dict[str, tuple[AwsClusterPlan, set[str]]] = {
    "sound": (SOUND, set()),
    "spot": (replace(SOUND, pools=(SPOT,)), {"spot-forbidden"}),
    "open endpoint": (replace(SOUND, access=OPEN), {"no-public-ip"}),
    "no cost center": (
        replace(SOUND, tags={"owner": "research"}, instance_tags={"owner": "research"}),
        {"required-tags"},
    ),
    "unpriced": (
        replace(SOUND, storage=(make_lustre(), make_bucket())),
        {"unpriced-resource", "monthly-budget-ceiling"},
    ),
    # two machines of 8 accelerators at 55.04 USD an hour: 6.88 USD each, 110.08 USD an hour, 80,358.40 USD a month
    "over budget": (
        replace(SOUND, budget=TIGHT),
        {"monthly-budget-ceiling", "hourly-burn-ceiling", "gpu-hour-price-ceiling"},
    ),
}


@pytest.mark.parametrize("key", PLANS)
def test_plan_and_program_are_judged_alike(key: str) -> None:
    plan, failing = PLANS[key]
    settings = with_parameters("encryption", require_key=True)
    planned, programmed = from_plan(plan, settings), from_program(key, settings)
    assert {one.id for one in planned.verdicts if one.verdict == "fail"} == failing
    assert programmed.verdicts == planned.verdicts
    assert {(f.id, f.path) for f in programmed.findings} == {(f.id, f.path) for f in planned.findings}


@pytest.mark.parametrize("broken", ["encryptionConfig", "kmsKeyId"])
def test_a_component_that_forgets_a_key_is_found(broken: str) -> None:
    settings = with_parameters("encryption", require_key=True)
    resources = [
        one | {"inputs": {k: v for k, v in one["inputs"].items() if k != broken}} for one in registered("sound")
    ]
    made = subject_from_resources(resources, context_of(SOUND), report_for(SOUND, load("aws"), ON), ON)
    assert "encryption" in {one.id for one in evaluate(made, settings).verdicts if one.verdict == "fail"}


def test_a_volume_beside_the_cluster_is_held_to_the_same_rules() -> None:
    extra = {"type": "aws:ebs/volume:Volume", "name": "scratch-data", "parent": None, "inputs": {"size": 10}}
    cost = report_for(SOUND, load("aws"), ON)
    judgement = evaluate(subject_from_resources([*registered("sound"), extra], context_of(SOUND), cost, ON))
    assert {(f.id, f.path) for f in judgement.findings} == {
        ("encryption", "scratch-data"),
        ("required-tags", "scratch-data"),
    }


def block(upfront: str | None) -> AwsClusterPlan:
    bought = Bought(
        id="cr-1",
        zone_id="use1-az2",
        nodes=2,
        start=datetime(2026, 12, 1, tzinfo=UTC),
        end=datetime(2026, 12, 3, tzinfo=UTC),
        upfront_usd=None if upfront is None else Decimal(upfront),
    )
    group = make_group(capacity_type="CAPACITY_BLOCK", instance_types=(), template_instance_type="p5.48xlarge")
    rung = make_rung(name="train-block", capacity_type="block", bought=bought, group=group)
    return replace(SOUND, pools=(make_pool(rungs=(replace(rung, nodes=NodeCount(min=0, desired=0, max=2)),)),))


def test_a_block_s_fee_is_a_price_by_the_hour() -> None:
    # 2 nodes of 8 accelerators for 48 hours are 768 accelerator hours: 9,984 USD are 13 USD each
    for fee, failing in (("9984", False), ("9991.68", True), (None, True)):
        plan = block(fee)
        made = subject_of(plan, report_for(plan, load("aws"), ON), ON)
        assert [rate.usd for rate in made.rates] == [None if fee is None else Decimal(fee) / 768]
        verdicts = {one.id: one.verdict for one in evaluate(made).verdicts}
        assert verdicts["gpu-hour-price-ceiling"] == ("pass" if not failing else "fail")


def test_a_cloud_without_rules_is_refused() -> None:
    plan = replace(SOUND, cloud="moon")
    with pytest.raises(CatalogError, match="rules cannot judge a cluster on 'moon' yet"):
        subject_of(plan, report_for(SOUND, load("aws"), ON), ON)
