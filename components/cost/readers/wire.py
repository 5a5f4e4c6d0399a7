"""Reading of registered resources as plain data.

A value that only the cloud decides is `{"ref": "<logical name>.<output>"}`, text made of such values `{"join": [...]}`,
a secret `{"secret": true}`: reading one as a number or text gives None, and None must become a loud line.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping, Sequence
from typing import Any, cast

Resource = Mapping[str, Any]


def inputs(resource: Resource) -> Mapping[str, Any]:
    return mapping(resource.get("inputs"))


def name(resource: Resource) -> str:
    return str(resource.get("name", ""))


def mapping(value: object) -> Mapping[str, Any]:
    """A mapping as it stands, or the only item of a list (blocks may come as lists); anything else is an empty one."""
    if type(value) is dict:  # nearly always, and asking an abstract class is slow
        return cast(Mapping[str, Any], value)
    if isinstance(value, Sequence) and not isinstance(value, str) and len(cast(Sequence[Any], value)) == 1:
        return mapping(cast(Sequence[Any], value)[0])
    return cast(Mapping[str, Any], value) if isinstance(value, Mapping) else {}


def items(value: object) -> Sequence[Any] | None:
    """A list as it stands; None where it is absent or not known."""
    return cast(Sequence[Any], value) if isinstance(value, Sequence) and not isinstance(value, str) else None


def text(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def whole(value: object) -> int | None:
    """A whole number, also where the wire carries it as 8.0 or "8"; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return int(value) if isinstance(value, str) and value.isdigit() else None


def referred(value: object, names: Container[str]) -> str | None:
    """Which of some resources a reference points to. Logical names may hold dots, and so may the output's path."""
    rest = text(mapping(value).get("ref")) or ""
    while rest:
        rest = rest.rpartition(".")[0]
        if rest in names:
            return rest
    return None


def of_type(resources: Sequence[Resource], *types: str) -> Iterator[Resource]:
    return (one for one in resources if one.get("type") in types)
