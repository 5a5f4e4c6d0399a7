"""An hour of the whole cluster at its maximum stays below a ceiling.

It bounds what a forgotten weekend costs. The ceiling is the lower one of the spec's `budget.usd_per_hour` and the
parameter `usd_per_hour` (USD per hour, one amount or one by environment); without either the rule has nothing to
say. The fee of a block, paid once, is no part of the hour. A line without a price makes the hour unknown, and the
rule fails.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.parameters import MoneyByEnvironment, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation, at, lower, unpriced, usd
from policies.subject import Subject

PATH = "budget.usd_per_hour"


class Limits(Parameters):
    """What an hour may cost."""

    usd_per_hour: MoneyByEnvironment = parameter(
        {}, "ceiling in USD per hour; the spec's own holds where it is lower", tighter="lower"
    )


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    ceiling = lower(subject.budget.usd_per_hour, at(parameters.usd_per_hour, subject.environment))
    if ceiling is None:
        return
    maximum, left_out = subject.cost.hourly.max, len(subject.cost.unpriced)
    if maximum > ceiling:
        beside = f" (and {unpriced(left_out)})" if left_out else ""
        yield Violation(
            message=f"an hour costs up to {usd(maximum)}{beside}, {usd(maximum - ceiling)} more than the"
            f" ceiling of {usd(ceiling)}",
            hint=f"lower the pools' maxima or take cheaper machines; or raise {PATH}",
            path=PATH,
        )
    elif left_out:
        yield Violation(
            message=f"what an hour costs is unknown: {unpriced(left_out)}, and the others come to {usd(maximum)};"
            f" nobody can say that it stays below the ceiling of {usd(ceiling)}",
            hint="state the missing prices in the spec, with source and date",
            path=PATH,
        )


RULE = Rule(
    id="hourly-burn-ceiling",
    about=__doc__,
    level="mandatory",
    judge=judge,
    parameters=Limits,
)
