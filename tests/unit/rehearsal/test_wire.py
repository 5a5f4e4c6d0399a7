"""Values between the engine and plain data."""

from __future__ import annotations

from typing import Any

import pytest
from pulumi.runtime import rpc

from scripts.rehearsal.wire import UNKNOWN, at, holds_unknown, plain, struct
from tests.unit.rehearsal.clients import wire

SECRET = {rpc._special_sig_key: rpc._special_secret_sig, "value": {"a": 1}}
OUTPUT = {rpc._special_sig_key: rpc._special_output_value_sig}


def test_plain_data_comes_back() -> None:
    values: dict[str, Any] = {"i": 3, "f": 1.5, "s": "x", "b": False, "n": None, "l": [1, {"a": []}], "m": {"k": {}}}
    back = plain(wire(values))
    assert back == values
    assert isinstance(back["i"], int) and isinstance(back["b"], bool)
    assert plain(struct({"a": None, "b": [None]})) == {"b": [None]}


@pytest.mark.parametrize("kind", [name for name in dir(rpc) if name.startswith("UNKNOWN") or name == "UNKNOWN"])
def test_pulumis_own_sign_for_unknown(kind: str) -> None:
    assert plain(wire({"a": [getattr(rpc, kind)]})) == {"a": [UNKNOWN]}


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (SECRET, {"a": 1}),
        ({**OUTPUT, "value": "x", "secret": True, "dependencies": ["urn"]}, "x"),
        (OUTPUT, UNKNOWN),
        ({rpc._special_sig_key: rpc._special_resource_sig, "urn": "urn:x", "id": "vpc-1"}, "vpc-1"),
    ],
)
def test_what_is_wrapped(value: Any, read: Any) -> None:
    assert plain(wire({"a": value, "b": [value]})) == {"a": read, "b": [read]}


@pytest.mark.parametrize(
    ("path", "found"),
    [("a.b[1].c", 2), ("a.b", [{}, {"c": 2}]), ("a.b[2]", None), ("a.x.y", None), ("u.v[0]", UNKNOWN), ("s.t", None)],
)
def test_paths(path: str, found: Any) -> None:
    assert at({"a": {"b": [{}, {"c": 2}]}, "u": UNKNOWN, "s": "text"}, path) == found


def test_unknown_at_any_depth() -> None:
    assert holds_unknown({"a": [{"b": UNKNOWN}]})
    assert not holds_unknown({"a": [{"b": "x"}], "c": None})
