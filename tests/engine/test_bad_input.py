"""What goes wrong around a run, and that the engine's last words say what it was."""

from __future__ import annotations

import json
import re
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scripts.engine.find import NoEngine, find
from scripts.engine.run import kill
from tests.engine.support.place import Place

STACK = "small-aws"


def test_without_an_engine_it_is_said_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(NoEngine, match=r"there is no Pulumi engine\n  hint: install Pulumi .*make engine"):
        find({"PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path)})


@pytest.mark.engine
def test_a_wrong_spec_is_told_with_every_problem_and_no_traceback(open_place: Callable[..., Place]) -> None:
    place = open_place(STACK)
    place.edit({"region": "us-esat-1", "kubernetes": "1.10", "colour": "red"})
    assert place.engine.init(STACK).ok
    for result in (place.engine.preview(STACK), place.engine.up(STACK)):
        assert result.status != 0
        assert "Traceback" not in result.text and 'File "' not in result.text, result.text
        assert "colour" in result.text and "problem(s) in the spec; nothing was changed" in result.text
    assert place.cloud.left() == []


@pytest.mark.engine
def test_a_wrong_passphrase_is_told(open_place: Callable[..., Place]) -> None:
    place = open_place(STACK)
    assert place.engine.init(STACK).ok
    result = replace(place.engine, passphrase="wrong").preview(STACK)
    assert result.status != 0
    assert "incorrect passphrase" in result.last_line


@pytest.mark.engine
def test_a_backend_that_is_not_there_is_told(open_place: Callable[..., Place]) -> None:
    place = open_place(STACK)
    (place.folder / "backend").rmdir()
    result = place.engine.preview(STACK)
    assert result.status != 0
    assert result.last_line.startswith("error:") and str(place.folder / "backend") in result.last_line


@pytest.mark.engine
def test_a_run_that_was_killed_leaves_a_lock_which_cancel_clears(open_place: Callable[..., Place]) -> None:
    place = open_place(STACK)
    assert place.engine.init(STACK).ok
    process = place.engine.start("up", "--yes", "--skip-preview", "--stack", STACK)
    give_up = time.monotonic() + 60
    while not place.cloud.left() and time.monotonic() < give_up:
        time.sleep(0.02)
    kill(process)
    assert process.returncode == -signal.SIGKILL
    assert place.cloud.left(), "it was killed in the midst of its work"

    locked = place.engine.up(STACK, "--skip-preview")
    assert locked.status != 0
    assert "the stack is currently locked by 1 lock(s)" in locked.text
    assert "pulumi cancel" in locked.text
    assert place.engine.cancel(STACK).ok
    export = place.engine.export(STACK)
    assert export["version"] >= 3, "the state can be read"


@pytest.mark.engine
def test_a_provider_that_dies_is_told_and_the_next_run_goes_on(open_place: Callable[..., Place]) -> None:
    fault = {"at": "aws:ec2/subnet:Subnet", "call": "create", "kind": "crash", "when": "before"}
    place = open_place(STACK, "--faults", json.dumps([fault]))
    assert place.engine.init(STACK).ok
    result = place.engine.up(STACK, "--skip-preview")
    assert result.status != 0
    assert "Traceback" not in result.text
    assert re.search(r"error: .*(connection|transport|EOF|unavailable)", result.text), result.text
    assert place.engine.export(STACK)["version"] >= 3, "the state can be read"

    place.reopen()
    resumed = place.engine.up(STACK, "--skip-preview")
    assert resumed.ok, resumed.text
    again = place.engine.up(STACK, "--expect-no-changes")
    assert again.ok, again.text
    assert place.engine.destroy(STACK).ok
    assert place.cloud.left() == []
