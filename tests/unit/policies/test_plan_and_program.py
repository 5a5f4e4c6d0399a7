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
from components.plan.aws.model import AwsAccess, AwsClusterPlan, Endpoint, ScheduledSize
from components.plan.model import Bought, BudgetPlan, NodeCount, StatedPrice
from policies.engine import Judgement, evaluate
from policies.from_plan import subject_of
from policies.readers.aws import context_of, subject_from_resources
from policies.settings import Settings
from tests.support.aws_plan import (
    make_bucket,
    make_group,
    make_lustre,
    make_network,
    make_plan,
    make_pool,
    make_rung,
)
from tests.support.aws_resources import resources_of_plan
from tests.unit.policies.subjects import with_parameters

ON = date(2026, 11, 24)
SOUND = make_plan(
    tags={"owner": "research", "cost-center": "4711"},
    instance_tags={"owner": "research", "cost-center": "4711"},
    storage=(
        make_lustre(price=StatedPrice(usd=Decimal("0.14"), source="an offer", as_of=ON)),
        make_bucket(),
    ),
)
SCARCE = {"on-demand-scarce-gpu"}  # H100 on demand, as most of these plans have them
DEV = replace(SOUND, environment="dev", protect=False)
TAGS = {"owner": "research", "cost-center": "4711"}
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


def reserved(**changes: Any) -> AwsClusterPlan:
    """The pool in a reservation of as many machines, which ends in seven months."""
    bought = Bought(id="cr-0123456789abcdef0", zone_id="use1-az2", nodes=2, until=date(2027, 6, 30))
    group = make_group(reservation_id=bought.id, reservation_preference="capacity-reservations-only")
    rung = make_rung(
        name="train-reservation", capacity_type="reservation", bought=replace(bought, **changes), group=group
    )
    return replace(SOUND, pools=(make_pool(rungs=(rung,)),))


def hours(plan: AwsClusterPlan) -> AwsClusterPlan:
    """The pool empty at night."""
    night = ScheduledSize(name="hours-down", min=0, desired=0, max=2, recurrence="0 20 * * *", timezone="Europe/Berlin")
    return replace(plan, pools=(make_pool(rungs=(make_rung(group=make_group(schedules=(night,))),)),))


def serving(**changes: Any) -> AwsClusterPlan:
    """A pool of single-GPU nodes without a fabric, in development."""
    group = make_group(interfaces=(), instance_types=("g6.xlarge",), placement_group=False, **changes)
    sizes = NodeCount(min=0, desired=0, max=2)
    rung = make_rung(machines=("g6.xlarge",), nodes=sizes, group=group)
    pool = make_pool(
        accelerator="L4", accelerators_per_node=1, machine="g6.xlarge", fabric=None, nodes=sizes, rungs=(rung,)
    )
    return replace(DEV, pools=(pool,))


def endpoints(*services: str) -> AwsClusterPlan:
    made = tuple(Endpoint(service=service, type="Gateway") for service in services)
    return replace(SOUND, network=make_network(endpoints=made))


TIRED = StatedPrice(usd=Decimal("70"), source="an offer", as_of=date(2024, 1, 1))
PLANS: dict[str, tuple[AwsClusterPlan, set[str]]] = {
    "sound": (SOUND, SCARCE),
    "spot": (replace(SOUND, pools=(SPOT,)), {"spot-forbidden"}),
    "open endpoint": (replace(SOUND, access=OPEN), {"no-public-ip", *SCARCE}),
    "no cost center": (
        replace(SOUND, tags={"owner": "research"}, instance_tags={"owner": "research"}),
        {"required-tags", *SCARCE},
    ),
    "unpriced": (
        replace(SOUND, storage=(make_lustre(), make_bucket())),
        {"unpriced-resource", "monthly-budget-ceiling", "storage-cost", *SCARCE},
    ),
    # two machines of 8 accelerators at 55.04 USD an hour: 6.88 USD each, 110.08 USD an hour, 80,358.40 USD a month
    "over budget": (
        replace(SOUND, budget=TIGHT),
        {"monthly-budget-ceiling", "hourly-burn-ceiling", "gpu-hour-price-ceiling", *SCARCE},
    ),
    "reserved": (reserved(), set()),
    "reserved for ever": (reserved(until=None), {"reservation-expiry"}),
    "reserved for nobody": (reserved(nodes=3), {"reservation-unused"}),
    "no last day": (DEV, {"idle-ttl", "scale-to-zero", *SCARCE}),
    "a last day": (
        replace(DEV, expires=date(2027, 1, 31), tags={**TAGS, "expires-at": "2027-01-31"}),
        {"scale-to-zero", *SCARCE},
    ),
    "a late day": (
        replace(DEV, expires=date(2028, 1, 31), tags={**TAGS, "expires-at": "2028-01-31"}),
        {"idle-ttl", "scale-to-zero", *SCARCE},
    ),
    "empty at night": (hours(DEV), SCARCE),
    "on demand alone": (serving(), {"spot-required"}),
    "protected where it is in the way": (
        replace(hours(DEV), protect=True),
        {"data-protection-and-teardown", *SCARCE},
    ),
    "not protected": (replace(SOUND, protect=False), {"data-protection-and-teardown", *SCARCE}),
    "extended support": (replace(SOUND, support_type="EXTENDED"), {"control-plane-waste", *SCARCE}),
    "no endpoint": (endpoints(), {"nat-egress", *SCARCE}),
    "no fabric": (
        replace(SOUND, pools=(make_pool(fabric=None, rungs=(make_rung(group=make_group(interfaces=())),)),)),
        {"placement-mismatch", *SCARCE},
    ),
    # 55.04 USD in us-east-1; the list price of Tokyo is 68.80: a quarter more
    "a dear region": (
        replace(SOUND, region="ap-northeast-1"),
        {"region-price-delta", "unpriced-resource", "monthly-budget-ceiling", "storage-cost", *SCARCE},
    ),
    "old prices": (
        replace(SOUND, pools=(make_pool(price=TIRED),)),
        {"price-data-age", *SCARCE},
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
    beside = {(f.id, f.path) for f in judgement.findings} - {
        (f.id, f.path) for f in from_program("sound", Settings()).findings
    }
    assert beside == {("encryption", "scratch-data"), ("required-tags", "scratch-data")}


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
