"""`gpufleet up`, `drift` and `destroy` through the real engine, in a user's own folder and backend."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing

import pytest

from scripts.rehearsal.cloud import Cloud
from scripts.rehearsal.state import State
from tests.engine.support.fleet import PROGRAM, Fleet, answering, backend_of, checkpoint
from tests.engine.support.place import Place

pytestmark = pytest.mark.engine

STACK = "small-aws"
LOCK = {"pid": 4711, "username": "ann", "hostname": "ci-3", "timestamp": "2026-11-25T01:00:00Z"}
GROUP = "aws:eks/nodeGroup:NodeGroup"


def cloud_settings(place_account: str, **settings: object) -> tuple[str, str]:
    return ("--settings", json.dumps({"account": place_account, **settings}))


def edit_cloud(place: Place, type_: str, **change: object) -> None:
    """What somebody does in a console to the first resource of a type."""
    state = State(place.cloud.state)
    cloud = Cloud(state, {})
    cloud.edit(type_, cloud.all(type_)[0].id, change)
    state.close()


def remove_from_cloud(place: Place, type_: str) -> None:
    with closing(sqlite3.connect(place.cloud.state, timeout=60)) as state, state:
        assert state.execute("DELETE FROM resources WHERE type = ?", (type_,)).rowcount == 1


def test_a_life(open_place: Callable[..., Place]) -> None:
    place = open_place(STACK)
    fleet = Fleet(place)
    nothing_is_begun_unasked(place, fleet)
    it_comes_up(place, fleet)
    drift_is_found_and_nothing_written(place, fleet)
    a_lock_says_who_holds_it_and_how_it_is_taken_away(place, fleet)
    a_provider_that_dies_is_told(place, fleet)
    it_goes_once_its_name_is_typed(place, Fleet(place))


def nothing_is_begun_unasked(place: Place, fleet: Fleet) -> None:
    absent = fleet.run("destroy", STACK, "--yes")
    assert absent.status == 2
    assert "there is no stack small-aws in this backend" in absent.last
    unasked = fleet.run("up", STACK)
    assert unasked.status == 2
    assert "no terminal to ask on" in unasked.last and "run it with --yes" in unasked.last
    assert not checkpoint(place).exists() and place.cloud.left() == []


def it_comes_up(place: Place, fleet: Fleet) -> None:
    made = fleet.run("up", STACK, "--yes")
    assert made.status == 0, made.err
    assert "made the stack small-aws" in made.err
    assert "Cost a month  min " in made.err and "to create" in made.err and "+ dev-on-demand-nodes" in made.err
    assert "created control-plane (Cluster)" in made.err, "a line for each resource"
    assert "✓ small-aws is deployed: " in made.out and "pulumi stack output kubeconfig" in made.out
    assert len(place.cloud.left()) > 30


def drift_is_found_and_nothing_written(place: Place, fleet: Fleet) -> None:
    before = backend_of(place)
    status, document = fleet.json("drift")
    assert (status, document["differences"], document["findings"]) == (0, [], [])
    edit_cloud(place, "aws:cloudwatch/logGroup:LogGroup", retentionInDays=1)
    remove_from_cloud(place, "aws:budgets/budget:Budget")
    status, document = fleet.json("drift")
    assert status == 1
    assert [
        (one["name"], one["kind"], one["path"], one["is"], one["should_be"]) for one in document["differences"]
    ] == [
        ("small-aws-control-plane-logs", "changed", "retentionInDays", 1, 30),  # what the plan of the logs says
        ("small-aws-monthly-budget", "gone", None, None, None),
    ]
    assert backend_of(place) == before, "not one byte of the state was written, and no lock was left"


def a_lock_says_who_holds_it_and_how_it_is_taken_away(place: Place, fleet: Fleet) -> None:
    folder = place.folder / "backend" / ".pulumi" / "locks" / "organization" / "gpu-fleet" / STACK
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "one.json").write_text(json.dumps(LOCK))
    before = backend_of(place)
    ended = fleet.run("destroy", STACK, "--yes", "-q")
    assert ended.status == 3 and backend_of(place) == before
    assert "the stack is currently locked by 1 lock(s)" in ended.last
    assert "held by ann@ci-3 (pid 4711) since 2026-11-25T01:00:00Z" in ended.last
    assert "see on its machine that nobody runs it" in ended.last
    assert f"pulumi cancel --stack {STACK}" in ended.last
    (folder / "one.json").unlink()


def a_provider_that_dies_is_told(place: Place, fleet: Fleet) -> None:
    """That the next `up` goes on from there is shown by test_bad_input.py."""
    state = State(place.cloud.state)
    Cloud(state, {}).faults.add({"at": "aws:ec2/vpc:Vpc", "call": "read", "kind": "crash", "when": "before"})
    state.close()
    before = backend_of(place)
    ended = fleet.run("drift", STACK)
    assert ended.status == 3 and backend_of(place) == before
    assert "the provider died" in ended.last
    place.reopen()


def it_goes_once_its_name_is_typed(place: Place, fleet: Fleet) -> None:
    command = (*PROGRAM, "destroy", STACK)
    status, shown = answering("the stack's name", "small-aw\n", *command, cwd=place.project, env=fleet.env())
    assert status == 1 and "Nothing was deleted" in shown
    assert "this deletes the cluster: everything that runs in it ends" in shown
    assert "1 node, 1 GPU go away" in shown
    assert len(place.cloud.left()) > 30
    status, document = fleet.json("destroy", "--yes")
    assert (status, document["outcome"]) == (0, "destroyed")
    assert place.cloud.left() == []


def test_what_is_done_is_what_was_confirmed(open_place: Callable[..., Place]) -> None:
    """Between the look and the yes somebody edits the stack's file: the run stops before it has done anything."""
    place = open_place(STACK)
    fleet = Fleet(place)
    assert place.engine.init(STACK).ok

    def edit_when_asked() -> None:
        place.edit({"tags": {"owner": "somebody else", "cost-center": "4711"}})

    status, shown = answering(
        "Do this?", "y\n", *PROGRAM, "up", STACK, cwd=place.project, env=fleet.env(), before=edit_when_asked
    )
    assert status == 3, shown
    assert "violates plan" in shown and "not what was confirmed any more" in shown
    assert place.cloud.left() == []


def test_an_edit_of_a_pools_bounds_keeps_the_size_that_an_autoscaler_has_made(open_place: Callable[..., Place]) -> None:
    # EKS, NodegroupScalingConfig, desiredSize: given a value below the number of running nodes, it terminates the rest.
    place = open_place(STACK)
    fleet = Fleet(place)
    assert place.engine.init(STACK).ok
    place.edit({"pools": {"dev": {"nodes": "0..3"}}, "budget": {"usd_per_month": 5000}})
    status, made = fleet.json("up", "--yes")
    assert (status, [step["kind"] for step in made["steps"]]) == (0, ["preview", "up"])
    grow(place, "small-aws-dev-on-demand-nodes", 2)
    place.edit({"pools": {"dev": {"nodes": "1..4"}}})
    status, grown = fleet.json("up", "--yes")
    assert (status, [step["kind"] for step in grown["steps"]]) == (0, ["preview", "refresh", "preview", "up"])
    assert scaling(place, "small-aws-dev-on-demand-nodes") == {"minSize": 1, "desiredSize": 2, "maxSize": 4}
    assert grown["steps"][-1]["gpus"] == {"ended": 0, "begun": 0, "restarted": 0, "missing": 0}


def grow(place: Place, name: str, nodes: int) -> None:
    """What an autoscaler makes of a node group."""
    state = State(place.cloud.state)
    (group,) = [one for one in Cloud(state, {}).all(GROUP) if one.urn.endswith(f"::{name}")]
    state.set({f"desired.{group.outputs['nodeGroupName']}": nodes})
    state.close()


def scaling(place: Place, name: str) -> dict[str, int]:
    """What the last call has made of a node group's bounds and size."""
    state = State(place.cloud.state)
    (group,) = [one for one in Cloud(state, {}).all(GROUP) if one.urn.endswith(f"::{name}")]
    state.close()
    return group.inputs["scalingConfig"]


def test_an_interrupted_run_leaves_a_state_that_the_next_one_goes_on_from(open_place: Callable[..., Place]) -> None:
    account = "210987654321"
    slow = {"aws:eks/cluster:Cluster": {"create": 4}}
    place = open_place(STACK, *cloud_settings(account, sleep=True, latency=slow))
    fleet = Fleet(place)
    assert place.engine.init(STACK).ok
    process = fleet.start("up", STACK, "--yes")
    give_up = time.monotonic() + 120
    while not any(type_ == "aws:cloudwatch/logGroup:LogGroup" for type_, _ in place.cloud.left()):
        assert time.monotonic() < give_up and process.poll() is None, process.communicate()
        time.sleep(0.05)
    time.sleep(0.5)  # the cluster comes after its log group, and is under way now
    os.kill(process.pid, signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "Interrupted. The engine ends what it has begun" in err
    assert "Traceback" not in err and "but none were seen" not in err
    assert "run the same again: it goes on from where it stopped" in err
    left = place.cloud.left()
    assert ("aws:eks/cluster:Cluster", "small-aws-control-plane") in left, "what had begun was ended"
    assert not [one for one in left if one[0] == GROUP], "and nothing else was begun"
    state = json.loads(checkpoint(place).read_text())["checkpoint"]["latest"]
    assert not state.get("pending_operations")
    status, document = fleet.json("up", "--yes")
    assert (status, document["outcome"]) == (0, "deployed")
    assert sorted({name for _, name in place.cloud.left()}) == sorted(name for _, name in place.cloud.left()), (
        "no duplicate"
    )
