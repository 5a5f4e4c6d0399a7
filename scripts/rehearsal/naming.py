"""Physical names that a provider chooses where the program gives none."""

from __future__ import annotations

import hashlib
from typing import Any

from components.catalog.replacement import DEFAULTS
from scripts.rehearsal import providers, schema
from scripts.rehearsal.model import Values
from scripts.rehearsal.wire import at

_LENGTH = 255
_EVERY_TYPE = "*"


def named(type: str, name: str, inputs: Values, old: Values, seed: bytes) -> dict[str, Any]:
    """The inputs with a physical name: the logical one with hexadecimal digits, or what was chosen before.

    As the real providers do, it lists under `__defaults` what the program did not say.

    The engine gives no old inputs when it replaces a resource, so that the new one can stand beside the old one.
    """
    given = dict(inputs)
    property, length = _rule(type)
    if not property or at(given, property) or given.get(f"{property}Prefix"):
        return given
    chosen = at(old, property) if property in old.get(DEFAULTS, ()) else None
    if chosen is None:
        count, before = providers.form(type)
        digits = before + hashlib.sha256(seed).hexdigest()[:count] if count else ""
        stem = providers.prefix(type) + (name.lower() if providers.lowercase(type) else name)
        chosen = stem[: length - len(digits)] + digits
    return {**_with(given, property.split("."), chosen), DEFAULTS: [*given.get(DEFAULTS, ()), property]}


def _with(values: Values, path: list[str], value: str) -> dict[str, Any]:
    """Values with one more at a path."""
    inner = value if len(path) == 1 else _with(values.get(path[0]) or {}, path[1:], value)
    return {**values, path[0]: inner}


def _rule(type: str) -> tuple[str, int]:
    """(property, its greatest length) of a type.

    Providers that are bridged from Terraform name whatever takes an optional `name`, up to 255 characters, unless
    their own table says otherwise (pulumi-terraform-bridge, ProviderInfo.SetAutonaming). Their tokens have a slash.
    """
    names = providers.autonames(type.partition(":")[0])
    known = names.get(type, names.get(_EVERY_TYPE))
    if known is not None:
        return known
    if "/" not in type or not schema.installed(type):
        return "", 0
    takes = schema.inputs_of(type)
    return ("name", _LENGTH) if takes.get("name") is str and "name" not in schema.required(type) else ("", 0)
