"""What differs between two values of a resource's inputs, path by path.

The new ones may hold what only the cloud can know yet: `{"ref": …}`, `{"join": […]}`, and `{"kept": …}` for a reference
whose value the state does not hold.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any, cast

from scripts.preview.state import HIDDEN

LONGEST = 2000
"""Characters of a text that a difference shows."""

_NOTHING: tuple[Any, ...] = (None, [], {})


def differences(old: Any, new: Any, path: str = "") -> Iterator[tuple[str, Any, Any]]:
    """(path, old, new) of what differs, as deep as both sides go; lists of plain values differ as a whole."""
    if old == new or _same(old, new):
        return
    if _is_map(old) and _is_map(new):
        ones, others = cast("dict[str, Any]", old), cast("dict[str, Any]", new)
        for key in [*ones, *(key for key in others if key not in ones)]:
            yield from differences(ones.get(key), others.get(key), f"{path}.{key}" if path else key)
    elif _is_blocks(old) and _is_blocks(new):
        for place in range(max(len(old), len(new))):
            one = old[place] if place < len(old) else None
            other = new[place] if place < len(new) else None
            yield from differences(one, other, f"{path}[{place}]")
    else:
        yield path, old, new


def _same(old: Any, new: Any) -> bool:
    """Whether two values that are written differently must be taken to be one: secrets, and what the state lacks."""
    if old in _NOTHING and new in _NOTHING:  # providers do not tell an empty list from none
        return True
    if HIDDEN in (old, new) or (isinstance(new, dict) and "kept" in new):
        return True
    if isinstance(old, list) and isinstance(new, list):
        ones, others = cast("list[Any]", old), cast("list[Any]", new)
        return len(ones) == len(others) and all(a == b or _same(a, b) for a, b in zip(ones, others, strict=True))
    if isinstance(new, dict) and "join" in new:  # made of values that are all known, or as they were
        return all(is_known(part) or "kept" in part for part in cast("dict[str, list[Any]]", new)["join"])
    if isinstance(old, str) and isinstance(new, str):
        return old[:1] in "{[" and _document(old) is not None and _document(old) == _document(new)
    # A number or a flag that the cloud tells becomes text where a program passes it on as text.
    return None not in (old, new) and isinstance(old, str) != isinstance(new, str) and text_of(old) == text_of(new)


def _document(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def shown(value: Any) -> Any:
    """A value to show: documents of thousands of characters are cut."""
    return f"{value[:LONGEST]}…" if isinstance(value, str) and len(value) > LONGEST else value


def known_after(value: Any) -> Iterator[str]:
    """The names of the resources that a new value waits for."""
    if isinstance(value, list):
        for item in cast("list[Any]", value):
            yield from known_after(item)
    elif isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        if set(items) == {"ref"}:
            yield str(items["ref"]).partition(".")[0]
        else:
            for item in items.values():
                yield from known_after(item)


def covered(path: str, paths: Sequence[str]) -> bool:
    """Whether a path is one of `paths`, or stands below one."""
    return any(path == one or path.startswith((f"{one}.", f"{one}[")) for one in paths)


def is_known(part: Any) -> bool:
    return not isinstance(part, dict)


def _is_map(value: Any) -> bool:
    return isinstance(value, dict) and not set(cast("dict[str, Any]", value)) & {"ref", "join", "kept"}


def _is_blocks(value: Any) -> bool:
    return isinstance(value, list) and any(map(_is_map, cast("list[Any]", value)))


def top(path: str) -> str:
    return path.partition(".")[0]


def text_of(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
