"""Unquoted scalars of YAML 1.2, less those that another reader could take for something else."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TypeAlias

Scalar: TypeAlias = str | int | Decimal | bool | None

MAX_DIGITS = 18  # within a 64-bit integer, and no Decimal whose integer form would take gigabytes

_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_WORDS: dict[str, bool | None] = {"": None, "~": None, "null": None, "true": True, "false": False}
_DATE = r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}"
_TIME = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]*)?)?"
# What reads as something else elsewhere, what to call it, and what to do instead.
_AMBIGUOUS: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (
        re.compile(rf"{_DATE}(?:(?:[Tt]|[ \t]+){_TIME}[ \t]*(?:[Zz]|[-+][0-9]{{1,2}}(?::?[0-9]{{2}})?)?)?"),
        "an unquoted date",
        'quote it: "{text}"',
    ),
    (re.compile(r"[-+]?[0-9]+(?::[0-5]?[0-9])+(?:\.[0-9]*)?"), "an unquoted time", 'quote it: "{text}"'),
    (
        re.compile(r"[-+]?0(?:[oO][0-7_]+|[xX][0-9a-fA-F_]+|[bB][01_]+)"),
        "a number that is not decimal",
        'write it in decimal, or quote it if it is text: "{text}"',
    ),
    (
        re.compile(r"[-+]?0[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?"),
        "a number with leading zeros",
        'quote it: "{text}", or write it without the zeros',
    ),
    (re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"), "not a finite number", "write a decimal number"),
    (
        re.compile(r"True|TRUE|False|FALSE|Null|NULL"),
        "a word that some readers take for true, false or null",
        'write it in lower case, or quote it if it is text: "{text}"',
    ),
)
_NOT_TEXT_STARTS = frozenset("0123456789+-.~tfnTFN")


def resolve(text: str) -> Scalar:
    """The value of an unquoted scalar by YAML 1.2; raises ValueError(message, hint) for what is ambiguous."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NOT_TEXT_STARTS:
        return text
    for pattern, what, hint in _AMBIGUOUS:
        if pattern.fullmatch(text):
            raise ValueError(f"{short(text)} is {what}", hint.format(text=short(text)))
    if not _NUMBER.fullmatch(text):
        return text
    number = _number(text)
    if number is None:
        raise ValueError(f"{short(text)} has more than {MAX_DIGITS} digits", "quote it if it is text")
    return int(text) if text.lstrip("+-").isdigit() else number


def _number(text: str) -> Decimal | None:
    """The number, or None when it has too many digits before or after the point."""
    try:
        number = Decimal(text)
    except ArithmeticError:  # an exponent beyond what Decimal holds
        return None
    return number if max(abs(number.adjusted()) + 1, len(number.as_tuple().digits)) <= MAX_DIGITS else None


def is_text(plain: str) -> bool:
    """Whether an unquoted scalar is text to every reader."""
    try:
        return isinstance(resolve(plain), str)
    except ValueError:
        return False


def short(text: str) -> str:
    """`text`, cut to what fits a message."""
    return text if len(text) <= 40 else f"{text[:39]}…"
