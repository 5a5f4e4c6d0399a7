"""What an update of a stack would change, as text for people."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, cast

from rich.text import Text

from scripts.cli.columns import shorten
from scripts.cli.session import Session
from scripts.cli.tree import short
from scripts.preview.compare import Change, Comparison, Step

SHOWN = 30
"""Resources of one kind that are listed; JSON has them all."""
_VALUE = 40

# Operation -> glyph, style and word, in the order in which they are told.
_HOW = {
    "replace": ("±", "bold red", "to replace"),
    "delete": ("-", "red", "to delete"),
    "unknown": ("?", "bold red", "of unknown effect"),
    "update": ("~", "yellow", "to update"),
    "create": ("+", "green", "to create"),
}


def print_changes(session: Session, comparison: Comparison, stack: str) -> None:
    """Counts, then every resource that changes with the paths that do."""
    session.print(Text("What would change", "bold"))
    for line in lines(comparison, stack):
        session.print(line, crop=True)
    session.print()


def counts(comparison: Comparison) -> list[str]:
    """How many resources there are of each kind of change: `1 to replace`, the gravest first."""
    return [f"{number} {word}" for kind, (_, _, word) in _HOW.items() if (number := _count(comparison, kind))]


def graver_first(comparison: Comparison) -> list[Step]:
    """The resources that change, the gravest kind of change first."""
    order = list(_HOW)
    return sorted(comparison.changing, key=lambda step: order.index(step.operation))


def lines(comparison: Comparison, stack: str) -> Iterator[Text]:
    same = comparison.count("same")
    told = counts(comparison)
    if not told:
        yield Text(f"  nothing: all {same} resources stay as they are")
        return
    yield Text(f"  {', '.join(told)}; {same} stay as they are")
    for kind in _HOW:
        of_kind = [step for step in comparison.changing if step.operation == kind]
        for step in of_kind[:SHOWN]:
            yield from _step(step, stack)
        if len(of_kind) > SHOWN:
            yield Text(f"  {_HOW[kind][0]} … and {len(of_kind) - SHOWN} more: see --output json", "dim")


def _count(comparison: Comparison, kind: str) -> int:
    return sum(step.operation == kind for step in comparison.steps)


def _step(step: Step, stack: str) -> Iterator[Text]:
    glyph, style, _ = _HOW[step.operation]
    text = Text.assemble("  ", (glyph, style), " ", (step.name.removeprefix(f"{stack}-"), "bold"))
    text.append(f"  {short(step.type)}", "dim")
    if step.operation == "replace":
        text.append(
            "  replaced, the old one first" if step.old_first else "  replaced, the new one before the old", style
        )
    if step.protected and step.operation in ("replace", "delete"):
        text.append("  protected", "bold red")
    yield text
    for change in step.changes:
        yield _change(change)


def _change(change: Change) -> Text:
    text = Text.assemble("      ", change.path, (": ", "dim"), value(change.old), (" → ", "dim"), value(change.new))
    if change.effect == "replace":
        text.append("  replaces", "red")
    if change.effect == "unknown":
        text.append("  unknown: the table does not know", "bold red")
    return text


def value(given: Any) -> str:
    """A value in a few characters; what only the cloud can tell is named by the reference that it comes from."""
    if given is None:
        return "(none)"
    text = given if isinstance(given, str) else _plain(given)
    return shorten(" ".join(text.split()) or '""', _VALUE)


def _plain(given: Any) -> str:
    if isinstance(given, list):
        return f"[{', '.join(map(_plain, cast('list[Any]', given)))}]"
    if not isinstance(given, dict):
        return json.dumps(given, ensure_ascii=False)
    items = cast("dict[str, Any]", given)
    if set(items) == {"ref"}:
        return f"[from {items['ref']}]"
    return f"{{{', '.join(f'{key}: {_plain(one)}' for key, one in items.items())}}}"
