"""The cost of planned clusters. Every expected figure is worked out here from prices of us-east-1 with their source:
p5.48xlarge 55.04 USD/h, m6i.large 0.096 (karpenter-provider-aws, 2026-07-20); gp3 0.08, NAT gateway 0.045, S3 0.023
(infracost's expected outputs, 2024-07-01); control plane 0.10, extended 0.60 (2025-07-07); public IPv4 0.005."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D
from typing import Any

import pytest

from components.catalog import load
from components.cost.estimate import report_for
from components.cost.model import CostLine, CostReport, Span
from components.plan.aws.model import AwsPool, Bucket, Endpoint, SharedFileSystem
from components.plan.model import StatedPrice
from tests.unit.cost.clusters import ON, block, cluster, lustre, pool, reservation, rung

CATALOG = load("aws")
MINE = StatedPrice(usd=D("41.50"), source="contract 7", as_of=date(2026, 10, 1))


def cost(*pools: AwsPool, on: date = ON, **changes: Any) -> CostReport:
    return report_for(cluster(*pools, **changes), CATALOG, on)


def lines(report: CostReport, kind: str, pool: str | None = None) -> list[CostLine]:
    return [line for line in report.lines if line.kind == kind and pool in (None, line.pool)]


def line(report: CostReport, kind: str, pool: str | None = None) -> CostLine:
    (one,) = lines(report, kind, pool)
    return one


def amounts(span: Span | None) -> tuple[D, D, D] | None:
    return None if span is None else (span.min, span.desired, span.max)


def flat(usd: str) -> tuple[D, D, D]:
    return (D(usd), D(usd), D(usd))


# --- a pool's ladder ---


def test_a_reservation_is_paid_whole_and_nodes_in_it_cost_nothing_more() -> None:
    report = cost(pool((8, 8, 8), rung("reservation", (8, 8, 8), bought=reservation(8))))
    bought = line(report, "machine", "train")
    assert amounts(bought.monthly) == flat("321433.60")  # 8 nodes x 55.04 x 730
    assert (bought.item, bought.unit, bought.fixed, bought.one_off) == (
        "p5.48xlarge (reservation)",
        "node-hour",
        True,
        False,
    )
    assert bought.price_kind == "list"
    assert amounts(report.accelerators) == (64, 64, 64)


def test_beside_a_reservation_the_rest_of_the_pool_is_paid_by_use() -> None:
    ladder = (rung("reservation", (8, 8, 8), bought=reservation(8)), rung("on-demand", (0, 0, 4)))
    bought, used = lines(cost(pool((8, 8, 12), *ladder)), "machine", "train")
    assert amounts(bought.monthly) == flat("321433.60")
    assert amounts(used.monthly) == (0, 0, D("160716.80"))  # 4 x 55.04 x 730


def test_a_reservation_larger_than_its_pool_is_paid_whole() -> None:
    report = cost(pool((2, 2, 4), rung("reservation", (2, 2, 4), bought=reservation(16))))
    assert amounts(line(report, "machine", "train").monthly) == flat("642867.20")  # 16 x 55.04 x 730
    assert amounts(report.accelerators) == (16, 16, 32)


@pytest.mark.parametrize(
    ("own", "of_pool", "usd"),
    [
        (StatedPrice(usd=D(30), source="contract 9", as_of=ON), MINE, D(30)),
        (None, MINE, D("41.50")),
        (None, None, D("55.04")),
    ],
    ids=["its own price", "the pool's price", "the list price"],
)
def test_the_price_of_a_reservation(own: StatedPrice | None, of_pool: StatedPrice | None, usd: D) -> None:
    ladder = rung("reservation", (8, 8, 8), bought=reservation(8, own))
    bought = line(cost(pool((8, 8, 8), ladder, price=of_pool)), "machine", "train")
    assert amounts(bought.monthly) == (8 * 730 * usd,) * 3


def test_a_reservation_that_two_pools_name_is_paid_once() -> None:
    first = pool((4, 4, 4), rung("reservation", (4, 4, 4), bought=reservation(8)))
    second = replace(first, name="other")
    assert amounts(line(cost(first, second), "machine", "train").monthly) == flat("321433.60")
    assert not lines(cost(first, second), "machine", "other")


def test_a_block_is_paid_once_and_is_no_part_of_an_hour() -> None:
    report = cost(pool((0, 0, 4), rung("block", (0, 0, 4), bought=block(4, "37758.72"))))
    bought = line(report, "machine", "train")
    assert amounts(bought.monthly) == flat("37758.72")
    assert (bought.unit, bought.fixed, bought.one_off, bought.source, bought.as_of) == (
        "block",
        True,
        True,
        "the spec",
        None,
    )
    assert "39.33 USD per node and hour" in bought.hint  # 37758.72 / 240 h / 4 nodes
    # Disks of 4 nodes at the most; the rest of the cluster is there all month.
    others = (
        D("140.16") + 8 + 73 + D("32.85") + D("3.65") + 1
    )  # system pool and disks, control plane, NAT, address, key
    assert report.monthly.min == D("37758.72") + others
    assert report.hourly.min * 730 == pytest.approx(others)
    assert report.monthly.max == D("37758.72") + others + 4 * 300 * D("0.08")
    assert report.accelerators == Span.flat(0)  # their hours are not in `hourly`
    assert report.per_accelerator_hour is None


def test_the_maximum_is_on_the_dearest_rung() -> None:
    spot = rung("spot", (1, 2, 6), "g5.xlarge")  # 1.006 USD/h
    dear = rung("on-demand", (1, 1, 6), "g5.2xlarge")  # 1.212 USD/h
    cheap, dearest = lines(cost(pool((2, 3, 6), spot, dear)), "machine", "train")
    assert amounts(cheap.quantity) == (730, 1460, 0)
    assert amounts(dearest.quantity) == (730, 730, 6 * 730)
    assert dearest.monthly is not None
    assert dearest.monthly.max == 6 * 730 * D("1.212")


def test_among_equals_the_first_rung_takes_the_maximum() -> None:
    ladder = (rung("spot", (0, 2, 6), "g5.xlarge"), rung("on-demand", (0, 0, 6), "g5.xlarge"))
    spot, demand = lines(cost(pool((0, 2, 6), *ladder)), "machine", "train")
    assert (spot.quantity.max, demand.quantity.max) == (6 * 730, 0)


def test_spot_is_priced_at_the_on_demand_price_of_its_dearest_machine() -> None:
    spot = line(cost(pool((4, 4, 4), rung("spot", (4, 4, 4), "g5.xlarge", "g6.xlarge"))), "machine", "train")
    assert (spot.unit_price, spot.price_kind) == (D("1.006"), "list")  # g6.xlarge is 0.8048
    assert amounts(spot.monthly) == flat("2937.520")  # 4 x 1.006 x 730
    assert spot.item == "g5.xlarge or 1 other (spot)"
    assert "priced as g5.xlarge, the dearest of 2" in spot.hint


def test_a_spot_price_is_a_hint_with_its_date() -> None:
    ladder = rung("spot", (1, 1, 1), "g6.xlarge")
    spot = line(cost(pool((1, 1, 1), ladder), region="eu-central-1"), "machine", "train")
    assert spot.unit_price == D("1.0064")  # on demand
    assert spot.hint == "spot was 0.3808 USD/h on 2026-01-21: a hint, never a gate"


def test_a_derived_price_is_a_hint_and_no_price() -> None:
    ladder = rung("on-demand", (1, 2, 3), "g5.48xlarge")  # derived 18.08518 in ca-central-1
    report = cost(pool((1, 2, 3), ladder), region="ca-central-1")
    machine = line(report, "machine", "train")
    assert (machine.unit_price, machine.monthly, machine.price_kind) == (None, None, "unpriced")
    assert machine.hint == (
        "derived 18.08518 USD/h, not a list price: state `pools.train.price: {usd_per_hour, source, as_of}` to use it"
    )
    assert machine in report.unpriced


def test_a_stated_price_wins_over_the_list() -> None:
    demand = line(cost(pool((2, 2, 2), rung("on-demand", (2, 2, 2)), price=MINE)), "machine", "train")
    assert (demand.unit_price, demand.price_kind, demand.source, demand.as_of) == (
        D("41.50"),
        "user",
        "contract 7",
        date(2026, 10, 1),
    )
    assert amounts(demand.monthly) == flat("60590.00")  # 2 x 41.50 x 730


def test_a_rung_without_a_price_takes_what_the_priced_ones_do_not_want() -> None:
    ladder = (rung("spot", (1, 2, 6), "g5.xlarge"), rung("on-demand", (0, 0, 6), "p6-none.48xlarge"))
    report = cost(pool((1, 2, 6), *ladder))
    priced, unpriced = lines(report, "machine", "train")
    assert (priced.quantity.max, unpriced.quantity.max) == (2 * 730, 4 * 730)
    assert unpriced.monthly is None
    assert report.unpriced == (unpriced,)
    assert unpriced.hint == ("no list price in us-east-1: state `pools.train.price: {usd_per_hour, source, as_of}`")


def test_root_disks_follow_the_nodes() -> None:
    ladder = (rung("reservation", (8, 8, 8), bought=reservation(8)), rung("on-demand", (0, 0, 4)))
    disks = line(cost(pool((8, 8, 12), *ladder)), "disk", "train")
    assert (disks.item, disks.unit) == ("root disks of 300 GiB (gp3)", "GB-month")
    assert amounts(disks.monthly) == (192, 192, 288)  # 8 or 12 x 300 x 0.08


# --- the rest of the cluster ---


def test_every_line_in_order() -> None:
    report = cost(pool((1, 1, 1), rung("on-demand", (1, 1, 1))), storage=(lustre(),))
    assert [(one.kind, one.monthly and one.monthly.max) for one in report.lines] == [
        ("machine", D("40179.20")),  # 55.04 x 730
        ("disk", 24),  # 300 x 0.08
        ("machine", D("140.16")),  # system pool: 2 x 0.096 x 730
        ("disk", 8),  # 2 x 50 x 0.08
        ("control-plane", 73),  # 0.10 x 730
        ("nat", D("32.85")),  # 0.045 x 730
        ("public-ip", D("3.65")),  # 0.005 x 730
        ("file-system", 696),  # 4800 x 0.145
        ("key", 1),
    ]
    assert report.monthly == Span.flat(D("41157.86"))


def test_lustre_is_priced_by_its_tier() -> None:
    report = cost(storage=(lustre(4800, 125), lustre(4800, 250)))
    first, second = lines(report, "file-system")
    assert amounts(first.monthly) == flat("696.00")
    assert second.monthly is None
    assert "state `storage.scratch.price: {usd_per_gib_month, source, as_of}`" in second.hint


@pytest.mark.parametrize("where", ["storage", "prices"])
def test_a_stated_price_of_storage(where: str) -> None:
    stated = StatedPrice(usd=D("0.21"), source="quote", as_of=ON)
    if where == "storage":
        report = cost(storage=(lustre(4800, 250, stated),))
    else:
        report = cost(storage=(lustre(4800, 250),), stated_prices={"lustre-persistent2-ssd-250": stated})
    assert amounts(line(report, "file-system").monthly) == flat("1008.00")  # 4800 x 0.21
    assert not report.unpriced


def test_a_stated_price_of_a_service_wins_over_the_list() -> None:
    stated = StatedPrice(usd=D("0.03"), source="contract", as_of=ON)
    assert amounts(line(cost(stated_prices={"nat-gateway": stated}), "nat").monthly) == flat("21.90")  # 0.03 x 730


def test_a_bucket_is_priced_where_an_amount_is_expected_and_named_where_not() -> None:
    sized = Bucket(name="data", kind="object", asked_gib=D(1000), given_gib=1000, price=None)
    open_ended = Bucket(name="checkpoints", kind="object", asked_gib=None, given_gib=None, price=None)
    report = cost(storage=(sized, open_ended))
    assert amounts(line(report, "object-storage").monthly) == flat("23.000")  # 1000 x 0.023
    assert "what is stored in checkpoints: not included (storage.checkpoints.capacity)" in report.not_included


def test_a_shared_file_system_has_no_list_price() -> None:
    shared = SharedFileSystem(name="home", kind="shared", asked_gib=D(100), given_gib=100, price=None, subnets=())
    assert cost(storage=(shared,)).unpriced[0].item == "home: EFS standard storage"


@pytest.mark.parametrize(
    ("support", "on", "service", "usd"),
    [
        ("EXTENDED", date(2027, 3, 27), "standard", "73.00"),  # the last day of 1.35's standard support
        ("EXTENDED", date(2027, 3, 28), "extended", "438.00"),  # 0.60 x 730
        ("STANDARD", date(2027, 3, 28), "standard", "73.00"),  # the service upgrades the cluster instead
    ],
)
def test_extended_support_by_date(support: str, on: date, service: str, usd: str) -> None:
    plane = line(cost(on=on, support_type=support), "control-plane")
    assert amounts(plane.monthly) == flat(usd)
    assert plane.item == f"Kubernetes 1.35 control plane ({service} support)"


def test_support_that_may_have_ended_counts_as_extended() -> None:
    plane = line(cost(kubernetes="1.36", support_type="EXTENDED"), "control-plane")  # no source gives its dates
    assert amounts(plane.monthly) == flat("438.00")
    assert "not known" in plane.hint


def test_nat_gateways_and_their_addresses_by_zone() -> None:
    network = replace(cluster().network, nat_zones=("use1-az1", "use1-az2"))
    report = cost(network=network)
    assert amounts(line(report, "nat").monthly) == flat("65.70")  # 2 x 0.045 x 730
    assert amounts(line(report, "public-ip").monthly) == flat("7.30")  # 2 x 0.005 x 730


def test_interface_endpoints_by_service_and_zone() -> None:
    endpoints = tuple(Endpoint(service=one, type="Interface") for one in ("ecr.api", "ecr.dkr", "sts"))
    report = cost(network=replace(cluster().network, nat_zones=(), endpoints=endpoints))
    assert amounts(line(report, "endpoint").monthly) == flat("43.80")  # 3 services x 2 zones x 0.01 x 730
    assert not lines(report, "nat")
    assert "data through interface endpoints: not included" in report.not_included


def test_an_existing_network_costs_nothing_more() -> None:
    report = cost(
        network=replace(cluster().network, vpc_id="vpc-1", endpoints=(Endpoint(service="x", type="Interface"),))
    )
    assert not [one for one in report.lines if one.kind in ("nat", "public-ip", "endpoint")]


def test_a_key_of_the_account_is_not_the_clusters_cost() -> None:
    assert not lines(cost(key_arn="arn:aws:kms:us-east-1:123456789012:key/1"), "key")
