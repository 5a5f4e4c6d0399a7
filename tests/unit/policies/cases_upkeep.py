"""Cases of the rules on changes, prices, storage, ways out, control planes and what guards data."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from components.cost.facts import SPEC
from policies.settings import Settings
from policies.subject import Baseline, Replacement, Subject
from tests.unit.policies.subjects import (
    CONTROL,
    EGRESS,
    GROUP,
    GUARD,
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
GONE = Replacement(
    what="pool train", path="pools.train", kind="pool", operation="replace", causes=("subnetIds",), protected=True
)


def files(usd: str | None, gib: int = 1024, **changes: Any) -> Subject:
    """A file system of some size at a price for a GB and month."""
    price = None if usd is None else Decimal(usd)
    one = unpriced_line(unit_price=price, quantity=money(gib), **changes)
    return subject(cost=replace(cost(), lines=(line(), one)))


def aged(days: int | None, **changes: Any) -> Subject:
    as_of = None if days is None else ON - timedelta(days=days)
    return subject(cost=replace(cost(), lines=(line(as_of=as_of, **changes),)))


REFUSED_OF_UPKEEP: list[tuple[str, str, Subject, Settings, str]] = [
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
        "unknown now",
        subject(baseline=QUARTER, cost=cost(unpriced=(unpriced_line(),))),
        Settings(),
        r"is unknown: 1 line has no price",
    ),
    (
        "protected-replacement",
        "replaced",
        subject(replacements=(GONE,)),
        Settings(),
        r"^pool train \(pool\) would be replaced because of subnetIds, and it is protected \| take the change",
    ),
    (
        "protected-replacement",
        "deleted, why is unknown",
        subject(replacements=(replace(GONE, kind="storage", operation="delete", causes=()),)),
        Settings(),
        r"\(storage\) would be deleted, for a reason that is unknown here",
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
    (
        "nat-egress",
        "no endpoint",
        subject(egress=(replace(EGRESS, endpoints=("registry",)),)),
        Settings(),
        r"^the network reaches object-storage through NAT, where every GB is billed",
    ),
    (
        "nat-egress",
        "more endpoints asked for",
        subject(),
        with_parameters("nat-egress", require_endpoints=["object-storage", "registry"]),
        r"^the network reaches registry through NAT",
    ),
    (
        "nat-egress",
        "too many",
        subject(egress=(replace(EGRESS, nat_gateways=4),)),
        Settings(),
        r"has 4 NAT gateways; 3 are allowed",
    ),
    (
        "nat-egress",
        "unknown",
        subject(egress=(replace(EGRESS, endpoints=None),)),
        Settings(),
        r"which endpoints .* unknown",
    ),
    *(
        (
            "control-plane-waste",
            f"extended, {support}",
            subject(controls=(replace(CONTROL, extended=True),), market=Bazaar(support)),
            Settings(),
            rf"^the cluster stays on paid extended support: {message}",
        )
        for support, message in (
            ("standard", r"Kubernetes 1\.35 will be billed at that price once its standard support ends"),
            ("extended", r"Kubernetes 1\.35 is billed at that price today"),
            ("ended", r"Kubernetes 1\.35 has no support at all today"),
            ("unknown", r"since when Kubernetes 1\.35 has it is unknown"),
        )
    ),
    (
        "control-plane-waste",
        "unknown support",
        subject(controls=(replace(CONTROL, extended=None),)),
        Settings(),
        r"whether it stays on paid extended support is unknown",
    ),
    (
        "control-plane-waste",
        "two",
        subject(controls=(CONTROL, replace(CONTROL, what="cluster b", path="", resource="b"))),
        Settings(),
        r"there are 2 control planes \(the cluster, cluster b\); 1 are allowed",
    ),
    (
        "data-protection-and-teardown",
        "not protected",
        subject(guards=tuple(replace(GUARD, what=f"thing {n}", protected=False) for n in range(5))),
        Settings(),
        r"^thing 0, thing 1, thing 2 and 2 more: not protected against deletion \| write `protect: true`",
    ),
    (
        "data-protection-and-teardown",
        "unknown",
        subject(guards=(replace(GUARD, protected=None),)),
        Settings(),
        r"whether it is protected against deletion is unknown",
    ),
    (
        "data-protection-and-teardown",
        "thrown away",
        subject(guards=(replace(GUARD, loses="its objects (forceDestroy)"),)),
        Settings(),
        r"its deletion throws away its objects \(forceDestroy\)",
    ),
    (
        "data-protection-and-teardown",
        "an environment that nobody knows",
        subject(environment="acceptance", guards=(replace(GUARD, protected=False),)),
        Settings(),
        r"not protected",
    ),
    (
        "data-protection-and-teardown",
        "protected where it is in the way",
        subject(environment="dev"),
        Settings(),
        r"protected, where things should be easy to tear down",
    ),
]

ACCEPTED_OF_UPKEEP: list[tuple[str, str, Subject, Settings]] = [
    ("budget-increase", "a quarter", subject(baseline=QUARTER), Settings()),
    ("budget-increase", "less", subject(baseline=Baseline(name="main", monthly_max=Decimal(10**6))), Settings()),
    ("protected-replacement", "nothing lost", subject(replacements=()), Settings()),
    ("protected-replacement", "not protected", subject(replacements=(replace(GONE, protected=False),)), Settings()),
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
    ("cross-cloud-delta", "no other cloud", subject(rates=(replace(RATE, accelerator="L4", usd=None),)), Settings()),
    ("storage-cost", "just the limit", files("0.146484375"), Settings()),  # 150 / 1,024
    ("storage-cost", "not by size", files(None, kind="nat"), Settings()),
    ("nat-egress", "no gateway", subject(egress=(replace(EGRESS, nat_gateways=0, endpoints=None),)), Settings()),
    (
        "control-plane-waste",
        "two, as agreed, and old",
        subject(controls=(CONTROL, replace(CONTROL, extended=True))),
        with_parameters("control-plane-waste", max_clusters=2, refuse_extended=False),
    ),
    (
        "data-protection-and-teardown",
        "open in development",
        subject(environment="dev", guards=(replace(GUARD, protected=False, loses="its objects"),)),
        Settings(),
    ),
]
