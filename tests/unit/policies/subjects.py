"""A compliant subject, and pieces to break it with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from components.catalog.model import Machine
from components.cost.model import CostLine, CostReport, Span
from components.plan.model import BudgetPlan, NodeCount
from policies.engine import Judgement, evaluate
from policies.market import Market, Offer
from policies.settings import RuleSettings, Settings
from policies.subject import (
    Address,
    Control,
    Egress,
    Encryptable,
    Endpoint,
    Group,
    Guard,
    Lifetime,
    Pool,
    Purchase,
    Rate,
    Subject,
    Taggable,
)

ON = date(2026, 11, 24)
KEY = "arn:aws:kms:us-east-1:123456789012:key/own"


def money(amount: int | str) -> Span:
    return Span.flat(Decimal(amount))


def line(**changes: Any) -> CostLine:
    """Eight nodes of eight H100 at 55.04 USD a node and hour (8 x 730 x 55.04 = 321,433.60 USD)."""
    made = CostLine(
        pool="train",
        kind="machine",
        item="big (reservation)",
        unit="node-hour",
        quantity=money(5840),
        unit_price=Decimal("55.04"),
        monthly=money("321433.60"),
        price_kind="list",
        source="test",
        as_of=ON,
        path="pools.train",
        capacity_type="reservation",
        accelerator="H100",
        accelerators_per_node=8,
    )
    return replace(made, **changes)


def unpriced_line(**changes: Any) -> CostLine:
    values: dict[str, Any] = {
        "pool": "",
        "kind": "file-system",
        "item": "scratch: fast files",
        "unit": "GB-month",
        "quantity": money(4800),
        "unit_price": None,
        "monthly": None,
        "price_kind": "unpriced",
        "path": "storage.scratch",
        "accelerator": "",
        "accelerators_per_node": 0,
        "hint": "state `storage.scratch.price`",
    }
    return line(**values | changes)


def cost(maximum: str = "321433.60", hourly: str = "440.32", unpriced: tuple[CostLine, ...] = ()) -> CostReport:
    return CostReport(
        lines=(line(), *unpriced),
        monthly=Span(min=Decimal(0), desired=Decimal("300000"), max=Decimal(maximum)),
        hourly=money(hourly),
        unpriced=unpriced,
        not_included=(),
        accelerators=money(64),
        oldest_price=ON,
    )


def budget(**changes: Any) -> BudgetPlan:
    made = BudgetPlan(
        usd_per_month=Decimal(500000),
        usd_per_hour=Decimal(1000),
        usd_per_gpu_hour=Decimal(10),
        alerts=("a@example.com",),
    )
    return replace(made, **changes)


POOL = Pool(
    what="pool train", path="pools.train", name="train", accelerator="H100", gang=True, capacity_types=("reservation",)
)
RATE = Rate(what="big of pool train", path="pools.train", accelerator="H100", usd=Decimal("6.88"))
TAGGED = Taggable(what="cluster prod", path="tags", tags={"owner": "research", "cost-center": "4711"})
ADDRESS = Address(what="pool train", path="pools.train", public=False)
ENDPOINT = Endpoint(what="the API endpoint", path="access.endpoint", public=True, cidrs=("203.0.113.0/24",))
DISKS = Encryptable(what="the disks of pool train", path="pools.train", encrypted=True, key=KEY)


def machine(name: str, accelerator: str | None, count: int, vcpus: int, memory: float, gbps: float = 0) -> Machine:
    return Machine(
        name=name,
        accelerator=accelerator,
        accelerator_count=count,
        accelerator_memory_gib=80,
        vcpus=vcpus,
        memory_gib=memory,
        architecture="x86_64",
        nvme_gb=0,
        nvme_disks=0,
        network_gbps=gbps,
        fabric="efa" if gbps else None,
        fabric_gbps=gbps,
        capacity_types=("on-demand",),
        preferred=1,
        min_kubernetes="",
        refused="",
        source="test",
        as_of=ON,
    )


class Bazaar(Market):
    """Four machines; `big` costs 55.04 USD here and 60 there, `small` 1 here and 0.80 there; an H100 6 USD elsewhere."""

    cloud = "aws"
    machines: Mapping[str, Machine] = {
        one.name: one
        for one in (
            machine("big", "H100", 8, 192, 2048, 3200),
            machine("small", "L4", 1, 8, 32),
            machine("wide", "L4", 1, 64, 256),
            machine("old", "V100", 4, 32, 244),
            machine("plain", None, 0, 4, 16),
        )
    }
    known: Mapping[str, Mapping[str, str]] = {
        "big": {"here": "55.04", "there": "60"},
        "small": {"here": "1", "there": "0.80", "near": "0.90"},
    }

    def __init__(self, support: str = "standard") -> None:
        self._support = support

    def machine(self, name: str) -> Machine | None:
        return self.machines.get(name)

    def alternatives(self, machine: Machine) -> tuple[Machine, ...]:
        same = [one for one in self.machines.values() if one.accelerator == machine.accelerator]
        return tuple(one for one in same if one.name != machine.name)

    def prices(self, machine: str, region: str) -> Mapping[str, Decimal]:
        return {place: Decimal(usd) for place, usd in self.known.get(machine, {}).items()}

    def offers(self, accelerator: str, like: Machine | None = None) -> tuple[Offer, ...]:
        if accelerator != "H100":
            return ()
        dear = Offer(cloud="third", machine="eight", region="near", usd=Decimal(9))
        return dear, Offer(cloud="other", machine="eight", region="far", usd=Decimal(6))

    def support(self, version: str, on: date) -> str:
        return self._support


GROUP = Group(
    what="pool train (reservation)",
    path="pools.train",
    pool="train",
    region="here",
    capacity_type="reservation",
    nodes=NodeCount(min=8, desired=8, max=8),
    machines=("big",),
    fabric=True,
)
SMALL = replace(
    GROUP,
    what="pool try (on-demand)",
    path="pools.try",
    pool="try",
    capacity_type="on-demand",
    nodes=NodeCount(min=0, desired=0, max=2),
    machines=("small",),
    fabric=False,
)
PURCHASE = Purchase(
    what="reservation cr-1",
    path="pools.train.capacity",
    id="cr-1",
    kind="reservation",
    nodes=8,
    used=8,
    ends=date(2027, 6, 30),
    open_ended=False,
)
BLOCK = replace(
    PURCHASE,
    what="block cr-2",
    kind="block",
    ends=date(2027, 2, 15),
    starts=date(2027, 2, 1),
    upfront_usd=Decimal(130000),
)
LIFETIME = Lifetime(what="the cluster", path="schedule.expires", stated=True, expires=date(2027, 1, 31), stops=False)
GUARD = Guard(what="the cluster", path="protect", protected=True)
CONTROL = Control(what="the cluster", path="software.extended_support", version="1.35", extended=False)
EGRESS = Egress(what="the network", path="network", nat_gateways=1, endpoints=("object-storage",))


def subject(**changes: Any) -> Subject:
    """Production, with everything in order: 65 % of its budget, a reservation, tags, a narrow endpoint, a key."""
    made = Subject(
        stack="prod",
        environment="prod",
        on=ON,
        cost=cost(),
        budget=budget(),
        pools=(POOL,),
        rates=(RATE,),
        taggables=(TAGGED,),
        addresses=(ADDRESS,),
        endpoints=(ENDPOINT,),
        encryptables=(DISKS,),
        groups=(GROUP,),
        purchases=(PURCHASE,),
        lifetimes=(LIFETIME,),
        guards=(GUARD,),
        controls=(CONTROL,),
        egress=(EGRESS,),
        market=Bazaar(),
    )
    return replace(made, **changes)


def with_parameters(rule: str, **parameters: Any) -> Settings:
    return Settings(rules={rule: RuleSettings(parameters=parameters)})


def verdict(judgement: Judgement, rule: str) -> str:
    return next(one.verdict for one in judgement.verdicts if one.id == rule)


def judged(rule: str, one: Subject, settings: Settings | None = None) -> tuple[str, list[str]]:
    """A rule's verdict and its messages, each with its hint."""
    judgement = evaluate(one, settings or Settings())
    return verdict(judgement, rule), [f"{f.message} | {f.hint}" for f in judgement.findings if f.id == rule]
