"""The engine killed while it works, and what the next run makes of it: a fixed sample of `make crash-matrix`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pytest

from scripts.engine import takeover
from scripts.engine.find import Installation
from scripts.rehearsal.crash.cases import COMMAND, ITSELF, Outcome, again, chain, recovered
from scripts.rehearsal.crash.matrix import Theatre
from scripts.rehearsal.crash.place import AFTER, BEFORE, POINTS, REPLIED
from scripts.rehearsal.crash.scenarios import recordings
from scripts.rehearsal.crash.sight import seen
from scripts.rehearsal.state import State
from tests.engine.support.place import Place as RealPlace

pytestmark = pytest.mark.engine

TEMPLATE = "prod-aws-train-reservation-template"
MOMENTS = (BEFORE, AFTER, BEFORE, REPLIED)
"""By turns. Before the call twice as often: nothing has to be taken over then, which takes long."""


@pytest.fixture(scope="module")
def theatre(installation: Installation, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Theatre]:
    made = Theatre(tmp_path_factory.mktemp("crash") / "place", recordings("prod-aws"))
    yield made
    made.close()


def kills(theatre: Theatre, scenario: str) -> list[tuple[int, str]]:
    """One step for each type, the last one of it, and the moments by turns."""
    last = {step.type: number for number, (step, _) in enumerate(theatre.scenarios[scenario].steps)}
    return [(number, MOMENTS[place % 4]) for place, number in enumerate(sorted(last.values()))]


def wrong(outcomes: Sequence[Outcome]) -> list[str]:
    return [f"{one.step}, {one.point}: {one.why}" for one in outcomes if one.end not in (ITSELF, COMMAND)]


def test_up_is_killed_at_every_type_of_resource(theatre: Theatre) -> None:
    scenario = theatre.scenarios["up"]
    told = chain(theatre.place, scenario, kills(theatre, "up"))
    assert wrong(told) == []
    assert {one.type for one in told} == set(scenario.recording.types().values())
    assert {one.point for one in told} == set(POINTS)
    # What was made and is not known needs a command, except where to make it twice is the same as once.
    asked = {one.type for one in told if one.end == COMMAND}
    assert asked == {one.type for one in told if one.point != BEFORE and not takeover.repeats(one.type)}


def test_an_edit_is_killed_at_each_kind_of_step(theatre: Theatre) -> None:
    scenario = theatre.scenarios["edit"]
    steps = [(step.method, step.name) for step, _ in scenario.steps]
    points = {("Update", "prod-aws-monthly-budget"): REPLIED, ("Create", "prod-aws-system-nodes"): AFTER}
    points |= {("Update", "prod-aws-train-reservation-nodes"): BEFORE, ("Delete", "prod-aws-system-nodes"): AFTER}
    told = chain(theatre.place, scenario, sorted((steps.index(step), point) for step, point in points.items()))
    assert wrong(told) == []
    (asked,) = [one.commands for one in told if one.end == COMMAND]
    assert " prod-aws-system-nodes-orphan prod-aws:prod-aws-system-nodes-" in asked[0], "beside the one it replaces"


def test_destroy_is_killed_again_and_again(theatre: Theatre) -> None:
    scenario = theatre.scenarios["destroy"]
    # Each needs those after it, so they go in this order; what has no order goes in another one each time.
    points = {
        "train-reservation-nodes": BEFORE,
        "control-plane": AFTER,
        "system-use1-az1-subnet": REPLIED,
        "vpc": AFTER,
    }
    told = chain(
        theatre.place, scenario, [(scenario.number(f"delete prod-aws-{name}"), when) for name, when in points.items()]
    )
    assert wrong(told) == []
    assert [one.end for one in told] == [ITSELF] * len(points)
    assert theatre.place.cloud.all() == []


@pytest.mark.parametrize("kind", ["lost-reply", "error-after-success", "crash"])
def test_what_was_made_and_not_heard_of_is_taken_over(theatre: Theatre, kind: str) -> None:
    """The engine lives, and has no record: its events and a look into the cloud tell what nobody owns."""
    place, scenario = theatre.place, theatre.scenarios["up"]
    place.restore(scenario.steps[scenario.number(f"create {TEMPLATE}")][1])
    fault = {"at": f"*::{TEMPLATE}", "call": "create", "kind": kind}
    place.cloud.faults.add({**fault, "when": "after"} if kind == "crash" else fault)
    failed = place.failed(scenario.verb, scenario.recording)
    if kind == "crash":
        place.reopen()
    assert TEMPLATE in [one["urn"].rpartition("::")[2] for one in failed]
    commands: list[str] = []
    assert recovered(place, commands, failed) == ""
    assert [command.split()[:4] for command in commands] == [
        ["pulumi", "import", "aws:ec2/launchTemplate:LaunchTemplate", TEMPLATE]
    ]
    assert again(place, scenario) == ""


def test_without_the_command_nobody_would_own_it(theatre: Theatre) -> None:
    """What `pulumi up` alone does: it warns, and makes a second one."""
    place, scenario = theatre.place, theatre.scenarios["up"]
    step, before = scenario.steps[scenario.number(f"create {TEMPLATE}")]
    place.restore(before)
    assert place.killed(scenario.verb, scenario.recording, step, AFTER)
    assert place.cancel().ok
    told = again(place, scenario)
    assert f"nobody owns {TEMPLATE} (lt-" in told
    assert f"there twice: {TEMPLATE}" in told


def test_every_step_has_a_case_at_every_moment(theatre: Theatre) -> None:
    keys = {case.key for case in theatre.cases()}
    steps = [f"{one.name}, {step}" for one in theatre.scenarios.values() for step, _ in one.steps]
    assert len(steps) > 170
    assert keys == {f"{step}, {point}" for step in steps for point in POINTS}


def test_the_bare_program_registers_what_the_real_one_does(
    theatre: Theatre, open_place: Callable[..., RealPlace]
) -> None:
    """Types, names, inputs, parents, dependencies and options, as the engine has them after an `up` of either."""
    real = open_place("prod-aws")
    assert real.engine.init(real.stack).ok
    up = real.engine.up(real.stack, "--skip-preview")
    assert up.ok, up.text
    made = State(real.cloud.state).resources()
    told = seen(made, real.engine.export(real.stack)["deployment"])
    assert len(told.cloud) == len(made) > 80
    assert told.differences(theatre.scenarios["up"].wanted) == []
