"""What the engine is doing, as it does it: a line for each resource that is done, and on a terminal what is under way."""

from __future__ import annotations

import time
from collections.abc import Callable

from pulumi.automation import EngineEvent
from pulumi.automation.events import StepEventMetadata

from scripts.engine.events import NO_CHANGE

_DONE = {
    "create": "created",
    "update": "updated",
    "delete": "deleted",
    "create-replacement": "created anew",
    "delete-replaced": "deleted the old",
    "import": "imported",
}
_DOING = {"create": "creating", "update": "updating", "delete": "deleting"}
_SHOWN = 3


class Progress:
    """Hears the engine's events. `done` takes a line for each resource, `doing` what is under way now.

    The engine looks before it acts; while it looks, nothing is told but that.
    """

    def __init__(self, stack: str, done: Callable[[str], None], doing: Callable[[str], None]) -> None:
        self._prefix = f"{stack}-"
        self._done, self._doing = done, doing
        self._runs = 0
        self._begun: dict[str, tuple[str, float]] = {}

    def __call__(self, event: EngineEvent) -> None:
        if event.prelude_event is not None:
            self._runs += 1
            self._doing("looking once more at what would change" if self._runs == 1 else "deploying")
        elif self._runs < 2:
            return
        elif event.resource_pre_event is not None:
            self._begin(event.resource_pre_event.metadata)
        elif event.res_outputs_event is not None:
            self._end(event.res_outputs_event.metadata)
        elif event.res_op_failed_event is not None:
            self._fail(event.res_op_failed_event.metadata)

    def _begin(self, step: StepEventMetadata) -> None:
        word = str(step.op.value)
        if word in _DONE and step.type not in NO_CHANGE:
            self._begun[step.urn] = (_DOING.get(word.partition("-")[0], "working on"), time.monotonic())
            self._tell()

    def _end(self, step: StepEventMetadata) -> None:
        word = str(step.op.value)
        _, begun = self._begun.pop(step.urn, ("", time.monotonic()))
        if word in _DONE and step.type not in NO_CHANGE:
            self._done(f"{_DONE[word]} {self._named(step)}{_lasted(begun)}")
            self._tell()

    def _fail(self, step: StepEventMetadata) -> None:
        _, begun = self._begun.pop(step.urn, ("", time.monotonic()))
        self._done(f"FAILED {self._named(step)}{_lasted(begun)}")
        self._tell()

    def _named(self, step: StepEventMetadata) -> str:
        return f"{step.urn.rpartition('::')[2].removeprefix(self._prefix)} ({step.type.rpartition(':')[2]})"

    def _tell(self) -> None:
        now = [f"{word} {urn.rpartition('::')[2].removeprefix(self._prefix)}" for urn, (word, _) in self._begun.items()]
        more = f" and {len(now) - _SHOWN} more" if len(now) > _SHOWN else ""
        self._doing(", ".join(now[:_SHOWN]) + more if now else "deploying")


def _lasted(begun: float) -> str:
    seconds = time.monotonic() - begun
    return f" in {seconds:.0f} s" if seconds >= 1 else ""
