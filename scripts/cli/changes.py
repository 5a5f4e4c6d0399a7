"""What an update of a stack would change, or how it differs from another one, as text for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from rich.text import Text

from scripts.cli.columns import shorten
from scripts.cli.session import Session
from scripts.cli.tree import short
from scripts.preview.compare import Change, Comparison, Step

SHOWN = 30
"""Resources of one kind that are listed; JSON has them all."""
MANY = 5
"""Resources on which two stacks differ by one and the same value before it is told once for all of them."""
_VALUE = 40

# Operation -> glyph, style and word, in the order in which they are told.
_HOW = {
    "replace": ("±", "bold red", "to replace"),
    "delete": ("-", "red", "to delete"),
    "unknown": ("?", "bold red", "of unknown effect"),
    "update": ("~", "yellow", "to update"),
    "create": ("+", "green", "to create"),
}
# The same of two stacks, of which the second is named.
_BESIDE = {
    "update": ("~", "yellow", "in both that differ"),
    "delete": ("-", "red", "only in {other}"),
    "create": ("+", "green", "only here"),
}
TWO_STACKS = "Two stacks are compared, so nothing is replaced or deleted by this"


def print_changes(session: Session, comparison: Comparison, stack: str, other: str = "") -> None:
    """Counts, then every resource that changes with the paths that do; `other` names another stack that it is beside."""
    session.print(Text(f"How the resources differ from those of {other}" if other else "What would change", "bold"))
    if other:
        session.print(f"  {TWO_STACKS}; names are without those of the stacks.", style="dim", soft_wrap=True)
    for line in lines(comparison, stack, other):
        session.print(line, crop=True)
    session.print()


def counts(comparison: Comparison, other: str = "") -> list[str]:
    """How many resources there are of each kind of change: `1 to replace`, the gravest first."""
    how = _how(other)
    return [f"{number} {word}" for kind, (_, _, word) in how.items() if (number := _count(comparison, kind))]


def word(step: Step, other: str = "") -> str:
    """What becomes of a resource, in a word or two: `replace`, or of two stacks `only here`."""
    words = {"update": "differs", "delete": f"only in {other}", "create": "only here"}
    return words[step.operation] if other else step.operation


def alike(comparison: Comparison, other: str = "") -> str:
    """`12 stay as they are`, or of two stacks `12 are alike`."""
    return f"{comparison.count('same')} {'are alike' if other else 'stay as they are'}"


def gathered(comparison: Comparison) -> tuple[Comparison, tuple[tuple[Change, int], ...]]:
    """What two stacks do not share, and what is the same on many resources (a tag, the account) taken out of them once.

    A resource of which nothing is left then is no step any more.
    """
    found: dict[str, list[Change]] = {}
    for change in (change for step in comparison.changing for change in step.changes):
        found.setdefault(_key(change), []).append(change)
    common = {key: ones for key, ones in found.items() if len(ones) >= MANY}
    steps = [
        replace(step, changes=tuple(one for one in step.changes if _key(one) not in common))
        for step in comparison.changing
    ]
    left = tuple(step for step in steps if step.changes or step.operation != "update")
    return Comparison(left), tuple((ones[0], len(ones)) for ones in common.values())


def _key(change: Change) -> str:
    return json.dumps([change.path, change.old, change.new], sort_keys=True, default=str)


def _how(other: str) -> Mapping[str, tuple[str, str, str]]:
    if not other:
        return _HOW
    return {kind: (glyph, style, word.format(other=other)) for kind, (glyph, style, word) in _BESIDE.items()}


def graver_first(comparison: Comparison) -> list[Step]:
    """The resources that change, the gravest kind of change first."""
    order = list(_HOW)
    return sorted(comparison.changing, key=lambda step: order.index(step.operation))


def lines(comparison: Comparison, stack: str, other: str = "") -> Iterator[Text]:
    told = counts(comparison, other)
    if not told:
        yield Text(f"  nothing: all {alike(comparison, other).replace(' ', ' resources ', 1)}")
        return
    yield Text(f"  {', '.join(told)}; {alike(comparison, other)}")
    left, common = gathered(comparison) if other else (comparison, ())
    for change, number in common:
        yield Text.assemble(f"  ~ {number} of them: ", told_of(change))
    for kind, (glyph, _, _) in _how(other).items():
        of_kind = [step for step in left.changing if step.operation == kind]
        for step in of_kind[:SHOWN]:
            yield from _step(step, stack)
        if len(of_kind) > SHOWN:
            yield Text(f"  {glyph} … and {len(of_kind) - SHOWN} more: see --output json", "dim")


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


def told_of(change: Change) -> Text:
    """`path: old → new`."""
    return Text.assemble(change.path, (": ", "dim"), value(change.old), (" → ", "dim"), value(change.new))


def _change(change: Change) -> Text:
    text = Text.assemble("      ", told_of(change))
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
