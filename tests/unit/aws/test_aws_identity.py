"""Roles, the key and its policy, and what each add-on may do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from components.aws import Identity, PodRole
from tests.support.aws_plan import ACCOUNT, make_lustre, make_plan
from tests.support.aws_resources import Resources, document, ref, resources_of, resources_of_plan, statements

KEY_ARN = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/11111111-2222-3333-4444-555555555555"


def attached(resources: Resources, role: str) -> set[str]:
    found = resources.of("iam/rolePolicyAttachment:RolePolicyAttachment")
    return {one.inputs["policyArn"] for one in found if one.inputs["role"] == ref(f"{role}.name")}


@pytest.mark.parametrize(
    ("role", "service", "policies"),
    [
        # https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html
        ("cluster", "eks.amazonaws.com", {"AmazonEKSClusterPolicy"}),
        # https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
        (
            "node",
            "ec2.amazonaws.com",
            {
                "AmazonEKSWorkerNodePolicy",
                "AmazonEC2ContainerRegistryPullOnly",
                "AmazonSSMManagedInstanceCore",
            },
        ),
    ],
)
def test_cluster_and_nodes_get_the_managed_policies_they_need_and_no_more(
    cluster: Resources, role: str, service: str, policies: set[str]
) -> None:
    assert attached(cluster, f"prod-aws-{role}-role") == {f"arn:aws:iam::aws:policy/{name}" for name in policies}
    (trust,) = document(cluster.inputs(f"prod-aws-{role}-role")["assumeRolePolicy"])["Statement"]
    assert trust == {"Effect": "Allow", "Principal": {"Service": service}, "Action": ["sts:AssumeRole"]}


def test_arns_of_managed_policies_follow_the_partition() -> None:
    resources = resources_of_plan(replace(make_plan(), partition="aws-us-gov", region="us-gov-west-1"))
    found = {one.inputs["policyArn"] for one in resources.of("iam/rolePolicyAttachment:RolePolicyAttachment")}
    assert found
    assert all(arn.startswith("arn:aws-us-gov:iam::aws:policy/") for arn in found)
    entry = resources.of("eks/accessPolicyAssociation:AccessPolicyAssociation")[0]
    assert entry.inputs["policyArn"].startswith("arn:aws-us-gov:eks::aws:")


@pytest.mark.parametrize(
    ("role", "policies"),
    [
        ("cni", {"AmazonEKS_CNI_Policy"}),
        ("ebs-csi", {"service-role/AmazonEBSCSIDriverPolicy"}),
        ("efs-csi", {"service-role/AmazonEFSCSIDriverPolicy"}),
        ("fsx-csi", set[str]()),
        ("s3-csi", set[str]()),
    ],
)
def test_each_add_on_has_a_role_for_pod_identity(role: str, policies: set[str]) -> None:
    resources = resources_of(
        lambda: PodRole("x", role, partition="aws", key_arn=KEY_ARN, bucket_arns=["arn:aws:s3:::b"])
    )
    assert attached(resources, f"x-{role}-role") == {f"arn:aws:iam::aws:policy/{name}" for name in policies}
    # https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
    (trust,) = document(resources.inputs(f"x-{role}-role")["assumeRolePolicy"])["Statement"]
    assert trust["Principal"] == {"Service": "pods.eks.amazonaws.com"}
    assert set(trust["Action"]) == {"sts:AssumeRole", "sts:TagSession"}


def test_an_unknown_role_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no grants are known for 'gcp-csi'; known: cni, ebs-csi"):
        resources_of(lambda: PodRole("x", "gcp-csi", partition="aws", key_arn=KEY_ARN))


def test_a_bucket_driver_without_buckets_is_refused() -> None:
    # IAM takes no statement without a resource.
    with pytest.raises(ValueError, match="no bucket"):
        resources_of(lambda: PodRole("x", "s3-csi", partition="aws", key_arn=KEY_ARN))


def test_the_volume_driver_may_use_the_clusters_key_and_grant_it_to_aws_only(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html, "encrypted with a custom KMS key"
    grants = statements(cluster.inputs("prod-aws-ebs-csi-role-grants")["policy"])
    assert {one["Resource"] for one in grants.values()} == {"${prod-aws-key.arn}"}
    assert grants["kms:CreateGrant"]["Condition"] == {"Bool": {"kms:GrantIsForAWSResource": "true"}}
    assert set(grants["kms:Encrypt"]["Action"]) == {
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:DescribeKey",
    }


def test_the_bucket_driver_sees_the_clusters_buckets_only(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/eks/latest/userguide/s3-csi.html
    grants = statements(cluster.inputs("prod-aws-s3-csi-role-grants")["policy"])
    assert grants["s3:ListBucket"]["Resource"] == ["${prod-aws-checkpoints-bucket.arn}"]
    assert grants["s3:GetObject"]["Resource"] == ["${prod-aws-checkpoints-bucket.arn}/*"]
    assert set(grants["s3:GetObject"]["Action"]) == {
        "s3:GetObject",
        "s3:PutObject",
        "s3:AbortMultipartUpload",
        "s3:DeleteObject",
    }
    assert grants["kms:GenerateDataKey"]["Resource"] == "${prod-aws-key.arn}"


def test_the_lustre_driver_may_only_look(cluster: Resources) -> None:
    grants = document(cluster.inputs("prod-aws-fsx-csi-role-grants")["policy"])["Statement"]
    assert [one["Action"] for one in grants] == [["fsx:DescribeFileSystems"]]


def key_policy(resources: Resources) -> dict[str, dict[str, object]]:
    return statements(resources.inputs("prod-aws-key")["policy"])


def test_the_key_rotates_has_an_alias_and_outlives_a_protected_stack(cluster: Resources) -> None:
    key = cluster["prod-aws-key"]
    assert key.inputs["enableKeyRotation"] is True
    assert (key.protect, key.retain_on_delete) == (True, True)
    assert cluster.inputs("prod-aws-key-alias")["targetKeyId"] == ref("prod-aws-key.keyId")


def test_the_account_administers_its_key(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
    administration = key_policy(cluster)["Administration"]
    assert administration["Principal"] == {"AWS": "arn:aws:iam::123456789012:root"}


def test_cloudwatch_may_use_the_key_for_the_control_planes_logs_only(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    logs = key_policy(cluster)["ControlPlaneLogs"]
    assert logs["Principal"] == {"Service": "logs.us-east-1.amazonaws.com"}
    arn = "arn:aws:logs:us-east-1:123456789012:log-group:/aws/eks/prod-aws/cluster"
    assert logs["Condition"] == {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": arn}}


def test_auto_scaling_may_start_nodes_with_encrypted_disks(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    role = "arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
    policy = key_policy(cluster)
    only = {"StringEquals": {"kms:CallerAccount": "123456789012"}, "ArnEquals": {"aws:PrincipalArn": role}}
    assert policy["NodeDisks"]["Condition"] == only
    assert policy["NodeDisks"]["Action"] == [
        "kms:Encrypt",
        "kms:Decrypt",
        "kms:ReEncrypt*",
        "kms:GenerateDataKey*",
        "kms:DescribeKey",
    ]
    assert policy["NodeDiskGrants"]["Action"] == ["kms:CreateGrant"]
    assert policy["NodeDiskGrants"]["Condition"] == {**only, "Bool": {"kms:GrantIsForAWSResource": "true"}}


def test_no_statement_names_a_role_that_a_new_account_lacks(cluster: Resources) -> None:
    # KMS: "Policy contains a statement with one or more invalid principals", seen in accounts that never had an
    # Auto Scaling group: https://github.com/particuleio/teks/issues/92
    for statement in key_policy(cluster).values():
        assert "aws-service-role" not in str(statement["Principal"])


def test_whoever_the_key_lets_in_by_condition_is_of_this_account(cluster: Resources) -> None:
    for sid, statement in key_policy(cluster).items():
        if statement["Principal"] == {"AWS": "*"}:
            condition = statement["Condition"]
            assert isinstance(condition, dict), sid
            assert condition["StringEquals"]["kms:CallerAccount"] == "123456789012"
            assert any("aws:PrincipalArn" in test for test in condition.values()), sid


def test_a_linked_file_system_may_use_the_key_through_s3_only(cluster: Resources) -> None:
    # https://docs.aws.amazon.com/fsx/latest/LustreGuide/s3-server-side-encryption-support.html
    condition = key_policy(cluster)["LinkedFileSystems"]["Condition"]
    assert condition == {
        "StringEquals": {"kms:CallerAccount": "123456789012", "kms:ViaService": "s3.us-east-1.amazonaws.com"},
        "ArnLike": {
            "aws:PrincipalArn": "arn:aws:iam::123456789012:role/aws-service-role/"
            "s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_fs-*"
        },
    }


def test_without_a_link_no_file_system_may_use_the_key() -> None:
    resources = resources_of_plan(make_plan(storage=(make_lustre(bucket=None),)))
    assert "LinkedFileSystems" not in key_policy(resources)


def test_without_an_account_the_vpcs_owner_stands_in_the_policy() -> None:
    resources = resources_of_plan(make_plan(account=None))
    assert key_policy(resources)["Administration"]["Principal"] == {"AWS": "arn:aws:iam::${prod-aws-vpc.ownerId}:root"}
    assert "allowedAccountIds" not in resources.inputs("prod-aws-aws")


def test_a_given_key_is_used_and_none_is_made() -> None:
    resources = resources_of_plan(make_plan(key_arn=KEY_ARN))
    assert resources.of("kms/key:Key") == []
    assert resources.of("kms/alias:Alias") == []
    assert resources.inputs("prod-aws-control-plane")["encryptionConfig"]["provider"] == {"keyArn": KEY_ARN}


def test_a_key_of_ones_own_needs_the_account() -> None:
    with pytest.raises(ValueError, match="needs the account"):
        resources_of(lambda: Identity("x", cluster_name="x", partition="aws", region="us-east-1"))
