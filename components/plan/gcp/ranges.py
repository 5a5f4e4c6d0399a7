"""Address ranges of a cluster: private, disjoint, large enough, and staying where they are when the cluster grows.

A range that the spec gives is taken as it is or refused; one that it leaves open is the default, or where that is in the
way of a given one the first that is free. No default depends on the pools but by their size, so pools come and go
without moving nodes, pods or services.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network

from components.plan.addresses import prefix_for
from components.plan.gcp.facts import PoolFacts
from components.plan.notes import Notes
from components.records import record
from components.spec.models import ClusterSpec

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
# The bridge of Docker on a node, which GKE advises against.
_AVOIDED = IPv4Network("172.17.0.0/16")
HOST_DEFAULT = IPv4Network("10.0.0.0/16")
SERVICES_DEFAULT = IPv4Network("172.20.0.0/16")
FABRIC_DEFAULT = IPv4Network("192.168.0.0/16")
# GKE's own default size of a range of pods: 1,024 nodes of 110 pods. What needs more begins at the same address.
_PODS_DEFAULT, _PODS_PREFIX = IPv4Network("10.64.0.0/10"), 14
# The first quarter of the network's range is the subnet of the nodes; the last one begins with private services, of
# which Managed Lustre asks for a /20.
_QUARTERS = 2
_SERVICES_ACCESS_PREFIX = 20
# GKE takes ranges of services from /27 to /16. Source: GKE, IP address management of VPC-native clusters.
_SERVICE_PREFIXES = range(16, 28)
_SMALLEST_SUBNET = 29
# Kubernetes' and GKE's own default for pods on a node: what the system pool has.
SYSTEM_PODS = 110


@record(kw_only=True)
class Ranges:
    """The ranges of a cluster; `host` is the subnet of its nodes."""

    host: IPv4Network
    private_services: IPv4Network | None
    pods: IPv4Network
    services: IPv4Network
    fabric: IPv4Network


def pods_on(max_pods: int) -> int:
    """Addresses that GKE gives each node for its pods: the power of two that holds twice their number."""
    return 1 << (2 * max_pods - 1).bit_length()


def pod_addresses(spec: ClusterSpec, pools: Sequence[PoolFacts]) -> int:
    """Addresses that pods take when every pool is at its maximum."""
    own = spec.system.nodes * pods_on(SYSTEM_PODS)
    return own + sum(facts.nodes_max * pods_on(facts.max_pods) for facts in pools)


def ranges_of(
    spec: ClusterSpec, pools: Sequence[PoolFacts], private_services: bool, fabric: bool, notes: Notes
) -> Ranges:
    """The ranges, each checked; `fabric` is whether any pool has networks beside the host's."""
    asked = spec.network
    given = {
        "network.cidr": asked.cidr,
        "network.pods_cidr": asked.pods_cidr,
        "network.services_cidr": asked.services_cidr,
        "network.fabric_cidr": asked.fabric_cidr if fabric else None,
    }
    nodes = spec.system.nodes + sum(facts.nodes_max for facts in pools)
    pods_prefix = 32 - (pod_addresses(spec, pools) - 1).bit_length()
    defaults = {
        "network.cidr": HOST_DEFAULT,
        "network.services_cidr": SERVICES_DEFAULT,
        "network.fabric_cidr": FABRIC_DEFAULT,
        "network.pods_cidr": IPv4Network((_PODS_DEFAULT.network_address, min(_PODS_PREFIX, pods_prefix)))
        if pods_prefix >= _PODS_DEFAULT.prefixlen
        else IPv4Network("10.0.0.0/8"),
    }
    found = _chosen(spec, given, defaults, notes)
    _check_private(found, given, notes)
    _check_disjoint(spec, found, given, fabric, notes)
    _check_host(found, given, nodes, private_services, notes)
    _check_pods(found, given, pods_prefix, spec, pools, notes)
    services = found["network.services_cidr"]
    if services.prefixlen not in _SERVICE_PREFIXES:
        message = f"{services} cannot be the range of services: GKE takes /16 to /27"
        notes.error("addresses", "network.services_cidr", message, f"for example {_another(20, found, services)}")
    host = found["network.cidr"]
    return Ranges(
        host=_quarter(host, 0),
        private_services=_private_services(host) if private_services else None,
        pods=found["network.pods_cidr"],
        services=services,
        fabric=found["network.fabric_cidr"],
    )


def _quarter(cidr: IPv4Network, index: int) -> IPv4Network:
    bits = min(_QUARTERS, 32 - cidr.prefixlen)
    return list(cidr.subnets(prefixlen_diff=bits))[index if bits else 0]


def _private_services(cidr: IPv4Network) -> IPv4Network:
    last = _quarter(cidr, -1)
    return next(iter(last.subnets(new_prefix=max(_SERVICES_ACCESS_PREFIX, last.prefixlen))))


def _chosen(
    spec: ClusterSpec, given: dict[str, IPv4Network | None], defaults: dict[str, IPv4Network], notes: Notes
) -> dict[str, IPv4Network]:
    """Each field's range: what is given, then defaults in their order, each free of what stands already."""
    found = {path: cidr for path, cidr in given.items() if cidr is not None}
    for path, default in defaults.items():
        if path in found:
            continue
        taken = [*found.values()]
        cidr = default
        why = "the default range"
        if any(default.overlaps(one) for one in taken):
            cidr = free(default.prefixlen, taken) or default
            why = f"the default {default} is in the way of another range"
        found[path] = cidr
        existing = spec.network.existing is not None and path == "network.cidr"
        if not existing:
            notes.decide(path, str(cidr), why)
    return found


def free(prefix: int, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """The first private range of that size that overlaps none of `taken`; None where there is none."""
    used = [*taken, _AVOIDED]
    size = 1 << (32 - prefix)
    for space in PRIVATE:
        at = int(space.network_address)
        while prefix >= space.prefixlen and at + size - 1 <= int(space.broadcast_address):
            candidate = IPv4Network((at, prefix))
            blocking = next((one for one in used if one.overlaps(candidate)), None)
            if blocking is None:
                return candidate
            at = max(at + size, -(-(int(blocking.broadcast_address) + 1) // size) * size)
    return None


def _another(prefix: int, found: dict[str, IPv4Network], instead_of: IPv4Network) -> str:
    """A free range for a hint."""
    cidr = free(prefix, [one for one in found.values() if one is not instead_of])
    return str(cidr) if cidr else f"a private range of /{prefix}"


def _check_private(found: dict[str, IPv4Network], given: dict[str, IPv4Network | None], notes: Notes) -> None:
    for path, cidr in given.items():
        if cidr is not None and not any(cidr.subnet_of(space) for space in PRIVATE):
            message = f"{cidr} is no private range (RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)"
            notes.error("addresses", path, message, f"for example {_another(max(cidr.prefixlen, 10), found, cidr)}")


def _check_disjoint(
    spec: ClusterSpec,
    found: dict[str, IPv4Network],
    given: dict[str, IPv4Network | None],
    fabric: bool,
    notes: Notes,
) -> None:
    """Every two ranges are apart; the one that is given is told, and of two given ones the later."""
    unknown = {"network.cidr"} if spec.network.existing is not None else set[str]()
    unknown |= set() if fabric else {"network.fabric_cidr"}
    paths = [path for path in found if path not in unknown]
    for index, path in enumerate(paths):
        for other in paths[:index]:
            if found[path].overlaps(found[other]):
                told, against = (path, other) if given[path] is not None else (other, path)
                message = f"{found[told]} overlaps {against} {found[against]}"
                hint = f"for example {_another(found[told].prefixlen, found, found[told])}"
                notes.error("addresses", told, message, hint)


def _check_host(
    found: dict[str, IPv4Network],
    given: dict[str, IPv4Network | None],
    nodes: int,
    private_services: bool,
    notes: Notes,
) -> None:
    """The network's range holds the nodes in its first quarter, and private services in the last."""
    cidr = found["network.cidr"]
    # The control plane's own address is in the subnet of the nodes.
    largest = prefix_for(nodes + 1, smallest=_SMALLEST_SUBNET) - _QUARTERS
    largest = min(largest, _SERVICES_ACCESS_PREFIX - _QUARTERS) if private_services else largest
    if cidr.prefixlen > largest:
        what = " and the private services of the file systems" if private_services else ""
        message = f"{cidr} has no room for {nodes} nodes{what}"
        hint = f"give a /{largest} or larger, for example {_another(largest, found, cidr)}"
        notes.error("addresses", "network.cidr" if given["network.cidr"] else "pools", message, hint)


def _check_pods(
    found: dict[str, IPv4Network],
    given: dict[str, IPv4Network | None],
    largest: int,
    spec: ClusterSpec,
    pools: Sequence[PoolFacts],
    notes: Notes,
) -> None:
    """The range of pods holds all nodes' blocks: it cannot be made larger afterwards."""
    cidr = found["network.pods_cidr"]
    if cidr.prefixlen > largest:
        need = pod_addresses(spec, pools)
        message = f"{cidr} has {cidr.num_addresses} addresses, and pods of all nodes take {need}"
        hint = f"give a /{largest} or larger, for example {_another(largest, found, cidr)}"
        notes.error("addresses", "network.pods_cidr", message, hint)
