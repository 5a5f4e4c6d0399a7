"""Parameters of rules: what kinds there are, and how a value that someone wrote becomes one.

Values come from a spec (YAML) or from a policy pack's configuration, where every number is a float. Money becomes
`Decimal`, a list becomes a tuple, and what is of the wrong kind raises `ValueError` with what was expected.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, cast

from components.records import record


@record
class Kind:
    """A kind of value: what it is called in errors, how it is read, and its JSON schema for a pack's configuration."""

    name: str
    read: Callable[[object], Any]
    schema: Mapping[str, object]


@record
class Parameter:
    """One parameter: its kind, its default (already converted), and what it means, with its unit."""

    kind: Kind
    default: Any
    about: str

    def read(self, value: object) -> Any:
        """The value converted. Raises `ValueError`, whose text says what was expected."""
        try:
            return self.kind.read(value)
        except (ValueError, TypeError, InvalidOperation) as error:
            raise ValueError(f"expected {self.kind.name}, got {value!r}") from error


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _number(value: object) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise TypeError
    if isinstance(value, float) and not math.isfinite(value):
        raise ValueError
    number = Decimal(str(value))
    if not number.is_finite() or number < 0:
        raise ValueError
    return number


def _whole(value: object) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise ValueError
    return int(number)


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError
    words = cast("list[object] | tuple[object, ...]", value)
    if not all(isinstance(word, str) and word for word in words):
        raise ValueError
    return tuple(str(word) for word in words)


def _money_by(value: object) -> Mapping[str, Decimal]:
    if not isinstance(value, Mapping):
        raise TypeError
    return MappingProxyType(
        {str(key): _number(amount) for key, amount in cast("Mapping[object, object]", value).items()}
    )


def _money_by_environment(value: object) -> Mapping[str, Decimal]:
    return _money_by(cast("object", value) if isinstance(value, Mapping) else {"*": value})


_NUMBER: Mapping[str, object] = {"type": "number", "minimum": 0}
_MONEY_MAP: Mapping[str, object] = {"type": "object", "additionalProperties": _NUMBER}

FLAG = Kind("true or false", _flag, {"type": "boolean"})
WHOLE = Kind("a whole number, 0 or more", _whole, {"type": "integer", "minimum": 0})
WORDS = Kind("a list of texts", _words, {"type": "array", "items": {"type": "string"}})
MONEY_BY_NAME = Kind("a mapping of names to amounts in USD", _money_by, _MONEY_MAP)
MONEY_BY_ENVIRONMENT = Kind(
    "an amount in USD, or a mapping of environments to amounts", _money_by_environment, {"anyOf": [_NUMBER, _MONEY_MAP]}
)
