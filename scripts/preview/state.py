"""What a stack consists of, as `pulumi stack export` writes it: read, checked, and made comparable with a preview."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from components.errors import Finding, InputError, Level
from components.records import record
from scripts.preview.references import SECRET, SIGNATURE
from scripts.preview.replies import part_of

STACK_TYPE = "pulumi:pulumi:Stack"
PROVIDERS = "pulumi:providers:"
DEFAULTS = "__defaults"
HIDDEN = {"secret": True}
"""A secret, as the preview shows it; what an export holds of one is encrypted."""

_STEP = re.compile(r"[^.\[\]]+")


@record(kw_only=True)
class Existing:
    """A resource of the state. `inputs` are without secrets' texts; `filled_in` are top-level ones that no program set."""

    type: str
    chain: str  # the types of all parents, and its own: `outer$inner`
    name: str
    id: str | None  # None for a component
    protect: bool
    retained: bool  # its deletion takes it from the state and leaves it in the cloud
    provider: str | None  # logical name
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]

    def output(self, path: str) -> Any:
        """The value of an output by its path (`id`, `resources[0].name`); None where the state has none.

        `email|service-*@` is a part of an output: what stands after one text and before another.
        """
        if path == "id":
            return self.id
        path, _, part = path.partition("|")
        value: Any = self.outputs
        for step in _STEP.findall(path):
            if isinstance(value, list) and step.isdecimal():
                items = cast("list[Any]", value)
                value = items[int(step)] if int(step) < len(items) else None
            else:
                value = cast("dict[str, Any]", value).get(step) if isinstance(value, dict) else None
        return part_of(value, part) if part and isinstance(value, str) else value


@record
class State:
    """The resources of a stack by logical name; `pending`: operations that an earlier run began and did not end."""

    resources: Mapping[str, Existing]
    pending: int = 0

    def outputs(self, stack: str, project: str) -> dict[str, dict[str, Any]]:
        """URN -> type and outputs of each resource, as the engine tells a program that reads its own state."""
        urns = {f"urn:pulumi:{stack}::{project}::{one.chain}::{name}": one for name, one in self.resources.items()}
        return {urn: {"type": one.type, "outputs": dict(one.outputs)} for urn, one in urns.items()}


def read(path: Path, stack: str, project: str | None = None) -> State:
    """The state in a file. Raises InputError where the file is none, or that of another stack or project."""
    return state_of(read_deployment(path, stack), path, stack, project)


def read_deployment(path: Path, stack: str) -> dict[str, Any]:
    """The deployment in an export, as it stands there. Raises InputError where the file is none."""
    hint = _hint(path, stack)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise _wrong("state-unreadable", path, f"cannot be read: {error.strerror}", hint) from error
    except UnicodeDecodeError as error:
        raise _wrong("state-not-json", path, "is no text in UTF-8", hint) from error
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _wrong("state-not-json", path, f"is no JSON: {error}", hint) from error
    deployment = value.get("deployment") if isinstance(value, dict) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    if not isinstance(deployment, dict):
        raise _wrong("state-not-export", path, "is no export of a stack: it has no deployment", hint)
    return cast("dict[str, Any]", deployment)


def state_of(deployment: Mapping[str, Any], path: Path, stack: str, project: str | None = None) -> State:
    """The state that a deployment is; `path` is told where it is wrong. Raises InputError."""
    found: dict[str, Existing] = {}
    for item in dicts(deployment.get("resources")):
        urn, type = item.get("urn"), item.get("type")
        parts = urn.split("::", 3) if isinstance(urn, str) else []
        if len(parts) < 4 or not parts[0].startswith("urn:pulumi:") or not isinstance(type, str):
            message = f"is no export of a stack: a resource has the URN {urn!r}"
            raise _wrong("state-not-export", path, message, _hint(path, stack))
        its_stack, its_project = parts[0].removeprefix("urn:pulumi:"), parts[1]
        if its_stack != stack or project not in (None, its_project):
            message = f"is the state of {its_project}/{its_stack}, not of {project or its_project}/{stack}"
            raise _wrong("state-other-stack", path, message, _hint(path, stack))
        ours = type != STACK_TYPE and not (type.startswith(PROVIDERS) and parts[3].startswith("default"))
        if ours and not item.get("delete"):
            found[parts[3]] = _existing(item, type, parts[2], parts[3])
    return State(found, len(dicts(deployment.get("pending_operations"))))


def _hint(path: Path, stack: str) -> str:
    return f"write it with: pulumi stack export --stack {stack} --file {path.name}"


def _existing(item: Mapping[str, Any], type: str, chain: str, name: str) -> Existing:
    provider = str(item.get("provider") or "").rpartition("::")[0]
    return Existing(
        type=type,
        chain=chain,
        name=name,
        id=item.get("id"),
        protect=bool(item.get("protect")),
        retained=bool(item.get("retainOnDelete")),
        provider=provider.split("::", 3)[-1] if provider else None,
        inputs=_plain(item.get("inputs") or {}),
        outputs=_plain(item.get("outputs") or {}),
    )


def _plain(value: Any) -> Any:
    """A value with secrets hidden, as the preview hides them."""
    if isinstance(value, list):
        return [_plain(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    items = cast("dict[str, Any]", value)
    if items.get(SIGNATURE) == SECRET:
        return HIDDEN
    return {key: _plain(item) for key, item in items.items() if key != SIGNATURE}


def stated(old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Old inputs without what the provider filled in and the program does not state now, at every depth."""
    filled_in: list[str] = list(old.get(DEFAULTS) or ())
    kept: dict[str, Any] = {}
    for key, value in old.items():
        if key != DEFAULTS and not (key in filled_in and key not in new):
            kept[key] = _stated_within(value, new.get(key))
    return kept


def _stated_within(old: Any, new: Any) -> Any:
    if isinstance(old, dict):
        other = cast("dict[str, Any]", new) if isinstance(new, dict) else {}
        return stated(cast("dict[str, Any]", old), other)
    if isinstance(old, list):
        others = cast("list[Any]", new) if isinstance(new, list) else []
        items = cast("list[Any]", old)
        return [
            _stated_within(item, others[place] if place < len(others) else None) for place, item in enumerate(items)
        ]
    return old


def dicts(value: Any) -> list[dict[str, Any]]:
    """The maps of a list; empty for what is no list."""
    items = cast("list[Any]", value) if isinstance(value, list) else []
    return [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]


def _wrong(id: str, path: Path, message: str, hint: str) -> InputError:
    return InputError(Finding(id=id, level=Level.ERROR, message=f"{path} {message}", hint=hint))
