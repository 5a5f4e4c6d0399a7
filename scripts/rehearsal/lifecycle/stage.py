"""Where a rehearsal plays: the engine with a state of its own, the program in this process, and a simulated cloud."""

from __future__ import annotations

import contextlib
import gc
import inspect
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

from components import sdk_imports

sdk_imports.install()

from pulumi import automation  # noqa: E402 (after the hook that makes the SDKs load fast)

from components import program  # noqa: E402
from components.errors import EngineError, Finding, InputError, Level  # noqa: E402
from scripts.engine import recovery, takeover  # noqa: E402
from scripts.engine.events import Events  # noqa: E402
from scripts.engine.find import Installation  # noqa: E402
from scripts.engine.steps import Step, gpus, sizes  # noqa: E402
from scripts.engine.words import last_line  # noqa: E402
from scripts.rehearsal import providers, server  # noqa: E402
from scripts.rehearsal.lifecycle.deployed import Deployed  # noqa: E402
from scripts.rehearsal.lifecycle.edits import Planned  # noqa: E402
from scripts.rehearsal.lifecycle.faults import NamedFault, aimed  # noqa: E402

_PROJECT = "gpu-fleet"
_PASSPHRASE = "rehearsal"  # of a state that holds nothing real
_MADE = ("backend", "home", "work", "tools", "cloud.db")


class Stage:
    """One stack on its simulated cloud. Each verb is one run of the engine, and gives a `Step`."""

    def __init__(
        self,
        installation: Installation,
        folder: Path,
        start: Planned,
        faults: Sequence[NamedFault],
        deployed: Deployed | None = None,
    ) -> None:
        self.now = start
        self.faults = len(faults)
        self.deployed = deployed
        self._sizes = sizes(start.plan) if deployed is None else deployed.sizes
        self.unowned: tuple[Finding, ...] = ()  # what the last run made and does not know
        self._project = deployed.project if deployed else _PROJECT
        account = deployed.account if deployed else start.plan.account
        settings: dict[str, Any] = {"account": account} if account else {}
        for fault in faults:
            settings.update(fault.settings or {})
        struck = [one for fault in faults for one in aimed(fault, start.plan)]
        cloud, place = start.plan.cloud, folder / "cloud.db"
        with contextlib.ExitStack() as undo:
            serving = server.start(place, providers.of_cloud(cloud), settings=settings, faults=struck)
            self._clouds = undo.enter_context(serving)
            name = (self._project, start.plan.stack)
            self._stack = _stack(installation, folder, name, self._clouds.debug_providers, self._run)
            if deployed is not None:
                self._begin_with(deployed)
            undo.pop_all()

    def _begin_with(self, deployed: Deployed) -> None:
        """Have what is deployed in the cloud and in the engine's state."""
        state = self.cloud.state
        state.set({"seed": deployed.seed})
        with state.transaction():
            for one in deployed.resources:
                state.put(one)
        salt = self._stack.workspace.stack_settings(self._stack.name).encryption_salt
        keys = {"type": "passphrase", "state": {"salt": salt}}  # secrets are kept with the rehearsal's own key
        ours = {**deployed.deployment, "secrets_providers": keys}
        try:
            self._stack.import_stack(automation.Deployment(version=3, deployment=ours))
        except automation.CommandError as error:
            words, _, hint = last_line([], str(error), self.now.plan.stack, self._project).partition("\n  hint: ")
            message = f"the engine does not take this state: {words}"
            found = Finding(id="state-refused", level=Level.ERROR, path="--from-state", message=message, hint=hint)
            raise InputError(found) from None

    @property
    def careful(self) -> bool:
        """Whether an edit is looked at before it is made, as something may refuse it."""
        return self.now.plan.protect or self.deployed is not None

    @property
    def cloud(self) -> Any:
        return self._clouds.cloud

    def close(self) -> None:
        self._clouds.stop()

    def preview(self, name: str, kind: str, target: Planned | None = None) -> Step:
        """What an `up` would do. Nothing is changed; with `target`, of that spec."""
        return self._step(name, kind, lambda events: self._stack.preview(on_event=events), target)

    def up(self, name: str, kind: str, target: Planned | None = None) -> Step:
        """Bring the cloud to what the spec says, from now on that of `target`; what fails keeps back what needs it."""
        return self._step(
            name, kind, lambda events: self._stack.up(on_event=events, continue_on_error=True), target, stay=True
        )

    def refresh(self, name: str, kind: str) -> Step:
        return self._step(name, kind, lambda events: self._stack.refresh(on_event=events))

    def destroy(self, name: str, kind: str) -> Step:
        return self._step(name, kind, lambda events: self._stack.destroy(on_event=events))

    def left(self) -> list[tuple[str, str]]:
        """Logical name and type of all that exists in the cloud."""
        return sorted((one.urn.rpartition("::")[2], one.type) for one in self.cloud.all())

    def export(self) -> dict[str, Any]:
        """The engine's state as `pulumi stack export --show-secrets` writes it."""
        exported = self._stack.export_stack()
        return {"version": exported.version, "deployment": exported.deployment}

    def _unowned(self, events: Events) -> tuple[Finding, ...]:
        """What a run that failed has made all the same, each with the command that takes it over."""

        def find(type: str, urn: str) -> list[str]:
            made = [one for one in self.cloud.all(type) if one.urn == urn]
            return [takeover.import_id(one.type, one.inputs, one.account, one.id) for one in made]

        return recovery.findings(self.export(), self.now.plan.stack, find, events.not_created())

    def _run(self) -> None:
        program.deploy(self.now.plan, self.now.loaded)

    def _step(
        self, name: str, kind: str, run: Callable[[Events], Any], target: Planned | None = None, *, stay: bool = False
    ) -> Step:
        before, events, error = self.now, Events(), ""
        self.unowned = ()
        self.now = target or before
        begun = time.perf_counter()
        with _cut_off():
            try:
                run(events)
            except automation.CommandError as failure:
                error = last_line(events.errors(), str(failure), before.plan.stack, self._project)
                self.unowned = self._unowned(events)
            gc.collect()  # each run leaves a whole program behind
            if not gc.get_freeze_count():
                gc.freeze()  # the SDKs stay: there is no need to look through them each time
        changes, same = events.changes()
        become = sizes(self.now.plan, self._sizes)
        moved = gpus(changes, self._sizes, become)
        if not stay:
            self.now = before
        elif not error:
            self.deployed = None  # from here on, what exists is what the plan says
            self._sizes = become
        seconds = time.perf_counter() - begun
        return Step(name=name, kind=kind, seconds=seconds, changes=changes, same=same, gpus=moved, error=error)


@contextlib.contextmanager
def _cut_off() -> Generator[None]:
    """Say nothing of programs that the engine has cut off: Python complains of their coroutines when they are freed."""
    usual = sys.unraisablehook

    def hook(told: sys.UnraisableHookArgs) -> None:
        if not inspect.iscoroutine(told.object):
            usual(told)

    sys.unraisablehook = hook
    try:
        yield
    finally:
        sys.unraisablehook = usual


@contextlib.contextmanager
def stage(
    installation: Installation,
    start: Planned,
    *,
    keep: Path | None = None,
    faults: Sequence[NamedFault] = (),
    deployed: Deployed | None = None,
) -> Generator[Stage]:
    """A stage that is taken down afterwards; its folder stays where `keep` names one."""
    folder = Path(tempfile.mkdtemp(prefix="gpu-fleet-")) if keep is None else _kept(keep, empty=deployed is not None)
    try:
        for name in ("backend", "home", "work", "tools/bin"):
            (folder / name).mkdir(parents=True, exist_ok=True)
        made = Stage(installation, folder, start, faults, deployed)
        try:
            yield made
        finally:
            made.close()
    finally:
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def _kept(folder: Path, *, empty: bool) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strange = [one.name for one in folder.iterdir() if empty or not one.name.startswith(_MADE)]
    except OSError as error:
        raise InputError(_wrong(f"{folder}: {error.strerror}")) from None
    if strange:
        holds = "a rehearsal already" if empty else "other things than a rehearsal"
        raise InputError(_wrong(f"{folder} holds {holds}: {', '.join(sorted(strange)[:3])}"))
    return folder.resolve()


def _wrong(message: str) -> Finding:
    return Finding(id="keep", level=Level.ERROR, message=message, hint="give an empty folder, or one to be made")


def _stack(
    installation: Installation, folder: Path, name: tuple[str, str], providers: str, run: Callable[[], None]
) -> automation.Stack:
    """The engine's stack of a name (project, stack)."""
    project, stack = name
    link = folder / "tools" / "bin" / "pulumi"
    link.unlink(missing_ok=True)
    link.symlink_to(installation.cli)
    path = os.pathsep.join((str(installation.folder), os.environ.get("PATH", "")))
    options = automation.LocalWorkspaceOptions(
        work_dir=str(folder / "work"),
        pulumi_home=str(folder / "home"),
        pulumi_command=automation.PulumiCommand(root=str(folder / "tools")),
        env_vars={
            "PATH": path,
            "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE": _PASSPHRASE,
            "PULUMI_SKIP_UPDATE_CHECK": "1",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DEBUG_PROVIDERS": providers,
        },
    )
    try:
        return automation.create_or_select_stack(stack_name=stack, project_name=project, program=run, opts=options)
    except (automation.CommandError, OSError) as error:
        last = next((line for line in reversed(str(error).splitlines()) if line.strip()), "it said nothing")
        raise EngineError(f"the engine has made no stack: {last.strip()}") from None
