"""Where cases play: one simulated cloud, one backend, the bare program, and an engine that is killed on cue."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

from components.errors import FleetError
from components.records import record
from scripts.engine import recovery
from scripts.engine.find import Installation
from scripts.engine.run import Engine, Result
from scripts.rehearsal import providers, server
from scripts.rehearsal.crash.recording import PROJECT, Recording
from scripts.rehearsal.crash.replay import Host
from scripts.rehearsal.servicer import Event
from scripts.rehearsal.state import MEMORY, State

BEFORE, AFTER, REPLIED = "before", "after", "replied"
POINTS = (BEFORE, AFTER, REPLIED)
"""When the engine dies: before the provider does it; when the cloud did it and no reply was sent; when the reply was
sent and the state not yet written."""

_CALLS = ("Create", "Update", "Delete")
_LIMIT = 180.0  # seconds that one run may take
_FAST = {"GOGC": "off"}  # no run lives long enough for the engine to need to tidy up its memory
_RUNTIME = "bare"


@record
class Step:
    """One call of the engine that changes the cloud."""

    method: str
    urn: str
    type: str

    @property
    def name(self) -> str:
        return self.urn.rpartition("::")[2]

    def __str__(self) -> str:
        return f"{self.method.lower()} {self.name}"


@record
class Snapshot:
    """The engine's state and the cloud, as they were at one moment."""

    state: bytes
    cloud: bytes


class Place:
    """One folder, used for one case after another. Verbs run the engine, and end as it does."""

    def __init__(self, installation: Installation, folder: Path, stack: str, cloud: str, account: str) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        for name in ("project", "backend", "home"):
            (folder / name).mkdir(parents=True)
        (folder / "project" / "Pulumi.yaml").write_text(f"name: {PROJECT}\nruntime: {_RUNTIME}\n")
        self.stack, self._folder = stack, folder
        self._watch: Callable[[Event], None] = lambda _: None
        self.host, self._kept = Host(), State(MEMORY)
        self._providers = providers.of_cloud(cloud)
        self._kept.set({"account": account} if account else {})
        tools = _tools(folder / "tools", self.host.address)
        self.clouds = self._serve()
        self.engine = Engine(
            installation=installation,
            project=folder / "project",
            backend=f"file://{folder / 'backend'}",
            passphrase="rehearsal",  # of a state that holds nothing real
            providers=self.clouds.ports,
            home=folder / "home",
            environ={
                "PATH": os.pathsep.join(map(str, (tools, installation.folder, os.environ.get("PATH", "")))),
                **_FAST,
            },
        )
        self._must(self.engine.init(stack))
        self._file = folder / "backend" / ".pulumi" / "stacks" / PROJECT / f"{stack}.json"

    @property
    def cloud(self) -> Any:
        return self.clouds.cloud

    def close(self) -> None:
        self.clouds.stop()
        self.host.close()

    def reopen(self) -> None:
        """Serve the same cloud anew, after its provider died."""
        self.clouds = self._serve()
        self.engine = replace(self.engine, providers=self.clouds.ports)

    # The engine

    def run(self, verb: str, recording: Recording, *more: str) -> Result:
        """`up` or `destroy`, one step after another. The preview is left out: it changes nothing."""
        return self.engine.run(*self._words(verb, recording), *more, timeout=_LIMIT)

    def failed(self, verb: str, recording: Recording) -> Sequence[Mapping[str, Any]]:
        """Run what does not go well: the resources that could not be created, as the engine's events tell of them."""
        log = self._folder / "events.log"
        log.unlink(missing_ok=True)
        engine = replace(self.engine, environ={**self.engine.environ, "PULUMI_DEBUG_COMMANDS": "1"})
        done = engine.run(*self._words(verb, recording), "--event-log", str(log), timeout=_LIMIT)
        if done.ok:
            raise RuntimeError(f"{done}, and should have failed")
        return recovery.failed(map(json.loads, log.read_text().splitlines()))

    def recorded(self, verb: str, recording: Recording, before: Callable[[Step, Snapshot], None]) -> Result:
        """Run, and tell of each step with what there was before it."""

        def watch(event: Event) -> None:
            step = _step(event)
            if step is not None and event.when == BEFORE:
                before(step, self.snapshot())

        self._watch = watch
        try:
            return self.run(verb, recording)
        finally:
            self._watch = lambda _: None

    def killed(self, verb: str, recording: Recording, at: Step, when: str) -> bool:
        """Run, and kill the engine (SIGKILL) at the first such step. Whether it came to that."""
        process = self.engine.start(*self._words(verb, recording))
        struck = threading.Event()

        def watch(event: Event) -> None:
            if struck.is_set() or _step(event) != at:
                return
            if when == REPLIED and event.when == AFTER:
                # It is held still while the reply goes out: it would write the state faster than it can be killed.
                os.kill(process.pid, signal.SIGSTOP)
            if event.when == when:
                struck.set()
                os.kill(process.pid, signal.SIGKILL)
                process.wait()  # so that nothing is written any more when the call goes on
                if when == BEFORE:
                    raise FleetError("the engine is dead, and nothing is done any more")

        self._watch = watch
        try:
            process.communicate(timeout=_LIMIT)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        finally:
            self._watch = lambda _: None
        return struck.is_set() and process.returncode == -signal.SIGKILL

    def cancel(self) -> Result:
        """Take the dead run's lock away, as a person does."""
        return self.engine.cancel(self.stack)

    def export(self) -> dict[str, Any]:
        """The deployment as `pulumi stack export` tells it."""
        return self.engine.export(self.stack)["deployment"]

    def shell(self, command: str) -> Result:
        """A command as a person pastes it into a shell."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.engine.project,
            env={**self.engine.env(), "PULUMI_NON_INTERACTIVE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_LIMIT,
            check=False,
        )
        return Result(arguments=(command,), status=done.returncode, out=done.stdout, err=done.stderr, seconds=0.0)

    # What there is

    def state(self) -> dict[str, Any]:
        """The deployment as it lies in the backend."""
        return json.loads(self._file.read_bytes())["checkpoint"]["latest"]

    def snapshot(self) -> Snapshot:
        return Snapshot(self._file.read_bytes(), self.cloud.state.dump())

    def restore(self, snapshot: Snapshot) -> None:
        """Put engine and cloud back. No record of a step that had begun stays, and no lock."""
        shutil.rmtree(self._folder / "backend" / ".pulumi" / "locks", ignore_errors=True)
        document = json.loads(snapshot.state)
        document["checkpoint"]["latest"].pop("pending_operations", None)
        self._file.write_text(json.dumps(document))
        self.cloud.state.load(snapshot.cloud)

    # Inside

    def _serve(self) -> server.Running:
        # The calls that a provider dies in get no answer, so the thread that is in one must not wait for it.
        crash = threading.Thread(target=lambda: self.clouds.die(), daemon=True)
        return server.start(self._kept, self._providers, watch=self._told, crash=lambda: _end(crash))

    def _words(self, verb: str, recording: Recording) -> tuple[str, ...]:
        self.host.recording = recording
        serial = ("--parallel", "1", "--client", self.host.address)
        return (verb, "--yes", "--skip-preview", "--stack", self.stack, *serial)

    def _told(self, event: Event) -> None:
        self._watch(event)

    def _must(self, result: Result) -> None:
        if not result.ok:
            raise RuntimeError(f"{result}: {result.last_line}")


def _end(crash: threading.Thread) -> NoReturn:
    crash.start()
    time.sleep(1)  # the servers are gone by then
    raise FleetError("the provider is dead")


def _tools(folder: Path, address: str) -> Path:
    """A language host for verbs that take none from outside (`import`): it names the one that runs here already."""
    folder.mkdir()
    host = folder / f"pulumi-language-{_RUNTIME}"
    # The engine ends its plugins; one whose engine was killed ends by itself.
    host.write_text(f"#!/bin/sh\necho {address.rpartition(':')[2]}\nexec sleep 60\n")
    host.chmod(0o755)
    return folder


def _step(event: Event) -> Step | None:
    if event.preview or event.method not in _CALLS or event.type.startswith("pulumi:"):
        return None
    return Step(event.method, event.urn, event.type)
