"""What pydantic refuses, told to the person who wrote the file: path, place, what is wrong and what to do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from pydantic import ValidationError

from components.errors import Finding, Level, Place, did_you_mean, nearest
from components.spec.kinds import keys_at

Path = tuple[str | int, ...]


def findings_of(error: ValidationError, value: Any, places: Mapping[Path, Place]) -> list[Finding]:
    """Every problem of a validation as a finding with the file and line of its value, or of what surrounds it."""
    found: dict[tuple[Path, str], Finding] = {}
    for problem in error.errors(include_url=False, include_context=True):
        path = _data_path(tuple(problem["loc"]), value)
        finding = _finding(problem, path, value).at(place_of(path, places))
        found.setdefault((path, finding.message), finding)
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


def _data_path(loc: Path, value: Any) -> Path:
    """`loc` without the parts that are pydantic's own (union tags, `[key]`): what remains walks the data."""
    path: list[str | int] = []
    here = value
    for position, part in enumerate(loc):
        if isinstance(here, dict) and part in here:
            path.append(part)
            here = cast(dict[Any, Any], here)[part]
        elif isinstance(here, list) and isinstance(part, int) and part < len(cast(list[Any], here)):
            path.append(part)
            here = cast(list[Any], here)[part]
        elif position == len(loc) - 1 and isinstance(part, str) and isinstance(here, dict) and part != "[key]":
            path.append(part)  # a key that is missing
    return tuple(path)


def _finding(problem: Any, path: Path, value: Any) -> Finding:
    kind = str(problem["type"])
    given = problem.get("input")
    message, hint = str(problem["msg"]).removeprefix("Value error, "), ""
    if kind == "extra_forbidden":
        known = keys_at(path[:-1])
        message, hint = f"unknown key {path[-1]!r}" if path else "unknown key", did_you_mean(str(path[-1]), known)
    elif kind == "missing":
        message, hint = f"{path[-1]!r} is missing" if path else "is missing", _example(path)
    elif kind == "literal_error":
        allowed = [word.strip(" '") for word in str(problem["ctx"]["expected"]).replace(" or ", ", ").split(",")]
        message = f"{given!r} is not one of: {', '.join(allowed)}"
        guess = nearest(str(given), allowed)
        hint = f"did you mean {guess!r}?" if guess else ""
    elif kind == "string_pattern_mismatch" and problem["loc"][-1:] == ("[key]",):
        message = f"{given!r} is no name that can be used here"
        hint = "names start with a letter and have at most 20 lower-case letters, digits and hyphens"
    elif kind == "string_pattern_mismatch":
        message, hint = (
            f"{given!r} does not have the form that belongs here",
            f"the form is {problem['ctx']['pattern']}",
        )
    elif kind in ("model_type", "dict_type", "tuple_type", "model_attributes_type"):
        message, hint = f"{_kind(given)} stands here, {_wanted(kind)} is wanted", ""
    elif kind.endswith(("_type", "_parsing")):
        message = f"{given!r}: {message[:1].lower()}{message[1:]}"
    return Finding(id="spec", level=Level.ERROR, message=message, path=dotted(path), hint=hint)


_EXAMPLES = {
    "blueprint": "blueprint: h100-training",
    "cloud": "cloud: aws",
    "region": "region: us-east-1",
    "environment": "environment: dev",
    "kubernetes": 'kubernetes: "1.35"',
    "nodes": "nodes: 2",
    "source": "source: where the price comes from",
    "as_of": 'as_of: "2026-11-01"',
    "zone_id": "zone_id: use1-az2",
}


def _example(path: Path) -> str:
    example = _EXAMPLES.get(str(path[-1])) if path else None
    return f"add it, for example {example}" if example else "add it"


def _kind(given: Any) -> str:
    if given is None:
        return "nothing"
    names: tuple[tuple[type, str], ...] = ((dict, "a map"), (list, "a list"), (str, "text"), (bool, "true or false"))
    return next((name for kind, name in names if isinstance(given, kind)), "a number")


def _wanted(kind: str) -> str:
    return "a list" if kind == "tuple_type" else "a map"
