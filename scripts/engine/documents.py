"""What one run of the engine did, as the documents of the command line have it."""

from __future__ import annotations

from typing import Literal

from typing_extensions import TypedDict


class ChangeDocument(TypedDict):
    """What happened to a resource; `causes` are the paths that replace it, `old_first` deletes before it creates."""

    name: str
    type: str
    operation: Literal["create", "update", "replace", "delete", "failed"]
    paths: list[str]
    causes: list[str]
    old_first: bool
    protected: bool


class GpusDocument(TypedDict):
    """Accelerators on nodes that go, that come, that are exchanged one by one, and the most missing at a time."""

    ended: int
    begun: int
    restarted: int
    missing: int


class StepDocument(TypedDict):
    """One run of the engine; `resources` are those that changed, `error` is its last line where it failed."""

    name: str
    kind: str
    seconds: float
    created: int
    updated: int
    replaced: int
    deleted: int
    same: int
    gpus: GpusDocument
    error: str | None
    resources: list[ChangeDocument]
