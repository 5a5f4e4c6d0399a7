"""Imports go one way. The contracts stand in pyproject.toml; here they are checked, and shown to bite."""

from __future__ import annotations

import shutil
import subprocess
import sys
from itertools import combinations
from pathlib import Path

import grimp
import pytest

from components.catalog import CLOUDS
from tests.architecture.source import ROOT

LINT = Path(sys.executable).with_name("lint-imports")
PACKAGES = ("components", "policies", "scripts")

# One import in the wrong direction for each contract.
WRONG = {
    "components: left may import right, never back": ("components/spec/merge.py", "import components.plan"),
    "the command line uses policies, policies use components, never back": (
        "policies/pack.py",
        "import scripts.cli",
    ),
    "a rule knows its subject, and nothing of where that came from or who asks": (
        "policies/rules/base.py",
        "import policies.engine",
    ),
    "specs, plans, costs and rules need neither Pulumi nor a cloud's SDK": (
        "components/cost/ladder.py",
        "import pulumi_aws",
    ),
    "only the preview runs the program": ("scripts/cli/session.py", "import components.program"),
    "only the preview imports Pulumi; every other verb starts without it": (
        "scripts/cli/main.py",
        "import pulumi",
    ),
}


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [LINT, "--no-cache", "--no-logo"], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.process
def test_the_contracts_are_kept() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert f"Contracts: {len(WRONG)} kept, 0 broken" in done.stdout


@pytest.mark.process
def test_each_contract_refuses_an_import_in_the_wrong_direction(tmp_path: Path) -> None:
    for package in PACKAGES:
        shutil.copytree(ROOT / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for file, line in WRONG.values():
        with (tmp_path / file).open("a", encoding="utf-8") as source:
            source.write(f"\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    for contract in WRONG:
        assert f"{contract} BROKEN" in done.stdout


def test_no_cloud_imports_another() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    for one, other in combinations(CLOUDS, 2):
        for a, b in ((one, other), (other, one)):
            of_a, of_b = _of(graph, a), _of(graph, b)
            crossing = [(x, y) for x in of_a for y in graph.find_modules_directly_imported_by(x) if y in of_b]
            assert crossing == []


def test_every_cloud_has_modules_of_its_own() -> None:
    graph = grimp.build_graph(*PACKAGES, cache_dir=None)
    for cloud in CLOUDS:
        assert f"components.{cloud}.cluster" in _of(graph, cloud)


def _of(graph: grimp.ImportGraph, cloud: str) -> set[str]:
    """The modules of a cloud: `components.aws.pool`, `components.cost.aws`, `policies.aws_plan` …"""
    return {
        module
        for module in graph.modules
        if any(part == cloud or part.startswith(f"{cloud}_") for part in module.split("."))
    }
