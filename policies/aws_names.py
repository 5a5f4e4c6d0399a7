"""AWS's words for what rules call by neutral names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from components.catalog import load
from components.catalog.aws import AwsCatalog
from policies.quotas import Quota, demands
from policies.subject import Demand, Group

ENDPOINTS: Mapping[str, str] = MappingProxyType({"s3": "object-storage", "ecr.dkr": "registry"})
"""Services of VPC endpoints, as they end a service's name, that keep large downloads off the NAT gateways."""


def demands_of(groups: Iterable[Group]) -> Iterator[Demand]:
    """The vCPUs that groups take of each EC2 quota."""
    catalog = load("aws")
    assert isinstance(catalog, AwsCatalog)

    def use(one: Group) -> tuple[Quota, int | None]:
        known = [machine for name in one.machines if (machine := catalog.machine(name)) is not None]
        family, capacity = known[0].quota_family if known else "", one.capacity_type or ""
        found = catalog.quota(family, capacity)
        quota = Quota(
            what=found.name if found else f"vCPUs of {family or 'unknown'} machines, {capacity or 'capacity unknown'}",
            code=found.code if found else "",
            name=found.name if found else "",
            unit="vCPU",
        )
        all_known = bool(known) and len(known) == len(one.machines)
        return quota, max(machine.vcpus for machine in known) if all_known else None

    return demands(groups, use)
