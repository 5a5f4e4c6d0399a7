"""Who tries things out starts with one accelerator, or a part of one.

Most development needs a GPU and not eight of them, and a machine with eight is billed whole. The rule looks at pools
without a fabric: a pool with one is a small copy of what trains, and needs whole machines. Parameter
`max_accelerators`: the most accelerators on one node. It is advisory in `dev`, `ci` and `test` and disabled elsewhere. A
machine that is unknown fails.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.groups import carries
from policies.parameters import Whole, parameter
from policies.rules.base import ANY, Advice, Parameters, Rule, Violation
from policies.subject import Group, Subject


class Limits(Parameters):
    """How many accelerators a node may carry."""

    max_accelerators: Whole = parameter(1, "most accelerators on one node of a pool without fabric", tighter="lower")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for one in subject.groups:
        if one.fabric is True or carries(one, subject.market) is False:
            continue
        most = _most(one, subject)
        if most is None:
            yield Violation.of(one, f"{one.what}: how many accelerators its nodes carry is unknown")
        elif most > parameters.max_accelerators:
            yield Violation.of(
                one, f"{one.what}: a node carries {most} accelerators; {parameters.max_accelerators} will mostly do"
            )


def _most(one: Group, subject: Subject) -> int | None:
    known = [subject.market.machine(name) for name in one.machines]
    counts = [machine.accelerator_count for machine in known if machine is not None]
    return max(counts) if counts and len(counts) == len(known) else None


RULE = Rule(
    id="fractional-gpu-first",
    about=__doc__,
    level={"dev": "advisory", "ci": "advisory", "test": "advisory", ANY: "disabled"},
    judge=judge,
    parameters=Limits,
    remedy="take a machine with one accelerator (`accelerator: [L4:1, A10G:1, T4:1]`), and share it by `time_slices`",
)
