"""AWS's words for what rules call by neutral names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from components.catalog import load
from components.catalog.aws import AwsCatalog, AwsMachine
from policies.subject import Demand, Group

ENDPOINTS: Mapping[str, str] = MappingProxyType({"s3": "object-storage", "ecr.dkr": "registry"})
"""Services of VPC endpoints, as they end a service's name, that keep large downloads off the NAT gateways."""

_COUNTED = ("on-demand", "spot")  # what is bought has taken its quota already


def demands_of(groups: Iterable[Group]) -> Iterator[Demand]:
    """The vCPUs that groups take of each EC2 quota at their maxima; the rungs of a pool share its nodes."""
    catalog = load("aws")
    assert isinstance(catalog, AwsCatalog)
    most: dict[tuple[str, str, str], dict[str, int | None]] = {}
    for one in groups:
        if one.capacity_type is not None and one.capacity_type not in _COUNTED:
            continue
        machines = [catalog.machine(name) for name in one.machines]
        family = next((machine.quota_family for machine in machines if machine is not None), "")
        amount = _amount(one, machines)
        pools = most.setdefault((family, one.capacity_type or "", one.region), {})
        key = one.path or one.resource
        before = pools.get(key, 0)
        pools[key] = None if amount is None or before is None else max(before, amount)
    for (family, capacity, region), pools in most.items():
        quota = catalog.quota(family, capacity)
        amounts = [amount for amount in pools.values() if amount is not None]
        yield Demand(
            what=quota.name if quota else f"vCPUs of {family or 'unknown'} machines, {capacity or 'capacity unknown'}",
            path="pools",
            code=quota.code if quota else "",
            name=quota.name if quota else "",
            unit="vCPU",
            region=region,
            amount=sum(amounts) if len(amounts) == len(pools) else None,
        )


def _amount(one: Group, machines: list[AwsMachine | None]) -> int | None:
    known = [machine.vcpus for machine in machines if machine is not None]
    if one.nodes is None or not machines or len(known) < len(machines):
        return None
    return one.nodes.max * max(known)
