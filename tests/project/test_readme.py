"""The README is true: its commands are run in the order of the page, and what it shows of their output is there."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
LEFT_OUT = "…"
# How long the comments of a new stack file are changes often, and with it the line of what stands below them.
_LINE = re.compile(r"(Pulumi\.pilot\.yaml):\d+")


def sessions() -> Iterator[tuple[str, int, list[str]]]:
    """(command, exit status, shown lines) of each command in the page's terminal sessions."""
    for block in re.findall(r"^```console\n(.*?)^```", README, re.DOTALL | re.MULTILINE):
        for part in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = part.partition("\n")
            status = re.search(r"# exit status (\d)$", command)
            yield command, int(status[1]) if status else 0, output.splitlines()


def test_the_page_has_sessions() -> None:
    assert len(list(sessions())) > 8


@pytest.mark.process
def test_every_session_goes_as_shown(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    for command, status, shown in sessions():
        done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert done.returncode == status, (command, done.stdout, done.stderr)
        printed = _LINE.sub(r"\1", done.stdout + done.stderr).splitlines()
        assert missing([_LINE.sub(r"\1", line) for line in shown], printed) is None, command


def missing(shown: list[str], printed: list[str]) -> str | None:
    """The first shown line that was not printed: in order, and at once unless an ellipsis comes before it."""
    at, skipping = 0, False
    for line in shown:
        if line == LEFT_OUT:
            skipping = True
            continue
        rest = [one.rstrip() for one in printed[at:]]
        if line not in (rest if skipping else rest[:1]):
            return line
        at, skipping = at + rest.index(line) + 1, False
    return None if skipping or at == len(printed) else "the end"


def test_what_is_missing_is_found() -> None:
    assert missing(["a", "…", "c"], ["a", "b", "c"]) is None
    assert missing(["a", "c"], ["a", "b", "c"]) == "c"
    assert missing(["a", "…", "d", "…"], ["a", "b", "c"]) == "d"
    assert missing(["a"], ["a", "b"]) == "the end"


def test_the_stacks_and_blueprints_shown_are_the_real_ones() -> None:
    """Comments aside: the page explains what the files only say."""
    import yaml

    for name, text in re.findall(r"^```yaml\n# (stacks/[^:]+):[^\n]*\n(.*?)^```", README, re.DOTALL | re.MULTILINE):
        assert yaml.safe_load(text) == yaml.safe_load((ROOT / name).read_text()), name
