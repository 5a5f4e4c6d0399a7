"""`.ci/review` previews this repository's own stacks, and never fails for lack of history."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.ci.steps import ROOT, run, stub
from tests.support.repositories import STACK, commit, git, repository, write

pytestmark = pytest.mark.process


def asked(folder: Path, status: int = 0) -> str:
    """What `.ci/review` asks of gpufleet in a folder."""
    stub(folder, "gpufleet", f'echo "$@"; exit {status}')
    (folder / ".ci").mkdir()
    shutil.copy(ROOT / ".ci" / "review", folder / ".ci")
    done = run(".ci/review", folder, {"GPUFLEET": str(folder / "bin" / "gpufleet")})
    assert done.returncode == status
    return done.stdout.strip()


def test_against_the_parent_commit_on_its_day(tmp_path: Path) -> None:
    folder = repository(tmp_path / "repo", pilot=STACK)
    write(folder, pilot=STACK + "    protect: true\n")
    commit(folder)
    day = git(folder, "log", "-1", "--format=%cs").strip()
    assert asked(folder, 1) == f"preview --changed-since HEAD^1 --date {day}"


def test_a_first_commit_has_no_parent(tmp_path: Path) -> None:
    folder = repository(tmp_path / "repo", pilot=STACK, other=STACK)
    assert asked(folder).startswith("preview stacks/Pulumi.other.yaml stacks/Pulumi.pilot.yaml --date ")


def test_a_shallow_clone_has_no_parent(tmp_path: Path) -> None:
    folder = repository(tmp_path / "repo", pilot=STACK)
    write(folder, pilot=STACK + "    protect: true\n")
    commit(folder)
    git(tmp_path, "clone", "--quiet", "--depth=1", f"file://{folder}", str(tmp_path / "clone"))
    assert asked(tmp_path / "clone").startswith("preview stacks/Pulumi.pilot.yaml --date ")


def test_no_repository_at_all(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    write(tmp_path, pilot=STACK)
    assert asked(tmp_path) == "preview stacks/Pulumi.pilot.yaml"
