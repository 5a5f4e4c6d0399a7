"""Git repositories with stacks in them, for tests of what a change does."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

AUTHOR = {
    "GIT_AUTHOR_NAME": "A Person",
    "GIT_AUTHOR_EMAIL": "a@example.com",
    "GIT_COMMITTER_NAME": "A Person",
    "GIT_COMMITTER_EMAIL": "a@example.com",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_SYSTEM": os.devnull,
}

STACK = """\
config:
  gpu-fleet:cluster:
    blueprint: h100-training
    cloud: aws
    account: "123456789012"
    region: us-east-1
    environment: dev
    tags: {owner: research, cost-center: "4711"}
    access: {admins: ["arn:aws:iam::123456789012:role/platform"]}
    schedule: {expires: "2027-01-31"}
"""
"""A good stack file of ten lines, with two p5.48xlarge on demand; what a test adds stands from line 11 on."""

BLUEPRINT = """\
kubernetes: "1.35"
pools:
  train: {accelerator: "H100:8", nodes: 2, fabric: required, capacity: [on-demand]}
budget: {usd_per_month: 150000}
may_differ: [pools.*.nodes, pools.*.capacity, pools.*.accelerator, budget, protect, policy, storage, prices]
"""


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=folder, env={**os.environ, **AUTHOR}, capture_output=True, check=True, text=True
    )
    return done.stdout


def commit(folder: Path, message: str = "a change") -> str:
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", message)
    return git(folder, "rev-parse", "HEAD").strip()


def write(folder: Path, **stacks: str) -> None:
    """Stack files by name."""
    for name, content in stacks.items():
        (folder / "stacks" / f"Pulumi.{name}.yaml").write_text(content)


def repository(folder: Path, **stacks: str) -> Path:
    """A project with a blueprint of its own, committed on main, and the branch `change` at work."""
    (folder / "stacks" / "blueprints").mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: trial\nruntime: python\nstackConfigDir: stacks\n")
    (folder / "stacks" / "blueprints" / "h100-training.yaml").write_text(BLUEPRINT)
    write(folder, **stacks)
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commit(folder, "as it was")
    git(folder, "checkout", "--quiet", "-b", "change")
    return folder
