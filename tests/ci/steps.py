"""The shell steps of the workflows under docs/ci/, run as their runners would."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
CI = ROOT / "docs" / "ci"
GITHUB = {file.stem.removeprefix("gpufleet-"): file for file in sorted((CI / "github").glob("*.yml"))}
GITLAB = CI / "gitlab" / "gpufleet.gitlab-ci.yml"


def workflow(file: Path) -> dict[str, Any]:
    """A workflow; YAML 1.1 takes its key `on` for a flag."""
    value = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {("on" if key is True else key): item for key, item in value.items()}


def step(name: str, called: str) -> str:
    """The shell text of a step of a GitHub workflow."""
    (job,) = workflow(GITHUB[name])["jobs"].values()
    (found,) = [one["run"] for one in job["steps"] if one.get("name") == called]
    return found


def script(job: str, part: str = "script", number: int = 0) -> str:
    """One entry of the script of a GitLab job."""
    return yaml.safe_load(GITLAB.read_text(encoding="utf-8"))[job][part][number]


def run(text: str, folder: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a step as a runner does (`bash -e -o pipefail`), with nothing of this environment but where programs are."""
    path = f"{folder / 'bin'}:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", text],
        cwd=folder,
        env={"PATH": path, "HOME": os.environ.get("HOME", "/"), "LANG": "C.UTF-8", **env},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )


def stub(folder: Path, name: str, text: str) -> None:
    """A program that stands in for another, first on PATH."""
    (folder / "bin").mkdir(exist_ok=True)
    file = folder / "bin" / name
    file.write_text(f"#!/bin/sh\n{text}\n")
    file.chmod(0o755)
