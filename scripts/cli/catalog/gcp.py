"""What only things of Google Cloud have: networks of a fabric, slices, and quotas."""

from __future__ import annotations

from typing import Any

from components.catalog.gcp import Fabric, GcpCatalog, GcpMachine, TpuSlice
from scripts.cli.catalog.facts import facts_of


def machine_tables(machine: GcpMachine, catalog: GcpCatalog) -> dict[str, list[dict[str, Any]]]:
    """The networks that a machine's fabric needs, slices that it makes up, and quotas that it counts against."""
    return {
        "networks": _networks(machine, catalog),
        "pod_networks": _pod_networks(machine, catalog),
        "slices": [_slice(one) for one in _slices(machine.accelerator, catalog) if one.machine == machine.name],
        "quotas": _quotas(machine, catalog),
    }


def accelerator_tables(name: str, catalog: GcpCatalog) -> dict[str, list[dict[str, Any]]]:
    """The slices in which an accelerator is sold."""
    return {"slices": [_slice(one) for one in _slices(name, catalog)]}


def _networks(machine: GcpMachine, catalog: GcpCatalog) -> list[dict[str, Any]]:
    fabric = _fabric(machine, catalog)
    if fabric is None:
        return []
    return [
        {
            "interfaces": machine.gpu_nics,
            "vpcs": machine.gpu_nics if fabric.networks == "per-interface" else 1,
            "mtu": fabric.mtu,
            "profile": fabric.profile,
            "firewall": fabric.firewall,
            "source": fabric.source,
            "as_of": fabric.as_of.isoformat(),
        }
    ]


def _pod_networks(machine: GcpMachine, catalog: GcpCatalog) -> list[dict[str, Any]]:
    """The ways in which pods get the interfaces, each with the first GKE versions that have it."""
    fabric = _fabric(machine, catalog)
    if fabric is None:
        return []
    ways = (("objects", fabric.objects_floors), ("dranet", (fabric.dranet_floor,) if fabric.dranet_floor else ()))
    return [{"way": way, "from": version} for way, versions in ways for version in versions]


def _fabric(machine: GcpMachine, catalog: GcpCatalog) -> Fabric | None:
    return catalog.fabric(machine.fabric) if machine.fabric else None


def _slices(accelerator: str | None, catalog: GcpCatalog) -> list[TpuSlice]:
    if accelerator is None:
        return []
    found = (catalog.tpu_slice(accelerator, topology) for topology in catalog.tpu_topologies(accelerator))
    return [one for one in found if one is not None]


def _slice(one: TpuSlice) -> dict[str, Any]:
    return {name: value for name, value in facts_of(one).items() if name != "accelerator"}


def _quotas(machine: GcpMachine, catalog: GcpCatalog) -> list[dict[str, Any]]:
    found = [catalog.quota(machine.quota, kind) for kind in machine.capacity_types]
    return [facts_of(quota) for quota in found if quota is not None]
