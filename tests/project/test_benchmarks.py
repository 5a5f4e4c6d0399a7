"""The benchmarks' floor is a fair one: short, and it loads and registers what the preview does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import big_state, flat, state
from benchmarks.lines import Line, at_most

ROOT = Path(__file__).parents[2]
PREVIEW = """
import sys
from scripts.cli.main import main
status = main(["preview", "prod-aws", "--output", "json"])
print(*sorted(name for name in sys.modules if name.partition(".")[0] == "pulumi_aws"), sep="\\n", file=sys.stderr)
sys.exit(status)
"""


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)


def test_the_floor_is_short() -> None:
    assert len((ROOT / "benchmarks" / "floor.py").read_text().splitlines()) <= 40


@pytest.mark.process
def test_the_floor_loads_and_registers_what_the_preview_does(tmp_path: Path) -> None:
    preview = python("-c", PREVIEW)
    count = "from benchmarks import floor; print(floor.RESOURCES)"
    assert len(json.loads(preview.stdout)["resources"]) == int(python("-c", count).stdout)
    for hook in ((), ("--hook",)):
        assert python("-m", "benchmarks.floor", "--modules", *hook).stdout.split() == preview.stderr.split()
    resources = json.loads(preview.stdout)["resources"]
    flat.write(resources, tmp_path / "flat", "flat")
    written = re.findall(r"^r\['([^']+)'\] = aws\.", (tmp_path / "flat" / "__main__.py").read_text(), re.MULTILINE)
    own = {one["name"] for one in resources if not one["type"].startswith("gpu-fleet:")}
    assert sorted(written) == sorted(own)


def test_a_missed_target_is_called_missed() -> None:
    assert str(at_most("check: time", 0.71, 0.7, "s")).endswith("MISSED")
    assert str(at_most("check: time", 0.7, 0.7, "s")).endswith("met")
    assert not str(Line("first run", "1 s")).endswith(("met", "MISSED"))


def test_the_rules_of_the_comparison_are_twenty_five() -> None:
    text = state.RULES.read_text()
    assert text.count("deny contains msg if") == 25


def test_the_large_state_is_as_large_as_it_says() -> None:
    found = big_state.export(1000)["deployment"]["resources"]
    assert len({one["urn"] for one in found}) == 1000
