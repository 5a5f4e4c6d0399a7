"""Which fields a spec has, by path, and whether each is shape or binding: as its model declares it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel

from components.spec.fields import SHAPE, kind_of
from components.spec.models import ClusterSpec


def models_in(annotation: Any) -> tuple[type[BaseModel], ...]:
    """The models that a field's annotation may hold, through unions, lists, maps and `Annotated`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return (annotation,)
    return tuple(model for part in get_args(annotation) for model in models_in(part))


def container_of(annotation: Any) -> type | None:
    """`dict` or `tuple` where a field holds a map or a list of values, else None."""
    origin = get_origin(annotation)
    if origin in (dict, tuple):
        return origin
    if origin in (Union, UnionType) or hasattr(annotation, "__metadata__"):
        found = [container_of(part) for part in get_args(annotation)]
        return next((one for one in found if one is not None), None)
    return None


def declared_fields(model: type[BaseModel] = ClusterSpec, prefix: str = "") -> Iterator[tuple[str, str, str]]:
    """(path, kind, description) of every field, `*` standing for a name or an index: `pools.*.nodes`."""
    for name, info in model.model_fields.items():
        path = f"{prefix}{name}"
        inner = models_in(info.annotation)
        if not inner:
            yield path, kind_of(model, name), info.description or ""
            continue
        step = ".*." if container_of(info.annotation) else "."
        if len(inner) > 1 or container_of(info.annotation) is tuple or name == "fabric":
            yield path, kind_of(model, name), info.description or ""
        for one in inner:
            yield from declared_fields(one, path + step)


def kind_at(path: tuple[str | int, ...]) -> str:
    """`shape` or `binding` of the deepest declared field on `path`; what is not declared counts as shape."""
    kind, model = SHAPE, ClusterSpec
    steps = list(path)
    candidates: tuple[type[BaseModel], ...] = (model,)
    while steps:
        name = steps.pop(0)
        owner = next((one for one in candidates if isinstance(name, str) and name in one.model_fields), None)
        if owner is None:
            return kind
        info = owner.model_fields[str(name)]
        kind = kind_of(owner, str(name))
        if container_of(info.annotation) and steps:
            steps.pop(0)
        candidates = models_in(info.annotation)
    return kind


def keys_at(path: tuple[str | int, ...]) -> tuple[str, ...]:
    """The keys that may stand in the map at `path`; empty where any key may."""
    candidates: tuple[type[BaseModel], ...] = (ClusterSpec,)
    steps = list(path)
    while steps:
        name = steps.pop(0)
        owner = next((one for one in candidates if name in one.model_fields), None)
        if owner is None:
            return ()
        info = owner.model_fields[str(name)]
        if container_of(info.annotation) and steps:
            steps.pop(0)
        candidates = models_in(info.annotation)
    return tuple(name for one in candidates for name in one.model_fields)


def may_differ(path: tuple[str | int, ...], allowed: tuple[str, ...]) -> str | None:
    """The entry of `may_differ` that lets `path` differ: one that names it, or something above it."""
    dotted = [".".join(map(str, path[:end])) for end in range(1, len(path) + 1)]
    for entry in allowed:
        depth = entry.count(".")
        if any(text.count(".") == depth and fnmatchcase(text, entry) for text in dotted):
            return entry
    return None


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """(path, value) of everything in nested maps; a list counts as one value."""
    if isinstance(value, Mapping) and value:
        for key, item in value.items():  # pyright: ignore[reportUnknownVariableType]
            yield from leaves(item, (*path, str(key)))  # pyright: ignore[reportUnknownArgumentType]
    else:
        yield path, value
