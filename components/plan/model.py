"""The plan of a cluster, in words that every cloud shares.

Frozen dataclasses with no Pulumi type in them. A cloud adds its own decisions in subclasses
(`components/plan/<cloud>/model.py`); the cost estimator and the rules read these.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from components.errors import Finding
from components.records import record


@record(kw_only=True)
class NodeCount:
    """Nodes at the minimum, as desired, and at the maximum."""

    min: int
    desired: int
    max: int


@record(kw_only=True)
class StatedPrice:
    """A price of the user's own: `usd` per the unit that its place implies."""

    usd: Decimal
    source: str
    as_of: date


@record(kw_only=True)
class Bought:
    """Capacity that is paid whether it is used or not. `nodes` is what was bought, not what the pool uses of it."""

    id: str
    zone_id: str
    nodes: int
    until: date | None = None  # reservation
    price: StatedPrice | None = None  # reservation: USD per machine and hour
    start: datetime | None = None  # block
    end: datetime | None = None  # block
    upfront_usd: Decimal | None = None  # block: for the whole block


@record(kw_only=True)
class Taint:
    """A Kubernetes taint; `effect` as Kubernetes spells it (`NoSchedule`)."""

    key: str
    value: str
    effect: str


@record(kw_only=True)
class RungPlan:
    """One rung of a pool's capacity ladder: one node group.

    `machines` holds the machine first asked for and, for spot, those that may stand in for it.
    """

    name: str  # `<pool>-<capacity type>`, unique in the stack
    capacity_type: str
    nodes: NodeCount
    machines: tuple[str, ...]
    zones: tuple[str, ...]
    bought: Bought | None = None

    @property
    def raised_on_time(self) -> bool:
        """Whether a change of size that is scheduled once brings the nodes, and none comes when that moment is past."""
        return False

    @property
    def node_groups(self) -> tuple[tuple[str, NodeCount], ...]:
        """(part of its logical name, nodes) of each node group that the rung is made of."""
        return ((self.name, self.nodes),)


@record(kw_only=True)
class FabricPlan:
    """The network between the nodes of a pool."""

    kind: str  # efa, tcpx, tcpxo, rdma, rdma-metal, ici
    gbps_per_node: Decimal
    gbps_per_accelerator: Decimal
    devices_per_node: int


@record(kw_only=True)
class PoolPlan:
    """A pool of accelerator nodes with every decision taken; `asked` is the user's own word for it."""

    name: str
    asked: str
    accelerator: str
    accelerators_per_node: int
    machine: str
    alternatives: tuple[str, ...]
    nodes: NodeCount
    fabric: FabricPlan | None
    zones: tuple[str, ...]
    labels: Mapping[str, str]
    taints: tuple[Taint, ...]
    root_disk_gib: int
    root_disk_asked_gib: int | None
    scratch: str
    price: StatedPrice | None
    rungs: tuple[RungPlan, ...]


@record(kw_only=True)
class SystemPlan:
    """The system pool."""

    machine: str
    nodes: NodeCount
    zones: tuple[str, ...]
    root_disk_gib: int
    price: StatedPrice | None


@record(kw_only=True)
class StoragePlan:
    """A file system or bucket. Sizes in GiB; `given` is the legal step that `asked` was rounded up to."""

    name: str
    kind: str  # parallel | object | shared
    asked_gib: Decimal | None
    given_gib: int | None
    price: StatedPrice | None  # USD per GiB and month


@record(kw_only=True)
class BudgetPlan:
    """Ceilings in USD, and who is told."""

    usd_per_month: Decimal | None
    usd_per_hour: Decimal | None
    usd_per_gpu_hour: Decimal | None
    alerts: tuple[str, ...]


@record(kw_only=True)
class UsagePlan:
    """Expected use per month as the user gave it; None means not given, so not included."""

    egress_gb: Decimal | None = None
    nat_gb: Decimal | None = None
    cross_zone_gb: Decimal | None = None
    log_gb: Decimal | None = None
    labour_hours: Decimal | None = None
    labour_usd_per_hour: Decimal | None = None
    support_percent: Decimal | None = None


@record(kw_only=True)
class Decision:
    """A choice that the plan took for the user, and why."""

    path: str
    chose: str
    why: str


@record(kw_only=True)
class ClusterPlan:
    """One environment of one cluster, with every decision taken."""

    stack: str
    name: str  # the cluster's physical name
    blueprint: str
    cloud: str
    region: str
    account: str | None
    environment: str
    kubernetes: str
    protect: bool
    tags: Mapping[str, str]
    system: SystemPlan
    pools: tuple[PoolPlan, ...]
    storage: tuple[StoragePlan, ...]
    budget: BudgetPlan
    usage: UsagePlan
    stated_prices: Mapping[str, StatedPrice]
    expires: date | None
    policy: Mapping[str, Any]  # as the spec has it: the rules read it
    may_differ: tuple[str, ...]
    decisions: tuple[Decision, ...]
    catalog_version: str
    findings: tuple[Finding, ...] = field(default=(), metadata={"document": False})
