"""`gpufleet check STACK --fix`: what it proposes, what it makes, and what it leaves to a person."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.cli.main import main

BLUEPRINT = """\
kubernetes: "1.35"
may_differ: [access, protect, pools.*.capacity]
pools: {train: {accelerator: "H100:8", nodes: 1..2, fabric: required}}
budget: {usd_per_month: 200000}
"""
STACK = """\
# ours
config:
  gpu-fleet:cluster:
    blueprint: mine
    cloud: aws
    account: "210987654321"
    region: us-east-1
    environment: prod   # for good
    tags: {owner: research, cost-center: "4711"}
    access:
      admins: ["arn:aws:iam::210987654321:role/platform"]
      endpoint: 'public'   # for now
      allowed_cidrs: ["8.0.0.0/8"]
    pools:
      train:
        capacity: [on-demand, spot]   # cheap
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "stacks" / "blueprints").mkdir(parents=True)
    (tmp_path / "Pulumi.yaml").write_text("name: p\nruntime: python\nmain: stacks/\nstackConfigDir: stacks\n")
    (tmp_path / "stacks" / "blueprints" / "mine.yaml").write_text(BLUEPRINT)
    (tmp_path / "stacks" / "Pulumi.w.yaml").write_text(STACK)
    monkeypatch.chdir(tmp_path)
    return tmp_path / "stacks" / "Pulumi.w.yaml"


def check(capsys: pytest.CaptureFixture[str], *more: str) -> tuple[int, str]:
    status = main(["check", "w", "--date", "2026-11-24", *more])
    said = capsys.readouterr()
    return status, said.out + said.err


def test_it_shows_a_diff_and_changes_nothing(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(capsys, "--fix")
    assert status == 1
    assert "--- a/stacks/Pulumi.w.yaml\n+++ b/stacks/Pulumi.w.yaml\n" in said
    for line in (
        "-      endpoint: 'public'   # for now\n+      endpoint: private   # for now",
        "-        capacity: [on-demand, spot]   # cheap\n+        capacity: [on-demand]   # cheap",
        "+    protect: true",
        "would fix  no-public-ip: the cluster's API endpoint is open to 8.0.0.0/8",
        "nothing was changed; --write makes these edits",
    ):
        assert line in said
    assert project.read_text() == STACK


def test_told_to_it_makes_the_edits_and_checks_again(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(capsys, "--fix", "--write")
    assert (status, "✓ w is good to deploy" in said) == (0, True), said
    assert project.read_text() == (
        STACK.replace("'public'", "private").replace("[on-demand, spot]", "[on-demand]") + "    protect: true\n"
    )
    assert "nothing here can be fixed" in check(capsys, "--fix")[1]


def test_a_setting_that_loosens_is_taken_out(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    policy = "    policy: {rules: {encryption: {level: advisory}, required-tags: {level: mandatory}}}\n"
    project.write_text(STACK + policy)
    check(capsys, "--write")
    assert "    policy: {rules: {required-tags: {level: mandatory}}}\n" in project.read_text()


def test_what_is_waived_stays(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    waiver = '{rule: no-public-ip, reason: until the VPN is there, by: research, expires: "2026-12-24"}'
    project.write_text(f"{STACK}    policy: {{waivers: [{waiver}]}}\n")
    check(capsys, "--write")
    assert "endpoint: 'public'   # for now" in project.read_text()


def test_a_blueprint_is_never_edited(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blueprint = project.parent / "blueprints" / "mine.yaml"
    shared = BLUEPRINT.replace("may_differ: [access, protect, pools.*.capacity]", "may_differ: [access]")
    shared = shared.replace("fabric: required", "fabric: required, capacity: [on-demand, spot]")
    blueprint.write_text(shared)
    project.write_text(STACK[: STACK.index("    pools:")])
    status, said = check(capsys, "--fix", "--write")
    assert status == 1
    assert "left  spot-forbidden: pools.train.capacity: it is shape: change it in the blueprint mine" in said
    assert blueprint.read_text() == shared
    assert "capacity" not in project.read_text()


def test_a_spec_with_errors_is_only_checked(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project.write_text(STACK.replace("us-east-1", "mars-1"))
    status, said = check(capsys, "--fix", "--write")
    assert (status, "mars-1" in said) == (2, True)
    assert "mars-1" in project.read_text()


@pytest.mark.parametrize("more", [["-o", "json"], ["--compare-to", "main"], ["w"]])
def test_it_is_for_one_stack_as_text(project: Path, more: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(capsys, "--fix", *more)
    assert (status, "--fix is for one stack, as text" in said) == (2, True)


def test_windows_line_endings_stay(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    project.write_bytes(STACK.replace("\n", "\r\n").encode())
    check(capsys, "--write")
    made = project.read_bytes()
    assert b"endpoint: private   # for now\r\n" in made
    assert made.count(b"\n") == made.count(b"\r\n")
