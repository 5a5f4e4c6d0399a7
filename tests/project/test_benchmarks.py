"""The benchmarks' floor is a fair one: short, and it loads and registers what the preview does."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import big_state, flat, state, verbs
from benchmarks.lines import Line, at_most

ROOT = Path(__file__).parents[2]
PREVIEW = """
import sys
from scripts.cli.main import main
status = main(["preview", sys.argv[1], "--output", "json"])
names = sorted(name for name in sys.modules if name.partition(".")[0] in sys.argv[2:])
print(*names, sep="\\n", file=sys.stderr)
sys.exit(status)
"""


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-W", "ignore", *arguments]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=True)


# Module of the floor -> (the stack, the SDKs that its preview imports)
FLOORS = {
    "floor": ("prod-aws", "pulumi_aws"),
    "floor_gcp": ("prod-gcp", "pulumi_gcp", "pulumi_kubernetes"),
}


@pytest.mark.parametrize("floor", FLOORS)
def test_the_floor_is_short(floor: str) -> None:
    assert len((ROOT / "benchmarks" / f"{floor}.py").read_text().splitlines()) <= 40


def test_every_floor_is_measured() -> None:
    assert {stack: f"benchmarks.{floor}" for floor, (stack, *_) in FLOORS.items()} == verbs.FLOORS


@pytest.mark.process
@pytest.mark.parametrize("floor", FLOORS)
def test_the_floor_loads_and_registers_what_the_preview_does(floor: str) -> None:
    preview = python("-c", PREVIEW, *FLOORS[floor])
    count = f"from benchmarks import {floor}; print({floor}.RESOURCES)"
    assert len(json.loads(preview.stdout)["resources"]) == int(python("-c", count).stdout)
    for hook in ((), ("--hook",)):
        assert python("-m", f"benchmarks.{floor}", "--modules", *hook).stdout.split() == preview.stderr.split()


@pytest.mark.process
def test_the_flat_program_has_every_resource_of_the_preview(tmp_path: Path) -> None:
    preview = python("-c", PREVIEW, *FLOORS["floor"])
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
