"""Address ranges of subnets: sized by need, disjoint, and stable when pools come and go.

A pool's subnet starts its search for a free range at a place that its own name decides, so that another pool moves
it only in the rare case that both want the same place, and then the one written first keeps it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from ipaddress import IPv4Network

# AWS, Google Cloud and Azure keep 4 or 5 addresses of a subnet for themselves; the larger number is safe everywhere.
RESERVED = 5


def prefix_for(addresses: int, *, smallest: int) -> int:
    """The longest prefix whose subnet holds `addresses` beside the reserved ones; `smallest` is the longest allowed."""
    return min(smallest, 32 - (addresses + RESERVED - 1).bit_length())


def allocate(
    space: IPv4Network, wants: Sequence[tuple[str, int]], taken: Sequence[IPv4Network]
) -> dict[str, IPv4Network]:
    """Name -> range of the wanted prefix length, disjoint from each other and from `taken`.

    A name for which no room is left is missing from the result.
    """
    used = list(taken)
    found: dict[str, IPv4Network] = {}
    for name, prefix in wants:
        if prefix < space.prefixlen:
            continue
        slots = 1 << (prefix - space.prefixlen)
        start = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=4).digest()) % slots
        size = 1 << (32 - prefix)
        for step in range(slots):
            base = int(space.network_address) + (start + step) % slots * size
            candidate = IPv4Network((base, prefix))
            if not any(candidate.overlaps(other) for other in used):
                found[name] = candidate
                used.append(candidate)
                break
    return found
