"""Finds the Pulumi engine and its Python language host: on PATH, else among those that `make engine` built."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path

from components.errors import EngineError
from components.records import record

CLI = "pulumi"
HOST = "pulumi-language-python"
STARTER = "pulumi-language-python-exec"
"""What an installation consists of: the engine, the program that runs Python for it, and the script that this starts."""

PROGRAMS = (CLI, HOST, STARTER)

VERSION = "3.259.0"
"""The version that `make engine` builds and the tests run; an older one on PATH is passed over."""

HOST_VERSION = "3.75.0"
"""The newest language host that can be built from published modules; installers bring the engine's own."""

WITHOUT = "install Pulumi (https://www.pulumi.com/docs/iac/download-install/), or build its engine: make engine"


@record
class Installation:
    """An engine that can be run: all programs lie in `folder`."""

    folder: Path
    version: str

    @property
    def cli(self) -> Path:
        return self.folder / CLI


class NoEngine(EngineError):
    """There is no engine, or none that is complete and new enough."""


def cache_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Where `make engine` puts what it builds: outside the checkout, so that all checkouts share it."""
    root = environ.get("XDG_CACHE_HOME") or Path(environ.get("HOME") or Path.home()) / ".cache"
    return Path(root) / "gpu-fleet" / "engine"


def built_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """The folder of this version's programs: it is there whole, or not at all."""
    return cache_folder(environ) / f"{VERSION}-python-{HOST_VERSION}"


def find(environ: Mapping[str, str] = os.environ) -> Installation:
    """The engine to use. Raises NoEngine, with what was found wanting and what to do."""
    passed: list[str] = []
    for folder in _on_path(environ):
        lacking = missing(folder)
        if lacking:
            passed.append(f"{folder} lacks {' and '.join(lacking)}")
            continue
        version = version_of(folder / CLI)
        if version is not None and _number(version) >= _number(VERSION):
            return Installation(folder, version)
        passed.append(f"{folder / CLI} is version {version or 'unknown'}, {VERSION} or newer is needed")
    built = built_folder(environ)
    if built.is_dir() and not missing(built):
        return Installation(built, VERSION)
    why = "".join(f"; {reason}" for reason in passed)
    raise NoEngine(f"there is no Pulumi engine{why}\n  hint: {WITHOUT}")


def missing(folder: Path) -> list[str]:
    """The programs that a folder lacks."""
    return [name for name in PROGRAMS if not os.access(folder / name, os.X_OK) or not (folder / name).is_file()]


def version_of(cli: Path) -> str | None:
    """What `pulumi version` says, without the leading v; None where it does not answer as expected."""
    env = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "1"}
    try:
        done = subprocess.run([cli, "version"], env=env, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return None
    found = re.fullmatch(r"v?(\d+\.\d+\.\d+)\S*", done.stdout.strip())
    return found[1] if found and done.returncode == 0 else None


def _on_path(environ: Mapping[str, str]) -> Iterable[Path]:
    """The folder of the first `pulumi` on PATH, with links followed: package managers link into folders of their own."""
    found = shutil.which(CLI, path=environ.get("PATH", ""))
    if found:
        beside = Path(found).parent
        yield beside if not missing(beside) else Path(found).resolve().parent


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))
