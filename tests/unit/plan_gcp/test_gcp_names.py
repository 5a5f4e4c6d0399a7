"""Names that Google Cloud takes: clusters have 40 characters, networks, buckets and instances 63; Pulumi adds 8 of its own."""

import pytest

from components.errors import InputError
from components.plan.planner import plan
from tests.support.gcp_values import gcp_baseline
from tests.support.specs import load_value

ALONE = {"pools": {"l4": {"accelerator": "L4:1", "nodes": 1}}}


def planned(stack: str, changes: dict[str, object]) -> list[str]:
    """The errors of a stack of that name."""
    try:
        plan(load_value(gcp_baseline(changes), stack))
    except InputError as error:
        return [str(one) for one in error.findings if one.level == "error"]
    return []


def test_a_clusters_name_ends_at_40_characters() -> None:
    assert planned("a" * 40, ALONE) == []
    assert any("the cluster's name" in one and "1 character(s) too long" in one for one in planned("a" * 41, ALONE))


def test_a_networks_name_ends_at_63_characters() -> None:
    # <stack>-train-gpu-1-firewall and 8 more.
    assert planned("a" * 34, {}) == []
    assert any("train-gpu-1-firewall' is 1 character(s) too long" in one for one in planned("a" * 35, {}))


def test_a_buckets_name_ends_at_63_characters() -> None:
    bucket = {**ALONE, "storage": {"checkpoints": {"kind": "object"}}}
    # <stack>-checkpoints-bucket and 8 more.
    assert planned("a" * 36, bucket) == []
    assert any("the bucket's name" in one and "1 character(s) too long" in one for one in planned("a" * 37, bucket))


@pytest.mark.parametrize("stack", ["Prod", "prod_gcp", "1st", "prod-"])
def test_names_begin_with_a_lower_case_letter_and_have_no_other_letters(stack: str) -> None:
    assert any("the cluster's name" in one for one in planned(stack, ALONE))
