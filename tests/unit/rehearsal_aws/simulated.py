"""A cloud in memory, as small as it can be, and whole stacks of the offline preview to put into it."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Mapping
from typing import Any

from scripts.rehearsal.aws.provider import AUTONAMES, LOWERCASE, PREFIXES
from scripts.rehearsal.aws.service import service
from scripts.rehearsal.model import Resource

ACCOUNT, REGION = "123456789012", "us-east-1"


class Cloud:
    """What exists, with the settings that the service asks for; `counter` grows with every creation, as the state's does."""

    def __init__(self, **settings: Any) -> None:
        self.settings: dict[str, Any] = {"account": ACCOUNT, "region": REGION, "counter": 0, **settings}
        self.here: dict[tuple[str, str], Resource] = {}  # by URN and id
        self.service = service()

    def find(self, id: str, type: str | None = None) -> Resource | None:
        return next((one for one in self.here.values() if one.id == id and type in (None, one.type)), None)

    def all(self, *types: str) -> Iterable[Resource]:
        return [one for one in self.here.values() if not types or one.type in types]

    def setting(self, key: str, default: Any = None) -> Any:
        return self.settings.get(key, default)

    def create(self, type: str, name: str, inputs: Mapping[str, Any]) -> Resource:
        inputs = named(type, name, inputs)
        refused = list(self.service.check(type, inputs, self))
        assert not refused, (type, name, refused)
        self.settings["counter"] += 1
        before = copy.deepcopy(dict(inputs))
        id, outputs = self.service.create(type, name, inputs, self)
        assert inputs == before, f"{type} changed its inputs"
        return self._keep(type, id, f"urn:pulumi:dev::fleet::{type}::{name}", inputs, outputs)

    def _keep(self, type: str, id: str, urn: str, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Resource:
        account, region = self.settings["account"], self.settings["region"]
        made = Resource(type=type, id=id, urn=urn, inputs=inputs, outputs=outputs, region=region, account=account)
        self.here[(urn, id)] = made
        return made

    def update(self, one: Resource, **changes: Any) -> Resource:
        inputs = {key: value for key, value in {**one.inputs, **changes}.items() if value is not None}
        outputs = self.service.update(one, inputs, self)
        return self._keep(one.type, one.id, one.urn, inputs, outputs)

    def read(self, one: Resource) -> dict[str, Any]:
        return self.service.read(one, self)

    def delete(self, one: Resource) -> None:
        self.service.delete(one, self)
        del self.here[(one.urn, one.id)]


def named(type: str, name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs with the name that Pulumi gives where the program gives none."""
    known = AUTONAMES.get(type)
    if known is None or known[0] in inputs:
        return dict(inputs)
    prop, longest = known
    start = PREFIXES.get(type, "")
    made = f"{start}{name[: longest - 8 - len(start)]}-0a1b2c3"
    return {**inputs, prop: made.lower() if type in LOWERCASE else made}


def deploy(resources: list[dict[str, Any]], cloud: Cloud) -> dict[str, Resource]:
    """Every AWS resource of a preview, in an order that its references and dependencies allow."""
    waiting = [one for one in resources if one["type"].startswith("aws:")]
    names = {one["name"] for one in waiting}
    made: dict[str, Resource] = {}
    while waiting:
        ready = [one for one in waiting if needs(one, names) <= made.keys()]
        assert ready, [one["name"] for one in waiting]
        for one in ready:
            made[one["name"]] = cloud.create(one["type"], one["name"], resolved(one["inputs"], made))
        waiting = [one for one in waiting if one["name"] not in made]
    return made


def needs(one: Mapping[str, Any], names: set[str]) -> set[str]:
    return (set(references(one["inputs"], names)) | set(one["depends_on"])) & names


def references(value: Any, names: set[str]) -> Iterable[str]:
    if isinstance(value, dict):
        if set(value) == {"ref"}:
            yield split(value["ref"])[0]
        for one in value.values():
            yield from references(one, names)
    elif isinstance(value, list):
        for one in value:
            yield from references(one, names)


def split(ref: str) -> tuple[str, list[str]]:
    name, _, path = ref.partition(".")
    return name, re.findall(r"[^.\[\]]+", path)


def resolved(value: Any, made: Mapping[str, Resource]) -> Any:
    if isinstance(value, dict):
        if set(value) == {"ref"}:
            name, path = split(value["ref"])
            here: Any = {**made[name].outputs, "id": made[name].id}
            for step in path:
                here = here[int(step)] if step.isdigit() else here[step]
            return here
        if set(value) == {"join"}:
            return "".join(str(resolved(one, made)) for one in value["join"])
        return {key: resolved(one, made) for key, one in value.items()}
    return [resolved(one, made) for one in value] if isinstance(value, list) else value
