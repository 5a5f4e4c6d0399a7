"""The life of a stack in its order: made, unchanged, edited, drifted, repaired, gone."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace

from components.errors import Finding, InputError, Level
from components.spec.merge import Plain
from scripts.engine.steps import Step
from scripts.rehearsal.lifecycle import drift
from scripts.rehearsal.lifecycle.edits import Edit, Planned, edited
from scripts.rehearsal.lifecycle.model import Report
from scripts.rehearsal.lifecycle.stage import Stage
from scripts.rehearsal.lifecycle.verdict import judged, left_over

RELEASE = Edit("release", Plain({"protect": False}, {}))

Tell = Callable[[Step], None]


class Cycle:
    """One rehearsal on a stage. `tell` hears of each step as it ends."""

    def __init__(self, stage: Stage, edits: Sequence[Edit], tell: Tell) -> None:
        self._stage, self._edits, self._tell = stage, edits, tell
        self._resumes = max(1, stage.faults)
        self._refused = False  # whether the last edit was
        self._steps: list[Step] = []
        self._findings: list[Finding] = [*stage.deployed.findings()] if stage.deployed else []

    def run(self) -> Report:
        """Everything, or as far as it goes: after a failure that does not heal, nothing else is tried."""
        failed = False
        for step in self._play():
            self._steps.append(step)
            self._findings += [*judged(step, self._stage.now.plan), *self._stage.unowned]
            self._tell(step)
            if step.error and step.kind != "edit-preview":
                failed = True
        return Report(steps=tuple(self._steps), findings=tuple(self._findings), failed=failed)

    def _play(self) -> Iterator[Step]:
        stage = self._stage
        if stage.deployed is not None:
            yield from self._change()
            return
        yield (step := stage.preview("preview", "preview"))
        if step.error:
            return
        if not (yield from self._reached("up", "up")):
            return
        yield stage.up("up again", "again")
        yield stage.refresh("refresh", "refresh")
        for edit in self._edits:
            if not (yield from self._edit(edit)):
                return
        yield from self._drift()
        yield from self._end()

    def _change(self) -> Iterator[Step]:
        """What is deployed is brought to what the spec says, and edited on; it is not taken down."""
        if not (yield from self._made("change")) or self._refused:
            return
        yield self._stage.up("up again", "again")
        yield self._stage.refresh("refresh", "refresh")
        for edit in self._edits:
            if not (yield from self._edit(edit)):
                return

    def _reached(
        self, name: str, kind: str, target: Planned | None = None, looked: float = 0.0
    ) -> Generator[Step, None, bool]:
        """An `up`, and after a failure another one for each fault, which goes on from there; whether it got there."""
        step = self._stage.up(name, kind, target)
        yield replace(step, seconds=step.seconds + looked)
        for _ in range(self._resumes):
            if step.error:
                yield (step := self._stage.up(f"{name}, resumed", "resume"))
        return not step.error

    def _edit(self, edit: Edit) -> Generator[Step, None, bool]:
        """As a person does it: look first, where something is protected, and go on only if nothing is refused.

        The next edit stands on what really is: a refused one is not in it.
        """
        name = f"edit {edit.name}"
        try:
            planned = edited(self._stage.now.loaded, edit)
        except InputError as error:  # each was planned before, on top of those that have been refused since
            self._findings += [_impossible(name, finding) for finding in error.findings]
            return True
        return (yield from self._made(name, planned))

    def _made(self, name: str, target: Planned | None = None) -> Generator[Step, None, bool]:
        """An edit made, unless it is refused; False where it failed in the midst."""
        looked, self._refused = 0.0, False
        if self._stage.careful:
            seen = self._stage.preview(name, "edit-preview", target)
            looked, self._refused = seen.seconds, bool(seen.error)
            if self._refused:
                yield seen
                return True
        return (yield from self._reached(name, "edit", target, looked))

    def _drift(self) -> Iterator[Step]:
        done = drift.happen(self._stage.cloud, self._stage.now.plan.cloud)
        if not done:
            return
        found = self._stage.refresh("refresh after drift", "drift")
        missed = [name for name in done if name not in {one.name for one in found.changes}]
        self._findings += [_missed(name) for name in missed]
        yield found
        yield self._stage.up("repair", "repair")

    def _end(self) -> Iterator[Step]:
        stage = self._stage
        if stage.now.plan.protect:
            released = edited(stage.now.loaded, RELEASE)
            yield (step := stage.up("lift protect", "release", released))
            if step.error:
                return
        yield (step := stage.destroy("destroy", "destroy"))
        if step.error:
            yield stage.destroy("destroy, resumed", "resume")
        self._findings += left_over(stage.left(), stage.now.plan.stack)


def _impossible(name: str, why: Finding) -> Finding:
    message = f"not made, as an edit before it was refused: {why}"
    return Finding(id="refused", level=Level.MANDATORY, path=name, message=message, hint=why.hint)


def _missed(name: str) -> Finding:
    return Finding(
        id="drift-missed",
        level=Level.MANDATORY,
        path=name,
        message="was changed behind the engine's back, and the refresh did not see it",
    )
