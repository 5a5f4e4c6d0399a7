"""How a type of resource is looked for in its cloud and taken over: the tables in `imports`, a row for each type."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, cast

from components.catalog.tables import Row, Table

_COLUMNS = ("type", "id", "again", "look_up", "source", "as_of")
_FIELD = re.compile(r"\{([\w.]+)(!?)\}")
"""A place in a template: a path of inputs, and `!` where only what stands behind its last slash is meant."""
_ACCOUNTS = {
    # A list, which the engine hands to providers as JSON text.
    "pulumi:providers:aws": ("allowedAccountIds", re.compile(r"\d{12}")),
    "pulumi:providers:gcp": ("project", re.compile(r"[a-z][a-z0-9:.-]+")),
}
"""By type of provider: the input that tells on whose behalf it calls, and what an account looks like."""


def account_of(type: str, inputs: Mapping[str, Any]) -> str:
    """On whose behalf a provider of this type calls, by its inputs; empty where they do not say."""
    name, form = _ACCOUNTS.get(type, ("", _FIELD))
    found: list[str] = form.findall(str(inputs.get(name, ""))) if name else []
    return found[0] if len(found) == 1 else ""


def filled(template: str, fields: Mapping[str, Any]) -> str:
    """A template with values in place of `{name}`; empty where one is not known."""
    values = {path: at(fields, path) for path, _ in _FIELD.findall(template)}
    if any(value in (None, "") for value in values.values()):
        return ""
    return _FIELD.sub(lambda match: _part(str(values[match[1]]), match[2]), template)


def _part(value: str, how: str) -> str:
    return value.rpartition("/")[2] if how else value


def import_id(type: str, inputs: Mapping[str, Any], account: str, id: str) -> str:
    """The id by which `pulumi import` takes a resource that has this one: for some it is made of inputs."""
    row = row_of(type)
    return (filled(row.text("id"), {**inputs, "account": account}) if row is not None else "") or id


def repeats(type: str) -> bool:
    """Whether creating it a second time is the same as once."""
    row = row_of(type)
    return row is not None and row.text("again") == "same"


def at(values: Mapping[str, Any], path: str) -> Any:
    here: Any = values
    for step in path.split("."):
        here = cast("Mapping[str, Any]", here).get(step) if isinstance(here, Mapping) else None
    return here if isinstance(here, str | int) else None


def row_of(type: str) -> Row | None:
    """What is known of a type; None for one that no table has."""
    table = _table(type.partition(":")[0])
    return None if table is None else table.find(type)


@cache
def _table(provider: str) -> Table | None:
    path = Path(__file__).parent / "imports" / f"{provider}.csv"
    return Table(path, _COLUMNS, 1) if path.is_file() else None
