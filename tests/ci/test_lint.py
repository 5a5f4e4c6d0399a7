"""The workflows under docs/ci/: linted, valid by the forges' published schemas, pinned, and with the least rights."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.ci.steps import GITHUB, GITLAB, ROOT, workflow

PIN = re.compile(r"uses: [\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


@pytest.mark.process
def test_actionlint_finds_nothing() -> None:
    """`.ci/actionlint` runs the one on PATH, or builds it from its Go module; `.ci/run` has it build it first."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "gpu-fleet" / "actionlint"
    if shutil.which("actionlint") is None and not list(cache.glob("*/actionlint")):
        message = "there is no actionlint; get it with: .ci/actionlint --version (needs Go)"
        assert os.environ.get("GPU_FLEET_ENGINE") != "required", message
        pytest.skip(message)
    files = [str(file) for file in GITHUB.values()]
    done = subprocess.run([ROOT / ".ci" / "actionlint", *files], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


def schema(name: str) -> dict[str, Any]:
    """A schema that check-jsonschema brings as it was published."""
    spec = find_spec("check_jsonschema")
    assert spec is not None
    assert spec.origin is not None
    folder = Path(spec.origin).parent / "builtin_schemas" / "vendor"
    return json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("file", GITHUB.values(), ids=GITHUB)
def test_a_workflow_obeys_the_schema(file: Path) -> None:
    jsonschema.Draft7Validator(schema("github-workflows")).validate(workflow(file))


def test_the_pipeline_obeys_the_schema() -> None:
    jsonschema.Draft7Validator(schema("gitlab-ci")).validate(yaml.safe_load(GITLAB.read_text(encoding="utf-8")))


@pytest.mark.parametrize("file", GITHUB.values(), ids=GITHUB)
def test_every_action_is_pinned_by_its_commit(file: Path) -> None:
    lines = [line.strip().removeprefix("- ") for line in file.read_text().splitlines() if "uses:" in line]
    assert [line for line in lines if not PIN.match(line)] == []


@pytest.mark.parametrize("file", GITHUB.values(), ids=GITHUB)
def test_nothing_from_outside_is_pasted_into_a_script(file: Path) -> None:
    for job in workflow(file)["jobs"].values():
        assert [one["run"] for one in job["steps"] if "${{" in one.get("run", "")] == []


RIGHTS = {
    "review": {"contents": "read"},
    "comment": {"actions": "read", "pull-requests": "write"},
    "drift": {"contents": "read", "id-token": "write"},
}


@pytest.mark.parametrize("name", GITHUB)
def test_rights_are_the_least(name: str) -> None:
    whole = workflow(GITHUB[name])
    assert whole["permissions"] == {}
    assert [job["permissions"] for job in whole["jobs"].values()] == [RIGHTS[name]]


def test_what_runs_a_strangers_code_has_no_secret() -> None:
    assert set(workflow(GITHUB["review"])["on"]) == {"pull_request"}  # not pull_request_target
    text = GITHUB["review"].read_text()
    assert "secrets." not in text
    assert "github.token" not in text
    assert "persist-credentials: false" in text


def test_what_may_write_runs_nothing_of_a_stranger() -> None:
    (job,) = workflow(GITHUB["comment"])["jobs"].values()
    assert [one["name"] for one in job["steps"]] == ["Comment"]  # no checkout, no action
    assert "uses:" not in GITHUB["comment"].read_text()


def test_the_comment_follows_the_review() -> None:
    assert workflow(GITHUB["comment"])["on"]["workflow_run"]["workflows"] == [workflow(GITHUB["review"])["name"]]
