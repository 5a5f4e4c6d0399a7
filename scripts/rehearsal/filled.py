"""What a provider has filled in of itself stays filled in: its defaults do not come and go with each edit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from components.catalog.replacement import DEFAULTS
from scripts.rehearsal.model import Values


def kept(inputs: Values, old: Values) -> dict[str, Any]:
    """The inputs with what `__defaults` of the old ones lists and nobody says now, at every depth.

    Providers that are bridged from Terraform fill in their schema's defaults and list them (pulumi-terraform-bridge,
    `reservedkeys.Defaults`). A simulated cloud has no such defaults; what a real one has made comes with them.
    """
    found = {name: _within(value, old.get(name)) for name, value in inputs.items()}
    filled = [name for name in cast("list[str]", old.get(DEFAULTS) or []) if name in old and name not in inputs]
    if not filled:
        return found
    listed = cast("list[str]", inputs.get(DEFAULTS) or [])
    return {**found, **{name: old[name] for name in filled}, DEFAULTS: [*listed, *filled]}


def _within(value: Any, old: Any) -> Any:
    if isinstance(value, Mapping) and isinstance(old, Mapping):
        return kept(cast(Values, value), cast(Values, old))
    if isinstance(value, list) and isinstance(old, list):
        items, others = cast("list[Any]", value), cast("list[Any]", old)
        return [_within(item, others[place] if place < len(others) else None) for place, item in enumerate(items)]
    return cast("Any", value)
