"""The cluster's monthly maximum stays below its budget.

A pool that scales to its maximum at night is paid all the same, so the ceiling is held against the maximum: every
pool full, the fee of a bought block whole. The ceiling is the lower one of the spec's `budget.usd_per_month` and the
parameter `usd_per_month` (USD per month of 730 hours, one amount or one by environment). From `warn_at_percent`
of the ceiling it warns. A line without a price makes the maximum unknown, and the rule fails; so does a spec that
nobody gave a ceiling.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from policies.parameters import MoneyByEnvironment, Percent, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation, at, lower, unpriced, usd
from policies.subject import Subject

PATH = "budget.usd_per_month"


class Limits(Parameters):
    """What a month may cost."""

    usd_per_month: MoneyByEnvironment = parameter(
        {}, "ceiling in USD per month; the spec's own holds where it is lower", tighter="lower"
    )
    warn_at_percent: Percent = parameter(Decimal(80), "percent of the ceiling from which it warns", tighter="lower")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    ceiling = lower(subject.budget.usd_per_month, at(parameters.usd_per_month, subject.environment))
    maximum = subject.cost.monthly.max
    if ceiling is None:
        # A program of someone else's, with no spec, has no place to say it.
        kind = Violation if subject.planned else Advice
        yield kind(
            message=f"no monthly ceiling is set for {subject.environment}; the cluster costs up to {usd(maximum)}"
            " a month",
            hint="set budget.usd_per_month, or usd_per_month for this rule in the environment's configuration",
            path="budget",
        )
    elif maximum > ceiling:
        yield Violation(
            message=f"the cluster costs up to {usd(maximum)} a month ({usd(subject.cost.monthly.desired)} as desired)"
            f"{_left_out(subject)}, {usd(maximum - ceiling)} more than the ceiling of {usd(ceiling)}",
            hint=f"lower a maximum or take a cheaper machine{_dearest(subject)}; or raise {PATH}",
            path=PATH,
        )
    elif subject.cost.unpriced:
        yield Violation(
            message=f"the monthly maximum is unknown: {unpriced(len(subject.cost.unpriced))}, and the others come to"
            f" {usd(maximum)}; nobody can say that it stays below the ceiling of {usd(ceiling)}",
            hint="state the missing prices in the spec, with source and date",
            path=PATH,
        )
    elif maximum * 100 >= ceiling * parameters.warn_at_percent:
        yield Advice(
            message=f"the cluster costs up to {usd(maximum)} a month, {_percent(maximum, ceiling)} % of the ceiling of"
            f" {usd(ceiling)}",
            hint=f"plan for a higher {PATH} before anything is added",
            path=PATH,
        )


def _left_out(subject: Subject) -> str:
    left_out = len(subject.cost.unpriced)
    return f" (and {unpriced(left_out)})" if left_out else ""


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{part * 100 / whole:.0f}"


def _dearest(subject: Subject) -> str:
    priced = [(line.monthly.max, line) for line in subject.cost.lines if line.monthly is not None]
    if not priced:
        return ""
    amount, line = max(priced, key=lambda pair: pair[0])
    return f" (the dearest line is {line.item}{' of pool ' + line.pool if line.pool else ''}: {usd(amount)})"


RULE = Rule(
    id="monthly-budget-ceiling",
    about=__doc__,
    level="mandatory",
    judge=judge,
    parameters=Limits,
)
