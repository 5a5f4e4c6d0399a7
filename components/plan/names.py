"""Physical names: what Pulumi makes of a logical name must fit what a cloud takes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Protocol

from components.plan.notes import Notes

# Pulumi's auto-naming adds a hyphen and seven characters, so that a new resource can come before the old one goes.
SUFFIX = 8

# (kind, logical name, spec path)
Named = tuple[str, str, str]


class Limit(Protocol):
    """What a cloud takes as a name: its length, and an expression that it matches as a whole."""

    @property
    def longest(self) -> int: ...
    @property
    def pattern(self) -> str: ...


def check_names_fit(
    fixed: Iterable[Named], auto: Iterable[Named], limit_of: Callable[[str], Limit], vendor: str, notes: Notes
) -> None:
    """Names within each kind's length and alphabet; `auto` are those that Pulumi's suffix is added to."""
    for kind, name, path, suffix in [*((*one, 0) for one in fixed), *((*one, SUFFIX) for one in auto)]:
        limit = limit_of(kind)
        what = f"the {kind.replace('-', ' ')}'s name {name!r}"
        if len(name) + suffix > limit.longest:
            message = f"{what} is {len(name) + suffix - limit.longest} character(s) too long for {vendor}"
            notes.error("name-length", path, message, "shorten the name of the stack, or this one")
        elif not re.fullmatch(limit.pattern, name):
            hint = "give the stack a name of lower-case letters, digits and hyphens"
            notes.error("name-letters", path, f"{what} has letters that {vendor} does not take there", hint)
