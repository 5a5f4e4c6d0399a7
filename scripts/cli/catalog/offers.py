"""What can be bought: the machines of an accelerator, with their price in a region or in the cheapest one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from components.catalog import Catalog, Machine, Price
from components.errors import Finding, InputError, Level, did_you_mean
from components.records import record


@record
class Offer:
    """A machine with its on-demand price in one region: the one asked for, or the cheapest; None: priced nowhere.

    `zones` are those of the region asked for, None where they are unknown; `regions` all that are known to offer it.
    """

    machine: Machine
    region: str | None
    price: Price | None
    zones: tuple[str, ...] | None
    regions: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        machine, price = self.machine, self.price
        return {
            "accelerator": machine.accelerator,
            "count": machine.accelerator_count,
            "machine": machine.name,
            "vcpus": machine.vcpus,
            "memory_gib": machine.memory_gib,
            "accelerator_memory_gib": machine.accelerator_memory_gib,
            "nvme_gb": machine.nvme_gb,
            "fabric": machine.fabric,
            "fabric_gbps_per_accelerator": machine.fabric_gbps_per_accelerator,
            "capacity_types": list(machine.capacity_types),
            "region": self.region,
            "zones": None if self.zones is None else list(self.zones),
            "regions": list(self.regions),
            "price": None if price is None else price_dict(price, machine.accelerator_count),
        }


def price_dict(price: Price, accelerators: int = 0) -> dict[str, Any]:
    """A price as data; with the price of one accelerator where there are any."""
    each = {"usd_per_accelerator": f"{round(price.usd / accelerators, 6).normalize():f}"} if accelerators else {}
    return {
        "usd": f"{price.usd:f}",
        **each,
        "unit": price.unit,
        "kind": price.kind,
        "source": price.source,
        "as_of": price.as_of.isoformat(),
        "note": price.note,
    }


def offers(
    catalog: Catalog, gpu: str | None, count: int | None, region: str | None, capacity: str | None
) -> list[Offer]:
    """The machines that fit, by accelerator and count, the preferred first. Raises InputError for unknown words."""
    wrong: list[Finding] = []
    name, number = _wanted(catalog, gpu, wrong)
    if region is not None and catalog.region(region) is None:
        wrong.append(unknown("region", region, tuple(catalog.regions), catalog.cloud))
    if count is not None and number is not None and count != number:
        wrong.append(_error(f"--gpu {gpu} and --count {count} contradict each other", "leave one of them out"))
    if wrong:
        raise InputError(wrong)
    number = count if number is None else number
    machines = _machines(catalog, [name] if name else catalog.accelerators(), number, capacity)
    found = [_offer(machine, region, catalog) for machine in machines]
    return [one for one in found if region is None or one.zones or one.price is not None]


def known_words(catalog: Catalog, gpu: str | None, region: str | None) -> int:
    """How many of the words of a question a catalogue knows, an accelerator's other names among them."""
    sells = gpu is not None and catalog.accelerator_named_like(gpu.partition(":")[0]) in catalog.accelerators()
    return sells + (region is not None and catalog.region(region) is not None)


def unknown(kind: str, word: str, known: Sequence[str], cloud: str) -> Finding:
    return _error(f"{word!r} is no {kind} that the catalogue of {cloud} has", did_you_mean(word, known))


def _error(message: str, hint: str) -> Finding:
    return Finding(id="catalog", level=Level.ERROR, message=message, hint=hint)


def _wanted(catalog: Catalog, gpu: str | None, wrong: list[Finding]) -> tuple[str | None, int | None]:
    """The accelerator's name and, from `H100:8`, its count; letter case does not matter here."""
    if gpu is None:
        return None, None
    word, _, count = gpu.partition(":")
    sold = catalog.accelerators()
    name = next((one for one in sold if one.casefold() == word.casefold()), None)
    if name is None:
        alias = catalog.accelerator_named_like(word)
        finding = unknown("accelerator", word, sold, catalog.cloud)
        wrong.append(_error(finding.message, f"did you mean {alias!r}?") if alias in sold else finding)
    if count and not count.isdecimal():
        wrong.append(_error(f"{gpu!r}: the count is no number", "write for example --gpu H100:8"))
        return name, None
    return name, int(count) if count else None


def _machines(
    catalog: Catalog, accelerators: Sequence[str], count: int | None, capacity: str | None
) -> Iterator[Machine]:
    for accelerator in accelerators:
        for number, _ in catalog.counts_of(accelerator):
            if count is None or number == count:
                for machine in catalog.machines_with(accelerator, number):
                    if capacity is None or capacity in machine.capacity_types:
                        yield machine


def _offer(machine: Machine, region: str | None, catalog: Catalog) -> Offer:
    regions = catalog.regions_offering(machine.name)
    if region is not None:
        return Offer(
            machine, region, any_price(machine, region, catalog), catalog.offered_zones(machine.name, region), regions
        )
    priced = [(price.usd, place, price) for place, price in _prices(machine, catalog)]
    if not priced:
        return Offer(machine, None, None, None, regions)
    _, place, price = min(priced, key=lambda one: one[:2])
    return Offer(machine, place, price, catalog.offered_zones(machine.name, place), regions)


def any_price(machine: Machine, region: str, catalog: Catalog) -> Price | None:
    """The on-demand list price in a region, or else what was computed for it."""
    return catalog.price(machine.name, region, "on-demand") or catalog.derived_price(machine.name, region)


def _prices(machine: Machine, catalog: Catalog) -> list[tuple[str, Price]]:
    """(region, price) of every region with a list price; computed ones only where no region has a list price."""
    listed = [(place, catalog.price(machine.name, place, "on-demand")) for place in catalog.regions]
    found = [(place, price) for place, price in listed if price is not None]
    if not found:
        derived = [(place, catalog.derived_price(machine.name, place)) for place in catalog.regions]
        found = [(place, price) for place, price in derived if price is not None]
    return found
