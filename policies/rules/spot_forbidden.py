"""Pools that train as a gang do not run on spot capacity.

When one node of a gang is taken back, the whole job stops and falls back to its last checkpoint. The rule looks at
pools with a fabric and several nodes, and at those whose capacity is unknown. It is mandatory in `prod` and
`production` and advisory elsewhere; an organisation whose production has another name sets the level by environment.
No parameters.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.rules.base import ANY, Advice, Edit, Parameters, Rule, Violation
from policies.subject import Subject

SPOT = "spot"
ON_DEMAND = "on-demand"


def judge(subject: Subject, parameters: Parameters) -> Iterable[Violation | Advice]:
    for pool in subject.pools:
        if pool.gang is False:
            continue
        gang = "trains as a gang" if pool.gang else "may train as a gang (its fabric or its size is unknown)"
        if SPOT in pool.capacity_types:
            yield Violation.of(
                pool,
                f"{pool.what} {gang} and may run on spot capacity: one node taken back stops the whole job",
                "take `spot` off the pool's capacity; use on-demand, a reservation or a block",
            )
        elif None in pool.capacity_types:
            yield Violation.of(
                pool,
                f"{pool.what} {gang}, and whether it runs on spot capacity is unknown until it exists",
                "write the capacity type as a plain value",
            )


def fix(subject: Subject, violation: Violation) -> Iterable[Edit]:
    """The pool's other capacity, where it is on demand; who has spot alone, or what was bought beside it, chooses."""
    pool = next((one for one in subject.pools if one.path and one.path == violation.path), None)
    kinds = list(dict.fromkeys(pool.capacity_types)) if pool is not None else []
    if set(kinds) == {SPOT, ON_DEMAND}:
        yield Edit(path=f"{violation.path}.capacity", value=[ON_DEMAND])


RULE = Rule(
    id="spot-forbidden",
    about=__doc__,
    level={"prod": "mandatory", "production": "mandatory", ANY: "advisory"},
    judge=judge,
    fix=fix,
)
