"""Simulated clouds in memory, without the engine: what a provider does for one resource after the other."""

from __future__ import annotations

from typing import Any

from scripts.rehearsal import naming, providers
from scripts.rehearsal.cloud import Cloud, Scope
from scripts.rehearsal.model import Resource
from scripts.rehearsal.state import State


class Clouds:
    """Some clouds that share a state. Each resource is checked before it is made, and must be told as it was made."""

    def __init__(self, *names: str, account: str = "", region: str = "", **settings: Any) -> None:
        self.state = State()
        self.state.set({key.replace("__", "."): value for key, value in settings.items()})
        self.cloud = Cloud(self.state, providers.services(*names))
        self.scopes = {name: Scope(provider=name, region=region, account=account) for name in names}
        self.made: dict[str, Resource] = {}

    def id(self, name: str) -> str:
        return self.made[name].id

    def refused(self, type: str, /, **inputs: Any) -> dict[str, str]:
        """What the check of these inputs says, by property."""
        found = self.cloud.check(self._scope(type), type, inputs, _urn(type, "checked"))
        return {one.property: one.reason for one in found}

    def make(self, name: str, type: str, /, **inputs: Any) -> Resource:
        """Check and create; the inputs are by wire name, None for one to leave out. Raises CloudError."""
        given = {key: value for key, value in inputs.items() if value is not None}
        given = naming.named(type, name, given, {}, name.encode())
        failures = self.cloud.check(self._scope(type), type, given, _urn(type, name))
        assert not failures, (name, failures)
        self.made[name] = self.cloud.create(self._scope(type), type, _urn(type, name), given)
        return self.made[name]

    def edit(self, name: str, /, **changes: Any) -> Resource:
        """Edit in place. Raises CloudError."""
        old = self.made[name]
        given = {key: value for key, value in {**old.inputs, **changes}.items() if value is not None}
        self.made[name] = self.cloud.update(self._scope(old.type), old.type, old.id, old.urn, given)
        return self.made[name]

    def read(self, name: str) -> Resource:
        old = self.made[name]
        found = self.cloud.read(self._scope(old.type), old.type, old.id, old.urn)
        assert found is not None
        return found

    def delete(self, name: str) -> None:
        """Delete. Raises CloudError."""
        old = self.made[name]
        self.cloud.delete(self._scope(old.type), old.type, old.id, old.urn)
        del self.made[name]

    def left(self) -> list[str]:
        return sorted(one.urn.rpartition("::")[2] for one in self.cloud.all())

    def behind(self, provider: str, account: str) -> None:
        """Let a provider call on behalf of another account from now on: a Kubernetes provider, another API server."""
        self.scopes[provider] = Scope(provider=provider, account=account)

    def _scope(self, type: str) -> Scope:
        return self.scopes[type.partition(":")[0]]


def _urn(type: str, name: str) -> str:
    return f"urn:pulumi:dev::test::{type}::{name}"
