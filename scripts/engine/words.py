"""The last words of a run that failed: which resource, the cloud's own words, and what to do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from scripts.engine.advice import advice

Errors = Sequence[tuple[str, str]]

_TOLD = 3  # errors of one run that are told; the others are counted
# What the Automation API puts around what the engine wrote.
_AROUND = re.compile(r"^ ?(?:code: -?\d+|stdout:|stderr:) ?", re.MULTILINE)
_HOLDER = re.compile(r"created by (\S+ \(pid \d+\)) at (\S+)")
# What needs a resource that failed is asked for without its values, and then lacks them: no failure of its own.
_FOLLOWS = re.compile(r"value \{<nil>\} has a problem: missing required property")
# What a run that was stopped has not come to: each thing that its plan has, and what it was about to begin.
_UNDONE = re.compile(r"but none were seen|context canceled")
# A provider that died fails all that is under way and all that comes: one failure, told once.
_LOST = re.compile(r"transport: |transport is closing|error reading from server|\bEOF\b")
_CAUSE = re.compile(r"^\w*(?:Error|Exception)\b.*", re.MULTILINE)


def failures(errors: Errors, text: str, stack: str, project: str) -> tuple[tuple[str, str], ...]:
    """(what failed and the cloud's own words on one line, what to do) of each resource that failed, or of the run.

    `errors` are (logical name, message) as the engine's events tell them, `text` is all that it wrote.
    """
    root = f"{project}-{stack}"
    errors = [one for one in errors if not _UNDONE.search(one[1])]
    text = "\n".join(line for line in text.splitlines() if not _UNDONE.search(line))
    named = [(name, message) for name, message in errors if name and name != root]
    told = [one for one in named if not _FOLLOWS.search(one[1])] or named
    if not told:
        own = [message for name, message in errors if name == root]
        told = [("", _program(own) or _engine(text))]
    lost = [one for one in told if _LOST.search(one[1])]
    more = f" (and {len(lost) - 1} more in the same way)" if len(lost) > 1 else ""
    words = dict.fromkeys(
        f"{called(name, stack)}{_plain(message)}{more if (name, message) in lost else ''}"
        for name, message in told
        if (name, message) not in lost[1:]
    )
    return tuple((one, advice(one, stack)) for one in words)


def last_line(errors: Errors, text: str, stack: str, project: str) -> str:
    """The failures of a run as one line, and what to do on a second one that begins with `hint:`."""
    told = failures(errors, text, stack, project)
    more = f" (and {len(told) - _TOLD} more)" if len(told) > _TOLD else ""
    return f"{'; '.join(words for words, _ in told[:_TOLD])}{more}\n  hint: {told[0][1]}"


def refused(words: str) -> bool:
    """Whether a run was stopped because it would have replaced or deleted what is protected."""
    return ": is protected, and this would " in words


def _engine(text: str) -> str:
    """The engine's last error, with who holds the lock where it tells so, and its last words where it tells of none."""
    lines = [line.strip() for line in _AROUND.sub("", text).splitlines() if line.strip()]
    errors = [line.removeprefix("error:").strip() for line in lines if line.startswith("error:")]
    last = next(reversed(errors or lines), "it said nothing")
    holders = [f"{who} since {when}" for who, when in _HOLDER.findall(text)]
    return f"{last} It is held by {', '.join(holders)}" if holders else last


def _program(messages: Sequence[str]) -> str:
    """What the program itself failed with: the end of its traceback, or its own words."""
    text = "\n".join(messages)
    causes = _CAUSE.findall(text)
    return f"the program failed: {causes[-1]}" if causes else text.strip()


def _plain(message: str) -> str:
    """The engine's words on one line; of what is protected, without its advice to edit the program."""
    words = " ".join(line.strip() for line in message.splitlines() if line.strip())
    if re.search(r"(replace|delete) resource .* marked for protection|cannot be deleted.* protect", words):
        return f"is protected, and this would {'replace' if 'replace resource' in words else 'delete'} it"
    return words


def called(name: str, stack: str) -> str:
    """How words on a resource begin: `pool train-reservation: ` for a node group, else the logical name."""
    if not name:
        return ""
    short = name.removeprefix(f"{stack}-")
    return f"pool {short.removesuffix('-nodes')}: " if short.endswith("-nodes") else f"{short}: "
