"""Names that AWS takes: EKS node groups and S3 buckets have 63 characters, IAM roles 64; Pulumi adds 8 of its own."""

import pytest

from components.errors import InputError
from components.plan.planner import plan
from tests.support.specs import baseline, load_value

SUBNETS = {"use1-az1": ["subnet-0aaaaaaa"], "use1-az2": ["subnet-0bbbbbbb"]}


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


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("software.image", "latest", "no release of a node image for 1.35"),
        ("software.image", "1.34.0-20260714", "no release of a node image for 1.35"),
        ("network.existing", {"vpc": "my-vpc", "subnets": SUBNETS}, "no id of a vpc"),
        (
            "network.existing",
            {"vpc": "vpc-0aaaaaaa", "subnets": {**SUBNETS, "use1-az1": ["sn-1"]}},
            "no id of a subnet",
        ),
        (
            "pools.train.capacity",
            [{"reservation": {"id": "reserved", "zone_id": "use1-az2", "nodes": 2}}],
            "no id of a capacity reservation",
        ),
    ],
)
def test_ids_and_releases_have_the_form_that_aws_gives_them(path, value, said):
    assert any(said in one for one in errors("test", {path: value}))


def test_nodes_follow_the_cluster_to_its_next_minor_version():
    """A node group without a version keeps the one that it was made with (EKS API, CreateNodegroup: version)."""
    made = plan(load_value(baseline({"kubernetes": "1.34"})))
    assert {made.system.group.version, *(rung.group.version for pool in made.pools for rung in pool.rungs)} == {"1.34"}
