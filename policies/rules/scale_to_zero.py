"""Pools of accelerators may be empty where nobody waits for them.

A node that nobody uses costs as much as one that trains. In environments for trying things out a pool should start at
zero and grow when a job asks for it. The rule looks at groups whose machines carry accelerators and that keep nodes at
their minimum; what was bought is paid anyway, and what hours take to zero is empty often enough. Parameter `exempt`:
globs over pools and resources that may keep nodes. It is advisory in `dev`, `ci` and `test` and disabled elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from policies.groups import BOUGHT, carries
from policies.parameters import Words, parameter
from policies.rules.base import ANY, Advice, Edit, Parameters, Rule, Violation
from policies.subject import Subject


class Limits(Parameters):
    """Which pools may keep nodes."""

    exempt: Words = parameter((), "globs over names of pools and resources that may keep nodes", tighter="subset")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for one in subject.groups:
        names = [name for name in (one.pool, one.resource) if name]
        if one.capacity_type in BOUGHT or one.stops or carries(one, subject.market) is False:
            continue
        if any(fnmatchcase(name, glob) for name in names for glob in parameters.exempt):
            continue
        if one.nodes is None:
            yield Violation.of(one, f"{one.what}: how many nodes it keeps is unknown until it exists")
        elif one.nodes.min > 0:
            kept = "1 node" if one.nodes.min == 1 else f"{one.nodes.min} nodes"
            yield Violation.of(one, f"{one.what} keeps {kept} when nothing runs")


def fix(subject: Subject, violation: Violation) -> Iterable[Edit]:
    """The same maximum from zero, where what the pool keeps was not bought."""
    groups = [one for one in subject.groups if one.path and one.path == violation.path]
    most = [one.nodes.max for one in groups if one.nodes is not None and one.capacity_type not in BOUGHT]
    if violation.path.startswith("pools.") and most and len(most) == len(groups):
        yield Edit(path=f"{violation.path}.nodes", value=f"0..{max(most)}")


RULE = Rule(
    id="scale-to-zero",
    about=__doc__,
    level={"dev": "advisory", "ci": "advisory", "test": "advisory", ANY: "disabled"},
    judge=judge,
    parameters=Limits,
    fix=fix,
    remedy="write `nodes: 0..N` for the pool, or hours under `schedule.hours`",
)
