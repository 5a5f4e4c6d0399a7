"""Plans of clusters on Google Cloud, each with one thing wrong, and the rules that it breaks.

List prices: a3-megagpu-8g 118.236831 USD an hour in europe-west4 and 92.937588 in us-east4 (karpenter-provider-gcp,
2026-08-03).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from components.plan.gcp.model import GcpAccess, GcpClusterPlan
from components.plan.model import Bought, BudgetPlan, NodeCount, StatedPrice
from tests.support import gcp_groups
from tests.support import gcp_plan as make
from tests.unit.policies.subjects import ON


def stated(usd: str, as_of: date = ON) -> StatedPrice:
    return StatedPrice(usd=Decimal(usd), source="an offer", as_of=as_of)


BOUGHT = Bought(id="train-h100", zone_id=gcp_groups.ZONE, nodes=2, until=date(2027, 6, 30))
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


def rung(how: str, nodes: NodeCount = POOL.nodes, **group: Any) -> GcpClusterPlan:
    """The pool bought in another way."""
    made = gcp_groups.make_group(
        **{"role": f"train-{how}", "name": f"train-{how}-1a2b3c", "reservation": gcp_groups.NO_RESERVATION} | group
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
    group = gcp_groups.make_group(role="train-block", min_per_zone=0, desired_per_zone=0, autoscaled=True)
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


def serving(machine: str = "g2-standard-12", count: int = 1) -> GcpClusterPlan:
    """L4 on demand, from zero."""
    group = gcp_groups.make_l4(
        role="train-on-demand",
        capacity="standard",
        local_ssds=0,
        local_ssd_use=None,
        machine_type=machine,
        guest_accelerator_count=count,
        labels={"gpu-fleet/pool": "train"},
    )
    return pool_of(machine, "L4", count, group, fabric=None, price=None)


def slices() -> GcpClusterPlan:
    """Two slices of four machines with four chips each."""
    made = (
        gcp_groups.make_slice(role=role, name=f"{role}-1", labels={"gpu-fleet/pool": "train"})
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
    # 32 vCPUs for one L4, where 26 are allowed, at 1.73 USD an hour, where 1.50 are
    "a large node": (serving("g2-standard-32"), {"oversize-node", "gpu-hour-price-ceiling"}),
    "eight for one developer": (
        replace(serving("g2-standard-96", 8), environment="dev", protect=False),
        {"fractional-gpu-first", "spot-required"},
    ),
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
            pools=(
                replace(
                    POOL, fabric=None, rungs=(make.make_rung(gcp_groups.make_group(interfaces=()), bought=BOUGHT),)
                ),
            ),
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
