"""Nodes have no public addresses, and no API endpoint is open to the world.

A public address on a node is a way in, and is billed by the hour; an endpoint that every address may reach waits for
the next weakness of the API server. Parameters: `widest_ipv4_prefix` and `widest_ipv6_prefix`, in bits: a range that
may reach the endpoint must have at least so long a prefix. 0.0.0.0/0 and ::/0 are always too wide. An endpoint before
which the cloud's own service asks who calls, as GKE's DNS endpoint does, is open to nobody else and is not judged.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from policies.parameters import Whole, parameter
from policies.rules.base import Advice, Edit, Parameters, Rule, Violation
from policies.subject import Endpoint, Subject

PATH = "access.endpoint"


class Limits(Parameters):
    """How wide a range may be that reaches an endpoint."""

    widest_ipv4_prefix: Whole = parameter(
        16, "shortest IPv4 prefix, in bits, that may reach an endpoint", tighter="higher"
    )
    widest_ipv6_prefix: Whole = parameter(
        48, "shortest IPv6 prefix, in bits, that may reach an endpoint", tighter="higher"
    )


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for thing in subject.addresses:
        if thing.public:
            yield Violation.of(
                thing,
                f"{thing.what}: nodes get public addresses",
                "turn public addresses off and let the nodes go out through NAT or endpoints",
            )
        elif thing.public is None:
            yield Violation.of(
                thing,
                f"{thing.what}: whether nodes get public addresses is unknown: nothing says so, and their"
                " subnet is not known here",
                "say that they get none, or put them into a private subnet of this program",
            )
    for endpoint in subject.endpoints:
        yield from _endpoint(endpoint, parameters)


def _endpoint(endpoint: Endpoint, parameters: Limits) -> Iterable[Violation]:
    if endpoint.public is False:
        return
    if endpoint.public is None or endpoint.cidrs is None:
        yield Violation.of(
            endpoint,
            f"{endpoint.what}: who may reach it from outside is unknown until it exists",
            "write the endpoint's access and its ranges as plain values",
        )
        return
    wide = [cidr for cidr in endpoint.cidrs if _too_wide(cidr, parameters)]
    if wide:
        yield Violation.of(
            endpoint,
            f"{endpoint.what} is open to {', '.join(wide)}; ranges down to /{parameters.widest_ipv4_prefix} (IPv6:"
            f" /{parameters.widest_ipv6_prefix}) are allowed",
            "make the endpoint private, or name the few ranges of your own that need it (access.allowed_cidrs)",
        )


def _too_wide(cidr: str, parameters: Limits) -> bool:
    try:
        network = ipaddress.ip_network(cidr, strict=False)
    except ValueError:
        return True  # what cannot be read cannot be called narrow
    widest = parameters.widest_ipv4_prefix if network.version == 4 else parameters.widest_ipv6_prefix
    return network.prefixlen == 0 or network.prefixlen < widest


def fix(subject: Subject, violation: Violation) -> Iterable[Edit]:
    """A private endpoint, where the spec's own is open."""
    if violation.path == PATH and any(one.public and one.path == PATH for one in subject.endpoints):
        yield Edit(path=PATH, value="private")


RULE = Rule(
    id="no-public-ip",
    about=__doc__,
    level="mandatory",
    judge=judge,
    parameters=Limits,
    fix=fix,
)
