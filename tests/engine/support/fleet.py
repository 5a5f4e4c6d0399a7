"""Runs `gpufleet` as its user does: in the project's folder, with what the engine needs in the environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from components.records import record
from scripts.cli.documents import schema
from tests.engine.support.cloud import ROOT
from tests.engine.support.place import Place

PROGRAM = (sys.executable, "-c", "from scripts.cli.main import run; run()")


@record
class Ended:
    """How a run ended: status, what it wrote to stdout and to stderr."""

    status: int
    out: str
    err: str

    @property
    def last(self) -> str:
        """The last words: what is told last, with its hint."""
        lines = [line for line in self.err.splitlines() if line.strip()]
        at = max((number for number, line in enumerate(lines) if not line.startswith("  hint: ")), default=0)
        return "\n".join(lines[at:])


class Fleet:
    """`gpufleet` at a place."""

    def __init__(self, place: Place) -> None:
        self.place = place

    def env(self, change: Mapping[str, str | None] | None = None) -> dict[str, str]:
        env: dict[str, str | None] = {**self.place.engine.env(), "PYTHONPATH": str(ROOT), **(change or {})}
        return {name: value for name, value in env.items() if value is not None}

    def start(self, *arguments: str, env: Mapping[str, str | None] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*PROGRAM, *arguments],
            cwd=self.place.project,
            env=self.env(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, env: Mapping[str, str | None] | None = None) -> Ended:
        process = self.start(*arguments, env=env)
        out, err = process.communicate(timeout=300)
        ended = Ended(process.returncode, out, err)
        assert "Traceback" not in ended.err and "bug in gpufleet" not in ended.err, ended.err
        return ended

    def json(self, verb: str, *arguments: str, env: Mapping[str, str | None] | None = None) -> tuple[int, Any]:
        """The document of a verb, which obeys its schema."""
        ended = self.run(verb, self.place.stack, *arguments, "-o", "json", "-q", env=env)
        document = json.loads(ended.out)
        Draft202012Validator(schema(verb)).validate(document)
        return ended.status, document


def backend_of(place: Place) -> dict[str, bytes]:
    """Every file of the state's folder."""
    folder = place.folder / "backend"
    return {str(file.relative_to(folder)): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def checkpoint(place: Place) -> Path:
    """The file that holds a stack's state."""
    return place.folder / "backend" / ".pulumi" / "stacks" / "gpu-fleet" / f"{place.stack}.json"


def answering(
    question: str,
    answer: str,
    *command: str,
    cwd: Path,
    env: Mapping[str, str],
    before: Callable[[], None] = lambda: None,
) -> tuple[int, str]:
    """(status, all that was shown) of a command on a terminal, where `answer` is typed once `question` is read.

    `before` is done between the two.
    """
    import pty

    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(cwd)
        os.execvpe(command[0], command, dict(env))
    shown, answered = b"", False
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # how Linux tells that nobody writes any more
            break
        if not piece:
            break
        shown += piece
        if not answered and question.encode() in shown:
            answered = True
            before()
            os.write(terminal, answer.encode())
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown.decode(errors="replace")
