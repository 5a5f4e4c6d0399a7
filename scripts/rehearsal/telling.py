"""What a resource tells before anyone has made it: which outputs are unknown, and stand-ins of the right kind."""

from __future__ import annotations

import copy
import inspect
import typing
from collections.abc import Callable, Mapping
from typing import Any, cast

from scripts.preview.replies import REPLIES, add_output
from scripts.rehearsal import providers, schema
from scripts.rehearsal.diff import table_of
from scripts.rehearsal.model import Values
from scripts.rehearsal.wire import UNKNOWN, at

_DEPTH = 5  # types that hold themselves end here


def previewed(type: str, inputs: Values, old: Values) -> dict[str, Any]:
    """The outputs as they are known before: inputs, what an older state told of the rest, or unknown.

    An edit in place keeps the id; which outputs it changes, the catalogue's table says. New tags change none of them.
    """
    outputs = _outputs(type, inputs, old, lambda _: UNKNOWN)
    for block, name in providers.reshaped(type):
        asked, was = at(outputs, f"{block}.{name}"), at(old, f"{block}.{name}")
        if isinstance(asked, list):
            same = isinstance(was, dict) and set(cast("list[str]", asked)) == set(cast("dict[str, Any]", was))
            outputs[block] = {**outputs[block], name: was if same else UNKNOWN}
    if not old.get("id"):
        return outputs
    edited = any(not _holds(old.get(name), value) for name, value in inputs.items() if name != "tags")
    table = table_of(type)
    changing = table.changing_outputs(type) if edited and table is not None else ()
    return outputs | {"id": old["id"]} | dict.fromkeys(changing, UNKNOWN)


def _holds(old: Any, new: Any) -> bool:
    """Whether what exists has all that is asked for; it may have more, which the cloud filled in."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        had, asked = cast("Mapping[str, Any]", old), cast("Mapping[str, Any]", new)
        return all(_holds(had.get(name), value) for name, value in asked.items())
    if isinstance(old, list) and isinstance(new, list):
        olds, news = cast("list[Any]", old), cast("list[Any]", new)
        return len(olds) == len(news) and all(map(_holds, olds, news))
    return old == new


def stood_in(type: str, id: str, inputs: Values, old: Values, *, lists: int = 1) -> dict[str, Any]:
    """The outputs with a value of the right kind for each that the cloud decides, named after where it stands.

    `lists` is how many items a list has that the cloud decides.
    """
    kinds = schema.outputs_of(type) if schema.installed(type) else {}

    def made(path: str) -> Any:
        return _stand_in(kinds.get(path, str), f"{id}/{path}", 0, lists)

    return _outputs(type, inputs, old, made)


def _outputs(type: str, inputs: Values, old: Values, decided: Callable[[str], Any]) -> dict[str, Any]:
    """Inputs, and what the cloud decides: outputs that the SDK says are always there, and paths that are recorded.

    What the old state tells stays, except for inputs that the program took back.
    """
    outputs: dict[str, Any] = copy.deepcopy(dict(inputs))
    for name in schema.always_told(type) if schema.installed(type) else ():
        if outputs.get(name) is None:
            outputs[name] = old[name] if old.get(name) is not None else decided(name)
    for path in REPLIES.get(type, ()):
        if at(outputs, path) is None:
            before = at(old, path)
            add_output(outputs, path, decided(path) if before is None else before)
    return outputs


def _stand_in(kind: Any, path: str, depth: int, lists: int) -> Any:
    kind = schema.bare(kind)
    origin: Any = typing.get_origin(kind)
    if inspect.isclass(kind) and schema.is_output_class(kind):
        fields = schema.fields_of_output(kind) if depth < _DEPTH else {}
        return {name: _stand_in(inner, f"{path}/{name}", depth + 1, lists) for name, inner in fields.items()}
    if inspect.isclass(origin) and issubclass(origin, Mapping):
        return {}
    if origin is not None and typing.get_args(kind):
        return [_stand_in(typing.get_args(kind)[0], path, depth, lists) for _ in range(lists)]
    return _SCALARS.get(kind, path)


_SCALARS: dict[Any, Any] = {bool: False, int: 1, float: 1}
