"""Faults that can be rehearsed by name: what goes wrong, where, and what a person then does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.errors import Finding, InputError, Level, did_you_mean
from components.plan.model import ClusterPlan
from components.records import record
from scripts.rehearsal import providers


@record(kw_only=True)
class NamedFault:
    """A fault by name: `faults` as the simulated cloud takes them, `settings` of the cloud that belong to it."""

    about: str
    faults: Sequence[Mapping[str, Any]]
    settings: Mapping[str, Any] | None = None


# `{pool}` stands for the first pool's first rung: what is wanted most, and what most often cannot be had. `{before}`
# stands for what nodes need and what has no name of its own, so that it can be made twice.
_NODES, _BEFORE = "*::{pool}-nodes", "*::{before}"
NAMED: Mapping[str, NamedFault] = {
    "throttling": NamedFault(
        about="the cloud answers every first attempt with: too many requests; the provider tries again",
        faults=({"at": "*", "call": "create", "kind": "throttle", "times": 20},),
    ),
    "throttled-out": NamedFault(
        about="a node group is refused with: too many requests, until the provider gives up",
        faults=({"at": _NODES, "call": "create", "kind": "throttle", "times": 26},),  # one more than it tries again
    ),
    "server-error": NamedFault(
        about="the cloud fails at a node group",
        faults=({"at": _NODES, "call": "create", "kind": "error"},),
    ),
    "error-after-success": NamedFault(
        about="the cloud makes what nodes need (a launch template, a router) and answers with an error",
        faults=({"at": _BEFORE, "call": "create", "kind": "error-after-success"},),
    ),
    "capacity": NamedFault(
        about="the zone has no machines left for a node group",
        faults=({"at": _NODES, "call": "create", "kind": "capacity"},),
    ),
    "lost-reply": NamedFault(
        about="the connection breaks after something that nodes need was made (a launch template, a router)",
        faults=({"at": _BEFORE, "call": "create", "kind": "lost-reply"},),
    ),
    "half-made": NamedFault(
        about="a node group comes up with fewer nodes than it should",
        faults=({"at": _NODES, "call": "create", "kind": "partial", "message": "NodeCreationFailure: not ready"},),
    ),
    "not-found-after-create": NamedFault(
        about="what was just made is not found at first; the provider looks again",
        faults=({"at": _NODES, "call": "create", "kind": "not-found-after-create"},),
    ),
}


def named(names: Sequence[str]) -> list[NamedFault]:
    """Faults by their names. Raises InputError with every name that is none."""
    wrong = [name for name in names if name not in NAMED]
    if wrong:
        hint = did_you_mean(wrong[0], tuple(NAMED))
        raise InputError(
            Finding(id="fault", level=Level.ERROR, message=f"there is no fault {name!r}", hint=hint) for name in wrong
        )
    return [NAMED[name] for name in names]


def aimed(fault: NamedFault, plan: ClusterPlan) -> list[dict[str, Any]]:
    """The faults at the resources of a plan; at the system pool where it has no other."""
    groups = (role for pool in plan.pools for rung in pool.rungs for role, _ in rung.node_groups)
    role = next(groups, "system")
    means = {"{before}": providers.before_nodes(plan.cloud), "{pool}": f"{plan.stack}-{role}", "{stack}": plan.stack}
    return [{**one, "at": _filled(str(one["at"]), means)} for one in fault.faults]


def _filled(text: str, means: Mapping[str, str]) -> str:
    for place, what in means.items():
        text = text.replace(place, what)
    return text
