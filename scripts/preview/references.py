"""Values that only the cloud can know, while a program runs without a cloud.

Each is a token: text that nothing else produces, the same in every run, safe in JSON documents, lower-case names and
URLs. When the run is over, `render` replaces tokens by what they stand for: `{"ref": "<logical name>.<output>"}`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from typing import Any, cast

# The signatures by which Pulumi marks a value's kind on the wire. They are a part of its protocol (sdk/go/common/
# resource/sig) and written out here because the SDK keeps its own copies private.
SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET = "1b47061264138c4ac30d75fd1eb44270"
RESOURCE = "5cf8f73096256a8f31e491e813e4eb8e"
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"

TOKEN = re.compile(r"zref[0-9a-f]{24}z")


class References:
    """The tokens of one run."""

    def __init__(self) -> None:
        self._meanings: dict[str, str] = {}
        self._names_of_urns: dict[str, str] = {}

    def token(self, name: str, output: str) -> str:
        """The token for an output (`arn`, `vpcConfig.clusterSecurityGroupId`, `id`) of the resource called `name`."""
        meaning = f"{name}.{output}"
        # A digest, not a counter: a name that a program derives from a token must not change with its neighbours.
        token = f"zref{hashlib.sha256(meaning.encode()).hexdigest()[:24]}z"
        self._meanings[token] = meaning
        return token

    def meanings(self) -> dict[str, str]:
        """Token -> `<logical name>.<output>`, of all that were given out."""
        return dict(self._meanings)

    def name_urn(self, urn: str, name: str) -> None:
        """Remember whose URN this is, so that resources that are passed as values can be rendered."""
        self._names_of_urns[urn] = name

    def urns(self) -> tuple[str, ...]:
        """The URN of everything that was registered, in its order."""
        return tuple(self._names_of_urns)

    def name_of(self, urn: str) -> str:
        """The logical name of a registered resource. Raises KeyError for a URN that was never registered."""
        return self._names_of_urns[urn]

    def render(self, value: Any) -> Any:
        """Plain data with references, joins and secrets in place of tokens and of Pulumi's signed maps."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self.render(item) for item in cast("list[Any]", value)]
        if isinstance(value, dict):
            return self._map(cast("dict[str, Any]", value))
        return value

    def _map(self, value: dict[str, Any]) -> Any:
        kind = value.get(SIGNATURE)
        if kind is None:
            return {self._key(key): self.render(item) for key, item in value.items()}
        if kind == SECRET:
            return {"secret": True}
        if kind == RESOURCE:
            return {"ref": f"{self.name_of(value['urn'])}.{'id' if 'id' in value else 'urn'}"}
        return {key: self.render(item) for key, item in value.items() if key != SIGNATURE}

    def _key(self, key: str) -> str:
        # A key must stay text, so it shows a reference in the way that Pulumi's own YAML writes one.
        return TOKEN.sub(lambda match: f"${{{self._meaning(match)}}}", key)

    def _text(self, text: str) -> Any:
        parts = list(self._parts(text))
        if not any(isinstance(part, dict) for part in parts):
            return text
        return parts[0] if len(parts) == 1 else {"join": parts}

    def _parts(self, text: str) -> Iterator[str | dict[str, str]]:
        end = 0
        for match in TOKEN.finditer(text):
            if match[0] not in self._meanings:
                continue  # looks like a token, but this run made no such thing
            if match.start() > end:
                yield text[end : match.start()]
            yield {"ref": self._meaning(match)}
            end = match.end()
        if end < len(text):
            yield text[end:]

    def _meaning(self, match: re.Match[str]) -> str:
        return self._meanings.get(match[0], match[0])


def unknown_paths(value: Any, path: str = "") -> Iterator[str]:
    """The paths below `value` at which Pulumi does not know the value; a secret may hide one too."""
    if isinstance(value, str):
        if value == UNKNOWN:
            yield path
    elif isinstance(value, list):
        for index, item in enumerate(cast("list[Any]", value)):
            yield from unknown_paths(item, f"{path}[{index}]")
    elif isinstance(value, dict):
        for key, item in cast("dict[str, Any]", value).items():
            yield from unknown_paths(item, f"{path}.{key}" if path else key)
