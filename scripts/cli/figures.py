"""Numbers as people read them."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from components.cost.model import Span


def money(amount: Decimal) -> str:
    """`321,433.60`: to the cent, half a cent up."""
    return f"{amount.quantize(Decimal('0.01'), ROUND_HALF_UP):,f}"


def number(value: Decimal | int) -> str:
    """`5,840`, `0.145`: no trailing zeros."""
    text = f"{Decimal(value):,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def flat(span: Span) -> bool:
    """Whether minimum, desired and maximum are one figure."""
    return span.min == span.desired == span.max


def counted(count: int, thing: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def age(as_of: date, on: date) -> int:
    """Days from a price's date to a day; a price of the future is of today."""
    return max((on - as_of).days, 0)
