"""Parameters of rules: a model for each rule, what kinds of value there are, and how a written value becomes one.

Values come from YAML, or from JSON that a policy pack is configured with, where every number is a float. Money becomes
`Decimal`, a list becomes a tuple, and what is of the wrong kind is told with what was expected. The model is the one
definition: of defaults, checks, documentation, and of the schema that a policy pack gives to Pulumi.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Annotated, Any, Literal, TypeVar, cast

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from components.errors import did_you_mean
from components.records import record

Direction = Literal["lower", "higher", "subset", "superset", "true", "false"]
"""Which other value of a parameter is tighter: a lower number, fewer words, more words, the flag that is true."""

ANY = "*"
"""In a mapping by environment: every environment that is not named."""


@record
class Kind:
    """A kind of value: what it is called in errors, how it is read, and its JSON schema. Stands in `Annotated`.

    `by_environment`: a mapping of environments to values, of which one holds at a time.
    """

    name: str
    read: Callable[[object], Any]
    schema: Mapping[str, object]
    by_environment: bool = False

    def checked(self, value: object) -> Any:
        """The value converted. Raises `ValueError`, whose text says what was expected."""
        try:
            return self.read(value)
        except (ValueError, TypeError, InvalidOperation) as error:
            raise ValueError(f"expected {self.name}, got {value!r}") from error

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_plain_validator_function(self.checked)

    def __get_pydantic_json_schema__(self, schema: Any, handler: Any) -> dict[str, object]:
        return dict(self.schema)


class Parameters(BaseModel):
    """Base of every rule's parameters, and the parameters of a rule that has none.

    `model_fields_set` names what somebody wrote; the rest are defaults. Nothing of a model is built before a value is
    read, so that a rule costs little while nobody sets its parameters.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False, defer_build=True)


P = TypeVar("P", bound=Parameters)


def parameter(default: Any, about: str, *, tighter: Direction | None = None) -> Any:
    """A field of a `Parameters` model: its default (converted), what it means, with its unit, and which way is tighter.

    A parameter without a direction cannot be changed by a stack once its environment's configuration sets it.
    """
    extra: Any = {"x-tighter": tighter} if tighter else {}
    if isinstance(default, Mapping):  # a mapping cannot be shared with what may change it
        kept = MappingProxyType(dict(cast("Mapping[str, Any]", default)))
        return Field(default_factory=lambda: kept, description=about, json_schema_extra=extra)
    return Field(default, description=about, json_schema_extra=extra)


@record(kw_only=True)
class Parameter:
    """What a model says of one parameter."""

    name: str
    kind: Kind
    default: Any
    about: str
    tighter: Direction | None

    @property
    def schema(self) -> dict[str, object]:
        """Its JSON schema."""
        return {**self.kind.schema, "description": self.about}


def declared(model: type[Parameters]) -> tuple[Parameter, ...]:
    """The parameters of a model, in their order."""
    found: list[Parameter] = []
    for name, field in model.model_fields.items():
        kind = next(one for one in field.metadata if isinstance(one, Kind))
        extra = cast("dict[str, Any]", field.json_schema_extra or {})
        default = field.get_default(call_default_factory=True)
        about = field.description or ""
        found.append(Parameter(name=name, kind=kind, default=default, about=about, tighter=extra.get("x-tighter")))
    return tuple(found)


@record(kw_only=True)
class Problem:
    """What is wrong with one written parameter."""

    name: str
    message: str
    hint: str


def read(model: type[P], written: Mapping[str, Any]) -> tuple[P, tuple[Problem, ...]]:
    """The parameters as written, with the default for each that is wrong, and every problem."""
    if not written:
        return model.model_construct(), ()
    problems: dict[str, Problem] = {}
    values = dict(written)
    while True:
        try:
            return model.model_validate(values), tuple(problems.values())
        except ValidationError as error:
            found = list(_problems(model, error))
            problems |= {one.name: one for one in found}
            values = {name: value for name, value in values.items() if name not in problems} if found else {}


def _problems(model: type[Parameters], error: ValidationError) -> Iterable[Problem]:
    known = {one.name: one for one in declared(model)}
    for problem in error.errors(include_url=False):
        name = str(problem["loc"][0]) if problem["loc"] else ""
        if problem["type"] == "extra_forbidden":
            hint = did_you_mean(name, list(known)) or "the rule has no parameters"
            yield Problem(name=name, message="", hint=hint)
        else:
            why = problem.get("ctx", {}).get("error")
            yield Problem(
                name=name, message=str(why or problem["msg"]), hint=known[name].about if name in known else ""
            )


# --- how values are read ---


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


def _percent(value: object) -> Decimal:
    number = _number(value)
    if number > 10_000:
        raise ValueError
    return number


def _whole(value: object) -> int:
    number = _number(value)
    if number != number.to_integral_value():
        raise ValueError
    return int(number)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError
    return value


def _words(value: object) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return tuple(_text(word) for word in cast("list[object] | tuple[object, ...]", value))


def _by_name(read_one: Callable[[object], Any]) -> Callable[[object], Mapping[str, Any]]:
    def read_all(value: object) -> Mapping[str, Any]:
        if not isinstance(value, Mapping):
            raise TypeError
        entries = cast("Mapping[object, object]", value).items()
        return MappingProxyType({_text(key): read_one(one) for key, one in entries})

    return read_all


def _by_environment(read_one: Callable[[object], Any]) -> Callable[[object], Mapping[str, Any]]:
    by_name = _by_name(read_one)
    return lambda value: by_name(cast("object", value) if isinstance(value, Mapping) else {ANY: value})


def _map_of(schema: Mapping[str, object]) -> dict[str, object]:
    return {"type": "object", "additionalProperties": schema}


_NUMBER: Mapping[str, object] = {"type": "number", "minimum": 0}
_WHOLE: Mapping[str, object] = {"type": "integer", "minimum": 0}
_TEXT: Mapping[str, object] = {"type": "string", "minLength": 1}
_TEXTS: Mapping[str, object] = {"type": "array", "items": _TEXT}

# --- the kinds, as types of a model's fields ---

Flag = Annotated[bool, Kind("true or false", _flag, {"type": "boolean"})]
Whole = Annotated[int, Kind("a whole number, 0 or more", _whole, _WHOLE)]
Number = Annotated[Decimal, Kind("a number, 0 or more", _number, _NUMBER)]
Percent = Annotated[Decimal, Kind("a number of percent, from 0 to 10,000", _percent, {**_NUMBER, "maximum": 10_000})]
Money = Annotated[Decimal, Kind("an amount in USD", _number, _NUMBER)]
Text = Annotated[str, Kind("a text", _text, _TEXT)]
Words = Annotated[tuple[str, ...], Kind("a list of texts", _words, _TEXTS)]
WholeByName = Annotated[
    Mapping[str, int], Kind("a mapping of names to whole numbers", _by_name(_whole), _map_of(_WHOLE))
]
NumberByName = Annotated[
    Mapping[str, Decimal], Kind("a mapping of names to numbers", _by_name(_number), _map_of(_NUMBER))
]
MoneyByName = Annotated[
    Mapping[str, Decimal], Kind("a mapping of names to amounts in USD", _by_name(_number), _map_of(_NUMBER))
]
WordsByName = Annotated[
    Mapping[str, tuple[str, ...]], Kind("a mapping of names to lists of texts", _by_name(_words), _map_of(_TEXTS))
]
MoneyByEnvironment = Annotated[
    Mapping[str, Decimal],
    Kind(
        "an amount in USD, or a mapping of environments to amounts",
        _by_environment(_number),
        {"anyOf": [_NUMBER, _map_of(_NUMBER)]},
        by_environment=True,
    ),
]
WholeByEnvironment = Annotated[
    Mapping[str, int],
    Kind(
        "a whole number, or a mapping of environments to whole numbers",
        _by_environment(_whole),
        {"anyOf": [_WHOLE, _map_of(_WHOLE)]},
        by_environment=True,
    ),
]
