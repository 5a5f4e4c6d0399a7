"""Pools without a fabric run on spot capacity where things are only tried out.

Spot machines cost a fraction of the list price, and what is tried out can be started again. The rule looks at pools
with accelerators: at least one of their rungs must be spot, with on-demand behind it where there is no spot; flex
capacity, which is cheaper too and ends by itself, will do. A pool with a fabric is exempt, since one node taken back
stops the whole gang, and so is what was bought already. Parameter
`exempt`: globs over pools and resources that may do without. It is mandatory in `ci`, advisory in `dev`, where somebody
may wait for the machine, and disabled elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from policies.groups import BOUGHT, PASSING, carries, pools_of
from policies.parameters import Words, parameter
from policies.rules.base import ANY, Advice, Parameters, Rule, Violation
from policies.subject import Group, Subject


class Limits(Parameters):
    """Which pools may do without spot."""

    exempt: Words = parameter((), "globs over names of pools and resources that need no spot", tighter="subset")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for rungs in pools_of(subject.groups):
        first = rungs[0]
        names = {one.pool for one in rungs} | {one.resource for one in rungs if one.resource}
        if any(fnmatchcase(name, glob) for name in names for glob in parameters.exempt):
            continue
        judged = [one for one in rungs if one.capacity_type not in BOUGHT and one.fabric is not True]
        judged = [one for one in judged if carries(one, subject.market) is not False]
        if judged and all(one.capacity_type not in PASSING for one in rungs):
            yield _violation(first, judged)


def _violation(first: Group, judged: list[Group]) -> Violation:
    if any(one.capacity_type is None for one in judged):
        return Violation.of(first, f"{first.what}: whether it runs on spot capacity is unknown until it exists")
    return Violation.of(first, f"{first.what} runs accelerators on demand alone, where spot would do")


RULE = Rule(
    id="spot-required",
    about=__doc__,
    level={"ci": "mandatory", "dev": "advisory", ANY: "disabled"},
    judge=judge,
    parameters=Limits,
    remedy="write `capacity: [spot, on-demand]` for the pool; by hand: capacityType SPOT, as a plain value",
)
