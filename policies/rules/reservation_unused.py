"""What is reserved is used.

A reserved machine costs the same idle or busy. The rule compares how many machines each reservation and each block
holds with the most nodes that the groups of this stack may run in it; a reservation that a program makes and nothing
uses is found too. Parameter `slack`: machines of one purchase that may stay without a node. Where either number cannot
be read, the rule fails.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.parameters import Whole, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Subject


class Limits(Parameters):
    """How much may lie idle."""

    slack: Whole = parameter(0, "machines of one purchase that may stay without a node", tighter="lower")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for one in subject.purchases:
        if one.nodes is None or one.used is None:
            yield Violation.of(one, f"{one.what}: how many machines it holds, or how many nodes use them, is unknown")
        elif one.nodes - one.used > parameters.slack:
            yield Violation.of(
                one,
                f"{one.what} holds {one.nodes} machines, and the pools run at most {one.used} in it:"
                f" {one.nodes - one.used} are paid for nothing",
            )


RULE = Rule(
    id="reservation-unused",
    about=__doc__,
    level="mandatory",
    judge=judge,
    parameters=Limits,
    remedy="raise the pool's `nodes`, or make the purchase smaller and write its size under `capacity`",
)
