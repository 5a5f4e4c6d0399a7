"""A cluster does not stand in a region where its machines cost much more than elsewhere.

The same machine costs up to twice as much in another region of the same cloud, every hour. The rule compares the list
price of each machine with accelerators with the cheapest region that the account can use; the user's own price counts
where there is no list price. What was bought stands where it stands and is not judged. Parameters: `max_percent` above
the cheapest region, and `regions`, globs over the regions that may be chosen. A price that is unknown fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from fnmatch import fnmatchcase

from policies.groups import BOUGHT, carries
from policies.parameters import Percent, Words, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation, usd
from policies.subject import Group, Subject


class Limits(Parameters):
    """How much dearer a region may be."""

    max_percent: Percent = parameter(Decimal(20), "most percent above the cheapest region", tighter="lower")
    regions: Words = parameter(("*",), "globs over the regions that may be chosen", tighter="superset")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    seen: set[tuple[str, str]] = set()
    for one in subject.groups:
        if one.capacity_type in BOUGHT or carries(one, subject.market) is False:
            continue
        machine = one.machines[0] if one.machines else ""
        if (one.path, machine) in seen and one.path:
            continue  # the rungs of a pool have one machine first
        seen.add((one.path, machine))
        yield from _group(one, machine, subject, parameters)


def _group(one: Group, machine: str, subject: Subject, parameters: Limits) -> Iterable[Violation]:
    prices = subject.market.prices(machine, one.region)
    here = prices.get(one.region) or _stated(one, subject)
    if here is None:
        place = f"{machine or 'its machine'} in {one.region or 'a region that is unknown'}"
        yield Violation.of(one, f"{one.what}: the price of {place} is unknown, and so is what it is elsewhere")
        return
    there = {
        name: price for name, price in prices.items() if any(fnmatchcase(name, glob) for glob in parameters.regions)
    }
    if not there:
        return
    cheapest = min(there, key=lambda name: (there[name], name))
    if here > there[cheapest] * (100 + parameters.max_percent) / 100:
        percent = (here / there[cheapest] - 1) * 100
        yield Violation.of(
            one,
            f"{one.what}: {machine} costs {usd(here)} an hour in {one.region}, {percent:.0f} % more than in {cheapest}"
            f" ({usd(there[cheapest])}); {parameters.max_percent:f} % are allowed",
        )


def _stated(one: Group, subject: Subject) -> Decimal | None:
    """The user's own price of a node-hour."""
    for line in subject.cost.lines:
        if line.pool == one.pool and line.kind == "machine" and line.unit == "node-hour" and line.price_kind == "user":
            return line.unit_price
    return None


RULE = Rule(
    id="region-price-delta",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    remedy="move to that `region` if the data may; or state what you pay under the pool's `price`",
)
