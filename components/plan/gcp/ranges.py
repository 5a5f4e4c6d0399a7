"""Address ranges of a cluster: private, disjoint, large enough, and staying where they are when the cluster grows.

A range that the spec gives is taken as it is, or refused with one that works. A range that it leaves open is the
default, or where that is in the way of a given one the first that is free. Defaults look at the pools for nothing but
their number of nodes, and begin at the same address whatever it is: a pool that comes or goes moves no other range.
Only the range of pods must be replaced, and the cluster with it, when nodes outgrow it: the default has room for 1,024
nodes of 110 pods.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from ipaddress import IPv4Network

from components.plan.addresses import prefix_for
from components.plan.gcp.facts import PoolFacts
from components.plan.notes import Notes
from components.records import record
from components.spec.models import ClusterSpec

PRIVATE = tuple(map(IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")))
# The bridge of Docker on a node.
_AVOIDED = IPv4Network("172.17.0.0/16")
HOST, PODS, SERVICES, FABRIC = (f"network.{name}" for name in ("cidr", "pods_cidr", "services_cidr", "fabric_cidr"))
_DEFAULTS = {
    HOST: IPv4Network("10.0.0.0/16"),
    SERVICES: IPv4Network("172.20.0.0/16"),
    # The size that GKE gives a range of pods itself; a larger one begins at the same address.
    PODS: IPv4Network("10.64.0.0/14"),
    FABRIC: IPv4Network("192.168.0.0/16"),
}
_WHAT = {
    HOST: "the cluster's network",
    PODS: "pods",
    SERVICES: "services",
    FABRIC: "the networks of the fabric",
}
# The first quarter of the network's range is the subnet of the nodes; the last one begins with private services.
_QUARTERS = 2
# Each Managed Lustre instance takes a /23 of private services, and Google's own example reserves a /20.
# Source: Managed Lustre, configure a VPC network.
_FILE_SYSTEM_BITS, _PRIVATE_SERVICES = 9, 20
# Source: GKE, service address ranges: /27 is the smallest, /16 the largest.
_SERVICE_PREFIXES, _SERVICES = range(16, 28), 20
_SMALLEST_SUBNET = 29
# GKE's own default for pods on a node: what the system pool has.
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
    """Addresses that GKE gives a node for its pods: the power of two that holds twice their number."""
    return 1 << (2 * max_pods - 1).bit_length()


def pod_addresses(spec: ClusterSpec, pools: Sequence[PoolFacts]) -> int:
    """Addresses that pods take when every pool is at its maximum."""
    own = spec.system.nodes * pods_on(SYSTEM_PODS)
    return own + sum(facts.nodes_max * pods_on(facts.max_pods) for facts in pools)


def ranges_of(
    spec: ClusterSpec,
    pools: Sequence[PoolFacts],
    file_systems: int,
    fits_fabric: Callable[[IPv4Network], bool] | None,
    notes: Notes,
) -> Ranges:
    """The ranges, every fault of them told.

    `file_systems` is how many are reached by private services access; `fits_fabric` says whether a range holds the
    networks of the fabric, and is None where there are none.
    """
    asked = spec.network
    given = {HOST: asked.cidr, PODS: asked.pods_cidr, SERVICES: asked.services_cidr, FABRIC: asked.fabric_cidr}
    nodes = spec.system.nodes + sum(facts.nodes_max for facts in pools)
    access = min(_PRIVATE_SERVICES, 32 - _FILE_SYSTEM_BITS - (max(file_systems, 1) - 1).bit_length())
    # The control plane has an address in the subnet of the nodes, too.
    longest = prefix_for(nodes + 1, smallest=_SMALLEST_SUBNET) - _QUARTERS
    needs = {
        HOST: min(longest, access - _QUARTERS) if file_systems else longest,
        PODS: 32 - (pod_addresses(spec, pools) - 1).bit_length(),
    }
    left_out = {HOST} if asked.existing is not None else set[str]()
    left_out |= {FABRIC} if fits_fabric is None else set[str]()
    found = _Choice({path: cidr for path, cidr in given.items() if path not in left_out}, needs, fits_fabric, notes)
    found.check(f"{nodes} nodes" + (" and the private services of file systems" if file_systems else ""))
    host = found.ranges.get(HOST, _DEFAULTS[HOST])
    return Ranges(
        host=_quarter(host, 0),
        private_services=_begin(_quarter(host, -1), access) if file_systems else None,
        pods=found.ranges[PODS],
        services=found.ranges[SERVICES],
        fabric=found.ranges.get(FABRIC, _DEFAULTS[FABRIC]),
    )


class _Choice:
    """The range of each field, and what is wrong with it; a range that is suggested works together with all others."""

    def __init__(
        self,
        given: Mapping[str, IPv4Network | None],
        needs: Mapping[str, int],
        fits_fabric: Callable[[IPv4Network], bool] | None,
        notes: Notes,
    ) -> None:
        self._needs, self._fits_fabric, self._notes = needs, fits_fabric, notes
        self.ranges = {path: cidr for path, cidr in given.items() if cidr is not None}
        self._given = frozenset(self.ranges)
        self._instead: dict[str, IPv4Network | None] = {}
        for path in _DEFAULTS:
            if path in given and path not in self.ranges:
                self.ranges[path] = self._default(path)

    def _default(self, path: str) -> IPv4Network:
        default = _DEFAULTS[path]
        prefix = self._longest(path, default)
        chosen = IPv4Network((default.network_address, prefix), strict=False)
        why = "the default range"
        if chosen.prefixlen < default.prefixlen:
            why = f"large enough for {_WHAT[path]}"
        taken = any(default.overlaps(one) for one in self.ranges.values())
        if taken or not _is_private(chosen) or any(chosen.overlaps(one) for one in self.ranges.values()):
            why = f"the default {default} is in the way of another range" if taken else why
            chosen = free(prefix, self.ranges.values()) or chosen
        self._notes.decide(path, str(chosen), why)
        return chosen

    def _longest(self, path: str, like: IPv4Network) -> int:
        """The prefix length of a range like this one that is large enough, and that the field takes."""
        if path == SERVICES:
            return like.prefixlen if like.prefixlen in _SERVICE_PREFIXES else _SERVICES
        if path != FABRIC or self._fits_fabric is None:
            return min(like.prefixlen, self._needs[path])
        fits = self._fits_fabric
        sizes = range(like.prefixlen, PRIVATE[0].prefixlen, -1)
        return next((size for size in sizes if fits(IPv4Network((0, size)))), PRIVATE[0].prefixlen)

    def check(self, nodes: str) -> None:
        """Tell every range that is not private, overlaps another, or is too small."""
        for path in sorted(self._given):
            if not _is_private(self.ranges[path]):
                self._tell(path, "is no private range (RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)")
        paths = sorted(self.ranges)
        for index, path in enumerate(paths):
            for other in paths[:index]:
                if self.ranges[path].overlaps(self.ranges[other]):
                    told, against = (path, other) if path in self._given else (other, path)
                    self._tell(told, f"overlaps {self.ranges[against]}, the range of {_WHAT[against]}")
        self._check_sizes(nodes)
        # What follows is planned with ranges that work, so that one fault is told once.
        self.ranges.update({path: cidr for path, cidr in self._instead.items() if cidr is not None})

    def _check_sizes(self, nodes: str) -> None:
        holds = {HOST: f"{nodes}", PODS: "the pods of all nodes", FABRIC: "the interfaces of all nodes"}
        for path, cidr in self.ranges.items():
            if path == SERVICES:
                if cidr.prefixlen not in _SERVICE_PREFIXES:
                    self._tell(path, "cannot be the range of services: GKE takes /16 to /27")
            elif self._longest(path, cidr) < cidr.prefixlen:
                self._tell(path, f"has no room for {holds[path]}")

    def _tell(self, path: str, what: str) -> None:
        if path not in self._instead:
            others = [cidr for other, cidr in self.ranges.items() if other != path and other not in self._instead]
            suggested = [cidr for cidr in self._instead.values() if cidr is not None]
            prefix = self._longest(path, self.ranges[path])
            self._instead[path] = free(max(prefix, PRIVATE[0].prefixlen + 1), [*others, *suggested])
        instead = self._instead[path]
        hint = f"give for example {instead}" if instead else "make the other ranges smaller, or two clusters of it"
        self._notes.error("addresses", path, f"{self.ranges[path]} {what}", hint)


def _is_private(cidr: IPv4Network) -> bool:
    return any(cidr.subnet_of(space) for space in PRIVATE)


def free(prefix: int, taken: Iterable[IPv4Network]) -> IPv4Network | None:
    """The first private range of that size that overlaps none of `taken`; None where there is none."""
    used = [*taken, _AVOIDED]
    size = 1 << (32 - prefix)
    for space in PRIVATE:
        at, end = int(space.network_address), int(space.broadcast_address)
        while prefix >= space.prefixlen and at + size - 1 <= end:
            candidate = IPv4Network((at, prefix))
            blocking = next((one for one in used if one.overlaps(candidate)), None)
            if blocking is None:
                return candidate
            at = max(at + size, -(-(int(blocking.broadcast_address) + 1) // size) * size)
    return None


def _quarter(cidr: IPv4Network, index: int) -> IPv4Network:
    return list(cidr.subnets(prefixlen_diff=_QUARTERS))[index] if cidr.prefixlen <= 32 - _QUARTERS else cidr


def _begin(cidr: IPv4Network, prefix: int) -> IPv4Network:
    return next(iter(cidr.subnets(new_prefix=max(prefix, cidr.prefixlen))))
