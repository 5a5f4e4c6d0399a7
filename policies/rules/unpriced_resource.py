"""Everything that costs money has a price.

A tool that counts an unknown price as zero hides the most expensive surprises. Each line of the cost report that has
no price fails here, by itself; a price that the user states, with source and date, is a price. No parameters.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Subject


def judge(subject: Subject, parameters: Parameters) -> Iterable[Violation | Advice]:
    for line in subject.cost.unpriced:
        pool = f" of pool {line.pool}" if line.pool else ""
        month = "" if "month" in line.unit or line.one_off else " a month"
        yield Violation(
            message=f"{line.item}{pool} has no price, so the total leaves it out"
            f" ({line.quantity.max:,.0f} {line.unit}{month} at the maximum)",
            hint=line.hint or "state its price in the spec, with source and date",
            path=line.path,
            resource="" if line.path else re.split(r": | \(", line.item)[0],
        )


RULE = Rule(id="unpriced-resource", about=__doc__, level="mandatory", judge=judge)
