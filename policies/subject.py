"""What rules judge: one cluster on one day, independent of its cloud and of where the facts came from.

`None` always means unknown, and rules fail closed on it. Every judged thing has a `path` (the dotted path of the spec
that decides it; empty for what someone wrote by hand) and a `resource` (its logical name; empty in a plan). Waivers
may name either.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from components.cost.model import CostReport
from components.plan.model import BudgetPlan
from components.records import record

NO_BUDGET = BudgetPlan(usd_per_month=None, usd_per_hour=None, usd_per_gpu_hour=None, alerts=())


@record(kw_only=True)
class Judged:
    """Something that a rule looks at; `what` names it for a person: "the disks of pool train"."""

    what: str
    path: str = ""
    resource: str = ""


@record(kw_only=True)
class Pool(Judged):
    """A pool of nodes. `gang`: its nodes work as one (a fabric, and several nodes); None entries are unknown."""

    name: str
    accelerator: str
    gang: bool | None
    capacity_types: tuple[str | None, ...]


@record(kw_only=True)
class Rate(Judged):
    """What one accelerator costs for an hour, in USD, on one line of the cost report."""

    accelerator: str
    usd: Decimal | None


@record(kw_only=True)
class Taggable(Judged):
    """Something with tags; a value that only the cloud knows is None."""

    tags: Mapping[str, str | None] | None


@record(kw_only=True)
class Address(Judged):
    """Nodes that have, or have not, public addresses."""

    public: bool | None


@record(kw_only=True)
class Endpoint(Judged):
    """An API endpoint and the ranges that may reach it from outside."""

    public: bool | None
    cidrs: tuple[str, ...] | None


@record(kw_only=True)
class Encryptable(Judged):
    """Something that keeps data. `key`: the customer's key that encrypts it; "" is the service's own key."""

    encrypted: bool | None
    key: str | None


@record(kw_only=True)
class Baseline:
    """What the cluster cost before a change; `name` says where that was read: "main", "deployed", a stack's name.

    `monthly_max`: USD a month with every pool full; None where a line of it had no price.
    """

    name: str
    monthly_max: Decimal | None


@record(kw_only=True)
class Replacement(Judged):
    """A pool, cluster or storage that an update would replace or delete, and the properties that do it."""

    kind: str  # pool | cluster | storage
    operation: str  # replace | delete
    causes: tuple[str, ...]
    protected: bool


@record(kw_only=True)
class Subject:
    """One cluster, or one program's resources, on one day. `planned`: there is a plan of it, not resources alone."""

    stack: str
    environment: str
    on: date
    cost: CostReport
    planned: bool = True
    budget: BudgetPlan = NO_BUDGET
    pools: tuple[Pool, ...] = ()
    rates: tuple[Rate, ...] = ()
    taggables: tuple[Taggable, ...] = ()
    addresses: tuple[Address, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    encryptables: tuple[Encryptable, ...] = ()
    baseline: Baseline | None = None
    replacements: tuple[Replacement, ...] | None = None  # None: nothing was compared
