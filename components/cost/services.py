"""The items of a cluster on any cloud: its pools, its control plane, what it keeps, its keys, and what is billed by use.

A cloud's own module adds the items of its network, and says what its services are called in the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from components.catalog import Catalog
from components.cost.facts import ClusterFacts, ControlPlane, Stored
from components.cost.ladder import disk_items, machine_items
from components.cost.model import HOURS_PER_MONTH, PricedItem, Span
from components.cost.pricing import pricing
from components.cost.usage import Rates, not_included, usage_items
from components.errors import did_you_mean
from components.plan.model import StatedPrice

GIB_AS_GB = "a GiB is billed as a GB"


def cluster_items(
    facts: ClusterFacts, rates: Rates, network: Iterable[PricedItem], catalog: Catalog, on: date
) -> tuple[PricedItem, ...]:
    """The items of a cluster in the order of the report: pools, control plane, network, storage, keys, and the rest."""
    prices = pricing(catalog)
    charged: set[str] = set()
    items: list[PricedItem] = []
    for pool in facts.pools:
        items.extend(machine_items(pool, facts.region, prices, charged))
        items.extend(disk_items(pool, facts.region, facts.stated))
    items.extend(_control_plane(one, facts, catalog, on) for one in facts.control_planes)
    items.extend(network)
    items.extend(_stored(one, facts) for one in facts.stored if one.gib is not None)
    items.extend(_keys(facts))
    items.extend(facts.others)
    items.extend(usage_items(facts.usage, rates, facts.region, facts.stated, facts.log_days))
    return tuple(items)


def left_out(facts: ClusterFacts, items: Sequence[PricedItem], *also: str) -> tuple[str, ...]:
    """A sentence for everything that the items do not count; `also`: what a cloud bills by use that no amount is given
    for. A stated price that no item asks for is one of them: its name may be another cloud's, or misspelt."""
    used = tuple(dict.fromkeys(item.service for item in items if item.service))
    return (
        *(
            f"what is stored in {one.name}: not included" + (f" ({one.path}.capacity)" if one.path else "")
            for one in facts.stored
            if one.gib is None
        ),
        *not_included(facts.usage, nat=facts.nat_gateways > 0, also=also),
        *(
            f"prices.{name}: not included (nothing here is charged by it; {did_you_mean(name, used)})"
            for name in facts.stated
            if name not in used
        ),
    )


def service_item(
    facts: ClusterFacts,
    kind: str,
    item: str,
    unit: str,
    quantity: Span,
    service: str,
    *,
    path: str = "",
    note: str = "",
) -> PricedItem:
    """An item that belongs to no pool, at the stated price of its service or else at the catalogue's."""
    return PricedItem(
        pool="",
        kind=kind,
        item=item,
        unit=unit,
        quantity=quantity,
        region=facts.region,
        path=path,
        service=service,
        stated=facts.stated.get(service),
        note=note,
    )


def stored(
    name: str, kind: str, what: str, service: str, gib: Decimal | None, price: StatedPrice | None, path: str
) -> Stored:
    """A file system or bucket that is billed by the GB and sized in GiB: `what` is how the report calls it."""
    return Stored(
        name=name,
        kind=kind,
        item=f"{name}: {what}",
        service=service,
        gib=gib,
        price=price,
        path=path,
        note=GIB_AS_GB,
    )


def _control_plane(one: ControlPlane, facts: ClusterFacts, catalog: Catalog, on: date) -> PricedItem:
    """Extended support costs more, and only a cluster that accepts it gets it: others are upgraded by the service.

    Where the catalogue does not know until when a version has standard support, the dearer price stands.
    """
    known = catalog.kubernetes(one.version)
    support = known.support_on(on) if known else "unknown"
    extended = one.extended and support != "standard"
    word = "extended" if extended else "standard"
    version = f" {one.version}" if one.version else ""
    note = ""
    if extended and support == "unknown":
        note = "when standard support ends is not known, so the dearer extended support is counted"
    return service_item(
        facts,
        "control-plane",
        f"Kubernetes{version} control plane ({word} support)",
        "hour",
        Span.flat(HOURS_PER_MONTH),
        "control-plane-extended" if extended else "control-plane",
        path="kubernetes",
        note=note,
    )


def _keys(facts: ClusterFacts) -> Iterator[PricedItem]:
    if facts.keys:
        keys = Span.flat(facts.keys)
        yield service_item(facts, "key", "encryption key (KMS)", "month", keys, "kms-key", path="encryption")


def _stored(one: Stored, facts: ClusterFacts) -> PricedItem:
    return PricedItem(
        pool="",
        kind=one.kind,
        item=one.item,
        unit="GB-month",
        quantity=Span.flat(one.gib or 0),
        region=facts.region,
        path=one.path,
        service=one.service,
        stated=one.price or facts.stated.get(one.service),
        note=one.note,
    )
