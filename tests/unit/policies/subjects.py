"""A compliant subject, and pieces to break it with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from components.cost.model import CostLine, CostReport, Span
from components.plan.model import BudgetPlan
from policies.engine import Judgement, evaluate
from policies.settings import RuleSettings, Settings
from policies.subject import Address, Encryptable, Endpoint, Pool, Rate, Subject, Taggable

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
