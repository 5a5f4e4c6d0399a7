"""What is only for trying things out goes away by itself.

A forgotten development cluster is paid until somebody looks at the bill. The rule asks the cluster for a last day, or
for accelerators that go to zero by themselves: a minimum of zero nodes, or hours that end every day. What runs
accelerators beside the cluster needs a last day of its own, in the tag `expires-at`. Parameter `max_days`: the most
days until that day. It is mandatory in `dev`, `ci` and `test` and disabled elsewhere. A last day that is unknown fails.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.parameters import Whole, parameter
from policies.rules.base import ANY, Advice, Edit, Parameters, Rule, Violation
from policies.subject import Subject


class Limits(Parameters):
    """How long something may live."""

    max_days: Whole = parameter(180, "most days until the last day", tighter="lower")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for one in subject.lifetimes:
        if one.stops:
            continue
        if one.stated is False:
            yield Violation.of(one, f"{one.what} has no last day, and its accelerators never stop by themselves")
        elif one.expires is None:
            yield Violation.of(one, f"{one.what}: its last day is unknown: it must be a plain date")
        elif (left := (one.expires - subject.on).days) > parameters.max_days:
            yield Violation.of(
                one, f"{one.what} lasts until {one.expires}, {left} days from now; {parameters.max_days} are allowed"
            )
        elif left < 0 and one.path != PATH:  # of the cluster's own last day the dated checks tell
            yield Violation.of(one, f"{one.what} should be gone since {one.expires}", "delete it")


PATH = "schedule.expires"


def fix(subject: Subject, violation: Violation) -> Iterable[Edit]:
    """A month from now, for a cluster that says nothing."""
    from datetime import timedelta

    if violation.path == PATH and any(one.stated is False and one.path == PATH for one in subject.lifetimes):
        yield Edit(path=PATH, value=(subject.on + timedelta(days=30)).isoformat())


RULE = Rule(
    id="idle-ttl",
    about=__doc__,
    level={"dev": "mandatory", "ci": "mandatory", "test": "mandatory", ANY: "disabled"},
    judge=judge,
    parameters=Limits,
    fix=fix,
    remedy="set `schedule.expires`, or `schedule.hours`, or a minimum of 0 `nodes`; by hand: the tag expires-at",
)
