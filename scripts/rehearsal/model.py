"""What the parts of a simulated cloud say to each other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, runtime_checkable

from components.errors import FleetError
from components.records import record

Values = Mapping[str, Any]
"""Properties by wire name (camelCase), as plain data."""


@record(kw_only=True)
class Failure:
    """An input that is refused before anything happens; `property` is its wire path (`scalingConfig.maxSize`)."""

    property: str
    reason: str


@record(kw_only=True)
class Resource:
    """Something that exists. `region` and `account` are those of the provider that made it, and `within` is what its id
    is unique in beside these: empty for most, a group for its scheduled actions."""

    type: str
    id: str
    urn: str
    inputs: Values
    outputs: Values
    region: str
    account: str
    within: str = ""


@record(kw_only=True)
class Effects:
    """What else comes and goes with a call: objects with their cluster, and what they leave behind."""

    made: tuple[Resource, ...] = ()
    gone: tuple[Resource, ...] = ()


class CloudError(FleetError):
    """The cloud refuses or fails: with its own code (`DependencyViolation`) and words."""

    def __init__(self, code: str, message: str, *, retryable: bool = False) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.retryable = code, message, retryable


class Existing(Protocol):
    """What exists in the simulated cloud, for those who answer in its name."""

    def find(self, id: str, type: str | None = None) -> Resource | None: ...
    def all(self, *types: str) -> Iterable[Resource]: ...
    def setting(self, key: str, default: Any = None) -> Any:
        """A setting of this cloud as plain data: quotas, capacity by zone and machine, latency."""
        ...


class Service(Protocol):
    """How one cloud answers, beyond what types can tell. Every method may raise CloudError."""

    def check(self, type: str, inputs: Values, existing: Existing) -> Iterable[Failure]:
        """What the cloud's API would refuse in these inputs by themselves: enumerations, lengths, patterns."""
        ...

    def create(self, type: str, name: str, inputs: Values, existing: Existing) -> tuple[str, dict[str, Any]]:
        """The id, and every output: inputs with defaults filled and what the cloud decides."""
        ...

    def update(self, resource: Resource, inputs: Values, existing: Existing) -> dict[str, Any]:
        """The outputs after an edit in place."""
        ...

    def read(self, resource: Resource, existing: Existing) -> dict[str, Any]:
        """The outputs as the cloud tells them now: sets in its own order, fields that it owns as they are."""
        ...

    def delete(self, resource: Resource, existing: Existing) -> None:
        """Refuse where others still use it; the caller removes it otherwise."""
        ...


@runtime_checkable
class Follower(Protocol):
    """A service that minds what becomes of other resources, its own or another cloud's."""

    def gone(self, resource: Resource, existing: Existing) -> Effects:
        """What else comes and goes now that a resource is gone."""
        ...
