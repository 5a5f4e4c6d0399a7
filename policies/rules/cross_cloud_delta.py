"""Says where another cloud sells the same accelerator for much less.

It is for information: moving a cluster is a project of its own, but who negotiates a contract should know the figure.
The rule compares what one accelerator costs for an hour here with the cheapest list price in each other cloud whose
catalogue has that accelerator; where no other catalogue has a price, there is nothing to compare and it says nothing.
Parameter `max_percent`: how much more may be paid here. A price here that is unknown cannot be compared, and fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from policies.parameters import Percent, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation, usd
from policies.subject import Subject


class Limits(Parameters):
    """How much more may be paid here."""

    max_percent: Percent = parameter(Decimal(30), "most percent above the cheapest other cloud", tighter="lower")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for rate in subject.rates:
        others = subject.market.of(rate.cloud).offers(rate.accelerator)
        if not others:
            continue
        best = min(others, key=lambda one: (one.usd, one.cloud))
        if rate.usd is None:
            yield Violation.of(
                rate,
                f"{rate.what}: the price of one {rate.accelerator} for an hour is unknown; {best.cloud} sells it for"
                f" {usd(best.usd)}",
            )
        elif rate.usd > best.usd * (100 + parameters.max_percent) / 100:
            percent = (rate.usd / best.usd - 1) * 100 if best.usd else Decimal(0)
            yield Violation.of(
                rate,
                f"{rate.what}: one {rate.accelerator} costs {usd(rate.usd)} an hour, {percent:.0f} % more than on"
                f" {best.cloud} ({usd(best.usd)}: {best.machine} in {best.region})",
            )


RULE = Rule(
    id="cross-cloud-delta",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    remedy="for information: compare with `cloud` and `region` of a copy of the stack, or negotiate with the figure",
)
