"""The estimator: what every report keeps, whatever the cluster."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.catalog import load
from components.cost.estimate import estimate, report_for
from components.cost.items import items_of
from components.cost.model import PricedItem, Span
from components.cost.report import cents, to_document
from components.errors import CatalogError
from components.plan.aws.model import AwsPool, AwsRung
from components.plan.model import StatedPrice, UsagePlan
from tests.unit.cost.clusters import ON, block, cluster, lustre, pool, reservation, rung

CATALOG = load("aws")
UNKNOWN = "no-such.machine"
MACHINES = st.sampled_from(["p5.48xlarge", "g5.xlarge", "g6.xlarge", UNKNOWN])
AMOUNTS = st.none() | st.decimals(0, 500_000, places=3)


@st.composite
def pools(draw: st.DrawFn) -> AwsPool:
    """A pool with a ladder as plans have it: bought rungs first, then one that takes the rest, then idle ones."""
    low = draw(st.integers(0, 12))
    high = draw(st.integers(low, 20))
    rungs: list[AwsRung] = []
    least, most = low, high
    for kind in draw(st.lists(st.sampled_from(["reservation", "block"]), max_size=1)):
        bought = (
            reservation(draw(st.integers(1, 24))) if kind == "reservation" else block(draw(st.integers(1, 24)), "9000")
        )
        taken = min(bought.nodes, most)
        size = 0 if kind == "block" else min(least, taken)
        rungs.append(rung(kind, (size, size, taken), draw(MACHINES), bought=bought))
        least, most = max(0, least - taken), most - taken
    for kind in draw(st.lists(st.sampled_from(["on-demand", "spot"]), unique=True, min_size=0 if rungs else 1)):
        machines = draw(st.lists(MACHINES, unique=True, min_size=1, max_size=3 if kind == "spot" else 1))
        rungs.append(rung(kind, (least, least, most), *machines, disk=draw(st.sampled_from([200, 300]))))
        least = 0
    price = draw(st.none() | st.just(StatedPrice(usd=D("3.21"), source="mine", as_of=ON)))
    return pool((low, low, high), *rungs, price=price)


@st.composite
def plans(draw: st.DrawFn) -> Any:
    usage = UsagePlan(
        egress_gb=draw(AMOUNTS),
        log_gb=draw(AMOUNTS),
        labour_hours=draw(AMOUNTS),
        labour_usd_per_hour=draw(st.none() | st.just(D(90))),
        support_percent=draw(st.none() | st.decimals(0, 100, places=1)),
    )
    storage = draw(st.lists(st.sampled_from([lustre(), lustre(throughput=500)]), max_size=2))
    region = draw(st.sampled_from(["us-east-1", "eu-central-1", "us-gov-west-1"]))
    return cluster(draw(pools()), region=region, usage=usage, storage=tuple(storage))


@given(plans())
def test_every_report_adds_up(plan: Any) -> None:
    report = report_for(plan, CATALOG, ON)
    total = report.monthly
    assert total.min <= total.desired <= total.max
    assert report.hourly.min <= report.hourly.desired <= report.hourly.max
    priced = [line.monthly for line in report.lines if line.monthly is not None]
    for size in ("min", "desired", "max"):
        assert getattr(total, size) == sum(getattr(one, size) for one in priced)
    for line in report.lines:
        if line.unit_price is None:
            assert line.monthly is None
            assert line in report.unpriced
            assert line.hint
        else:
            assert line.monthly == line.quantity.times(line.unit_price)
            assert line.source


@given(plans())
def test_nothing_is_free_that_has_no_price(plan: Any) -> None:
    report = report_for(plan, CATALOG, ON)
    for line in report.lines:
        if UNKNOWN in line.item and line.price_kind != "user":
            assert line.monthly is None
        if line.unit_price == 0:
            assert line.price_kind == "user"


@given(pools())
def test_the_maximum_has_every_node_of_the_pool(made: AwsPool) -> None:
    items, _ = items_of(cluster(made), CATALOG, ON)
    machines = [item for item in items if item.kind == "machine" and item.pool == "train"]
    running = sum(item.nodes.max if item.nodes else item.quantity.max / 730 for item in machines)
    assert running <= made.nodes.max
    if any(one.bought is None for one in made.rungs):
        assert running == made.nodes.max


def item(**changes: Any) -> PricedItem:
    asked: dict[str, Any] = {
        "pool": "",
        "kind": "nat",
        "item": "NAT gateways",
        "unit": "hour",
        "quantity": Span.flat(730),
        "region": "us-east-1",
    }
    return PricedItem(**asked | changes)


def test_an_item_that_asks_for_no_price_has_none() -> None:
    report = estimate([item(note="no price is known for aws:x/y:Y")], CATALOG)
    assert report.lines == report.unpriced
    assert report.lines[0].hint == "no price is known for aws:x/y:Y"
    assert report.monthly == Span.flat(0)


def test_an_unknown_region_is_no_price() -> None:
    report = estimate([item(service="nat-gateway", region="")], CATALOG)
    assert report.unpriced[0].hint == (
        "no list price: the region cannot be read: state `prices.nat-gateway: {usd, source, as_of}`"
    )


def test_the_oldest_price_is_told() -> None:
    report = estimate([item(service="nat-gateway"), item(service="control-plane")], CATALOG)
    assert report.oldest_price == date(2024, 7, 1)  # the NAT gateway's; the control plane's is of 2025-07-07


def test_a_cloud_without_items() -> None:
    with pytest.raises(CatalogError, match="the cost of 'awss' is not known; did you mean 'aws'"):
        items_of(cluster(cloud="awss"), CATALOG, ON)


# --- the document ---


def test_the_document_has_money_as_text() -> None:
    ladder = (rung("reservation", (8, 8, 8), bought=reservation(8)), rung("on-demand", (0, 0, 4)))
    document = to_document(
        report_for(cluster(pool((8, 8, 12), *ladder), storage=(lustre(throughput=250),)), CATALOG, ON)
    )
    assert document["currency"] == "USD"
    assert document["lines"][0] == {
        "pool": "train",
        "kind": "machine",
        "item": "p5.48xlarge (reservation)",
        "unit": "node-hour",
        "quantity": {"min": "5840", "desired": "5840", "max": "5840"},
        "unit_price": "55.04",
        "monthly": {"min": "321433.60", "desired": "321433.60", "max": "321433.60"},
        "price_kind": "list",
        "source": "karpenter-provider-aws@6fc13b523",
        "as_of": "2026-07-20",
        "fixed": True,
        "one_off": False,
        "hint": "cr-0123456789abcdef0: 8 nodes reserved, paid whether used or not",
        "path": "pools.train",
    }
    assert document["unpriced"] == ["scratch: FSx for Lustre, 4800 GiB at 250 MB/s per TiB"]
    assert document["lines"][-2]["monthly"] is None
    # 321433.60 + disks 192, system 140.16 and disks 8, control plane 73, NAT 32.85, address 3.65, key 1
    assert document["monthly"]["min"] == "321884.26"
    assert document["hourly"]["min"] == "440.94"  # 321884.26 / 730 = 440.937…
    assert document["per_gpu_hour"]["min"] == "6.89"  # / 64 accelerators = 6.8896…


def test_a_pool_that_may_be_empty_has_no_cost_per_accelerator() -> None:
    report = report_for(cluster(pool((0, 0, 4), rung("on-demand", (0, 0, 4)))), CATALOG, ON)
    assert to_document(report)["per_gpu_hour"] is None


@pytest.mark.parametrize(("amount", "text"), [("0.005", "0.01"), ("2.675", "2.68"), ("1E+3", "1000.00"), ("0", "0.00")])
def test_half_a_cent_goes_up(amount: str, text: str) -> None:
    assert cents(D(amount)) == text
