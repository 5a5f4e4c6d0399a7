"""What a refresh makes of a resource's inputs: the program's own words where the cloud says the same in others."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

from scripts.rehearsal.model import Values


def as_written(type: str, inputs: Values, outputs: Values) -> dict[str, Any]:
    """The inputs after a read: only names that the program set, in its order where only the order differs."""
    return {name: _follow(value, outputs[name]) if name in outputs else value for name, value in inputs.items()}


def _follow(written: Any, told: Any) -> Any:
    if isinstance(written, Mapping) and isinstance(told, Mapping):
        of_written, of_told = cast(Values, written), cast(Values, told)
        return {name: _follow(value, of_told.get(name)) for name, value in of_written.items()}
    if isinstance(written, list) and isinstance(told, list):
        ours, theirs = cast(list[Any], written), cast(list[Any], told)
        if sorted(map(_text, ours)) == sorted(map(_text, theirs)):
            return ours
        if len(ours) == len(theirs):
            return [_follow(one, other) for one, other in zip(ours, theirs, strict=True)]
        return theirs
    return told


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)
