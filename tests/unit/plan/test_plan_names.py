"""Names that AWS takes: EKS node groups and S3 buckets have 63 characters, IAM roles 64; Pulumi adds 8 of its own."""

import pytest

from components.errors import InputError
from components.plan.planner import plan
from tests.support.specs import baseline, load_value


def errors(stack, changes):
    with pytest.raises(InputError) as caught:
        plan(load_value(baseline(changes), stack))
    return [str(one) for one in caught.value.findings if one.level == "error"]


def named(stack, changes=None):
    return plan(load_value(baseline(changes or {}), stack))


def test_a_node_groups_name_ends_at_63_characters():
    # <stack>-train-on-demand-nodes and 8 more: 24 letters of the stack leave 2 to spare, 30 are too many.
    assert named("a" * 24)
    assert named("a" * 33)
    assert any("the node group's name" in one and "1 character(s) too long" in one for one in errors("a" * 34, {}))


def test_a_buckets_name_ends_at_63_characters():
    pool = {"pools": {}, "storage": {"checkpoints": {"kind": "object"}}}
    # <stack>-checkpoints-bucket and 8 more.
    assert named("a" * 36, pool)
    assert any("the bucket's name" in one and "1 character(s) too long" in one for one in errors("a" * 37, pool))


@pytest.mark.parametrize("stack", ["Prod", "prod_aws"])
def test_a_bucket_takes_lower_case_letters_digits_and_hyphens(stack):
    assert named(stack)
    assert any("the bucket's name" in one for one in errors(stack, {"storage": {"data": {"kind": "object"}}}))
