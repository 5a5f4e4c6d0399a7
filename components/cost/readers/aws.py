"""Registered resources of a cluster on AWS -> priced items, equal to those of the plan they came from.

What resources show is read from them, so that a change of one input changes the cost; `Terms` hold the rest. Whatever
cannot be read, and every type that is not known, is an item without a price: never zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal

from components.catalog import Catalog
from components.cost.aws_facts import AwsFacts, bucket, items_from, lustre, shared_file_system
from components.cost.facts import ControlPlane, Stored
from components.cost.model import PricedItem
from components.cost.readers import aws_karpenter, wire
from components.cost.readers.aws_nodes import Nodes, volumes
from components.cost.readers.aws_types import READ, is_free
from components.cost.readers.loud import is_balancer, started_elsewhere, unknown
from components.cost.readers.regions import by_region, items_of_regions
from components.cost.readers.stored import NOTHING, disk_alone, longest, stored_in_order
from components.cost.readers.terms import StorageTerms, Terms
from components.cost.readers.wire import Resource
from components.plan.model import UsagePlan

_PROVIDER = "pulumi:providers:aws"


def items_from_resources(
    resources: Sequence[Resource], terms: Terms, catalog: Catalog, on: date
) -> tuple[tuple[PricedItem, ...], tuple[str, ...]]:
    """The items of resources `{type, name, parent, provider, inputs}` on a day, and what is not included.

    One that is a `component` only holds others together, and costs nothing. A region of its own is priced as such, the first one with everything that is billed by use.
    """
    return items_from_facts(facts_from_resources(resources, terms, catalog), catalog, on)


def items_from_facts(
    regions: Iterable[AwsFacts], catalog: Catalog, on: date
) -> tuple[tuple[PricedItem, ...], tuple[str, ...]]:
    """The items of what costs money, a region at a time, and what is not included."""
    return items_of_regions(regions, items_from, catalog, on)


def facts_from_resources(resources: Sequence[Resource], terms: Terms, catalog: Catalog) -> Iterator[AwsFacts]:
    """What of the resources costs money, a region at a time; the first region has what is billed by use."""
    for number, (region, there) in enumerate(by_region(resources, _PROVIDER, _costs, _own_region).items()):
        yield _facts(there, region, terms, catalog, terms.usage if not number else UsagePlan())


def _own_region(one: Resource) -> object:
    return wire.inputs(one).get("region")


def _costs(one: Resource) -> bool:
    type_ = str(one.get("type", ""))
    if one.get("component") is True and type_ not in READ:
        return False
    return type_ in READ or not is_free(type_) or is_balancer(one) or _is_karpenter(type_)


def _is_karpenter(type_: str) -> bool:
    return any(pattern.fullmatch(type_) for pattern in (aws_karpenter.NODE_POOL, aws_karpenter.NODE_CLASS))


def _facts(there: Sequence[Resource], region: str, terms: Terms, catalog: Catalog, usage: UsagePlan) -> AwsFacts:
    def count(type_: str) -> int:
        return sum(1 for _ in wire.of_type(there, type_))

    nodes = Nodes(there, terms, catalog)
    return AwsFacts(
        region=region,
        pools=(*nodes.pools(), *aws_karpenter.pools(there, catalog, region)),
        control_planes=tuple(map(_control_plane, wire.of_type(there, "aws:eks/cluster:Cluster"))),
        nat_gateways=count("aws:ec2/natGateway:NatGateway"),
        public_ips=count("aws:ec2/eip:Eip"),
        endpoint_zones=sum(_endpoint_zones(one) or 0 for one in wire.of_type(there, "aws:ec2/vpcEndpoint:VpcEndpoint")),
        keys=count("aws:kms/key:Key"),
        stored=stored_in_order(there, terms, _store),
        log_days=_log_days(there),
        others=(
            *(disk_alone(one, disk, "volume", region, terms) for one, disk in volumes(there)),
            *started_elsewhere(nodes.unused_templates(), region),
            *_loud(there, region),
        ),
        usage=usage,
        stated=terms.stated,
    )


def _control_plane(one: Resource) -> ControlPlane:
    """A cluster that says nothing on its support accepts the extended one: that is the service's default.

    https://docs.aws.amazon.com/eks/latest/userguide/enable-extended-support.html
    """
    given = wire.inputs(one)
    support = wire.mapping(given.get("upgradePolicy")).get("supportType")
    return ControlPlane(
        version=wire.text(given.get("version")) or "",
        extended=support != "STANDARD",
    )


def _endpoint_zones(one: Resource) -> int | None:
    """The zones in which an endpoint is billed; None where they cannot be read."""
    given = wire.inputs(one)
    kind = given.get("vpcEndpointType", "Gateway")
    if kind == "Gateway":
        return 0
    subnets = wire.items(given.get("subnetIds"))
    return len(subnets) if kind == "Interface" and subnets is not None else None


def _log_days(there: Sequence[Resource]) -> int | None:
    groups = wire.of_type(there, "aws:cloudwatch/logGroup:LogGroup")
    return longest(wire.whole(wire.inputs(one).get("retentionInDays")) for one in groups)


def _store(one: Resource, name: str, of_spec: StorageTerms, path: str) -> Stored | None:
    match one.get("type"):
        case "aws:s3/bucket:Bucket" | "aws:s3/bucketV2:BucketV2":
            return bucket(name, of_spec.expected_gib, of_spec.price, path)
        case "aws:efs/fileSystem:FileSystem":
            return shared_file_system(name, of_spec.expected_gib, of_spec.price, path)
        case "aws:fsx/lustreFileSystem:LustreFileSystem":
            return _lustre(one, name, of_spec, path)
        case _:
            return None


def _lustre(one: Resource, name: str, of_spec: StorageTerms, path: str) -> Stored | None:
    """A Lustre file system; None where its size or tier cannot be read, and `_loud` then says so."""
    given = wire.inputs(one)
    size, throughput = wire.whole(given.get("storageCapacity")), given.get("perUnitStorageThroughput")
    tier = wire.whole(throughput)
    deployment = wire.text(given.get("deploymentType"))
    storage = wire.text(given.get("storageType", "SSD"))
    if size is None or deployment is None or storage is None or (throughput is not None and tier is None):
        return None
    return lustre(name, Decimal(size), deployment, storage, tier, of_spec.price, path)


def _loud(there: Sequence[Resource], region: str) -> Iterator[PricedItem]:
    """An item without a price for everything that costs, or may cost, and cannot be read."""
    for one in there:
        type_ = str(one.get("type", ""))
        if type_ == "aws:ec2/vpcEndpoint:VpcEndpoint" and _endpoint_zones(one) is None:
            yield unknown(one, region, "endpoint", "its zones cannot be read")
        elif type_ == "aws:fsx/lustreFileSystem:LustreFileSystem" and _lustre(one, "", NOTHING, "") is None:
            yield unknown(one, region, "file-system", "its size or tier cannot be read")
        elif type_ not in READ and not _is_karpenter(type_):
            yield unknown(one, region, "other", f"no price is known for {type_}")
