"""The queries that every cloud's catalogue answers, over the tables that all clouds have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from components.catalog import replacement
from components.catalog.model import Accelerator, KubernetesVersion, Machine, NameLimit, Price, Region, Zone
from components.catalog.tables import LazyRows, Row, Table
from components.errors import CatalogError

DATA = Path(__file__).parent / "data"


def columns(text: str) -> tuple[str, ...]:
    return tuple(text.split())


class Catalog:
    """Facts and prices of one cloud. A look-up that finds nothing gives None: unknown, never zero.

    A cloud subclasses it with the columns of its own machines and with `_machine`, which makes one from a row. Damaged
    data raises `CatalogError` with file and line when the row is used.
    """

    cloud: str = ""
    machine_columns: tuple[str, ...] = ()

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder or DATA / self.cloud
        self._machines = self._table("machines", self.machine_columns, 1)
        self._prices = self._table(
            "prices", columns("machine region capacity_type kind usd_per_hour source as_of note"), 4
        )
        self._services = self._table("service_prices", columns("item region unit usd source as_of note"), 2)
        self._versions = self._table(
            "kubernetes_versions", columns("version standard_until extended_until source as_of"), 1
        )
        self._regions = self._table("regions", columns("region partition source as_of"), 1)
        self._zones = self._table("zones", columns("region zone_id control_plane source as_of"), 2)
        self._offerings = self._table("zone_offerings", columns("region machine zone_ids source as_of"), 2)
        self._accelerators = Table(
            self._folder.parent / "accelerators.csv",
            columns("accelerator vendor resource aliases source as_of"),
            1,
        )
        self._replacement = self._table("replacement", replacement.COLUMNS, replacement.KEY)
        self._names = self._table("names", columns("kind shortest longest pattern source as_of"), 1)
        self._defaults = self._table("defaults", columns("key value why source as_of"), 1)

    def _table(self, name: str, header: tuple[str, ...], key: int) -> Table:
        return Table(self._folder / f"{name}.csv", header, key)

    def _machine(self, row: Row) -> Machine:
        raise NotImplementedError

    @property
    def tables(self) -> tuple[Table, ...]:
        """Every table of this catalogue, for the integrity suite and the refresh."""
        return tuple(value for value in vars(self).values() if isinstance(value, Table))

    @cached_property
    def version(self) -> str:
        """The newest date of a fact and a hash of all data: `2026-11-23-1a2b3c4d`. Reads every table."""
        import hashlib  # here: OpenSSL costs more to load than every other look-up together

        digest = hashlib.sha256()
        newest = ""
        for table in sorted(self.tables, key=lambda one: one.path.name):
            digest.update(table.path.name.encode() + b"\0" + table.path.read_bytes())
            newest = max(newest, *(row.text("as_of") for row in table.rows()))
        return f"{newest}-{digest.hexdigest()[:8]}"

    # --- machines ---

    @cached_property
    def machines(self) -> Mapping[str, Machine]:
        """Every machine by name, made when it is asked for."""
        return LazyRows(self._machines, self._machine)

    def machine(self, name: str) -> Machine | None:
        return self.machines.get(name)

    @cached_property
    def _by_accelerator(self) -> Mapping[str, tuple[tuple[int, int, str], ...]]:
        """(count, rank, machine) of each accelerator's machines, sorted."""
        found: dict[str, list[tuple[int, int, str]]] = {}
        for row in self._machines.rows():
            if row.text("accelerator") and row.text("preferred") != "0":
                entry = (row.whole("accelerator_count"), row.whole("preferred"), row.text("name"))
                found.setdefault(row.text("accelerator"), []).append(entry)
        return {accelerator: tuple(sorted(entries)) for accelerator, entries in found.items()}

    def machines_with(self, accelerator: str, count: int) -> tuple[Machine, ...]:
        """The machines with exactly `count` of an accelerator, the preferred one first."""
        entries = self._by_accelerator.get(accelerator, ())
        return tuple(self.machines[name] for number, _, name in entries if number == count)

    def machines_for(self, accelerator: str, count: int, topology: str | None = None) -> tuple[Machine, ...]:
        """The machines that a spec's `accelerator` may mean; with a topology, those of such a slice, if it is sold."""
        return () if topology else self.machines_with(accelerator, count)

    def tpu_topologies(self, accelerator: str) -> tuple[str, ...]:
        """The topologies in which slices of an accelerator are sold, by size; none where it has no slices."""
        return ()

    def counts_of(self, accelerator: str) -> tuple[tuple[int, str], ...]:
        """(count per node, preferred machine) for each count in which an accelerator is sold here, ascending."""
        first: dict[int, str] = {}
        for number, _, name in self._by_accelerator.get(accelerator, ()):
            first.setdefault(number, name)
        return tuple(first.items())

    def accelerators(self) -> tuple[str, ...]:
        """The accelerators that this cloud sells, by name."""
        return tuple(sorted(self._by_accelerator))

    def accelerator(self, name: str) -> Accelerator | None:
        """An accelerator by its name, whichever cloud sells it. An alias is no name: see `accelerator_named_like`."""
        row = self._accelerators.find(name)
        return _accelerator(row) if row else None

    def accelerator_named_like(self, word: str) -> str | None:
        """The accelerator that has `word` as name or alias, letter case aside: for hints, not for planning."""
        folded = word.casefold()
        for row in self._accelerators.rows():
            name = row.text("accelerator")
            if folded in {name.casefold(), *(alias.casefold() for alias in row.words("aliases"))}:
                return name
        return None

    # --- places ---

    @cached_property
    def regions(self) -> Mapping[str, Region]:
        return LazyRows(self._regions, _region)

    def region(self, name: str) -> Region | None:
        return self.regions.get(name)

    def zones(self, region: str) -> tuple[Zone, ...]:
        """A region's zones by id; empty where the catalogue knows none (it may know the region all the same)."""
        return tuple(map(_zone, self._zones_by_region.get(region, ())))

    @cached_property
    def _zones_by_region(self) -> Mapping[str, list[Row]]:
        found: dict[str, list[Row]] = {}
        for row in self._zones.rows():
            found.setdefault(row.text("region"), []).append(row)
        return found

    def offered_zones(self, machine: str, region: str) -> tuple[str, ...] | None:
        """The zone ids where a machine is offered (which is not: available), or None where that is unknown."""
        row = self._offerings.find(region, machine)
        return row.words("zone_ids") if row else None

    def regions_offering(self, machine: str) -> tuple[str, ...]:
        """The regions where a machine is known to be offered."""
        return tuple(sorted(region for region, name in self._offerings.all_keys() if name == machine))

    # --- prices ---

    def price(self, machine: str, region: str, capacity_type: str) -> Price | None:
        """The list price of a machine-hour (`on-demand` or `spot`); derived prices are never given here."""
        row = self._prices.find(machine, region, capacity_type, "list")
        return _machine_price(row) if row else None

    def derived_price(self, machine: str, region: str) -> Price | None:
        """A computed on-demand price of a machine-hour where there is no list price: an indication, never a gate."""
        row = self._prices.find(machine, region, "on-demand", "derived")
        return _machine_price(row) if row else None

    def priced_regions(self, machine: str, capacity_type: str) -> tuple[str, ...]:
        """The regions that have a list price for a machine and capacity type."""
        return self._priced_regions.get((machine, capacity_type), ())

    @cached_property
    def _priced_regions(self) -> Mapping[tuple[str, str], tuple[str, ...]]:
        found: dict[tuple[str, str], list[str]] = {}
        for machine, region, capacity_type, kind in self._prices.all_keys():
            if kind == "list":
                found.setdefault((machine, capacity_type), []).append(region)
        return {key: tuple(sorted(regions)) for key, regions in found.items()}

    def service_price(self, item: str, region: str) -> Price | None:
        """The list price of anything that is not a machine: see the `item` column of `service_prices.csv`."""
        row = self._services.find(item, region)
        if row is None:
            return None
        usd, unit, source = row.money("usd"), row.text("unit"), row.text("source")
        return Price(usd, unit, "list", source, row.day("as_of"), row.text("note"))

    def service_items(self) -> dict[str, tuple[str, ...]]:
        """Every item of `service_price`, with the regions that have a price of it."""
        found: dict[str, list[str]] = {}
        for item, region in self._services.all_keys():
            found.setdefault(item, []).append(region)
        return {item: tuple(regions) for item, regions in found.items()}

    # --- names and defaults ---

    def name_limit(self, kind: str) -> NameLimit:
        """What the cloud takes as the name of a `cluster`, `bucket`, … Raises CatalogError for another kind."""
        row = self._must(self._names, kind)
        shortest, longest = row.whole("shortest"), row.whole("longest")
        return NameLimit(shortest, longest, row.text("pattern"), row.text("source"), row.day("as_of"))

    def default(self, key: str) -> str:
        """What the plan takes where the spec says nothing: see `defaults.csv`. Raises CatalogError for another key."""
        return self._must(self._defaults, key).text("value")

    def _must(self, table: Table, key: str) -> Row:
        row = table.find(key)
        if row is None:
            raise CatalogError(f"{table.path.name} of {self.cloud} has no {key!r}")
        return row

    # --- edits ---

    @cached_property
    def replacements(self) -> replacement.Replacements:
        """What an edit of a resource does: in place, or another one instead."""
        return replacement.Replacements(self._replacement.rows(), {"kubernetes": replacement.load("kubernetes")})

    # --- Kubernetes ---

    @cached_property
    def kubernetes_versions(self) -> Mapping[str, KubernetesVersion]:
        """Every minor version that the managed service is known to have, oldest first."""
        return LazyRows(self._versions, _version)

    def kubernetes(self, version: str) -> KubernetesVersion | None:
        return self.kubernetes_versions.get(version)


def _machine_price(row: Row) -> Price:
    usd, kind, source = row.money("usd_per_hour"), row.text("kind"), row.text("source")
    return Price(usd, "hour", kind, source, row.day("as_of"), row.text("note"))


def _accelerator(row: Row) -> Accelerator:
    return Accelerator(
        name=row.text("accelerator"),
        vendor=row.text("vendor"),
        resource=row.text("resource"),
        aliases=row.words("aliases"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )


def _region(row: Row) -> Region:
    return Region(row.text("region"), row.text("partition"), row.text("source"), row.day("as_of"))


def _zone(row: Row) -> Zone:
    return Zone(
        region=row.text("region"),
        zone_id=row.text("zone_id"),
        control_plane=row.flag("control_plane"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )


def _version(row: Row) -> KubernetesVersion:
    return KubernetesVersion(
        version=row.text("version"),
        standard_until=row.day_or_none("standard_until"),
        extended_until=row.day_or_none("extended_until"),
        source=row.text("source"),
        as_of=row.day("as_of"),
    )
