"""Small programs, run by the engine in this process against simulated clouds in memory."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi import automation
from pulumi.automation import EngineEvent

from scripts.engine.find import Installation
from scripts.rehearsal import server


class Small:
    """One stack on clouds of its own. Each verb gives what it did: operation by logical name, without what stayed."""

    def __init__(self, stack: automation.Stack, clouds: server.Running) -> None:
        self._stack, self.clouds = stack, clouds
        self.errors: list[str] = []

    def preview(self) -> dict[str, str]:
        return self._run(self._stack.preview)

    def up(self) -> dict[str, str]:
        return self._run(self._stack.up)

    def refresh(self) -> dict[str, str]:
        return self._run(self._stack.refresh)

    def destroy(self) -> dict[str, str]:
        return self._run(self._stack.destroy)

    def left(self) -> list[str]:
        """What exists, by its logical name or in words."""
        return sorted(one.urn.rpartition("::")[2] for one in self.clouds.cloud.all())

    def outputs(self, name: str) -> dict[str, Any]:
        (found,) = (one for one in self.clouds.cloud.all() if one.urn.endswith(f"::{name}"))
        return {**found.outputs, "id": found.id}

    def _run(self, verb: Callable[..., Any]) -> dict[str, str]:
        done: dict[str, str] = {}
        self.errors = []

        def listen(event: EngineEvent) -> None:
            for told in (event.resource_pre_event, event.res_outputs_event):
                if told is not None and told.metadata.op not in ("same", "read", "refresh"):
                    done[told.metadata.urn.rpartition("::")[2]] = str(told.metadata.op.value)
            if event.diagnostic_event is not None and event.diagnostic_event.severity == "error":
                self.errors.append(" ".join(event.diagnostic_event.message.split()))

        try:
            verb(on_event=listen)
        except automation.CommandError:
            assert self.errors
        return {name: operation for name, operation in done.items() if not name.startswith("small-dev")}


@contextmanager
def small(
    installation: Installation, folder: Path, program: Callable[[], None], *providers: str, **settings: Any
) -> Iterator[Small]:
    """A stack `small-dev` of this program, whose clouds have these settings (dots as two underscores)."""
    for name in ("backend", "home", "work", "tools/bin"):
        (folder / name).mkdir(parents=True)
    (folder / "tools" / "bin" / "pulumi").symlink_to(installation.cli)
    with server.start(
        providers_=providers, settings={key.replace("__", "."): one for key, one in settings.items()}
    ) as clouds:
        options = automation.LocalWorkspaceOptions(
            work_dir=str(folder / "work"),
            pulumi_home=str(folder / "home"),
            pulumi_command=automation.PulumiCommand(root=str(folder / "tools")),
            env_vars={
                "PATH": os.pathsep.join((str(installation.folder), os.environ.get("PATH", ""))),
                "PULUMI_BACKEND_URL": f"file://{folder / 'backend'}",
                "PULUMI_CONFIG_PASSPHRASE": "small",
                "PULUMI_SKIP_UPDATE_CHECK": "1",
                "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
                "PULUMI_DEBUG_PROVIDERS": clouds.debug_providers,
            },
        )
        stack = automation.create_or_select_stack(stack_name="dev", project_name="small", program=program, opts=options)
        yield Small(stack, clouds)
