"""Which resource of a state a registered one is: the one with its URN, or with one of its aliases.

A URN has the types of all parents, so a resource that moves below another component is another one, unless it says
where it was. Aliases of a parent hold for what is below it too, and where a name begins with the parent's, that part
changes with it: Pulumi, "Resource options: aliases".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

Identity = tuple[str, str]
"""(the types of all parents and its own, joined by `$`; the logical name)."""


class Identities:
    """What the resources of one preview, by logical name as its document has them, may be called in a state."""

    def __init__(self, resources: Mapping[str, Mapping[str, Any]]) -> None:
        self._resources = resources
        self.of = cache(self._of)

    def _of(self, name: str) -> tuple[Identity, ...]:
        """Its own identity, then those it had before."""
        one = self._resources[name]
        type, parent = str(one["type"]), cast("str | None", one["parent"])
        aliases = list(cast("list[Mapping[str, Any] | str]", one.get("aliases") or []))
        found = [*self._below(parent, type, name)]
        for alias in aliases:
            if isinstance(alias, str):
                _, _, chain, old = alias.split("::", 3)
                found.append((chain, old))
            elif not alias.keys() & {"stack", "project"}:  # another stack or project is another state
                above = None if alias.get("no_parent") else cast("str | None", alias.get("parent", parent))
                found += self._below(above, str(alias.get("type", type)), str(alias.get("name", name)))
        return tuple(dict.fromkeys(found))

    def _below(self, parent: str | None, type: str, name: str) -> Iterator[Identity]:
        if parent is None or parent not in self._resources:
            yield type, name
            return
        for chain, called in self.of(parent):
            renamed = called + name.removeprefix(parent) if name.startswith(parent) else name
            yield f"{chain}${type}", renamed
