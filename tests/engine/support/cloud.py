"""A simulated cloud as a process of its own, and what exists in it."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SERVER = ("-m", "scripts.rehearsal", "--providers", "aws")


class Cloud:
    """Serves the providers until it is stopped; another one goes on with the same state."""

    def __init__(self, state: Path, account: str = "", *arguments: str) -> None:
        self.state = state
        settings = json.dumps({"account": account} if account else {})
        command = [sys.executable, *SERVER, "--state", str(state), "--settings", settings, *arguments]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.ports: dict[str, int] = json.loads(self._process.stdout.readline())

    def left(self) -> list[tuple[str, str]]:
        """Type and logical name of all that exists."""
        with closing(sqlite3.connect(self.state, timeout=60)) as state:
            rows = state.execute("SELECT type, urn FROM resources").fetchall()
        return sorted((type_, urn.rpartition("::")[2]) for type_, urn in rows)

    def stop(self) -> None:
        self._process.kill()
        self._process.communicate()
