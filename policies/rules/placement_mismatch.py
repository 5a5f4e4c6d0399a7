"""Who pays for a machine with a fabric uses the fabric.

Machines with a fast network between nodes are the dearest of their kind; nodes of one pool that talk over plain TCP
instead train at a fraction of what was paid for. The rule looks at groups of several nodes whose machine has a fabric
of at least `min_gbps` (Gbit/s of the whole node) and that do not have it. A group that only serves is better placed on
a machine without. Whether there is a fabric, or how many nodes there are, must not be unknown.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from policies.groups import carries
from policies.parameters import Number, parameter
from policies.rules.base import Advice, Edit, Parameters, Rule, Violation
from policies.subject import Group, Subject

MIN_GBPS = Decimal(400)
"""The fabric of the first machines that are sold for it (p4d.24xlarge: four times 100 Gbit/s)."""


class Limits(Parameters):
    """From which fabric on it counts."""

    min_gbps: Number = parameter(
        MIN_GBPS, "fabric of a whole node from which it must be used, in Gbit/s", tighter="lower"
    )


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for one in subject.groups:
        if one.fabric is True or (one.nodes is not None and one.nodes.max <= 1):
            continue
        if carries(one, subject.market) is None:
            yield Violation.of(one, f"{one.what}: whether its machines have a fabric is unknown")
            continue
        paid = _paid(one, subject, parameters)
        if not paid:
            continue
        if one.fabric is None or one.nodes is None:
            unknown = "whether its nodes use it" if one.fabric is None else "how many nodes there are"
            yield Violation.of(one, f"{one.what}: {paid}; {unknown} is unknown")
        else:
            yield Violation.of(one, f"{one.what}: {paid}, and up to {one.nodes.max} nodes do not use it")


def _paid(one: Group, subject: Subject, parameters: Limits) -> str:
    for name in one.machines:
        machine = subject.market.machine(name)
        if machine is not None and machine.fabric and machine.fabric_gbps >= parameters.min_gbps:
            return f"{name} has a fabric of {machine.fabric_gbps:,.0f} Gbit/s"
    return ""


def fix(subject: Subject, violation: Violation) -> Iterable[Edit]:
    """The fabric that was paid for, where the spec says that the pool has none."""
    groups = [one for one in subject.groups if one.path and one.path == violation.path]
    if groups and violation.path.startswith("pools.") and all(one.fabric is False for one in groups):
        yield Edit(path=f"{violation.path}.fabric", value="required")


RULE = Rule(
    id="placement-mismatch",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    fix=fix,
    remedy="write `fabric: required` for the pool, or take machines without a fabric",
)
