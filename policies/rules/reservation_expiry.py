"""A reservation has an end, and not too far away.

Reserved machines are billed from the first minute to the last, whether a job runs on them or not; a reservation that
nobody remembers is the most expensive line of a bill. The rule looks at every reservation that the cluster uses and at
those that a program makes itself. Parameters: `require_end`, true: a reservation without an end is refused, and
`max_days`, the most days that may be left of one. An end that cannot be read fails.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.parameters import Flag, Whole, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Subject

RESERVATION = "reservation"


class Limits(Parameters):
    """How long a reservation may last."""

    require_end: Flag = parameter(True, "true: a reservation must have a last day", tighter="true")
    max_days: Whole = parameter(366, "most days that may be left until the last day", tighter="lower")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for one in subject.purchases:
        if one.kind != RESERVATION:
            continue
        if one.open_ended:
            if parameters.require_end:
                yield Violation.of(one, f"{one.what} has no end: it is billed until somebody cancels it")
        elif one.ends is None:
            yield Violation.of(one, f"{one.what}: until when it runs is unknown")
        elif (left := (one.ends - subject.on).days) > parameters.max_days:
            yield Violation.of(
                one,
                f"{one.what} runs until {one.ends}, {left} days from now; {parameters.max_days} are allowed",
                "let it end sooner and take it again, or set the rule's `max_days` for what was agreed",
            )


RULE = Rule(
    id="reservation-expiry",
    about=__doc__,
    level="mandatory",
    judge=judge,
    parameters=Limits,
    remedy="give it an end (`until` under the pool's `capacity`; by hand: endDate, with endDateType `limited`)",
)
