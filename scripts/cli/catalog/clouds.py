"""Which cloud's catalogue answers where no cloud is named: the first that knows the most of what is asked for."""

from __future__ import annotations

from collections.abc import Callable

from components.catalog import CLOUDS, Catalog, load


def choose(cloud: str | None, knows: Callable[[Catalog], int]) -> tuple[Catalog, tuple[str, ...]]:
    """The catalogue that is named or that answers best, and the other clouds that would answer as well.

    `knows` counts the words of a question that a catalogue knows. Raises `CatalogError` for a cloud that has none.
    """
    if cloud is not None:
        return load(cloud), ()
    known = {name: knows(load(name)) for name in CLOUDS}
    best = max(known.values())
    first, *others = [name for name in CLOUDS if known[name] == best]
    return load(first), tuple(others)
