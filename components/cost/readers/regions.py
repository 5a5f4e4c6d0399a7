"""Registered resources by the region in which they cost money, on any cloud."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TypeVar

from components.catalog import Catalog
from components.cost.facts import ClusterFacts
from components.cost.model import PricedItem
from components.cost.readers import wire
from components.cost.readers.wire import Resource

Items = tuple[tuple[PricedItem, ...], tuple[str, ...]]
F = TypeVar("F", bound=ClusterFacts)


def by_region(
    resources: Sequence[Resource],
    provider: str,
    costs: Callable[[Resource], bool],
    own: Callable[[Resource], object],
) -> dict[str, list[Resource]]:
    """What `costs`, by region: its own, else its provider's, else that of all providers; "" where it is not known.

    `provider` is the type of the cloud's providers. `own` gives what a resource says of its region, None for nothing;
    anything but text cannot be read.
    """
    providers = {
        wire.name(one): wire.text(wire.inputs(one).get("region")) or "" for one in wire.of_type(resources, provider)
    }
    only = next(iter(providers.values()), "") if len(set(providers.values())) == 1 else ""
    found: dict[str, list[Resource]] = {region: [] for region in providers.values()}
    for one in resources:
        if not costs(one):
            continue
        said = own(one)
        name = wire.text(one.get("provider")) or ""
        # What is in a cluster is where the cluster is: its provider has no region.
        inside = str(one.get("type", "")).startswith("kubernetes:")
        inherited = providers.get(name, "") if name and not inside else only
        region = (wire.text(said) or "") if said is not None else inherited
        found.setdefault(region, []).append(one)
    return {region: there for region, there in found.items() if there} or {only: []}


def items_of_regions(
    regions: Iterable[F], items_from: Callable[[F, Catalog, date], Items], catalog: Catalog, on: date
) -> Items:
    """The items of what costs money, a region at a time, and what is not included: the first region says that."""
    items: list[PricedItem] = []
    left_out: dict[str, None] = {}
    for number, facts in enumerate(regions):
        made, without = items_from(facts, catalog, on)
        items += made
        left_out |= dict.fromkeys(without) if not number else {}
    return tuple(items), tuple(left_out)
