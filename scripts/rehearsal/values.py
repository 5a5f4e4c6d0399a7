"""Plain data by wire path, for those who answer in a cloud's name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast


def digest(*parts: object) -> str:
    return hashlib.sha256("|".join(str(part) for part in parts).encode()).hexdigest()


def at(values: Any, *path: str) -> Any:
    """The value at a path of wire names, None where there is none. A list on the way stands for its first item."""
    here = values
    for step in path:
        if isinstance(here, list):
            here = cast("list[Any]", here)[0] if here else None
        if not isinstance(here, Mapping):
            return None
        here = cast("Mapping[str, Any]", here).get(step)
    return here


def texts(values: Any, *path: str) -> list[str]:
    """The texts of a list at a path; a single text is a list of one."""
    found = at(values, *path)
    if found is None:
        return []
    return [found] if isinstance(found, str) else [str(one) for one in cast("list[Any]", found)]


def rows(values: Any, *path: str) -> list[Mapping[str, Any]]:
    """The blocks at a path; a single block is a list of one."""
    found = at(values, *path)
    if found is None:
        return []
    return [cast("Mapping[str, Any]", found)] if isinstance(found, Mapping) else cast("list[Mapping[str, Any]]", found)


def filled(given: Any, defaults: Any) -> Any:
    """`given`, and `defaults` where it says nothing, at every depth; a default block stands for each item of a list."""
    if given is None:
        return copied(defaults)
    if isinstance(defaults, Mapping) and isinstance(given, list):
        return [filled(one, defaults) for one in cast("list[Any]", given)]
    if not isinstance(defaults, Mapping) or not isinstance(given, Mapping):
        return copied(given)
    mine, theirs = cast("Mapping[str, Any]", given), cast("Mapping[str, Any]", defaults)
    return {key: filled(mine.get(key), theirs.get(key)) for key in [*mine, *(key for key in theirs if key not in mine)]}


def copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: copied(one) for key, one in cast("Mapping[str, Any]", value).items()}
    return [copied(one) for one in cast("list[Any]", value)] if isinstance(value, list) else value


def shuffled(values: list[Any]) -> list[Any]:
    """A set in the cloud's own order, which is nobody's: by hash."""
    return sorted(values, key=digest)


def shuffle(here: Any, path: list[str]) -> None:
    """Bring the sets at a path, through blocks and lists of blocks, into the cloud's own order."""
    if isinstance(here, list):
        for one in cast("list[Any]", here):
            shuffle(one, path)
    elif isinstance(here, dict):
        values = cast("dict[str, Any]", here)
        found = values.get(path[0])
        if len(path) > 1:
            shuffle(found, path[1:])
        elif isinstance(found, list):
            values[path[0]] = shuffled(cast("list[Any]", found))


def mentions(values: Any, id: str) -> bool:
    """Whether some text inside `values` is this id."""
    if isinstance(values, Mapping):
        return any(mentions(one, id) for one in cast("Mapping[str, Any]", values).values())
    if isinstance(values, list):
        return any(mentions(one, id) for one in cast("list[Any]", values))
    return values == id
