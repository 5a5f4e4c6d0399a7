"""What pydantic refuses, told to the person who wrote the file: path, place, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError

from components.errors import Finding, Level, Place
from components.spec.kinds import keys_at
from components.spec.wording import tell

Path = tuple[str | int, ...]


def findings_of(
    error: ValidationError, value: Any, places: Mapping[Path, Place], *, whole: bool = True
) -> list[Finding]:
    """Every problem of a validation as a finding with the file and line of its value, or of what surrounds it.

    With `whole` False, `value` is a part of a spec: what is missing from it is no problem.
    """
    found: dict[tuple[Path, str], Finding] = {}
    cloud = str(cast(dict[Any, Any], value).get("cloud")) if isinstance(value, dict) else ""
    for problem in error.errors(include_url=False, include_context=True):
        if not whole and (problem["type"] == "missing" or isinstance(problem["input"], dict)):
            continue
        path = _data_path(problem, value)
        told = tell(problem, path, keys_at(path[:-1]), cloud)
        if told is None:
            continue
        message, hint = told
        finding = Finding(id="spec", level=Level.ERROR, message=message, path=dotted(path), hint=hint)
        found.setdefault((path, message), finding.at(place_of(path, places)))
    return list(found.values())


def place_of(path: Path, places: Mapping[Path, Place]) -> Place | None:
    """The place of the value at `path`, or of the nearest value around it that has one."""
    for end in range(len(path), -1, -1):
        place = places.get(path[:end])
        if place is not None:
            return place
    return None


def dotted(path: Path) -> str:
    return ".".join(map(str, path))


def _data_path(problem: Any, value: Any) -> Path:
    """Where in the data a problem is: its `loc` without the parts that are pydantic's own (union tags, `[key]`)."""
    path: list[str | int] = []
    here, loc = value, tuple(problem["loc"])
    for position, part in enumerate(loc):
        if isinstance(here, dict) and part in here:
            path.append(part)
            here = cast(dict[Any, Any], here)[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(cast(list[Any], here)):
            path.append(part)
            here = cast(list[Any], here)[part]
        elif position == len(loc) - 1 and problem["type"] == "missing":
            path.append(part)
    return (*path, *problem.get("ctx", {}).get("below", ()))
