"""The shell steps of the workflows do what they say: in a repository of the test's own, with a forge on loopback."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scripts.report.markdown import MARKER
from tests.ci.forge import Forge, serving
from tests.ci.steps import run, script, step, stub
from tests.support.repositories import STACK, commit, git, repository, write

pytestmark = [pytest.mark.process, pytest.mark.enable_socket]  # the forge and its clients are on the loopback address

SHA = "0123456789abcdef0123456789abcdef01234567"
REPO = "/repos/me/fleet"
ZIP = f"{REPO}/actions/artifacts/7/zip"
COMMENT = f"{MARKER}\n### ✅ GPU clusters: 1 stack"


# --- review ---


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = repository(tmp_path_factory.mktemp("ci") / "repo", pilot=STACK, other=STACK)
    write(made, pilot=STACK + "    budget: {usd_per_month: 1000}\n")
    commit(made)
    return made


def test_github_reviews_what_changed(folder: Path, tmp_path: Path) -> None:
    """With the real command line, but `check` in place of `preview`, which loads an SDK first."""
    real = Path(sys.executable).with_name("gpufleet")
    stub(folder, "gpufleet", f'[ "$1" != preview ] || {{ shift; set -- check "$@"; }}; exec {real} "$@"')
    summary = tmp_path / "summary.md"
    env = {"BASE": "HEAD^1", "NUMBER": "12", "GITHUB_STEP_SUMMARY": str(summary)}
    done = run(step("review", "Review what changed"), folder, env)
    assert done.returncode == 1, done.stderr  # the budget blocks
    made = folder / "review"
    assert (made / "number").read_text() == "12\n"
    assert (made / "comment.md").read_text().startswith(MARKER)
    assert "**pilot**" in (made / "comment.md").read_text()
    assert "**other**" not in (made / "comment.md").read_text()
    assert summary.read_text() == (made / "comment.md").read_text()
    assert [one["stack"] for one in json.loads((made / "check.json").read_text())["stacks"]] == ["pilot"]
    assert (made / "check.junit").read_text().startswith("<?xml")


def test_gitlab_reviews_what_changed(folder: Path, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", str(folder), str(clone))
    stub(clone, "gpufleet", 'echo "$@" >> asked; [ "$1" = check ] || exit 1')
    base = git(folder, "rev-parse", "HEAD^").strip()
    done = run(script("gpufleet:review"), clone, {"CI_MERGE_REQUEST_DIFF_BASE_SHA": base})
    assert done.returncode == 1
    asked = (clone / "asked").read_text().splitlines()
    assert asked[0] == f"preview --changed-since {base} --output markdown"
    assert asked[1:] == [
        f"check --changed-since {base} --output {one}" for one in ("json", "sarif", "junit", "infracost")
    ]


@pytest.mark.parametrize("clone", [True, False])
def test_install(tmp_path: Path, clone: bool) -> None:
    for name in ("make", "python3"):
        stub(tmp_path, name, f'echo "{name} $@" >> asked')
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(tmp_path / "bin" / "python3")
    if clone:
        (tmp_path / ".ci").mkdir()
        (tmp_path / ".ci" / "uv").touch(mode=0o755)
    paths = tmp_path / "paths"
    github = run(step("review", "Install gpufleet"), tmp_path, {"GITHUB_PATH": str(paths)})
    gitlab = run(script(".gpufleet", "before_script") + 'echo "$PATH"', tmp_path, {})
    assert (github.returncode, gitlab.returncode) == (0, 0), github.stderr + gitlab.stderr
    assert paths.read_text() == f"{tmp_path}/.venv/bin\n"
    assert gitlab.stdout.startswith(f"{tmp_path}/.venv/bin:")
    pip = "python3 -m pip install --quiet --requirement requirements.txt"
    expected = ["make setup"] if clone else ["python3 -m venv .venv", pip]
    assert (tmp_path / "asked").read_text().splitlines() == expected * 2


def test_github_installs_it_the_same_way_twice() -> None:
    assert step("review", "Install gpufleet") == step("drift", "Install gpufleet")


# --- comment on GitHub ---


def artifact(**files: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("_", "."), text)
    return made.getvalue()


def github(archive: bytes, comments: list[dict[str, Any]], sha: str = SHA) -> Forge:
    listed = [{"id": 7, "name": "gpufleet-review", "size_in_bytes": len(archive)}, {"id": 8, "name": "other"}]
    return Forge(
        {
            ("GET", f"{REPO}/actions/runs/5/artifacts"): (200, {"artifacts": listed}),
            ("GET", ZIP): (302, "/storage/7.zip"),
            ("GET", "/storage/7.zip"): (200, archive),
            ("GET", f"{REPO}/pulls/12"): (200, {"head": {"sha": sha}}),
            ("GET", f"{REPO}/issues/12/comments"): (200, comments),
            ("POST", f"{REPO}/issues/12/comments"): (201, {"id": 1}),
            ("PATCH", f"{REPO}/issues/comments/99"): (200, {"id": 99}),
        }
    )


def post(forge: Forge, folder: Path) -> str:
    with serving(forge):
        env = {"GITHUB_API_URL": forge.address, "GITHUB_REPOSITORY": "me/fleet", "RUN_ID": "5", "HEAD_SHA": SHA}
        done = run(step("comment", "Comment"), folder, {**env, "TOKEN": "t0ken"})
    assert done.returncode == 0, done.stderr
    return done.stdout


def comment(id: int, login: str, body: str = COMMENT) -> dict[str, Any]:
    return {"id": id, "user": {"login": login}, "body": body}


def test_github_posts_a_comment(tmp_path: Path) -> None:
    forge = github(artifact(number="12\n", comment_md=COMMENT), [comment(1, "someone", "hello")])
    assert post(forge, tmp_path) == ""
    assert forge.written() == [("POST", f"{REPO}/issues/12/comments")]
    (body,) = forge.bodies
    assert body["body"].startswith(COMMENT)
    assert f"Made by the code of {SHA[:12]}" in body["body"]
    assert forge.headers[ZIP]["authorization"] == "Bearer t0ken"
    assert "authorization" not in forge.headers["/storage/7.zip"]  # the token stays with the forge


def test_github_updates_its_own_comment_and_nobody_elses(tmp_path: Path) -> None:
    forge = github(
        artifact(number="12", comment_md=COMMENT), [comment(98, "someone"), comment(99, "github-actions[bot]")]
    )
    post(forge, tmp_path)
    assert forge.written() == [("PATCH", f"{REPO}/issues/comments/99")]


@pytest.mark.parametrize(
    ("files", "sha", "says"),
    [
        ({"number": "12", "comment_md": COMMENT}, "f" * 40, "another commit by now"),
        ({"number": "12; rm", "comment_md": COMMENT}, SHA, "this is no review"),
        ({"number": "../12", "comment_md": COMMENT}, SHA, "this is no review"),
        ({"number": "²", "comment_md": COMMENT}, SHA, "this is no review"),
        ({"number": "12", "comment_md": "hello"}, SHA, "this is no review"),
        ({"number": "12"}, SHA, "the review was not finished"),
    ],
)
def test_github_posts_nothing_that_is_not_the_review(
    tmp_path: Path, files: dict[str, str], sha: str, says: str
) -> None:
    forge = github(artifact(**files), [], sha)
    assert says in post(forge, tmp_path)
    assert forge.written() == []


def test_github_has_nothing_to_post(tmp_path: Path) -> None:
    forge = github(b"", [])
    forge.routes["GET", f"{REPO}/actions/runs/5/artifacts"] = (200, {"artifacts": []})
    assert "left nothing to post" in post(forge, tmp_path)


def test_github_cuts_what_is_too_long_and_extracts_no_file(tmp_path: Path) -> None:
    files = {"number": "12", "comment_md": f"{MARKER}\n{'x' * 200_000}", "../evil_txt": "evil"}
    forge = github(artifact(**files), [])
    post(forge, tmp_path)
    assert len(forge.bodies[0]["body"]) < 65_536
    assert list(tmp_path.iterdir()) == []


# --- comment on GitLab ---

NOTES = "/projects/3/merge_requests/12/notes"


@pytest.mark.parametrize(
    ("notes", "written"),
    [
        ([], ("POST", NOTES)),
        ([(98, 2), (99, 1)], ("PUT", f"{NOTES}/99")),  # of somebody else, and its own
    ],
)
def test_gitlab_comments(tmp_path: Path, notes: list[tuple[int, int]], written: tuple[str, str]) -> None:
    (tmp_path / "review").mkdir()
    (tmp_path / "review" / "comment.md").write_text(COMMENT)
    listed = [{"id": id, "author": {"id": author}, "body": COMMENT} for id, author in notes]
    forge = Forge({("GET", "/user"): (200, {"id": 1}), ("GET", NOTES): (200, listed), written: (200, {"id": 99})})
    with serving(forge):
        env = {"CI_API_V4_URL": forge.address, "CI_PROJECT_ID": "3", "CI_MERGE_REQUEST_IID": "12"}
        done = run(script("gpufleet:comment"), tmp_path, {**env, "GPUFLEET_COMMENT_TOKEN": "t0ken"})
    assert done.returncode == 0, done.stderr
    assert forge.written() == [written]
    assert forge.bodies == [{"body": COMMENT}]
    assert forge.headers[NOTES]["private-token"] == "t0ken"


# --- drift ---


@pytest.mark.parametrize("status", [0, 1, 3])
def test_drift_ends_as_gpufleet_does(tmp_path: Path, status: int) -> None:
    stub(tmp_path, "gpufleet", f'echo "$@"; cat "${{AWS_WEB_IDENTITY_TOKEN_FILE:-/dev/null}}"; exit {status}')
    summary = tmp_path / "summary.md"
    github = run(step("drift", "Look for drift"), tmp_path, {"STACK": "prod-aws", "GITHUB_STEP_SUMMARY": str(summary)})
    assert (github.returncode, github.stdout) == (status, "drift prod-aws\n")
    assert summary.read_text() == "### Drift of prod-aws\n```text\ndrift prod-aws\n```\n"
    env = {"STACK": "prod-aws", "GPUFLEET_TOKEN": "t0ken", "GPUFLEET_DRIFT_ROLE": "r", "GPUFLEET_DRIFT_REGION": "x"}
    gitlab = run(script("gpufleet:drift", number=1), tmp_path, {**env, "TMPDIR": str(tmp_path)})
    assert (gitlab.returncode, gitlab.stdout) == (status, "drift prod-aws\nt0ken")
    assert not list(tmp_path.glob("tmp.*"))  # the token is gone


def test_pulumi_is_installed_at_its_version(tmp_path: Path) -> None:
    for name in ("curl", "tar"):
        stub(tmp_path, name, f'echo "{name} $@" >> asked')
    env = {"PULUMI_VERSION": "3.259.0", "RUNNER_TEMP": str(tmp_path), "CI_PROJECT_DIR": str(tmp_path)}
    github = run(step("drift", "Install Pulumi"), tmp_path, {**env, "GITHUB_PATH": str(tmp_path / "paths")})
    gitlab = run(script("gpufleet:drift"), tmp_path, env)
    assert (github.returncode, gitlab.returncode) == (0, 0)
    asked = (tmp_path / "asked").read_text()
    assert asked.count("https://get.pulumi.com/releases/sdk/pulumi-v3.259.0-linux-x64.tar.gz") == 2
    assert (tmp_path / "paths").read_text() == f"{tmp_path}/pulumi\n"
