"""The additional interfaces of nodes, and the addresses that nodes and pods take.

https://cloud.google.com/kubernetes-engine/docs/how-to/setup-multinetwork-support-for-pods and the guides to GPUDirect.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from components.catalog.gcp import catalog
from scripts.rehearsal.behaviour import Call
from scripts.rehearsal.gcp import profiles
from scripts.rehearsal.gcp.places import NETWORK, NODES, SUBNETWORK, find, parsed, place, short, zones
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import at, rows

_TAKEN = 4
"""Addresses of a subnet that nothing can have (VPC guide, "Unusable addresses")."""


def joined(call: Call, home: Resource | None) -> None:
    """Refuse interfaces that GKE or the machine cannot have."""
    blocks = rows(call.inputs, "networkConfig", "additionalNodeNetworkConfigs")
    automatic = call.text("networkConfig", "acceleratorNetworkProfile")
    advanced = home is None or home.inputs.get("datapathProvider") == "ADVANCED_DATAPATH"
    if automatic and blocks:
        raise _invalid("Accelerator network profile cannot be combined with additional node networks.")
    if automatic and not advanced:
        raise _invalid("Accelerator network profile requires Dataplane V2.")
    if blocks and home is not None and not home.inputs.get("enableMultiNetworking"):
        raise _invalid("Additional node networks require a cluster with multi-networking enabled.")
    machine = catalog().machine(call.text("nodeConfig", "machineType"))
    most = None if machine is None else machine.gvnic_networks + machine.gpu_nics
    if machine is not None and most and len(blocks) > most:
        words = f"The number of network interfaces exceeds the limit of machine type {machine.name}: {most + 1}."
        raise _invalid(words)
    _networks(call, home, blocks)


def _networks(call: Call, home: Resource | None, blocks: list[Mapping[str, Any]]) -> None:
    """Each interface in a network of its own, except in one with an RDMA profile, which is for one zone."""
    seen = {short(str(home.inputs.get("network")))} if home is not None else set[str]()
    subnets: set[str] = set()
    for block in blocks:
        network = find(call, NETWORK, str(block.get("network")))
        subnet = find(call, SUBNETWORK, str(block.get("subnetwork")))
        name = short(str(block.get("network")))
        if not profiles.kind(network) and name in seen:
            raise _invalid("Networks must be distinct for NICs attached to a VM.")
        if short(str(block.get("subnetwork"))) in subnets:
            raise _invalid("Subnetworks must be distinct for NICs attached to a VM.")
        if profiles.zone(network) and zones(call) != [profiles.zone(network)]:
            words = f"Network '{name}' has a network profile for zone {profiles.zone(network)}, not for"
            raise _invalid(f"{words} {', '.join(zones(call))}.")
        if subnet is not None and network is not None and short(str(subnet.inputs.get("network"))) != name:
            raise _invalid(f"Subnetwork '{short(subnet.id)}' is not in network '{name}'.")
        seen.add(name)
        subnets.add(short(str(block.get("subnetwork"))))


def room(call: Call, home: Resource | None, nodes: int) -> None:
    """Refuse nodes that the ranges of the cluster or of an interface have no addresses for."""
    pods = int(call.text("maxPodsPerNode") or at(home.inputs if home else {}, "defaultMaxPodsPerNode") or 110)
    for subnet, range_, needs in _ranges(call, home, nodes, pods):
        if needs > range_.num_addresses:
            machine = f"gke-{short(call.text('cluster'))}-{call.text('name')}"
            where = f"projects/{place(call)['project']}/regions/{subnet.outputs.get('region')}/subnetworks"
            words = f"Instance '{machine}' creation failed: IP space of '{where}/{short(subnet.id)}' is exhausted."
            begun = "Error waiting for creating GKE NodePool: Not all instances running in IGM"
            raise CloudError("IP_SPACE_EXHAUSTED", f"{begun}. Current errors: [IP_SPACE_EXHAUSTED]: {words}")


def _ranges(
    call: Call, home: Resource | None, nodes: int, pods: int
) -> list[tuple[Resource, ipaddress.IPv4Network, int]]:
    """(subnet, range, addresses that are needed in it) of what this pool takes beside the other pools."""
    found: list[tuple[Resource, ipaddress.IPv4Network, int]] = []
    beside = [one for one in call.others(NODES) if short(str(one.inputs.get("cluster"))) == short(call.text("cluster"))]
    mine = nodes * len(zones(call))
    subnet = None if home is None else _subnet(call, str(home.inputs.get("subnetwork")))
    if subnet is not None and home is not None:
        others = [(_nodes(one), int(one.outputs.get("maxPodsPerNode") or pods)) for one in beside]
        found.append((subnet, _range(subnet), mine + sum(count for count, _ in others) + _TAKEN))
        name = at(home.inputs, "ipAllocationPolicy", "clusterSecondaryRangeName")
        for row in rows(subnet.inputs, "secondaryIpRanges"):
            if row.get("rangeName") == name:
                needs = mine * addresses(pods) + sum(count * addresses(each) for count, each in others)
                found.append((subnet, parsed(str(row["ipCidrRange"])), needs))
    for block in rows(call.inputs, "networkConfig", "additionalNodeNetworkConfigs"):
        one = _subnet(call, str(block.get("subnetwork")))
        if one is not None:
            found.append((one, _range(one), mine + _TAKEN))
    return found


def addresses(pods: int) -> int:
    """How many addresses a node's pods take: twice as many as pods, to the next power of two (GKE guide, "Flexible Pod
    CIDR")."""
    return 1 << (2 * pods - 1).bit_length()


def _nodes(pool: Resource) -> int:
    named = pool.outputs.get("nodeLocations") or pool.outputs.get("instanceGroupUrls") or [""]
    return int(pool.outputs.get("nodeCount") or 0) * len(named)


def _subnet(call: Call, reference: str) -> Resource | None:
    found = (one for one in call.others(SUBNETWORK) if short(one.id) == short(reference))
    return next(found, None)


def _range(subnet: Resource) -> ipaddress.IPv4Network:
    return parsed(str(subnet.inputs.get("ipCidrRange")))


def _invalid(words: str) -> CloudError:
    return CloudError("invalidArgument", f"googleapi: Error 400: {words}")
