"""How a spec field is declared: with its description, and once as shape or as binding.

A *shape* field says what the cluster is; environments of one blueprint share it unless the blueprint's
`may_differ` names it. A *binding* ties the cluster to one place (ids, zones, addresses) and may always differ.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

SHAPE = "shape"
BINDING = "binding"


class Model(BaseModel):
    """Base of every part of a spec: immutable, and a key that is not declared is an error."""

    # Only the whole spec is ever validated: its parts need no validators of their own.
    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False, defer_build=True)


def shape(default: Any = ..., description: str = "", **limits: Any) -> Any:
    """A field that says what the cluster is."""
    return Field(default, description=description, json_schema_extra={"x-kind": SHAPE}, **limits)


def binding(default: Any = ..., description: str = "", **limits: Any) -> Any:
    """A field that ties the cluster to one place or one environment."""
    return Field(default, description=description, json_schema_extra={"x-kind": BINDING}, **limits)


def kind_of(model: type[BaseModel], name: str) -> str:
    """`shape` or `binding`, as the field `name` of `model` was declared.

    Raises KeyError when the field does not exist or was declared as neither.
    """
    extra = model.model_fields[name].json_schema_extra
    if not isinstance(extra, dict) or "x-kind" not in extra:
        raise KeyError(f"{model.__name__}.{name} is declared neither as shape nor as binding")
    return SHAPE if extra["x-kind"] == SHAPE else BINDING


def wrong(message: str, *below: str) -> PydanticCustomError:
    """The error to raise from a model's check when the problem lies at the keys `below` that model, not at all of it."""
    return PydanticCustomError("wrong_below", "{message}", {"message": message, "below": below})
