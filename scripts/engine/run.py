"""Runs the Pulumi engine: one verb, one process, in a project's folder, with everything that it reads said here."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any

from components.errors import EngineError
from components.records import record
from scripts.engine.find import Installation

PACK = Path(__file__).resolve().parents[2] / "policies" / "analyzer"
"""The policy pack in the form that every language host runs."""

_NONINTERACTIVE = ("--non-interactive", "--color", "never")
_GRACE = 10.0
"""Seconds that the engine has to end by itself once it was asked to."""


@record(kw_only=True)
class Result:
    """What one run of the engine gave: its exit status, what it wrote, and how long it took."""

    arguments: tuple[str, ...]
    status: int
    out: str
    err: str
    seconds: float

    @property
    def ok(self) -> bool:
        return self.status == 0

    @property
    def text(self) -> str:
        """All that it wrote."""
        return f"{self.out}{self.err}"

    def json(self) -> Any:
        """What `--json` wrote. Raises EngineError, with the engine's own last line, where that is no JSON."""
        try:
            return json.loads(self.out)
        except ValueError:
            raise EngineError(f"{self}: no JSON; {self.last_line}") from None

    @property
    def last_line(self) -> str:
        """The engine's last words: its last error where there is one."""
        told = [*_diagnostics(self.out), *self.text.splitlines()]
        lines = [line.strip() for line in told if line.strip()]
        errors = [line for line in lines if line.startswith("error:")]
        return next(reversed(errors or lines), "it said nothing")

    def __str__(self) -> str:
        return f"pulumi {' '.join(self.arguments)} ended with {self.status}"


def _diagnostics(out: str) -> list[str]:
    """The messages in what `--json` wrote, as the engine shows them to people; none in anything else."""
    try:
        document: dict[str, Any] = json.loads(out)
        told = [(str(one["severity"]), str(one["message"])) for one in document.get("diagnostics", ())]
        return [text if text.startswith(f"{level}:") else f"{level}: {text}" for level, text in told]
    except (ValueError, AttributeError, KeyError):
        return []


@record(kw_only=True)
class Engine:
    """Runs verbs for one project.

    `project` is the folder of Pulumi.yaml, `backend` the URL of the state (`file:///...`, `s3://...`), `python` the
    folder of the Python that has the SDKs, `providers` the port of each provider that runs already (a simulated
    cloud). `home` keeps the engine's own files apart from the user's; None leaves them where they are.
    """

    installation: Installation
    project: Path
    backend: str
    passphrase: str | None = None
    providers: Mapping[str, int] = field(default_factory=dict[str, int])
    home: Path | None = None
    python: Path = Path(sys.executable).parent
    environ: Mapping[str, str] = field(default_factory=dict[str, str])

    def env(self) -> dict[str, str]:
        """The environment of every run: the caller's, and what is said above. Nothing is downloaded meanwhile."""
        folders = (str(self.python), str(self.installation.folder), os.environ.get("PATH", ""))
        env = {
            **os.environ,
            "PATH": os.pathsep.join(filter(None, folders)),
            "PULUMI_BACKEND_URL": self.backend,
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        if self.passphrase is not None:
            env["PULUMI_CONFIG_PASSPHRASE"] = self.passphrase
        if self.home is not None:
            env["PULUMI_HOME"] = str(self.home)
        if self.providers:
            env["PULUMI_DEBUG_PROVIDERS"] = ",".join(f"{name}:{port}" for name, port in self.providers.items())
        return env | dict(self.environ)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a verb and do not wait. The engine and all that it starts are one group of processes: see `kill`."""
        return subprocess.Popen(
            [self.installation.cli, *arguments, *_NONINTERACTIVE],
            cwd=self.project,
            env=self.env(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )

    def run(self, *arguments: str, timeout: float = 600.0) -> Result:
        """Run a verb to its end. Raises EngineError where it takes longer than `timeout` seconds, with all ended.

        Ctrl-C is passed on, so that the engine finishes what it has begun and leaves a state that can be used.
        """
        begun = time.monotonic()
        process = self.start(*arguments)
        try:
            out, err = process.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            kill(process)
            raise EngineError(f"pulumi {' '.join(arguments)} took longer than {timeout:.0f} s and was ended") from None
        except KeyboardInterrupt:
            _signal(process, signal.SIGINT)
            process.communicate()
            raise
        finally:
            if process.poll() is None:
                kill(process)
        return Result(
            arguments=arguments, status=process.returncode, out=out, err=err, seconds=time.monotonic() - begun
        )

    def init(self, stack: str) -> Result:
        """Make a stack. With a passphrase the engine adds the salt of its secrets to the stack's file."""
        return self.run("stack", "init", stack)

    def preview(self, stack: str, *more: str) -> Result:
        return self.run("preview", "--stack", stack, *more)

    def steps(self, stack: str, *more: str) -> Any:
        """What a preview would do, as the engine's `--json` has it. Raises EngineError where it fails."""
        result = self.preview(stack, "--json", *more)
        if not result.ok:
            raise EngineError(f"{result}: {result.last_line}")
        return result.json()

    def up(self, stack: str, *more: str) -> Result:
        return self.run("up", "--yes", "--stack", stack, *more)

    def refresh(self, stack: str, *more: str) -> Result:
        return self.run("refresh", "--yes", "--stack", stack, *more)

    def destroy(self, stack: str, *more: str) -> Result:
        return self.run("destroy", "--yes", "--stack", stack, *more)

    def export(self, stack: str) -> Any:
        """The stack's state, with secrets encrypted. Raises EngineError."""
        result = self.run("stack", "export", "--stack", stack)
        if not result.ok:
            raise EngineError(f"{result}: {result.last_line}")
        return result.json()

    def cancel(self, stack: str) -> Result:
        """Take away the lock that a run which was killed has left."""
        return self.run("cancel", "--yes", "--stack", stack)


def kill(process: subprocess.Popen[str]) -> None:
    """End the engine at once (SIGKILL), then the language host, the program and the policy pack that it started."""
    started = _descendants(process.pid)
    _signal(process, signal.SIGKILL)
    for pid in started:  # each is a group of its own, which the engine's death does not end at once
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(timeout=_GRACE)
    for stream in (process.stdout, process.stderr):
        if stream is not None:
            stream.close()


def _descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that these have."""
    listing = subprocess.run(["ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in map(str.split, listing.splitlines())}
    found: list[int] = []
    generation = {pid}
    while generation:
        generation = {child for child, parent in parents.items() if parent in generation}
        found += generation
    return found


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def pack_arguments(pack: Path = PACK, config: Path | None = None) -> Sequence[str]:
    """What makes a verb run with the policy pack. The path is absolute: the engine starts it from another folder."""
    return ("--policy-pack", str(pack.resolve()), *(("--policy-pack-config", str(config)) if config else ()))
