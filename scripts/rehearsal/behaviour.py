"""How a cloud answers for one type of resource, and one call on its behalf: what clouds have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar, Generic, TypeVar

from components.records import record
from scripts.rehearsal.echo import Echo
from scripts.rehearsal.model import Existing, Failure, Resource, Values
from scripts.rehearsal.telling import stood_in
from scripts.rehearsal.values import at, copied, digest, filled, shuffle

MADE_AT = "2026-01-01T00:00:00Z"
"""When everything was made: a rehearsal has no clock, so that two of them are equal."""


@record(kw_only=True)
class Call:
    """One question to a cloud: the inputs, and the cloud that they meet. `was` is the resource, if it exists already.

    `account` and `region` are what the provider was configured with: a project, a subscription, an API server.
    """

    type: str
    name: str
    inputs: Values
    existing: Existing
    account: str
    region: str
    was: Resource | None = None

    def text(self, *path: str, default: str = "") -> str:
        found = at(self.inputs, *path)
        return default if found is None else str(found)

    def others(self, *types: str) -> Iterable[Resource]:
        """What exists of these types, without the resource itself."""
        mine = None if self.was is None else (self.was.urn, self.was.id)
        return (one for one in self.existing.all(*types) if (one.urn, one.id) != mine)

    def digits(self, length: int, *more: object) -> str:
        """Hexadecimal digits of this very resource: new with each creation of it, equal in every equal run."""
        if self.was is not None:
            return digest(self.was.id, *more)[:length]
        told = [self.existing.setting(key, "") for key in ("seed", "urn", "counter")]
        return digest(*told, self.type, self.name, self.account, *more)[:length]

    def uuid(self, *more: object) -> str:
        text = self.digits(32, *more)
        return "-".join((text[:8], text[8:12], text[12:16], text[16:20], text[20:]))


C = TypeVar("C", bound=Call)


class BehaviourOf(Generic[C]):
    """How a cloud answers for one type of resource. A subclass says what is special; the rest is here."""

    defaults: ClassVar[Mapping[str, Any]] = {}
    """What the cloud takes where the inputs say nothing. Sources stand beside each."""
    nested: ClassVar[Mapping[str, Mapping[str, Any]]] = {}
    """Defaults inside a block, where the inputs have that block."""
    sets: ClassVar[tuple[str, ...]] = ()
    """Paths whose order is not kept."""
    lasting: ClassVar[tuple[str, ...]] = ()
    """What the cloud has decided once, when the resource was made, and an edit does not change."""

    def verify(self, call: C) -> None:
        """Refuse what does not fit to what exists; also before an edit, when `call.was` is set."""

    def identify(self, call: C) -> str:
        raise NotImplementedError

    def decide(self, call: C, id: str) -> dict[str, Any]:
        """The outputs that are the cloud's own; equal for an edited resource unless `call.was` says otherwise."""
        return {}

    def release(self, call: C, gone: Resource) -> None:
        """Refuse a deletion that others stand in the way of."""

    def told(self, call: C, now: Resource) -> dict[str, Any]:
        """The outputs as they are now: what others did to the resource since it was made."""
        return {}

    def outputs(self, call: C, id: str) -> dict[str, Any]:
        """Everything that the resource tells. What the SDK has always told, and nobody describes here, gets a stand-in."""
        made = self.described(call, id)
        return stood_in(call.type, id, made, {} if call.was is None else call.was.outputs, lists=0)

    def described(self, call: C, id: str) -> dict[str, Any]:
        """The inputs with the cloud's defaults, and what it decides itself, sets in an order of its own."""
        made: dict[str, Any] = filled(call.inputs, self.defaults)
        for block, defaults in self.nested.items():
            if made.get(block) is not None:
                made[block] = filled(made[block], defaults)
        told: Values = {} if call.was is None else call.was.outputs
        made = filled(self.decide(call, id) | {name: told[name] for name in self.lasting if name in told}, made)
        for path in self.sets:
            shuffle(made, path.split("."))
        return made


class Behaviour(BehaviourOf[Call]):
    """One that needs no more of a call than every cloud's has."""


class Answers:
    """A service made of behaviours; a type without one is taken as it is, once the limits let it pass."""

    def __init__(
        self,
        behaviours: Mapping[str, Behaviour],
        limits: Callable[[str, Values], Iterable[Failure]],
        account: str,
        region: str,
    ) -> None:
        self._behaviours, self._limits, self._account, self._region = behaviours, limits, account, region
        self._echo = Echo()

    def check(self, type: str, inputs: Values, existing: Existing) -> Iterable[Failure]:
        return self._limits(type, inputs)

    def create(self, type: str, name: str, inputs: Values, existing: Existing) -> tuple[str, dict[str, Any]]:
        behaviour = self.behaviour(type)
        if behaviour is None:
            return self._echo.create(type, name, inputs, existing)
        call = self._call(type, name, inputs, existing)
        self.begin(call)
        behaviour.verify(call)
        id = behaviour.identify(call)
        return id, behaviour.outputs(call, id)

    def update(self, resource: Resource, inputs: Values, existing: Existing) -> dict[str, Any]:
        behaviour = self.behaviour(resource.type)
        if behaviour is None:
            return self._echo.update(resource, inputs, existing)
        call = self._of(resource, inputs, existing)
        behaviour.verify(call)
        return behaviour.outputs(call, resource.id)

    def read(self, resource: Resource, existing: Existing) -> dict[str, Any]:
        behaviour = self.behaviour(resource.type)
        now: dict[str, Any] = copied(resource.outputs)
        return (
            now if behaviour is None else now | behaviour.told(self._of(resource, resource.inputs, existing), resource)
        )

    def delete(self, resource: Resource, existing: Existing) -> None:
        behaviour = self.behaviour(resource.type)
        if behaviour is not None:
            behaviour.release(self._of(resource, resource.inputs, existing), resource)

    def behaviour(self, type: str) -> Behaviour | None:
        return self._behaviours.get(type)

    def begin(self, call: Call) -> None:
        """Refuse what this account may not make at all."""

    def _call(self, type: str, name: str, inputs: Values, existing: Existing) -> Call:
        account = str(existing.setting("account", self._account))
        region = str(existing.setting("region", self._region))
        return Call(type=type, name=name, inputs=inputs, existing=existing, account=account, region=region)

    def _of(self, resource: Resource, inputs: Values, existing: Existing) -> Call:
        return Call(
            type=resource.type,
            name=resource.urn.rpartition("::")[2],
            inputs=inputs,
            existing=existing,
            account=resource.account or self._account,
            region=resource.region or self._region,
            was=resource,
        )
