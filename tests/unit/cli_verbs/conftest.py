"""Runs a command line in this process, in a folder of the test's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from scripts.cli.documents import FOLDER
from scripts.cli.main import main

ROOT = Path(__file__).parents[3]
DAY = "2026-11-23"


@dataclass(frozen=True)
class Done:
    """How a run ended, and what it printed."""

    status: int
    out: str
    err: str

    def document(self, verb: str) -> dict[str, Any]:
        """The JSON on stdout, held against the verb's schema."""
        found = json.loads(self.out)
        schema = json.loads((FOLDER / f"{verb}.json").read_text(encoding="utf-8"))
        assert [error.message for error in Draft202012Validator(schema).iter_errors(found)] == []
        assert found["schema_version"] == 1
        return found


Run = Callable[..., Done]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("parity", "a", "b")`, in the repository unless `cwd` says where."""

    def call(*words: str, cwd: Path = ROOT, columns: int = 100) -> Done:
        monkeypatch.chdir(cwd)
        monkeypatch.setenv("COLUMNS", str(columns))
        capsys.readouterr()
        status = main(words)
        printed = capsys.readouterr()
        assert "Traceback" not in printed.out + printed.err
        return Done(status, printed.out, printed.err)

    return call
