"""Whole stacks as they are registered: one in full, and for each mechanism what it changes in that one.

A snapshot is read like a diff in review: it shows that a mechanism touches what it should and nothing else. What the
figures in it must be is tested elsewhere, from the vendors' documentation. `UPDATE_SNAPSHOTS=1` writes them anew.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from components.plan.aws.model import AwsClusterPlan
from components.plan.aws.names import auto_named
from tests.stacks.held import SNAPSHOTS, difference, hold, merged, planned, registered
from tests.stacks.mechanisms import BASE, MECHANISMS

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")


@cache
def base() -> dict[str, dict[str, Any]]:
    return registered(BASE)


def test_base_stack() -> None:
    hold("base", list(base().values()))


@pytest.mark.parametrize("mechanism", MECHANISMS)
def test_mechanism(mechanism: str) -> None:
    hold(mechanism, difference(base(), registered(merged(BASE, MECHANISMS[mechanism]))))


@pytest.mark.parametrize("mechanism", [name for name in MECHANISMS if name.startswith("second-pool")])
def test_adding_a_pool_moves_no_other_resource(mechanism: str) -> None:
    found = difference(base(), registered(merged(BASE, MECHANISMS[mechanism])))
    assert found["added"]
    assert found["removed"] == []
    inputs = {
        (name, path)
        for name, paths in found["changed"].items()
        for path in paths
        if path.startswith("inputs")  # what a resource waits for is no edit
    }
    # A pool in a zone that is new to the cluster brings a route table, and the S3 endpoint serves all of them:
    # an edit in place (terraform-provider-aws, aws_vpc_endpoint: route_table_ids is not ForceNew).
    assert inputs <= {("snap-s3-endpoint", "inputs.routeTableIds")}


_KINDS = {
    "node-group": "aws:eks/nodeGroup:NodeGroup",
    "launch-template": "aws:ec2/launchTemplate:LaunchTemplate",
    "bucket": "aws:s3/bucket:Bucket",
    "role": "aws:iam/role:Role",
}


def test_names_are_checked_as_they_are_registered() -> None:
    """The plan checks lengths of the names that the components give: both must mean the same names."""
    made = planned(BASE)
    assert isinstance(made, AwsClusterPlan)
    by_type = {(resource["type"], name) for name, resource in base().items()}
    for kind, name, _ in auto_named(made):
        assert (_KINDS[kind], name) in by_type


def test_every_snapshot_has_its_mechanism() -> None:
    assert {file.stem for file in SNAPSHOTS.glob("*.json")} == {"base", *MECHANISMS}
