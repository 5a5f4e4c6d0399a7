"""Text for Markdown that nobody can turn into something else: a finding may quote what a stranger wrote."""

from __future__ import annotations

import re
from html import escape

_SPECIAL = re.compile(r"([\\`*_\[\]|~<>&$])")
_CODE = re.compile(r"(?<!`)`([^`]+)`(?!`)")
_ENTITIES = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}
_INVISIBLE = "\u200b"  # after an @, so that it calls nobody


def plain(text: str) -> str:
    """Text as it is, on one line: no markup, no HTML, no mention. What stands in backticks is code, here too."""
    parts = _CODE.split(" ".join(text.split()))
    return "".join(code(part) if place % 2 else _escaped(part) for place, part in enumerate(parts))


def _escaped(text: str) -> str:
    escaped = _SPECIAL.sub(lambda found: _ENTITIES.get(found[0], f"\\{found[0]}"), text)
    return escaped.replace("@", f"@{_INVISIBLE}").replace("://", f":{_INVISIBLE}//")


def html(text: str) -> str:
    """The same where HTML stands, and Markdown is not read."""
    return escape(" ".join(text.split())).replace("@", f"@{_INVISIBLE}")


def code(text: str) -> str:
    """Text in a code span, also where it holds backticks or pipes."""
    line = " ".join(text.split()).replace("|", "¦")
    if not line:
        return ""
    longest = max((len(run) for run in re.findall("`+", line)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if line.startswith("`") or line.endswith("`") else ""
    return f"{fence}{pad}{line}{pad}{fence}"


def row(*cells: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(cells)} |"


def folded(summary: str, body: list[str]) -> list[str]:
    """Lines that are folded away under a summary, which is HTML."""
    return ["<details>", f"<summary>{summary}</summary>", "", *body, "", "</details>", ""]
