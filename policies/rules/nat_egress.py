"""Large downloads do not go through NAT gateways.

A NAT gateway is billed by the hour and again for every GB: ten TB of images and checkpoints through it cost more than
the gateway does in a year, while an endpoint for object storage is free. The rule looks at the networks that are made
here; one that exists already is somebody else's. Parameters: `max_nat_gateways`, and `require_endpoints`, what nodes
must reach without NAT where there is a gateway: `object-storage`, `registry`. Endpoints that are unknown fail.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.parameters import Whole, Words, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Subject


class Limits(Parameters):
    """How many gateways, and what must not pass them."""

    max_nat_gateways: Whole = parameter(3, "most NAT gateways of one stack", tighter="lower")
    require_endpoints: Words = parameter(
        ("object-storage",), "what is reached without NAT: object-storage, registry", tighter="superset"
    )


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for one in subject.egress:
        if one.nat_gateways > parameters.max_nat_gateways:
            yield Violation.of(
                one, f"{one.what} has {one.nat_gateways} NAT gateways; {parameters.max_nat_gateways} are allowed"
            )
        if not one.nat_gateways:
            continue
        if one.endpoints is None:
            yield Violation.of(one, f"{one.what}: which endpoints it has beside its NAT gateways is unknown")
        elif missing := [name for name in parameters.require_endpoints if name not in one.endpoints]:
            yield Violation.of(one, f"{one.what} reaches {', '.join(missing)} through NAT, where every GB is billed")


RULE = Rule(
    id="nat-egress",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    remedy="write `network.nat: single`, or `none` for a network with endpoints alone; by hand: add the VPC endpoints,"
    " or Private Google Access to the subnet",
)
