"""Only machines that the organisation allows are started, and only where it allows them.

A list of machines is the simplest brake on cost: what is not on it cannot be bought by accident. The rule looks at every
machine that a group of nodes, an instance, a reservation or a template may start, the system pool's included.
Parameters: `allow` and `deny`, globs over machines (`p5*`, `a3-*`), or over regions and machines (`us-east-1:p5*`); an
empty `allow` allows everything that `deny` does not name. Where there is a list, a machine or region that is unknown fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from policies.groups import some
from policies.parameters import Words, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Group, Subject


class Limits(Parameters):
    """The lists."""

    allow: Words = parameter((), "globs over `machine` or `region:machine`; empty: everything", tighter="subset")
    deny: Words = parameter((), "globs over `machine` or `region:machine` that are refused", tighter="superset")


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    if not parameters.allow and not parameters.deny:
        return
    for one in subject.groups:
        if not one.machines or not one.region:
            what = "which machines it starts" if not one.machines else "in which region it stands"
            yield Violation.of(one, f"{one.what}: {what} is unknown until it exists")
            continue
        denied = [name for name in one.machines if _named(name, one, parameters.deny)]
        if denied:
            yield Violation.of(one, f"{one.what}: {some(denied)} in {one.region}: the rule refuses it by name")
        missing = [name for name in one.machines if parameters.allow and not _named(name, one, parameters.allow)]
        if missing:
            allowed = ", ".join(parameters.allow)
            yield Violation.of(
                one, f"{one.what}: {some(missing)} in {one.region} is not among what is allowed: {allowed}"
            )


def _named(machine: str, one: Group, globs: Iterable[str]) -> bool:
    return any(_matches(glob, machine, one.region) for glob in globs)


def _matches(glob: str, machine: str, region: str) -> bool:
    return fnmatchcase(f"{region}:{machine}" if ":" in glob else machine, glob)


RULE = Rule(
    id="allowed-machine-types",
    about=__doc__,
    level="mandatory",
    judge=judge,
    parameters=Limits,
    remedy="take an allowed machine: the pool's `accelerator` or `machine`, or `system.machine`",
)
