"""One case: the engine dies at one step, a person does what is said, and the next run has to get there."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from components.records import record
from scripts.engine import recovery, takeover
from scripts.engine.recovery import CREATING
from scripts.rehearsal.crash.place import Place, Snapshot, Step
from scripts.rehearsal.crash.recording import Recording
from scripts.rehearsal.crash.sight import Sight, seen

ITSELF, COMMAND, LOST = "by itself", "by the command", "lost"
_OPERATIONS = {"Create": CREATING, "Update": "updating", "Delete": "deleting"}


@record(kw_only=True)
class Scenario:
    """A run that is interrupted: its steps with what there was before each, and what it leaves in the end."""

    name: str
    verb: str
    recording: Recording
    steps: tuple[tuple[Step, Snapshot], ...]
    wanted: Sight

    def number(self, step: str) -> int:
        """Where a step stands here: the engine deletes in an order of its own, another one each time."""
        return [str(one) for one, _ in self.steps].index(step)


@record(kw_only=True)
class Outcome:
    """How a case ended. `why` is what went wrong, `commands` what a person had to run."""

    scenario: str
    step: str
    type: str
    point: str
    end: str
    seconds: float
    commands: tuple[str, ...] = ()
    why: str = ""

    @property
    def key(self) -> str:
        return f"{self.scenario}, {self.step}, {self.point}"

    def to_json(self) -> dict[str, Any]:
        return {
            "scenario": self.scenario,
            "step": self.step,
            "type": self.type,
            "point": self.point,
            "end": self.end,
            "seconds": round(self.seconds, 2),
            "commands": list(self.commands),
            "why": self.why,
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Outcome:
        fields: dict[str, Any] = {**told, "commands": tuple(told["commands"])}
        return cls(**fields)


def play(place: Place, scenario: Scenario, number: int, point: str) -> Outcome:
    """Kill the engine at step `number` (from 0), take its lock away, run what is said, run again, and look."""
    step, before = scenario.steps[number]
    commands, begun = list[str](), time.perf_counter()
    place.restore(before)
    why = _killed(place, scenario, step, point) or recovered(place, commands) or again(place, scenario)
    return _outcome(scenario, number, point, why, commands, time.perf_counter() - begun)


def chain(place: Place, scenario: Scenario, kills: Sequence[tuple[int, str]]) -> list[Outcome]:
    """Crash after crash: each run goes on where the one before was killed, and is killed at the next step of `kills`.

    The last one is let through, and what is there then is judged: the outcome of the last kill tells.
    """
    place.restore(scenario.steps[0][1])
    told: list[Outcome] = []
    for number, point in kills:
        step, commands, begun = scenario.steps[number][0], list[str](), time.perf_counter()
        why = _killed(place, scenario, step, point) or recovered(place, commands)
        if (number, point) == kills[-1] and not why:
            why = again(place, scenario)
        told.append(_outcome(scenario, number, point, why, commands, time.perf_counter() - begun))
        if why:
            break
    return told


def recovered(place: Place, commands: list[str], failed: Iterable[Mapping[str, Any]] = ()) -> str:
    """Do after a crash what a person does: the lock, and what they are told to run, which `commands` gets.

    What went wrong, if anything did.
    """
    unlocked = place.cancel()
    if not unlocked.ok:
        return f"{unlocked}: {unlocked.last_line}"
    told = recovery.findings(place.state(), place.stack, lambda type, urn: ids(place, type, urn), failed)
    commands += [command for command in map(recovery.command, told) if command]
    for command in commands:
        done = place.shell(command)
        if not done.ok:
            return f"{done}: {done.last_line}"
    return ""


def ids(place: Place, type: str, urn: str) -> list[str]:
    """What a person finds in the cloud by the tags of a resource, as `pulumi import` takes it."""
    found = [one for one in place.cloud.all(type) if one.urn == urn]
    return [takeover.import_id(one.type, one.inputs, one.account, one.id) for one in found]


def _killed(place: Place, scenario: Scenario, step: Step, point: str) -> str:
    """Run and kill; what is not as a killed run leaves it."""
    if not place.killed(scenario.verb, scenario.recording, step, point):
        return f"the engine did not come to {step}"
    left = [(one.urn, one.operation) for one in recovery.pending(place.state())]
    if (step.urn, _OPERATIONS[step.method]) not in left:
        return f"the dead run left no record of {step}"
    return ""


def again(place: Place, scenario: Scenario) -> str:
    """The next run, let through; what differs from what should be."""
    again = place.run(scenario.verb, scenario.recording)
    if not again.ok:
        return f"the next run failed: {again.last_line}"
    return "; ".join(seen(place.cloud.all(), place.state()).differences(scenario.wanted))


def _outcome(scenario: Scenario, number: int, point: str, why: str, commands: Sequence[str], seconds: float) -> Outcome:
    step = scenario.steps[number][0]
    return Outcome(
        scenario=scenario.name,
        step=str(step),
        type=step.type,
        point=point,
        end=LOST if why else COMMAND if commands else ITSELF,
        seconds=seconds,
        commands=tuple(commands),
        why=why,
    )
