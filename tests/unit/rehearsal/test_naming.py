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
        ("azure-native:network:VirtualNetwork", {}),
        ("kubernetes:core/v1:Secret", {}),
    ],
)
def test_nothing_is_chosen(type: str, inputs: dict[str, Any]) -> None:
    assert chosen(type, **inputs) == inputs


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
