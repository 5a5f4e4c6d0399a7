"""A change does not raise the monthly maximum by more than was agreed.

A cluster below its ceiling may still double in one change that nobody looked at. The rule compares the monthly maximum
with that of a baseline, which is what the stack was before: another revision (`--compare-to`), what is deployed
(`preview --state`, priced with today's catalogue), or another stack. Without one its verdict is `not-compared`.
Parameters: `max_increase_usd` (USD a month, one amount or one by environment) and `max_increase_percent` (of the
baseline); the stricter one holds. Where a line on either side has no price, or a state does not tell what it costs, the
increase is unknown and the rule fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from policies.parameters import MoneyByEnvironment, Percent, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation, at, unpriced, usd
from policies.subject import Subject

_EXPORT = "compare with a revision (`--compare-to main`); or run `gpufleet up`, which exports both"


class Limits(Parameters):
    """How much more a change may cost."""

    max_increase_usd: MoneyByEnvironment = parameter(
        {}, "most that a change may add to the monthly maximum, in USD", tighter="lower"
    )
    max_increase_percent: Percent = parameter(
        Decimal(25), "most that a change may add, in percent of the baseline's monthly maximum", tighter="lower"
    )


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    base = subject.baseline
    if base is None:
        return
    maximum = subject.cost.monthly.max
    if base.monthly_max is None or subject.cost.unpriced:
        there = base.why or f"on {base.name} lines have no price"
        why = there if base.monthly_max is None else unpriced(len(subject.cost.unpriced))
        yield Violation(
            message=f"how much more than {base.name} it costs is unknown: {why}",
            hint=_EXPORT if why == base.why else "state the missing prices in the spec, with source and date",
            path="budget",
        )
        return
    increase = maximum - base.monthly_max
    limits = [base.monthly_max * parameters.max_increase_percent / 100]
    amount = at(parameters.max_increase_usd, subject.environment)
    limits += [amount] if amount is not None else []
    if increase > min(limits):
        percent = f", {increase * 100 / base.monthly_max:,.0f} %" if base.monthly_max else ""
        yield Violation(
            message=f"the monthly maximum grows by {usd(increase)}{percent}: from {usd(base.monthly_max)} on {base.name}"
            f" to {usd(maximum)}; a change may add {usd(min(limits))}",
            path="budget",
        )


RULE = Rule(
    id="budget-increase",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    compared=lambda subject: subject.baseline is not None,
    remedy="make the change smaller (`pools.*.nodes`, a cheaper machine), or have the increase agreed and waive it",
)
