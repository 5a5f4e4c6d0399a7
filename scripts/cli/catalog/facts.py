"""Every fact about one thing of the catalogue, whatever kind of thing it is, with its source and date."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field, fields
from datetime import date
from importlib import import_module
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
    raise InputError(_unknown(name, (catalog,)))


def knows(name: str, catalog: Catalog) -> bool:
    return any(name in known(catalog) for known, _ in _KINDS.values())


def refuse_unknown(name: str, catalogs: Sequence[Catalog]) -> None:
    """Raises InputError where none of the catalogues knows a name, with the nearest that one of them does."""
    if not any(knows(name, catalog) for catalog in catalogs):
        raise InputError(_unknown(name, catalogs))


def _unknown(name: str, catalogs: Sequence[Catalog]) -> Finding:
    names = [one for catalog in catalogs for known, _ in _KINDS.values() for one in known(catalog)]
    alias = catalogs[0].accelerator_named_like(name)
    clouds = " or ".join(catalog.cloud for catalog in catalogs)
    message = f"the catalogue of {clouds} knows no {name!r}: no {', no '.join(_KINDS)}"
    hint = f"did you mean {alias!r}?" if alias in names else did_you_mean(name, names)
    return Finding(id="catalog", level=Level.ERROR, message=message, hint=hint)


def plain(value: Any) -> Any:
    """A fact as data."""
    if isinstance(value, tuple):
        return list(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return value.isoformat() if isinstance(value, date) else value


def facts_of(thing: Any) -> dict[str, Any]:
    return {one.name: plain(getattr(thing, one.name)) for one in fields(thing)}


def _machine(name: str, catalog: Catalog, on: date) -> Sheet:
    machine = catalog.machines[name]
    tables = {**_own(catalog).machine_tables(machine, catalog), "prices": _machine_prices(machine, catalog)}
    return Sheet(name, "machine", facts_of(machine), tables)


def _own(catalog: Catalog) -> Any:
    """The module with what only things of that cloud have."""
    return import_module(f"{__package__}.{catalog.cloud}")


def _machine_prices(machine: Machine, catalog: Catalog) -> list[dict[str, Any]]:
    """One row for each region that sells the machine or has a price of it."""
    rows: list[dict[str, Any]] = []
    for region in catalog.regions:
        price, spot = any_price(machine, region, catalog), catalog.price(machine.name, region, "spot")
        zones = catalog.offered_zones(machine.name, region)
        if price is None and spot is None and not zones:
            continue
        flex = catalog.price(machine.name, region, "flex")
        count = machine.accelerator_count
        rows.append(
            {
                "region": region,
                "zones": None if zones is None else list(zones),
                "on_demand": None if price is None else price_dict(price, count),
                "spot": None if spot is None else price_dict(spot, count),
                **({} if flex is None else {"flex": price_dict(flex, count)}),
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
    tables = {"machines": machines, **_own(catalog).accelerator_tables(name, catalog)}
    return Sheet(name, "accelerator", facts_of(known) if known else {"name": name}, tables)


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
                if offered or (offered is None and any_price(machine, name, catalog) is not None):
                    zones_of = None if offered is None else list(offered)
                    row = {"accelerator": f"{accelerator}:{count}", "machine": machine.name, "zones": zones_of}
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
