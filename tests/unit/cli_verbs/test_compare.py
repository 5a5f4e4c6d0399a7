"""`--compare-to`: what a stack was at a ref, in another stack, in a saved report; and everything that can be missing.

Two p5.48xlarge cost 2 x 730 h x 55.04 USD a month, their disks 2 x 300 GB x 0.08 USD. The rest of the cluster is 420.84:
system nodes 294.34 and their disks 16, control plane 73, NAT gateway 32.85, its address 3.65, key 1.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from components.spec import project
from scripts.baseline import past
from tests.support.repositories import BLUEPRINT, STACK, commit, git, repository, write
from tests.unit.cli_verbs.conftest import DAY, Run

NODES, DISKS = "80358.40", "48.00"
MORE = STACK + "    pools: {train: {nodes: 4}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo", pilot=STACK, other=STACK)


def compared(run: Run, folder: Path, *words: str, verb: str = "cost", status: int = 0) -> dict[str, Any]:
    done = run(verb, *words, "--date", DAY, "--output", "json", cwd=folder)
    assert done.status == status, done.out
    return done.document(verb)


def test_more_nodes_since_a_ref(run: Run, folder: Path) -> None:
    write(folder, pilot=MORE)
    told = compared(run, folder, "pilot", "--compare-to", "main")["difference"]
    assert (told["baseline"], told["state"]) == ("main", "there")
    assert told["edits"] == [{"path": "pools.train.nodes", "old": 2, "new": 4}]
    assert told["cost"]["monthly"]["max"] == "80406.40"
    lines = {line["kind"]: line for line in told["cost"]["lines"]}
    assert (lines["machine"]["monthly"]["max"], lines["machine"]["why"]) == (NODES, ["nodes 2 → 4"])
    assert (lines["disk"]["monthly"]["max"], lines["disk"]["why"]) == (DISKS, ["GB-months 600 → 1200"])
    assert set(lines) == {"machine", "disk"}


def test_of_a_list_the_items_that_differ_are_told(run: Run, folder: Path) -> None:
    write(folder, pilot=STACK + "    pools: {train: {capacity: [on-demand, spot]}}\n")
    told = compared(run, folder, "pilot", "--compare-to", "main")["difference"]
    assert told["edits"] == [{"path": "pools.train.capacity.1", "old": None, "new": "spot"}]


def test_the_text_says_it_in_a_few_lines(run: Run, folder: Path) -> None:
    write(folder, pilot=MORE)
    done = run("cost", "pilot", "--compare-to", "main", "--date", DAY, cwd=folder)
    assert "Against main\n  pools.train.nodes: 2 → 4\n" in done.out
    assert "~ train: p5.48xlarge (on-demand)" in done.out
    assert "→ 161,233.64 USD at most: +80,406.40 (+99 %)" in done.out


def test_the_blueprint_is_the_one_of_the_ref(run: Run, folder: Path) -> None:
    (folder / "stacks/blueprints/h100-training.yaml").write_text(BLUEPRINT.replace("nodes: 2", "nodes: 3"))
    told = compared(run, folder, "pilot", "--compare-to", "main")["difference"]
    assert told["edits"] == [{"path": "pools.train.nodes", "old": 2, "new": 3}]
    assert told["cost"]["monthly"]["max"] == "40203.20"  # half of NODES and DISKS


def test_a_blueprint_that_is_named_by_a_path(run: Run, folder: Path) -> None:
    (folder / "shapes").mkdir()
    (folder / "shapes" / "big.yaml").write_text(BLUEPRINT)
    write(folder, pilot=STACK.replace("h100-training", "../shapes/big.yaml"))
    commit(folder)
    (folder / "shapes" / "big.yaml").write_text(BLUEPRINT.replace("nodes: 2", "nodes: 1"))
    told = compared(run, folder, "pilot", "--compare-to", "change")["difference"]
    assert told["cost"]["monthly"]["max"] == "-40203.20"


def test_a_blueprint_of_a_package_that_is_installed_in_the_repository(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = folder / ".venv" / "blueprints"
    shipped.mkdir(parents=True)
    (shipped / "shipped.yaml").write_text(BLUEPRINT)
    (folder / ".gitignore").write_text(".venv\n")
    for module in (past, project):
        monkeypatch.setattr(module, "shipped_blueprints", lambda: shipped)
    write(folder, pilot=STACK.replace("h100-training", "shipped"))
    commit(folder)
    write(folder, pilot=MORE.replace("h100-training", "shipped"))
    told = compared(run, folder, "pilot", "--compare-to", "HEAD")["difference"]
    assert told["cost"]["monthly"]["max"] == "80406.40"


def test_nothing_changed(run: Run, folder: Path) -> None:
    told = compared(run, folder, "pilot", "--compare-to", "HEAD")["difference"]
    assert (told["edits"], told["cost"]["lines"]) == ([], [])
    assert "the cost is the same" in run("cost", "pilot", "--compare-to", "HEAD", cwd=folder).out


def test_another_stack(run: Run, folder: Path) -> None:
    write(folder, other=MORE)
    told = compared(run, folder, "pilot", "--compare-to", "other")["difference"]
    assert (told["baseline"], told["cost"]["monthly"]["max"]) == ("other", "-80406.40")
    path = compared(run, folder, "pilot", "--compare-to", "stacks/Pulumi.other.yaml")["difference"]
    assert path["cost"] == told["cost"]


def test_a_saved_report(run: Run, folder: Path) -> None:
    saved = run("cost", "pilot", "--date", DAY, "--output", "json", cwd=folder).out
    (folder / "before.json").write_text(saved)
    write(folder, pilot=MORE)
    told = compared(run, folder, "pilot", "--compare-to", "before.json")["difference"]
    assert (told["baseline"], told["state"], told["edits"]) == ("before.json", "there", [])
    assert told["cost"]["by_author"]["max"] == "80406.40"
    assert compared(run, folder, "other", "--compare-to", "before.json")["difference"]["state"] == "new"


def test_a_saved_report_of_other_prices(run: Run, folder: Path) -> None:
    saved = json.loads(run("cost", "pilot", "--date", DAY, "--output", "json", cwd=folder).out)
    (line,) = [line for line in saved["cost"]["lines"] if line["pool"] == "train" and line["kind"] == "machine"]
    line["unit_price"] = "50"
    (folder / "before.json").write_text(json.dumps(saved))
    cost = compared(run, folder, "pilot", "--compare-to", "before.json")["difference"]["cost"]
    assert (cost["by_prices"]["max"], cost["by_author"]["max"]) == ("7358.40", "0.00")  # 1,460 h x 5.04 USD


def test_a_saved_report_of_several_stacks(run: Run, folder: Path) -> None:
    (folder / "before.json").write_text(run("cost", "pilot", "other", "--output", "json", cwd=folder).out)
    write(folder, other=MORE)
    stacks = compared(run, folder, "pilot", "other", "--compare-to", "before.json")["stacks"]
    assert [one["difference"]["cost"]["monthly"]["max"] for one in stacks] == ["0.00", "80406.40"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "cannot be read: No such file or directory"),
        ("nodes: 2", "is no JSON"),
        ("[]", "is no report of gpufleet: it has neither cost nor stacks"),
        ('{"cost": {"lines": [{}]}}', "is no report of this version: KeyError"),
        ('{"stacks": [{"stack": "pilot", "cost": 7}]}', "is no report of this version: TypeError"),
        ('{"stacks": [7]}', "is no report of this version: AttributeError"),
    ],
)
def test_a_file_that_is_no_report(run: Run, folder: Path, content: str | None, says: str) -> None:
    if content is not None:
        (folder / "before.json").write_text(content)
    done = run("cost", "pilot", "--compare-to", "before.json", cwd=folder)
    assert done.status == 2
    assert f"before.json {says}" in done.out
    assert "hint: write one with: gpufleet cost STACK --output json > before.json" in done.out
    assert "USD a month at most" in done.out  # what can be shown is shown


# --- what is not there ---


def test_a_ref_that_is_not_there(run: Run, folder: Path) -> None:
    found = compared(run, folder, "pilot", "--compare-to", "nowhere", status=2)
    (told,) = [one for one in found["findings"] if one["id"] == "baseline"]
    assert told["message"] == "'nowhere' is no commit, branch or tag of this repository"
    assert told["hint"].endswith("git fetch origin nowhere")
    assert found["cost"]["monthly"]["max"] == "80827.24"
    assert "difference" not in found


def test_history_that_does_not_go_so_far_back(run: Run, folder: Path) -> None:
    done = run("cost", "pilot", "--compare-to", "HEAD~5", cwd=folder)
    assert done.status == 2
    assert "hint: see how far back it goes: git log --oneline" in done.out


@pytest.mark.parametrize("ref", ["--output=x", "-p", "", "main\n", "a b", "HEAD:stacks"])
def test_what_can_be_no_ref(run: Run, folder: Path, ref: str) -> None:
    assert run("cost", "pilot", f"--compare-to={ref}", cwd=folder).status == 2


def test_a_remote_branch_is_found_by_its_own_name(run: Run, folder: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--branch", "change", str(folder), str(clone))
    write(clone, pilot=MORE)
    told = compared(run, clone, "pilot", "--compare-to", "main")["difference"]
    assert (told["baseline"], told["cost"]["monthly"]["max"]) == ("main", "80406.40")


@pytest.mark.parametrize(("ref", "fetch"), [("main", "--depth=1 origin main"), ("HEAD^", "--deepen=1")])
def test_a_shallow_clone(run: Run, folder: Path, tmp_path: Path, ref: str, fetch: str) -> None:
    write(folder, pilot=MORE)
    commit(folder)
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=1", "--single-branch", "--branch=change", f"file://{folder}", str(clone))
    done = run("cost", "pilot", "--compare-to", ref, cwd=clone)
    assert done.status == 2
    assert f"{ref!r} is not in this clone: it is shallow" in done.out
    assert f"get it with: git fetch {fetch}" in done.out
    # The remedy is one.
    git(
        clone,
        "fetch",
        "--quiet",
        *fetch.split()[:1],
        "origin",
        *(["main:refs/remotes/origin/main"] if ref == "main" else []),
    )
    assert run("cost", "pilot", "--compare-to", ref, cwd=clone).status == 0


def test_no_repository(run: Run, tmp_path: Path) -> None:
    (tmp_path / "stacks" / "blueprints").mkdir(parents=True)
    (tmp_path / "Pulumi.yaml").write_text("name: trial\nruntime: python\nstackConfigDir: stacks\n")
    write(tmp_path, pilot=STACK)
    done = run("cost", "pilot", "--compare-to", "main", cwd=tmp_path)
    assert done.status == 2
    assert "is in no git repository, so it has no refs" in done.out


def test_no_git(run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.devnull)
    done = run("cost", "pilot", "--compare-to", "main", cwd=folder)
    assert done.status == 2
    assert "git is not installed, and a ref needs it" in done.out


def test_a_stack_file_outside_of_the_repository(run: Run, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.far.yaml"
    file.write_text(STACK)
    found = compared(run, folder, str(file), "--compare-to", "main")
    assert found["difference"]["state"] == "unknown"
    (told,) = [one for one in found["findings"] if one["id"] == "baseline"]
    assert "is outside of the repository" in told["message"]


def test_a_stack_that_is_new(run: Run, folder: Path) -> None:
    write(folder, fresh=STACK)
    told = compared(run, folder, "fresh", "--compare-to", "main")["difference"]
    assert (told["state"], told["cost"]["monthly"]["max"]) == ("new", "80827.24")
    assert {line["change"] for line in told["cost"]["lines"]} == {"added"}


def test_a_file_that_was_broken_before(run: Run, folder: Path) -> None:
    write(folder, pilot=STACK.replace("region: us-east-1", "region: us-esat-1"))
    commit(folder)
    write(folder, pilot=STACK)
    found = compared(run, folder, "pilot", "--compare-to", "HEAD")
    assert (found["difference"]["state"], found["difference"]["cost"]) == ("unknown", None)
    (told,) = [one for one in found["findings"] if one["id"] == "baseline"]
    assert told["level"] == "advisory"
    assert told["message"].startswith("the stack as it was in HEAD cannot be planned: HEAD:stacks/Pulumi.pilot.yaml:6 ")
    assert "us-esat-1" in told["message"]


def test_a_file_that_is_broken_now_does_not_hide_the_others(run: Run, folder: Path) -> None:
    write(folder, pilot="config: [", other=MORE)
    stacks = compared(run, folder, "pilot", "other", "--compare-to", "main", status=2)["stacks"]
    broken, other = stacks
    assert (broken["cost"], broken["findings"][0]["id"]) == (None, "yaml")
    assert other["difference"]["cost"]["monthly"]["max"] == "80406.40"
