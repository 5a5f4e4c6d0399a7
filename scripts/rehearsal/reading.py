"""What a refresh makes of a resource's inputs: the program's own words where the cloud says the same in others."""

from __future__ import annotations

import inspect
import typing
from collections.abc import Mapping
from typing import Any, cast

from scripts.rehearsal import providers, schema
from scripts.rehearsal.model import Values


def as_written(type: str, inputs: Values, outputs: Values, before: Values | None = None) -> dict[str, Any]:
    """The inputs after a read: only what the program set, in its order where only the order differs.

    With `before`, the outputs as they were told last, an input follows only where its output has changed since.
    """
    kinds = schema.inputs_of(type) if schema.installed(type) else {}
    same = {name for name, value in (before or {}).items() if outputs.get(name) == value}
    folded = ((name, inputs.get(name), outputs.get(name)) for name in providers.folded(type))
    same |= {name for name, written, told in folded if str(written).casefold() == str(told).casefold()}
    return _followed(kinds, inputs, {name: value for name, value in outputs.items() if name not in same})


def _followed(kinds: Mapping[str, Any], written: Values, told: Values) -> dict[str, Any]:
    return {
        name: _follow(kinds.get(name), value, told[name]) if name in told else value for name, value in written.items()
    }


def _follow(kind: Any, written: Any, told: Any) -> Any:
    kind = schema.bare(kind)
    origin: Any = typing.get_origin(kind)
    if isinstance(written, Mapping) and isinstance(told, Mapping):
        if inspect.isclass(origin) and issubclass(origin, Mapping):
            return dict(cast(Values, told))  # the keys are the user's: one more is a change
        inner = schema.inputs_of_class(kind) if inspect.isclass(kind) else {}
        return _followed(inner, cast(Values, written), cast(Values, told))
    if isinstance(written, list) and isinstance(told, list):
        of_items = typing.get_args(kind)[0] if typing.get_args(kind) else None
        return _list(of_items, cast(list[Any], written), cast(list[Any], told))
    return told


def _list(kind: Any, written: list[Any], told: list[Any]) -> list[Any]:
    """As written, if each item is told somewhere."""
    if len(written) != len(told):
        return told
    left = list(told)
    for item in written:
        same = next((one for one in left if _follow(kind, item, one) == item), None)
        if same is None:
            return [_follow(kind, one, other) for one, other in zip(written, told, strict=True)]
        left.remove(same)
    return written
