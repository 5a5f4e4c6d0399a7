"""Whole stacks as they are registered, and how two of them differ."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from components import program
from components.plan.model import ClusterPlan
from components.plan.planner import plan
from components.spec.loader import load_config
from components.spec.project import Project
from scripts.preview import capture

HERE = Path(__file__).parent
SNAPSHOTS = HERE / "snapshots"

Resources = dict[str, dict[str, Any]]


def planned(value: dict[str, Any]) -> ClusterPlan:
    """The plan of a stack `snap`."""
    return plan(load_config(json.dumps(value), "snap", Project(HERE, HERE)))


def registered(value: dict[str, Any]) -> Resources:
    """Every resource of a stack `snap`, by logical name."""
    loaded = load_config(json.dumps(value), "snap", Project(HERE, HERE))
    made = plan(loaded)
    captured = capture.run(lambda: program.deploy(made, loaded), stack=made.stack, config={})
    return {resource["name"]: resource for resource in captured.to_json()}


def merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    found = {**base}
    for key, value in over.items():
        old = found.get(key)
        found[key] = merged(old, value) if isinstance(value, dict) and isinstance(old, dict) else value
    return found


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    if isinstance(value, dict) and value and set(value) - {"ref", "join", "secret"}:
        return {k: v for key, item in value.items() for k, v in leaves(item, f"{path}.{key}" if path else key).items()}
    if isinstance(value, list) and value and isinstance(value[0], dict) and "ref" not in value[0]:
        return {k: v for i, item in enumerate(value) for k, v in leaves(item, f"{path}[{i}]").items()}
    return {path: value}


def difference(before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What was added and removed (in full, and by name), and what changed in the rest: [before, after] by path."""
    changed: dict[str, Any] = {}
    for name in sorted(before.keys() & after.keys()):
        old, new = leaves(before[name]), leaves(after[name])
        paths = sorted(path for path in old.keys() | new.keys() if old.get(path) != new.get(path))
        if paths:
            changed[name] = {path: [old.get(path), new.get(path)] for path in paths}
    return {
        "added": {name: after[name] for name in sorted(after.keys() - before.keys())},
        "removed": sorted(before.keys() - after.keys()),
        "changed": changed,
    }


def hold(name: str, found: Any) -> None:
    """Hold a value against its snapshot. `UPDATE_SNAPSHOTS=1` writes it anew."""
    file = SNAPSHOTS / f"{name}.json"
    text = json.dumps(found, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS") == "1":
        file.write_text(text)
    assert file.is_file(), f"no snapshot {name}: run with UPDATE_SNAPSHOTS=1 and read what it writes"
    assert json.loads(file.read_text()) == json.loads(text), f"{name} differs from its snapshot"
