"""Physical names that a provider chooses where the program gives none."""

from __future__ import annotations

import hashlib
from typing import Any

from components.catalog.replacement import DEFAULTS
from scripts.rehearsal import providers, schema
from scripts.rehearsal.model import Values

_DIGITS = 7
_LENGTH = 255


def named(type: str, name: str, inputs: Values, old: Values, seed: bytes) -> dict[str, Any]:
    """The inputs with a physical name: `<logical name>-<7 hex digits>`, or the one that was chosen before.

    As the real providers do, it lists under `__defaults` what the program did not say.

    The engine gives no old inputs when it replaces a resource, so that the new one can stand beside the old one.
    """
    given = dict(inputs)
    property, length = _rule(type)
    if not property or given.get(property) or given.get(f"{property}Prefix"):
        return given
    chosen = old.get(property) if property in old.get(DEFAULTS, ()) else None
    if chosen is None:
        digits = hashlib.sha256(seed).hexdigest()[:_DIGITS]
        stem = providers.prefix(type) + (name.lower() if providers.lowercase(type) else name)
        chosen = f"{stem[: length - _DIGITS - 1]}-{digits}"
    return {**given, property: chosen, DEFAULTS: [*given.get(DEFAULTS, ()), property]}


def _rule(type: str) -> tuple[str, int]:
    """(property, its greatest length) of a type.

    Providers that are bridged from Terraform name whatever takes an optional `name`, up to 255 characters, unless
    their own table says otherwise (pulumi-terraform-bridge, ProviderInfo.SetAutonaming). Their tokens have a slash.
    """
    known = providers.autonames(type.partition(":")[0]).get(type)
    if known is not None:
        return known
    if "/" not in type or not schema.installed(type):
        return "", 0
    takes = schema.inputs_of(type)
    return ("name", _LENGTH) if takes.get("name") is str and "name" not in schema.required(type) else ("", 0)
