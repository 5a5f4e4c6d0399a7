"""`make engine` with a `go` that only pretends: what it builds, what it leaves alone, and what it says."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from components.errors import EngineError
from scripts.engine import build
from scripts.engine.find import CLI, HOST, PROGRAMS, STARTER, VERSION, NoEngine, built_folder, find

# What `go` is asked for, written down; `build` makes a program that knows its version, `list` names the SDK's folder.
GO = """#!/bin/sh
echo "$@" >> "$GO_LOG"
case "$1" in
build)
    shift; while [ "$1" != -o ]; do shift; done
    printf '#!/bin/sh\\necho v%s\\n' "${GO_MAKES:-0.0.0}" > "$2"
    echo some/package >&2
    exit "${GO_STATUS:-0}" ;;
list) echo "$GO_SDK" ;;
esac
"""


@pytest.fixture
def fake_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH without Pulumi and with this Go, and an empty cache; the log of what Go was asked for."""
    tools, sdk = tmp_path / "tools", tmp_path / "sdk"
    tools.mkdir()
    (sdk / "python" / "cmd").mkdir(parents=True)
    (sdk / "python" / "cmd" / STARTER).write_text("#!/usr/bin/env python\n")
    executable(tools / "go", GO)
    log = tmp_path / "log"
    log.touch()
    settings = {"GO_LOG": log, "GO_SDK": sdk, "GO_MAKES": VERSION, "XDG_CACHE_HOME": tmp_path / "cache"}
    for name, value in settings.items():
        monkeypatch.setenv(name, str(value))
    monkeypatch.setenv("PATH", f"{tools}:/usr/bin:/bin")
    return log


def executable(file: Path, text: str) -> None:
    file.write_text(text)
    file.chmod(0o755)


def test_it_builds_all_programs_once(fake_go: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build.main() == 0
    said = capsys.readouterr().err
    assert "Pulumi's own installer is the usual way" in said
    assert f"building {CLI} {VERSION}" in said and f"building {HOST}" in said
    folder = built_folder()
    assert sorted(file.name for file in folder.iterdir()) == sorted(PROGRAMS)
    assert all(os.access(file, os.X_OK) for file in folder.iterdir())
    asked = fake_go.read_text()
    assert f"version.Version=v{VERSION}" in asked, "the Automation API refuses an engine without a version"
    assert "get -tool github.com/pulumi/pulumi/pkg/v3/cmd/pulumi@v3.259.0" in asked
    assert [file.name for file in folder.parent.iterdir() if file.is_dir()] == [folder.name], "nothing is left over"

    assert build.main() == 0
    assert fake_go.read_text() == asked, "nothing is built a second time"
    assert find().folder == folder


def test_a_build_that_fails_leaves_nothing(
    fake_go: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GO_STATUS", "1")
    assert build.main() == 3
    assert "go could not build pulumi:\nsome/package" in capsys.readouterr().err
    assert not built_folder().exists()
    assert not any(file.is_dir() for file in built_folder().parent.iterdir())


def test_without_go_it_says_what_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match=r"needs Go .*\n  hint: Pulumi's own installer is the usual way"):
        build.build(tmp_path / "engine")


def test_what_a_killed_build_left_is_cleared(fake_go: Path) -> None:
    left = built_folder().with_name(f"{built_folder().name}.killed")
    left.mkdir(parents=True)
    build.build(built_folder())
    assert not left.exists()


def test_two_builds_at_a_time_are_one(fake_go: Path) -> None:
    runs = [threading.Thread(target=build.build, args=(built_folder(),)) for _ in range(2)]
    for run in runs:
        run.start()
    for run in runs:
        run.join(60)
    assert fake_go.read_text().count("build ") == 2, "one build of two programs"


def installed(folder: Path, version: str, *without: str) -> Path:
    folder.mkdir()
    for name in {*PROGRAMS} - {*without}:
        executable(folder / name, f"#!/bin/sh\necho v{version}\n")
    return folder


@pytest.mark.parametrize("version", [VERSION, "3.300.1", "4.0.0-alpha.1"])
def test_a_complete_current_installation_on_path_is_used(version: str, tmp_path: Path) -> None:
    folder = installed(tmp_path / "bin", version)
    found = find({"PATH": str(folder), "XDG_CACHE_HOME": str(tmp_path)})
    assert (found.folder, found.version) == (folder, version.partition("-")[0])


@pytest.mark.parametrize(
    ("version", "without", "message"),
    [
        ("3.100.0", (), r"is version 3\.100\.0, 3\.259\.0 or newer is needed"),
        (VERSION, (HOST,), f"lacks {HOST}"),
        ("what", (), "is version unknown"),
    ],
)
def test_another_one_is_passed_over_with_its_reason(
    version: str, without: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    folder = installed(tmp_path / "bin", version, *without)
    environ = {"PATH": str(folder), "XDG_CACHE_HOME": str(tmp_path)}
    with pytest.raises(NoEngine, match=message):
        find(environ)
    installed_in_cache = built_folder(environ)
    installed_in_cache.parent.mkdir(parents=True)
    installed(installed_in_cache, VERSION)
    assert find(environ).folder == installed_in_cache


SKIPPING = """
import pytest
@pytest.mark.engine
def test_it(installation): ...
"""


@pytest.mark.process
@pytest.mark.parametrize(("required", "status", "outcome"), [("", 0, "1 skipped"), ("required", 1, "1 error")])
def test_a_skipped_engine_test_fails_where_the_engine_is_required(
    required: str, status: int, outcome: str, tmp_path: Path
) -> None:
    root = Path(__file__).parents[2]
    (tmp_path / "test_skipping.py").write_text(SKIPPING)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-c", root / "pyproject.toml", "--rootdir", root, "-rs",
         "-p", "tests.engine.conftest", tmp_path / "test_skipping.py"],
        cwd=root,
        env={"PATH": "/usr/bin:/bin", "XDG_CACHE_HOME": str(tmp_path), "GPU_FLEET_ENGINE": required},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert outcome in done.stdout, done.stdout + done.stderr
    assert done.returncode == status
    assert "make engine" in done.stdout, "it says how to get one"
