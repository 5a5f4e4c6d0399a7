"""Merges a stack over its blueprint, and remembers which of the two each value came from.

Maps merge by key; lists and scalars replace; `null` removes the key; a new key is allowed. Nothing given is changed,
and the result shares no list or map with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, Protocol

from components.errors import Finding, InputError, Level, Place, did_you_mean
from components.records import record
from components.spec.reader import MAX_FINDINGS, KeyPath, Value

_COMPARED = 200  # a map of thousands of keys is no spec: do not search it for misspellings


class Layer(Protocol):
    """A value with the places of its parts: a `Document`, a `Merged`, or `Plain` for what comes from no file."""

    @property
    def value(self) -> Value: ...

    @property
    def places(self) -> Mapping[KeyPath, Place]: ...


@record
class Plain:
    """A layer that was not read from a file of ours, such as a configuration value that Pulumi hands over."""

    value: Value
    places: Mapping[KeyPath, Place]


class Merged(NamedTuple):
    """The merged value, the place of each of its parts, and the advisory findings about the merge itself."""

    value: dict[str, Value]
    places: dict[KeyPath, Place]
    findings: tuple[Finding, ...]


@record
class _Step:
    """One value to put at `path` into `target`: `over` merged over `base`, or `over` copied as it stands."""

    target: dict[str, Value] | list[Value]
    path: KeyPath
    over: Value
    layer: Layer  # where `over` was written
    base: Value = None
    merges: bool = False  # `over` belongs to the upper layer and is no part of a list


def merge(base: Layer, over: Layer) -> Merged:
    """`over` merged over `base`.

    A part that both wrote has the place in `over`. Removing a key that is not there is an advisory finding
    (`removes-nothing`); a layer that is no mapping is an InputError (`not-a-mapping`).
    """
    wrong = [_not_a_mapping(layer) for layer in (base, over) if not isinstance(layer.value, dict)]
    if wrong:
        raise InputError(wrong)
    holder: list[Value] = [None]
    places: dict[KeyPath, Place] = {}
    findings: list[Finding] = []
    todo = [_Step(holder, (), over.value, over, base.value, merges=True)]
    while todo:  # a loop, not recursion: depth is the author's, not ours
        step = todo.pop()
        place = step.layer.places.get(step.path)
        if place is not None:
            places[step.path] = place
        made = _open(step.over)
        _put(step.target, step.path, made)
        if isinstance(made, dict):
            todo.extend(_map_steps(step, made, base, findings))
        elif isinstance(made, list) and isinstance(step.over, list):
            todo.extend(_Step(made, (*step.path, i), item, step.layer) for i, item in enumerate(step.over))
    assert isinstance(holder[0], dict)
    return Merged(holder[0], places, tuple(findings))


def _open(value: Value) -> Value:
    """An empty container of the kind of `value`, sized for its items; or the scalar itself."""
    if isinstance(value, dict):
        return {}
    if isinstance(value, list):
        return [*[None] * len(value)]
    return value


def _put(target: dict[str, Value] | list[Value], path: KeyPath, value: Value) -> None:
    if isinstance(target, dict):
        target[str(path[-1])] = value
    else:
        target[int(path[-1]) if path else 0] = value


def _map_steps(step: _Step, made: dict[str, Value], base: Layer, findings: list[Finding]) -> list[_Step]:
    """What is to be put into the map `made`; its keys are set at once, so that they keep their order."""
    assert isinstance(step.over, dict)
    if not step.merges:
        made.update(dict.fromkeys(step.over))
        return [_Step(made, (*step.path, key), item, step.layer) for key, item in step.over.items()]
    below = step.base if isinstance(step.base, dict) else {}
    steps: list[_Step] = []
    for key in (*below, *(key for key in step.over if key not in below)):
        path = (*step.path, key)
        if key not in step.over:
            steps.append(_Step(made, path, below[key], base))
        elif step.over[key] is not None:
            steps.append(_Step(made, path, step.over[key], step.layer, below.get(key), merges=True))
        else:
            if key not in below and len(findings) < MAX_FINDINGS:
                findings.append(_removes_nothing(path, key, list(below), step.layer))
            continue
        made[key] = None
    return steps


def _removes_nothing(path: KeyPath, key: str, known: list[str], layer: Layer) -> Finding:
    message = f"null removes {key!r}, but there is nothing to remove"
    hint = did_you_mean(key, known[:_COMPARED]) or "remove this line"
    dotted = ".".join(map(str, path))
    return Finding("removes-nothing", Level.ADVISORY, message, dotted, hint).at(layer.places.get(path))


def _not_a_mapping(layer: Layer) -> Finding:
    kind = "a list" if isinstance(layer.value, list) else "nothing" if layer.value is None else "a single value"
    message = f"a mapping of fields belongs here, not {kind}"
    return Finding("not-a-mapping", Level.ERROR, message, hint="write `key: value` lines").at(layer.places.get(()))
