"""Runs `gpufleet rehearse` and reads its document."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from scripts.cli.documents import schema

ROOT = Path(__file__).parents[3]


def rehearse(*arguments: str) -> tuple[int, dict[str, Any]]:
    """In a process of its own: the SDK leaves event loops open."""
    command = [sys.executable, "-c", "from scripts.cli.main import run; run()", "rehearse", *arguments]
    done = subprocess.run([*command, "-o", "json", "-q"], cwd=ROOT, capture_output=True, text=True, timeout=900)
    assert done.stderr == ""
    document = json.loads(done.stdout)
    Draft202012Validator(schema("rehearse")).validate(document)
    return done.returncode, document
