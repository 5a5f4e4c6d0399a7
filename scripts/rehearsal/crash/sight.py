"""What there is after a run, in a form in which two histories can be compared: without the ids that chance decides."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, cast

from components.records import record
from scripts.preview.references import SECRET, SIGNATURE
from scripts.preview.state import HIDDEN
from scripts.rehearsal.model import Resource

_DIGITS = re.compile(r"-[0-9a-f]{7}\b")  # what providers put behind the names that they choose
_VARIES = ("id", "outputs", "created", "modified", "provider", "sourcePosition", "stackTrace")
_SHOWN = 3


@record(kw_only=True)
class Sight:
    """The cloud and the engine's state. `problems` are what must never be: orphans, losses, things half deleted."""

    cloud: Mapping[str, str]
    state: Mapping[str, str]
    problems: tuple[str, ...] = ()

    def differences(self, wanted: Sight) -> list[str]:
        """In words, what differs from what should be; nothing where all is well."""
        told = [*self.problems]
        for where, here, there in (("cloud", self.cloud, wanted.cloud), ("state", self.state, wanted.state)):
            told += [f"not in the {where}: {_name(urn)}" for urn in there if urn not in here]
            told += [f"too much in the {where}: {_name(urn)}" for urn in here if urn not in there]
            told += [f"other in the {where}: {_name(urn)}" for urn in here if here[urn] != there.get(urn, here[urn])]
        more = [f"{len(told) - _SHOWN} more"] if len(told) > _SHOWN else []
        return [*told[:_SHOWN], *more]


def seen(cloud: Iterable[Resource], deployment: Mapping[str, Any]) -> Sight:
    """What a cloud and an exported deployment show."""
    exists, resources = list(cloud), list(deployment.get("resources") or ())
    plain = _Plain(exists)
    return Sight(
        cloud={one.urn: plain.text({"type": one.type, "inputs": dict(one.inputs)}) for one in exists},
        state={str(one["urn"]): plain.text(_lasting(one)) for one in resources},
        problems=tuple(_problems(exists, resources)),
    )


def _problems(exists: Sequence[Resource], resources: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    ours = [one for one in resources if one.get("custom") and not str(one["type"]).startswith("pulumi:")]
    known = {(str(one["urn"]), str(one["id"])) for one in ours}
    there = {(one.urn, one.id) for one in exists}
    yield from (f"nobody owns {_name(urn)} ({id})" for urn, id in sorted(there - known))
    yield from (f"gone from the cloud: {_name(urn)} ({id})" for urn, id in sorted(known - there))
    twice = [urn for urn, count in Counter(one.urn for one in exists).items() if count > 1]
    yield from (f"there twice: {_name(urn)}" for urn in twice)
    yield from (f"still to be deleted: {_name(str(one['urn']))}" for one in ours if one.get("delete"))


class _Plain:
    """Writes names of resources in place of their ids."""

    def __init__(self, exists: Iterable[Resource]) -> None:
        names: dict[str, str] = {}
        for one in sorted(exists, key=lambda one: one.urn):
            names.setdefault(one.id, f"<{_name(one.urn)}>")
        self._names = names
        longest = sorted(names, key=len, reverse=True)
        self._ids = re.compile("|".join(map(re.escape, longest)) or r"(?!)")

    def text(self, value: Any) -> str:
        told = self._ids.sub(lambda match: self._names[match[0]], json.dumps(value, sort_keys=True))
        return _DIGITS.sub("-#", told)


def _lasting(resource: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: _readable(value) for key, value in resource.items() if key not in _VARIES}
    by_property: Mapping[str, Sequence[str]] = resource.get("propertyDependencies") or {}
    kept["dependencies"] = sorted(resource.get("dependencies") or ())
    kept["propertyDependencies"] = {name: sorted(urns) for name, urns in by_property.items()}
    return kept


def _readable(value: Any) -> Any:
    """A value without the text of secrets, which is another one each time that they are encrypted."""
    if isinstance(value, list):
        return [_readable(item) for item in cast("list[Any]", value)]
    if not isinstance(value, Mapping):
        return value
    items = cast("Mapping[str, Any]", value)
    if items.get(SIGNATURE) == SECRET:
        return HIDDEN
    return {key: _readable(item) for key, item in items.items()}


def _name(urn: str) -> str:
    return urn.rpartition("::")[2]
