"""Google Cloud's words for what rules call by neutral names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from components.catalog import load
from components.catalog.gcp import GcpCatalog, GcpMachine
from policies.quotas import Quota, demands
from policies.subject import Demand, Group

REACHED_PRIVATELY = ("object-storage", "registry")
"""What nodes without public addresses reach by Private Google Access, without NAT.

https://docs.cloud.google.com/vpc/docs/configure-private-google-access
"""

EXTENDED = "EXTENDED"
"""The release channel that keeps a version past its standard support, which is then billed."""
AT_ONCE = "what is deleted in it, at once (neither soft delete nor versions)"
"""What a bucket loses that keeps nothing of what was deleted."""

# Quotas that count families apart, by a dimension of their own: Cloud Quotas, QuotaInfo.dimensions.
_BY_FAMILY = re.compile(r"[A-Z]+S-PER-[A-Z]+-FAMILY-.*")


def demands_of(groups: Iterable[Group]) -> Iterator[Demand]:
    """What groups take of each quota of the Cloud Quotas API, by the quota's id."""
    catalog = load("gcp")
    assert isinstance(catalog, GcpCatalog)

    def use(one: Group) -> tuple[Quota, int | None]:
        known = [machine for name in one.machines if (machine := catalog.machine(name)) is not None]
        capacity = one.capacity_type or ""
        quota, unit = _quota(known[0] if known else None, capacity, catalog)
        each = [machine.vcpus if unit == "vcpus" else machine.accelerator_count for machine in known]
        all_known = bool(known) and len(known) == len(one.machines)
        return quota, max(each) if all_known and unit else None

    return demands(groups, use)


def _quota(machine: GcpMachine | None, capacity: str, catalog: GcpCatalog) -> tuple[Quota, str]:
    """The quota that a machine counts in and its unit; a quota by family has a name for each family that is known."""
    key = machine.quota if machine else ""
    found = catalog.quota(key, capacity)
    unit = found.unit if found else ""
    name = found.id if found else ""
    if found and machine and _BY_FAMILY.fullmatch(found.id):
        family = machine.gpu_family or machine.tpu_label
        name = f"{found.id} ({family})" if family else ""
    what = name or f"the quota of {key or 'unknown'} machines, {capacity or 'capacity unknown'}"
    return Quota(what=what, code=name, name=name, unit=unit or "accelerators"), unit
