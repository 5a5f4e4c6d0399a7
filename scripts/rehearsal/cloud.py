"""A simulated cloud: strict about what it is given, and as a service of its own says in everything else."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from components.records import record
from scripts.engine import takeover
from scripts.rehearsal import providers, schema
from scripts.rehearsal.calls import Calls
from scripts.rehearsal.diff import Difference, compare
from scripts.rehearsal.echo import Echo
from scripts.rehearsal.faults import Faults, kill
from scripts.rehearsal.model import CloudError, Failure, Follower, Resource, Service, Values
from scripts.rehearsal.reading import as_written
from scripts.rehearsal.state import State
from scripts.rehearsal.telling import previewed
from scripts.rehearsal.wire import at, holds_unknown


@record(kw_only=True)
class Scope:
    """On whose behalf a call is made: provider, and the region and account that it was configured with."""

    provider: str
    region: str = ""
    account: str = ""


class View:
    """What exists, as a service sees it during one call: look-ups may miss what is too new, and settings know the call.

    Beside the cloud's own settings there are `region` and `account` of the call, `urn`, `seed`, and `counter`: how
    often the resource of this URN was made. Ids that are made of it are new each time, and equal in every equal run,
    whatever the order in which the engine makes resources.
    """

    def __init__(self, cloud: Cloud, call: Mapping[str, Any]) -> None:
        self._cloud, self._call = cloud, call

    def find(self, id: str, type: str | None = None) -> Resource | None:
        return self._cloud.find(id, type)

    def all(self, *types: str) -> Iterable[Resource]:
        return self._cloud.all(*types)

    def setting(self, key: str, default: Any = None) -> Any:
        given = self._call.get(key)
        return given if given not in (None, "") else self._cloud.setting(key, default)


class Cloud:
    """One simulated cloud. `services` answer by provider; a provider without one gets its inputs back.

    `on_unknown` is what a property means whose effect no table knows: `error`, `update` or `replace`.
    """

    def __init__(
        self,
        state: State,
        services: Mapping[str, Service],
        *,
        on_unknown: str = "error",
        crash: Callable[[], None] = lambda: kill(os.getpid()),
    ) -> None:
        self.state, self.services, self.on_unknown = state, services, on_unknown
        self.faults = Faults(state)
        self._calls = Calls(state, self.faults, self._service, crash)

    # What exists

    def find(self, id: str, type: str | None = None) -> Resource | None:
        """A resource by its id, of any type or of one; one that a fault hides is missed."""
        for resource in self.state.resources(*([type] if type else []), id=id):
            if self.state.seen(resource):
                return resource
        return None

    def all(self, *types: str) -> list[Resource]:
        """What exists of these types, of every type without any, in order of creation."""
        return self.state.resources(*types)

    def setting(self, key: str, default: Any = None) -> Any:
        return self.state.setting(key, default)

    # Calls

    def check(self, scope: Scope, type: str, inputs: Values, urn: str = "") -> list[Failure]:
        """What is refused before anything happens. A service's word on a value that is not known yet is not heard."""
        found = schema.failures(type, inputs)
        if found:
            return found  # a service may rely on names and kinds
        said = self._service(type).check(type, _said(inputs), self._view(scope, urn))
        return [failure for failure in said if not holds_unknown(at(inputs, failure.property))]

    def preview(self, type: str, inputs: Values, old: Values | None = None) -> dict[str, Any]:
        """What is known before it happens: the inputs, what it told until now, unknown values for the rest."""
        return previewed(type, _said(inputs), old or {})

    def create(self, scope: Scope, type: str, urn: str, inputs: Values) -> Resource:
        """Make a resource. Raises CloudError; LostReply and Partial where it was made all the same.

        Where making it twice is the same as once, a second call for the same URN is no error.
        """

        def act() -> Resource:
            self.state.count(f"made {urn}")
            id, outputs = self._service(type).create(type, _name(urn), _said(inputs), self._view(scope, urn))
            region = str(inputs.get("region") or scope.region)
            made = Resource(
                type=type,
                id=id,
                urn=urn,
                inputs=inputs,
                outputs=outputs,
                region=region,
                account=scope.account,
                within=providers.within(type, inputs),
            )
            if any(self._clash(made, other) for other in self.state.resources(type, id=id)):
                raise CloudError("AlreadyExists", f"{type} {id} exists already")
            self.state.put(made)
            return made

        return self._calls.run("create", type, urn, act)

    def read(self, scope: Scope, type: str, id: str, urn: str = "", *, imported: bool = False) -> Resource | None:
        """A resource as the cloud tells it now; None if it is gone, or looks so.

        `imported`: the id is one that `pulumi import` was given, which for some types is made of other names.
        """

        def act() -> Resource | None:
            found = self._one(type, id, urn) or (self._by_import(type, id) if imported else None)
            if found is None or not self.state.seen(found):
                return None
            told = self._service(type).read(found, self._view(scope, found.urn))
            before = found.outputs if providers.keeps_inputs(type) else None
            return replace(found, outputs=told, inputs=as_written(type, found.inputs, told, before))

        return self._calls.run("read", type, urn, act)

    def update(self, scope: Scope, type: str, id: str, urn: str, inputs: Values) -> Resource:
        """Edit a resource in place."""

        def act() -> Resource:
            found = self._existing(type, id, urn)
            outputs = self._service(type).update(found, _said(inputs), self._view(scope, urn))
            changed = replace(found, urn=urn or found.urn, inputs=inputs, outputs=outputs)
            self.state.put(changed)
            return changed

        return self._calls.run("update", type, urn, act)

    def delete(self, scope: Scope, type: str, id: str, urn: str) -> None:
        """Remove a resource, unless its service refuses; what is gone already is fine, as providers have it."""

        def act() -> None:
            found = self._one(type, id, urn)
            if found is not None:
                self._service(type).delete(found, self._view(scope, urn))
                self.state.remove(found)
                if providers.kept(type):
                    self.state.set({f"kept.{type}.{found.id}": _said(found.inputs)})
                self._follow(found, scope)

        self._calls.run("delete", type, urn, act)

    def diff(self, scope: Scope, type: str, id: str, old: Values, new: Values) -> Difference:
        """What a change of inputs does. Raises CloudError where no table knows it and `on_unknown` is `error`."""
        # A resource that names no region is in its provider's, and cannot move (terraform-provider-aws,
        # internal/provider/sdkv2/region.go, forceNewIfRegionChanges).
        was = next((one.region for one in self.state.resources(type, id=id)), "") if _has_region(type) else ""
        if was and scope.region and not (old.get("region") or new.get("region")):
            old, new = {**old, "region": was}, {**new, "region": scope.region}
        return compare(type, old, new, self.on_unknown, providers.sets(type))

    def edit(self, type: str, id: str, changes: Values) -> Resource:
        """Change a resource behind the engine's back: outputs by name, which the inputs follow where they have it."""
        with self.state.transaction():
            found = self._existing(type, id)
            inputs = {name: changes.get(name, value) for name, value in found.inputs.items()}
            changed = replace(found, inputs=inputs, outputs={**found.outputs, **changes})
            self.state.put(changed)
            return changed

    # Inside

    def _follow(self, gone: Resource, scope: Scope) -> None:
        """Let those who mind what others do know that a resource is gone."""
        for follower in (service for service in self.services.values() if isinstance(service, Follower)):
            effects = follower.gone(gone, self._view(scope, gone.urn))
            for one in effects.gone:
                self.state.remove(one)
            for one in effects.made:
                self.state.put(one)

    def _by_import(self, type: str, id: str) -> Resource | None:
        """The resource that an import means."""
        known = {takeover.import_id(type, one.inputs, one.account, one.id): one for one in self.state.resources(type)}
        return known.get(id)

    def _clash(self, made: Resource, other: Resource) -> bool:
        """Whether two with one id cannot be; the same one may be made again where that is the same as once."""
        same_place = (made.region, made.account, made.within) == (other.region, other.account, other.within)
        return same_place and not (made.urn == other.urn and takeover.repeats(made.type))

    def _one(self, type: str, id: str, urn: str) -> Resource | None:
        """The resource of a URN; another of that id where none has it, as after an alias."""
        found = self.state.resources(type, id=id)
        return next((one for one in found if one.urn == urn), found[0] if found else None)

    def _existing(self, type: str, id: str, urn: str = "") -> Resource:
        found = self._one(type, id, urn)
        if found is None:
            raise CloudError("NotFound", f"{type} {id} does not exist")
        return found

    def _service(self, type: str) -> Service:
        return self.services.get(type.partition(":")[0]) or Echo()

    def _view(self, scope: Scope, urn: str) -> View:
        return View(
            self,
            {
                "region": scope.region,
                "account": scope.account,
                "urn": urn,
                "seed": self.setting("seed", "0"),
                "counter": self.state.count(f"made {urn}", 0),
            },
        )


def _said(inputs: Values) -> dict[str, Any]:
    """The inputs without what Pulumi notes beside them."""
    return {name: value for name, value in inputs.items() if not name.startswith("__")}


def _has_region(type: str) -> bool:
    return "/" in type and schema.installed(type) and "region" in schema.inputs_of(type)


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
