"""Cases of the rules on changes of cost, on prices and on storage."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from components.catalog.model import Machine
from components.cost.facts import SPEC
from policies.market import Offer
from policies.settings import Settings
from policies.subject import Baseline, Subject
from tests.unit.policies.subjects import (
    GROUP,
    ON,
    RATE,
    SMALL,
    Bazaar,
    cost,
    line,
    money,
    subject,
    unpriced_line,
    with_parameters,
)

# The maximum of the baseline subject is 321,433.60 USD: a quarter more than 257,146.88.
QUARTER = Baseline(name="main", monthly_max=Decimal("257146.88"))
LESS = Baseline(name="main", monthly_max=Decimal("257146.87"))


def files(usd: str | None, gib: int = 1024, **changes: Any) -> Subject:
    """A file system of some size at a price for a GB and month."""
    price = None if usd is None else Decimal(usd)
    one = unpriced_line(unit_price=price, quantity=money(gib), **changes)
    return subject(cost=replace(cost(), lines=(line(), one)))


class Dear(Bazaar):
    """Another cloud sells whatever is like `small` at a price."""

    def __init__(self, usd: Decimal) -> None:
        super().__init__()
        self._usd = usd

    def offers(self, accelerator: str, like: Machine | None = None) -> tuple[Offer, ...]:
        found = Offer(cloud="other", machine="one", region="far", usd=self._usd)
        return (found,) if like is not None and like.name == "small" else ()


def aged(days: int | None, **changes: Any) -> Subject:
    as_of = None if days is None else ON - timedelta(days=days)
    return subject(cost=replace(cost(), lines=(line(as_of=as_of, **changes),)))


REFUSED_OF_PRICES: list[tuple[str, str, Subject, Settings, str]] = [
    (
        "budget-increase",
        "more than a quarter",
        subject(baseline=LESS),
        Settings(),
        r"grows by 64,286\.73 USD, 25 %: from 257,146\.87 USD on main to 321,433\.60 USD; a change may add 64,286\.72 USD",
    ),
    (
        "budget-increase",
        "an amount",
        subject(baseline=Baseline(name="main", monthly_max=Decimal("320000"))),
        with_parameters("budget-increase", max_increase_usd={"prod": 1000}),
        r"grows by 1,433\.60 USD, 0 %.*may add 1,000\.00 USD",
    ),
    (
        "budget-increase",
        "from nothing",
        subject(baseline=Baseline(name="main", monthly_max=Decimal(0))),
        Settings(),
        r"grows by 321,433\.60 USD: from 0\.00 USD",
    ),
    (
        "budget-increase",
        "unknown before",
        subject(baseline=replace(QUARTER, monthly_max=None)),
        Settings(),
        r"how much more than main it costs is unknown: on main lines have no price",
    ),
    (
        "budget-increase",
        "unknown before, for a reason of its own",
        subject(baseline=replace(QUARTER, monthly_max=None, why="nobody wrote it down")),
        Settings(),
        r"than main it costs is unknown: nobody wrote it down \| compare with a revision",
    ),
    (
        "budget-increase",
        "unknown now",
        subject(baseline=QUARTER, cost=cost(unpriced=(unpriced_line(),))),
        Settings(),
        r"is unknown: 1 line has no price",
    ),
    (
        "price-data-age",
        "too old",
        aged(366),
        Settings(),
        r"^321,433\.60 USD of the monthly maximum of 321,433\.60 USD stand on prices that are older than 365 days.*big"
        r" \(reservation\), of 2025-11-23",
    ),
    ("price-data-age", "unknown age", aged(None), Settings(), r"of unknown age.*of an unknown day"),
    ("price-data-age", "fewer days", aged(31), with_parameters("price-data-age", max_days=30), r"older than 30 days"),
    (
        "region-price-delta",
        "dearer here",
        subject(groups=(SMALL,)),
        Settings(),
        r"small costs 1\.00 USD an hour in here, 25 % more than in there \(0\.80 USD\); 20 % are allowed",
    ),
    (
        "region-price-delta",
        "among those allowed",
        subject(groups=(SMALL,)),
        with_parameters("region-price-delta", regions=["n*"], max_percent=10),
        r"11 % more than in near \(0\.90 USD\); 10 % are allowed",
    ),
    (
        "region-price-delta",
        "unknown price",
        subject(groups=(replace(SMALL, region="nowhere"),)),
        Settings(),
        r"the price of small in nowhere is unknown",
    ),
    (
        "region-price-delta",
        "unknown machine",
        subject(groups=(replace(SMALL, machines=()),)),
        Settings(),
        r"the price of its machine in here is unknown",
    ),
    (
        "cross-cloud-delta",
        "dearer here",
        subject(rates=(replace(RATE, usd=Decimal("7.81")),)),
        Settings(),
        r"one H100 costs 7\.81 USD an hour, 30 % more than on other \(6\.00 USD: eight in far\)",
    ),
    (
        "cross-cloud-delta",
        "dearer in every region",
        # the price of `small` in this region, 1 USD; in the cheapest one it costs 0.80
        subject(
            rates=(replace(RATE, path="pools.try", accelerator="L4", usd=Decimal(1)),),
            groups=(SMALL,),
            market=Dear(Decimal("0.60")),
        ),
        Settings(),
        r"one L4 costs 0\.80 USD an hour in the cheapest region, 33 % more than on other \(0\.60 USD",
    ),
    (
        "cross-cloud-delta",
        "unknown price",
        subject(rates=(replace(RATE, usd=None),)),
        Settings(),
        r"the price of one H100 for an hour is unknown; other sells it for 6\.00 USD",
    ),
    (
        "storage-cost",
        "a dear tier",
        files("0.147"),
        Settings(),
        r"^scratch: fast files: a TiB costs 150\.53 USD a month; 150\.00 USD are allowed \| lower `throughput`",
    ),
    (
        "storage-cost",
        "too much of it",
        files("0.1", gib=2049),
        with_parameters("storage-cost", max_tib=2),
        r"2\.0 TiB are kept; 2 are allowed",
    ),
    (
        "storage-cost",
        "a disk",
        files("0.2", kind="disk", pool="train", item="root disks"),
        Settings(),
        r"^root disks of pool train: a TiB costs 204\.80 USD",
    ),
    ("storage-cost", "unknown", files(None), Settings(), r"what it costs for a TiB and month is unknown"),
]

ACCEPTED_OF_PRICES: list[tuple[str, str, Subject, Settings]] = [
    ("budget-increase", "a quarter", subject(baseline=QUARTER), Settings()),
    ("budget-increase", "less", subject(baseline=Baseline(name="main", monthly_max=Decimal(10**6))), Settings()),
    ("price-data-age", "the last allowed day", aged(365), Settings()),
    ("price-data-age", "a fee that was paid", aged(None, source=SPEC), Settings()),
    (
        "price-data-age",
        "a small part",
        subject(cost=replace(cost(), lines=(line(), line(as_of=None, monthly=money("80358.40"))))),  # a quarter
        Settings(),
    ),
    ("region-price-delta", "bought", subject(groups=(replace(SMALL, capacity_type="block"),)), Settings()),
    (
        "region-price-delta",
        "as allowed",
        subject(groups=(SMALL,)),
        with_parameters("region-price-delta", max_percent=25),
    ),
    ("region-price-delta", "no accelerators", subject(groups=(replace(SMALL, machines=("plain",)),)), Settings()),
    (
        "region-price-delta",
        "the user's own price",
        subject(
            groups=(replace(GROUP, capacity_type="on-demand", region="nowhere"),),
            cost=replace(cost(), lines=(line(price_kind="user"),)),
        ),
        Settings(),
    ),
    ("cross-cloud-delta", "30 percent", subject(rates=(replace(RATE, usd=Decimal("7.80")),)), Settings()),
    (
        "cross-cloud-delta",
        "dearer in this region alone",  # 1 USD here are 39 % more than there, and 0.80 in the cheapest region 11 %
        subject(
            rates=(replace(RATE, path="pools.try", accelerator="L4", usd=Decimal(1)),),
            groups=(SMALL,),
            market=Dear(Decimal("0.72")),
        ),
        Settings(),
    ),
    ("cross-cloud-delta", "no other cloud", subject(rates=(replace(RATE, accelerator="L4", usd=None),)), Settings()),
    ("storage-cost", "just the limit", files("0.146484375"), Settings()),
    ("storage-cost", "not by size", files(None, kind="nat"), Settings()),
]
