"""Resources that someone wrote by hand, each with one thing wrong, and what only the cloud knows."""

from __future__ import annotations

from typing import Any

import pytest

from policies.context import Context
from policies.engine import evaluate
from policies.readers.aws import subject_from_resources
from policies.settings import Settings
from tests.unit.policies.subjects import ON, cost, judged, verdict, with_parameters

CONTEXT = Context(stack="hand", environment="prod")
TAGS = {"owner": "research", "cost-center": "4711"}
KEY = {"ref": "key.arn"}
UNKNOWN = {"ref": "unknown"}


def one(kind: str, name: str, parent: str | None = None, **inputs: Any) -> dict[str, Any]:
    return {"type": kind, "name": name, "parent": parent, "provider": None, "inputs": inputs}


def instance(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "instanceType": "any",
        "associatePublicIpAddress": False,
        "rootBlockDevice": {"encrypted": True, "kmsKeyId": KEY},
        "tags": TAGS,
    }
    return one("aws:ec2/instance:Instance", "box", **(inputs | changes))


def volume(**changes: Any) -> dict[str, Any]:
    return one("aws:ebs/volume:Volume", "data", **({"encrypted": True, "kmsKeyId": KEY, "tags": TAGS} | changes))


def bucket(**changes: Any) -> dict[str, Any]:
    return one("aws:s3/bucket:Bucket", "weights", **({"bucket": "acme-weights", "tags": TAGS} | changes))


def bucket_encryption(target: Any, algorithm: Any = "aws:kms", key: Any = KEY) -> dict[str, Any]:
    default = {"sseAlgorithm": algorithm} | ({"kmsMasterKeyId": key} if key else {})
    return one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        "weights-encryption",
        bucket=target,
        rules=[{"applyServerSideEncryptionByDefault": default}],
    )


def cluster(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "vpcConfig": {"endpointPublicAccess": False},
        "encryptionConfig": {"provider": {"keyArn": KEY}, "resources": ["secrets"]},
        "tags": TAGS,
    }
    return one("aws:eks/cluster:Cluster", "main", **(inputs | changes))


def template(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"encrypted": "true", "kmsKeyId": KEY}}],
        "networkInterfaces": [{"interfaceType": "efa"}, {"interfaceType": "efa-only"}],
        "tagSpecifications": [{"resourceType": kind, "tags": TAGS} for kind in ("instance", "volume")],
        "tags": TAGS,
    }
    return one("aws:ec2/launchTemplate:LaunchTemplate", "tpl", **(inputs | changes))


def subnet(**changes: Any) -> dict[str, Any]:
    return one("aws:ec2/subnet:Subnet", "inner", **({"mapPublicIpOnLaunch": False} | changes))


def group(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "capacityType": "ON_DEMAND",
        "scalingConfig": {"minSize": 2.0, "desiredSize": 2.0, "maxSize": 4.0},
        "launchTemplate": {"id": {"ref": "tpl.id"}, "version": UNKNOWN},
        "subnetIds": [{"ref": "inner.id"}],
        "tags": TAGS,
    }
    return one("aws:eks/nodeGroup:NodeGroup", "workers", **(inputs | changes))


NODES = [subnet(), template(), group()]
SOUND: list[dict[str, Any]] = [
    *NODES,
    instance(),
    volume(),
    bucket(),
    bucket_encryption({"ref": "weights.id"}),
    cluster(),
    one("aws:efs/fileSystem:FileSystem", "home", encrypted=True, kmsKeyId=KEY, tags=TAGS),
    one("aws:fsx/lustreFileSystem:LustreFileSystem", "fast", kmsKeyId=KEY, tags=TAGS),
    one("aws:cloudwatch/logGroup:LogGroup", "log", kmsKeyId=KEY, tags=TAGS),
]


def judge(rule: str, *resources: dict[str, Any], settings: Settings | None = None) -> tuple[str, list[str]]:
    return judged(rule, subject_from_resources(resources, CONTEXT, cost(), ON), settings)


KEY_ASKED = with_parameters("encryption", require_key=True)

REFUSED: list[tuple[str, list[dict[str, Any]], str]] = [
    ("no-public-ip", [instance(associatePublicIpAddress=True)], "instance box: nodes get public addresses"),
    (
        "no-public-ip",
        [instance(associatePublicIpAddress=None)],
        "instance box: whether nodes get public addresses is unknown",
    ),
    (
        "no-public-ip",
        [instance(associatePublicIpAddress=UNKNOWN, subnetId={"ref": "inner.id"}), subnet(mapPublicIpOnLaunch=True)],
        "instance box: nodes get public",
    ),
    ("no-public-ip", [instance(associatePublicIpAddress=None, subnetId="subnet-1")], "instance box: whether"),
    (
        "no-public-ip",
        [template(networkInterfaces=[{"associatePublicIpAddress": "true"}])],
        "launch template tpl: nodes get",
    ),
    ("no-public-ip", [subnet(mapPublicIpOnLaunch=True), template(), group()], "node group workers: nodes get"),
    ("no-public-ip", [subnet(mapPublicIpOnLaunch=UNKNOWN), template(), group()], "node group workers: whether"),
    (
        "no-public-ip",
        [*NODES, group(subnetIds=[{"ref": "inner.id"}, {"ref": "other.id"}])],
        "node group workers: whether",
    ),
    ("no-public-ip", [one("aws:ec2/eip:Eip", "ip", instance={"ref": "box.id"})], "address ip: nodes get"),
    ("no-public-ip", [cluster(vpcConfig={})], "the API endpoint of cluster main is open to 0.0.0.0/0"),
    ("no-public-ip", [cluster(vpcConfig=UNKNOWN)], "the API endpoint of cluster main: who may reach it"),
    (
        "no-public-ip",
        [cluster(vpcConfig={"endpointPublicAccess": True, "publicAccessCidrs": [UNKNOWN]})],
        "the API endpoint of cluster main: who may reach it",
    ),
    ("encryption", [volume(encrypted=None)], "volume data: nothing says that it is encrypted"),
    ("encryption", [volume(encrypted=False)], "volume data: nothing says that it is encrypted"),
    ("encryption", [volume(encrypted=UNKNOWN)], "volume data: whether it is encrypted is unknown"),
    ("encryption", [instance(rootBlockDevice=None)], "the disks of instance box: nothing says"),
    ("encryption", [instance(ebsBlockDevices=[{"encrypted": False}])], "the disks of instance box: nothing says"),
    (
        "encryption",
        [instance(rootBlockDevice=UNKNOWN)],
        "the disks of instance box: whether it is encrypted is unknown",
    ),
    ("encryption", [template(blockDeviceMappings=None)], "the disks of launch template tpl: nothing says"),
    (
        "encryption",
        [template(blockDeviceMappings=[{"ebs": {"encrypted": "false"}}])],
        "the disks of launch template tpl: no",
    ),
    ("encryption", [template(blockDeviceMappings=UNKNOWN)], "the disks of launch template tpl: whether"),
    ("encryption", [subnet(), group(launchTemplate=None)], "the disks of node group workers: nothing says"),
    ("encryption", [bucket()], "bucket weights: nothing says that it is encrypted"),
    ("encryption", [bucket(), bucket_encryption({"ref": "other.id"})], "bucket weights: nothing says"),
    ("encryption", [bucket(serverSideEncryptionConfiguration=UNKNOWN)], "bucket weights: whether"),
    ("encryption", [bucket(), bucket_encryption("acme-weights", UNKNOWN)], "bucket weights: whether"),
    ("encryption", [cluster(encryptionConfig=None)], "the secrets of cluster main: nothing says"),
    ("encryption", [cluster(encryptionConfig=UNKNOWN)], "the secrets of cluster main: whether"),
    ("encryption", [one("aws:efs/fileSystem:FileSystem", "home")], "file system home: nothing says"),
    ("required-tags", [volume(tags=None)], "volume data: tags are missing: owner, cost-center"),
    ("required-tags", [volume(tags=UNKNOWN)], "volume data: the tags are unknown"),
    ("required-tags", [volume(tags=TAGS | {"owner": UNKNOWN})], "volume data: tags are unknown until it exists: owner"),
    ("required-tags", [subnet(), template(), group(tags={})], "node group workers: tags are missing"),
    (
        "required-tags",
        [subnet(), group(launchTemplate=None)],
        "the instances of node group workers, which has no launch",
    ),
    (
        "required-tags",
        [template(tagSpecifications=UNKNOWN)],
        "the instances of launch template tpl, the volumes of launch template tpl: the tags are unknown",
    ),
    (
        "required-tags",
        [template(tagSpecifications=[{"resourceType": "instance", "tags": TAGS}])],
        "the volumes of launch template tpl: tags are missing",
    ),
    (
        "spot-forbidden",
        [subnet(), template(), group(capacityType="SPOT")],
        "node group workers trains as a gang and may run on",
    ),
    (
        "spot-forbidden",
        [subnet(), template(), group(capacityType=UNKNOWN)],
        "node group workers trains as a gang, and whether",
    ),
    (
        "spot-forbidden",
        [subnet(), template(networkInterfaces=UNKNOWN), group(capacityType="SPOT")],
        "node group workers may train as a gang",
    ),
    (
        "spot-forbidden",
        [subnet(), template(instanceMarketOptions={"marketType": "spot"}), group()],
        "node group workers trains as a gang and may run on spot",
    ),
    (
        "spot-forbidden",
        [template(), group(capacityType="SPOT", scalingConfig=UNKNOWN)],
        "node group workers may train as a gang",
    ),
]


@pytest.mark.parametrize("rule", ["spot-forbidden", "required-tags", "no-public-ip", "encryption"])
def test_a_sound_program_passes(rule: str) -> None:
    assert judge(rule, *SOUND) == ("pass", [])
    assert judge("encryption", *SOUND, settings=KEY_ASKED) == ("pass", [])


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[0]}: {case[2]}")
def test_refuses(case: tuple[str, list[dict[str, Any]], str]) -> None:
    rule, resources, message = case
    result, messages = judge(rule, *resources)
    assert result == "fail"
    assert any(found.startswith(message) for found in messages), messages


def test_a_key_that_the_program_makes_is_known_and_one_of_which_nothing_is_known_is_not() -> None:
    assert judge("encryption", volume(kmsKeyId=KEY), settings=KEY_ASKED)[0] == "pass"
    assert "service's key" in judge("encryption", volume(kmsKeyId=None), settings=KEY_ASKED)[1][0]
    _, messages = judge("encryption", volume(kmsKeyId=UNKNOWN, availabilityZone={"ref": "x.id"}), settings=KEY_ASKED)
    assert "the key that encrypts it is unknown" in messages[0]
    assert (
        "service's key"
        in judge("encryption", bucket(), bucket_encryption("acme-weights", "AES256", None), settings=KEY_ASKED)[1][0]
    )


def test_a_provider_s_default_tags_count_for_resources_but_not_for_what_templates_start() -> None:
    provider = one("pulumi:providers:aws", "aws", defaultTags='{"tags": {"owner": "research", "cost-center": "4711"}}')
    assert judge("required-tags", provider, volume(tags=None)) == ("pass", [])
    _, messages = judge("required-tags", provider, template(tags=None, tagSpecifications=None))
    assert [message.split(":")[0] for message in messages] == [
        "the instances of launch template tpl, the volumes of launch template tpl"
    ]


def test_a_single_node_and_nodes_without_fabric_are_no_gang() -> None:
    spot: dict[str, Any] = {"capacityType": "SPOT"}
    assert judge("spot-forbidden", template(), group(**spot, scalingConfig={"maxSize": 1}))[0] == "pass"
    assert judge("spot-forbidden", template(networkInterfaces=None), group(**spot))[0] == "pass"


def test_a_finding_names_the_resource_so_that_a_waiver_can() -> None:
    made = subject_from_resources([volume(encrypted=False)], CONTEXT, cost(), ON)
    judgement = evaluate(made)
    assert [f.path for f in judgement.findings if f.id == "encryption"] == ["data"]
    assert verdict(judgement, "encryption") == "fail"


def test_nothing_registered_breaks_nothing() -> None:
    for rule in ("spot-forbidden", "required-tags", "no-public-ip", "encryption"):
        assert judge(rule) == ("pass", [])
