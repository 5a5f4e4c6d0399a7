"""Limits that a cloud's documents put in words, as data: what a text may be, or how great a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from components.records import record
from scripts.rehearsal.model import Failure, Values


@record
class Limit:
    """A property (its wire path, through lists), the pattern of its text, and the range of a length or a number.

    `words` is the refusal; `source` is the page that says so.
    """

    path: str
    words: str
    source: str
    pattern: str = ""
    least: int | None = None
    most: int | None = None


def broken(limits: Iterable[Limit], inputs: Values) -> Iterator[Failure]:
    """Each value that a limit refuses, in the limit's words."""
    for limit in limits:
        for where, value in places(inputs, limit.path.split(".")):
            if not _fits(limit, value):
                yield Failure(property=where, reason=f"{limit.words}, not {value!r}")


def places(here: Any, path: list[str], where: str = "") -> Iterator[tuple[str, Any]]:
    """Every single value at a path through lists, with its own path. A step `*` stands for every key of a map."""
    if isinstance(here, list):
        for index, one in enumerate(cast("list[Any]", here)):
            yield from places(one, path, f"{where}[{index}]")
    elif path and isinstance(here, Mapping):
        values = cast("Mapping[str, Any]", here)
        for name in values if path[0] == "*" else [path[0]]:
            yield from places(values.get(name), path[1:], f"{where}.{name}".lstrip("."))
    elif not path and isinstance(here, (str, int, float)) and not isinstance(here, bool):
        yield where, here


def _fits(limit: Limit, value: str | float) -> bool:
    size = len(value) if isinstance(value, str) else value
    if (limit.least is not None and size < limit.least) or (limit.most is not None and size > limit.most):
        return False
    return not (limit.pattern and isinstance(value, str)) or re.fullmatch(limit.pattern, value) is not None
