"""A bought block is known: its window, and what it cost before the first node ran.

The fee of a block is charged at once and never given back, so that a wrong date is money lost. The rule looks at every
block: its first and last day and its fee must be known, its window no longer than was agreed, its fee below a ceiling.
Parameters: `max_upfront_usd` (USD for one block, one amount or one by environment; none: no ceiling) and `max_days`
(days from the first to the last).
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.parameters import MoneyByEnvironment, Whole, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation, at, usd
from policies.subject import Purchase, Subject

BLOCK = "block"


class Limits(Parameters):
    """What a block may cost, and how long it may be."""

    max_upfront_usd: MoneyByEnvironment = parameter({}, "most that one block may cost, in USD", tighter="lower")
    max_days: Whole = parameter(182, "most days of one block; EC2 sells no longer ones", tighter="lower")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    ceiling = at(parameters.max_upfront_usd, subject.environment)
    for one in subject.purchases:
        if one.kind != BLOCK:
            continue
        yield from _window(one, parameters.max_days)
        if one.upfront_usd is None:
            yield Violation.of(one, f"{one.what}: its fee is unknown, which is charged at once and not given back")
        elif ceiling is not None and one.upfront_usd > ceiling:
            yield Violation.of(
                one,
                f"{one.what} costs {usd(one.upfront_usd)}, charged at once and not given back;"
                f" {usd(ceiling)} are allowed for a block",
            )


def _window(one: Purchase, most: int) -> Iterable[Violation]:
    if one.starts is None or one.ends is None:
        yield Violation.of(one, f"{one.what}: from when to when it runs is unknown")
    elif (days := (one.ends - one.starts).days) > most:
        yield Violation.of(one, f"{one.what} runs from {one.starts} to {one.ends}, {days} days; {most} are allowed")


RULE = Rule(
    id="capacity-block-window",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    remedy="write the block's `start`, `end` and `upfront_usd` under the pool's `capacity`, as the purchase said them",
)
