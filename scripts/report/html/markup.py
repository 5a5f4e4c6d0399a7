"""Builds markup in which every text is escaped: only what was built here is taken as it is."""

from __future__ import annotations

import json
from collections.abc import Iterable
from html import escape
from typing import Any


class Markup(str):
    """Text that is markup already. Any other `str` is content, and is escaped where it is put in."""

    __slots__ = ()


Content = str | Markup | None
Attribute = str | int | float | bool | None

NOTHING = Markup("")
_VOID = frozenset(("meta", "link", "input", "br", "hr", "col"))
# HTML has no way to write these; a reader should see that something stood there.
_NO_TEXT = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 127, *range(55296, 57344)), "�")


def text(content: str) -> Markup:
    """Content as markup: escaped for an element and for a quoted attribute."""
    if isinstance(content, Markup):
        return content
    plain = content if content.isprintable() else content.translate(_NO_TEXT)
    return Markup(escape(plain, quote=True))


def tag(name: str, /, *children: Content, **attributes: Attribute) -> Markup:
    """An element. `cls` is its class; `_` in a name is `-`; True is an attribute alone, None and False are none."""
    head = f"<{name}{_attributes(attributes)}>" if attributes else f"<{name}>"
    if name in _VOID:
        return Markup(head)
    return Markup(f"{head}{''.join([text(child) for child in children if child])}</{name}>")


def join(parts: Iterable[Content], between: str = "") -> Markup:
    """Parts one after the other, with `between` escaped."""
    return Markup(text(between).join([text(part) for part in parts if part]))


def data(identity: str, value: Any) -> Markup:
    """A block of JSON for the page's own script; no text in it can end the block."""
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    safe = written.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return Markup(f'<script type="application/json" id="{text(identity)}">{safe}</script>')


def _attributes(attributes: dict[str, Attribute]) -> str:
    made: list[str] = []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        written = "class" if name == "cls" else name.rstrip("_").replace("_", "-")
        made.append(f" {written}" if value is True else f' {written}="{text(str(value))}"')
    return "".join(made)
