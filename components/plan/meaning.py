"""What one shape means on different clouds: what comes out the same, and what each cloud has its own way of.

Stacks of one blueprint on different clouds have no plan in common that could be compared path by path. What a shape asks
for has the same words in every plan: accelerators, bandwidth, sizes, versions. A shape field that a cloud has nothing
for has no meaning there, and that is told too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from components.plan.model import ClusterPlan, PoolPlan, StoragePlan
from components.records import record
from components.spec.fields import SHAPE
from components.spec.kinds import kind_at

SAME = "same"
DIFFERS = "differs"  # a field that the stacks set differently brings it about
OWN = "own"  # the spec is the same: each cloud's own way of it
NO_EFFECT = "no-effect"  # a field that means nothing on one of the clouds

Value = str | int | bool | None
# Findings of plans that tell of a field which changes nothing.
_WITHOUT_EFFECT = ("no-effect", "no-effect-yet")


@record
class Meaning:
    """One thing that the shape asks for; `values` has one for each stack, None where it has none.

    `kind` is `same`, `differs`, `own` or `no-effect`; `why` is empty for what is the same.
    """

    path: str
    values: tuple[Value, ...]
    kind: str
    why: str


@record
class _Asked:
    """A value of a plan, the path of the spec that decides it, and why a cloud may have its own."""

    spec_path: str
    value: Value
    own: str = ""


def meanings(plans: Sequence[ClusterPlan], differing: Sequence[str]) -> tuple[Meaning, ...]:
    """What the plans of one blueprint make of its shape; `differing` are the spec's paths at which the stacks differ."""
    told = [dict(_of(plan)) for plan in plans]
    paths = dict.fromkeys(path for one in told for path in one)
    found = [_meaning(path, [one.get(path) for one in told], differing) for path in paths]
    return (*found, *_without_effect(plans))


def _meaning(path: str, asked: Sequence[_Asked | None], differing: Sequence[str]) -> Meaning:
    values = tuple(None if one is None else one.value for one in asked)
    if all(value == values[0] for value in values):
        return Meaning(path, values, SAME, "")
    first = next(one for one in asked if one is not None)
    causes = [cause for cause in differing if _touches(cause, first.spec_path)]
    if causes:
        return Meaning(path, values, DIFFERS, f"follows from {', '.join(causes)}")
    return Meaning(path, values, OWN, first.own or "each cloud has its own")


def _touches(cause: str, path: str) -> bool:
    """Whether a difference lies at a path, above it or below it."""
    return f"{cause}.".startswith(f"{path}.") or f"{path}.".startswith(f"{cause}.")


def _of(plan: ClusterPlan) -> Iterator[tuple[str, _Asked]]:
    yield "kubernetes", _Asked("kubernetes", plan.kubernetes)
    yield "protect", _Asked("protect", plan.protect)
    yield "system.nodes", _Asked("system", plan.system.nodes.max, "over at least two zones")
    yield "system.machine", _Asked("system", plan.system.machine, "each cloud's own machine")
    for pool in plan.pools:
        for name, asked in _of_pool(pool).items():
            yield f"pools.{pool.name}.{name}", asked
    for store in plan.storage:
        for name, asked in _of_storage(store).items():
            yield f"storage.{store.name}.{name}", asked


def _of_pool(pool: PoolPlan) -> Mapping[str, _Asked]:
    at, fabric = f"pools.{pool.name}", pool.fabric
    kind, speed = ("none", None) if fabric is None else (fabric.kind, _plain(fabric.gbps_per_accelerator))
    wish, own = f"{at}.accelerator", "each cloud's own machine"
    return {
        "accelerator": _Asked(wish, pool.asked, "the first of the list that the region has"),
        "nodes": _Asked(f"{at}.nodes", pool.nodes.max, "rounded up to what the cloud makes at once"),
        "accelerators": _Asked(f"{at}.nodes", pool.nodes.max * pool.accelerators_per_node, own),
        "machine": _Asked(wish, pool.machine, own),
        "fabric": _Asked(f"{at}.fabric", kind, "each cloud's own fabric"),
        "gbps_per_accelerator": _Asked(f"{at}.fabric", speed, "what is asked for is met by each"),
        "capacity": _Asked(f"{at}.capacity", " → ".join(rung.capacity_type for rung in pool.rungs)),
    }


def _of_storage(store: StoragePlan) -> Mapping[str, _Asked]:
    at = f"storage.{store.name}"
    asked = None if store.asked_gib is None else _plain(store.asked_gib)
    return {
        "kind": _Asked(f"{at}.kind", store.kind),
        "asked_gib": _Asked(f"{at}.capacity", asked),
        "given_gib": _Asked(f"{at}.capacity", store.given_gib, "rounded up to a legal size"),
    }


def _without_effect(plans: Sequence[ClusterPlan]) -> Iterator[Meaning]:
    """Shape that is set and changes nothing on one of the clouds."""
    told: dict[str, dict[str, str]] = {}
    for plan in plans:
        for one in plan.findings:
            if one.id in _WITHOUT_EFFECT and kind_at(tuple(one.path.split("."))) == SHAPE:
                told.setdefault(one.path, {})[plan.stack] = f"{plan.cloud}: {one.message}"
    for path, reasons in told.items():
        values = tuple("no effect" if plan.stack in reasons else "has effect" for plan in plans)
        yield Meaning(path, values, NO_EFFECT, "; ".join(dict.fromkeys(reasons.values())))


def _plain(value: Decimal) -> str:
    return format(value.normalize(), "f")
