"""A clone by someone who has nothing: the README's two commands work as they stand there."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.project.places import ROOT, newcomer, run, set_guard

INSIDE = "GPU_FLEET_INSIDE_CLONE"  # the clone's own tests must not clone again
SUBSET = "tests/unit/spec/test_quantities.py"

pytestmark = [pytest.mark.registry, pytest.mark.skipif(INSIDE in os.environ, reason="this is the clone")]


def commands() -> list[str]:
    """The README's first block of commands."""
    block = re.search(r"^```sh\n(.*?)^```", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE)
    assert block is not None
    return [line.partition("#")[0].strip() for line in block[1].splitlines()]


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clone") / "gpu-fleet"
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", ROOT, folder], check=True)
    return folder


def test_the_readme_has_the_two_commands() -> None:
    assert commands() == ["make preview", "make test"]


def test_the_two_commands_work_in_a_fresh_clone_and_the_preview_needs_no_network(clone: Path, tmp_path: Path) -> None:
    env = newcomer(tmp_path / "home", **{INSIDE: "1", "PYTEST_ARGS": SUBSET})
    for command in commands():
        done = run(["sh", "-c", command], clone, env)
        if command == "make preview":
            assert "aws:eks/nodeGroup:NodeGroup" in done.stdout or "NodeGroup" in done.stdout
            assert "✓ prod-aws is good to deploy" in done.stdout
        else:
            assert re.search(r"\d+ passed", done.stdout)
    again = run(["make", "setup"], clone, env)
    assert "uv" not in again.stdout, "nothing changed, so nothing is to be done"

    set_guard(clone / ".venv")
    alone = run([*_without_network(), "make", "preview", "STACK=dev-aws"], clone, env | {"GUARD": "1"})
    assert "✓ dev-aws is good to deploy" in alone.stdout


def _without_network() -> list[str]:
    """A command prefix that takes the network away, where the system lets us; the guard refuses sockets anyway."""
    prefix = ["unshare", "--map-root-user", "--net"]
    try:
        able = subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        able = False
    return prefix if able else []
