"""The kept states of the shipped stacks: what `pulumi stack export` wrote of each after its `up`, without what differs
from run to run.

`python -m tests.upgrade.states [STACK ...]` makes them anew, with the engine on the simulated cloud. Do that only when a
change that replaces resources of existing clusters is meant and told in the changelog: the test of this folder exists to
show such a change.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
ROOT = FOLDER.parents[1]
SHIPPED = sorted(file.name.split(".")[1] for file in (ROOT / "stacks").glob("Pulumi.*.yaml"))

_SIGNATURE = "4dabf18193072939515e22adb298388d"
_LEFT_OUT = ("created", "modified", "sourcePosition", "stackTrace")


def file_of(stack: str) -> Path:
    """Where the kept state of a stack lies."""
    return FOLDER / f"{stack}.json.gz"


def state_of(stack: str) -> dict[str, Any]:
    """The kept export of a stack."""
    return json.loads(gzip.decompress(file_of(stack).read_bytes()))


def write(folder: Path, stack: str, state: dict[str, Any] | None = None) -> Path:
    """A kept state, or another one, as a file to give to a command."""
    file = folder / f"{stack}.json"
    file.write_text(json.dumps(state_of(stack) if state is None else state))
    return file


def stripped(exported: dict[str, Any]) -> dict[str, Any]:
    """An export without times, places in the source, and the text of secrets."""
    resources = [
        {key: _hidden(value) for key, value in one.items() if key not in _LEFT_OUT}
        for one in exported["deployment"]["resources"]
    ]
    return {"version": exported["version"], "deployment": {"manifest": {}, "resources": resources}}


def _hidden(value: Any) -> Any:
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    if not isinstance(value, dict):
        return value
    if _SIGNATURE in value and "plaintext" in value:
        return {_SIGNATURE: value[_SIGNATURE], "ciphertext": "left out"}
    return {key: _hidden(item) for key, item in value.items()}


def make(stacks: Iterable[str]) -> None:
    """Bring each stack up on a cloud of its own, and keep its state."""
    from components.plan.planner import plan
    from components.spec.loader import load
    from scripts.engine.find import find
    from scripts.rehearsal.lifecycle.edits import Planned
    from scripts.rehearsal.lifecycle.stage import stage

    for stack in stacks:
        loaded = load(stack)
        with stage(find(), Planned(loaded, plan(loaded))) as here:
            step = here.up("up", "up")
            assert not step.error, step.error
            text = json.dumps(stripped(here.export()), sort_keys=True, separators=(",", ":"))
        file_of(stack).write_bytes(gzip.compress(text.encode(), mtime=0))
        print(f"{stack}: {step.count('create')} resources, {file_of(stack).stat().st_size} bytes")


if __name__ == "__main__":
    make(sys.argv[1:] or SHIPPED)
