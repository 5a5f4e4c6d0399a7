"""The network of a cluster on AWS: subnets sized by what stands in them, the ways out, and endpoints."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from ipaddress import IPv4Network

from components.catalog.aws import AwsMachine
from components.plan.addresses import allocate, prefix_for
from components.plan.aws.model import AwsNetwork, Endpoint, Lustre, Subnet
from components.plan.aws.nics import addresses_per_node, max_pods, most_addresses
from components.plan.aws.nodes import PoolFacts
from components.plan.aws.storage import storage_subnet
from components.plan.aws.zones import SYSTEM_ZONES
from components.plan.model import StoragePlan
from components.plan.notes import Notes
from components.plan.storage import zones_of
from components.spec.models import ClusterSpec
from components.spec.platform import ExistingNetwork

DEFAULT_CIDR = IPv4Network("10.0.0.0/16")
DEFAULT_SERVICES = IPv4Network("172.20.0.0/16")
# AWS takes VPCs and subnets from /28 to /16, and service ranges from /24 to /12.
_LARGEST_VPC, _SMALLEST_SUBNET = 16, 28
_SERVICE_PREFIXES = range(12, 25)
_PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
# The first sixteenth of the range holds public and system subnets, so that no pool can ever move them.
_BASE_BITS = 4
_SYSTEM_BITS = 2  # each system subnet is a quarter of that
_STORAGE_BITS = 2  # and each subnet of file systems a quarter of the third one
_PUBLIC_PREFIX_BITS = 6
# Pools get room to grow, since a larger subnet is another subnet and takes its node groups along; a sixty-fourth leaves
# room for as many pools as a cluster has (32 of eight H100s have 1,024 EFA interfaces).
_POOL_BITS = 6
_LONGEST_PREFIX = 26
# A closed network reaches AWS through these; `ec2` and `eks-auth` are what nodes cannot do without.
# Source: EKS User Guide, private clusters; the closed-network list of the SageMaker HyperPod reference architectures.
_CLOSED = (
    "autoscaling", "ec2", "ec2messages", "ecr.api", "ecr.dkr", "eks", "eks-auth", "elasticloadbalancing", "logs",
    "monitoring", "ssm", "ssmmessages", "sts",
)  # fmt: skip
_FOR_STORAGE = {"parallel": "fsx", "shared": "elasticfilesystem"}


def network_of(
    spec: ClusterSpec,
    zones: Sequence[str],
    pools: Sequence[PoolFacts],
    storage: Sequence[StoragePlan],
    system: AwsMachine,
    notes: Notes,
) -> AwsNetwork:
    """The network: an existing one, or one of the cluster's own with public, system and pool subnets."""
    services = _services(spec, notes)
    if spec.network.existing is not None:
        return _existing(spec, zones, pools, storage, services, notes)
    cidr = _cidr(spec, zones, system, notes)
    if cidr.overlaps(services):
        hint = f"keep {services} free, or set network.services_cidr"
        notes.error("network", "network.cidr", f"{cidr} overlaps the range of services {services}", hint)
    if spec.network.cidr is None:
        notes.decide("network.cidr", str(cidr), "the default range")
    subnets = (*_base(cidr, zones, _storage_zones(storage), spec), *_pool_subnets(cidr, pools, notes))
    closed = spec.network.nat == "none"
    nat = () if closed else tuple(zones[:1] if spec.network.nat == "single" else zones)
    return AwsNetwork(
        vpc_id=None,
        cidr=str(cidr),
        services_cidr=str(services),
        subnets=subnets,
        nat_zones=nat,
        endpoints=_endpoints(spec, closed),
    )


def _cidr(spec: ClusterSpec, zones: Sequence[str], system: AwsMachine, notes: Notes) -> IPv4Network:
    """The VPC's range; one that AWS does not take, or that does not hold the system nodes, is replaced by the default."""
    cidr = spec.network.cidr or DEFAULT_CIDR
    need = math.ceil(spec.system.nodes / max(1, len(zones))) * addresses_per_node((), max_pods(system, ()))
    largest = prefix_for(need, smallest=_SMALLEST_SUBNET) - _BASE_BITS - _SYSTEM_BITS
    if cidr.prefixlen < _LARGEST_VPC or cidr.is_loopback or cidr.is_link_local or cidr.is_multicast:
        message, hint = f"{cidr} is no range that a VPC can have", "give a private range of /16 or smaller"
    elif cidr.prefixlen > largest:
        message = f"{cidr} has no room for {spec.system.nodes} system nodes with their pods beside the pools"
        hint = f"give a range of /{largest} or larger" if largest >= _LARGEST_VPC else "ask for fewer system.nodes"
    else:
        return cidr
    notes.error("network", "network.cidr", message, hint)
    return DEFAULT_CIDR


def _services(spec: ClusterSpec, notes: Notes) -> IPv4Network:
    given = spec.network.services_cidr or DEFAULT_SERVICES
    private = any(given.subnet_of(one) for one in _PRIVATE)
    if given.prefixlen not in _SERVICE_PREFIXES or not private:
        hint = "give a private range from /12 to /24, for example 172.20.0.0/16"
        notes.error("network", "network.services_cidr", f"{given} cannot be the range of services", hint)
    return given


def _storage_zones(storage: Sequence[StoragePlan]) -> tuple[str, ...]:
    """The zones that need a subnet for file systems."""
    lustre = (item for item in storage if isinstance(item, Lustre))
    return tuple(dict.fromkeys(item.zone_id for item in lustre if item.subnet == storage_subnet(item.zone_id)))


def _base(
    cidr: IPv4Network, zones: Sequence[str], storage_zones: Sequence[str], spec: ClusterSpec
) -> tuple[Subnet, ...]:
    """System subnets, those of file systems, and public ones for NAT gateways, in the first part of the range."""
    base = next(iter(cidr.subnets(prefixlen_diff=_BASE_BITS)))
    quarters = list(base.subnets(prefixlen_diff=_SYSTEM_BITS))
    found = [
        Subnet(name=f"system-{zone}", role="system", zone_id=zone, cidr=str(quarter))
        for zone, quarter in zip(zones, quarters, strict=False)
    ]
    found += [
        Subnet(name=storage_subnet(zone), role="storage", zone_id=zone, cidr=str(part))
        for zone, part in zip(storage_zones, quarters[SYSTEM_ZONES].subnets(prefixlen_diff=_STORAGE_BITS), strict=False)
    ]
    if spec.network.nat != "none":
        small = quarters[-1].subnets(new_prefix=min(28, quarters[-1].prefixlen + _PUBLIC_PREFIX_BITS - 2))
        found += [
            Subnet(name=f"public-{zone}", role="public", zone_id=zone, cidr=str(part))
            for zone, part in zip(zones, small, strict=False)
        ]
    return tuple(found)


def _pool_subnets(cidr: IPv4Network, pools: Sequence[PoolFacts], notes: Notes) -> tuple[Subnet, ...]:
    """One subnet per pool and zone, large enough for the whole pool in any one of its zones."""
    wants: list[tuple[str, int]] = []
    where: dict[str, tuple[PoolFacts, str]] = {}
    for facts in pools:
        need = facts.pool.nodes.max * most_addresses(facts.stand_ins, facts.interfaces)
        for zone in zones_of(facts):
            name = f"{facts.name}-{zone}"
            wants.append((name, prefix_for(need, smallest=min(_LONGEST_PREFIX, cidr.prefixlen + _POOL_BITS))))
            where[name] = (facts, zone)
    base = next(iter(cidr.subnets(prefixlen_diff=_BASE_BITS)))
    found = allocate(cidr, wants, [base])
    for name, prefix in wants:
        if name not in found:
            facts, _ = where[name]
            message = f"{cidr} has no room for a /{prefix} subnet ({facts.pool.nodes.max} nodes with their pods)"
            notes.error("addresses", f"{facts.path}.nodes", message, "give a larger network.cidr, or fewer nodes")
    return tuple(
        Subnet(name=name, role="pool", zone_id=where[name][1], cidr=str(found[name]))
        for name, _ in wants
        if name in found
    )


def _existing(
    spec: ClusterSpec,
    zones: Sequence[str],
    pools: Sequence[PoolFacts],
    storage: Sequence[StoragePlan],
    services: IPv4Network,
    notes: Notes,
) -> AwsNetwork:
    existing = spec.network.existing
    assert existing is not None
    if spec.account is None and spec.encryption.key is None:
        hint = "add account, or encryption: {key: <arn>}"
        notes.error("account", "network.existing", "needs `account`: the key's policy names it", hint)
    notes.advise(
        "existing-network",
        "network.existing",
        "the way out, the S3 gateway endpoint and free addresses are the existing network's own: not planned, not checked",
        "see that its private subnets reach EKS, ECR, EC2 and S3",
    )
    _check_ids(existing, notes)
    if "nat" in spec.network.model_fields_set:
        notes.advise("no-effect", "network.nat", "has no effect on an existing network", "remove it")
    subnets = [
        Subnet(name=f"system-{zone}", role="system", zone_id=zone, id=existing.subnets[zone][0]) for zone in zones
    ]
    for zone in _storage_zones(storage):
        ids = existing.subnets.get(zone, ())
        subnets += [Subnet(name=storage_subnet(zone), role="storage", zone_id=zone, id=one) for one in ids[:1]]
    for facts in pools:
        for zone in zones_of(facts):
            ids = existing.subnets.get(zone)
            if ids is None:
                hint = f"add {zone} to network.existing.subnets"
                notes.error("zone-mismatch", facts.path, f"the existing network has no subnet in {zone}", hint)
                continue
            subnets.append(Subnet(name=f"{facts.name}-{zone}", role="pool", zone_id=zone, id=ids[-1]))
    return AwsNetwork(
        vpc_id=existing.vpc, cidr="", services_cidr=str(services), subnets=tuple(subnets), nat_zones=(), endpoints=()
    )


def _check_ids(existing: ExistingNetwork, notes: Notes) -> None:
    """Ids as AWS gives them."""
    ids = [("network.existing.vpc", "vpc", existing.vpc)]
    ids += [
        (f"network.existing.subnets.{zone}", "subnet", one) for zone, some in existing.subnets.items() for one in some
    ]
    for path, kind, one in ids:
        if not re.fullmatch(rf"{kind}-[0-9a-f]{{8,17}}", one):
            notes.error("id", path, f"{one!r} is no id of a {kind}", f"write {kind}- and its 17 digits")


def _endpoints(spec: ClusterSpec, closed: bool) -> tuple[Endpoint, ...]:
    """The S3 gateway endpoint always (it is free); the interface endpoints where there is no other way out."""
    gateway = Endpoint(service="s3", type="Gateway")
    if not closed:
        return (gateway,)
    storage = {_FOR_STORAGE[item.kind] for item in spec.storage.values() if item.kind in _FOR_STORAGE}
    return (gateway, *(Endpoint(service=name, type="Interface") for name in sorted({*_CLOSED, *storage})))
