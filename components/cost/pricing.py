"""What a unit of an item costs: the user's own price, else the catalogue's list price, else unknown."""

from __future__ import annotations

from collections.abc import Sequence

from components.catalog import Catalog, Price

# The price that stands for a machine-hour of nearly any capacity type: a reservation is billed at the on-demand price,
# and a spot price moves hourly, so that only the on-demand price is a ceiling.
CEILING = "on-demand"
# Capacity types that are sold by a price list of their own, so that no other price stands for theirs.
OWN_LIST = frozenset({"flex"})


class Pricing:
    """The look-ups of one catalogue, each made once: plans ask for the same few rows over and over."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._machines: dict[tuple[tuple[str, ...], str, str], tuple[str, Price] | None] = {}
        self._services: dict[tuple[str, str], Price | None] = {}

    def dearest(self, machines: tuple[str, ...], region: str, capacity_type: str = CEILING) -> tuple[str, Price] | None:
        """The dearest of some machines at list price; None as soon as one has none: that one might be the dearest."""
        listed = capacity_type if capacity_type in OWN_LIST else CEILING
        key = (machines, region, listed)
        if key not in self._machines:
            self._machines[key] = self._dearest(*key)
        return self._machines[key]

    def _dearest(self, machines: Sequence[str], region: str, listed: str) -> tuple[str, Price] | None:
        best: tuple[str, Price] | None = None
        for machine in machines:
            price = self.catalog.price(machine, region, listed)
            if price is None:
                return None
            if best is None or price.usd > best[1].usd:
                best = (machine, price)
        return best

    def service(self, item: str, region: str) -> Price | None:
        key = (item, region)
        if key not in self._services:
            self._services[key] = self.catalog.service_price(item, region)
        return self._services[key]


_known: dict[int, Pricing] = {}


def pricing(catalog: Catalog) -> Pricing:
    """The look-ups of a catalogue, shared by all that ask in this process."""
    found = _known.get(id(catalog))
    if found is None or found.catalog is not catalog:
        found = _known[id(catalog)] = Pricing(catalog)
    return found
