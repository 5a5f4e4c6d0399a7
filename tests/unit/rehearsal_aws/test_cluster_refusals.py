"""EKS and IAM: what AWS refuses, each beside the same thing that it takes.

Codes and words: EKS API reference (errors of each action), EKS guide "Troubleshooting", IAM API reference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.rehearsal.model import CloudError
from tests.unit.rehearsal_aws.world import (
    ACCESS,
    ADDON,
    ALIAS,
    ATTACHMENT,
    BUDGET,
    CLUSTER,
    ENTRY,
    IDENTITY,
    INLINE,
    KEY,
    LOGS,
    NODES,
    PROFILE,
    ROLE,
    World,
    key_policy,
    trust,
)

Inputs = dict[str, Any]
PERSON = "arn:aws:iam::123456789012:role/platform"
ADMIN = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"


def vpc_config(world: World, **changes: Any) -> Inputs:
    return {"vpcConfig": {**world.cluster_inputs()["vpcConfig"], **changes}}


def entered(world: World) -> Inputs:
    world.add("entry", ENTRY, clusterName="fleet", principalArn=PERSON)
    scope = {"accessScope": {"type": "cluster"}}
    return {"clusterName": "fleet", "principalArn": PERSON, "policyArn": ADMIN, **scope}


GOOD: dict[str, tuple[str, Callable[[World], Inputs]]] = {
    "cluster": (CLUSTER, lambda w: {**w.cluster_inputs(), "name": "second"}),
    "addon": (ADDON, lambda w: {"clusterName": "fleet", "addonName": "eks-pod-identity-agent"}),
    "entry": (ENTRY, lambda w: {"clusterName": "fleet", "principalArn": PERSON}),
    "access": (ACCESS, entered),
    "identity": (
        IDENTITY,
        lambda w: {
            "clusterName": "fleet",
            "namespace": "kube-system",
            "serviceAccount": "aws-node",
            "roleArn": w["pod-role"].outputs["arn"],
        },
    ),
    "role": (ROLE, lambda w: {"name": "own", "assumeRolePolicy": trust("ec2.amazonaws.com")}),
    "inline": (INLINE, lambda w: {"role": w.id("node-role"), "policy": trust("ec2.amazonaws.com")}),
    "attachment": (
        ATTACHMENT,
        lambda w: {"role": w.id("node-role"), "policyArn": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore"},
    ),
    "key": (KEY, lambda w: {"policy": key_policy()}),
    "alias": (ALIAS, lambda w: {"name": "alias/own", "targetKeyId": w.id("key")}),
    "logs": (LOGS, lambda w: {"name": "/aws/eks/fleet/cluster", "kmsKeyId": w["key"].outputs["arn"]}),
    "budget": (
        BUDGET,
        lambda w: {"name": "own", "budgetType": "COST", "timeUnit": "MONTHLY", "limitAmount": "10", "limitUnit": "USD"},
    ),
}

BAD: list[tuple[str, Callable[[World], Inputs], str, str]] = [
    ("cluster", lambda w: {"name": "fleet"}, "ResourceInUseException", "Cluster already exists with name: fleet"),
    ("cluster", lambda w: {"version": "1.12"}, "InvalidParameterException", "unsupported Kubernetes version 1.12"),
    (
        "cluster",
        lambda w: vpc_config(w, subnetIds=[w.id("system-0"), w.id("train")]),
        "InvalidParameterException",
        "Subnets specified must be in at least two different AZs",
    ),
    (
        "cluster",
        lambda w: vpc_config(w, subnetIds=["subnet-1"]),
        "InvalidSubnetID.NotFound",
        "'subnet-1' does not exist",
    ),
    (
        "cluster",
        # use1-az3 takes no control plane: EKS guide, "View Amazon EKS networking requirements for VPC and subnets".
        lambda w: vpc_config(w, subnetIds=[w.id("system-0"), w.subnet("far", "10.0.90.0/24", "use1-az3").id]),
        "UnsupportedAvailabilityZoneException",
        "does not currently have sufficient capacity to support the cluster",
    ),
    ("cluster", lambda w: {"roleArn": PERSON}, "InvalidParameterException", "could not be assumed because it does not"),
    (
        "cluster",
        lambda w: {"roleArn": w["node-role"].outputs["arn"]},
        "InvalidParameterException",
        "the trusted entity is not correct",
    ),
    (
        "cluster",
        lambda w: {"encryptionConfig": {"provider": {"keyArn": "arn:aws:kms:us-east-1:123456789012:key/none"}}},
        "NotFoundException",
        "Key '.*key/none' does not exist",
    ),
    ("addon", lambda w: {"clusterName": "none"}, "ResourceNotFoundException", "No cluster found for name: none."),
    ("addon", lambda w: {"addonName": "vpc-cni"}, "ResourceInUseException", "Addon already exists."),
    (
        "addon",
        lambda w: {"addonName": "vpc-cnj"},
        "InvalidParameterException",
        "Addon vpc-cnj specified is not supported",
    ),
    ("addon", lambda w: {"addonName": "coredns"}, "InsufficientNumberOfReplicas", "all deployments are unscheduled"),
    (
        "addon",
        lambda w: {"podIdentityAssociations": [{"roleArn": w["node-role"].outputs["arn"], "serviceAccount": "x"}]},
        "InvalidParameterException",
        "pods.eks.amazonaws.com",
    ),
    ("entry", lambda w: {"clusterName": "none"}, "ResourceNotFoundException", "No cluster found for name: none."),
    (
        "access",
        lambda w: {"principalArn": f"{PERSON}2"},
        "ResourceNotFoundException",
        "principalArn could not be found",
    ),
    ("access", lambda w: {"policyArn": "arn:aws:iam::aws:policy/Admin"}, "ResourceNotFoundException", "not valid"),
    (
        "identity",
        # Without sts:TagSession: EKS guide, "Create IAM role with trust policy required by EKS Pod Identity".
        lambda w: {"roleArn": w.add("half", ROLE, assumeRolePolicy=trust("pods.eks.amazonaws.com")).outputs["arn"]},
        "InvalidParameterException",
        "sts:AssumeRole and sts:TagSession",
    ),
    ("identity", lambda w: {"roleArn": PERSON}, "NoSuchEntity", "The role with name platform cannot be found."),
    ("role", lambda w: {"name": w.id("node-role")}, "EntityAlreadyExists", "Role with name .* already exists."),
    ("role", lambda w: {"assumeRolePolicy": "{"}, "MalformedPolicyDocument", "Syntax errors in policy."),
    ("inline", lambda w: {"role": "none"}, "NoSuchEntity", "The role with name none cannot be found."),
    (
        "attachment",
        lambda w: {"policyArn": "arn:aws-cn:iam::aws:policy/AmazonSSMManagedInstanceCore"},
        "NoSuchEntity",
        "does not exist or is not attachable",
    ),
    (
        "key",
        lambda w: {"policy": key_policy("210987654321")},
        "MalformedPolicyDocumentException",
        "The new key policy will not allow you to update the key policy in the future.",
    ),
    ("alias", lambda w: {"targetKeyId": "none"}, "NotFoundException", "Key 'none' does not exist"),
    ("alias", lambda w: {"name": "own"}, "ValidationException", 'Alias must start with the prefix "alias/"'),
    ("alias", lambda w: {"name": "alias/aws/own"}, "NotAuthorizedException", "reserved"),
    ("logs", lambda w: {"kmsKeyId": "none"}, "InvalidParameterException", "KMS key does not exist or is not allowed"),
    (
        "logs",
        lambda w: {"kmsKeyId": w.add("deaf", KEY, policy=trust("arn:aws:iam::123456789012:root")).outputs["arn"]},
        "InvalidParameterException",
        "not allowed to be used with Arn",
    ),
]


@pytest.mark.parametrize("kind", GOOD)
def test_what_aws_takes_once(kind: str) -> None:
    world = World().cluster()
    type, inputs = GOOD[kind]
    world.add("it", type, **inputs(world))


@pytest.mark.parametrize(("kind", "change", "code", "words"), BAD)
def test_what_aws_refuses(kind: str, change: Callable[[World], Inputs], code: str, words: str) -> None:
    world = World().cluster()
    type, inputs = GOOD[kind]
    with pytest.raises(CloudError, match=words) as refused:
        world.add("it", type, **{**inputs(world), **change(world)})
    assert refused.value.code == code


TWICE = {
    "entry": ("ResourceInUseException", "already in use on this cluster"),
    "identity": ("ResourceInUseException", "Association already exists: a-"),
    "role": ("EntityAlreadyExists", "Role with name own already exists."),
    "alias": ("AlreadyExistsException", "An alias with the name .*alias/own already exists"),
    "logs": ("ResourceAlreadyExistsException", "The specified log group already exists"),
    "budget": ("DuplicateRecordException", "the budget already exists"),
}


@pytest.mark.parametrize("kind", TWICE)
def test_names_that_must_be_unique(kind: str) -> None:
    world = World().cluster()
    type, inputs = GOOD[kind]
    world.add("once", type, **inputs(world))
    with pytest.raises(CloudError, match=TWICE[kind][1]) as refused:
        world.add("twice", type, **inputs(world))
    assert refused.value.code == TWICE[kind][0]


def test_an_access_entry_needs_a_cluster_that_knows_them() -> None:
    world = World().network().identity()
    world.add("cluster", CLUSTER, **{**world.cluster_inputs(), "accessConfig": {"authenticationMode": "CONFIG_MAP"}})
    with pytest.raises(CloudError, match=r"must be set to one of \[API, API_AND_CONFIG_MAP\]") as refused:
        world.add("entry", ENTRY, clusterName="fleet", principalArn=PERSON)
    assert refused.value.code == "InvalidRequestException"


def test_a_cluster_with_node_groups_stays() -> None:
    world = World().pool()
    with pytest.raises(CloudError, match="Cluster has nodegroups attached") as refused:
        world.cloud.delete(world["cluster"])
    assert refused.value.code == "ResourceInUseException"
    world.cloud.delete(world["nodes"])
    world.cloud.delete(world["cluster"])


def test_a_protected_cluster_stays() -> None:
    world = World().cluster()
    guarded = world.cloud.update(world["cluster"], deletionProtection=True)
    with pytest.raises(CloudError, match="has deletion protection enabled"):
        world.cloud.delete(guarded)
    world.cloud.delete(world.cloud.update(guarded, deletionProtection=False))


@pytest.mark.parametrize(("to", "taken"), [("1.33", True), ("1.34", True), ("1.35", False), ("1.32", False)])
def test_a_cluster_goes_one_minor_version_at_a_time(to: str, taken: bool) -> None:
    world = World().cluster()
    if taken:
        assert world.cloud.update(world["cluster"], version=to).outputs["version"] == to
        return
    with pytest.raises(CloudError, match=f"Unsupported Kubernetes minor version update from 1.33 to {to}"):
        world.cloud.update(world["cluster"], version=to)


DETACH = "Cannot delete entity, must detach all policies first."
PROFILE_FIRST = "Cannot delete entity, must remove roles from instance profile first."


def test_a_role_that_is_in_use_stays() -> None:
    world = World().cluster()
    profile = world.add("profile", PROFILE, role=world.id("node-role"))
    for blocker, words in ((profile, PROFILE_FIRST), (world["worker"], DETACH)):
        with pytest.raises(CloudError, match=words) as refused:
            world.cloud.delete(world["node-role"])
        assert refused.value.code == "DeleteConflict"
        world.cloud.delete(blocker)
    grants = world.add("grants", INLINE, role=world.id("node-role"), policy=trust("ec2.amazonaws.com"))
    with pytest.raises(CloudError, match=r"Cannot delete entity, must delete policies first\."):
        world.cloud.delete(world["node-role"])
    world.cloud.delete(grants)
    world.cloud.delete(world["node-role"])


def test_a_key_is_scheduled_for_deletion_whoever_uses_it() -> None:
    # KMS API reference, ScheduleKeyDeletion: it has no error for a key that is in use.
    world = World().cluster()
    world.add("logs", LOGS, name="/own", kmsKeyId=world["key"].outputs["arn"])
    world.cloud.delete(world["key"])


def test_a_new_cluster_of_an_old_name_is_another_one() -> None:
    world = World().cluster()
    first = world["cluster"]
    for name in ("kube-proxy", "vpc-cni", "cluster"):
        world.cloud.delete(world[name])
    second = world.add("cluster", CLUSTER, **world.cluster_inputs())
    assert second.id == first.id == "fleet"
    assert second.outputs["endpoint"] != first.outputs["endpoint"]
    assert second.outputs["vpcConfig"]["clusterSecurityGroupId"] != first.outputs["vpcConfig"]["clusterSecurityGroupId"]


def test_node_groups_are_of_their_cluster() -> None:
    world = World().template()
    with pytest.raises(CloudError, match="No cluster found for name: none"):
        world.add("nodes", NODES, **{**world.nodes_inputs(), "clusterName": "none"})
