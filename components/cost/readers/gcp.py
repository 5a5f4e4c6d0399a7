"""Registered resources of a cluster on Google Cloud -> priced items, equal to those of the plan they came from.

What resources show is read from them, so that a change of one input changes the cost; `Terms` hold the rest. Whatever
cannot be read, and every type that is not known, is an item without a price: never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal

from components.catalog import Catalog
from components.cost.facts import ClusterFacts, ControlPlane, Disk, Stored
from components.cost.gcp_facts import bucket, filestore, items_from, lustre
from components.cost.model import PricedItem
from components.cost.readers import wire
from components.cost.readers.gcp_machines import disk_of
from components.cost.readers.gcp_nodes import Nodes
from components.cost.readers.gcp_places import own_region
from components.cost.readers.gcp_types import (
    ADDRESSES,
    BUCKET,
    CLUSTER,
    DISK,
    FILESTORE,
    FROM_TEMPLATE,
    INSTANCE,
    KEY,
    LOG_BUCKET,
    LUSTRE,
    NAT,
    READ,
    is_free,
)
from components.cost.readers.loud import is_balancer, started_elsewhere, unknown
from components.cost.readers.regions import by_region, items_of_regions
from components.cost.readers.stored import NOTHING, disk_alone, longest, stored_in_order
from components.cost.readers.terms import StorageTerms, Terms
from components.cost.readers.wire import Resource
from components.plan.model import UsagePlan

_PROVIDER = "pulumi:providers:gcp"
# Names that tiers of Filestore had before: https://cloud.google.com/filestore/docs/service-tiers
_OLD_TIERS = {"STANDARD": "BASIC_HDD", "PREMIUM": "BASIC_SSD"}
# A disk that names no type is one of these: https://cloud.google.com/compute/docs/reference/rest/v1/disks
_DEFAULT_DISK = "pd-standard"


def items_from_resources(
    resources: Sequence[Resource], terms: Terms, catalog: Catalog, on: date
) -> tuple[tuple[PricedItem, ...], tuple[str, ...]]:
    """The items of resources `{type, name, parent, provider, inputs}` on a day, and what is not included.

    One that is a `component` only holds others together, and costs nothing. A region of its own is priced as such, the
    first one with everything that is billed by use.
    """
    return items_from_facts(facts_from_resources(resources, terms, catalog), catalog, on)


def items_from_facts(
    regions: Iterable[ClusterFacts], catalog: Catalog, on: date
) -> tuple[tuple[PricedItem, ...], tuple[str, ...]]:
    """The items of what costs money, a region at a time, and what is not included."""
    return items_of_regions(regions, items_from, catalog, on)


def facts_from_resources(resources: Sequence[Resource], terms: Terms, catalog: Catalog) -> Iterator[ClusterFacts]:
    """What of the resources costs money, a region at a time; the first region has what is billed by use."""
    names = {wire.name(one): one for one in resources}
    regions = by_region(resources, _PROVIDER, _costs, lambda one: own_region(one, names))
    for number, (region, there) in enumerate(regions.items()):
        yield _facts(there, region, names, terms, catalog, terms.usage if not number else UsagePlan())


def _costs(one: Resource) -> bool:
    type_ = str(one.get("type", ""))
    if one.get("component") is True and type_ not in READ:
        return False
    return type_ in READ or not is_free(type_) or is_balancer(one)


def _facts(
    there: Sequence[Resource],
    region: str,
    names: Mapping[str, Resource],
    terms: Terms,
    catalog: Catalog,
    usage: UsagePlan,
) -> ClusterFacts:
    nodes = Nodes(there, names, terms, catalog)
    keys = sum(not _is_hardware(one) for one in wire.of_type(there, KEY))
    return ClusterFacts(
        region=region,
        pools=nodes.pools(),
        control_planes=tuple(map(_control_plane, wire.of_type(there, CLUSTER))),
        nat_gateways=sum(not _is_private(one) for one in wire.of_type(there, NAT)),
        public_ips=_public_ips(there),
        keys=keys,
        stored=stored_in_order(there, terms, _store),
        log_days=_log_days(there),
        others=(
            *(disk_alone(one, _disk(one, catalog), "disk", region, terms) for one in wire.of_type(there, DISK)),
            *started_elsewhere(nodes.unused_templates(), region),
            *_loud(there, region),
        ),
        usage=usage,
        stated=terms.stated,
    )


def _control_plane(one: Resource) -> ControlPlane:
    """A cluster stays on a version past its standard support only on the channel for it."""
    given = wire.inputs(one)
    version = wire.text(given.get("minMasterVersion")) or ""
    channel = wire.mapping(given.get("releaseChannel")).get("channel")
    return ControlPlane(version=".".join(version.split(".")[:2]), extended=channel == "EXTENDED")


def _public_ips(there: Sequence[Resource]) -> int:
    """Public addresses: reserved ones, those that gateways take by themselves, and those that instances get."""
    count = sum(wire.inputs(one).get("addressType") != "INTERNAL" for one in wire.of_type(there, *ADDRESSES))
    count += sum(not _is_private(one) and not wire.inputs(one).get("natIps") for one in wire.of_type(there, NAT))
    for one in wire.of_type(there, INSTANCE, FROM_TEMPLATE):
        for interface in wire.items(wire.inputs(one).get("networkInterfaces")) or ():
            access = wire.items(wire.mapping(interface).get("accessConfigs")) or ()
            count += sum(wire.mapping(each).get("natIp") is None for each in access)
    return count


def _is_private(nat: Resource) -> bool:
    return wire.inputs(nat).get("type") == "PRIVATE"


def _is_hardware(key: Resource) -> bool:
    level = wire.mapping(wire.inputs(key).get("versionTemplate")).get("protectionLevel", "SOFTWARE")
    return level != "SOFTWARE"


def _log_days(there: Sequence[Resource]) -> int | None:
    return longest(wire.whole(wire.inputs(one).get("retentionDays", 30)) for one in wire.of_type(there, LOG_BUCKET))


def _store(one: Resource, name: str, of_spec: StorageTerms, path: str) -> Stored | None:
    match one.get("type"):
        case "gcp:storage/bucket:Bucket":
            return _bucket(one, name, of_spec, path)
        case "gcp:filestore/instance:Instance":
            return _filestore(one, name, of_spec, path)
        case "gcp:lustre/instance:Instance":
            return _lustre(one, name, of_spec, path)
        case _:
            return None


def _bucket(one: Resource, name: str, of_spec: StorageTerms, path: str) -> Stored | None:
    given = wire.inputs(one)
    location, kind = wire.text(given.get("location")), wire.text(given.get("storageClass", "STANDARD"))
    if location is None or kind is None:
        return None
    return bucket(name, of_spec.expected_gib, location, kind, of_spec.price, path)


def _lustre(one: Resource, name: str, of_spec: StorageTerms, path: str) -> Stored | None:
    """A Managed Lustre instance; None where its size or tier cannot be read, and `_loud` then says so."""
    given = wire.inputs(one)
    size, tier = wire.whole(given.get("capacityGib")), wire.whole(given.get("perUnitStorageThroughput"))
    if size is None or tier is None or given.get("dynamicTierOptions") is not None:
        return None
    return lustre(name, Decimal(size), tier, of_spec.price, path)


def _filestore(one: Resource, name: str, of_spec: StorageTerms, path: str) -> Stored | None:
    """A Filestore instance; None where its size cannot be read, or where more speed is bought than its tier has."""
    given = wire.inputs(one)
    size = wire.whole(wire.mapping(given.get("fileShares")).get("capacityGb"))
    tier = wire.text(given.get("tier"))
    if size is None or tier is None or given.get("performanceConfig") is not None:
        return None
    return filestore(name, Decimal(size), _OLD_TIERS.get(tier, tier), of_spec.price, path)


def _disk(one: Resource, catalog: Catalog) -> Disk | None:
    """A disk that stands alone; one that is made of an image or snapshot need not say its size, and none is read then."""
    given = wire.inputs(one)
    kind, size = given.get("type", _DEFAULT_DISK), given.get("size")
    return disk_of(kind, size, "", catalog, given) if size is not None else None


def _loud(there: Sequence[Resource], region: str) -> Iterator[PricedItem]:
    """An item without a price for everything that costs, or may cost, and cannot be read."""
    for one in there:
        type_, given = str(one.get("type", "")), wire.inputs(one)
        if type_ not in READ:
            yield unknown(one, region, "other", f"no price is known for {type_}")
        elif type_ == CLUSTER and given.get("enableAutopilot") is True:
            yield unknown(one, region, "machine", "Autopilot is billed by what pods ask for, which cannot be read")
        elif type_ == CLUSTER and wire.mapping(given.get("clusterAutoscaling")).get("enabled") is True:
            yield unknown(one, region, "machine", "how many nodes auto-provisioning makes cannot be read")
        elif type_ == NAT and _is_private(one):
            yield unknown(one, region, "nat", "no price is known for a private NAT gateway")
        elif type_ == KEY and _is_hardware(one):
            yield unknown(one, region, "key", "no price is known for a key that no software protects")
        elif type_ == BUCKET and _store(one, "", NOTHING, "") is None:
            yield unknown(one, region, "object-storage", "its location or class cannot be read")
        elif type_ in (LUSTRE, FILESTORE) and _store(one, "", NOTHING, "") is None:
            yield unknown(one, region, "file-system", "its size, tier or speed cannot be read")
