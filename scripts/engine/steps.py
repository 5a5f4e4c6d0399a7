"""What one run of the engine did: the resources that it changed, and the accelerators that this moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from typing import Any

from components.plan.model import ClusterPlan
from components.records import record

OPERATIONS = ("create", "update", "replace", "delete", "same")

_NODES = "-nodes"


@record(kw_only=True)
class Change:
    """What happened to one resource; `paths` are the properties that differ, `causes` those that replace it.

    `old_first`: the old one was deleted before the new one was there.
    """

    name: str
    type: str
    operation: str
    paths: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    old_first: bool = False
    protected: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "type": self.type,
            "operation": self.operation,
            "paths": list(self.paths),
            "causes": list(self.causes),
            "old_first": self.old_first,
            "protected": self.protected,
        }


@record(kw_only=True)
class Gpus:
    """Accelerators of one step: on nodes that go, that come, that are exchanged one by one; and the most that are
    missing at a time."""

    ended: int = 0
    begun: int = 0
    restarted: int = 0
    missing: int = 0

    def to_json(self) -> dict[str, int]:
        return {"ended": self.ended, "begun": self.begun, "restarted": self.restarted, "missing": self.missing}


@record(kw_only=True)
class Step:
    """One run of the engine. `kind` is what the step is for, `name` what people call it; `error` is its last line."""

    name: str
    kind: str
    seconds: float
    changes: tuple[Change, ...] = ()
    same: int = 0
    gpus: Gpus = Gpus()
    error: str = ""

    def count(self, operation: str) -> int:
        return self.same if operation == "same" else sum(one.operation == operation for one in self.changes)

    @property
    def clean(self) -> bool:
        """Whether nothing changed."""
        return not self.changes and not self.error

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "kind": self.kind,
            "seconds": round(self.seconds, 2),
            "created": self.count("create"),
            "updated": self.count("update"),
            "replaced": self.count("replace"),
            "deleted": self.count("delete"),
            "same": self.same,
            "gpus": self.gpus.to_json(),
            "error": self.error or None,
            "resources": [one.to_json() for one in self.changes],
        }


Sizes = Mapping[str, tuple[int, int]]
"""Logical name of a node group -> (its nodes as desired, accelerators of each)."""


def sizes(plan: ClusterPlan, before: Sizes | None = None) -> Sizes:
    """The sizes of a plan's node groups, where they were of `before`.

    A group that others scale keeps its size, as near as the plan's bounds let it.
    """
    had = before or {}
    found: dict[str, tuple[int, int]] = {}
    groups = ((pool, group) for pool in plan.pools for rung in pool.rungs for group in rung.node_groups)
    for pool, (role, nodes) in groups:
        name, size = f"{plan.stack}-{role}{_NODES}", nodes.desired
        if nodes.min < nodes.max and name in had:
            size = min(max(had[name][0], nodes.min), nodes.max)
        found[name] = (size, pool.accelerators_per_node)
    return found


def gpus(changes: Sequence[Change], old: Sizes, new: Sizes) -> Gpus:
    """The accelerators that changes move, from the sizes on both sides of them."""
    total: dict[str, int] = {"ended": 0, "begun": 0, "restarted": 0, "missing": 0}
    for change in changes:
        had, each = old.get(change.name, (0, 0))
        has, each_now = new.get(change.name, (0, 0))
        for key, count in _moved(change, had * each, has * each_now, each).items():
            total[key] += count
    return Gpus(**total)


def _moved(change: Change, had: int, has: int, each: int) -> dict[str, int]:
    if change.operation == "replace":
        return {"ended": had, "begun": has, "missing": had if change.old_first else max(0, had - has)}
    if change.operation == "create":
        return {"begun": has}
    if change.operation == "delete":
        return {"ended": had, "missing": had}
    if change.operation != "update" or not (had or has):
        return {}
    fewer, more = max(0, had - has), max(0, has - had)
    rolls = any(_covers(path, rolling) for path in change.paths for rolling in _rolling(change.type))
    stay = min(had, has) if rolls else 0
    return {"ended": fewer, "begun": more, "restarted": stay, "missing": fewer + (min(each, stay) if rolls else 0)}


def _rolling(type: str) -> Sequence[str]:
    """What of a node group the provider changes in place, and the cloud by exchanging the nodes."""
    cloud = type.partition(":")[0].partition("-")[0]
    return import_module(f"scripts.preview.{cloud}").ROLLING


def _covers(path: str, other: str) -> bool:
    """Whether one path is the other, or inside of it."""
    return path == other or path.startswith((f"{other}.", f"{other}[")) or other.startswith(f"{path}.")
