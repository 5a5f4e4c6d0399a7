"""A merge takes maps by key and everything else whole, and knows where each value was written."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.errors import InputError, Level
from components.spec.merge import Merged, Plain, merge
from components.spec.reader import Value, read_text


def merged(base: str, over: str) -> Merged:
    return merge(read_text(base, "base"), read_text(over, "over"))


@pytest.mark.parametrize(
    ("base", "over", "value"),
    [
        ("a: 1", "b: 2", {"a": 1, "b": 2}),
        ("a: 1", "a: 2", {"a": 2}),
        ("a: {x: 1, y: 2}", "a: {y: 3, z: 4}", {"a": {"x": 1, "y": 3, "z": 4}}),
        ("a: [1, 2]", "a: [3]", {"a": [3]}),
        ("a: [1, 2]", "a: []", {"a": []}),
        ("a: {x: 1}", "a: {}", {"a": {"x": 1}}),
        ("a: {x: 1}", "a: text", {"a": "text"}),
        ("a: text", "a: {x: 1}", {"a": {"x": 1}}),
        ("a: {x: 1}", "a: [1]", {"a": [1]}),
        ("{a: 1, b: 2}", "a: ~", {"b": 2}),
        ("a: {x: 1, y: 2}", "a: {x: ~}", {"a": {"y": 2}}),
        ("a: ~\nb: 1", "b: 2", {"a": None, "b": 2}),
        ("a: ~", "a: {x: 1}", {"a": {"x": 1}}),
        ("a: 1", "a: [~, {x: ~}]", {"a": [None, {"x": None}]}),
        ("a: [{x: ~}]", "b: 1", {"a": [{"x": None}], "b": 1}),
        ("a: 0", "a: false", {"a": False}),
    ],
)
def test_maps_merge_by_key_and_the_rest_replaces(base: str, over: str, value: dict[str, Any]) -> None:
    found = merged(base, over)
    assert found.value == value
    assert found.findings == ()


def test_keys_keep_their_order_and_new_ones_follow() -> None:
    found = merged("{c: 1, a: {z: 1, y: 2}, b: 3}", "{d: 4, a: {x: 3, y: 4}, c: 5}")
    assert json.dumps(found.value) == '{"c": 5, "a": {"z": 1, "y": 4, "x": 3}, "b": 3, "d": 4}'


def test_each_value_has_the_place_that_it_came_from() -> None:
    found = merged("a:\n  x: 1\n  y: [p, q]\nb: {s: 1}\nc: [1, 2]\n", "\na:\n  y:\n    - r\n  z: 1\nc: ~\n")
    assert found.value == {"a": {"x": 1, "y": ["r"], "z": 1}, "b": {"s": 1}}
    assert {path: str(place) for path, place in found.places.items()} == {
        (): "over:2",
        ("a",): "over:2",
        ("a", "x"): "base:2",
        ("a", "y"): "over:3",
        ("a", "y", 0): "over:4",
        ("a", "z"): "over:5",
        ("b",): "base:4",
        ("b", "s"): "base:4",
    }


def test_removing_what_is_not_there_is_told() -> None:
    found = merged("pools: {train: {nodes: 2}}", "pools:\n  trian: ~\n  new: {fabric: ~}")
    assert found.value == {"pools": {"train": {"nodes": 2}, "new": {}}}
    first, second = found.findings
    assert (first.id, first.level, first.path) == ("removes-nothing", Level.ADVISORY, "pools.trian")
    assert (first.file, first.line) == ("over", 2)
    assert first.hint == "did you mean 'train'?"
    assert (second.path, second.line, second.hint) == ("pools.new.fabric", 3, "remove this line")


@pytest.mark.parametrize(
    ("base", "over", "told"),
    [
        ("[1]", "a: 1", ["base:1: a mapping of fields belongs here, not a list"]),
        ("a: 1", "text", ["over:1: a mapping of fields belongs here, not a single value"]),
        ("1", "[a]", ["base:1: a mapping of fields belongs here, not a single value",
                      "over:1: a mapping of fields belongs here, not a list"]),
    ],
)  # fmt: skip
def test_only_mappings_merge(base: str, over: str, told: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        merged(base, over)
    assert [str(finding) for finding in caught.value.findings] == told


def test_a_layer_may_come_from_no_file() -> None:
    assert merge(Plain({"a": 1}, {}), Plain({"b": None}, {})).findings[0].file is None
    with pytest.raises(InputError, match="not nothing"):
        merge(Plain(None, {}), Plain({}, {}))


def test_a_merged_layer_merges_again() -> None:
    found = merge(merged("a: 1", "b: 2"), read_text("a: ~", "third"))
    assert found.value == {"b": 2}


def test_depth_is_no_danger() -> None:
    deep: Any = 1
    for _ in range(3_000):
        deep = {"a": deep, "b": [deep] if isinstance(deep, int) else 0}
    found: Any = merge(Plain(deep, {}), Plain(deep, {})).value
    for _ in range(3_000):
        found = found["a"]
    assert found == 1


def test_a_crowd_of_removals_is_told_in_part() -> None:
    base: Any = {f"k{i}": 1 for i in range(20_000)}
    over: Any = {f"x{i}": None for i in range(20_000)}
    assert len(merge(Plain(base, {}), Plain(over, {})).findings) == 50


_LEAF = st.none() | st.booleans() | st.integers() | st.text(max_size=2)
_VALUE: Any = st.recursive(
    _LEAF,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=10,
)
_MAP: Any = st.dictionaries(st.sampled_from("abc"), _VALUE, max_size=3)


def _patched(base: Value, over: Value) -> Value:
    """The same merge, as RFC 7386 words it: the oracle of the test."""
    if not isinstance(over, dict):
        return over
    result = dict(base) if isinstance(base, dict) else {}
    for key, value in over.items():
        if value is None:
            result.pop(key, None)
        else:
            result[key] = _patched(result.get(key), value)
    return result


@given(_MAP, _MAP)
def test_it_is_a_json_merge_patch_and_changes_nothing(base: Any, over: Any) -> None:
    before = copy.deepcopy((base, over))
    found = merge(Plain(base, {}), Plain(over, {})).value
    assert found == _patched(base, over)
    assert (base, over) == before
    assert not _containers(found) & (_containers(base) | _containers(over))


def _containers(value: Value) -> set[int]:
    """The identities of the maps and lists in `value`."""
    if not isinstance(value, (dict, list)):
        return set()
    parts = value.values() if isinstance(value, dict) else value
    return {id(value)}.union(*map(_containers, parts))


@given(_MAP)
def test_merging_over_nothing_or_with_nothing_changes_nothing(value: Any) -> None:
    assert merge(Plain(value, {}), Plain({}, {})).value == value
