"""No pool is built on accelerators of an earlier age.

An old accelerator is cheap by the hour and dear by the result, and its vendor stops selling and supporting it. The rule
looks at every machine that a group may start. Parameters: `machines`, globs over machine names as the clouds write
them, and `accelerators`, names of accelerators. A machine that is unknown, because it is named only when it exists,
fails.
"""

from __future__ import annotations

from collections.abc import Iterable

from policies.groups import matches, some
from policies.parameters import Words, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Subject

# Machines with K80, M60, P4, P40, P100 and V100, as the vendors' pages list them.
MACHINES = (
    *("g2.*", "g3.*", "g3s.*", "p2.*", "p3.*", "p3dn.*"),
    # accelerators that are attached to a plain machine: `n1-standard-8 + 4 nvidia-tesla-v100`
    *(f"n1-* nvidia-tesla-{kind}*" for kind in ("k80", "p4", "p100", "v100")),
    *(
        "Standard_NC*_v2",
        "Standard_NC*s_v3",
        "Standard_ND*s",
        "Standard_ND40rs_v2",
        "Standard_NV*_v2",
        "Standard_NV*_v3",
    ),
)
ACCELERATORS = ("K80", "M60", "P4", "P40", "P100", "V100")


class Limits(Parameters):
    """What is too old."""

    machines: Words = parameter(MACHINES, "globs over names of machines that are too old", tighter="superset")
    accelerators: Words = parameter(ACCELERATORS, "accelerators that are too old", tighter="superset")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for one in subject.groups:
        if not one.machines:
            yield Violation.of(one, f"{one.what}: which machines it starts is unknown until it exists")
        old = [name for name in one.machines if _is_old(name, subject, parameters)]
        if old:
            yield Violation.of(one, f"{one.what}: {some(old)} is of an earlier age, or retired")


def _is_old(name: str, subject: Subject, parameters: Limits) -> bool:
    machine = subject.market.machine(name)
    if machine is not None and machine.accelerator in parameters.accelerators:
        return True
    return any(matches(name, glob) for glob in parameters.machines)


RULE = Rule(
    id="retired-or-slow-gpu",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    remedy="name a current accelerator under the pool's `accelerator`; `gpufleet catalog` lists them",
)
