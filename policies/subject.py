"""What rules judge: one cluster on one day, independent of its cloud and of where the facts came from.

`None` always means unknown, and rules fail closed on it. Every judged thing has a `path` (the dotted path of the spec
that decides it; empty for what someone wrote by hand) and a `resource` (its logical name; empty in a plan). Waivers
may name either.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal

from components.cost.model import CostReport
from components.plan.model import BudgetPlan, NodeCount
from components.records import record
from policies.market import NOTHING, Market

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
    """What one accelerator costs for an hour, in USD, on one line of the cost report.

    `cloud`: whose price it is, where a program has resources of several clouds.
    """

    accelerator: str
    usd: Decimal | None
    cloud: str = ""


@record(kw_only=True)
class Taggable(Judged):
    """Something with tags; a value that only the cloud knows is None. `spelling`: how its cloud writes a tag's name."""

    tags: Mapping[str, str | None] | None
    spelling: Callable[[str], str] = str


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
class Group(Judged):
    """Nodes that are started alike: a rung of a pool, a scaling group, an instance, what only a template describes.

    `machines`: those that may be started, the first one asked for first; none where that is unknown. `region` is ""
    where it is unknown. `stops`: a schedule takes the group to zero nodes again and again. `rung`: what several groups
    share that are parts of one rung, as the slices of a pool are.
    """

    pool: str
    region: str
    capacity_type: str | None  # on-demand | spot | flex | reservation | block
    nodes: NodeCount | None
    machines: tuple[str, ...]
    fabric: bool | None
    stops: bool = False
    rung: str = ""


@record(kw_only=True)
class Purchase(Judged):
    """Capacity that is paid whether it is used or not: `nodes` were bought, of which the groups use up to `used`.

    `open_ended`: it has no last day; where it has one, `ends` is that day. Only a block has a day on which it `starts`.
    """

    id: str
    kind: str  # reservation | block
    nodes: int | None
    used: int | None
    ends: date | None
    open_ended: bool | None
    starts: date | None = None
    upfront_usd: Decimal | None = None


@record(kw_only=True)
class Lifetime(Judged):
    """A cluster, or something beside it that runs accelerators, and when it goes.

    `stated`: a last day is named; `expires` is that day, None where it cannot be read. `stops`: its accelerators go to
    zero by themselves, by a schedule or because their minimum is zero.
    """

    stated: bool | None
    expires: date | None
    stops: bool


@record(kw_only=True)
class Guard(Judged):
    """Something whose deletion loses data or the cluster.

    `protected` against deletion; None where that cannot be read. `loses`: what its own settings throw away when it is
    deleted, "" for nothing.
    """

    protected: bool | None
    loses: str = ""


@record(kw_only=True)
class Control(Judged):
    """A managed control plane: its Kubernetes minor, and whether it would stay on paid extended support.

    `cloud`: whose minor it is, where a program has resources of several clouds.
    """

    version: str  # "" where it is unknown
    extended: bool | None
    cloud: str = ""


@record(kw_only=True)
class Egress(Judged):
    """The ways out of the networks that are made here.

    `endpoints`: what is reached without NAT, by neutral names (`object-storage`, `registry`), None where unknown.
    """

    nat_gateways: int
    endpoints: tuple[str, ...] | None


@record(kw_only=True)
class Demand(Judged):
    """How much of an account's quota the cluster takes at its maximum; None where that is unknown."""

    code: str
    name: str
    unit: str
    region: str
    amount: int | None


@record(kw_only=True)
class Baseline:
    """What the cluster cost before a change; `name` says where that was read: "main", "deployed", a stack's name.

    `monthly_max`: USD a month with every pool full; None where it is unknown: a line of it had no price, unless `why` says
    something else.
    """

    name: str
    monthly_max: Decimal | None
    why: str = ""


@record(kw_only=True)
class Replacement(Judged):
    """A pool, cluster or storage that an update would replace or delete, and the properties that do it.

    `protected` by the spec, or as it exists; `refused`: the engine itself would not do it.
    """

    kind: str  # pool | cluster | storage
    operation: str  # replace | delete
    causes: tuple[str, ...]
    protected: bool
    refused: bool = False


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
    groups: tuple[Group, ...] = ()
    purchases: tuple[Purchase, ...] = ()
    lifetimes: tuple[Lifetime, ...] = ()
    guards: tuple[Guard, ...] = ()
    controls: tuple[Control, ...] = ()
    egress: tuple[Egress, ...] = ()
    demands: tuple[Demand, ...] = ()
    market: Market = NOTHING
    baseline: Baseline | None = None
    replacements: tuple[Replacement, ...] | None = None  # None: nothing was compared
