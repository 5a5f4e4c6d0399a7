"""Accelerators that are hard to get are reserved, not hoped for.

A launch on demand of the newest accelerators mostly fails for want of capacity, and a job then waits for days. The rule
looks at pools whose machines carry one of the accelerators in `accelerators` and that have no rung of bought capacity:
a reservation or a block. A rung on spot takes what there is, one on flex capacity waits in a queue, and neither is judged.
What its capacity is must be known. It is advisory everywhere, as an account may well have capacity that nobody else sees.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.groups import BOUGHT, PASSING, pools_of
from policies.parameters import Words, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Group, Subject


class Limits(Parameters):
    """What is scarce."""

    accelerators: Words = parameter(
        ("H100", "H200", "B200", "B300", "GB200", "GB300"), "accelerators that need bought capacity", tighter="superset"
    )


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for rungs in pools_of(subject.groups):
        if any(one.capacity_type in BOUGHT for one in rungs):
            continue
        for one in rungs:
            scarce = _scarce(one, subject, parameters)
            if one.capacity_type in PASSING or scarce == ():
                continue
            if scarce is None:
                yield Violation.of(one, f"{one.what}: whether it needs accelerators that are scarce is unknown")
            elif one.capacity_type is None:
                yield Violation.of(one, f"{one.what} asks for {scarce[0]}, and how they are bought is unknown")
            else:
                yield Violation.of(
                    one, f"{one.what} asks for {scarce[0]} on demand: launches are likely to fail for want of capacity"
                )


def _scarce(group: Group, subject: Subject, parameters: Limits) -> tuple[str, ...] | None:
    """The scarce accelerators of a group; None where its machines are unknown."""
    known = [subject.market.machine(name) for name in group.machines]
    found = {machine.accelerator for machine in known if machine is not None and machine.accelerator}
    if scarce := sorted(found & set(parameters.accelerators)):
        return tuple(scarce)
    return None if None in known or not known else ()


RULE = Rule(
    id="on-demand-scarce-gpu",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    remedy="put a `reservation` or `block` first under the pool's `capacity`",
)
