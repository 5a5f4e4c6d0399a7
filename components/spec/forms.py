"""How a quantity is written, and what makes it a pydantic field type with a JSON schema."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar, Self

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from components.records import record

# In this order: True is an int too.
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    ((int, float, Decimal), "a number"),
    (list, "a list"),
    (dict, "a mapping"),
    (type(None), "nothing"),
)


@record
class Form:
    """How a quantity is written.

    `number` is the JSON type (`integer`, `number`) that may stand for the text; `quoted` texts need quotes in YAML.
    """

    description: str
    pattern: str
    examples: tuple[str, ...]
    number: str | None = None
    quoted: bool = False

    def json_schema(self) -> dict[str, Any]:
        text = {"type": "string", "pattern": f"^(?:{self.pattern})$"}
        told = {"description": self.description, "examples": list(self.examples)}
        return (
            {**text, **told} if self.number is None else {"anyOf": [text, {"type": self.number, "minimum": 0}], **told}
        )

    @property
    def _example(self) -> str:
        return f'"{self.examples[0]}"' if self.quoted else self.examples[0]

    def match(self, text: str) -> re.Match[str] | None:
        return re.fullmatch(self.pattern, text)

    def wrong(self, text: object, why: str) -> ValueError:
        told = repr(text) if isinstance(text, str) else str(text)
        return ValueError(f"{told if len(told) <= 60 else told[:59] + '…'} {why}; write for example {self._example}")

    def text(self, given: object) -> str:
        """`given` if it is text, or a whole number where one may stand for it; else ValueError."""
        if isinstance(given, str):
            return given
        if self.number is not None and isinstance(given, int) and not isinstance(given, bool):
            return str(given)
        kind = next((name for kind, name in _KINDS if isinstance(given, kind)), type(given).__name__)
        raise ValueError(f"{self.description} belongs here, not {kind}; write for example {self._example}")


class Quantity:
    """Base of the classes here: `parse` takes what was written, or a value of the class itself."""

    __slots__ = ()
    form: ClassVar[Form]

    @classmethod
    def parse(cls, given: object) -> Self:
        """The quantity that `given` says; raises ValueError."""
        return given if isinstance(given, cls) else cls._read(given)

    @classmethod
    def _read(cls, given: object) -> Self:
        raise NotImplementedError

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        shown = core_schema.to_string_ser_schema()
        return core_schema.no_info_plain_validator_function(cls.parse, serialization=shown)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return cls.form.json_schema()


@record
class Checked:
    """Annotation that makes a standard type a quantity: `read` what is written, `show` it in JSON."""

    form: Form
    read: Callable[[object], object]
    show: Callable[[Any], str] = str

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        shown = core_schema.plain_serializer_function_ser_schema(
            self.show, return_schema=core_schema.str_schema(), when_used="json-unless-none"
        )
        return core_schema.no_info_plain_validator_function(self.read, serialization=shown)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return self.form.json_schema()
