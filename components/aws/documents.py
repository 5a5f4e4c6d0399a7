"""IAM and key policies, as data: who may do what with which resource.

Values may be outputs, so `text` is the way to the JSON that AWS takes. Statements name resources wherever AWS lets them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

Statement = Mapping[str, Any]
Text = pulumi.Input[str]

_USE_KEY = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
_GRANT_KEY = ["kms:CreateGrant", "kms:ListGrants", "kms:RevokeGrant"]
_FOR_AWS_ONLY = {"Bool": {"kms:GrantIsForAWSResource": "true"}}


def text(statements: Sequence[Statement]) -> pulumi.Output[str]:
    """The JSON of a policy with these statements."""
    return pulumi.Output.json_dumps({"Version": "2012-10-17", "Statement": list(statements)})


def trust(service: str, *actions: str) -> str:
    """Who may take a role: an AWS service."""
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": list(actions)}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def pod_trust() -> str:
    """EKS Pod Identity needs both (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html)."""
    return trust("pods.eks.amazonaws.com", "sts:AssumeRole", "sts:TagSession")


def key_policy(*, partition: str, region: str, account: Text, log_group: str, linked_to_s3: bool) -> pulumi.Output[str]:
    """Who may use the cluster's key: the account's administrators, control-plane logs, node disks, linked file systems.

    In a key's own policy the resource is always `*`: that key.
    """
    statements = [
        _administration(partition, account),
        _logs(partition, region, account, log_group),
        *_node_disks(partition, account),
    ]
    if linked_to_s3:
        statements.append(_linked_file_systems(partition, region, account))
    return text(statements)


def _administration(partition: str, account: Text) -> Statement:
    # Without it a key can lock its own account out; it hands the decision to the account's IAM policies.
    root = pulumi.Output.concat(f"arn:{partition}:iam::", account, ":root")
    return {
        "Sid": "Administration",
        "Effect": "Allow",
        "Principal": {"AWS": root},
        "Action": "kms:*",
        "Resource": "*",
    }


def _logs(partition: str, region: str, account: Text, log_group: str) -> Statement:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    group = pulumi.Output.concat(f"arn:{partition}:logs:{region}:", account, f":log-group:{log_group}")
    return {
        "Sid": "ControlPlaneLogs",
        "Effect": "Allow",
        "Principal": {"Service": f"logs.{region}.amazonaws.com"},
        "Action": ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:Describe*"],
        "Resource": "*",
        "Condition": {"ArnEquals": {"kms:EncryptionContext:aws:logs:arn": group}},
    }


def _node_disks(partition: str, account: Text) -> list[Statement]:
    # https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html
    # The role is named in a condition and not as the principal: KMS refuses a policy whose principal does not exist,
    # and the service makes this role with the account's first Auto Scaling group, which comes after the key.
    role = _service_role(partition, account, "autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling")
    mine = {"StringEquals": {"kms:CallerAccount": account}, "ArnEquals": {"aws:PrincipalArn": role}}
    allow = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Resource": "*"}
    return [
        {"Sid": "NodeDisks", **allow, "Action": _USE_KEY, "Condition": mine},
        {"Sid": "NodeDiskGrants", **allow, "Action": ["kms:CreateGrant"], "Condition": {**mine, **_FOR_AWS_ONLY}},
    ]


def _linked_file_systems(partition: str, region: str, account: Text) -> Statement:
    # https://docs.aws.amazon.com/fsx/latest/LustreGuide/s3-server-side-encryption-support.html
    # FSx makes one role for each file system that it links, and names it after the file system.
    roles = _service_role(
        partition, account, "s3.data-source.lustre.fsx.amazonaws.com/AWSServiceRoleForFSxS3Access_fs-*"
    )
    return {
        "Sid": "LinkedFileSystems",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": _USE_KEY,
        "Resource": "*",
        "Condition": {
            "StringEquals": {"kms:CallerAccount": account, "kms:ViaService": f"s3.{region}.amazonaws.com"},
            "ArnLike": {"aws:PrincipalArn": roles},
        },
    }


def _service_role(partition: str, account: Text, role: str) -> pulumi.Output[str]:
    return pulumi.Output.concat(f"arn:{partition}:iam::", account, f":role/aws-service-role/{role}")


def volumes_key(key_arn: Text) -> pulumi.Output[str]:
    """What the EBS CSI driver needs of a key (https://docs.aws.amazon.com/eks/latest/userguide/ebs-csi.html)."""
    return text(
        [
            {"Effect": "Allow", "Action": _GRANT_KEY, "Resource": key_arn, "Condition": _FOR_AWS_ONLY},
            {"Effect": "Allow", "Action": _USE_KEY, "Resource": key_arn},
        ]
    )


def lustre_driver() -> pulumi.Output[str]:
    """What the FSx CSI driver needs where file systems are made here and only mounted there.

    `fsx:DescribeFileSystems` is a listing: AWS takes no resource for it.
    """
    return text([{"Effect": "Allow", "Action": ["fsx:DescribeFileSystems"], "Resource": "*"}])


def bucket_driver(bucket_arns: Sequence[Text], key_arn: Text) -> pulumi.Output[str]:
    """What the Mountpoint for S3 CSI driver needs (https://docs.aws.amazon.com/eks/latest/userguide/s3-csi.html).

    Raises ValueError without buckets: IAM takes no statement without a resource.
    """
    if not bucket_arns:
        raise ValueError("the S3 driver is given no bucket to work with")
    objects = [pulumi.Output.concat(arn, "/*") for arn in bucket_arns]
    actions = ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload", "s3:DeleteObject"]
    return text(
        [
            {"Effect": "Allow", "Action": ["s3:ListBucket"], "Resource": list(bucket_arns)},
            {"Effect": "Allow", "Action": actions, "Resource": objects},
            {"Effect": "Allow", "Action": ["kms:GenerateDataKey", "kms:Decrypt"], "Resource": key_arn},
        ]
    )


def tls_only(bucket_arn: Text) -> pulumi.Output[str]:
    """A bucket's policy that refuses plain HTTP."""
    return text(
        [
            {
                "Sid": "TlsOnly",
                "Effect": "Deny",
                "Principal": "*",
                "Action": "s3:*",
                "Resource": [bucket_arn, pulumi.Output.concat(bucket_arn, "/*")],
                "Condition": {"Bool": {"aws:SecureTransport": "false"}},
            }
        ]
    )
