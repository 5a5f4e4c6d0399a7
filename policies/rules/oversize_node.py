"""No node is larger than its accelerators need.

The same accelerator is sold on machines of very different size: the largest costs several times as much as the smallest
and trains no faster. The rule compares each machine's vCPUs and memory with the number of its accelerators, and
fails where the cloud sells a smaller machine with the same accelerators. Parameters: `max_vcpus_per_accelerator` and
`max_gib_per_accelerator` (GiB of memory). A machine that is unknown, or unknown to the catalogue, fails.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

from policies.groups import some
from policies.parameters import Number, parameter
from policies.rules.base import Advice, Parameters, Rule, Violation
from policies.subject import Group, Subject

if TYPE_CHECKING:
    from components.catalog import Machine


class Limits(Parameters):
    """How large a node may be."""

    max_vcpus_per_accelerator: Number = parameter(Decimal(26), "most vCPUs for one accelerator", tighter="lower")
    max_gib_per_accelerator: Number = parameter(
        Decimal(260), "most memory for one accelerator, in GiB", tighter="lower"
    )


def judge(subject: Subject, parameters: Limits) -> Iterable[Violation | Advice]:
    for one in subject.groups:
        if not one.machines:
            yield Violation.of(one, f"{one.what}: which machines it starts is unknown until it exists")
        unknown = [name for name in one.machines if subject.market.machine(name) is None]
        if unknown:
            yield Violation.of(one, f"{one.what}: the size of {some(unknown)} is unknown to the catalogue")
        yield from _oversize(one, subject, parameters)


def _oversize(one: Group, subject: Subject, parameters: Limits) -> Iterable[Violation]:
    known = [machine for name in one.machines if (machine := subject.market.machine(name)) is not None]
    large = [machine for machine in known if machine.accelerator_count and not _fits(machine, parameters)]
    smaller = {machine.name: _smaller(machine, subject) for machine in large}
    names = [name for name, other in smaller.items() if other]
    if names:
        first = next(machine for machine in large if machine.name == names[0])
        count = first.accelerator_count
        yield Violation.of(
            one,
            f"{one.what}: {some(names)}: {first.vcpus / count:g} vCPUs and {first.memory_gib / count:g} GiB for one"
            f" {first.accelerator}; {parameters.max_vcpus_per_accelerator:f} and"
            f" {parameters.max_gib_per_accelerator:f} are allowed",
            f"take {smaller[names[0]]}, which has the same accelerators",
        )


def _smaller(machine: Machine, subject: Subject) -> str:
    """The machine to take instead; "" where none is smaller."""
    return next((other.name for other in subject.market.alternatives(machine) if other.vcpus < machine.vcpus), "")


def _fits(machine: Machine, parameters: Limits) -> bool:
    count = machine.accelerator_count
    return (
        machine.vcpus <= parameters.max_vcpus_per_accelerator * count
        and Decimal(str(machine.memory_gib)) <= parameters.max_gib_per_accelerator * count
    )


RULE = Rule(
    id="oversize-node",
    about=__doc__,
    level="advisory",
    judge=judge,
    parameters=Limits,
    remedy="take a machine that the catalogue knows; `gpufleet catalog` lists them",
)
