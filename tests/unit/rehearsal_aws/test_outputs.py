"""Replies: every output is one that the SDK has, ids look as AWS forms them, sets come in another order.

Forms: the API references (patterns of the members), "Amazon Resource Names" of each service's authorization reference.
"""

from __future__ import annotations

import collections.abc
import importlib
import inspect
import re
from functools import cache
from typing import Any, get_args, get_origin

import pulumi
import pytest
from pulumi import _types

from scripts.preview.replies import AWS
from scripts.rehearsal.aws.provider import AUTONAMES, LOWERCASE, PREFIXES, refusal
from scripts.rehearsal.aws.service import BEHAVIOURS, OWNED, SETS
from scripts.rehearsal.model import Resource
from tests.unit.rehearsal_aws import world as w
from tests.unit.rehearsal_aws.world import World

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")

ACCOUNT, REGION = "123456789012", "us-east-1"
UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
PERSON = "arn:aws:iam::123456789012:role/team/platform"


def more(world: World) -> None:
    """One of each type that the pool's cluster has not."""
    world.doors()
    world.add("placement", w.PLACEMENT, strategy="cluster")
    files = world.add("files", w.FILES, tags={"Name": "shared"})
    world.add("mount", w.MOUNT, fileSystemId=files.id, subnetId=world.id("train"), securityGroups=[world.id("fabric")])
    world.add("lustre", w.LUSTRE, **world.lustre_inputs())
    world.add("bucket", w.BUCKET)
    bucket = world.id("bucket")
    world.add("link", w.LINK, fileSystemId=world.id("lustre"), fileSystemPath="/a", dataRepositoryPath=f"s3://{bucket}")
    for name, inputs in BUCKET_PARTS.items():
        world.add(name, f"aws:s3/{name[0].lower()}{name[1:]}:{name}", bucket=bucket, **inputs)
    world.add("entry", w.ENTRY, clusterName="fleet", principalArn=PERSON)
    policy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
    scope = {"accessScope": {"type": "cluster"}}
    world.add("access", w.ACCESS, clusterName="fleet", principalArn=PERSON, policyArn=policy, **scope)
    pod = {"namespace": "kube-system", "serviceAccount": "a", "roleArn": world["pod-role"].outputs["arn"]}
    world.add("pod", w.IDENTITY, clusterName="fleet", **pod)
    group = world["nodes"].outputs["resources"][0]["autoscalingGroups"][0]["name"]
    world.add("up", w.SCHEDULE, autoscalingGroupName=group, scheduledActionName="up", recurrence="0 8 * * *")
    world.add("budget", w.BUDGET, budgetType="COST", timeUnit="MONTHLY", limitAmount="10", limitUnit="USD")
    world.add("alias", w.ALIAS, targetKeyId=world.id("key"))
    world.add("key-policy", "aws:kms/keyPolicy:KeyPolicy", keyId=world.id("key"), policy=w.key_policy())
    world.add("logs", w.LOGS, name="/aws/eks/fleet/cluster")
    rarely(world)


BUCKET_PARTS: dict[str, dict[str, Any]] = {
    "BucketVersioning": {"versioningConfiguration": {"status": "Enabled"}},
    "BucketPublicAccessBlock": {"blockPublicAcls": True},
    "BucketLifecycleConfiguration": {"rules": [{"id": "a", "status": "Enabled"}]},
    "BucketOwnershipControls": {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
    "BucketServerSideEncryptionConfiguration": {
        "rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]
    },
    "BucketPolicy": {"policy": '{"Statement": []}'},
}


def rarely(world: World) -> None:
    """Types that only some stacks register, or none yet."""
    vpc = world.id("vpc")
    service = {"serviceName": f"com.amazonaws.{REGION}.ec2", "vpcEndpointType": "Interface", "privateDnsEnabled": True}
    subnets = [world.id("system-0"), world.id("system-1")]
    world.add("endpoint", w.ENDPOINT, vpcId=vpc, subnetIds=subnets, securityGroupIds=[world.id("fabric")], **service)
    world.add(
        "range", "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation", vpcId=vpc, cidrBlock="100.64.0.0/16"
    )
    world.add("flow", "aws:ec2/flowLog:FlowLog", vpcId=vpc, trafficType="ALL", logDestination="arn:aws:s3:::logs")
    place = {"availabilityZone": "us-east-1a", "instancePlatform": "Linux/UNIX"}
    world.add("reservation", w.RESERVATION, instanceType=w.MACHINE, instanceCount=1, **place)
    block = "aws:ec2/capacityBlockReservation:CapacityBlockReservation"
    world.add("block", block, capacityBlockOfferingId="cb-1", instancePlatform="Linux/UNIX")
    world.add("scaling", "aws:autoscaling/group:Group", minSize=0, maxSize=1, vpcZoneIdentifiers=subnets)
    world.add("profile", w.PROFILE, role=world.id("node-role"))
    world.add("policy", w.POLICY, policy='{"Statement": []}')
    world.add("grants", w.INLINE, role=world.id("node-role"), policy='{"Statement": []}')
    issuer = world["cluster"].outputs["identities"][0]["oidcs"][0]["issuer"]
    world.add("oidc", w.OIDC, url=issuer, clientIdLists=["sts.amazonaws.com"])


@cache
def everything() -> World:
    world = World().pool()
    more(world)
    return world


@cache
def by_type() -> dict[str, Resource]:
    return {one.type: one for one in everything().made.values()}


def resource_class(token: str) -> type[pulumi.Resource]:
    _, module, name = token.split(":")
    return getattr(importlib.import_module(f"pulumi_aws.{module.split('/')[0]}"), name)


def strangers(kind: Any, value: Any, path: str) -> list[str]:
    """The paths inside `value` for which the SDK's type has no property."""
    kind = _types.unwrap_optional_type(kind)
    origin: Any = get_origin(kind)
    if isinstance(value, list) and origin is collections.abc.Sequence:
        return [found for one in value for found in strangers(get_args(kind)[0], one, path)]
    if isinstance(value, dict) and inspect.isclass(kind) and _types.is_output_type(kind):
        known = _types.output_type_types(kind)
        return [
            found
            for name, one in value.items()
            for found in (strangers(known[name], one, f"{path}.{name}") if name in known else [f"{path}.{name}"])
        ]
    return []


def test_every_type_of_this_project_has_a_behaviour_and_a_sample() -> None:
    ours = {type for type in AWS if type.startswith("aws:")}
    assert BEHAVIOURS.keys() >= ours
    assert by_type().keys() == BEHAVIOURS.keys()


@pytest.mark.parametrize("type", sorted(BEHAVIOURS))
def test_every_output_exists_in_the_sdk(type: str) -> None:
    one = by_type()[type]
    known = _types.resource_types(resource_class(type))
    assert set(one.outputs) <= set(known)
    assert [path for name, value in one.outputs.items() for path in strangers(known[name], value, name)] == []


@pytest.mark.parametrize("type", sorted(BEHAVIOURS))
def test_a_second_read_equals_the_first(type: str) -> None:
    one, cloud = by_type()[type], everything().cloud
    first = cloud.read(one)
    assert cloud.read(one) == first
    assert first.keys() == one.outputs.keys()


def test_a_group_shows_the_rules_that_others_put_into_it() -> None:
    # Terraform's aws_security_group: `ingress` and `egress` hold rules of the rule resources too.
    world = everything()
    told = world.cloud.read(world["files-group"])
    assert sorted((one["fromPort"], one["toPort"], one["self"]) for one in told["ingress"]) == [
        (988, 988, True),
        (1018, 1023, True),
    ]
    known = _types.resource_types(resource_class(w.GROUP))
    assert strangers(known["ingress"], told["ingress"], "ingress") == []


@pytest.mark.parametrize("type", sorted({*SETS, *OWNED, *AUTONAMES, *LOWERCASE, *PREFIXES}))
def test_every_path_of_the_tables_exists_in_the_sdk(type: str) -> None:
    named = (AUTONAMES[type][0],) if type in AUTONAMES else ()
    for path in (*SETS.get(type, ()), *OWNED.get(type, ()), *named):
        value: Any = None
        for step in reversed(path.split(".")):
            value = {step: value}
        known = _types.resource_types(resource_class(type))
        (name,) = value
        assert name in known, path
        nested = (
            [value[name]]
            if get_origin(_types.unwrap_optional_type(known[name])) is collections.abc.Sequence
            else value[name]
        )
        assert strangers(known[name], nested, name) == [], path


FORMS: dict[str, dict[str, str]] = {
    w.VPC: {"id": "vpc-[0-9a-f]{17}", "arn": f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-[0-9a-f]{{17}}"},
    w.SUBNET: {"id": "subnet-[0-9a-f]{17}", "availabilityZone": "us-east-1[a-f]"},
    w.GROUP: {"id": "sg-[0-9a-f]{17}", "ownerId": ACCOUNT},
    w.TABLE: {"id": "rtb-[0-9a-f]{17}"},
    w.GATEWAY: {"id": "igw-[0-9a-f]{17}"},
    w.NAT: {"id": "nat-[0-9a-f]{17}", "publicIp": r"\d+\.\d+\.\d+\.\d+", "privateIp": r"10\.0\.\d+\.\d+"},
    w.EIP: {"id": "eipalloc-[0-9a-f]{17}", "publicDns": r"ec2-[\d-]+\.compute-1\.amazonaws\.com"},
    w.ENDPOINT: {"id": "vpce-[0-9a-f]{17}", "state": "available"},
    w.INGRESS: {"id": "sgr-[0-9a-f]{17}"},
    w.TEMPLATE: {"id": "lt-[0-9a-f]{17}", "latestVersion": "1"},
    w.PLACEMENT: {"placementGroupId": "pg-[0-9a-f]{17}"},
    w.RESERVATION: {"id": "cr-[0-9a-f]{17}"},
    w.ROLE: {"uniqueId": "AROA[0-9A-Z]{17}", "arn": f"arn:aws:iam::{ACCOUNT}:role/.+"},
    w.ATTACHMENT: {"id": "node-role-.*AmazonEKSWorkerNodePolicy"},
    w.KEY: {"id": UUID, "arn": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{UUID}"},
    w.ALIAS: {"id": "alias/.+", "targetKeyArn": f"arn:aws:kms:.*:key/{UUID}"},
    w.CLUSTER: {
        "id": "fleet",
        "endpoint": r"https://[0-9A-F]{32}\.\w{3}\.us-east-1\.eks\.amazonaws\.com",
        "status": "ACTIVE",
        "platformVersion": r"eks\.\d+",
    },
    w.NODES: {
        "id": "fleet:train",
        "releaseVersion": r"1\.33\.\d+-\d{8}",
        "arn": f"arn:aws:eks:.*:nodegroup/fleet/train/{UUID}",
    },
    w.ADDON: {"id": "fleet:[a-z-]+", "addonVersion": r"v\d+\.\d+\.\d+-eksbuild\.\d+"},
    w.ENTRY: {
        "id": f"fleet:{PERSON}",
        "userName": r"arn:aws:sts::123456789012:assumed-role/platform/\{\{SessionName\}\}",
    },
    w.ACCESS: {"id": f"fleet#{PERSON}#arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"},
    w.IDENTITY: {"id": "a-[0-9a-f]{17}"},
    w.FILES: {"id": "fs-[0-9a-f]{17}", "dnsName": r"fs-[0-9a-f]{17}\.efs\.us-east-1\.amazonaws\.com", "name": "shared"},
    w.MOUNT: {"id": "fsmt-[0-9a-f]{17}", "ipAddress": r"10\.0\.\d+\.\d+"},
    w.LUSTRE: {"id": "fs-[0-9a-f]{17}", "dnsName": r"fs-[0-9a-f]{17}\.fsx\.us-east-1\.amazonaws\.com"},
    w.LINK: {"id": "dra-[0-9a-f]{17}"},
    w.BUCKET: {"arn": "arn:aws:s3:::.+", "bucketRegionalDomainName": r".+\.s3\.us-east-1\.amazonaws\.com"},
    w.BUDGET: {"id": f"{ACCOUNT}:budget-.+", "arn": f"arn:aws:budgets::{ACCOUNT}:budget/.+"},
    w.LOGS: {
        "id": "/aws/eks/fleet/cluster",
        "arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/aws/eks/fleet/cluster",
    },
}


@pytest.mark.parametrize("type", FORMS)
def test_ids_look_as_aws_forms_them(type: str) -> None:
    one = by_type()[type]
    for name, form in FORMS[type].items():
        value = one.id if name == "id" else one.outputs[name]
        assert re.fullmatch(form, str(value)), (name, value)


def test_china_has_names_of_its_own() -> None:
    world = World(region="cn-north-1")
    assert world.add("bucket", w.BUCKET).outputs["arn"].startswith("arn:aws-cn:s3:::")
    assert world["bucket"].outputs["bucketDomainName"].endswith(".s3.amazonaws.com.cn")


def test_two_equal_runs_are_equal_and_a_second_resource_is_another() -> None:
    assert World().network().made == World().network().made
    world = World().network()
    first, second = world.id("vpc"), world.add("vpc", w.VPC, cidrBlock="10.0.0.0/16").id
    assert first != second


def test_sets_come_in_an_order_of_their_own() -> None:
    # The API references call them sets or lists without an order; five members of eight ids come back sorted once in 120.
    world = World().network()
    subnets = [world.subnet(f"s{index}", f"10.0.{100 + index}.0/28", "use1-az1").id for index in range(5)]
    given = {"minSize": 0, "maxSize": 1, "name": "set"}
    told = world.add("scaling", "aws:autoscaling/group:Group", vpcZoneIdentifiers=subnets, **given)
    back = world.cloud.create(
        "aws:autoscaling/group:Group", "b", {**given, "name": "b", "vpcZoneIdentifiers": subnets[::-1]}
    )
    assert sorted(told.outputs["vpcZoneIdentifiers"]) == sorted(subnets)
    assert told.outputs["vpcZoneIdentifiers"] == back.outputs["vpcZoneIdentifiers"]


# EKS, EC2, IAM, FSx, S3 and KMS API references: what is taken where the caller says nothing.
DEFAULTS: list[tuple[str, str, Any]] = [
    (w.VPC, "instanceTenancy", "default"),
    (w.SUBNET, "mapPublicIpOnLaunch", False),
    (w.ROLE, "maxSessionDuration", 3600),
    (w.LUSTRE, "dataCompressionType", "NONE"),
    (w.LUSTRE, "metadataConfiguration", {"mode": "AUTOMATIC", "iops": 3000}),
    (w.KEY, "rotationPeriodInDays", 365),
    (w.NODES, "updateConfig", {"maxUnavailable": 1, "updateStrategy": "DEFAULT"}),
    (w.CLUSTER, "upgradePolicy", {"supportType": "EXTENDED"}),
    (w.ENTRY, "type", "STANDARD"),
    (w.FILES, "performanceMode", "generalPurpose"),
    (w.LINK, "importedFileChunkSize", 1024),
    (w.LOGS, "logGroupClass", "STANDARD"),
]


@pytest.mark.parametrize(("type", "name", "value"), DEFAULTS)
def test_defaults_are_filled_in(type: str, name: str, value: Any) -> None:
    assert by_type()[type].outputs[name] == value


@pytest.mark.parametrize(
    ("config", "words"),
    [
        ({"region": REGION, "allowedAccountIds": f'["{ACCOUNT}"]', "skipRegionValidation": "false"}, None),
        ({"region": REGION, "allowedAccountIds": '["210987654321"]'}, "AWS account ID not allowed: 123456789012"),
        ({"region": REGION, "forbiddenAccountIds": [ACCOUNT]}, "AWS account ID not allowed: 123456789012"),
        ({"region": "us-east-9", "skipRegionValidation": "false"}, "invalid AWS Region: us-east-9"),
        ({}, "Missing region configuration: set aws:region or AWS_REGION"),
    ],
)
def test_the_provider_minds_its_account(config: dict[str, Any], words: str | None) -> None:
    assert refusal(config, ACCOUNT) == words
