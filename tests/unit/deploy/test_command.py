"""How the engine is called: never without its look, and an interruption reaches it once."""

from __future__ import annotations

import os
import signal
import threading
import time
from pathlib import Path

import pytest
from pulumi import automation

from components.errors import EngineError
from scripts.deploy.command import Command
from scripts.engine.find import Installation

pytestmark = pytest.mark.process


def engine(folder: Path, script: str, version: str = "3.259.0") -> Installation:
    (folder / "pulumi").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "pulumi").chmod(0o755)
    return Installation(folder, version)


def test_a_look_is_never_skipped_and_nobody_is_asked(tmp_path: Path) -> None:
    command = Command(engine(tmp_path, 'echo "$@"'))
    told = command.run(["up", "--yes", "--skip-preview", "--stack", "dev"], str(tmp_path), {})
    assert told.stdout == "--non-interactive --color never up --yes --stack dev"


def test_what_fails_is_told_with_all_its_words(tmp_path: Path) -> None:
    command = Command(engine(tmp_path, "echo one; echo error: two >&2; exit 3"))
    with pytest.raises(automation.CommandError, match=r"one[\s\S]*error: two"):
        command.run(["preview"], str(tmp_path), {})


def test_another_major_version_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        EngineError, match=r"is version 4\.0\.0, and this works with version 3\n  hint: install Pulumi 3"
    ):
        Command(engine(tmp_path, "", "4.0.0"))


def test_an_interruption_reaches_the_engine_the_first_and_the_third_time(tmp_path: Path) -> None:
    script = f"trap 'echo asked >> {tmp_path}/asked' INT; touch {tmp_path}/there; while [ ! -f {tmp_path}/end ]; do sleep 0.05; done"
    heard: list[int] = []
    command = Command(engine(tmp_path, script), heard.append)

    def interrupt() -> None:
        wait_for(lambda: (tmp_path / "there").exists())
        for times in (1, 2, 3):
            os.kill(os.getpid(), signal.SIGTERM if times == 2 else signal.SIGINT)
            wait_for(lambda times=times: len(heard) == times)
            time.sleep(0.2)
        (tmp_path / "end").touch()

    thread = threading.Thread(target=interrupt)
    thread.start()
    before = signal.getsignal(signal.SIGINT)
    command.run(["up"], str(tmp_path), {})
    thread.join()
    assert signal.getsignal(signal.SIGINT) is before
    assert heard == [1, 2, 3] and command.interrupts == 3
    assert (tmp_path / "asked").read_text() == "asked\nasked\n"


def wait_for(done: object) -> None:
    give_up = time.monotonic() + 120
    while not done():  # type: ignore[operator]
        assert time.monotonic() < give_up
        time.sleep(0.02)
