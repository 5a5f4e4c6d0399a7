"""A plan as a document: plain data for YAML and JSON, and the hash that names it."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from components.plan.model import ClusterPlan

SCHEMA_VERSION = 1
_SCALARS = (str, int, bool)


def to_document(plan: ClusterPlan) -> dict[str, Any]:
    """The plan as plain data: money and sizes as text where they are decimals, dates as ISO text."""
    return {"schema_version": SCHEMA_VERSION, **_plain(plan)}


def plan_hash(plan: ClusterPlan) -> str:
    """A hash of every decision of a plan: equal plans have equal hashes, on every machine."""
    text = json.dumps(to_document(plan), sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _plain(value: Any) -> Any:
    if value is None or type(value) in _SCALARS:  # first: most values are, and the tests below are slow
        return value
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name))
            for field in dataclasses.fields(value)
            if field.metadata.get("document", True)
        }
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value
