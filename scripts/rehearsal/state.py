"""What a simulated cloud remembers: one SQLite file that survives a killed process and is seen by every process."""

from __future__ import annotations

import json
import sqlite3
import threading
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from components.records import record
from scripts.rehearsal.model import Resource

MEMORY = ":memory:"

_TABLES = """
CREATE TABLE IF NOT EXISTS resources (
    number INTEGER PRIMARY KEY, type TEXT NOT NULL, id TEXT NOT NULL, urn TEXT NOT NULL, inputs TEXT NOT NULL,
    outputs TEXT NOT NULL, region TEXT NOT NULL, account TEXT NOT NULL, within TEXT NOT NULL,
    hidden INTEGER NOT NULL DEFAULT 0, UNIQUE (type, id, region, account, within));
CREATE INDEX IF NOT EXISTS by_id ON resources (id);
CREATE TABLE IF NOT EXISTS calls (
    number INTEGER PRIMARY KEY, at REAL NOT NULL, provider TEXT NOT NULL, method TEXT NOT NULL, type TEXT NOT NULL,
    urn TEXT NOT NULL, id TEXT NOT NULL, error TEXT NOT NULL, seconds REAL NOT NULL);
CREATE TABLE IF NOT EXISTS settings (key TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS faults (
    number INTEGER PRIMARY KEY, fault TEXT NOT NULL, skip INTEGER NOT NULL, times INTEGER NOT NULL);
"""
_RESOURCE = "type, id, urn, inputs, outputs, region, account, within"
_KEY = "type = ? AND id = ? AND region = ? AND account = ? AND within = ?"
_WAIT_SECONDS = 60.0  # for another process that writes


@record(kw_only=True)
class Logged:
    """One call that was answered; `at` is seconds since 1970, `error` is empty where it went well."""

    at: float
    provider: str
    method: str
    type: str
    urn: str
    id: str
    error: str
    seconds: float


class State:
    """The file of one cloud. Safe for use by threads; transactions of several processes follow one another."""

    def __init__(self, path: Path | str = MEMORY) -> None:
        self.path = str(path)
        self._lock = threading.RLock()
        self._depth = 0
        self._missed: list[tuple[str, str]] = []
        self._connection = sqlite3.connect(
            self.path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        # WAL with synchronous=NORMAL loses nothing when a process is killed; only a power failure could.
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.executescript(_TABLES)

    def close(self) -> None:
        with self._lock:
            self._connection.close()

    def dump(self) -> bytes:
        """All that is in it, for `load`."""
        with self._lock:
            return self._connection.serialize()

    def load(self, dumped: bytes) -> None:
        """Put everything back as it was when this was dumped; only of a state in memory."""
        with self._lock:
            self._connection.deserialize(dumped)

    @contextmanager
    def transaction(self) -> Generator[None]:
        """All or nothing, and nobody else writes meanwhile; may be nested. Look-ups that missed count in any case."""
        with self._lock:
            if self._depth == 0:
                self._connection.execute("BEGIN IMMEDIATE")
            self._depth += 1
            how = "ROLLBACK"
            try:
                yield
                how = "COMMIT"
            finally:
                self._depth -= 1
                if self._depth == 0:
                    self._connection.execute(how)
                    self._count_missed()

    def _rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self._lock:
            return self._connection.execute(sql, values).fetchall()

    # Resources

    def put(self, resource: Resource) -> None:
        """Add a resource, or write over the one with its type, id, region, account and what it is within."""
        self._rows(
            f"INSERT INTO resources ({_RESOURCE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (type, id, region, account, within) DO UPDATE SET "
            "urn = excluded.urn, inputs = excluded.inputs, outputs = excluded.outputs",
            resource.type,
            resource.id,
            resource.urn,
            json.dumps(dict(resource.inputs), sort_keys=True),
            json.dumps(dict(resource.outputs), sort_keys=True),
            resource.region,
            resource.account,
            resource.within,
        )

    def remove(self, resource: Resource) -> None:
        self._rows(
            f"DELETE FROM resources WHERE {_KEY}",
            resource.type,
            resource.id,
            resource.region,
            resource.account,
            resource.within,
        )

    def resources(self, *types: str, id: str | None = None) -> list[Resource]:
        """What exists, in order of creation: of these types (all without any), with this id where one is given."""
        terms, values = ["1"], list[str]()
        if types:
            terms.append(f"type IN ({', '.join('?' * len(types))})")
            values += types
        if id is not None:
            terms.append("id = ?")
            values.append(id)
        rows = self._rows(f"SELECT {_RESOURCE} FROM resources WHERE {' AND '.join(terms)} ORDER BY number", *values)
        return [_resource(row) for row in rows]

    def hide(self, resource: Resource, times: int) -> None:
        """Let the next look-ups of a resource by its id miss it, as a cloud that is consistent only later does."""
        self._rows("UPDATE resources SET hidden = ? WHERE type = ? AND id = ?", times, resource.type, resource.id)

    def seen(self, resource: Resource) -> bool:
        """Whether a look-up finds a resource; counts one where it does not."""
        with self._lock:
            row = self._rows("SELECT max(hidden) FROM resources WHERE type = ? AND id = ?", resource.type, resource.id)
            if not row[0][0]:
                return True
            self._missed.append((resource.type, resource.id))
            if self._depth == 0:
                self._count_missed()
            return False

    def _count_missed(self) -> None:
        # After a transaction, not in it: the call that missed something fails for it, and is rolled back.
        for key in self._missed:
            self._rows("UPDATE resources SET hidden = hidden - 1 WHERE type = ? AND id = ? AND hidden > 0", *key)
        self._missed.clear()

    # Settings and counters

    def setting(self, key: str, default: Any = None) -> Any:
        rows = self._rows("SELECT value FROM settings WHERE key = ?", key)
        return json.loads(rows[0][0]) if rows else default

    def set(self, settings: Mapping[str, Any]) -> None:
        """Write settings: plain data by key."""
        with self.transaction():
            for key, value in settings.items():
                self._rows(
                    "INSERT INTO settings VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                    key,
                    json.dumps(value, sort_keys=True),
                )

    def count(self, name: str, by: int = 1) -> int:
        """Move a counter on and tell where it stands; a new one starts at 0."""
        if by == 0:  # only asked: no need to write
            rows = self._rows("SELECT value FROM counters WHERE name = ?", name)
            return int(rows[0][0]) if rows else 0
        with self.transaction():
            self._rows(
                "INSERT INTO counters VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value",
                name,
                by,
            )
            return int(self._rows("SELECT value FROM counters WHERE name = ?", name)[0][0])

    # Calls

    def log(self, call: Logged) -> None:
        self._rows(
            "INSERT INTO calls (at, provider, method, type, urn, id, error, seconds) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            call.at or time.time(),
            call.provider,
            call.method,
            call.type,
            call.urn,
            call.id,
            call.error,
            call.seconds,
        )

    def calls(self, method: str | None = None) -> list[Logged]:
        """Every call so far, in order, or those of one method."""
        rows = self._rows(
            "SELECT at, provider, method, type, urn, id, error, seconds FROM calls "
            "WHERE ?1 IS NULL OR method = ?1 ORDER BY number",
            method,
        )
        names = ("at", "provider", "method", "type", "urn", "id", "error", "seconds")
        return [Logged(**dict(zip(names, row, strict=True))) for row in rows]

    # Faults

    def add_fault(self, fault: Mapping[str, Any], skip: int, times: int) -> None:
        self._rows("INSERT INTO faults (fault, skip, times) VALUES (?, ?, ?)", json.dumps(dict(fault)), skip, times)

    def faults(self) -> list[tuple[int, dict[str, Any], int, int]]:
        """(number, fault, how many calls it still lets pass, how many it still spoils) of those that are left."""
        rows = self._rows("SELECT number, fault, skip, times FROM faults WHERE times > 0 ORDER BY number")
        return [(row[0], json.loads(row[1]), row[2], row[3]) for row in rows]

    def spend_fault(self, number: int, *, skip: int = 0, times: int = 0) -> None:
        self._rows("UPDATE faults SET skip = skip - ?, times = times - ? WHERE number = ?", skip, times, number)

    def clear_faults(self) -> None:
        self._rows("DELETE FROM faults")


def _resource(row: tuple[Any, ...]) -> Resource:
    type, id, urn, inputs, outputs, region, account, within = row
    return Resource(
        type=type,
        id=id,
        urn=urn,
        inputs=json.loads(inputs),
        outputs=json.loads(outputs),
        region=region,
        account=account,
        within=within,
    )
