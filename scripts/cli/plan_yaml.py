"""A plan as YAML for people: blocks for what has parts, one line for what is small, `|` for text of several lines.

Fields that are not set are left out. What it prints is YAML that reads back as the document that it was made from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import yaml

WIDTH = 100
_SMALL = 78  # columns of a map or list that stands on one line

Plain = Mapping[str, Any]


class _Flow(dict[str, Any]):
    """A map on one line."""


class _FlowList(list[Any]):
    """A list on one line."""


class _Dumper(yaml.SafeDumper):
    """Lists stand deeper than their key, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def to_yaml(document: Plain) -> str:
    """The YAML of a plan's document, its parts apart from each other and its decisions last."""
    parts = {key: value for key, value in document.items() if key != "decisions"}
    parts["decisions"] = document.get("decisions")
    return "".join(_part(key, value) for key, value in parts.items() if not _unset(value))


def set_fields(value: Any) -> Any:
    """The value without what is not set, at any depth."""
    if isinstance(value, Mapping):
        mapping = cast("Plain", value)
        return {key: set_fields(inner) for key, inner in mapping.items() if not _unset(inner)}
    if isinstance(value, list):
        return [set_fields(inner) for inner in cast("list[Any]", value)]
    return value


def _part(key: str, value: Any) -> str:
    text = yaml.dump(
        {key: _shaped(set_fields(value))}, Dumper=_Dumper, sort_keys=False, width=WIDTH, allow_unicode=True
    )
    return f"\n{text}" if text.count("\n") > 1 else text


def _unset(value: Any) -> bool:
    return value is None or value in ([], {}, "")


def _shaped(value: Any) -> Any:
    """The value with its small maps and lists marked for one line."""
    if isinstance(value, dict):
        mapping = cast("dict[str, Any]", value)
        if _is_small(list(mapping.values()), sum(map(len, mapping))):
            return _Flow(mapping)
        return {key: _shaped(inner) for key, inner in mapping.items()}
    if isinstance(value, list):
        items = cast("list[Any]", value)
        return _FlowList(items) if _is_small(items, 0) else [_shaped(item) for item in items]
    return value


def _is_small(values: list[Any], length: int) -> bool:
    if any(isinstance(value, dict | list) or "\n" in str(value) for value in values):
        return False
    return length + sum(len(str(value)) + 4 for value in values) <= _SMALL


def _flow_map(dumper: yaml.SafeDumper, data: _Flow) -> yaml.Node:
    return dumper.represent_mapping("tag:yaml.org,2002:map", data, flow_style=True)


def _flow_list(dumper: yaml.SafeDumper, data: _FlowList) -> yaml.Node:
    return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=True)


def _text(_: yaml.SafeDumper, data: str) -> yaml.Node:
    return yaml.ScalarNode("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)


_Dumper.add_representer(_Flow, _flow_map)
_Dumper.add_representer(_FlowList, _flow_list)
_Dumper.add_representer(str, _text)
