"""What a rehearsal saw: steps, the resources that each changed, and what is wrong with that."""

from __future__ import annotations

from typing import Any

from components.errors import Finding
from components.records import record

OPERATIONS = ("create", "update", "replace", "delete", "same")


@record(kw_only=True)
class Change:
    """What happened to one resource; `paths` are the properties that differ, `causes` those that replace it.

    `old_first`: the old one was deleted before the new one was there. `ended` and `begun` are its accelerators that
    go away and come, `restarted` those whose nodes are exchanged one by one.
    """

    name: str
    type: str
    operation: str
    paths: tuple[str, ...] = ()
    causes: tuple[str, ...] = ()
    old_first: bool = False
    protected: bool = False
    ended: int = 0
    begun: int = 0
    restarted: int = 0

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


@record(kw_only=True)
class Report:
    """A whole rehearsal. `failed`: the engine or the cloud failed, by what was asked for or by itself."""

    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    failed: bool = False

    @property
    def seconds(self) -> float:
        return sum(step.seconds for step in self.steps)

    @property
    def verdict(self) -> str:
        blocked = any(finding.level.exit_status for finding in self.findings)
        return "failed" if self.failed else "blocked" if blocked else "good"
