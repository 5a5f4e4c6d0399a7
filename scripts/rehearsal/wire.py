"""Values as the engine sends them and plain data: unknown values, secrets, whole numbers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from google.protobuf import struct_pb2

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How a value that is not known before the deployment stands in plain data, whatever its kind."""

# Source: pulumi/sdk/go/common/resource/plugin/rpc.go, one for each kind of value.
_UNKNOWNS = frozenset(
    {
        UNKNOWN,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
        "030794c1-ac77-496b-92df-f27374a8bd58",
        "e48ece36-62e2-4504-bad9-02848725956a",
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
    }
)
_SIGNATURE = "4dabf18193072939515e22adb298388d"
_SECRET = "1b47061264138c4ac30d75fd1eb44270"
_OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
_REFERENCE = "5cf8f73096256a8f31e491e813e4eb8e"


def plain(struct: struct_pb2.Struct) -> dict[str, Any]:
    """A protobuf struct as plain data, keys sorted; secrets and outputs become what they hold."""
    return {key: _plain(struct.fields[key]) for key in sorted(struct.fields)}


def struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    """Plain data for the wire; None is left out at the top, where it means absent."""
    made = struct_pb2.Struct()
    made.update({key: value for key, value in values.items() if value is not None})
    return made


def is_unknown(value: Any) -> bool:
    return value == UNKNOWN


def holds_unknown(value: Any) -> bool:
    """Whether any part of a value is unknown."""
    if isinstance(value, Mapping):
        return any(map(holds_unknown, cast(Mapping[str, Any], value).values()))
    if isinstance(value, list):
        return any(map(holds_unknown, cast(list[Any], value)))
    return is_unknown(value)


def at(values: Any, path: str) -> Any:
    """The value at a wire path (`tags.Name`, `rules[0].port`), None where there is none."""
    for step in path.replace("[", ".").replace("]", "").split("."):
        if isinstance(values, Mapping):
            values = cast(Mapping[str, Any], values).get(step)
        elif isinstance(values, list) and step.isdigit() and int(step) < len(cast(list[Any], values)):
            values = cast(list[Any], values)[int(step)]
        else:
            return UNKNOWN if is_unknown(values) else None
    return values


def _plain(value: struct_pb2.Value) -> Any:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        return UNKNOWN if value.string_value in _UNKNOWNS else value.string_value
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_plain(item) for item in value.list_value.values]
    if kind == "struct_value":
        return _object(value.struct_value)
    return None


def _object(value: struct_pb2.Struct) -> Any:
    signature = value.fields[_SIGNATURE].string_value if _SIGNATURE in value.fields else ""
    if signature == _SECRET:
        return _plain(value.fields["value"])
    if signature == _OUTPUT:
        return _plain(value.fields["value"]) if "value" in value.fields else UNKNOWN
    if signature == _REFERENCE:
        return _plain(value.fields["id"]) if "id" in value.fields else value.fields["urn"].string_value
    return plain(value)
