"""The state of a stack, as `pulumi stack export` would write it after an up: made from a preview, with no engine.

What only a cloud knows is a made-up value for each resource and output, and references to it hold that value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

PROJECT = "gpu-fleet"
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "AAABAKx"}


def export(resources: Iterable[Mapping[str, Any]], stack: str, project: str = PROJECT) -> dict[str, Any]:
    """The export of a stack that is exactly what a preview (as its document has it) shows."""
    listed = list(resources)
    outputs = _outputs(listed)
    by_name = {one["name"]: one for one in listed}
    items = [_item(one, f"urn:pulumi:{stack}::{project}::", by_name, outputs) for one in listed]
    first = {"urn": f"urn:pulumi:{stack}::{project}::pulumi:pulumi:Stack::{project}-{stack}", "custom": False}
    stack_item = {**first, "type": "pulumi:pulumi:Stack", "outputs": {"kubeconfig": SECRET}}
    return {"version": 3, "deployment": {"manifest": {}, "resources": [stack_item, *items]}}


def write(folder: Path, resources: Iterable[Mapping[str, Any]], stack: str) -> Path:
    file = folder / "state.json"
    file.write_text(json.dumps(export(resources, stack)))
    return file


def resource(state: dict[str, Any], name: str) -> dict[str, Any]:
    """A resource of an export by its logical name, to change it."""
    return next(one for one in state["deployment"]["resources"] if one["urn"].endswith(f"::{name}"))


def value_of(reference: str) -> str:
    """What the made-up cloud answers for `<name>.<output>`."""
    return f"made-up-{reference.partition('|')[0]}"


def _item(
    one: Mapping[str, Any],
    prefix: str,
    by_name: Mapping[str, Mapping[str, Any]],
    outputs: Mapping[str, Mapping[str, Any]],
) -> dict[str, Any]:
    urn = f"{prefix}{_chain(one, by_name)}::{one['name']}"
    item = {"urn": urn, "type": one["type"], "custom": True, "protect": one["protect"]}
    parent = by_name.get(one["parent"] or "")
    item["parent"] = f"{prefix}{_chain(parent, by_name)}::{parent['name']}" if parent else f"{prefix}{_stack(prefix)}"
    item |= {"inputs": _resolved(one["inputs"]), "outputs": outputs.get(one["name"], {})}
    if one["provider"] is None and not one["type"].startswith("pulumi:providers:"):
        return {**item, "custom": False}
    item["id"] = value_of(f"{one['name']}.id")
    item["propertyDependencies"] = {key: _urns(value, prefix, by_name) for key, value in one["inputs"].items()}
    if one["provider"] is not None:
        token = by_name[one["provider"]]["type"]
        item["provider"] = f"{prefix}{token}::{one['provider']}::{one['provider']}-id"
    return item


def _stack(prefix: str) -> str:
    _, _, rest = prefix.partition("urn:pulumi:")
    stack, project, _ = rest.split("::")
    return f"pulumi:pulumi:Stack::{project}-{stack}"


def _urns(value: Any, prefix: str, by_name: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The URNs of the resources that a value refers to."""
    found = {reference.partition(".")[0] for reference in _references(value)}
    return sorted(f"{prefix}{_chain(by_name[name], by_name)}::{name}" for name in found if name in by_name)


def _chain(one: Mapping[str, Any], by_name: Mapping[str, Mapping[str, Any]]) -> str:
    """The types of all parents below the stack, and its own, as a URN has them."""
    parent = one["parent"]
    return f"{_chain(by_name[parent], by_name)}${one['type']}" if parent in by_name else one["type"]


def _outputs(resources: list[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """For each resource, every output that something refers to."""
    found: dict[str, dict[str, Any]] = {}
    for reference in _references([one["inputs"] for one in resources]):
        name, _, path = reference.partition(".")
        path, _, part = path.partition("|")
        # A part of an output stands between two texts.
        leaf = part.replace("*", value_of(reference), 1) if part else value_of(reference)
        _put(found.setdefault(name, {}), path.replace("[", ".[").split("."), leaf)
    return found


def _put(value: dict[str, Any], steps: list[str], leaf: str) -> None:
    """Set a value at a path; of a list there is only its first item."""
    step, rest = steps[0], steps[1:]
    if not rest:
        value[step] = leaf
    elif rest[0] == "[0]":
        _put(value.setdefault(step, [{}])[0], rest[1:], leaf)
    else:
        _put(value.setdefault(step, {}), rest, leaf)


def _references(value: Any) -> Iterable[str]:
    if isinstance(value, dict):
        if set(value) == {"ref"}:
            yield value["ref"]
        for item in value.values():
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _resolved(value: Any) -> Any:
    if isinstance(value, list):
        return [_resolved(item) for item in value]
    if not isinstance(value, dict):
        return value
    if set(value) == {"ref"}:
        return value_of(value["ref"])
    if set(value) == {"join"}:
        return "".join(_resolved(part) for part in value["join"])
    if value == {"secret": True}:
        return SECRET
    return {key: _resolved(item) for key, item in value.items()}
