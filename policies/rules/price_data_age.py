"""Prices that decide are not too old to decide by.

A total reckoned from last year's prices looks as exact as one from today's. The rule adds up the lines whose price is
older than `max_days` and fails when they make up more than `max_percent` of the monthly maximum; a price without a date
counts as too old, since its age is unknown. What the spec states bears its own date and ages as well; a fee that was
paid does not.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from components.cost.facts import SPEC
from components.cost.model import CostLine
from policies.parameters import Percent, Whole, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation, usd
from policies.subject import Subject


class Limits(Parameters):
    """How old prices may be."""

    max_days: Whole = parameter(365, "most days since a price was read at its source", tighter="lower")
    max_percent: Percent = parameter(
        Decimal(25), "most percent of the monthly maximum that may stand on older prices", tighter="lower"
    )


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    dated = [line for line in subject.cost.lines if line.monthly is not None and line.source != SPEC]
    old = [line for line in dated if (age := _age(line, subject)) is None or age > parameters.max_days]
    amount = sum((line.monthly.max for line in old if line.monthly), Decimal(0))
    if not old or amount * 100 <= subject.cost.monthly.max * parameters.max_percent:
        return
    dearest = max(old, key=lambda line: line.monthly.max if line.monthly else Decimal(0))
    since = f"of {dearest.as_of}" if dearest.as_of else "of an unknown day"
    yield Violation(
        message=f"{usd(amount)} of the monthly maximum of {usd(subject.cost.monthly.max)} stand on prices that are older"
        f" than {parameters.max_days} days, or of unknown age; the dearest is {dearest.item}, {since}",
    )


def _age(line: CostLine, subject: Subject) -> int | None:
    return None if line.as_of is None else (subject.on - line.as_of).days


RULE = Rule(
    id="price-data-age",
    about=__doc__,
    level="mandatory",
    judge=judge,
    parameters=Limits,
    remedy="take a newer release of the toolkit, or state today's prices in the spec, with source and date",
)
