"""What a resource type takes, told by the classes of its provider's own SDK: names, kinds, what is required.

Tables are built when a type is first asked for, from the inputs' class (`<Class>Args`) and pulumi's own reading of it.
"""

from __future__ import annotations

import enum
import importlib
import importlib.util
import inspect
import sys
import typing
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, cast

from pulumi import Archive, Asset, Output

from components.errors import FleetError, nearest
from scripts.rehearsal import providers
from scripts.rehearsal.model import Failure, Values
from scripts.rehearsal.wire import is_unknown

_types: Any = importlib.import_module("pulumi._types")  # pulumi's own helpers, private by name


class UnknownType(FleetError):
    """The provider's SDK has no such resource type."""


def installed(token: str) -> bool:
    """Whether an SDK that can be imported knows a resource type's shape, so that the type can be checked."""
    return importlib.util.find_spec(_package(token)) is not None and not providers.is_custom(token)


def inputs_of(token: str) -> dict[str, Any]:
    """Wire name -> Python type of each input of a resource type. Raises UnknownType."""
    return _fields(_input_class(token))


def required(token: str) -> tuple[str, ...]:
    """The wire names of the inputs that a resource type cannot do without. Raises UnknownType."""
    return _required(_input_class(token))


def outputs_of(token: str) -> dict[str, Any]:
    """Wire name -> Python type of everything that a resource of this type tells. Raises UnknownType."""
    return {name: hint for name, hint in _hints(_resource_class(token)).items() if name not in ("id", "urn")}


@cache
def always_told(token: str) -> tuple[str, ...]:
    """The outputs that the SDK does not call optional: what the program leaves out of these, the cloud decides."""
    return tuple(name for name, hint in outputs_of(token).items() if not _may_be_none(hint))


def fields_of_output(cls: type[Any]) -> dict[str, Any]:
    """Wire name -> Python type of a nested output."""
    return _hints(cls)


def inputs_of_class(cls: type[Any]) -> dict[str, Any]:
    """Wire name -> Python type of a nested input; nothing for a class that is none."""
    return _fields(cls) if _types.is_input_type(cls) else {}


def is_output_class(cls: type[Any]) -> bool:
    return _types.is_output_type(cls)


def failures(token: str, inputs: Values) -> list[Failure]:
    """What of these inputs the provider's types refuse, at every depth; a provider without an SDK refuses nothing."""
    if not installed(token):
        return []
    return list(_object(_input_class(token), inputs, ""))


# From a token to its classes


def _package(token: str) -> str:
    return "pulumi_" + token.partition(":")[0].replace("-", "_")


@cache
def _resource_class(token: str) -> type[Any]:
    package = _package(token)
    _, module, name = token.split(":")
    try:
        importlib.import_module(package)  # registers all of its modules
    except ImportError as error:
        raise UnknownType(f"{token}: the SDK {package} is not installed") from error
    place = _registered(token) or ".".join([package, *module.partition("/")[0].replace("-", "_").lower().split(".")])
    try:
        found = getattr(importlib.import_module(place), name, None)
    except ModuleNotFoundError as error:
        raise UnknownType(f"{token}: {package} has no module {place}") from error
    if found is None:
        raise UnknownType(f"{token}: {place} has no class {name}")
    return found


def _registered(token: str) -> str | None:
    """The module that the SDK registered for a token with pulumi."""
    from pulumi.runtime import rpc

    modules: Mapping[str, Sequence[Any]] = cast(Any, rpc)._RESOURCE_MODULES
    for module in modules.get(token.rpartition(":")[0], ()):
        if token in module.mod_info["classes"]:
            return module.mod_info["fqn"]
    return None


@cache
def _input_class(token: str) -> type[Any]:
    resource = _resource_class(token)
    module = sys.modules[resource.__module__]
    for suffix in ("InitArgs", "Args"):  # InitArgs where a nested type has the other name
        found = getattr(module, resource.__name__ + suffix, None)
        if found is not None and _is_resource_args(resource, found):
            return found
    raise UnknownType(f"{token}: {module.__name__} has no inputs for it")


def _is_resource_args(resource: type[Any], candidate: type[Any]) -> bool:
    taken = set(inspect.signature(resource._internal_init).parameters)
    return set(inspect.signature(candidate.__init__).parameters) - {"__self__"} <= taken


@cache
def _hints(cls: type[Any]) -> dict[str, Any]:
    return dict(_types._raw_return_hints(cls))


def _may_be_none(type: Any) -> bool:
    if typing.get_origin(type) is Output:
        return _may_be_none(typing.get_args(type)[0])
    return type is None.__class__ or any(one is None.__class__ for one in typing.get_args(type))


@cache
def _fields(cls: type[Any]) -> dict[str, Any]:
    return {name: bare(type) for name, type in _types.input_type_types(cls).items()}


@cache
def _required(cls: type[Any]) -> tuple[str, ...]:
    wire: dict[str, str] = _types.input_type_py_to_pulumi_names(cls)
    return tuple(
        wire[name]
        for name, parameter in inspect.signature(cls.__init__).parameters.items()
        if name in wire and parameter.default is inspect.Parameter.empty
    )


def bare(type: Any) -> Any:
    """A type without what pulumi wraps around it: Input, Output, Optional, Awaitable."""
    origin = typing.get_origin(type)
    if origin is Output:
        return bare(typing.get_args(type)[0])
    if origin not in (Union, UnionType):
        return type
    members = [bare(one) for one in typing.get_args(type) if not _is_wrapper(one)]
    distinct = list(dict.fromkeys(members))
    return distinct[0] if len(distinct) == 1 else Union[tuple(distinct)]  # noqa: UP007 - made at run time


def _is_wrapper(type: Any) -> bool:
    origin: Any = typing.get_origin(type)
    return type is None.__class__ or origin is Output or getattr(origin, "__name__", "") == "Awaitable"


# Values against types


def _object(cls: type[Any], values: Values, path: str) -> Iterator[Failure]:
    fields = _fields(cls)
    for name, value in values.items():
        place = f"{path}.{name}" if path else name
        if name.startswith("__"):  # pulumi's own
            continue
        if name not in fields:
            guess = nearest(name, fields)
            hint = f"; did you mean {guess!r}?" if guess else ""
            yield Failure(property=place, reason=f"an unexpected property {name!r} was provided{hint}")
        elif value is not None:
            yield from _value(fields[name], value, place)
    for name in _required(cls):
        if values.get(name) is None:
            place = f"{path}.{name}" if path else name
            yield Failure(property=place, reason=f"missing required property {name!r}")


def _value(type: Any, value: Any, path: str) -> Iterator[Failure]:
    type = bare(type)
    if is_unknown(value) or type is Any or value is None:
        return
    origin: Any = typing.get_origin(type)
    if origin in (Union, UnionType):
        yield from _one_of(typing.get_args(type), value, path)
    elif inspect.isclass(type) and _types.is_input_type(type):
        if isinstance(value, Mapping):
            yield from _object(type, cast(Values, value), path)
        else:
            yield _wrong(path, "an object", value)
    elif origin is Literal:
        yield from _listed(typing.get_args(type), value, path)
    elif origin is not None and issubclass(origin, Mapping):
        yield from _map(typing.get_args(type)[1], value, path)
    elif origin is not None and issubclass(origin, Sequence):
        yield from _list(typing.get_args(type)[0], value, path)
    elif inspect.isclass(type) and issubclass(type, enum.Enum):
        yield from _member(type, value, path)
    else:
        yield from _scalar(type, value, path)


def _one_of(types: Sequence[Any], value: Any, path: str) -> Iterator[Failure]:
    """Fine if it is fine as one of them; else what the best fit says. A text beside an enum takes any text."""
    attempts = [list(_value(type, value, path)) for type in types]
    if all(attempts):
        yield from min(attempts, key=lambda found: (any(one.property == path for one in found), len(found)))


def _map(type: Any, value: Any, path: str) -> Iterator[Failure]:
    if not isinstance(value, Mapping):
        yield _wrong(path, "a map", value)
        return
    for key, item in cast(Values, value).items():
        yield from _value(type, item, f"{path}.{key}" if "." not in key else f'{path}["{key}"]')


def _list(type: Any, value: Any, path: str) -> Iterator[Failure]:
    if not isinstance(value, list):
        yield _wrong(path, "a list", value)
        return
    for index, item in enumerate(cast(list[Any], value)):
        yield from _value(type, item, f"{path}[{index}]")


def _member(type: type[enum.Enum], value: Any, path: str) -> Iterator[Failure]:
    yield from _listed([member.value for member in type], value, path)


def _listed(allowed: Sequence[Any], value: Any, path: str) -> Iterator[Failure]:
    if value not in allowed:
        yield Failure(property=path, reason=f"expected one of {', '.join(map(repr, allowed))}, got {value!r}")


_SCALARS: dict[Any, tuple[str, tuple[type[Any], ...]]] = {
    str: ("a string", (str,)),
    bool: ("a boolean", (bool,)),
    int: ("an integer", (int,)),
    float: ("a number", (int, float)),
    dict: ("an object", (dict,)),
}


def _scalar(type: Any, value: Any, path: str) -> Iterator[Failure]:
    if inspect.isclass(type) and issubclass(type, Asset | Archive):
        wanted, kinds = "an asset", (dict,)
    else:
        wanted, kinds = _SCALARS.get(type, (f"a value of {type}", ()))
    # Python takes a boolean for an integer, the wire does not.
    if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
        yield _wrong(path, wanted, value)


_KINDS: dict[type[Any], str] = {
    str: "a string",
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    list: "a list",
    dict: "an object",
}


def _wrong(path: str, wanted: str, value: Any) -> Failure:
    shown = f" {value!r}" if isinstance(value, str | bool | int | float) else ""
    return Failure(
        property=path, reason=f"expected {wanted}, got {_KINDS.get(cast(Any, type(value)), 'something else')}{shown}"
    )
