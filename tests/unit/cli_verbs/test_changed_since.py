"""`--changed-since`: which stacks a change touches, and why; and what a run over many stacks prints."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

import components
from components.catalog.base import DATA
from scripts.baseline import touched as module
from tests.support.repositories import BLUEPRINT, STACK, commit, git, repository, write
from tests.unit.cli_verbs.conftest import DAY, Run

MORE = STACK + "    pools: {train: {nodes: 4}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = repository(tmp_path / "repo", pilot=STACK, other=STACK)
    (made / "shapes").mkdir()
    (made / "shapes" / "big.yaml").write_text(BLUEPRINT)
    write(made, far=STACK.replace("h100-training", "../shapes/big.yaml"))
    commit(made)
    git(made, "branch", "--force", "main")
    return made


def found(run: Run, folder: Path, *words: str, status: int = 0, since: str = "main") -> dict[str, list[str]]:
    """Stack -> reasons."""
    return {one["stack"]: one["reasons"] for one in document(run, folder, *words, status=status, since=since)["stacks"]}


def document(run: Run, folder: Path, *words: str, status: int = 0, since: str = "main") -> dict[str, Any]:
    done = run("cost", *words, "--changed-since", since, "--date", DAY, "--output", "json", cwd=folder)
    assert done.status == status, done.out
    return done.document("cost")


def test_nothing_is_touched(run: Run, folder: Path) -> None:
    assert found(run, folder) == {}
    done = run("cost", "--changed-since", "main", cwd=folder)
    assert (done.status, done.out.splitlines()[0]) == (0, "No stack is touched since main.")


def test_a_stack_file(run: Run, folder: Path) -> None:
    write(folder, pilot=MORE)
    assert found(run, folder) == {"pilot": ["its file stacks/Pulumi.pilot.yaml"]}


def test_it_is_compared_with_what_it_was(run: Run, folder: Path) -> None:
    write(folder, pilot=MORE)
    (one,) = document(run, folder)["stacks"]
    assert one["difference"]["cost"]["monthly"]["max"] == "80406.40"  # 2 x (730 h x 55.04 + 300 GB x 0.08)


def test_a_new_file_counts_before_it_is_added(run: Run, folder: Path) -> None:
    write(folder, fresh=STACK)
    (one,) = document(run, folder)["stacks"]
    assert (one["stack"], one["difference"]["state"]) == ("fresh", "new")


def test_a_blueprint_touches_all_its_stacks(run: Run, folder: Path) -> None:
    (folder / "stacks/blueprints/h100-training.yaml").write_text(BLUEPRINT.replace("nodes: 2", "nodes: 3"))
    reason = ["its blueprint stacks/blueprints/h100-training.yaml"]
    assert found(run, folder) == {"other": reason, "pilot": reason}


def test_a_blueprint_that_is_named_by_a_path(run: Run, folder: Path) -> None:
    (folder / "shapes" / "big.yaml").write_text(BLUEPRINT.replace("nodes: 2", "nodes: 3"))
    assert found(run, folder) == {"far": ["its blueprint shapes/big.yaml"]}


def test_a_blueprint_that_is_deleted(run: Run, folder: Path) -> None:
    (folder / "shapes" / "big.yaml").unlink()
    (one,) = document(run, folder, status=2)["stacks"]
    assert (one["stack"], one["cost"]) == ("far", None)
    assert "does not exist" in one["findings"][0]["message"]


def test_only_those_that_are_named(run: Run, folder: Path) -> None:
    write(folder, pilot=MORE, other=MORE)
    assert set(found(run, folder, "other")) == {"other"}


def test_a_stack_that_is_gone(run: Run, folder: Path) -> None:
    (folder / "stacks" / "Pulumi.pilot.yaml").unlink()
    (one,) = document(run, folder)["stacks"]
    assert (one["stack"], one["cost"], one["difference"]["state"]) == ("pilot", None, "gone")
    assert one["difference"]["cost"]["monthly"]["max"] == "-80827.24"
    (told,) = one["findings"]
    assert (told["id"], told["level"]) == ("stack-gone", "advisory")
    assert told["hint"].endswith("pulumi destroy --stack pilot")


def test_what_others_did_on_main_meanwhile_is_no_change_of_this_branch(run: Run, folder: Path) -> None:
    git(folder, "checkout", "--quiet", "main")
    write(folder, other=MORE)
    commit(folder)
    git(folder, "checkout", "--quiet", "change")
    write(folder, pilot=MORE)
    assert set(found(run, folder)) == {"pilot"}


@pytest.fixture
def clone(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository that has this project's code and catalogue beside its stacks."""
    for name in ("components", "policies"):
        (folder / name).mkdir()
        (folder / name / "code.py").write_text("")
    data = folder / "components" / "catalog" / "data"
    shutil.copytree(DATA / "aws", data / "aws")
    shutil.copy(DATA / "accelerators.csv", data)
    commit(folder)
    git(folder, "branch", "--force", "main")
    monkeypatch.setattr(module, "DATA", data)
    monkeypatch.setattr(components, "__path__", [str(folder / "components")])
    return folder


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        ("components/code.py", "the code that plans and prices: components/code.py"),
        ("policies/code.py", "the rules: policies/code.py"),
        ("Pulumi.yaml", "the project's settings: Pulumi.yaml"),
        ("components/catalog/data/aws/prices.csv", "the catalogue of aws: components/catalog/data/aws/prices.csv"),
        (
            "components/catalog/data/accelerators.csv",
            "the catalogue that all clouds share: components/catalog/data/accelerators.csv",
        ),
    ],
)
def test_code_and_facts_touch_all_stacks(run: Run, clone: Path, file: str, reason: str) -> None:
    with (clone / file).open("a") as changed:
        changed.write("\n")
    assert found(run, clone) == {name: [reason] for name in ("far", "other", "pilot")}


@pytest.mark.parametrize("file", ["README.md", "docs/a.md", "stacks/notes.yaml", "components/catalog/data/mars/a.csv"])
def test_other_files_touch_none(run: Run, clone: Path, file: str) -> None:
    (clone / file).parent.mkdir(parents=True, exist_ok=True)
    (clone / file).write_text("x: 1")
    assert found(run, clone) == {}


def test_many_files_of_one_reason_are_counted(run: Run, clone: Path) -> None:
    for name in "abcde":
        (clone / "components" / f"{name}.py").write_text("")
    told = "components/a.py, components/b.py, components/c.py and 2 more"
    assert found(run, clone)["pilot"] == [f"the code that plans and prices: {told}"]


def test_a_project_below_the_root_of_the_repository(run: Run, tmp_path: Path) -> None:
    inner = tmp_path / "repo" / "clusters"
    repository(inner, pilot=STACK)
    shutil.move(inner / ".git", tmp_path / "repo" / ".git")
    commit(tmp_path / "repo")
    write(inner, pilot=MORE)
    (one,) = document(run, inner, since="HEAD")["stacks"]
    assert one["reasons"] == ["its file clusters/stacks/Pulumi.pilot.yaml"]
    assert one["difference"]["cost"]["monthly"]["max"] == "80406.40"


def test_a_ref_that_is_not_there_is_told_in_every_format(run: Run, folder: Path) -> None:
    says = "'nowhere' is no commit, branch or tag of this repository"
    for output in ("text", "json", "markdown", "sarif", "junit", "infracost"):
        done = run("cost", "--changed-since", "nowhere", "--output", output, cwd=folder)
        assert done.status == 2
        assert output == "infracost" or says.replace("'", "&#x27;") in done.out or says in done.out


def test_the_text_names_reasons_and_sums_up(run: Run, folder: Path) -> None:
    write(folder, pilot=MORE, other="config: [")
    done = run("check", "--changed-since", "main", "--date", DAY, cwd=folder)
    assert done.status == 2
    assert "touched by its file stacks/Pulumi.pilot.yaml" in done.out
    last = done.out.splitlines()[-1]
    assert last.startswith("✗ 2 stacks, ")
    assert last.endswith("+80,406.40 USD a month at most")
