"""A stack in the user's own backend, and the runs of the engine on it.

The program is the project's own, and the language host runs it: what is deployed is what `pulumi up` deploys, since it
is that. An inline program, as the rehearsal has it, would be quicker by the time to import the SDK, and would take
the tool's own spec instead of the config that the engine reads.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import field
from pathlib import Path
from typing import Any

from pulumi import automation

from components.errors import EngineError, Finding
from components.records import record
from scripts.deploy.command import Command
from scripts.deploy.target import Target
from scripts.engine.events import Events
from scripts.engine.find import Installation
from scripts.engine.run import PACK
from scripts.engine.steps import Sizes, Step, gpus
from scripts.engine.words import failures, last_line

_ACTS = ("up", "destroy")

OnEvent = Callable[[automation.EngineEvent], Any]


@record(kw_only=True)
class Run:
    """One run: its step, what failed with what to do, what the policy pack forbids, the stack's outputs after it, and whether it was interrupted."""

    step: Step
    events: Events
    failures: tuple[tuple[str, str], ...] = ()
    broken: tuple[Finding, ...] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict[str, Any])
    interrupted: bool = False


class _Workspace(automation.LocalWorkspace):
    """The project's folder as it is."""

    def select_stack(self, stack_name: str) -> None:
        """Nothing: what plain commands of this user work on stays what it was."""

    def stack_outputs(self, stack_name: str) -> automation.OutputMap:
        """The outputs without the text of secrets."""
        told = self._run_pulumi_cmd_sync(["stack", "output", "--json", "--stack", stack_name])
        return {
            name: automation.OutputValue(value=value, secret=False) for name, value in json.loads(told.stdout).items()
        }


class Deployment:
    """One stack. Each verb is one run; a plan that a preview has written holds the next `up` to it."""

    def __init__(self, command: Command, installation: Installation, target: Target, folder: Path) -> None:
        self.target = target
        self._command = command
        self._plan, self._folder = folder / "plan.json", folder
        path = (str(Path(sys.executable).parent), str(installation.folder), os.environ.get("PATH", ""))
        env = {"PATH": os.pathsep.join(path), "PULUMI_SKIP_UPDATE_CHECK": "1"}
        self._space = _Workspace(work_dir=str(target.root), pulumi_command=command, env_vars=env)
        self._stack = automation.Stack.select(target.stack, self._space)

    def state(self) -> Path | None:
        """The file of the state, as `pulumi stack export` gives it; None where the backend has no such stack."""
        try:
            told = self._run("stack", "export")
        except automation.StackNotFoundError:
            return None
        file = self._folder / "state.json"
        file.write_text(told.stdout, encoding="utf-8")
        return file

    def make(self) -> None:
        """Make the stack; with a passphrase the engine adds the salt of its secrets to the stack's file."""
        self._run("stack", "init", "--no-select")

    def preview(self, old: Sizes, new: Sizes, tell: OnEvent) -> Run:
        """What an `up` would do, judged by the policy pack, and kept as the plan."""
        return self._step(
            "preview",
            lambda on_event: self._stack.preview(on_event=on_event, policy_packs=[str(PACK)], plan=str(self._plan)),
            tell,
            old,
            new,
        )

    def up(self, old: Sizes, new: Sizes, tell: OnEvent) -> Run:
        """What was previewed, and nothing else: the engine stops where it would do more than the plan has.

        What fails does not keep back what does not need it: another pool comes up.
        """
        return self._step(
            "up",
            lambda on_event: self._stack.up(
                on_event=on_event,
                policy_packs=[str(PACK)],
                plan=str(self._plan),
                show_secrets=False,
                continue_on_error=True,
            ),
            tell,
            old,
            new,
        )

    def preview_destroy(self, old: Sizes, tell: OnEvent) -> Run:
        return self._step("preview", lambda on_event: self._stack.preview_destroy(on_event=on_event), tell, old, {})

    def destroy(self, old: Sizes, tell: OnEvent) -> Run:
        return self._step(
            "destroy", lambda on_event: self._stack.destroy(on_event=on_event, show_secrets=False), tell, old, {}
        )

    def refresh(self, urns: Sequence[str], tell: OnEvent) -> Run:
        """Have the state say of these resources what the cloud says."""
        return self._step(
            "refresh", lambda on_event: self._stack.refresh(on_event=on_event, target=[*urns]), tell, {}, {}
        )

    def drift(self, tell: OnEvent) -> Run:
        """What a refresh would write into the state. Nothing is written, and nothing is locked."""
        return self._step("drift", lambda on_event: self._stack.preview_refresh(on_event=on_event), tell, {}, {})

    def _step(self, name: str, run: Callable[[OnEvent], Any], tell: OnEvent, old: Sizes, new: Sizes) -> Run:
        events, text, outputs = Events(), "", dict[str, Any]()
        asked, begun = self._command.interrupts, time.perf_counter()

        def hear(event: automation.EngineEvent) -> None:
            events(event)
            tell(event)

        try:
            result = run(hear)
        except automation.CommandError as failure:
            text = str(failure)
        else:
            given: Mapping[str, automation.OutputValue] = getattr(result, "outputs", {})
            outputs = {key: one.value for key, one in given.items()}
        # A run that acts looks first: what it only saw, it has not done.
        changes, same = events.changes() if events.runs > (name in _ACTS) else ((), 0)
        seconds = time.perf_counter() - begun
        moved = gpus(changes, old, new)
        target = self.target
        failed = failures(events.errors(), text, target.stack, target.project) if text else ()
        error = last_line(events.errors(), text, target.stack, target.project) if text else ""
        step = Step(name=name, kind=name, seconds=seconds, changes=changes, same=same, gpus=moved, error=error)
        return Run(
            step=step,
            events=events,
            failures=failed,
            broken=events.broken(),
            outputs=outputs,
            interrupted=self._command.interrupts > asked,
        )

    def _run(self, *words: str) -> automation.CommandResult:
        """A command that is over in a moment. Raises StackNotFoundError, and EngineError where it fails otherwise."""
        arguments = [*words, "--stack", self.target.stack]
        try:
            return self._command.run(arguments, self._space.work_dir, self._space.env_vars)
        except automation.StackNotFoundError:
            raise
        except automation.CommandError as failure:
            said = last_line((), str(failure), self.target.stack, self.target.project)
            raise EngineError(said) from None


@contextmanager
def opened(installation: Installation, target: Target, on_interrupt: Callable[[int], None]) -> Generator[Deployment]:
    """A deployment with a folder of its own, which is gone afterwards: the plan and the state may hold what is secret."""
    with tempfile.TemporaryDirectory(prefix="gpu-fleet-") as folder:
        yield Deployment(Command(installation, on_interrupt), installation, target, Path(folder))
