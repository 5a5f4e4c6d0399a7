"""`gpufleet report`: where the page goes, what is said of it, and what does not stop it."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.reports import parsed
from tests.unit.cli_verbs.conftest import DAY, ROOT, Run

GOOD = ("prod-aws", "l4-aws")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the project's stacks that a test may change."""
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    return tmp_path


def report(run: Run, folder: Path, *words: str):
    return run("report", *words, "--date", DAY, "--resources", "planned", cwd=folder)


def test_it_says_where_the_page_is_and_how_large(run: Run, project: Path) -> None:
    done = report(run, project, *GOOD, "--out", "page.html", "--output", "json")
    document = done.document("report")
    assert done.status == 0
    assert document["file"] == "page.html"
    assert document["bytes"] == (project / "page.html").stat().st_size
    assert document["stacks"] == [{"stack": name, "planned": True, "good": True} for name in GOOD]
    assert document["stack"] is None


def test_text_names_each_stack(run: Run, project: Path) -> None:
    done = report(run, project, *GOOD)
    assert (done.status, done.err) == (0, "")
    assert done.out.startswith("wrote report.html: 2 stacks, ")
    assert done.out.splitlines()[1:] == ["✓ prod-aws", "✓ l4-aws"]
    assert "GPU clusters: 2 stacks" in (project / "report.html").read_text(encoding="utf-8")


def test_without_names_it_is_every_stack_of_the_project(run: Run, project: Path) -> None:
    document = report(run, project, "--output", "json").document("report")
    files = sorted(file.name.split(".")[1] for file in (project / "stacks").glob("Pulumi.*.yaml"))
    assert [one["stack"] for one in document["stacks"]] == files


def test_a_broken_stack_and_a_missing_one_do_not_keep_out_the_others(run: Run, project: Path) -> None:
    file = project / "stacks" / "Pulumi.dev-aws.yaml"
    file.write_text(file.read_text() + "    pools: {train: {accelerator: '</script><img src=x onerror=alert(1)>'}}\n")
    done = report(run, project, "prod-aws", "dev-aws", "nosuch", "--output", "json")
    document = done.document("report")
    assert done.status == 2
    assert [(one["stack"], one["planned"]) for one in document["stacks"]] == [
        ("prod-aws", True),
        ("dev-aws", False),
        ("nosuch", False),
    ]
    page = parsed((project / "report.html").read_text(encoding="utf-8"))
    assert page.find("img") == []
    assert "<img src=x onerror=alert(1)>" in page.find("main")[0].text
    assert "there is no stack 'nosuch'" in page.find("main")[0].text


def test_a_rule_that_blocks_is_status_1(run: Run, project: Path) -> None:
    file = project / "stacks" / "Pulumi.prod-aws.yaml"
    file.write_text(file.read_text().replace("usd_per_month: 400000", "usd_per_month: 1000"))
    done = report(run, project, "prod-aws")
    assert done.status == 1
    assert "✗ prod-aws" in done.out


def test_against_another_stack_it_shows_the_difference(run: Run, project: Path) -> None:
    done = run("report", "prod-aws", "--compare-to", "staging-aws", "--date", DAY, cwd=project)
    assert done.status == 0
    page = parsed((project / "report.html").read_text(encoding="utf-8"))
    tables = {table.find("caption")[0].text: table.rows() for table in page.find("table")}
    # Eight nodes instead of four: twice 80,406.40 more, which is 4 nodes of 55.04 USD for 730 hours and their disks.
    assert tables["The change, USD a month"][-1][-1] == "+160,812.80"
    differ = {row[0]: row[2] for row in tables["Resources that differ"][1:]}
    assert differ["train-reservation-nodes"] == "only here"
    assert differ["train-on-demand-nodes"] == "only in staging-aws"
    assert differ["monthly-budget"] == "differs"
    assert "vpc" not in differ, "only its tag of the environment is another, as everywhere"
    assert "Two stacks are compared, so nothing is replaced or deleted by this." in page.text
    assert "Resources that change" not in tables


def test_against_a_ref_it_shows_the_resources_that_change_too(run: Run, project: Path) -> None:
    """Root disks are part of the launch template, which is changed in place; Pulumi replaces nothing for it."""
    for words in (("init", "-q"), ("add", "."), ("-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x")):
        subprocess.run(["git", *words], cwd=project, check=True)
    file = project / "stacks" / "blueprints" / "h100-training.yaml"
    file.write_text(file.read_text().replace("    nodes: 2\n", "    nodes: 2\n    root_disk: 500GiB\n"))
    run("report", "dev-aws", "--compare-to", "HEAD", "--date", DAY, cwd=project)
    page = parsed((project / "report.html").read_text(encoding="utf-8"))
    tables = {table.find("caption")[0].text: table.rows() for table in page.find("table")}
    changed = {row[0]: row[1:3] for row in tables["Resources that change"][1:]}
    assert changed["train-on-demand-template"] == ["ec2.LaunchTemplate", "update"]
    assert not [row for row in changed.values() if row[1] in ("replace", "delete")]


def test_a_baseline_that_is_not_there_is_told_and_the_page_is_written(run: Run, project: Path) -> None:
    done = report(run, project, "prod-aws", "--compare-to", "nosuch")
    assert done.status == 2
    assert "is in no git repository" in done.out
    page = parsed((project / "report.html").read_text(encoding="utf-8"))
    assert "is in no git repository" in page.find("main")[0].text
    assert page.find("canvas"), "the stack itself is shown all the same"


def test_it_replaces_a_report_and_nothing_else(run: Run, project: Path) -> None:
    assert report(run, project, "prod-aws").status == 0
    assert report(run, project, "prod-aws").status == 0
    stack = project / "stacks" / "Pulumi.prod-aws.yaml"
    before = stack.read_bytes()
    done = report(run, project, "prod-aws", "--out", str(stack))
    assert (done.status, stack.read_bytes()) == (2, before)
    assert "exists and is no report of ours" in done.err


@pytest.mark.parametrize(
    ("place", "told"), [("no/such/x.html", "there is no folder no/such"), ("stacks", "is a folder")]
)
def test_a_place_that_cannot_be_is_refused_before_anything_is_planned(
    run: Run, project: Path, place: str, told: str
) -> None:
    done = report(run, project, "nosuch", "--out", place)
    assert done.status == 2
    assert told in done.err
    assert "nosuch" not in done.err


def test_a_project_without_stacks_says_how_to_make_one(run: Run, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: trial\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    done = report(run, tmp_path)
    assert done.status == 2
    assert "the project has no stacks" in done.err
    assert "gpufleet new" in done.err


@pytest.mark.parametrize(
    ("stacks", "registered"), [(GOOD, True), ((*GOOD, *(f"copy-{place}" for place in range(7))), False)]
)
def test_few_stacks_show_what_their_programs_register(
    run: Run, project: Path, stacks: tuple[str, ...], registered: bool
) -> None:
    """Up to 8, by default; of more the plan's parts are shown, which need no program to run."""
    for name in stacks[2:]:
        shutil.copy(project / "stacks" / "Pulumi.prod-aws.yaml", project / "stacks" / f"Pulumi.{name}.yaml")
    run("report", *stacks, "--date", DAY, cwd=project)
    text = (project / "report.html").read_text(encoding="utf-8")
    assert ("resources: " in text) is registered
    assert ("ec2.Vpc" in text) is registered
    assert ("parts of the plan" in text) is not registered


def test_no_resources_are_shown_where_none_are_wanted(run: Run, project: Path) -> None:
    run("report", "prod-aws", "--date", DAY, "--resources", "none", cwd=project)
    assert 'type="search"' not in (project / "report.html").read_text(encoding="utf-8")
