"""Each rule's cases: what it refuses, and with which words, and what it accepts."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal

from policies.rules import RULES
from policies.rules.base import Rule
from policies.settings import Settings
from policies.subject import Subject
from tests.unit.policies.cases_capacity import ACCEPTED_OF_CAPACITY, REFUSED_OF_CAPACITY
from tests.unit.policies.cases_machines import ACCEPTED_OF_MACHINES, REFUSED_OF_MACHINES
from tests.unit.policies.cases_prices import ACCEPTED_OF_PRICES, REFUSED_OF_PRICES
from tests.unit.policies.cases_upkeep import ACCEPTED_OF_UPKEEP, REFUSED_OF_UPKEEP
from tests.unit.policies.subjects import (
    ADDRESS,
    DISKS,
    ENDPOINT,
    KEY,
    POOL,
    RATE,
    TAGGED,
    budget,
    cost,
    subject,
    unpriced_line,
    with_parameters,
)

NO_CEILINGS = budget(usd_per_month=None, usd_per_hour=None, usd_per_gpu_hour=None)
UNPRICED = cost(unpriced=(unpriced_line(),))
KEY_ASKED = with_parameters("encryption", require_key=True)


def where(rule: Rule) -> str:
    """An environment in which a rule is on."""
    return "prod" if rule.level_in("prod") != "disabled" else "dev"


# rule, name of the case, subject, settings, what the message and hint say
REFUSED: list[tuple[str, str, Subject, Settings, str]] = [
    *REFUSED_OF_CAPACITY,
    *REFUSED_OF_MACHINES,
    *REFUSED_OF_PRICES,
    *REFUSED_OF_UPKEEP,
    (
        "monthly-budget-ceiling",
        "over",
        subject(cost=cost(maximum="501433.60")),
        Settings(),
        r"up to 501,433\.60 USD a month \(300,000\.00 USD as desired\), 1,433\.60 USD more than the ceiling of"
        r" 500,000\.00 USD .*dearest line is big \(reservation\) of pool train: 321,433\.60 USD",
    ),
    (
        "monthly-budget-ceiling",
        "over, and more without a price",
        subject(cost=cost(maximum="501433.60", unpriced=(unpriced_line(), unpriced_line()))),
        Settings(),
        r"\(and 2 lines have no price\), 1,433\.60 USD more",
    ),
    (
        "monthly-budget-ceiling",
        "unknown",
        subject(cost=UNPRICED),
        Settings(),
        r"maximum is unknown: 1 line has no price, and the others come to 321,433\.60 USD; .* 500,000\.00 USD",
    ),
    (
        "monthly-budget-ceiling",
        "ceiling of the environment",
        subject(budget=NO_CEILINGS),
        with_parameters("monthly-budget-ceiling", usd_per_month={"prod": 300000.0, "*": 900000.0}),
        r"21,433\.60 USD more than the ceiling of 300,000\.00 USD",
    ),
    (
        "hourly-burn-ceiling",
        "over",
        subject(cost=cost(hourly="1000.01")),
        Settings(),
        r"an hour costs up to 1,000\.01 USD, 0\.01 USD more than the ceiling of 1,000\.00 USD .*budget\.usd_per_hour",
    ),
    (
        "hourly-burn-ceiling",
        "unknown",
        subject(cost=UNPRICED),
        Settings(),
        r"what an hour costs is unknown: 1 line has no price, and the others come to 440\.32 USD",
    ),
    (
        "hourly-burn-ceiling",
        "ceiling of any environment",
        subject(budget=NO_CEILINGS),
        with_parameters("hourly-burn-ceiling", usd_per_hour=400),
        r"40\.32 USD more than the ceiling of 400\.00 USD",
    ),
    (
        "gpu-hour-price-ceiling",
        "over",
        subject(rates=(RATE, replace(RATE, what="dear", usd=Decimal("12.29")))),
        Settings(),
        r"^dear: one H100 costs 12\.29 USD an hour, 2\.29 USD more than the ceiling of 10\.00 USD",
    ),
    (
        "gpu-hour-price-ceiling",
        "over the accelerator's own ceiling of 13",
        subject(budget=NO_CEILINGS, rates=(replace(RATE, usd=Decimal("13.01")),)),
        Settings(),
        r"0\.01 USD more than the ceiling of 13\.00 USD",
    ),
    (
        "gpu-hour-price-ceiling",
        "unknown",
        subject(rates=(replace(RATE, usd=None),)),
        Settings(),
        r"the price of one H100 for an hour is unknown.*state the price in the spec",
    ),
    (
        "unpriced-resource",
        "unpriced",
        subject(cost=UNPRICED),
        Settings(),
        r"^scratch: fast files has no price.*\(4,800 GB-month at the maximum\) \| state `storage\.scratch\.price`",
    ),
    (
        "spot-forbidden",
        "spot",
        subject(pools=(replace(POOL, capacity_types=("on-demand", "spot")),)),
        Settings(),
        r"pool train trains as a gang and may run on spot capacity.*take `spot` off",
    ),
    (
        "spot-forbidden",
        "spot of what may be a gang",
        subject(pools=(replace(POOL, gang=None, capacity_types=("spot",)),)),
        Settings(),
        r"may train as a gang \(its fabric or its size is unknown\)",
    ),
    (
        "spot-forbidden",
        "unknown",
        subject(pools=(replace(POOL, capacity_types=(None,)),)),
        Settings(),
        r"whether it runs on spot capacity is unknown",
    ),
    (
        "required-tags",
        "missing",
        subject(taggables=(replace(TAGGED, tags={"owner": "", "Cost-Center": "4711"}),)),
        Settings(),
        r"^cluster prod: tags are missing: owner, cost-center \(it has Cost-Center; upper and lower case count\)",
    ),
    (
        "required-tags",
        "missing on instances",
        subject(taggables=(TAGGED, replace(TAGGED, what="the instances of pool train", tags={"owner": "research"}))),
        Settings(),
        r"^the instances of pool train: tags are missing: cost-center \|.*launch template's tag specifications",
    ),
    (
        "required-tags",
        "other keys",
        subject(),
        with_parameters("required-tags", keys=["team"]),
        r"tags are missing: team",
    ),
    (
        "required-tags",
        "missing as its cloud writes it",
        subject(taggables=(replace(TAGGED, tags={"owner": "research"}, spelling=str.lower),)),
        with_parameters("required-tags", keys=["Owner", "Team"]),
        r"tags are missing: team \|",
    ),
    (
        "required-tags",
        "unknown value",
        subject(taggables=(replace(TAGGED, tags={"owner": None, "cost-center": "4711"}),)),
        Settings(),
        r"tags are unknown until it exists: owner; write plain values",
    ),
    (
        "required-tags",
        "unknown",
        subject(taggables=(replace(TAGGED, tags=None),)),
        Settings(),
        r"the tags are unknown until it exists; owner, cost-center must be there",
    ),
    (
        "no-public-ip",
        "public address",
        subject(addresses=(replace(ADDRESS, public=True),)),
        Settings(),
        r"^pool train: nodes get public addresses.*through NAT",
    ),
    (
        "no-public-ip",
        "unknown address",
        subject(addresses=(replace(ADDRESS, public=None),)),
        Settings(),
        r"whether nodes get public addresses is unknown",
    ),
    *(
        (
            "no-public-ip",
            f"open to {cidr}",
            subject(endpoints=(replace(ENDPOINT, cidrs=("203.0.113.0/24", cidr)),)),
            Settings(),
            rf"the API endpoint is open to {re.escape(cidr)}; ranges down to /16",
        )
        for cidr in ("0.0.0.0/0", "10.0.0.0/15", "::/0", "2001:db8::/47", "not a range")
    ),
    (
        "no-public-ip",
        "wider than asked",
        subject(),
        with_parameters("no-public-ip", widest_ipv4_prefix=25.0),
        r"open to 203\.0\.113\.0/24; ranges down to /25",
    ),
    (
        "no-public-ip",
        "unknown ranges",
        subject(endpoints=(replace(ENDPOINT, cidrs=None),)),
        Settings(),
        r"who may reach it from outside is unknown",
    ),
    (
        "no-public-ip",
        "unknown endpoint",
        subject(endpoints=(replace(ENDPOINT, public=None),)),
        Settings(),
        r"who may reach it from outside is unknown",
    ),
    (
        "encryption",
        "not encrypted",
        subject(encryptables=(replace(DISKS, encrypted=False),)),
        Settings(),
        r"^the disks of pool train: nothing says that it is encrypted \| turn its encryption on",
    ),
    (
        "encryption",
        "unknown",
        subject(encryptables=(replace(DISKS, encrypted=None),)),
        Settings(),
        r"whether it is encrypted is unknown",
    ),
    (
        "encryption",
        "the service's key",
        subject(encryptables=(replace(DISKS, key=""),)),
        KEY_ASKED,
        r"encrypted with the service's key, not with a key of your own",
    ),
    (
        "encryption",
        "unknown key",
        subject(encryptables=(replace(DISKS, key=None),)),
        KEY_ASKED,
        r"the key that encrypts it is unknown",
    ),
]

ACCEPTED: list[tuple[str, str, Subject, Settings]] = [
    *(
        (rule.id, "the baseline", subject(environment=where(rule)), Settings())
        for rule in RULES
        if rule.compared is None  # a rule on a change has nothing to accept there
    ),
    *ACCEPTED_OF_CAPACITY,
    *ACCEPTED_OF_MACHINES,
    *ACCEPTED_OF_PRICES,
    *ACCEPTED_OF_UPKEEP,
    ("hourly-burn-ceiling", "no ceiling", subject(budget=NO_CEILINGS, cost=cost(hourly="99999")), Settings()),
    ("hourly-burn-ceiling", "no ceiling and no price", subject(budget=NO_CEILINGS, cost=UNPRICED), Settings()),
    ("gpu-hour-price-ceiling", "no accelerators", subject(rates=()), Settings()),
    (
        "gpu-hour-price-ceiling",
        "an accelerator without a ceiling",
        subject(budget=NO_CEILINGS, rates=(replace(RATE, accelerator="Other", usd=None),)),
        Settings(),
    ),
    ("unpriced-resource", "nothing at all", subject(cost=replace(cost(), lines=())), Settings()),
    ("spot-forbidden", "no gang", subject(pools=(replace(POOL, gang=False, capacity_types=("spot",)),)), Settings()),
    ("required-tags", "nothing to tag", subject(taggables=()), Settings()),
    (
        "no-public-ip",
        "private",
        subject(endpoints=(replace(ENDPOINT, public=False, cidrs=("0.0.0.0/0",)),)),
        Settings(),
    ),
    ("no-public-ip", "no nodes", subject(addresses=(), endpoints=()), Settings()),
    ("encryption", "the service's key will do", subject(encryptables=(replace(DISKS, key=""),)), Settings()),
    ("encryption", "a key of one's own", subject(encryptables=(replace(DISKS, key=KEY),)), KEY_ASKED),
    ("encryption", "nothing kept", subject(encryptables=()), KEY_ASKED),
]
