"""What AWS's provider does with the edits that matter most: each typed in with its source, none read from the table.

`PLAN`: what `terraform plan` of terraform-provider-aws 5.100.0 answers to that edit of a resource in a state file.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest

from components.catalog.aws import AwsCatalog
from components.catalog.base import DATA
from components.catalog.replacement import Replacements, load

PLAN = "terraform-provider-aws 5.100.0, plan"
EKS_CLUSTER = "terraform-provider-aws internal/service/eks/cluster.go@00555dc5, schema and CustomizeDiff"
EKS_API = "EKS API: UpdateClusterConfig and UpdateNodegroupConfig take it"
RULES = "terraform-provider-aws internal/service/ec2/vpc_security_group_ingress_rule.go@00a32209, ModifyPlan"
REGIONS = "terraform-provider-aws internal/provider/sdkv2/region.go, forceNewIfRegionChanges"
PROVIDER = "pulumi-aws pull request 5656: the cascading replacement is gone in version 7"
TAGS = "terraform-provider-aws internal/tags, TagsSchema: no ForceNew"

CLUSTER, GROUP = "aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"
LUSTRE, TEMPLATE = "aws:fsx/lustreFileSystem:LustreFileSystem", "aws:ec2/launchTemplate:LaunchTemplate"
INGRESS, VPC = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "aws:ec2/vpc:Vpc"
ENCRYPTION = {"provider": {"keyArn": "key-A"}, "resources": ["secrets"]}
ADMIN = "bootstrapClusterCreatorAdminPermissions"

# (type, path, old, new, inputs before, effect, source)
EXPECTED: list[tuple[str, str, Any, Any, dict[str, Any], str, str]] = [
    (CLUSTER, "name", "a", "b", {}, "replace", EKS_CLUSTER),
    (CLUSTER, "roleArn", "role-A", "role-B", {}, "replace", EKS_CLUSTER),
    (CLUSTER, "version", "1.34", "1.35", {}, "update", PLAN),
    (CLUSTER, "vpcConfig.subnetIds", ["a"], ["a", "b"], {}, "update", EKS_CLUSTER),
    (CLUSTER, "vpcConfig.endpointPublicAccess", False, True, {}, "update", EKS_CLUSTER),
    (CLUSTER, "kubernetesNetworkConfig.serviceIpv4Cidr", "172.20.0.0/16", "10.100.0.0/16", {}, "replace", EKS_CLUSTER),
    (CLUSTER, "encryptionConfig", None, ENCRYPTION, {}, "update", EKS_CLUSTER),
    (CLUSTER, "encryptionConfig", ENCRYPTION, None, {}, "replace", EKS_CLUSTER),
    (CLUSTER, "encryptionConfig.provider.keyArn", "key-A", "key-B", {}, "update", EKS_CLUSTER),
    (CLUSTER, "encryptionConfig.resources", ["secrets"], ["other"], {}, "update", EKS_CLUSTER),
    (CLUSTER, f"accessConfig.{ADMIN}", True, False, {}, "replace", EKS_CLUSTER),
    (CLUSTER, "bootstrapSelfManagedAddons", True, False, {}, "replace", EKS_CLUSTER),
    (CLUSTER, "deletionProtection", True, False, {}, "update", EKS_API),
    (GROUP, "scalingConfig.maxSize", 2, 4, {}, "update", PLAN),
    (GROUP, "instanceTypes", ["a"], ["b"], {}, "replace", PLAN),
    (GROUP, "amiType", "A", "B", {}, "replace", PLAN),
    (GROUP, "capacityType", "ON_DEMAND", "SPOT", {}, "replace", PLAN),
    (GROUP, "subnetIds", ["a"], ["a", "b"], {}, "replace", PLAN),
    (GROUP, "nodeRoleArn", "role-A", "role-B", {}, "replace", PLAN),
    (GROUP, "launchTemplate.version", "1", "2", {}, "update", PLAN),
    (GROUP, "launchTemplate.id", "lt-A", "lt-B", {}, "replace", PLAN),
    (GROUP, "launchTemplate", {"id": "lt-A", "version": "1"}, None, {}, "update", PLAN),
    (GROUP, "version", "1.34", "1.35", {}, "update", PLAN),
    (GROUP, "releaseVersion", "1.35.1", "1.35.2", {}, "update", PLAN),
    (GROUP, "labels.gpu-fleet/pool", "a", "b", {}, "update", PLAN),
    (GROUP, "taints[0].value", "a", "b", {}, "update", PLAN),
    (GROUP, "updateConfig.updateStrategy", "DEFAULT", "MINIMAL", {}, "update", EKS_API),
    (LUSTRE, "storageCapacity", 4800, 7200, {"deploymentType": "PERSISTENT_2"}, "update", PLAN),
    (LUSTRE, "storageCapacity", 4800, 2400, {"deploymentType": "PERSISTENT_2"}, "replace", PLAN),
    (LUSTRE, "storageCapacity", 4800, 7200, {"deploymentType": "SCRATCH_1"}, "replace", PLAN),
    (LUSTRE, "metadataConfiguration.iops", 6000, 12000, {}, "update", PLAN),
    (LUSTRE, "metadataConfiguration.iops", 6000, 3000, {}, "replace", PLAN),
    (LUSTRE, "perUnitStorageThroughput", 250, 500, {}, "update", PLAN),
    (LUSTRE, "efaEnabled", False, True, {}, "replace", PLAN),
    (LUSTRE, "subnetIds", "subnet-A", "subnet-B", {}, "replace", PLAN),
    (TEMPLATE, "userData", "a", "b", {}, "update", PLAN),
    (TEMPLATE, "instanceType", "a", "b", {}, "update", PLAN),
    (INGRESS, "cidrIpv4", "10.0.0.0/16", "10.1.0.0/16", {}, "update", PLAN),
    (INGRESS, "cidrIpv4", "10.0.0.0/16", None, {}, "replace", PLAN),
    (INGRESS, "referencedSecurityGroupId", None, "sg-B", {}, "replace", RULES),
    (VPC, "cidrBlock", "10.0.0.0/16", "10.1.0.0/16", {}, "replace", PLAN),
    (VPC, "instanceTenancy", "default", "dedicated", {}, "replace", PLAN),
    (VPC, "instanceTenancy", "dedicated", "default", {}, "update", PLAN),
    (VPC, "region", "us-east-1", "us-west-2", {}, "replace", REGIONS),
    ("aws:s3/bucket:Bucket", "bucket", "a", "b", {}, "replace", PLAN),
    ("aws:kms/key:Key", "policy", "{}", '{"a": 1}', {}, "update", PLAN),
    ("aws:iam/policy:Policy", "description", "a", "b", {}, "replace", PLAN),
    ("aws:efs/fileSystem:FileSystem", "kmsKeyId", "key-A", "key-B", {}, "replace", PLAN),
    ("aws:ec2/placementGroup:PlacementGroup", "strategy", "cluster", "spread", {}, "replace", PLAN),
    ("aws:autoscaling/schedule:Schedule", "recurrence", "0 6 * * *", "0 7 * * *", {}, "update", PLAN),
    ("aws:budgets/budget:Budget", "limitAmount", "1000", "2000", {}, "update", PLAN),
    ("pulumi:providers:aws", "region", "us-east-1", "us-west-2", {}, "update", PROVIDER),
    ("aws:sqs/queue:Queue", "tags.owner", "a", None, {}, "update", PLAN),
]


def named(case: tuple[Any, ...]) -> str:
    return f"{case[0].rpartition(':')[2]}.{case[1]}-{case[2]}-{case[3]}"


@pytest.mark.parametrize("case", EXPECTED, ids=named)
def test_effect(case: tuple[str, str, Any, Any, dict[str, Any], str, str]) -> None:
    type, path, old, new, before, kind, source = case
    assert source
    effect = load("aws").effect(type, path, old, new, before=before, after=before)
    assert effect is not None
    assert effect.kind == kind
    assert effect.verified


@pytest.mark.parametrize("case", EXPECTED, ids=named)
def test_a_flipped_row_turns_its_expectation_red(case: tuple[Any, ...], tmp_path: Path) -> None:
    type, path, old, new, before, kind, _ = case
    effect = load("aws").effect(type, path, old, new, before=before)
    assert effect is not None
    table = flipped(tmp_path, type, effect.decided_by)
    other = table.effect(type, path, old, new, before=before)
    assert other is not None
    assert other.kind != kind


def flipped(folder: Path, type: str, property: str) -> Replacements:
    """The shipped table with every row of one property turned around."""
    with (DATA / "aws" / "replacement.csv").open(newline="") as file:
        rows = list(csv.reader(file))
    for row in rows[1:]:
        if row[0] in (type, "*") and row[1] == property:
            row[4] = {"update": "replace", "replace": "update"}[row[4]]
    with (folder / "replacement.csv").open("w", newline="") as file:
        csv.writer(file).writerows(rows)
    return AwsCatalog(folder).replacements


def test_a_cluster_made_without_access_config_takes_one_that_gives_its_creator_nothing() -> None:
    """terraform-provider-aws 5.100.0, plan: another value than the one that AWS filled in replaces."""
    table = load("aws")
    without = table.effect(CLUSTER, "accessConfig", None, {"authenticationMode": "API", ADMIN: False})
    given = table.effect(CLUSTER, "accessConfig", None, {"authenticationMode": "API", ADMIN: True})
    assert without is not None and without.kind == "update"
    assert given is not None and given.kind == "replace"


def test_a_stated_name_is_given_up_before_it_is_taken_again() -> None:
    """pulumi-terraform-bridge, nameRequiresDeleteBeforeReplace: only a name that the provider made lets both exist."""
    table = load("aws")
    stated = table.effect(CLUSTER, "roleArn", "a", "b", after={"name": "prod"})
    made = table.effect(CLUSTER, "roleArn", "a", "b", after={"name": "prod-1a2b3c4", "__defaults": ["name"]})
    group = table.effect(GROUP, "instanceTypes", ["a"], ["b"], after={"clusterName": "prod"})
    assert stated is not None and stated.delete_first
    assert made is not None and not made.delete_first
    assert group is not None and not group.delete_first


@pytest.mark.parametrize(
    ("type", "path"),
    [("aws:efs/mountTarget:MountTarget", "subnetId"), ("aws:iam/rolePolicyAttachment:RolePolicyAttachment", "role")],
)
def test_what_cannot_exist_twice_goes_first(type: str, path: str) -> None:
    """pulumi-aws provider/resource_overrides.go@015d3438: DeleteBeforeReplace."""
    effect = load("aws").effect(type, path, "a", "b")
    assert effect is not None
    assert (effect.kind, effect.delete_first) == ("replace", True)


def test_a_template_has_another_version_after_any_edit() -> None:
    """terraform-provider-aws internal/service/ec2/ec2_launch_template.go, CustomizeDiff."""
    assert load("aws").changing_outputs(TEMPLATE) == {"latestVersion", "defaultVersion"}
    assert load("aws").changing_outputs(CLUSTER) == frozenset()
