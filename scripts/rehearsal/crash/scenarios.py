"""The runs that are interrupted: a stack comes up, is edited, and goes. The stacks are those that `edits` has a file of."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from components.plan.planner import plan
from components.records import record
from components.spec.loader import load
from scripts.rehearsal.crash.cases import Scenario
from scripts.rehearsal.crash.place import Place, Snapshot, Step
from scripts.rehearsal.crash.recording import Recording, recorded
from scripts.rehearsal.crash.sight import seen
from scripts.rehearsal.lifecycle.cycle import RELEASE
from scripts.rehearsal.lifecycle.edits import Planned, edited, read_edits

_SHIPPED = Path(__file__).resolve().parents[3] / "stacks"
_EDITS = Path(__file__).parent / "edits"
STACKS = tuple(sorted(file.stem for file in _EDITS.glob("*.yaml")))
"""The shipped stacks that are played, by name."""


@record(kw_only=True)
class Recordings:
    """What the program registers as shipped, after the edit, and with protection lifted."""

    shipped: Recording
    edited: Recording
    released: Recording
    cloud: str
    account: str

    @property
    def key(self) -> str:
        return "-".join(one.key for one in (self.shipped, self.edited, self.released))


def recordings(stack: str) -> Recordings:
    """Run the real program of one of `STACKS` three times, offline."""
    loaded = load(str(_SHIPPED / f"Pulumi.{stack}.yaml"))
    shipped = Planned(loaded, plan(loaded))
    return Recordings(
        shipped=recorded(shipped),
        edited=recorded(edited(loaded, *read_edits([_EDITS / f"{stack}.yaml"]))),
        released=recorded(edited(loaded, RELEASE)),
        cloud=shipped.plan.cloud,
        account=shipped.plan.account or "",
    )


def scenarios(place: Place, told: Recordings) -> Iterator[Scenario]:
    """Each run without a crash, once: the steps that it takes and what it leaves."""
    yield _scenario(place, "up", "up", told.shipped)
    up = place.snapshot()
    yield _scenario(place, "edit", "up", told.edited)
    place.restore(up)
    must = place.run("up", told.released)
    if not must.ok:
        raise RuntimeError(f"{must}: {must.last_line}")
    yield _scenario(place, "destroy", "destroy", told.released)


def _scenario(place: Place, name: str, verb: str, recording: Recording) -> Scenario:
    steps: list[tuple[Step, Snapshot]] = []
    done = place.recorded(verb, recording, lambda step, before: steps.append((step, before)))
    if not done.ok:
        raise RuntimeError(f"{done}: {done.last_line}")
    wanted = seen(place.cloud.all(), place.state())
    if wanted.problems:
        raise RuntimeError(f"{name} without a crash: {'; '.join(wanted.problems)}")
    return Scenario(name=name, verb=verb, recording=recording, steps=tuple(steps), wanted=wanted)
