"""Names that a provider chooses."""

from __future__ import annotations

import re
from typing import Any

import pytest

from scripts.rehearsal.naming import named

SEED = b"seed"
BUCKET = "aws:s3/bucket:Bucket"


def chosen(type: str, logical: str = "Train", **inputs: Any) -> dict[str, Any]:
    return named(type, logical, inputs, {}, SEED)


@pytest.mark.parametrize(
    ("type", "property", "pattern"),
    [
        ("aws:iam/role:Role", "name", r"Train-[0-9a-f]{7}"),
        ("aws:ec2/launchTemplate:LaunchTemplate", "name", r"Train-[0-9a-f]{7}"),
        ("aws:eks/nodeGroup:NodeGroup", "nodeGroupName", r"Train-[0-9a-f]{7}"),
        ("aws:kms/alias:Alias", "name", r"alias/Train-[0-9a-f]{7}"),  # KMS wants it so
        (BUCKET, "bucket", r"train-[0-9a-f]{7}"),  # S3 allows no capitals
    ],
)
def test_the_property_of_each_type(type: str, property: str, pattern: str) -> None:
    found = chosen(type)
    assert re.fullmatch(pattern, found[property])
    assert found == {property: found[property], "__defaults": [property]}


@pytest.mark.parametrize(
    ("type", "inputs"),
    [
        ("aws:ec2/vpc:Vpc", {}),  # has no name
        ("aws:iam/role:Role", {"name": "mine"}),
        ("aws:iam/role:Role", {"namePrefix": "mine"}),
        ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {}),
        ("azure-native:containerservice:AgentPool", {"agentPoolName": "mine"}),
        ("azure-native:authorization:RoleAssignment", {}),
        ("gcp:billing/budget:Budget", {}),  # Google names them
        ("kubernetes:core/v1:Secret", {"metadata": {"name": "mine"}}),
        ("kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition", {}),  # Kubernetes says which
    ],
)
def test_nothing_is_chosen(type: str, inputs: dict[str, Any]) -> None:
    assert chosen(type, **inputs) == inputs


@pytest.mark.parametrize(
    ("type", "property", "pattern"),
    [
        ("gcp:container/cluster:Cluster", "name", r"train-[0-9a-f]{7}"),  # and Google allows no capitals
        # Pulumi's own providers form them otherwise: azure-native without a dash, and inside a resource not at all.
        ("azure-native:network:VirtualNetwork", "virtualNetworkName", r"Train[0-9a-f]{8}"),
        ("azure-native:storage:StorageAccount", "accountName", r"train[0-9a-f]{8}"),
        ("azure-native:containerservice:AgentPool", "agentPoolName", r"Train"),
        ("kubernetes:helm.sh/v3:Release", "name", r"Train-[0-9a-f]{8}"),
    ],
)
def test_the_property_of_other_clouds(type: str, property: str, pattern: str) -> None:
    assert re.fullmatch(pattern, chosen(type)[property])


def test_a_name_inside_a_block_stays_beside_what_stands_there() -> None:
    found = chosen("kubernetes:core/v1:Secret", metadata={"labels": {"a": "b"}})
    assert re.fullmatch(r"Train-[0-9a-f]{8}", found["metadata"].pop("name"))
    assert found == {"metadata": {"labels": {"a": "b"}}, "__defaults": ["metadata.name"]}


@pytest.mark.parametrize(("type", "property", "longest"), [("aws:iam/role:Role", "name", 64), (BUCKET, "bucket", 63)])
def test_names_are_cut_to_what_the_service_takes(type: str, property: str, longest: int) -> None:
    found = chosen(type, "x" * 300)[property]
    assert len(found) == longest and re.search("x-[0-9a-f]{7}$", found)


def test_the_seed_decides() -> None:
    one = named(BUCKET, "a", {}, {}, b"1")
    assert named(BUCKET, "a", {}, {}, b"1") == one != named(BUCKET, "a", {}, {}, b"2")


def test_a_chosen_name_stays_and_a_stated_one_does_not() -> None:
    assert named(BUCKET, "a", {}, {"bucket": "a-1234567", "__defaults": ["bucket"]}, SEED)["bucket"] == "a-1234567"
    assert named(BUCKET, "a", {}, {"bucket": "stated"}, SEED)["bucket"] != "stated"
