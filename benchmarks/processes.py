"""Runs whole processes and says what each took: seconds of wall time and the most memory it had."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
RUNS = 7
PYTHON = sys.executable
CLI = str(Path(PYTHON).with_name("gpufleet"))
IMPORTS = [PYTHON, "-c", "import pydantic, yaml, typer, rich.console"]
"""What any command line of this kind imports: the floor of our verbs."""
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024  # what getrusage counts in


@dataclass(frozen=True)
class Run:
    """One process: `seconds` of wall time, `peak` of resident memory in MiB, `cpu` seconds that it computed."""

    seconds: float
    peak: float
    cpu: float = 0.0


@dataclass(frozen=True)
class Bytecode:
    """A place for bytecode of our own, so that the state of this machine's does not matter.

    `env` makes a process use it: bytecode there and written, or, with `sdk=False`, none of installed packages and of
    this project and none written (Python's own library always has its own).
    """

    folder: Path
    sdk: bool

    @property
    def env(self) -> dict[str, str]:
        env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "AWS_", "PULUMI_"))}
        env |= {"PYTHONPYCACHEPREFIX": str(self.folder / "pyc"), "XDG_CACHE_HOME": str(self.folder / "cache")}
        return env if self.sdk else {**env, "PYTHONDONTWRITEBYTECODE": "1"}


def warm(folder: Path, commands: Mapping[str, Sequence[str]]) -> Bytecode:
    """Bytecode of all that the commands import."""
    made = Bytecode(folder, sdk=True)
    for command in commands.values():
        for _ in range(2):  # once to write the bytecode, once to see that it runs from it
            run(command, made.env)
    return made


def without_packages(of: Bytecode, folder: Path) -> Bytecode:
    """A copy that has bytecode of Python's own library only; the import hook's cache stays."""
    shutil.copytree(of.folder, folder)
    for place in {sysconfig.get_path("purelib"), sysconfig.get_path("platlib"), str(ROOT)}:
        shutil.rmtree(folder / "pyc" / place.lstrip("/"), ignore_errors=True)
    return Bytecode(folder, sdk=False)


def run(command: Sequence[str], env: Mapping[str, str]) -> Run:
    """Run a command to its end; raises CalledProcessError when it fails."""
    with tempfile.TemporaryFile() as errors:
        started = time.perf_counter()
        actions = [
            (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
            (os.POSIX_SPAWN_DUP2, errors.fileno(), 2),
        ]
        child = os.posix_spawn(command[0], list(command), dict(env), file_actions=actions)
        _, status, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - started
        if status:
            errors.seek(0)
            raise subprocess.CalledProcessError(os.waitstatus_to_exitcode(status), command, stderr=errors.read())
    return Run(seconds, usage.ru_maxrss * _RSS_UNIT / 2**20, usage.ru_utime + usage.ru_stime)


def interleaved(commands: Mapping[str, Sequence[str]], env: Mapping[str, str], times: int) -> dict[str, Run]:
    """The median of each command's runs, taken in turn (A B C A B C …) so that a busy moment meets all alike."""
    runs: dict[str, list[Run]] = {name: [] for name in commands}
    for _ in range(times):
        for name, command in commands.items():
            runs[name].append(run(command, env))
    return {
        name: Run(*(median(getattr(one, field) for one in found) for field in ("seconds", "peak", "cpu")))
        for name, found in runs.items()
    }
