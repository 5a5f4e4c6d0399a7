"""The resources of an exported state (`pulumi stack export`) -> the plain JSON that readers take, with no engine.

It gives the picture that the policy pack has after a deployment: what the program set, where a value that another
resource decided is a reference to it (see `policies.wire`). A state may hold tens of thousands of resources, so that
nothing is copied that need not be.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""The key by which Pulumi marks secrets and other special values in JSON."""
DEFAULTS = "__defaults"
"""The key under which providers list what they filled in."""
LINKS = ("arn", "selfLink", "name")
"""Outputs, beside the id, by which resources refer to each other."""
_SECRET = {"secret": True}

Item = Mapping[str, Any]


def resources_of(deployment: Item) -> list[dict[str, Any]]:
    """The resources of a deployment, in its order, without those that only wait for their deletion."""
    items = [one for one in _maps(deployment.get("resources")) if not one.get("delete")]
    by_urn = {str(one.get("urn")): one for one in items}
    names = {urn: urn.split("::", 3)[-1] for urn in by_urn}
    return [_resource(one, by_urn, names) for one in items]


def _resource(one: Item, by_urn: Mapping[str, Item], names: Mapping[str, str]) -> dict[str, Any]:
    provider = one.get("provider")
    written = _map(one.get("inputs"))
    filled: list[str] = written.get(DEFAULTS) or []
    given = {key: _plain(value) for key, value in written.items() if key != DEFAULTS and key not in filled}
    for key, urns in _map(one.get("propertyDependencies")).items():
        if key in given and urns:
            outputs = _outputs(urns, by_urn, names)
            given[key] = _linked(given[key], outputs) if outputs else given[key]
    if one.get("type") == "pulumi:pulumi:Stack":  # what a program exports stands among its outputs
        given = {key: _plain(value) for key, value in _map(one.get("outputs")).items()}
    return {
        "type": str(one.get("type")),
        "name": names[str(one.get("urn"))],
        "parent": names.get(str(one.get("parent"))),
        "provider": str(provider).rpartition("::")[0].split("::", 3)[-1] if provider else None,
        "component": not one.get("custom"),
        "protect": bool(one.get("protect")),
        "inputs": given,
    }


def _outputs(urns: Iterable[str], by_urn: Mapping[str, Item], names: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What refers to the resources that a property depends on: text -> reference."""
    found: dict[str, dict[str, str]] = {}
    for urn in urns:
        one = by_urn.get(urn)
        if one is None:
            continue
        outputs = _map(one.get("outputs"))
        texts: dict[str, Any] = {"id": one.get("id"), **{key: outputs.get(key) for key in LINKS}}
        for key, text in texts.items():
            if isinstance(text, str) and text:
                found.setdefault(text, {"ref": f"{names[urn]}.{key}"})
    return found


def _linked(value: Any, outputs: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return outputs.get(value, value)
    if isinstance(value, dict):
        return {key: _linked(one, outputs) for key, one in cast("dict[str, Any]", value).items()}
    if isinstance(value, list):
        return [_linked(one, outputs) for one in cast("list[Any]", value)]
    return value


def _plain(value: Any) -> Any:
    """A value with secrets hidden, and without what providers note in it."""
    if isinstance(value, dict):
        items = cast("dict[str, Any]", value)
        if SIGNATURE in items:
            return _SECRET
        return {key: _plain(one) for key, one in items.items() if key != DEFAULTS}
    if isinstance(value, list):
        return [_plain(one) for one in cast("list[Any]", value)]
    return value


def _map(value: Any) -> dict[str, Any]:
    return cast("dict[str, Any]", value) if isinstance(value, dict) else {}


def _maps(value: Any) -> list[Item]:
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("Item", one) for one in items if isinstance(one, dict)]
