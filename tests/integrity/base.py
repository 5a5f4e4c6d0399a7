"""What must hold for the data of every cloud: a cloud's suite inherits this and names its catalogue."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from components.catalog import Catalog, Price, load

# The day on which the data was last read over. A row that claims a later day is wrong; raise it with the data.
DATA_READ_ON = date(2026, 11, 25)

CAPACITY_TYPES = {"on-demand", "spot", "reservation", "block", "flex"}
PRICED_CAPACITY_TYPES = {"on-demand", "spot", "flex"}
UNITS = {"hour", "GB", "GB-month", "IOPS-month", "MBps-month", "month", "10000 requests"}


class CatalogIntegrity:
    """Set `cloud`; the fabrics that have links of their own, beside the network; the form of a machine's oldest
    Kubernetes, whose first group is the minor version; and the columns, as (file, name), that only others fill."""

    cloud: str
    for_others: frozenset[tuple[str, str]] = frozenset()
    fabrics_beside_the_network: frozenset[str] = frozenset()
    oldest_kubernetes = r"(1\.\d+)"

    @pytest.fixture
    def catalog(self) -> Catalog:
        return load(self.cloud)

    def rows(self, catalog: Catalog) -> Iterator[tuple[Path, int, dict[str, str]]]:
        """Every row as the file has it, read here on its own so that the loader is under test as well."""
        for table in catalog.tables:
            with table.path.open(encoding="utf-8", newline="") as file:
                for line, row in enumerate(csv.DictReader(file), 2):
                    yield table.path, line, row

    def column(self, catalog: Catalog, table: str) -> list[dict[str, str]]:
        return [row for path, _, row in self.rows(catalog) if path.name == f"{table}.csv"]

    def prices(self, catalog: Catalog) -> Iterator[tuple[str, Price]]:
        for row in self.column(catalog, "prices"):
            price = (
                catalog.price(row["machine"], row["region"], row["capacity_type"])
                if row["kind"] == "list"
                else catalog.derived_price(row["machine"], row["region"])
            )
            assert price is not None, row
            yield f"{row['machine']} {row['region']} {row['capacity_type']}", price
        for row in self.column(catalog, "service_prices"):
            price = catalog.service_price(row["item"], row["region"])
            assert price is not None, row
            yield f"{row['item']} {row['region']}", price

    def test_every_file_of_the_folder_is_a_table_that_has_rows(self, catalog: Catalog) -> None:
        folder = catalog.tables[0].path.parent
        tables = {table.path.name for table in catalog.tables}
        assert {path.name for path in folder.iterdir()} == tables - {"accelerators.csv"}
        assert {path.name for path, _, _ in self.rows(catalog)} == tables

    def test_every_row_says_where_it_comes_from_and_of_when_it_is(self, catalog: Catalog) -> None:
        for path, line, row in self.rows(catalog):
            assert len(row["source"]) > 3, (path.name, line)
            assert date(2019, 1, 1) <= date.fromisoformat(row["as_of"]) <= DATA_READ_ON, (path.name, line, row["as_of"])

    def test_no_cell_has_blanks_around_it(self, catalog: Catalog) -> None:
        for path, line, row in self.rows(catalog):
            for cell in row.values():
                assert cell == cell.strip(), (path.name, line, cell)

    def test_no_column_is_empty_throughout(self, catalog: Catalog) -> None:
        filled: dict[tuple[str, str], bool] = {}
        for path, _, row in self.rows(catalog):
            for name, cell in row.items():
                filled[path.name, name] = filled.get((path.name, name), False) or bool(cell)
        assert {place for place, any_cell in filled.items() if not any_cell} == self.for_others

    def test_prices_are_positive_and_exact(self, catalog: Catalog) -> None:
        for what, price in self.prices(catalog):
            assert isinstance(price.usd, Decimal)
            assert price.usd > 0, what
            assert price.unit in UNITS, what
            assert price.kind in {"list", "derived"}, what

    def test_spot_and_flex_never_cost_more_than_on_demand(self, catalog: Catalog) -> None:
        compared = 0
        for row in self.column(catalog, "prices"):
            if row["capacity_type"] in {"spot", "flex"}:
                spot = catalog.price(row["machine"], row["region"], row["capacity_type"])
                listed = catalog.price(row["machine"], row["region"], "on-demand")
                assert spot is not None
                compared += listed is not None
                # Rounded alike: some sources give spot prices to fewer places than list prices.
                assert listed is None or spot.usd <= listed.usd.quantize(spot.usd), row
        assert compared > 0

    def test_a_derived_price_stands_only_where_there_is_no_list_price_and_is_never_one(self, catalog: Catalog) -> None:
        for row in self.column(catalog, "prices"):
            if row["kind"] == "derived":
                assert row["capacity_type"] == "on-demand", row
                assert row["note"], row
                assert catalog.price(row["machine"], row["region"], row["capacity_type"]) is None, row
                derived = catalog.derived_price(row["machine"], row["region"])
                assert derived is not None
                assert derived.kind == "derived"

    def test_every_priced_or_offered_machine_and_region_is_known(self, catalog: Catalog) -> None:
        for row in self.column(catalog, "prices"):
            assert row["machine"] in catalog.machines, row
            assert row["region"] in catalog.regions, row
            assert row["capacity_type"] in PRICED_CAPACITY_TYPES, row
        for row in self.column(catalog, "zone_offerings"):
            assert row["machine"] in catalog.machines, row
            assert row["region"] in catalog.regions, row
        for row in self.column(catalog, "service_prices"):
            assert row["region"] in catalog.regions, row

    def test_a_machine_is_priced_only_as_it_is_sold(self, catalog: Catalog) -> None:
        for row in self.column(catalog, "prices"):
            assert row["capacity_type"] in catalog.machines[row["machine"]].capacity_types, row

    def test_zones_belong_to_their_region(self, catalog: Catalog) -> None:
        owner = {row["zone_id"]: row["region"] for row in self.column(catalog, "zones")}
        assert len(owner) == len(self.column(catalog, "zones"))
        assert set(owner.values()) <= set(catalog.regions)
        for row in self.column(catalog, "zone_offerings"):
            zones = catalog.offered_zones(row["machine"], row["region"])
            assert zones, row
            assert len(set(zones)) == len(zones), row
            assert {owner.get(zone) for zone in zones} == {row["region"]}, row

    def test_enough_zones_take_a_control_plane(self, catalog: Catalog) -> None:
        for region in catalog.regions:
            zones = catalog.zones(region)
            assert not zones or sum(zone.control_plane for zone in zones) >= 2, region

    def test_machines_make_sense(self, catalog: Catalog) -> None:
        for name, machine in catalog.machines.items():
            assert machine.name == name
            assert machine.capacity_types, name
            assert set(machine.capacity_types) <= CAPACITY_TYPES, name
            assert machine.vcpus > 0, name
            assert machine.memory_gib > 0, name
            assert machine.architecture in {"x86_64", "arm64"}, name
            assert (machine.nvme_gb > 0) == (machine.nvme_disks > 0), name
            assert (machine.fabric is not None) == (machine.fabric_gbps > 0), name
            if machine.fabric not in self.fabrics_beside_the_network:
                assert machine.fabric_gbps <= machine.network_gbps, name

    def test_every_accelerator_is_known_and_counted(self, catalog: Catalog) -> None:
        for name, machine in catalog.machines.items():
            has = machine.accelerator is not None
            assert has == (machine.accelerator_count > 0), name
            assert has == (machine.accelerator_memory_gib > 0), name
            if machine.accelerator is not None:
                known = catalog.accelerator(machine.accelerator)
                assert known is not None, name
                assert "/" in known.resource, name

    def test_no_alias_means_two_accelerators(self, catalog: Catalog) -> None:
        words = [
            word.casefold()
            for row in self.column(catalog, "accelerators")
            for word in (row["accelerator"], *row["aliases"].split())
        ]
        assert len(words) == len(set(words))

    def test_machines_with_the_same_accelerators_are_ranked_from_one_without_ties(self, catalog: Catalog) -> None:
        for accelerator in catalog.accelerators():
            for count, preferred in catalog.counts_of(accelerator):
                same = catalog.machines_with(accelerator, count)
                assert [machine.preferred for machine in same] == list(range(1, len(same) + 1)), (accelerator, count)
                assert same[0].name == preferred

    def test_kubernetes_versions_are_ordered_and_their_dates_too(self, catalog: Catalog) -> None:
        versions = list(catalog.kubernetes_versions.values())
        minors = [tuple(map(int, entry.version.split("."))) for entry in versions]
        assert minors == sorted(minors)
        for entry in versions:
            assert (entry.standard_until is None) == (entry.extended_until is None), entry.version
            if entry.standard_until and entry.extended_until:
                assert entry.standard_until < entry.extended_until, entry.version

    def test_a_machines_oldest_kubernetes_is_a_known_version(self, catalog: Catalog) -> None:
        for name, machine in catalog.machines.items():
            if machine.min_kubernetes:
                form = re.fullmatch(self.oldest_kubernetes, machine.min_kubernetes)
                assert form, name
                assert catalog.kubernetes(form[1]) is not None, name

    def test_the_version_names_the_newest_date(self, catalog: Catalog) -> None:
        newest = max(row["as_of"] for _, _, row in self.rows(catalog))
        assert re.fullmatch(rf"{newest}-[0-9a-f]{{8}}", catalog.version)
