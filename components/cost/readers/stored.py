"""File systems, buckets, disks and logs that were read from resources, in the order and under the names of the spec."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from components.cost.facts import Disk, Stored
from components.cost.model import PricedItem, Span
from components.cost.readers import wire
from components.cost.readers.terms import StorageTerms, Terms
from components.cost.readers.wire import Resource

NOTHING = StorageTerms(expected_gib=None, price=None)
Reader = Callable[[Resource, str, StorageTerms, str], Stored | None]
"""Reads a resource, with its name, its terms and its path in the spec; None for what is no storage, or unreadable."""


def stored_in_order(resources: Sequence[Resource], terms: Terms, read: Reader) -> tuple[Stored, ...]:
    """File systems and buckets, those of the spec first and in its order."""
    made: list[tuple[str, Stored]] = []
    for one in resources:
        known = terms.storage_of(wire.name(one))
        of_spec = terms.storage[known] if known else NOTHING
        store = read(one, known or wire.name(one), of_spec, f"storage.{known}" if known else "")
        if store is not None:
            made.append((known or "", store))
    order = {name: place for place, name in enumerate(terms.storage)}
    made.sort(key=lambda pair: order.get(pair[0], len(order)))
    return tuple(store for _, store in made)


def disk_alone(one: Resource, disk: Disk | None, word: str, region: str, terms: Terms) -> PricedItem:
    """A disk that is a resource of its own, which the cloud calls a `word`; None: it cannot be priced."""
    return PricedItem(
        pool="",
        kind="disk",
        item=f"{wire.name(one)}: " + (f"{word} of {disk.gib} GiB ({disk.kind})" if disk else word),
        unit="GB-month",
        quantity=Span.flat(disk.gib if disk else 0),
        region=region,
        service=disk.service if disk else "",
        stated=terms.stated.get(disk.service) if disk else None,
        note="" if disk else "its size, kind or speed has no price that is known",
    )


def longest(days: Iterable[int | None]) -> int | None:
    """How long logs are kept: the longest; None where nothing says so, and where one keeps them for ever or unknown."""
    said = list(days)
    known = [one for one in said if one]
    return max(known) if known and len(known) == len(said) else None
