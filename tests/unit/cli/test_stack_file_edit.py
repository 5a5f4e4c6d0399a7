"""Edits of a stack file: one value changes, and every other character stays."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scripts.cli.stack_file.edit import CannotEdit, edited

FILE = """\
# The file's own comment, with: a colon
config:
  gpu-fleet:cluster:   # ours
    blueprint: "mine"
    tags: {owner: research, 'cost-center': "4711"}   # who pays
    access:
        endpoint: 'public'   # for now

        # who may
        allowed_cidrs:
        - 8.0.0.0/8
        - "9.0.0.0/8"   # the other

    budget:
    pools: {train: {nodes: 2, capacity: [on-demand, spot]}}
    # the end of ours
  other:thing: "yes"
encryptionsalt: v1:abc
"""

# path, value, what stands in the file before, what after
CASES: list[tuple[str, Any, str, str]] = [
    ("access.endpoint", "private", "endpoint: 'public'   # for now", "endpoint: private   # for now"),
    ("blueprint", "no", 'blueprint: "mine"', 'blueprint: "no"'),
    ("tags.cost-center", "0012", '\'cost-center\': "4711"}', '\'cost-center\': "0012"}'),
    ("tags.team", "a: b", '"4711"}', '"4711", team: "a: b"}'),
    ("pools.train.nodes", "0..2", "nodes: 2,", 'nodes: "0..2",'),
    ("pools.train.capacity", ["on-demand"], "[on-demand, spot]", "[on-demand]"),
    ("pools.eval.fabric", "required", "spot]}}", "spot]}, eval: {fabric: required}}"),
    ("budget", 5, "    budget:\n", "    budget: 5\n"),
    ("budget.usd_per_month", 5, "    budget:\n", "    budget: {usd_per_month: 5}\n"),
    ("protect", True, "spot]}}\n    # the end", "spot]}}\n    protect: true\n    # the end"),
    ("access.admins", ["x"], '"9.0.0.0/8"   # the other\n', '"9.0.0.0/8"   # the other\n        admins: [x]\n'),
    ("access.allowed_cidrs", ["7.0.0.0/8"], ':\n        - 8.0.0.0/8\n        - "9.0.0.0/8"   # the other', ': ["7.0.0.0/8"]   # the other'),
    ("schedule.expires", "2027-01-31", "spot]}}\n", 'spot]}}\n    schedule: {expires: "2027-01-31"}\n'),
    # None removes, and what is empty then goes with it
    ("access.endpoint", None, "        endpoint: 'public'   # for now\n", ""),
    ("tags.owner", None, "{owner: research, 'cost", "{'cost"),
    ("tags.cost-center", None, ", 'cost-center': \"4711\"}", "}"),
    ("pools.train.nodes", None, "nodes: 2, ", ""),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "before", "after"), CASES, ids=[f"{case[0]}={case[1]}" for case in CASES])
@pytest.mark.parametrize("newline", ["\n", "\r\n"], ids=["unix", "windows"])
def test_one_value_changes_and_nothing_else(path: str, value: Any, before: str, after: str, newline: str) -> None:
    assert FILE.count(before) == 1
    text = FILE.replace("\n", newline)
    expected = FILE.replace(before, after).replace("\n", newline)
    assert edited(text, path, value) == expected


def test_what_holds_nothing_else_goes_with_its_entry() -> None:
    text = "config:\n  gpu-fleet:cluster:\n    cloud: aws\n    policy:\n      rules:\n        # why\n        encryption: {level: advisory}\nx: 1\n"
    assert (
        edited(text, "policy.rules.encryption.level", None) == "config:\n  gpu-fleet:cluster:\n    cloud: aws\nx: 1\n"
    )


def test_a_file_without_a_last_newline() -> None:
    text = "config:\n  gpu-fleet:cluster:\n    cloud: aws"
    assert edited(text, "protect", True) == "config:\n  gpu-fleet:cluster:\n    cloud: aws\n    protect: true\n"


def test_a_file_all_in_braces() -> None:
    text = '{"config": {"gpu-fleet:cluster": {"cloud": "aws"}}}'
    assert edited(text, "protect", True) == '{"config": {"gpu-fleet:cluster": {"cloud": "aws", protect: true}}}'


@pytest.mark.parametrize("path", ["nothing.here", "blueprint.deeper"])
def test_what_is_not_there_cannot_be_removed(path: str) -> None:
    with pytest.raises(CannotEdit):
        edited(FILE, path, None)


NAMES = st.sampled_from(["cloud", "access", "tags", "pools", "b-2", "no", "1"])
LEAVES = (
    st.sampled_from(["aws", "a: b", "# no comment", "", "0012", "yes", "x'y", 'x"y', "ü", "2027-01-31"])
    | st.booleans()
    | st.integers(0, 99)
)
TREES = st.recursive(
    LEAVES,
    lambda inner: st.dictionaries(NAMES, inner, min_size=1, max_size=3) | st.lists(LEAVES, min_size=1, max_size=3),
    max_leaves=8,
)


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.dictionaries(NAMES, TREES, min_size=1, max_size=4),
    st.lists(NAMES, min_size=1, max_size=3),
    LEAVES,
    st.booleans(),
)
def test_any_file_says_what_was_meant(spec: dict[str, Any], path: list[str], value: Any, flow: bool) -> None:
    """Or it is refused; it is never something else: `edited` itself compares before and after."""
    text = yaml.safe_dump(
        {"config": {"gpu-fleet:cluster": spec}}, default_flow_style=flow, allow_unicode=True, width=10_000
    )
    try:
        made = yaml.safe_load(edited(text, ".".join(path), value))["config"]["gpu-fleet:cluster"]
    except CannotEdit:
        return
    for step in path:
        made = made[step]
    assert made == value
