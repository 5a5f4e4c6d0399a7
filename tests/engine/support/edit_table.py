"""A table of edits, the one life in which the engine makes them all, and what a preview says of each beforehand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from components import program
from components.catalog.replacement import Replacements
from components.errors import InputError
from components.spec.loader import load
from components.spec.merge import Plain
from scripts.preview import capture
from scripts.preview.compare import Comparison, compare
from scripts.preview.state import State, state_of
from scripts.rehearsal.lifecycle.edits import Edit, Planned, edited
from tests.engine.support.rehearsal import rehearse

FOLDER = Path(__file__).parents[1]
PROJECT = "gpu-fleet"
OPERATIONS = ("create", "update", "replace", "delete")
GPUS = ("ended", "begun", "restarted", "missing")
LASTING = ("Cluster", "FileSystem", "LustreFileSystem", "Bucket", "Key")
LOOKED = ("preview", "edit-preview")
"""Kinds of steps that change nothing, so that the backend keeps nothing of them."""


class Table:
    """The edits of one file, on their base."""

    def __init__(self, name: str, stack: str) -> None:
        document: dict[str, Any] = yaml.safe_load((FOLDER / name).read_text())
        self.stack, self.base = stack, document["base"]
        self.edits: list[dict[str, Any]] = document["edits"]
        self.names = [edit["name"] for edit in self.edits]

    def write(self, folder: Path) -> Path:
        """The stack's file as it is before all edits."""
        file = folder / f"Pulumi.{self.stack}.yaml"
        file.write_text(json.dumps({"config": {"gpu-fleet:cluster": self.base}}))
        return file

    def refusals(self, file: Path) -> dict[str, str]:
        """Edit -> the words with which the spec or the plan refuses it; the others are made."""
        here, refused = load(str(file)), {}
        for edit in self.edits:
            try:
                made = edited(here, Edit(edit["name"], Plain(edit["change"], {})))
            except InputError as error:
                refused[edit["name"]] = str(error)
                continue
            if "refused" not in edit:
                here = made.loaded
        return refused

    def wrong(self, step: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
        """Where a step is not as its row says: another kind of change, too much, too little, the old one gone first."""
        found, met = [], set()
        expect = row["expect"]
        for one in step["resources"]:
            name, operation = one["name"].removeprefix(f"{self.stack}-"), one["operation"]
            patterns = [pattern for pattern in expect.get(operation, ()) if fnmatchcase(name, pattern)]
            met.update((operation, pattern) for pattern in patterns)
            if not patterns:
                found.append(f"{operation} {name}: {', '.join(one['causes'] or one['paths'])}")
            first = any(fnmatchcase(name, pattern) for pattern in expect.get("old_first", ()))
            if operation == "replace" and one["old_first"] != first:
                found.append(f"{name}: the old one went {'first' if one['old_first'] else 'last'}")
            lasts = one["type"].rpartition(":")[2] in LASTING and name not in row.get("lost", ())
            if operation in ("replace", "delete") and lasts:
                found.append(f"{operation} {name}: that is lost for ever")
        asked = {(operation, pattern) for operation in OPERATIONS for pattern in expect.get(operation, ())}
        return found + [f"no {operation} of {pattern}" for operation, pattern in sorted(asked - met)]


@dataclass
class Before:
    """An edit with what stood before it: the state, and the resources that the program registers after it."""

    row: dict[str, Any]
    step: dict[str, Any]
    state: State
    planned: Planned

    @cached_property
    def resources(self) -> list[dict[str, Any]]:
        made = self.planned
        stack, state = made.loaded.stack, self.state
        return capture.run(
            lambda: program.deploy(made.plan, made.loaded), stack=stack, config={}, state=state
        ).to_json()

    def compared(self, table: Replacements) -> Comparison:
        """What `preview --state` says that the edit does."""
        return compare(self.resources, self.state, table)


class Life:
    """All edits of a table that the spec allows, made by the engine in one life; a refused one is not in the next."""

    def __init__(self, table: Table, folder: Path) -> None:
        self.table, self.file = table, table.write(folder)
        self.refusals = table.refusals(self.file)
        edits = folder / "edits.yaml"
        edits.write_text(
            json.dumps({edit["name"]: edit["change"] for edit in table.edits if edit["name"] not in self.refusals})
        )
        self._kept = folder / "kept"
        _, self.document = rehearse(str(self.file), "--edit", str(edits), "--keep", str(self._kept))
        self.steps = {step["name"].removeprefix("edit "): step for step in self.document["steps"]}

    @cached_property
    def before(self) -> dict[str, Before]:
        """The edits that reached the engine, by name."""
        return dict(self._before())

    def _before(self) -> Iterator[tuple[str, Before]]:
        # The backend keeps the state after each run that may change something.
        history = sorted(self._kept.glob(f"backend/.pulumi/history/{PROJECT}/{self.table.stack}/*.checkpoint.json"))
        rows = {edit["name"]: edit for edit in self.table.edits}
        here, done = load(str(self.file)), 0
        for step in self.document["steps"]:
            name = step["name"].removeprefix("edit ")
            if name in rows and step["kind"] in ("edit", "edit-preview"):
                planned = edited(here, Edit(name, Plain(rows[name]["change"], {})))
                kept = json.loads(history[done - 1].read_text())["checkpoint"]["latest"]
                state = state_of(kept, history[done - 1], self.table.stack, PROJECT)
                yield name, Before(rows[name], step, state, planned)
                here = planned.loaded if step["kind"] == "edit" else here
            done += step["kind"] not in LOOKED
        assert done == len(history), "each run that may change something has left its state"
