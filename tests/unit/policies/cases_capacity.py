"""Cases of the rules on nodes: how they are bought, how long they stay."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from policies.settings import Settings
from policies.subject import Group, Lifetime, Purchase, Subject
from tests.unit.policies.subjects import BLOCK, GROUP, LIFETIME, ON, PURCHASE, SMALL, subject, with_parameters

ON_DEMAND = replace(GROUP, what="pool train (on-demand)", capacity_type="on-demand")
BESIDE = replace(SMALL, what="instance box", path="", resource="box", pool="box")


def dev(*groups: Group, **changes: Any) -> Subject:
    return subject(environment="dev", groups=groups, **changes)


def bought(purchase: Purchase, **changes: Any) -> Subject:
    return subject(purchases=(replace(purchase, **changes),))


def ends(**changes: Any) -> Subject:
    lifetime: Lifetime = replace(LIFETIME, **changes)
    return subject(environment="dev", lifetimes=(lifetime,))


EXEMPT: dict[str, Any] = {"exempt": ["t?y"]}


REFUSED_OF_CAPACITY: list[tuple[str, str, Subject, Settings, str]] = [
    (
        "spot-required",
        "on demand alone",
        dev(SMALL),
        Settings(),
        r"^pool try \(on-demand\) runs accelerators on demand",
    ),
    ("spot-required", "by hand", dev(BESIDE), Settings(), r"^instance box runs .*by hand: capacityType SPOT"),
    (
        "spot-required",
        "unknown capacity",
        dev(replace(SMALL, capacity_type=None)),
        Settings(),
        r"whether it runs on spot capacity is unknown",
    ),
    ("spot-required", "unknown machine", dev(replace(SMALL, machines=())), Settings(), r"runs accelerators on demand"),
    ("spot-required", "unknown fabric", dev(replace(SMALL, fabric=None)), Settings(), r"runs accelerators on demand"),
    (
        "on-demand-scarce-gpu",
        "no purchase",
        subject(groups=(ON_DEMAND,)),
        Settings(),
        r"asks for H100 on demand: launches are likely to fail",
    ),
    (
        "on-demand-scarce-gpu",
        "other accelerators",
        subject(groups=(SMALL,)),
        with_parameters("on-demand-scarce-gpu", accelerators=["L4"]),
        r"asks for L4 on demand",
    ),
    (
        "on-demand-scarce-gpu",
        "unknown capacity",
        subject(groups=(replace(ON_DEMAND, capacity_type=None),)),
        Settings(),
        r"asks for H100, and how they are bought is unknown",
    ),
    (
        "on-demand-scarce-gpu",
        "unknown machine",
        subject(groups=(replace(ON_DEMAND, machines=("nobody-knows",)),)),
        Settings(),
        r"whether it needs accelerators that are scarce is unknown",
    ),
    (
        "reservation-expiry",
        "no end",
        bought(PURCHASE, ends=None, open_ended=True),
        Settings(),
        r"^reservation cr-1 has no end.*`until`",
    ),
    (
        "reservation-expiry",
        "too far",
        bought(PURCHASE, ends=ON + timedelta(days=367)),
        Settings(),
        r"runs until 2027-11-26, 367 days from now; 366 are allowed \| let it end sooner",
    ),
    (
        "reservation-expiry",
        "fewer days",
        subject(),
        with_parameters("reservation-expiry", max_days=30),
        r"218 days from now; 30 are allowed",  # 24 November to 30 June
    ),
    (
        "reservation-expiry",
        "unknown end",
        bought(PURCHASE, ends=None, open_ended=None),
        Settings(),
        r"until when it runs is unknown",
    ),
    (
        "reservation-unused",
        "half used",
        bought(PURCHASE, used=4),
        Settings(),
        r"^reservation cr-1 holds 8 machines, and the pools run at most 4 in it: 4 are paid for nothing",
    ),
    ("reservation-unused", "a block", bought(BLOCK, used=7), Settings(), r"^block cr-2 holds 8 .* 1 are paid"),
    ("reservation-unused", "unknown size", bought(PURCHASE, nodes=None), Settings(), r"how many machines it holds"),
    (
        "reservation-unused",
        "unknown use",
        bought(PURCHASE, used=None),
        Settings(),
        r"how many nodes use them, is unknown",
    ),
    (
        "capacity-block-window",
        "too dear",
        bought(BLOCK),
        with_parameters("capacity-block-window", max_upfront_usd=100000),
        r"^block cr-2 costs 130,000\.00 USD, charged at once and not given back; 100,000\.00 USD are allowed",
    ),
    (
        "capacity-block-window",
        "too long",
        bought(BLOCK),
        with_parameters("capacity-block-window", max_days=13),
        r"runs from 2027-02-01 to 2027-02-15, 14 days; 13 are allowed",
    ),
    ("capacity-block-window", "unknown fee", bought(BLOCK, upfront_usd=None), Settings(), r"its fee is unknown"),
    (
        "capacity-block-window",
        "unknown window",
        bought(BLOCK, starts=None),
        Settings(),
        r"from when to when .* unknown",
    ),
    (
        "idle-ttl",
        "no last day",
        ends(stated=False, expires=None),
        Settings(),
        r"^the cluster has no last day.*schedule\.expires",
    ),
    ("idle-ttl", "unknown day", ends(stated=None, expires=None), Settings(), r"its last day is unknown"),
    ("idle-ttl", "unreadable day", ends(expires=None), Settings(), r"its last day is unknown: it must be a plain date"),
    (
        "idle-ttl",
        "too far",
        ends(expires=ON + timedelta(days=181)),
        Settings(),
        r"lasts until 2027-05-24, 181 days from now; 180 are allowed",
    ),
    (
        "idle-ttl",
        "past, by hand",
        ends(what="instance box", path="", resource="box", expires=ON - timedelta(days=1)),
        Settings(),
        r"^instance box should be gone since 2026-11-23 \| delete it",
    ),
]

ACCEPTED_OF_CAPACITY: list[tuple[str, str, Subject, Settings]] = [
    ("spot-required", "spot first", dev(replace(SMALL, capacity_type="spot"), SMALL), Settings()),
    ("spot-required", "a fabric", dev(ON_DEMAND), Settings()),
    ("spot-required", "no accelerators", dev(replace(SMALL, machines=("plain",))), Settings()),
    ("spot-required", "exempt", dev(SMALL), with_parameters("spot-required", **EXEMPT)),
    ("on-demand-scarce-gpu", "a purchase first", subject(groups=(GROUP, ON_DEMAND)), Settings()),
    ("on-demand-scarce-gpu", "spot", subject(groups=(replace(ON_DEMAND, capacity_type="spot"),)), Settings()),
    ("on-demand-scarce-gpu", "not scarce", subject(groups=(SMALL,)), Settings()),
    ("reservation-expiry", "the last allowed day", bought(PURCHASE, ends=ON + timedelta(days=366)), Settings()),
    (
        "reservation-expiry",
        "an end is not asked for",
        bought(PURCHASE, ends=None, open_ended=True),
        with_parameters("reservation-expiry", require_end=False),
    ),
    ("reservation-expiry", "a block", bought(BLOCK, ends=None), Settings()),
    ("reservation-unused", "slack", bought(PURCHASE, used=6), with_parameters("reservation-unused", slack=2)),
    ("reservation-unused", "more nodes than machines", bought(PURCHASE, used=9), Settings()),
    ("capacity-block-window", "a known block", bought(BLOCK), Settings()),
    (
        "capacity-block-window",
        "just the ceiling",
        bought(BLOCK),
        with_parameters("capacity-block-window", max_upfront_usd={"prod": 130000}, max_days=14),
    ),
    ("idle-ttl", "stops by itself", ends(stated=False, expires=None, stops=True), Settings()),
    ("idle-ttl", "the last allowed day", ends(expires=ON + timedelta(days=180)), Settings()),
    ("idle-ttl", "past, which the checks tell", ends(expires=date(2026, 11, 1)), Settings()),
]
