"""Resources as Pulumi's policy SDK hands them over -> the plain JSON that readers take (`policies.readers.graph`).

Reading a value that is not known yet raises, and the SDK would then pass over the whole policy; here each such value
becomes a reference, by itself: to the resource that it depends on, or to nothing (`{"ref": "unknown"}`). After the
deployment the values are known; what equals an output of a dependency becomes the same reference, so that both give
one picture.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, cast

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

LINKS = ("id", "arn", "selfLink", "name")
"""Outputs by which resources refer to each other."""


def plain(resource: PolicyResource, given: Collection[str] | None = None) -> dict[str, Any]:
    """One resource as plain JSON. No value of it stays unread, and none raises.

    `given` names the properties that the program set. The engine hands over outputs: before a deployment, what the
    program leaves to the cloud is there too, as a value that is not known yet, and says nothing of what was asked for.
    Without `given` nobody can tell one from the other, and all that is unknown counts.
    """
    return {
        "type": resource.resource_type,
        "name": resource.name,
        "parent": resource.parent.name if resource.parent is not None else None,
        "provider": resource.provider.name if resource.provider is not None else None,
        "component": resource.provider is None,  # every resource that something manages has a provider
        "protect": bool(resource.opts.protect),
        "inputs": {
            key: _value(resource.props, key, _Links(resource.property_dependencies.get(key) or ()))
            for key in resource.props
            if given is None or key in given or _is_known(resource.props, key)
        },
    }


class _Links:
    """What one property of a resource depends on."""

    def __init__(self, dependencies: Sequence[PolicyResource]) -> None:
        names = sorted({one.name for one in dependencies})
        self.unknown: Mapping[str, Any] = {"ref": "unknown"}
        if len(names) == 1:
            self.unknown = {"ref": f"{names[0]}.id"}
        elif names:
            self.unknown = {"join": [{"ref": f"{name}.id"} for name in names]}
        self._outputs = {
            value: {"ref": f"{one.name}.{output}"} for one in dependencies for output, value in _known(one).items()
        }

    def of(self, text: str) -> Any:
        return self._outputs.get(text, text)


def _known(resource: PolicyResource) -> dict[str, str]:
    found: dict[str, str] = {}
    for output in LINKS:
        try:
            value = resource.props[output]
        except (UnknownValueError, KeyError):
            continue
        if isinstance(value, str) and value:
            found[output] = value
    return found


def _is_known(container: Any, key: str) -> bool:
    try:
        container[key]
    except UnknownValueError:
        return False
    return True


def _value(container: Any, key: Any, links: _Links) -> Any:
    try:
        value = container[key]
    except UnknownValueError:
        return links.unknown
    if isinstance(value, str):
        return links.of(value)
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, Any]", value)
        return {inner: _value(mapping, inner, links) for inner in mapping}
    if isinstance(value, Sequence):
        return [_value(value, index, links) for index in range(len(cast("Sequence[Any]", value)))]
    return value if value is None or isinstance(value, bool | int | float) else {"ref": "unknown"}
