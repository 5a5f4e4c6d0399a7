"""How a cloud answers that nobody described: it takes everything, and stands by what it was told."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from scripts.rehearsal.model import Existing, Failure, Resource, Values
from scripts.rehearsal.telling import stood_in


class Echo:
    """A service for any type. Ids are the name and hex digits, which are the same in every equal run."""

    def check(self, type: str, inputs: Values, existing: Existing) -> Iterable[Failure]:
        return ()

    def create(self, type: str, name: str, inputs: Values, existing: Existing) -> tuple[str, dict[str, Any]]:
        # How often this very resource was made, not how many there are: the engine makes several at a time.
        told = f"{existing.setting('seed')} {type} {existing.setting('urn')} {existing.setting('counter')}"
        id = f"{name}-{hashlib.sha256(told.encode()).hexdigest()[:8]}"
        return id, stood_in(type, id, inputs, {})

    def update(self, resource: Resource, inputs: Values, existing: Existing) -> dict[str, Any]:
        return stood_in(resource.type, resource.id, inputs, resource.outputs)

    def read(self, resource: Resource, existing: Existing) -> dict[str, Any]:
        return dict(resource.outputs)

    def delete(self, resource: Resource, existing: Existing) -> None:
        return None
