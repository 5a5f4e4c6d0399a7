"""What rules ask of the catalogues: machines, their prices elsewhere, the support of a Kubernetes minor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from components.records import record

if TYPE_CHECKING:  # a pack's start is waited for, and needs no catalogue yet
    from components.catalog import Catalog, Machine

ON_DEMAND = "on-demand"
ALIKE = Decimal("0.8")
"""The share of a machine's vCPUs that another one must have at the least to be held against it."""


@record(kw_only=True)
class Offer:
    """The cheapest list price of one accelerator for an hour in a cloud, on the machine that has it."""

    cloud: str
    machine: str
    region: str
    usd: Decimal


class Market:
    """The questions, with the answers of someone who knows nothing."""

    cloud = ""

    def of(self, cloud: str) -> Market:
        """The market of one cloud of a program that has several; "" where there is but one."""
        return self

    def machine(self, name: str) -> Machine | None:
        """A machine of this cloud; None where the catalogue does not have it."""
        return None

    def alternatives(self, machine: Machine) -> tuple[Machine, ...]:
        """The machines of this cloud with the same accelerators, the preferred one first, without `machine` itself."""
        return ()

    def prices(self, machine: str, region: str) -> Mapping[str, Decimal]:
        """List prices of a machine-hour on demand, by region, in the regions that an account in `region` can use."""
        return {}

    def offers(self, accelerator: str, like: Machine | None = None) -> tuple[Offer, ...]:
        """The cheapest offer of an accelerator in each other cloud that has a list price of it.

        With `like`, only on machines with as many accelerators that are not much smaller.
        """
        return ()

    def support(self, version: str, on: date) -> str:
        """`standard`, `extended`, `ended` or `unknown`: how a Kubernetes minor is supported on a day."""
        return "unknown"


NOTHING = Market()


class CatalogMarket(Market):
    """The answers of a cloud's catalogue, and of all catalogues on prices elsewhere."""

    def __init__(self, cloud: str, catalogs: Mapping[str, Catalog] | None = None) -> None:
        self.cloud = cloud
        self._catalogs = catalogs
        # Asked for each group of nodes, of which a program may have thousands of the same machine.
        self._prices: dict[tuple[str, str], Mapping[str, Decimal]] = {}
        self._found: dict[tuple[str, str], tuple[Offer, ...]] = {}

    def _catalog(self, cloud: str) -> Catalog:
        from components.catalog import load

        return load(cloud) if self._catalogs is None else self._catalogs[cloud]

    def machine(self, name: str) -> Machine | None:
        return self._catalog(self.cloud).machine(name)

    def alternatives(self, machine: Machine) -> tuple[Machine, ...]:
        if machine.accelerator is None:
            return ()
        same = self._catalog(self.cloud).machines_with(machine.accelerator, machine.accelerator_count)
        return tuple(one for one in same if one.name != machine.name and one.preferred and not one.refused)

    def prices(self, machine: str, region: str) -> Mapping[str, Decimal]:
        if (machine, region) not in self._prices:
            self._prices[machine, region] = self._prices_of(machine, region)
        return self._prices[machine, region]

    def _prices_of(self, machine: str, region: str) -> Mapping[str, Decimal]:
        catalog = self._catalog(self.cloud)
        own = catalog.region(region)
        found: dict[str, Decimal] = {}
        for there in catalog.priced_regions(machine, ON_DEMAND):
            known, price = catalog.region(there), catalog.price(machine, there, ON_DEMAND)
            # Another partition is another account: nobody moves there for a price.
            if price is not None and own is not None and known is not None and known.partition == own.partition:
                found[there] = price.usd
        return found

    def offers(self, accelerator: str, like: Machine | None = None) -> tuple[Offer, ...]:
        from components.catalog import CLOUDS

        asked = accelerator, like.name if like else ""
        if asked not in self._found:
            clouds = CLOUDS if self._catalogs is None else tuple(self._catalogs)
            others = [cloud for cloud in clouds if cloud != self.cloud]
            found = (_cheapest(cloud, self._catalog(cloud), accelerator, like) for cloud in others)
            self._found[asked] = tuple(offer for offer in found if offer is not None)
        return self._found[asked]

    def support(self, version: str, on: date) -> str:
        known = self._catalog(self.cloud).kubernetes(version)
        return known.support_on(on) if known else "unknown"


class Markets(Market):
    """The answers of several clouds, for a program that registers resources of each.

    Names of machines differ between clouds, so that whoever knows one answers. What is asked of one cloud alone is asked
    of its own market (`of`).
    """

    def __init__(self, markets: Sequence[Market]) -> None:
        self._markets = {one.cloud: one for one in markets}
        self.cloud = next(iter(self._markets))

    def of(self, cloud: str) -> Market:
        return self._markets.get(cloud, NOTHING)

    def machine(self, name: str) -> Machine | None:
        return next((found for one in self._markets.values() if (found := one.machine(name)) is not None), None)

    def alternatives(self, machine: Machine) -> tuple[Machine, ...]:
        return self._knowing(machine.name).alternatives(machine)

    def prices(self, machine: str, region: str) -> Mapping[str, Decimal]:
        return self._knowing(machine).prices(machine, region)

    def _knowing(self, machine: str) -> Market:
        return next((one for one in self._markets.values() if one.machine(machine) is not None), NOTHING)


def _cheapest(cloud: str, catalog: Catalog, accelerator: str, like: Machine | None) -> Offer | None:
    offers = _offers(cloud, catalog, accelerator, like)
    return min(offers, key=lambda offer: (offer.usd, offer.machine, offer.region), default=None)


def _offers(cloud: str, catalog: Catalog, accelerator: str, like: Machine | None) -> Iterable[Offer]:
    counts = [count for count, _ in catalog.counts_of(accelerator)] if like is None else [like.accelerator_count]
    for count in counts:
        for machine in catalog.machines_with(accelerator, count):
            if like is not None and machine.vcpus < like.vcpus * ALIKE:
                continue
            for region in catalog.priced_regions(machine.name, ON_DEMAND):
                price = catalog.price(machine.name, region, ON_DEMAND)
                # What is taken by its name alone has only a part of the accelerator.
                if price is not None and machine.preferred and not machine.refused:
                    yield Offer(cloud=cloud, machine=machine.name, region=region, usd=price.usd / count)
