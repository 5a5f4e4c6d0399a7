"""Rules on a change: what a comparison tells them, and that they fail where it cannot be told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.repositories import STACK, commit, repository, write
from tests.unit.cli_verbs.conftest import DAY, Run

MORE = STACK + "    pools: {train: {nodes: 4}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo", pilot=STACK, other=STACK)


def compared(run: Run, folder: Path, *words: str, status: int = 0) -> dict[str, Any]:
    done = run("check", *words, "--date", DAY, "--output", "json", cwd=folder)
    assert done.status == status, done.out
    return done.document("check")


def verdict(found: dict[str, Any], rule: str) -> str:
    return {one["id"]: one["verdict"] for one in found["rules"]}[rule]


def test_the_rule_on_an_increase_judges_the_change(run: Run, folder: Path) -> None:
    write(
        folder,
        pilot=MORE
        + "    policy: {rules: {budget-increase: {level: mandatory}}}\n    budget: {usd_per_month: 300000}\n",
    )
    blocked = compared(run, folder, "pilot", "--compare-to", "main", status=1)
    assert verdict(blocked, "budget-increase") == "fail"
    (told,) = [one for one in blocked["findings"] if one["id"] == "budget-increase"]
    assert told["message"].startswith("the monthly maximum grows by 80,406.40 USD, 99 %: from 80,827.24 USD on main")
    assert verdict(compared(run, folder, "pilot"), "budget-increase") == "not-compared"
    lines = run("check", "pilot", "--date", DAY, cwd=folder).out.splitlines()
    assert "  - budget-increase, protected-replacement (nothing compared)" in lines
    lines = run("check", "pilot", "--date", DAY, "--compare-to", "main", cwd=folder).out.splitlines()
    assert "  - protected-replacement (nothing compared)" in lines, (
        "check runs no program, so that it knows no resources"
    )


def test_an_unknown_baseline_passes_no_rule(run: Run, folder: Path) -> None:
    write(folder, pilot=STACK.replace("region: us-east-1", "region: us-esat-1"))
    commit(folder)
    write(folder, pilot=STACK + "    policy: {rules: {budget-increase: {level: mandatory}}}\n")
    found = compared(run, folder, "pilot", "--compare-to", "HEAD", status=1)
    assert verdict(found, "budget-increase") == "fail"


def test_which_stack(run: Run, folder: Path) -> None:
    for verb in ("check", "cost", "preview"):
        done = run(verb, cwd=folder)
        assert (done.status, done.out) == (2, "")
        assert f"gpufleet {verb}: which stack?" in done.err
