"""Compares what the engine has in its state with what the offline preview registered.

The preview writes `{"ref": "<name>.<output>"}` for what the cloud decides; here each reference is followed in the
engine's state, so that both sides hold the same ids, or differ.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from scripts.preview.references import SECRET, SIGNATURE
from scripts.preview.replies import part_of, steps

HIDDEN = {"secret": True}
ADDED = ("version", "__internal")
"""What the engine itself puts into a provider's inputs."""
DEFAULTS = "__defaults"
"""Where a provider notes which inputs it has filled itself: names, mostly."""


class Exported:
    """The resources of `pulumi stack export`, by logical name."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.resources = {one["urn"].rpartition("::")[2]: one for one in document["deployment"]["resources"]}

    def of(self, name: str) -> dict[str, Any]:
        return self.resources[name]

    def inputs(self, name: str) -> dict[str, Any]:
        """What the program gave."""
        added = ADDED if self.of(name)["type"].startswith("pulumi:providers:") else ()
        inputs = self.of(name).get("inputs", {})
        return _plain({key: value for key, value in inputs.items() if key not in added})

    def follow(self, reference: str) -> Any:
        """The value of `<name>.<output>`; names may hold dots."""
        name = reference
        while name and name not in self.resources:
            name = name.rpartition(".")[0]
        assert name, f"{reference} refers to nothing in the state"
        resource = self.resources[name]
        value: Any = {**resource.get("outputs", {}), "id": resource.get("id"), "urn": resource["urn"]}
        path, _, part = reference.removeprefix(f"{name}.").partition("|")
        for step in steps(path):
            value = value[step]
        return part_of(str(value), part) if part else value


def differences(name: str, offline: Any, exported: Exported) -> list[str]:
    """Where the inputs of a resource are not those of the offline preview: path, and both values."""
    found = _compared(name, dict(offline), exported.inputs(name), exported)
    return [f"{path}: {here!r} offline, {there!r} in the engine" for path, here, there in found]


def _compared(path: str, offline: Any, engine: Any, exported: Exported) -> Iterator[tuple[str, Any, Any]]:
    if isinstance(offline, list) and isinstance(engine, list) and len(offline) == len(engine):
        for number, (one, other) in enumerate(zip(offline, engine, strict=True)):
            yield from _compared(f"{path}[{number}]", one, other, exported)
        return
    if not isinstance(offline, dict):
        if offline != engine:
            yield path, offline, engine
    elif set(offline) == {"ref"} or set(offline) == {"join"}:
        expected = _followed(offline, exported)
        # A program may make text of a number that the cloud tells; offline the reference stays one.
        if expected != engine and str(expected) != engine:
            yield path, expected, engine
    elif not isinstance(engine, dict):
        yield path, offline, engine
    else:
        for key in sorted(offline.keys() | engine.keys()):
            yield from _compared(f"{path}.{key}", offline.get(key), engine.get(key), exported)


def _followed(value: Any, exported: Exported) -> Any:
    if not isinstance(value, dict):
        return value
    if "ref" in value:
        return exported.follow(value["ref"])
    return "".join(str(_followed(part, exported)) for part in value["join"])


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get(SIGNATURE) == SECRET:
        return HIDDEN
    added = (DEFAULTS, *value.get(DEFAULTS, ()))
    return {key: _plain(item) for key, item in value.items() if key not in added}
