"""Frozen dataclasses that cost little to define: every verb of the command line defines a hundred and fifty of them.

`@record` gives what `@dataclass(frozen=True, slots=True)` gives, and `dataclasses.fields`, `replace` and pydantic take
it as one. The standard decorator compiles six functions for each class while modules load, a third of the time that a
verb takes; here classes share all but `__init__`, and that is compiled when the first instance is made.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import FrozenInstanceError
from operator import attrgetter
from typing import Any, TypeVar, dataclass_transform, overload

T = TypeVar("T")
_MISSING: Any = dataclasses.MISSING


@overload
def record(cls: type[T], /) -> type[T]: ...
@overload
def record(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]: ...
@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def record(cls: type[Any] | None = None, /, *, kw_only: bool = False) -> Any:
    """Make a class a frozen dataclass with slots; `kw_only` takes its fields by keyword alone."""

    def decorate(given: type[Any]) -> type[Any]:
        return _made(given, kw_only)

    return decorate if cls is None else decorate(cls)


def _made(given: type[Any], kw_only: bool) -> type[Any]:
    own = given.__dict__
    if given.__doc__ is None:
        given.__doc__ = given.__name__  # the standard decorator would work out a signature for it
    cls: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=kw_only)(given)
    fields = dataclasses.fields(cls)
    names = tuple(field.name for field in fields if field.compare)
    cls.__init__ = _lazy_init(cls, fields)
    cls.__setattr__ = _set_nothing
    cls.__delattr__ = _delete_nothing
    cls.__getstate__ = _get_state
    cls.__setstate__ = _set_state
    cls._values = staticmethod(_values_of(names))
    for name, method in (("__eq__", _equal), ("__hash__", _hash), ("__repr__", _repr)):
        if name not in own or own[name] is None:
            setattr(cls, name, method)
    return cls


def _lazy_init(cls: Any, fields: tuple[dataclasses.Field[Any], ...]) -> Callable[..., None]:
    """An `__init__` that compiles the real one, puts it in its own place and calls it."""

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        made = _init(fields, hasattr(cls, "__post_init__"))
        cls.__init__ = made
        made(self, *args, **kwargs)

    return __init__


def _init(fields: tuple[dataclasses.Field[Any], ...], post: bool) -> Callable[..., None]:
    scope: dict[str, Any] = {"_set": object.__setattr__, "_MISSING": _MISSING}
    plain, keyword, body = ["self"], list[str](), list[str]()
    for field in fields:
        value = field.name
        parameter = field.name
        if field.default is not _MISSING:
            scope[f"_default_{field.name}"] = field.default
            parameter = f"{field.name}=_default_{field.name}"
        elif field.default_factory is not _MISSING:
            scope[f"_factory_{field.name}"] = field.default_factory
            parameter = f"{field.name}=_MISSING"
            value = f"_factory_{field.name}() if {field.name} is _MISSING else {field.name}"
        (keyword if field.kw_only else plain).append(parameter)
        body.append(f" _set(self, {field.name!r}, {value})")
    if post:
        body.append(" self.__post_init__()")
    head = ", ".join([*plain, *(["*", *keyword] if keyword else [])])
    exec("\n".join([f"def __init__({head}):", *(body or [" pass"])]), scope)
    return scope["__init__"]


def _values_of(names: tuple[str, ...]) -> Callable[[Any], Any]:
    """What gives an instance's values: a tuple, or for a single field its value."""
    return attrgetter(*names) if names else lambda instance: ()


def _equal(self: Any, other: object) -> Any:
    return self._values(self) == self._values(other) if other.__class__ is self.__class__ else NotImplemented


def _hash(self: Any) -> int:
    return hash((self.__class__, self._values(self)))


def _repr(self: Any) -> str:
    shown = ", ".join(f"{field.name}={getattr(self, field.name)!r}" for field in dataclasses.fields(self) if field.repr)
    return f"{self.__class__.__qualname__}({shown})"


def _set_nothing(self: Any, name: str, value: object) -> None:
    raise FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete_nothing(self: Any, name: str) -> None:
    raise FrozenInstanceError(f"cannot delete field {name!r}")


def _get_state(self: Any) -> list[Any]:
    return [getattr(self, field.name) for field in dataclasses.fields(self)]


def _set_state(self: Any, state: list[Any]) -> None:
    for field, value in zip(dataclasses.fields(self), state, strict=True):
        object.__setattr__(self, field.name, value)
