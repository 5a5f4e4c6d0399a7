"""Reads a stack and its blueprint into one validated spec, from a stack file or from Pulumi's config."""

from __future__ import annotations

import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from components.errors import Finding, InputError, Level, Place, did_you_mean
from components.records import record
from components.spec.kinds import container_of, kind_at, leaves, may_differ
from components.spec.merge import Layer, Plain, merge
from components.spec.models import ClusterSpec
from components.spec.problems import dotted, findings_of, place_of
from components.spec.project import Project, find_blueprint, find_project, find_stack
from components.spec.reader import Document, KeyPath, Value

NAMESPACE = "gpu-fleet"
CONFIG_KEY = f"{NAMESPACE}:cluster"
# What Pulumi itself writes into a stack file.
_PULUMI_KEYS = ("config", "encryptionsalt", "encryptedkey", "secretsprovider", "environment")


@record
class LoadedSpec:
    """A spec with where its values were written; `findings` are those of loading, none of them an error."""

    stack: str
    spec: ClusterSpec
    value: Mapping[str, Value]
    places: Mapping[KeyPath, Place]
    findings: tuple[Finding, ...]

    def place(self, path: str) -> Place | None:
        """The place of the value at a dotted path, or of what surrounds it."""
        steps: tuple[str | int, ...] = tuple(int(s) if s.isdigit() else s for s in path.split(".")) if path else ()
        return place_of(steps, self.places)

    def locate(self, findings: tuple[Finding, ...]) -> tuple[Finding, ...]:
        """The findings, each with the place of its path."""
        return tuple(finding.at(self.place(finding.path)) for finding in findings)


def load(stack: str, project: Project | None = None) -> LoadedSpec:
    """The spec of a stack, by its name or by the path of a stack file.

    Raises InputError with every problem that was met: files, YAML, keys, values.
    """
    project = project or find_project()
    name, file = find_stack(stack, project)
    document = project.read(file)
    over, advisory = _cluster_of(document)
    return _build(name, over, file.parent, project, advisory)


def load_config(value: str, stack: str, project: Project | None = None) -> LoadedSpec:
    """The spec from the text (JSON) that `pulumi.Config("gpu-fleet")` has under `cluster`.

    The stack's file, where it says the same, gives the lines for errors. Raises InputError.
    """
    project = project or find_project()
    file = project.stacks().get(stack)
    shown = project.shown(file) if file else f"Pulumi.{stack}.yaml"
    try:
        parsed = json.loads(value, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        message = f"{CONFIG_KEY} is not a structured value: {error}"
        raise InputError(_error("config", message, "set it in the stack file, as a map", shown)) from error
    over: Layer = Plain(parsed, {(): Place(shown)})
    if file is not None:
        written, _ = _cluster_of(project.read(file))
        over = written if written.value == parsed else over
    return _build(stack, over, file.parent if file else project.stack_dir, project, [])


def _cluster_of(document: Document) -> tuple[Layer, list[Finding]]:
    """The part of a stack file that is ours. Raises InputError when it is no stack file of this project."""
    value, file = document.value, document.file
    if not isinstance(value, dict):
        raise InputError(
            _error("stack-file", "is no stack file: it is not a map", f"it holds config: {{{CONFIG_KEY}: …}}", file)
        )
    wrong: list[Finding] = []
    for key in value:
        if key not in _PULUMI_KEYS:
            hint = did_you_mean(key, _PULUMI_KEYS)
            place = document.places.get((key,))
            wrong.append(_error("stack-file", f"unknown key {key!r}", hint, file, place))
    config = value.get("config")
    if not isinstance(config, dict) or CONFIG_KEY not in config:
        keys = tuple(config) if isinstance(config, dict) else ()
        others = sorted({key.partition(":")[0] for key in keys if not key.startswith(f"{NAMESPACE}:")})
        message = f"has no config {CONFIG_KEY}" + (f": it is a stack of {', '.join(others)}" if others else "")
        hint = f"config: {{{CONFIG_KEY}: {{blueprint: …, cloud: …}}}}"
        place = document.places.get(("config",)) or Place(file, 1)
        wrong.append(Finding(id="stack-file", level=Level.ERROR, message=message, hint=hint).at(place))
        raise InputError(wrong)
    for key in config:
        if key.startswith(f"{NAMESPACE}:") and key != CONFIG_KEY:
            place = document.places.get(("config", key))
            wrong.append(_error("stack-file", f"unknown key {key!r}", f"did you mean {CONFIG_KEY!r}?", file, place))
    if wrong:
        raise InputError(wrong)
    prefix: KeyPath = ("config", CONFIG_KEY)
    places = {path[2:]: place for path, place in document.places.items() if path[:2] == prefix}
    return Plain(config[CONFIG_KEY], places), [
        _ambient(key, document) for key in config if not key.startswith(NAMESPACE)
    ]


def _ambient(key: str, document: Document) -> Finding:
    message = f"config {key!r} has no effect here: the cluster's own provider takes everything from {CONFIG_KEY}"
    finding = Finding(id="ambient-config", level=Level.ADVISORY, message=message, hint="remove it")
    return finding.at(document.places.get(("config", key)))


def _build(name: str, over: Layer, beside: Path, project: Project, advisory: list[Finding]) -> LoadedSpec:
    try:
        base = _blueprint(over, beside, project)
    except InputError as error:
        raise InputError((*error.findings, *_problems_of(over))) from None
    merged = merge(base, over)
    try:
        spec = ClusterSpec.model_validate(merged.value)
    except ValidationError as error:
        raise InputError(findings_of(error, merged.value, merged.places)) from None
    findings = [*advisory, *merged.findings, *_drift(base, over, merged.value, spec)]
    return LoadedSpec(name, spec, merged.value, merged.places, tuple(findings))


def _problems_of(over: Layer) -> list[Finding]:
    """What is wrong with a stack file by itself, where its blueprint cannot be read."""
    try:
        ClusterSpec.model_validate(over.value)
    except ValidationError as error:
        return findings_of(error, over.value, over.places, whole=False)
    return []


def _blueprint(over: Layer, beside: Path, project: Project) -> Layer:
    """The blueprint that the stack names; a stack that names none is told so with its other problems."""
    value = over.value
    if not isinstance(value, dict) or not isinstance(value.get("blueprint"), str):
        return Plain({}, {})
    place = place_of(("blueprint",), over.places)
    try:
        path = find_blueprint(str(value["blueprint"]), beside, project)
    except InputError as error:
        raise InputError(finding.at(place) for finding in error.findings) from None
    return project.read(path)


def _drift(base: Layer, over: Layer, merged: Mapping[str, Value], spec: ClusterSpec) -> list[Finding]:
    """Shape that the stack changes although the blueprint's `may_differ` does not let it."""
    found: dict[KeyPath, Finding] = {}
    if not isinstance(over.value, dict) or not isinstance(base.value, dict) or not base.value:
        return []
    patterns = _texts(base.value.get("may_differ"))
    for path, value in leaves(over.value):
        if path == ("blueprint",) or kind_at(path) != "shape" or value == _at(base.value, path):
            continue
        if may_differ(path, patterns) is not None or _means_the_same(merged, base.value, path, spec):
            continue
        told = _new_entry(base.value, path) or path
        message = "differs from the blueprint, which does not let environments differ here"
        hint = f"set it in the blueprint, or add {dotted(told)!r} to the blueprint's may_differ"
        finding = Finding(id="shape-differs", level=Level.MANDATORY, path=dotted(told), message=message, hint=hint)
        found.setdefault(told, finding.at(place_of(told, over.places)))
    return list(found.values())


def _means_the_same(merged: Mapping[str, Value], base: Value, path: KeyPath, spec: ClusterSpec) -> bool:
    """Whether the spec is the same with what the blueprint has at `path`: another spelling, or a written default."""
    try:
        return ClusterSpec.model_validate(_with(merged, path, _at(base, path))) == spec
    except ValidationError:
        return False


def _with(value: Value | Mapping[str, Value], path: KeyPath, item: Value) -> Any:
    """A copy of nested maps with `item` at `path`, or without the key where `item` is None."""
    if not path:
        return item
    first, key = (value if isinstance(value, Mapping) else dict[str, Value]()), str(path[0])
    inner = _with(first.get(key), path[1:], item)
    rest = {name: one for name, one in first.items() if name != key}
    return rest if inner is None else {**rest, key: inner}


def _new_entry(base: Value, path: KeyPath) -> KeyPath | None:
    """The path of a pool or storage that only the stack has, when `path` lies in one."""
    field = ClusterSpec.model_fields.get(str(path[0]))
    is_map = field is not None and container_of(field.annotation) is dict
    return path[:2] if is_map and len(path) > 2 and _at(base, path[:2]) is None else None


def _texts(value: Value) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _at(value: Any, path: KeyPath) -> Any:
    for step in path:
        if not isinstance(value, dict) or step not in value:
            return None
        value = value[step]  # pyright: ignore[reportUnknownVariableType]
    return value  # pyright: ignore[reportUnknownVariableType]


def _error(id: str, message: str, hint: str, file: str, place: Place | None = None) -> Finding:
    return Finding(id=id, level=Level.ERROR, message=message, hint=hint).at(place or Place(file))
