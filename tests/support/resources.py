"""What a program registers: run without a cloud."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from scripts.preview import capture
from scripts.preview.capture import Captured, Registered
from scripts.preview.replies import REPLIES, Replies


class Resources:
    """The resources of one run, by logical name and by type."""

    def __init__(self, captured: Captured) -> None:
        self.all = captured.resources
        self.outputs = captured.outputs
        self._by_name = {resource.name: resource for resource in captured.resources}

    def __getitem__(self, name: str) -> Registered:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def of(self, kind: str) -> list[Registered]:
        """Those of a type, named as in the SDK: `ec2/subnet:Subnet`."""
        return [resource for resource in self.all if resource.type.partition(":")[2] == kind]

    def inputs(self, name: str) -> Mapping[str, Any]:
        return self._by_name[name].inputs


def run(program: Callable[[], object], stack: str, config: Mapping[str, str], more: Replies) -> Resources:
    """What a program registers; `more` are replies of types that the preview's own table may not have."""

    def main() -> None:
        program()

    return Resources(capture.run(main, stack=stack, config=config, replies={**more, **REPLIES}))


def ref(output: str) -> dict[str, str]:
    """A value that the cloud decides: `<logical name>.<output>`."""
    return {"ref": output}


def text(value: Any) -> str:
    """A text, in which what the cloud decides reads `${<logical name>.<output>}`."""
    parts = value["join"] if isinstance(value, dict) and "join" in value else [value]
    return "".join(part if isinstance(part, str) else f"${{{part['ref']}}}" for part in parts)


def document(value: Any) -> dict[str, Any]:
    """A policy or configuration as data, with texts as `text` has them."""
    return json.loads(text(value))
