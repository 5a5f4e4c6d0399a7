"""What makes a cluster cost money, whether a plan said it or registered resources did.

A plan and a reader of resources each fill these; one set of functions makes items of them. That is why both arrive at
the same cost to the cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal

from components.cost.model import PricedItem
from components.plan.model import Bought, NodeCount, StatedPrice, UsagePlan
from components.records import record

# The source of a figure that the spec holds as such: it has no source of its own and does not age.
SPEC = "the spec"

# The pool of the cluster's own services.
SYSTEM = "system"


@record(kw_only=True)
class Disk:
    """A node's disk; `service` is the catalogue's item for its kind, "" for what has no nodes and so no disks."""

    gib: int
    service: str
    kind: str  # gp3


@record(kw_only=True)
class Rung:
    """One group of nodes. None and `()` mean that it cannot be known, and that the line must be loud about it.

    `disk` is a node's root disk, `scratch` what it has of local disks that its machine's price does not include.
    Groups with the same `part_of` are one rung of the pool's ladder, of which each is a part.
    """

    name: str
    capacity_type: str
    nodes: NodeCount | None
    machines: tuple[str, ...]
    disk: Disk | None
    accelerator: str = ""
    accelerators_per_node: int = 0
    bought: Bought | None = None
    is_bought: bool = False  # also where `bought` is unknown
    scratch: Disk | None = None
    part_of: str = ""


@record(kw_only=True)
class Pool:
    """A pool: `rest` is how many nodes its rungs that are not bought may have together at the most."""

    name: str
    path: str  # "" for what no spec knows
    rungs: tuple[Rung, ...]
    rest: int
    price: StatedPrice | None


@record(kw_only=True)
class Stored:
    """A file system or bucket: `gib` None where no size is known, which is then not included."""

    name: str
    kind: str  # file-system | object-storage
    item: str
    service: str
    gib: Decimal | None
    price: StatedPrice | None
    path: str
    note: str = ""


@record(kw_only=True)
class ControlPlane:
    """A managed control plane; `version` "" where it cannot be read; `extended`: it accepts extended support."""

    version: str
    extended: bool


@record(kw_only=True)
class ClusterFacts:
    """Everything of a cluster that costs money on any cloud. Counts are of things that are there all month."""

    region: str
    pools: tuple[Pool, ...]  # the system pool last
    control_planes: tuple[ControlPlane, ...] = ()
    nat_gateways: int = 0
    public_ips: int = 0
    keys: int = 0
    stored: tuple[Stored, ...] = ()
    log_days: int | None = None
    others: tuple[PricedItem, ...] = ()  # resources that no pool or service covers
    usage: UsagePlan = field(default_factory=UsagePlan)
    stated: Mapping[str, StatedPrice] = field(default_factory=dict[str, StatedPrice])
