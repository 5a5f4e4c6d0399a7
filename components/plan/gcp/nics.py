"""Additional networks of a pool's nodes, and the interfaces in the order in which the nodes get them.

TCPX and TCPXO want a VPC of its own for each GPU interface; RDMA wants one VPC, of its zone's network profile, with a
subnet for each. A gVNIC network that a machine has beside those comes first.
Source: GKE, maximize GPU network bandwidth (TCPX, TCPXO), and AI Hypercomputer, create a custom GKE cluster (RDMA).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network

from components.catalog.gcp import Fabric, GcpMachine
from components.plan.gcp.model import Interface, NicNetwork, NicSubnet

# Of networks that no fabric asks for, and of the host's: the largest that Google Cloud takes.
DEFAULT_MTU = 8896


class PodNetworks:
    """Names of `Network` objects, which are the cluster's: the first pool of a kind has them as in Google's examples.

    A pool written after others never changes their names; it has its own name in front.
    """

    def __init__(self) -> None:
        self._taken: set[tuple[str, str]] = set()

    def prefix(self, kind: str, pool: str, zone: str) -> str:
        """What stands before the names of a `kind` (`vpc`, `rdma-`, `gvnic-`) of a pool in a zone, or in a region."""
        for prefix in ("", f"{pool}-", f"{pool}-{zone.rpartition('-')[2]}-", f"{pool}-{zone}-"):
            if (kind, prefix) not in self._taken:
                self._taken.add((kind, prefix))
                return prefix
        raise ValueError(f"the networks of pool {pool!r} in {zone!r} are named already")


def slots_of(machine: GcpMachine, fabric: Fabric | None) -> tuple[int, int]:
    """(subnets of gVNIC networks, subnets of GPU interfaces) of a pool whose nodes get additional interfaces."""
    made = fabric is not None and fabric.subnets_made
    return machine.gvnic_networks, machine.gpu_nics if made else 0


def gvnic_networks_of(
    pool: str, machine: GcpMachine, ranges: Sequence[IPv4Network], names: PodNetworks
) -> tuple[NicNetwork, ...]:
    """The additional networks of plain gVNIC interfaces: they serve the region."""
    if not machine.gvnic_networks:
        return ()
    before = names.prefix("gvnic-", pool, "")
    return tuple(
        _network(f"{pool}-gvnic-{number}", DEFAULT_MTU, str(cidr), f"{before}gvnic-{number}", pool)
        for number, cidr in enumerate(ranges, 1)
    )


def nic_networks_of(
    pool: str, zone: str, machine: GcpMachine, fabric: Fabric, ranges: Sequence[IPv4Network], names: PodNetworks
) -> tuple[NicNetwork, ...]:
    """The networks of a pool's GPU interfaces: `zone` is empty where one network serves the region.

    `ranges` has one for each subnet that is made; a metal fabric has its one subnet already.
    """
    if fabric.networks == "per-interface":
        before = names.prefix("vpc", pool, zone)
        return tuple(
            _network(f"{pool}-gpu-{number}", fabric.mtu, str(cidr), f"{before}vpc{number}", pool)
            for number, cidr in enumerate(ranges, 1)
        )
    before = names.prefix("rdma-", pool, zone)
    name = f"{pool}-rdma-{zone.rpartition('-')[2]}"
    subnets = [
        NicSubnet(name=f"{name}-{number}", cidr=str(cidr), pod_network=f"{before}rdma-{number}")
        for number, cidr in enumerate(ranges)
    ]
    if not fabric.subnets_made:
        subnets = [NicSubnet(name=f"{name}-0", cidr="", pod_network=f"{before}rdma-0")]
    profile = f"{zone}-{fabric.profile}" if fabric.profile else None
    return (
        NicNetwork(
            name=name,
            mtu=fabric.mtu,
            profile=profile,
            subnets=tuple(subnets),
            firewall_sources=tuple(one.cidr for one in subnets) if fabric.firewall else (),
            pool=pool,
            zone=zone,
        ),
    )


def _network(name: str, mtu: int, cidr: str, pod_network: str, pool: str) -> NicNetwork:
    """A network of one subnet, whose nodes reach each other."""
    subnet = NicSubnet(name=name, cidr=cidr, pod_network=pod_network)
    return NicNetwork(name=name, mtu=mtu, profile=None, subnets=(subnet,), firewall_sources=(cidr,), pool=pool)


def interfaces_of(
    pool_name: str, networks: Iterable[NicNetwork], fabric: Fabric | None, zone: str | None = None
) -> tuple[Interface, ...]:
    """The additional interfaces of a pool's nodes in a zone (None: it has only one), `eth1` first.

    `networks` are those of the whole cluster.
    """
    mode = fabric.device_mode if fabric else "NetDevice"
    return tuple(
        Interface(
            network=network.name,
            subnet=subnet.name,
            pod_network=subnet.pod_network,
            device_mode=mode if network.profile else "NetDevice",
        )
        for network in networks
        if network.pool == pool_name and (zone is None or network.zone in ("", zone))
        for subnet in network.subnets
    )
