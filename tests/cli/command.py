"""The command line as people run it: the installed entry point, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

GPUFLEET = Path(sys.executable).with_name("gpufleet")
ROOT = Path(__file__).parents[2]
DAY = "2026-11-23"

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
    schedule: {expires: "2027-03-31"}
"""
"""A good stack file of ten lines; what a test adds to it stands from line 11 on."""


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str


def gpufleet(*arguments: str, cwd: Path = ROOT, env: Mapping[str, str] | None = None) -> Result:
    """Run `gpufleet`. Whatever happens, nobody sees a traceback."""
    done = subprocess.run(
        [GPUFLEET, *arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        encoding="utf-8",
    )
    assert "Traceback" not in done.stdout + done.stderr
    return Result(done.returncode, done.stdout, done.stderr)


def project(folder: Path, **stacks: str | bytes) -> Path:
    """A project in a folder, with stack files by name."""
    (folder / "Pulumi.yaml").write_text("name: trial\nruntime: python\nstackConfigDir: stacks\n")
    (folder / "stacks").mkdir()
    for name, content in stacks.items():
        data = content if isinstance(content, bytes) else content.encode()
        (folder / "stacks" / f"Pulumi.{name}.yaml").write_bytes(data)
    return folder
