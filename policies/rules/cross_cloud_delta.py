"""Says where another cloud sells the same accelerator for much less.

It is for information: moving a cluster is a project of its own, but who negotiates a contract should know the figure.
The rule compares what one accelerator costs for an hour here with the cheapest list price in each other cloud, on a
machine with as many accelerators and not many fewer vCPUs; where no other catalogue has a price of such a one, there is
nothing to compare and it says nothing. What is paid at list price is taken at that of this cloud's own cheapest region,
for what a region costs region-price-delta tells. Parameter `max_percent`: how much more may be paid here. A price here
that is unknown cannot be compared, and fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from policies.parameters import Percent, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation, usd
from policies.subject import Rate, Subject

if TYPE_CHECKING:
    from components.catalog import Machine
    from policies.market import Market


class Limits(Parameters):
    """How much more may be paid here."""

    max_percent: Percent = parameter(Decimal(30), "most percent above the cheapest other cloud", tighter="lower")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for rate in subject.rates:
        market = subject.market.of(rate.cloud)
        like, here = _here(rate, subject, market)
        others = market.offers(rate.accelerator, like)
        if not others:
            continue
        best = min(others, key=lambda one: (one.usd, one.cloud))
        if here is None:
            yield Violation.of(
                rate,
                f"{rate.what}: the price of one {rate.accelerator} for an hour is unknown; {best.cloud} sells it for"
                f" {usd(best.usd)}",
            )
        elif here > best.usd * (100 + parameters.max_percent) / 100:
            percent = (here / best.usd - 1) * 100 if best.usd else Decimal(0)
            where = "" if here == rate.usd else " in the cheapest region"
            yield Violation.of(
                rate,
                f"{rate.what}: one {rate.accelerator} costs {usd(here)} an hour{where}, {percent:.0f} % more than on"
                f" {best.cloud} ({usd(best.usd)}: {best.machine} in {best.region})",
            )


def _here(rate: Rate, subject: Subject, market: Market) -> tuple[Machine | None, Decimal | None]:
    """The machine that a price is of, as far as that is known, and the price to compare."""
    first: Machine | None = None
    for one in subject.groups if rate.path else ():
        for name in one.machines if one.path == rate.path else ():
            machine = market.machine(name)
            if machine is None or machine.accelerator != rate.accelerator:
                continue
            first = first or machine
            listed = market.prices(name, one.region)
            if one.region in listed and listed[one.region] / machine.accelerator_count == rate.usd:
                return machine, min(listed.values()) / machine.accelerator_count
    return first, rate.usd


RULE = Rule(
    id="cross-cloud-delta",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    remedy="for information: compare with `cloud` and `region` of a copy of the stack, or negotiate with the figure",
)
