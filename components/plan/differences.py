"""What differs between several documents: the same path, and the value that each has there.

Maps are compared key by key. A list of maps that carry a label (`name`, …) is compared by label, so that a subnet more
is one difference and not a shift of all that follow; other lists of maps of one form are compared by position.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, cast

from components.records import record

Path = tuple[str | int, ...]


class _Nothing(Enum):
    ABSENT = "absent"  # the document has no such key
    OUTSIDE = "outside"  # what surrounds the key is absent already, and told as absent there


ABSENT: Final = _Nothing.ABSENT
_OUTSIDE: Final = _Nothing.OUTSIDE
# What names an item of a plan's lists.
PLAN_LABELS = ("name", "path", "service", "key")
# Maps that say one thing: a count of nodes.
_ATOMS = (frozenset({"min", "desired", "max"}),)


@record
class Split:
    """A path at which documents part; `values` has one for each document, `ABSENT` where it has none."""

    path: Path
    values: tuple[Any, ...]


def splits(values: Sequence[Any], labels: Sequence[str] = (), path: Path = ()) -> Iterator[Split]:
    """Every path at which the documents differ, in the order in which the first that has it names it."""
    live = [value for value in values if value is not _OUTSIDE]
    if all(value == live[0] for value in live):
        return
    inside = [_OUTSIDE if isinstance(value, _Nothing) else value for value in values]
    maps = _as_maps(inside, labels)
    if maps is None or any(value is ABSENT for value in live):
        yield Split(path, tuple(ABSENT if value is _OUTSIDE else value for value in values))
    if maps is None:
        return
    keys = dict.fromkeys(key for one in maps if one is not None for key in one)
    for key in keys:
        below = [_OUTSIDE if one is None else one.get(key, ABSENT) for one in maps]
        yield from splits(below, labels, (*path, key))


def _as_maps(values: Sequence[Any], labels: Sequence[str]) -> list[Mapping[str | int, Any] | None] | None:
    """Each value as a map (None for what is outside), or None when they cannot be compared key by key."""
    present = [value for value in values if value is not _OUTSIDE]
    if all(isinstance(value, Mapping) and frozenset(value) not in _ATOMS for value in present):  # pyright: ignore[reportUnknownArgumentType]
        return [None if value is _OUTSIDE else value for value in values]
    if not all(isinstance(value, list) for value in present):
        return None
    items = [item for value in present for item in value]
    if not items or not all(isinstance(item, Mapping) for item in items):
        return None
    label = next((one for one in labels if all(one in item for item in items)), None)
    if label is not None:
        named = [None if value is _OUTSIDE else {str(item[label]): item for item in value} for value in values]
        if all(one is None or len(one) == len(value) for one, value in zip(named, values, strict=True)):
            return cast(list[Mapping[str | int, Any] | None], named)
    alike = len({len(value) for value in present}) == 1 and all(
        len({frozenset(item) for item in row}) == 1 for row in zip(*present, strict=True)
    )
    numbered = [None if value is _OUTSIDE else {place: item for place, item in enumerate(value)} for value in values]  # noqa: C416
    return cast(list[Mapping[str | int, Any] | None], numbered) if alike else None


def put(target: Any, donor: Any, path: Path) -> None:
    """Gives `target` what `donor` has at `path`, in place: a value, or its absence.

    `path` is one that `splits` found without labels, so that both have what surrounds it or it is the whole part.
    """
    *around, last = path
    for step in around:
        target = target[step]
        donor = donor[step]
    if isinstance(donor, Mapping) and last not in donor:
        target.pop(last, None)
    else:
        target[last] = donor[last]
