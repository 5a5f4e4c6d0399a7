"""Priced items and the cost report. Money is USD as `Decimal`; a month is 730 hours.

A `PricedItem` asks a question ("8 nodes of this machine in this region"), a `CostLine` is the answer with its
source and age. An item that the catalogue cannot price stays in the report as unpriced: never zero.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from components.plan.model import StatedPrice
from components.records import record

HOURS_PER_MONTH = Decimal(730)


@record(kw_only=True)
class Span:
    """A figure at the minimum, as desired and at the maximum."""

    min: Decimal
    desired: Decimal
    max: Decimal

    @classmethod
    def flat(cls, value: Decimal | int) -> Span:
        return cls(min=Decimal(value), desired=Decimal(value), max=Decimal(value))

    def __add__(self, other: Span) -> Span:
        return Span(min=self.min + other.min, desired=self.desired + other.desired, max=self.max + other.max)

    def times(self, factor: Decimal) -> Span:
        return Span(min=self.min * factor, desired=self.desired * factor, max=self.max * factor)


@record(kw_only=True)
class PricedItem:
    """Something that costs money: `quantity` units per month, priced by machine or by service item.

    `machines` (with `capacity_type`) asks for the dearest on-demand list price among them; `service` names an item of
    the catalogue's service prices; `stated` is the user's own price and wins over both.
    """

    pool: str  # "" for what belongs to no pool
    kind: str  # machine | disk | control-plane | nat | public-ip | endpoint | file-system | object-storage | key | log | transfer | labour | support
    item: str  # what a person reads: the machine and how it is bought
    unit: str  # node-hour | hour | GB-month | GB | month | block | …
    quantity: Span
    region: str
    path: str = ""  # where the spec says it
    machines: tuple[str, ...] = ()
    capacity_type: str = ""
    service: str = ""
    stated: StatedPrice | None = None
    accelerator: str = ""
    accelerators_per_node: int = 0
    fixed: bool = False  # bought: paid whether used or not
    one_off: bool = False  # paid once, in the month of the purchase
    nodes: Span | None = None  # bought: the nodes that run in it, which `quantity` does not tell
    note: str = ""  # what a reader of the line should know; stands first in the line's hint


@record(kw_only=True)
class CostLine:
    """One line of the report. `unit_price` None: unpriced, and then `monthly` is None too."""

    pool: str
    kind: str
    item: str
    unit: str
    quantity: Span
    unit_price: Decimal | None
    monthly: Span | None
    price_kind: str  # list | user | unpriced
    source: str
    as_of: date | None
    path: str = ""
    capacity_type: str = ""
    accelerator: str = ""
    accelerators_per_node: int = 0
    fixed: bool = False
    one_off: bool = False
    hint: str = ""  # a spot or derived price that gates never use, or how to state a price

    @property
    def per_accelerator_hour(self) -> Decimal | None:
        """USD per accelerator and hour, for machine lines that are priced by the node and hour."""
        if self.unit_price is None or not self.accelerators_per_node or self.unit != "node-hour":
            return None
        return self.unit_price / self.accelerators_per_node


@record(kw_only=True)
class CostReport:
    """The whole cluster's cost. Totals leave out what is unpriced, and `unpriced` says so."""

    lines: tuple[CostLine, ...]
    monthly: Span
    hourly: Span
    unpriced: tuple[CostLine, ...]
    not_included: tuple[str, ...]
    accelerators: Span  # how many accelerators run at each of the three
    oldest_price: date | None

    @property
    def per_accelerator_hour(self) -> Span | None:
        """The whole cluster's cost per accelerator and hour.

        None where the pool is empty at one of the three sizes, or where accelerators that run have no price.
        """
        if any(line.accelerators_per_node and line.quantity.max and not line.one_off for line in self.unpriced):
            return None
        if not self.accelerators.min or not self.accelerators.desired or not self.accelerators.max:
            return None
        return Span(
            min=self.hourly.min / self.accelerators.min,
            desired=self.hourly.desired / self.accelerators.desired,
            max=self.hourly.max / self.accelerators.max,
        )
