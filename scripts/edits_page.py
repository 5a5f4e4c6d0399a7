"""The page docs/edits.md, made from the table of rehearsed edits."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from components.spec.reader import read

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "engine"
TABLES = (
    (
        "edits.yaml",
        "A protected cluster for training",
        "It has a file system and a bucket, and a spare pool of small GPUs.",
    ),
    (
        "edits_inference.yaml",
        "A cluster for inference that nobody protects",
        "It has spot nodes, zero of them at rest, hours of work, and no storage. Its cluster and its data are really lost.",
    ),
)
"""File, title and words of each base."""

_HEAD = """# What an edit does

Made from the tables in `tests/engine` by `make docs`. Each row is an edit of a spec on AWS, with what the vendor's or
the provider's own documentation says of it; a test makes every one of them through the real Pulumi engine on a simulated
cloud, one after another in the life of one cluster, and fails where anything else happens, or where `gpufleet preview
--state` said anything else before. `gpufleet rehearse STACK --edit FILE` does the same with edits of your own, before
you make them; with `--from-state FILE` from what is deployed.

Names are shown without the stack's; `*` stands for any. *Replaced* means that the new one comes first and the old one
goes afterwards, except for what is named after *old first*; *lost* is what lasts and goes all the same. What no row
names stays as it is: adding or removing a pool touches no other pool.

"""
_WORDS = {
    "create": "created",
    "update": "changed in place",
    "replace": "replaced",
    "delete": "deleted",
    "old_first": "old first",
    "lost": "lost",
}
_GPUS = {"ended": "go away", "begun": "come", "restarted": "get new nodes one by one", "missing": "missing at a time"}


def rows(file: str) -> list[Mapping[str, Any]]:
    """The edits of a table, in order."""
    value = cast("Mapping[str, Any]", read(FOLDER / file, shown=file).value)
    return cast("list[Mapping[str, Any]]", value["edits"])


def page() -> str:
    """The page as it should be."""
    return _HEAD + "\n".join(_section(*one) for one in TABLES)


def _section(file: str, title: str, about: str) -> str:
    lines = [f"## {title}", "", about, "", "| edit | what it does | GPUs | source |", "| --- | --- | --- | --- |"]
    for row in rows(file):
        cells = (f"{row['name']}<br>`{_flow(row['change'])}`", _does(row), _gpus(row), row["source"])
        lines.append(f"| {' | '.join(str(cell).replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _does(row: Mapping[str, Any]) -> str:
    if "refused" in row:
        return "refused, nothing is changed"
    expected = {**row["expect"], **({"lost": row["lost"]} if "lost" in row else {})}
    told = [f"{_WORDS[how]}: {', '.join(f'`{name}`' for name in names)}" for how, names in expected.items()]
    return "<br>".join(told)


def _gpus(row: Mapping[str, Any]) -> str:
    moved = cast("Mapping[str, int]", row.get("gpus", {}))
    return ", ".join(f"{count} {_GPUS[what]}" for what, count in moved.items()) or "stay"


def _flow(value: Any) -> str:
    """A value as one line of YAML."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(one)}" for key, one in cast("Mapping[str, Any]", value).items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, cast("list[Any]", value))) + "]"
    if isinstance(value, str) and re.fullmatch(r"[0-9.-]+", value):
        return f'"{value}"'  # YAML would read a number or a date
    return "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
