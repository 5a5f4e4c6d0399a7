"""S3, EFS and FSx for Lustre: what AWS refuses, each beside the same thing that it takes.

Codes and words: S3 API reference "Error responses", EFS and FSx API references, FSx for Lustre guide (sizes:
"Managing storage capacity"; ports and EFA: "File System Access Control with Amazon VPC").
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from scripts.rehearsal.model import CloudError
from tests.unit.rehearsal_aws.world import BUCKET, BUCKET_POLICY, CLOSED, FILES, LINK, LUSTRE, MOUNT, World

Inputs = dict[str, Any]


def statement(**changes: Any) -> str:
    base = {
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": ["arn:aws:s3:::own", "arn:aws:s3:::own/*"],
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [{**base, **changes}]})


def bucket(**settings: Any) -> World:
    world = World(**settings)
    world.add("bucket", BUCKET, bucket="own")
    return world


def test_bucket_names_are_everybodys() -> None:
    world = bucket()
    with pytest.raises(CloudError, match="you already own it") as refused:
        world.add("again", BUCKET, bucket="own")
    assert refused.value.code == "BucketAlreadyOwnedByYou"
    world.cloud.settings.update(account="210987654321", region="eu-west-1")
    with pytest.raises(CloudError, match="The requested bucket name is not available") as refused:
        world.add("again", BUCKET, bucket="own")
    assert refused.value.code == "BucketAlreadyExists"


def test_a_bucket_with_objects_stays() -> None:
    world = bucket(**{"objects.own": 3})
    with pytest.raises(CloudError, match="The bucket you tried to delete is not empty") as refused:
        world.cloud.delete(world["bucket"])
    assert refused.value.code == "BucketNotEmpty"
    world.cloud.delete(world.cloud.update(world["bucket"], forceDestroy=True))
    empty = bucket()
    empty.cloud.delete(empty["bucket"])


def test_configurations_of_a_bucket_that_is_not_there() -> None:
    world = bucket()
    world.add("policy", BUCKET_POLICY, bucket="own", policy=statement())
    with pytest.raises(CloudError, match="The specified bucket does not exist") as refused:
        world.add("other", BUCKET_POLICY, bucket="none", policy=statement())
    assert refused.value.code == "NoSuchBucket"


@pytest.mark.parametrize(
    ("policy", "code", "words"),
    [
        ("no", "MalformedPolicy", "Policies must be valid JSON"),
        (statement(Resource=["arn:aws:s3:::else"]), "MalformedPolicy", "Policy has invalid resource"),
        (statement(Effect="Allow"), "AccessDenied", "blocked by the BlockPublicPolicy"),
    ],
)
def test_bucket_policies(policy: str, code: str, words: str) -> None:
    world = bucket()
    world.add("closed", CLOSED, bucket="own", blockPublicPolicy=True)
    with pytest.raises(CloudError, match=words) as refused:
        world.add("policy", BUCKET_POLICY, bucket="own", policy=policy)
    assert refused.value.code == code


def mounted(**changes: Any) -> World:
    world = World().network()
    world.add("files", FILES, encrypted=True)
    inputs = {
        "fileSystemId": world.id("files"),
        "subnetId": world.id("system-0"),
        "securityGroups": [world.id("fabric")],
    }
    world.add("mount", MOUNT, **{**inputs, **changes})
    return world


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"fileSystemId": "fs-0123456789"}, "FileSystemNotFound", "File system 'fs-0123456789' does not exist"),
        ({"subnetId": "subnet-0123456789"}, "SubnetNotFound", "'subnet-0123456789' does not exist"),
        (
            {"securityGroups": ["sg-0123456789"]},
            "SecurityGroupNotFound",
            "The security group 'sg-0123456789' does not exist",
        ),
    ],
)
def test_mount_targets(changes: Inputs, code: str, words: str) -> None:
    mounted()
    with pytest.raises(CloudError, match=words) as refused:
        mounted(**changes)
    assert refused.value.code == code


def test_one_mount_target_to_a_zone() -> None:
    world = mounted()
    with pytest.raises(CloudError, match="mount target already exists in this AZ") as refused:
        world.add("second", MOUNT, fileSystemId=world.id("files"), subnetId=world.id("train"))
    assert refused.value.code == "MountTargetConflict"
    world.add("second", MOUNT, fileSystemId=world.id("files"), subnetId=world.id("system-1"))
    assert world.cloud.read(world["files"])["numberOfMountTargets"] == 2
    with pytest.raises(CloudError, match="Mount target") as refused:
        world.cloud.delete(world["files"])
    assert refused.value.code == "FileSystemInUse"


def lustre(**changes: Any) -> World:
    world = World().network().doors()
    world.rule_both("all", "files-group", "-1")
    world.add("lustre", LUSTRE, **{**world.lustre_inputs(), **changes})
    return world


# Guide, "Managing storage capacity": 1,200, 2,400 and multiples of 2,400 GiB; with EFA multiples of 38,400 at 125,
# 19,200 at 250, 9,600 at 500 and 4,800 GiB at 1,000 MB/s/TiB.
@pytest.mark.parametrize("size", [1200, 2400, 4800])
def test_sizes_that_are_sold(size: int) -> None:
    lustre(storageCapacity=size)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"storageCapacity": 1000}, "Storage capacity 1000 GiB is not valid"),
        (
            {"storageCapacity": 3600},
            "Storage capacity 3600 GiB is not valid: it must be 1200 GiB, or a multiple of 2400",
        ),
        ({"perUnitStorageThroughput": 300}, "PerUnitStorageThroughput must be one of 125, 250, 500, 1000"),
        ({"efaEnabled": True}, "Storage capacity 2400 GiB is not valid: .* multiple of 19200 GiB"),
        ({"efaEnabled": True, "metadataConfiguration": None}, "need a MetadataConfiguration"),
    ],
)
def test_sizes_that_are_not(changes: Inputs, words: str) -> None:
    with pytest.raises(CloudError, match=words) as refused:
        lustre(**changes)
    assert refused.value.code == "BadRequest"


def test_storage_only_grows() -> None:
    world = lustre(storageCapacity=4800)
    assert world.cloud.update(world["lustre"], storageCapacity=7200).outputs["storageCapacity"] == 7200
    with pytest.raises(CloudError, match="Storage capacity cannot be decreased"):
        world.cloud.update(world["lustre"], storageCapacity=2400)


@pytest.mark.parametrize(
    ("ports", "words"),
    [(((1018, 1023),), "traffic on port 988"), (((988, 988), (1021, 1023)), "traffic on port 1018")],
)
def test_closed_ports(ports: tuple[tuple[int, int], ...], words: str) -> None:
    world = World().network().doors(ports=ports)
    with pytest.raises(CloudError, match=words) as refused:
        world.add("lustre", LUSTRE, **world.lustre_inputs())
    assert refused.value.code == "InvalidNetworkSettings"


def test_efa_needs_a_group_that_is_open_to_itself() -> None:
    efa = {"efaEnabled": True, "storageCapacity": 19200}
    lustre(**efa)
    world = World().network().doors()
    with pytest.raises(CloudError, match="all traffic to and from itself") as refused:
        world.add("lustre", LUSTRE, **{**world.lustre_inputs(), **efa})
    assert refused.value.code == "InvalidNetworkSettings"


def linked(world: World, **changes: Any) -> None:
    inputs = {"fileSystemId": world.id("lustre"), "fileSystemPath": "/data", "dataRepositoryPath": "s3://own/data"}
    world.add("link", LINK, **{**inputs, **changes})


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"fileSystemId": "fs-0123456789"}, "FileSystemNotFound", "File system 'fs-0123456789' does not exist"),
        ({"fileSystemPath": "/data"}, "BadRequest", "overlaps the path /data"),
        ({"fileSystemPath": "/data/more"}, "BadRequest", "overlaps the path /data"),
        ({"dataRepositoryPath": "s3://gone"}, "BadRequest", "Ensure the bucket gone exists"),
    ],
)
def test_links_to_buckets(changes: Inputs, code: str, words: str) -> None:
    world = lustre()
    linked(world)
    world.cloud.settings["outside.gone"] = False
    with pytest.raises(CloudError, match=words) as refused:
        linked(world, **{"fileSystemPath": "/else", **changes})
    assert refused.value.code == code


def test_only_the_second_persistent_kind_is_linked() -> None:
    world = lustre(deploymentType="SCRATCH_2", perUnitStorageThroughput=None, metadataConfiguration=None)
    with pytest.raises(CloudError, match="not supported for file systems with deployment type SCRATCH_2") as refused:
        linked(world)
    assert refused.value.code == "UnsupportedOperation"
