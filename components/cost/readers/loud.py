"""What costs, or may cost, and cannot be priced: an item without a price, never zero."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from components.cost.model import PricedItem, Span
from components.cost.readers import wire
from components.cost.readers.wire import Resource

# Whole families that cost nothing by themselves: providers and components, values made by the program itself, and
# objects in a cluster, which run on nodes that are priced.
FREE_PREFIXES = ("gpu-fleet:", "pulumi:", "random:", "tls:", "kubernetes:")

# Objects in a cluster that order something outside it.
ORDERS_OUTSIDE = frozenset({"kubernetes:core/v1:PersistentVolumeClaim", "kubernetes:core/v1:PersistentVolume"})


def is_balancer(one: Resource) -> bool:
    """Whether a Service in a cluster orders a load balancer outside it."""
    spec = wire.mapping(wire.inputs(one).get("spec"))
    return one.get("type") == "kubernetes:core/v1:Service" and spec.get("type") not in (None, "ClusterIP", "NodePort")


def started_elsewhere(templates: Iterable[Resource], region: str) -> Iterator[PricedItem]:
    """Templates of machines with accelerators that nothing here uses: who starts instances from them is not known."""
    for one in templates:
        yield unknown(one, region, "machine", "how many instances start from this template cannot be read")


def unknown(one: Resource, region: str, kind: str, note: str) -> PricedItem:
    """The item of a resource whose cost cannot be known; `note` says why."""
    return PricedItem(
        pool="",
        kind=kind,
        item=f"{wire.name(one)} ({one.get('type')})",
        unit="month",
        quantity=Span.flat(1),
        region=region,
        note=note,
    )
