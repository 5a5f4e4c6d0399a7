"""The network of a cluster on Google Cloud: the host's VPC with its ranges, and the VPCs of additional interfaces.

Additional interfaces have a part of `fabric_cidr` for each pool, where it begins by the pool's own name. So another pool
moves it in the rare case that both want one place and the other is written first; a pool moves itself when it grows
beyond its subnets (253 nodes by default), which makes its networks, and with them its node pools, anew.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import partial
from ipaddress import IPv4Network

from components.plan.addresses import allocate, prefix_for
from components.plan.effects import without_effect
from components.plan.gcp.facts import PoolFacts
from components.plan.gcp.model import GcpNetwork, NicNetwork
from components.plan.gcp.nics import DEFAULT_MTU, PodNetworks, gvnic_networks_of, nic_networks_of, slots_of
from components.plan.gcp.ranges import ranges_of
from components.plan.gcp.storage import private_services
from components.plan.notes import Notes
from components.plan.storage import zones_of
from components.spec.models import ClusterSpec
from components.spec.platform import ExistingNetwork

# A subnet of interfaces holds 507 nodes, or twice the pool's where those are more: an edited pool comes before it goes.
# In a small range of the fabric it is a hundred-and-twenty-eighth of that.
_SLOT, _SLOT_BITS, _SMALLEST_SUBNET = 23, 7, 29


def network_of(spec: ClusterSpec, pools: Sequence[PoolFacts], notes: Notes) -> GcpNetwork:
    """The network: an existing one, or one of the cluster's own, with the networks that pools need beside it."""
    existing = spec.network.existing
    wanted = [facts for facts in pools if facts.interfaces_wanted]
    _tell_without_effect(spec, pools, bool(wanted), notes)
    file_systems = 0 if existing is not None else private_services(spec)
    fits = partial(_fits, wanted) if wanted else None
    ranges = ranges_of(spec, pools, file_systems, fits, notes)
    mtu = _mtu(pools, notes)
    vpc, subnet = _existing(existing, spec, mtu, notes) if existing is not None else (None, None)
    return GcpNetwork(
        vpc=vpc,
        subnet=subnet,
        cidr="" if existing is not None else str(ranges.host),
        pods_cidr=str(ranges.pods),
        services_cidr=str(ranges.services),
        mtu=mtu,
        nat=existing is None and spec.network.nat != "none",
        private_services_cidr=str(ranges.private_services) if ranges.private_services else None,
        nic_networks=_nic_networks(wanted, ranges.fabric),
    )


def _tell_without_effect(spec: ClusterSpec, pools: Sequence[PoolFacts], wanted: bool, notes: Notes) -> None:
    """What is said of networks that this cluster does not have."""
    if spec.network.fabric_cidr is not None and not wanted:
        without_effect("network.fabric_cidr", "no pool has networks beside the cluster's that are made here", notes)
    second = any(facts.fabric is not None or facts.machine.gvnic_networks for facts in pools)
    if spec.software.pod_networks != "objects" and not second:
        without_effect("software.pod_networks", "no pool has interfaces for pods", notes)


def _mtu(pools: Sequence[PoolFacts], notes: Notes) -> int:
    """The host's MTU, which every plug-in of a fabric expects to be its own: the least of them serves all."""
    fabrics = {facts.fabric.name: facts.fabric.host_mtu for facts in pools if facts.fabric is not None}
    mtu = min(fabrics.values(), default=DEFAULT_MTU)
    if len(set(fabrics.values())) > 1:
        notes.decide("network", f"MTU {mtu}", f"pools have {' and '.join(fabrics)}: the smaller MTU serves both")
    return mtu


def _nic_networks(pools: Sequence[PoolFacts], space: IPv4Network) -> tuple[NicNetwork, ...]:
    """The additional networks of all pools, each with a range whose place the pool's own name decides."""
    cut = _cut(pools, space)
    names = PodNetworks()
    found: list[NicNetwork] = []
    for facts in pools:
        found += gvnic_networks_of(facts.name, facts.machine, cut.get(f"{facts.name}-gvnic", ()), names)
        if facts.fabric is not None:
            for zone in _zones(facts):
                ranges = cut.get(_block(facts, zone), ())
                found += nic_networks_of(facts.name, zone, facts.machine, facts.fabric, ranges, names)
    return tuple(found)


def _cut(pools: Sequence[PoolFacts], space: IPv4Network) -> dict[str, Sequence[IPv4Network]]:
    """Block -> the ranges of its subnets; a block that found no room is missing, and was told."""
    wants = [want for facts in pools for want in _wants(facts, space)]
    blocks = allocate(space, [(name, prefix) for name, _, prefix, _ in wants], [])
    return {
        name: list(blocks[name].subnets(new_prefix=slot))[:count] for name, count, _, slot in wants if name in blocks
    }


def _fits(pools: Sequence[PoolFacts], space: IPv4Network) -> bool:
    return len(_cut(pools, space)) == sum(len(_wants(facts, space)) for facts in pools)


def _zones(facts: PoolFacts) -> tuple[str, ...]:
    """The zones that need networks of their own: a network profile is a zone's; other networks serve the region."""
    return zones_of(facts) if facts.fabric is not None and facts.fabric.profile else ("",)


def _block(facts: PoolFacts, zone: str) -> str:
    return f"{facts.name}-{zone}" if zone else facts.name


def _wants(facts: PoolFacts, space: IPv4Network) -> list[tuple[str, int, int, int]]:
    """(name, number of subnets, prefix of the block, prefix of a subnet) of the blocks that a pool needs."""
    slot = prefix_for(2 * facts.nodes_max, smallest=min(_SMALLEST_SUBNET, max(_SLOT, space.prefixlen + _SLOT_BITS)))
    gvnic, gpu = slots_of(facts.machine, facts.fabric)
    counts = [(f"{facts.name}-gvnic", gvnic)]
    counts += [(_block(facts, zone), gpu) for zone in _zones(facts)] if facts.fabric is not None else []
    return [(name, count, slot - (count - 1).bit_length(), slot) for name, count in counts if count]


def _existing(existing: ExistingNetwork, spec: ClusterSpec, mtu: int, notes: Notes) -> tuple[str, str]:
    """The VPC and the one subnet of an existing network, whether given by region or by zone."""
    path = "network.existing"
    names = list(dict.fromkeys(one for some in existing.subnets.values() for one in some))
    hint = f"write subnets: {{{spec.region}: [{names[0]}]}}"
    if len(names) > 1:
        message = f"a cluster has one subnet, which spans the zones of its region; here are {', '.join(names)}"
        notes.error("existing-network", f"{path}.subnets", message, hint)
    for place, some in existing.subnets.items():
        at = f"{path}.subnets.{place}"
        if place != spec.region and place.rpartition("-")[0] != spec.region:
            notes.error("existing-network", at, f"{place!r} is not in {spec.region}", hint)
        for one in some:
            _check_form(at, one, "subnet", f"regions/{spec.region}/subnetworks", notes)
    _check_form(f"{path}.vpc", existing.vpc, "network", "global/networks", notes)
    asked = f"see that its MTU is {mtu}, that its nodes have a way out, and that it is apart from pods and services"
    if private_services(spec):
        asked += "; file systems need private services access in it"
    message = "its MTU, its way out and its ranges are its own: not planned, not checked"
    notes.advise("existing-network", path, message, asked)
    return existing.vpc, names[0]


def _check_form(path: str, given: str, what: str, kind: str, notes: Notes) -> None:
    """A name, or a link: `projects/P/global/networks/N`."""
    name = r"[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?"
    link = rf"(?:https://www\.googleapis\.com/compute/v1/)?projects/[a-z0-9.:-]+/{kind}/{name}"
    if not re.fullmatch(f"{name}|{link}", given):
        hint = f"write its name, or projects/<project>/{kind}/<name>"
        notes.error("id", path, f"{given!r} names no {what}", hint)
