"""Builds the Pulumi engine from its published source: `python -m scripts.engine.build`, or `make engine`.

For machines that reach only package registries, and for tests that must run the same everywhere. The modules replace
some of their own dependencies, so `go install MODULE@VERSION` refuses them; a module of our own with a `tool` line
builds them. The first build takes some minutes; after that, and where a current Pulumi is installed, nothing is done.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from components.errors import EngineError
from components.records import record
from scripts.engine.find import CLI, HOST, HOST_VERSION, STARTER, VERSION, NoEngine, built_folder, find

_PULUMI = "github.com/pulumi/pulumi"
_SDK = f"{_PULUMI}/sdk/v3"
_EVERY = 15.0
"""Seconds between two lines of progress."""


@record
class _Part:
    """One program: Go's name of its package, the version of its module, and what it is told at build time."""

    name: str
    package: str
    version: str
    flags: tuple[str, ...] = ()


# Without a version of its own the engine is refused by Pulumi's Automation API.
_STAMP = ("-ldflags", f"-X {_SDK}/go/common/version.Version=v{VERSION}")
_ENGINE = _Part(CLI, f"{_PULUMI}/pkg/v3/cmd/pulumi", VERSION, _STAMP)
# Newer language hosts are a module of their own that is not published.
_LANGUAGE = _Part(HOST, f"{_SDK}/python/cmd/{HOST}", HOST_VERSION)


def build(folder: Path) -> None:
    """Build all programs into `folder`, which is there whole at the end or not at all. Raises EngineError."""
    go = shutil.which("go")
    if go is None:
        raise EngineError(
            "building the engine needs Go 1.25 or newer, and there is no `go` on PATH\n"
            "  hint: Pulumi's own installer is the usual way: https://www.pulumi.com/docs/iac/download-install/"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with _lock(folder.parent / f"{folder.name}.lock"):
        if folder.is_dir():
            return  # another run built it while this one waited
        for left in folder.parent.glob(f"{folder.name}.*/"):  # by a build that was killed
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=f"{folder.name}.", dir=folder.parent) as made:
            programs = Path(made) / "bin"
            programs.mkdir()
            engine = _make(go, _ENGINE, Path(made), programs)
            _make(go, _LANGUAGE, Path(made), programs)
            sdk = _go(go, engine, "list", "-m", "-f", "{{.Dir}}", _SDK)
            shutil.copyfile(Path(sdk) / "python" / "cmd" / STARTER, programs / STARTER)
            for program in programs.iterdir():
                program.chmod(0o755)
            programs.rename(folder)


def _make(go: str, part: _Part, made: Path, programs: Path) -> Path:
    """Build one program in a module of its own; the module's folder."""
    module = made / f"module-{part.name}"
    module.mkdir()
    _say(f"downloading the source of {part.name} {part.version}")
    _go(go, module, "mod", "init", "gpu-fleet/engine")
    _go(go, module, "get", "-tool", f"{part.package}@v{part.version}")
    _say(f"building {part.name} {part.version}; the first time takes some minutes")
    command = [go, "build", "-v", "-o", str(programs / part.name), *part.flags, part.package]
    begun = told = time.monotonic()
    last: list[str] = []
    count = 0
    with subprocess.Popen(command, cwd=module, env=_env(), stderr=subprocess.PIPE, text=True) as running:
        assert running.stderr is not None
        for line in running.stderr:  # one for each package that is compiled
            count, last = count + 1, [*last[-20:], line]
            if time.monotonic() - told >= _EVERY:
                told = time.monotonic()
                _say(f"  {count} packages compiled in {told - begun:.0f} s; now {line.strip()}")
    if running.returncode:
        raise EngineError(f"go could not build {part.name}:\n{''.join(last)}")
    return module


def _go(go: str, folder: Path, *arguments: str) -> str:
    done = subprocess.run([go, *arguments], cwd=folder, env=_env(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise EngineError(f"go {' '.join(arguments)} failed:\n{done.stderr.strip()[-2000:]}")
    return done.stdout.strip()


def _env() -> dict[str, str]:
    """Go's settings of this user; no workspace, and no stamp of the checkout that may lie around the cache."""
    return {**os.environ, "GOWORK": "off", "GOFLAGS": f"{os.environ.get('GOFLAGS', '')} -buildvcs=false".strip()}


@contextmanager
def _lock(file: Path) -> Generator[None, None, None]:
    """One build at a time; the lock goes with the process that holds it."""
    with file.open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say("another build is running; waiting for it")
            fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    sys.stderr.write(f"engine: {text}\n")
    sys.stderr.flush()


def main() -> int:
    """Find an engine or build one; the exit status."""
    try:
        try:
            found = find()
        except NoEngine as error:
            _say(str(error).partition("\n")[0])
            _say("building it from its published source. Pulumi's own installer is the usual way, and quicker:")
            _say("  https://www.pulumi.com/docs/iac/download-install/")
            build(built_folder())
            found = find()
    except EngineError as error:
        _say(str(error))
        return 3
    _say(f"Pulumi {found.version} in {found.folder}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
