"""The network of a cluster on Google Cloud: the host's VPC with its ranges, and the VPCs of additional interfaces."""

from __future__ import annotations

import re
from collections.abc import Sequence
from ipaddress import IPv4Network

from components.catalog.gcp import GcpCatalog, GcpMachine
from components.plan.addresses import allocate, prefix_for
from components.plan.gcp.facts import PoolFacts
from components.plan.gcp.model import GcpNetwork, NicNetwork
from components.plan.gcp.nics import DEFAULT_MTU, PodNetworks, gvnic_networks_of, nic_networks_of, slots_of
from components.plan.gcp.ranges import Ranges, free, ranges_of
from components.plan.gcp.storage import needs_private_services
from components.plan.model import StoragePlan
from components.plan.notes import Notes
from components.spec.models import ClusterSpec
from components.spec.platform import ExistingNetwork

# Subnets of interfaces get a hundred-and-twenty-eighth of the fabric's range at the least: 508 nodes of a /16.
_SLOT_BITS = 7
_SMALLEST_SUBNET = 29


def network_of(
    spec: ClusterSpec,
    pools: Sequence[PoolFacts],
    storage: Sequence[StoragePlan],
    system: GcpMachine,
    catalog: GcpCatalog,
    notes: Notes,
) -> GcpNetwork:
    """The network: an existing one, or one of the cluster's own, with the networks that pools need beside it."""
    existing = spec.network.existing
    wanted = [facts for facts in pools if facts.interfaces_wanted]
    private_services = needs_private_services(storage) and existing is None
    ranges = ranges_of(spec, pools, private_services, bool(wanted), notes)
    vpc, subnet = _existing(existing, spec, notes) if existing is not None else (None, None)
    return GcpNetwork(
        vpc=vpc,
        subnet=subnet,
        cidr="" if existing is not None else str(ranges.host),
        pods_cidr=str(ranges.pods),
        services_cidr=str(ranges.services),
        mtu=_mtu(pools, notes),
        nat=existing is None and spec.network.nat != "none",
        private_services_cidr=str(ranges.private_services) if ranges.private_services else None,
        nic_networks=_nic_networks(wanted, ranges, notes),
    )


def zones_of(facts: PoolFacts) -> tuple[str, ...]:
    """Every zone in which a pool has nodes: its own, and those of its bought rungs."""
    bought = [rung.bought.zone_id for rung in facts.pool.capacity if not isinstance(rung, str)]
    return tuple(dict.fromkeys((*facts.zones, *bought)))


def _mtu(pools: Sequence[PoolFacts], notes: Notes) -> int:
    """The host's MTU, which every plug-in of a fabric expects to be its own: the least of them serves all."""
    fabrics = {facts.fabric.name: facts.fabric.host_mtu for facts in pools if facts.fabric is not None}
    mtu = min(fabrics.values(), default=DEFAULT_MTU)
    if len(set(fabrics.values())) > 1:
        notes.decide("network", f"MTU {mtu}", f"pools have {' and '.join(fabrics)}: the smaller MTU serves both")
    return mtu


def _nic_networks(pools: Sequence[PoolFacts], ranges: Ranges, notes: Notes) -> tuple[NicNetwork, ...]:
    """The additional networks of all pools, each with a range that the pool's own name decides."""
    wants = [want for facts in pools for want in _wants(facts, ranges.fabric)]
    blocks = allocate(ranges.fabric, [(name, prefix) for name, _, prefix, _ in wants], [])
    _tell_missing(wants, blocks, ranges, notes)
    cut = {
        name: list(blocks[name].subnets(new_prefix=slot))[:count] if name in blocks else []
        for name, count, _, slot in wants
    }
    names = PodNetworks()
    found: list[NicNetwork] = []
    for facts in pools:
        found += gvnic_networks_of(facts.name, facts.machine, cut.get(f"{facts.name}-gvnic", []), names)
        if facts.fabric is not None:
            for zone in _zones(facts):
                ranges_here = cut.get(_block(facts, zone), [])
                found += nic_networks_of(facts.name, zone, facts.machine, facts.fabric, ranges_here, names)
    return tuple(found)


def _zones(facts: PoolFacts) -> tuple[str, ...]:
    """The zones that need networks of their own: a network profile is a zone's; other networks serve the region."""
    return zones_of(facts) if facts.fabric is not None and facts.fabric.profile else ("",)


def _block(facts: PoolFacts, zone: str) -> str:
    return f"{facts.name}-{zone}" if zone else facts.name


def _wants(facts: PoolFacts, space: IPv4Network) -> list[tuple[str, int, int, int]]:
    """(name, number of subnets, prefix of the block, prefix of a subnet) of the blocks that a pool needs."""
    slot = prefix_for(facts.nodes_max, smallest=min(_SMALLEST_SUBNET, space.prefixlen + _SLOT_BITS))
    gvnic, gpu = slots_of(facts.machine, facts.fabric)
    counts = [(f"{facts.name}-gvnic", gvnic)]
    counts += [(_block(facts, zone), gpu) for zone in _zones(facts)] if facts.fabric is not None else []
    return [(name, count, slot - (count - 1).bit_length(), slot) for name, count in counts if count]


def _tell_missing(
    wants: Sequence[tuple[str, int, int, int]], blocks: dict[str, IPv4Network], ranges: Ranges, notes: Notes
) -> None:
    """The blocks that found no room, and a range that has it."""
    missing = [name for name, _, _, _ in wants if name not in blocks]
    if not missing:
        return
    taken = [ranges.host, ranges.pods, ranges.services, *([ranges.private_services] if ranges.private_services else [])]
    asked = [(name, prefix) for name, _, prefix, _ in wants]
    for prefix in range(ranges.fabric.prefixlen - 1, 7, -1):
        larger = free(prefix, taken)
        if larger is not None and len(allocate(larger, asked, [])) == len(asked):
            hint = f"for example {larger}"
            break
    else:
        hint = "ask for fewer nodes, or make two clusters of it"
    message = f"{ranges.fabric} has no room for the interfaces of {', '.join(missing)}"
    notes.error("addresses", "network.fabric_cidr", message, hint)


def _existing(existing: ExistingNetwork, spec: ClusterSpec, notes: Notes) -> tuple[str, str]:
    """The VPC and the one subnet of an existing network, whether given by region or by zone."""
    path = "network.existing"
    names = list(dict.fromkeys(one for some in existing.subnets.values() for one in some))
    if len(names) > 1:
        message = f"a cluster has one subnet, which spans its region's zones; here are {', '.join(names)}"
        notes.error("existing-network", f"{path}.subnets", message, f"write subnets: {{{spec.region}: [{names[0]}]}}")
    for place in existing.subnets:
        if place != spec.region and place.rpartition("-")[0] != spec.region:
            hint = f"write subnets: {{{spec.region}: [{names[0]}]}}"
            notes.error("existing-network", f"{path}.subnets.{place}", f"{place!r} is not in {spec.region}", hint)
    _check_form(f"{path}.vpc", existing.vpc, "global/networks", notes)
    for place, some in existing.subnets.items():
        for one in some:
            _check_form(f"{path}.subnets.{place}", one, f"regions/{spec.region}/subnetworks", notes)
    return existing.vpc, names[0]


def _check_form(path: str, given: str, kind: str, notes: Notes) -> None:
    """A name, or a link: `projects/P/global/networks/N`."""
    name = r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?"
    link = rf"(?:https://www\.googleapis\.com/compute/v1/)?projects/[a-z0-9.:-]+/{kind}/{name}"
    if not re.fullmatch(f"{name}|{link}", given):
        hint = f"write its name, or projects/<project>/{kind}/<name>"
        notes.error("id", path, f"{given!r} names no {kind.rpartition('/')[2][:-1]} there", hint)
