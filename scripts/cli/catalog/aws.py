"""What only machines of AWS have: layouts of interfaces, and quotas."""

from __future__ import annotations

from typing import Any

from components.catalog.aws import AwsCatalog, AwsMachine
from components.plan.aws.nics import layout, max_pods
from scripts.cli.catalog.facts import facts_of

NO_FABRIC = "no fabric"


def machine_tables(machine: AwsMachine, catalog: AwsCatalog) -> dict[str, list[dict[str, Any]]]:
    """The layouts that a machine can have, and the quotas that it counts against."""
    return {"layouts": _layouts(machine), "quotas": _quotas(machine, catalog)}


def accelerator_tables(name: str, catalog: AwsCatalog) -> dict[str, list[dict[str, Any]]]:
    """AWS sells accelerators by the machine alone."""
    return {}


def _layouts(machine: AwsMachine) -> list[dict[str, Any]]:
    """Layouts of interfaces with EFA, and the single plain interface of a pool without a fabric."""
    found: list[dict[str, Any]] = []
    for form in ("A", "B", NO_FABRIC):
        try:
            nics = () if form == NO_FABRIC else layout(machine, form)
        except ValueError:  # no EFA at all, or none on the first card
            continue
        types = [nic.type for nic in nics]
        found.append(
            {
                "layout": form,
                "interfaces": len(nics) or 1,
                "efa": types.count("efa"),
                "efa_only": types.count("efa-only"),
                "first": types[0] if types else "interface",
                "max_pods": max_pods(machine, nics),
            }
        )
    return found


def _quotas(machine: AwsMachine, catalog: AwsCatalog) -> list[dict[str, Any]]:
    found = [catalog.quota(machine.quota_family, kind) for kind in machine.capacity_types]
    return [facts_of(quota) for quota in found if quota is not None]
