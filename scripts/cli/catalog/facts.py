"""Every fact about one thing of the catalogue, whatever kind of thing it is, with its source and date."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import field, fields
from datetime import date
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from components.catalog import Catalog, Machine
from components.errors import Finding, InputError, Level, did_you_mean
from components.records import record
from scripts.cli.catalog.offers import any_price, price_dict


@record
class Sheet:
    """What is known of one thing: its own facts, and tables of what belongs to it."""

    name: str
    kind: str
    facts: dict[str, Any]
    tables: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "kind": self.kind, "facts": self.facts, **self.tables}


def sheet(name: str, catalog: Catalog, on: date) -> Sheet:
    """The facts about a machine, an accelerator, an item with a price, a region or a Kubernetes version.

    Raises InputError for a name that the catalogue does not know, with the nearest that it does.
    """
    for known, make in _KINDS.values():
        if name in known(catalog):
            return make(name, catalog, on)
    names = [one for known, _ in _KINDS.values() for one in known(catalog)]
    alias = catalog.accelerator_named_like(name)
    message = f"the catalogue of {catalog.cloud} knows no {name!r}: no {', no '.join(_KINDS)}"
    hint = f"did you mean {alias!r}?" if alias in names else did_you_mean(name, names)
    raise InputError(Finding(id="catalog", level=Level.ERROR, message=message, hint=hint))


def plain(value: Any) -> Any:
    """A fact as data."""
    if isinstance(value, tuple):
        return list(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value.isoformat() if isinstance(value, date) else value


def facts_of(thing: Any) -> dict[str, Any]:
    return {one.name: plain(getattr(thing, one.name)) for one in fields(thing)}


def _machine(name: str, catalog: Catalog, on: date) -> Sheet:
    machine = catalog.machines[name]
    tables = {"prices": _machine_prices(machine, catalog)}
    own = f"{__package__}.{catalog.cloud}"  # what only machines of that cloud have
    if find_spec(own) is not None:
        tables = {**import_module(own).machine_tables(machine, catalog), **tables}
    return Sheet(name, "machine", facts_of(machine), tables)


def _machine_prices(machine: Machine, catalog: Catalog) -> list[dict[str, Any]]:
    """One row for each region that sells the machine or has a price of it."""
    rows: list[dict[str, Any]] = []
    for region in catalog.regions:
        price, spot = any_price(machine, region, catalog), catalog.price(machine.name, region, "spot")
        zones = catalog.offered_zones(machine.name, region)
        if price is None and spot is None and not zones:
            continue
        count = machine.accelerator_count
        rows.append(
            {
                "region": region,
                "zones": None if zones is None else list(zones),
                "on_demand": None if price is None else price_dict(price, count),
                "spot": None if spot is None else price_dict(spot, count),
            }
        )
    return rows


def _accelerator(name: str, catalog: Catalog, on: date) -> Sheet:
    known = catalog.accelerator(name)
    machines = [
        {"count": count, "machine": one.name, "preferred": one.preferred, "refused": one.refused}
        for count, _ in catalog.counts_of(name)
        for one in catalog.machines_with(name, count)
    ]
    return Sheet(name, "accelerator", facts_of(known) if known else {"name": name}, {"machines": machines})


def _item(name: str, catalog: Catalog, on: date) -> Sheet:
    prices = [(region, catalog.service_price(name, region)) for region in catalog.service_items()[name]]
    rows = [{"region": region, **price_dict(price)} for region, price in prices if price is not None]
    return Sheet(name, "item", {"name": name, "unit": rows[0]["unit"]}, {"prices": rows})


def _region(name: str, catalog: Catalog, on: date) -> Sheet:
    zones = [{"zone_id": one.zone_id, "control_plane": one.control_plane} for one in catalog.zones(name)]
    machines: list[dict[str, Any]] = []
    for accelerator in catalog.accelerators():
        for count, _ in catalog.counts_of(accelerator):
            for machine in catalog.machines_with(accelerator, count):
                offered = catalog.offered_zones(machine.name, name)
                if offered:
                    row = {"accelerator": f"{accelerator}:{count}", "machine": machine.name, "zones": list(offered)}
                    machines.append(row)
    return Sheet(name, "region", facts_of(catalog.regions[name]), {"zones": zones, "machines": machines})


def _version(name: str, catalog: Catalog, on: date) -> Sheet:
    version = catalog.kubernetes_versions[name]
    return Sheet(name, "Kubernetes version", {**facts_of(version), "support": version.support_on(on)})


_Known = Callable[[Catalog], Mapping[str, Any] | tuple[str, ...]]
# What a thing can be, in the order in which a name is looked for: which names there are, and what makes its sheet.
_KINDS: dict[str, tuple[_Known, Callable[[str, Catalog, date], Sheet]]] = {
    "machine": (lambda catalog: catalog.machines, _machine),
    "accelerator": (lambda catalog: catalog.accelerators(), _accelerator),
    "item with a price": (lambda catalog: catalog.service_items(), _item),
    "region": (lambda catalog: catalog.regions, _region),
    "Kubernetes version": (lambda catalog: catalog.kubernetes_versions, _version),
}
