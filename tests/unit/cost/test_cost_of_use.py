"""What is billed by use. Prices of us-east-1: egress 0.09, 0.085, 0.07 per GB in tiers of 10, 40 and 100 TB, between
zones 0.01 (infracost's expected output of data_transfer_test, 2024-09-25); NAT 0.045 per GB; logs 0.50 and 0.03."""

from __future__ import annotations

from decimal import Decimal as D

import pytest

from components.catalog import load
from components.cost.estimate import report_for
from components.cost.model import CostReport
from components.plan.model import UsagePlan
from tests.unit.cost.clusters import ON, block, cluster, pool, rung


def cost(**usage: D) -> CostReport:
    return report_for(cluster(usage=UsagePlan(**usage)), load("aws"), ON)


def monthly(report: CostReport, kind: str) -> list[D | None]:
    return [one.monthly.max if one.monthly else None for one in report.lines if one.kind == kind]


@pytest.mark.parametrize(
    ("gb", "expected"),
    [
        (0, [D(0)]),
        (1000, [D(90)]),  # 1000 x 0.09
        (20_480, [D("921.60"), D("870.40")]),  # 10240 x 0.09, 10240 x 0.085
        (153_700, [D("921.60"), D("3481.60"), D(7168), D(5)]),  # all of three tiers, and 100 x 0.05
    ],
)
def test_transfer_to_the_internet_by_tier(gb: int, expected: list[D]) -> None:
    assert monthly(cost(egress_gb=D(gb)), "transfer") == expected


def test_other_transfer() -> None:
    assert monthly(cost(nat_gb=D(51_200), cross_zone_gb=D(2000)), "transfer") == [D(2304), D(20)]


def test_logs_are_paid_when_taken_in_and_while_they_are_kept() -> None:
    taken, kept = monthly(cost(log_gb=D(73)), "log")
    assert taken == D("36.50")  # 73 x 0.50
    assert kept == D("2.16")  # 73 x 30 days of 24 h of the month's 730 = 72 GB-months, x 0.03


def test_labour_needs_a_rate() -> None:
    assert monthly(cost(labour_hours=D(10), labour_usd_per_hour=D(95)), "labour") == [D(950)]
    without = cost(labour_hours=D(10))
    assert monthly(without, "labour") == [None]
    assert without.unpriced[0].hint == "what an hour costs is not given: state `usage.labour_usd_per_hour`"


def test_support_is_a_share_of_what_the_cloud_charges() -> None:
    without = cost().monthly.max
    report = cost(support_percent=D(10), labour_hours=D(10), labour_usd_per_hour=D(95))
    assert monthly(report, "support") == [without / 10]  # labour is no charge of the cloud
    assert report.monthly.max == without + without / 10 + 950


def test_support_on_a_block_is_paid_once() -> None:
    bought = pool((0, 0, 4), rung("block", (0, 0, 4), bought=block(4, "40000")))
    report = report_for(cluster(bought, usage=UsagePlan(support_percent=D(10))), load("aws"), ON)
    running, once = [one for one in report.lines if one.kind == "support"]
    assert (running.one_off, once.one_off) == (False, True)
    assert once.monthly is not None
    assert once.monthly.min == 4000


def test_figures_of_the_spec_have_no_age() -> None:
    report = cost(support_percent=D(10), labour_hours=D(10), labour_usd_per_hour=D(95))
    assert {one.as_of for one in report.lines if one.kind in ("labour", "support")} == {None}
    assert report.oldest_price == min(one.as_of for one in report.lines if one.as_of)


def test_what_is_billed_by_use_is_named_where_no_amount_is_expected() -> None:
    assert cost().not_included == (
        "data transfer to the internet: not included (usage.egress_gb)",
        "data through NAT gateways: not included (usage.nat_gb)",
        "data transfer between zones: not included (usage.cross_zone_gb)",
        "logs: not included (usage.log_gb)",
        "labour: not included (usage.labour_hours and usage.labour_usd_per_hour)",
        "the cloud's support fee: not included (usage.support_percent)",
        "requests, snapshots and taxes: not included",
    )
