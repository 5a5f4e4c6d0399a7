"""How the engine is called: as a person would call it, and so that an interruption leaves a state that can be used."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from typing import IO, Any

from pulumi.automation import CommandResult, PulumiCommand
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from components.errors import EngineError
from scripts.engine.find import Installation

MAJOR = 3
"""The engine's major version that the SDK speaks with."""

_SKIP = "--skip-preview"
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

Tell = Callable[[int], None]


class Command(PulumiCommand):
    """Runs `pulumi`, and nothing is changed that was not previewed: `--skip-preview`, which the Automation API adds to
    every run, is left out, so the engine looks at the whole first, under the policy pack and the plan.

    The engine runs in a session of its own. Ctrl-C (and what CI sends instead) reaches it once, as a request: it ends
    what it has begun, writes the state and stops. `on_interrupt` hears how often it was asked; the third time the
    engine is told to give up at once.
    """

    def __init__(self, installation: Installation, on_interrupt: Tell = lambda times: None) -> None:
        # Not the parent's: it would look for another engine than the one that was found, and run it to learn its version.
        self.command = str(installation.cli)
        self.version = VersionInfo.parse(installation.version)
        if self.version.major != MAJOR:
            raise EngineError(
                f"{self.command} is version {installation.version}, and this works with version {MAJOR}\n"
                f"  hint: install Pulumi {MAJOR} (https://www.pulumi.com/docs/iac/download-install/)"
            )
        self.interrupts = 0
        self._on_interrupt = on_interrupt

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: Callable[[str], Any] | None = None,
        on_error: Callable[[str], Any] | None = None,
    ) -> CommandResult:
        """Run a verb to its end. Raises CommandError where it fails."""
        words = [word for word in args if word != _SKIP]
        with (
            subprocess.Popen(
                [self.command, "--non-interactive", "--color", "never", *words],
                cwd=cwd,
                env={**os.environ, **additional_env},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                encoding="utf-8",
                errors="replace",
                start_new_session=True,
            ) as process,
            self._passing_on(process),
        ):
            assert process.stdout is not None and process.stderr is not None
            err: list[str] = []
            other = threading.Thread(target=_read, args=(process.stderr, on_error, err))
            other.start()
            out: list[str] = []
            _read(process.stdout, on_output, out)
            other.join()
            process.wait()
        result = CommandResult(stdout="\n".join(out), stderr="\n".join(err), code=process.returncode)
        if process.returncode:
            raise create_command_error(result)
        return result

    @contextmanager
    def _passing_on(self, process: subprocess.Popen[str]) -> Generator[None]:
        def pass_on(number: int, frame: object) -> None:
            self.interrupts += 1
            if self.interrupts != 2 and process.poll() is None:  # the second one is only answered
                process.send_signal(signal.SIGINT)
            self._on_interrupt(self.interrupts)

        before = {number: signal.signal(number, pass_on) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _read(stream: IO[str], tell: Callable[[str], Any] | None, lines: list[str]) -> None:
    for line in stream:
        lines.append(line.rstrip())
        if tell is not None:
            tell(lines[-1])
