"""What a plan on Google Cloud says and what its program registers are judged alike, to the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast

import pytest

from components.catalog import load
from components.cost.estimate import report_for
from components.gcp import build
from components.plan.gcp.model import GcpAccess, GcpClusterPlan
from components.plan.model import Bought, BudgetPlan, NodeCount, StatedPrice
from policies.engine import Judgement, evaluate
from policies.from_plan import subject_of
from policies.readers.program import subject_of_program
from policies.settings import Settings
from policies.subject import Subject
from scripts.preview import capture
from tests.support import gcp_plan as make
from tests.unit.policies.subjects import ON, with_parameters


def stated(usd: str, as_of: date = ON) -> StatedPrice:
    return StatedPrice(usd=Decimal(usd), source="an offer", as_of=as_of)


BOUGHT = Bought(id="train-h100", zone_id=make.ZONE, nodes=2, until=date(2027, 6, 30))
TAGS = {"owner": "research", "cost-center": "4711"}
KEY = "projects/p/locations/us-central1/keyRings/r/cryptoKeys/k"
# 64 USD for eight H100: 8 each, where AWS has them at 6.88
POOL = make.make_pool(make.make_rung(bought=BOUGHT), price=stated("64"))
SOUND = make.make_plan(
    tags=TAGS,
    labels=TAGS,
    machine_labels=TAGS,
    pools=(POOL,),
    storage=(make.make_lustre(price=stated("0.14")), make.make_bucket()),
    stated_prices={"hyperdisk-balanced": stated("0.10")},
)
DEV = replace(SOUND, environment="dev", protect=False)
TIGHT = BudgetPlan(usd_per_month=Decimal(80000), usd_per_hour=Decimal(100), usd_per_gpu_hour=Decimal(6), alerts=())
SETTINGS = with_parameters("encryption", require_key=True)


def rung(how: str, nodes: NodeCount = POOL.nodes, **group: Any) -> GcpClusterPlan:
    """The pool bought in another way."""
    made = make.make_group(
        **{"role": f"train-{how}", "name": f"train-{how}-1a2b3c", "reservation": make.NO_RESERVATION} | group
    )
    one = make.make_rung(made, name=f"train-{how}", capacity_type=how, nodes=nodes)
    return replace(SOUND, pools=(replace(POOL, rungs=(one,), nodes=nodes),))


def reserved(plan: GcpClusterPlan = SOUND, **changes: Any) -> GcpClusterPlan:
    one = make.make_rung(bought=replace(BOUGHT, **changes))
    return replace(plan, pools=(replace(POOL, rungs=(one,)),))


def block(upfront: str | None = "2457.6") -> GcpClusterPlan:
    """Two days of two machines in calendar mode: 768 accelerator hours."""
    start, end = datetime(2026, 12, 1, tzinfo=UTC), datetime(2026, 12, 3, tzinfo=UTC)
    usd = None if upfront is None else Decimal(upfront)
    bought = replace(BOUGHT, until=None, start=start, end=end, upfront_usd=usd)
    sizes = NodeCount(min=0, desired=0, max=2)
    group = make.make_group(role="train-block", min_per_zone=0, desired_per_zone=0, autoscaled=True)
    one = make.make_rung(group, name="train-block", capacity_type="block", bought=bought, nodes=sizes)
    return replace(SOUND, pools=(replace(POOL, rungs=(one,), nodes=sizes, price=None),))


def pool_of(machine: str, accelerator: str, count: int, *groups: Any, **changes: Any) -> GcpClusterPlan:
    """A pool on demand of another machine; its groups are the whole of its only rung."""
    most = sum(group.nodes_max for group in groups)
    sizes = NodeCount(min=sum(group.min_per_zone * len(group.zones) for group in groups), desired=most, max=most)
    one = make.make_rung(*groups, name="train-on-demand", capacity_type="on-demand", machines=(machine,), nodes=sizes)
    made = replace(
        POOL, machine=machine, accelerator=accelerator, accelerators_per_node=count, nodes=sizes, rungs=(one,)
    )
    return replace(SOUND, pools=(replace(made, **changes),))


def serving() -> GcpClusterPlan:
    """One L4 on a node, on demand, from zero."""
    group = make.make_l4(
        role="train-on-demand",
        capacity="standard",
        local_ssds=0,
        local_ssd_use=None,
        labels={"gpu-fleet/pool": "train"},
    )
    return pool_of("g2-standard-12", "L4", 1, group, fabric=None, price=None)


def slices() -> GcpClusterPlan:
    """Two slices of four machines with four chips each."""
    made = (
        make.make_slice(role=role, name=f"{role}-1", labels={"gpu-fleet/pool": "train"})
        for role in ("train-on-demand", "train-on-demand-2")
    )
    return pool_of("ct6e-standard-4t", "TPU-v6e", 4, *made, price=stated("10.80"))


def expiring(day: date, plan: GcpClusterPlan = DEV) -> GcpClusterPlan:
    return replace(plan, expires=day, labels={**TAGS, "expires-at": day.isoformat()})


PLANS: dict[str, tuple[GcpClusterPlan, set[str]]] = {
    "sound": (SOUND, set()),
    "a key of one's own": (replace(SOUND, key=KEY), set()),
    "on demand": (rung("on-demand"), {"on-demand-scarce-gpu"}),
    "spot": (rung("spot", capacity="spot"), {"spot-forbidden"}),
    "flex": (
        rung(
            "flex",
            NodeCount(min=0, desired=0, max=2),
            capacity="flex-start",
            min_per_zone=0,
            desired_per_zone=0,
            autoscaled=True,
            auto_repair=False,
        ),
        set(),
    ),
    "a block": (block(), set()),
    "a block of unknown fee": (
        block(None),
        {
            "capacity-block-window",
            "unpriced-resource",
            "monthly-budget-ceiling",
            "gpu-hour-price-ceiling",
            "cross-cloud-delta",
        },
    ),
    "open endpoint": (
        replace(SOUND, access=GcpAccess(public=True, dns_endpoint=False, allowed_cidrs=("0.0.0.0/0",), admins=())),
        {"no-public-ip"},
    ),
    "narrow endpoint": (
        replace(SOUND, access=GcpAccess(public=True, dns_endpoint=False, allowed_cidrs=("203.0.113.0/24",), admins=())),
        set(),
    ),
    "no cost center": (replace(SOUND, labels={"owner": "research"}), {"required-tags"}),
    "nodes without a cost center": (replace(SOUND, machine_labels={"owner": "research"}), {"required-tags"}),
    "unpriced": (
        replace(SOUND, storage=(make.make_filestore(tier="ENTERPRISE"), make.make_bucket())),
        {"unpriced-resource", "monthly-budget-ceiling", "storage-cost"},
    ),
    # two machines at 64 USD an hour: 8 USD for an H100, 128 USD an hour, 93,440 USD a month
    "over budget": (
        replace(SOUND, budget=TIGHT),
        {"monthly-budget-ceiling", "hourly-burn-ceiling", "gpu-hour-price-ceiling"},
    ),
    "reserved for ever": (reserved(until=None), {"reservation-expiry"}),
    "reserved for nobody": (reserved(nodes=3), {"reservation-unused"}),
    "no last day": (DEV, {"idle-ttl"}),
    "a last day": (expiring(date(2027, 1, 31)), set()),
    "a late day": (expiring(date(2028, 1, 31)), {"idle-ttl"}),
    "nodes that are kept": (
        expiring(date(2027, 1, 31), replace(rung("on-demand"), environment="dev", protect=False)),
        {"scale-to-zero", "on-demand-scarce-gpu"},
    ),
    "on demand alone": (replace(serving(), environment="dev", protect=False), {"spot-required"}),
    "protected where it is in the way": (
        replace(expiring(date(2027, 1, 31)), protect=True),
        {"data-protection-and-teardown"},
    ),
    "not protected": (replace(SOUND, protect=False), {"data-protection-and-teardown"}),
    "nothing kept of what is deleted": (
        replace(SOUND, storage=(make.make_bucket(soft_delete_days=0),)),
        {"data-protection-and-teardown"},
    ),
    "extended support": (replace(SOUND, channel="EXTENDED"), {"control-plane-waste"}),
    "no fabric": (
        replace(
            SOUND,
            pools=(replace(POOL, fabric=None, rungs=(make.make_rung(make.make_group(interfaces=()), bought=BOUGHT),)),),
        ),
        {"placement-mismatch"},
    ),
    "a slice": (slices(), set()),
    # 118.24 USD in the Netherlands, 92.94 in us-east4: 27 % more, and 14.78 for an H100; AWS: 6.88
    "a dear region": (
        replace(
            rung("on-demand"),
            region="europe-west4",
            location="europe-west4",
            pools=(replace(rung("on-demand").pools[0], price=None),),
        ),
        {"region-price-delta", "on-demand-scarce-gpu", "gpu-hour-price-ceiling", "cross-cloud-delta"},
    ),
    "old prices": (
        replace(SOUND, pools=(replace(POOL, price=stated("64", date(2024, 1, 1))),)),
        {"price-data-age"},
    ),
}


@cache
def registered(key: str) -> Sequence[dict[str, Any]]:
    plan = PLANS[key][0]

    def program() -> None:
        build(plan)

    return [one.to_json() for one in capture.run(program, stack=plan.stack, config={}).resources]


def planned(plan: GcpClusterPlan) -> Subject:
    return subject_of(plan, report_for(plan, load("gcp"), ON), ON)


def programmed(key: str, resources: Sequence[dict[str, Any]] | None = None) -> Subject:
    return subject_of_program(registered(key) if resources is None else resources, PLANS[key][0], ON)


def failing(judgement: Judgement) -> set[str]:
    return {one.id for one in judgement.verdicts if one.verdict == "fail"}


@pytest.mark.parametrize("key", PLANS)
def test_plan_and_program_are_judged_alike(key: str) -> None:
    plan, broken = PLANS[key]
    by_plan, by_program = evaluate(planned(plan), SETTINGS), evaluate(programmed(key), SETTINGS)
    assert failing(by_plan) == broken
    assert by_program.verdicts == by_plan.verdicts
    assert {(f.id, f.path) for f in by_program.findings} == {(f.id, f.path) for f in by_plan.findings}


@pytest.mark.parametrize("key", ["sound", "a slice", "a block", "no fabric", "on demand alone"])
def test_groups_and_what_they_take_are_the_same(key: str) -> None:
    def picture(subject: Subject) -> tuple[set[Any], set[Any]]:
        nodes: dict[tuple[Any, ...], int] = {}
        for one in subject.groups:
            assert one.nodes is not None
            kind = one.path, one.rung, one.capacity_type, one.machines, one.fabric
            nodes[kind] = nodes.get(kind, 0) + one.nodes.max
        taken = {(one.code, one.name, one.unit, one.amount) for one in subject.demands}
        return {(*kind, most) for kind, most in nodes.items()}, taken

    assert picture(programmed(key)) == picture(planned(PLANS[key][0]))


def test_quotas_are_those_of_the_cloud() -> None:
    # 8 H100 of an a3-megagpu-8g are counted by family (Cloud Quotas API, GPUS-PER-GPU-FAMILY-per-project-region)
    found = {one.name: (one.amount, one.unit) for one in planned(PLANS["on demand"][0]).demands if one.name}
    assert found["GPUS-PER-GPU-FAMILY-per-project-region (NVIDIA_H100_MEGA)"] == (16, "gpus")
    assert not [one for one in planned(SOUND).demands if "GPU" in one.name], "what is bought has taken its quota"
    (serving_,) = (one for one in planned(PLANS["on demand alone"][0]).demands if "L4" in one.name)
    assert (serving_.code, serving_.amount) == ("NVIDIA-L4-GPUS-per-project-region", 12)


def without(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, Any]", value)
        return {key: without(one, name) for key, one in mapping.items() if key != name}
    return [without(one, name) for one in cast("list[Any]", value)] if isinstance(value, list) else value


def unlabelled(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource that says nothing of itself; what Kubernetes calls labels stays."""
    return resource | {"inputs": {key: one for key, one in resource["inputs"].items() if key != "labels"}}


@pytest.mark.parametrize(
    ("forgotten", "rule"),
    [
        ("databaseEncryption", "encryption"),
        ("bootDiskKmsKey", "encryption"),
        ("defaultKmsKeyName", "encryption"),
        ("kmsKey", "encryption"),
        ("resourceLabels", "required-tags"),
        ("additionalNodeNetworkConfigs", "placement-mismatch"),
        ("privateIpGoogleAccess", "nat-egress"),
        ("masterAuthorizedNetworksConfig", "no-public-ip"),
        ("releaseChannel", ""),  # the service's own choice is not the extended one
    ],
)
def test_a_component_that_forgets_something_is_found(forgotten: str, rule: str) -> None:
    key = "narrow endpoint" if forgotten.startswith("master") else "sound"
    found = failing(evaluate(programmed(key, without(registered(key), forgotten)), SETTINGS))
    assert found == ({rule} if rule else set())


def test_a_component_that_forgets_its_labels_is_found() -> None:
    found = evaluate(programmed("sound", [unlabelled(one) for one in registered("sound")]), SETTINGS)
    assert failing(found) == {"required-tags"}


def test_nodes_become_public_with_their_cluster_and_by_themselves() -> None:
    shown = [without(one, "enablePrivateNodes") for one in registered("sound")]
    assert failing(evaluate(programmed("sound", shown), SETTINGS)) == {"no-public-ip"}
    found = evaluate(programmed("sound", shown)).findings
    assert {one.path for one in found if one.id == "no-public-ip"} == {"system", "pools.train"}


def test_what_stands_beside_the_cluster_is_held_to_the_same_rules() -> None:
    extra = {"type": "gcp:compute/disk:Disk", "name": "data", "parent": None, "inputs": {"size": 10, "zone": make.ZONE}}
    before, after = (
        evaluate(programmed("sound", one), SETTINGS) for one in (registered("sound"), [*registered("sound"), extra])
    )
    beside = {(f.id, f.path) for f in after.findings} - {(f.id, f.path) for f in before.findings}
    assert {("encryption", "data"), ("required-tags", "data")} <= beside
    assert failing(evaluate(programmed("sound", [*registered("sound"), extra]), Settings())) >= {"required-tags"}


def test_a_block_s_fee_is_a_price_by_the_hour() -> None:
    (rate,) = planned(block()).rates
    assert rate.usd == Decimal("3.2")  # 2,457.60 USD for 768 accelerator hours
