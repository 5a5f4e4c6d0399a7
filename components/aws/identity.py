"""Roles, and the key that encrypts what the cluster keeps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws import documents
from components.aws.tags import named

_CLUSTER_POLICIES = ("AmazonEKSClusterPolicy",)

# https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html; the last one is for shells without SSH.
# AmazonEKS_CNI_Policy is not here: it belongs to the CNI's own role, so that other pods of a node do not get it.
_NODE_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
)

# Managed policies of the add-ons' own roles (https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html).
_DRIVER_POLICIES: Mapping[str, str] = {
    "cni": "AmazonEKS_CNI_Policy",
    "ebs-csi": "service-role/AmazonEBSCSIDriverPolicy",
    "efs-csi": "service-role/AmazonEFSCSIDriverPolicy",
}

_INLINE_POLICIES: Mapping[str, Callable[[pulumi.Input[str], Sequence[pulumi.Input[str]]], pulumi.Output[str]]] = {
    "ebs-csi": lambda key, _buckets: documents.volumes_key(key),
    "fsx-csi": lambda _key, _buckets: documents.lustre_driver(),
    "s3-csi": lambda key, buckets: documents.bucket_driver(buckets, key),
}

POD_ROLES: frozenset[str] = frozenset(_DRIVER_POLICIES) | frozenset(_INLINE_POLICIES)
"""What `PodRole` knows how to grant."""


class Identity(pulumi.ComponentResource):
    """The cluster's role, the nodes' role, and the cluster's key unless one is given.

    A key that is given must let CloudWatch Logs and Auto Scaling use it, as the policy of a key of the cluster's own does
    (`components/aws/documents.py`); a file system that is linked to an encrypted bucket needs the last statement too.
    """

    cluster_role_arn: pulumi.Output[str]
    node_role_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]
    cluster_policies: tuple[pulumi.Resource, ...]
    """What the cluster must wait for, and outlive: it cannot remove its network interfaces without its policy."""
    node_policies: tuple[pulumi.Resource, ...]

    def __init__(
        self,
        name: str,
        *,
        cluster_name: str,
        partition: str,
        region: str,
        account: pulumi.Input[str] | None = None,
        key_arn: str | None = None,
        linked_to_s3: bool = False,
        protect: bool = False,
        tags: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:aws:Identity", f"{name}-identity", None, opts)
        self._prefix = name
        self._partition = partition
        self._tags = dict(tags or {})
        self.cluster_role_arn, self.cluster_policies = self._role("cluster", "eks.amazonaws.com", _CLUSTER_POLICIES)
        self.node_role_arn, self.node_policies = self._role("node", "ec2.amazonaws.com", _NODE_POLICIES)
        if key_arn is not None:
            self.key_arn = pulumi.Output.from_input(key_arn)
        else:
            if account is None:
                raise ValueError("a key of the cluster's own needs the account: its policy names it")
            policy = documents.key_policy(
                partition=partition,
                region=region,
                account=account,
                log_group=log_group(cluster_name),
                linked_to_s3=linked_to_s3,
            )
            self.key_arn = self._key(policy, protect)
        self.register_outputs(
            {
                "cluster_role_arn": self.cluster_role_arn,
                "node_role_arn": self.node_role_arn,
                "key_arn": self.key_arn,
            }
        )

    def _role(
        self, role: str, service: str, policies: tuple[str, ...]
    ) -> tuple[pulumi.Output[str], tuple[pulumi.Resource, ...]]:
        name = f"{self._prefix}-{role}-role"
        made = aws.iam.Role(
            name,
            assume_role_policy=documents.trust(service, "sts:AssumeRole"),
            tags=named(self._tags, name),
            opts=ResourceOptions(parent=self),
        )
        attached = tuple(_attach(name, made, policy, self._partition, self) for policy in policies)
        return made.arn, attached

    def _key(self, policy: pulumi.Output[str], protect: bool) -> pulumi.Output[str]:
        name = f"{self._prefix}-key"
        key = aws.kms.Key(
            name,
            description="Disks, file systems, buckets, secrets and logs of one GPU cluster",
            enable_key_rotation=True,
            policy=policy,
            tags=named(self._tags, name),
            # Buckets and file systems stay when a protected stack goes; without the key they could not be read.
            opts=ResourceOptions(parent=self, protect=protect, retain_on_delete=protect),
        )
        aws.kms.Alias(f"{name}-alias", target_key_id=key.key_id, opts=ResourceOptions(parent=self))
        return key.arn


class PodRole(pulumi.ComponentResource):
    """The role that EKS Pod Identity gives to one add-on's service account.

    `role` is one of `POD_ROLES`. `key_arn` is the cluster's key; `bucket_arns` are the buckets that `s3-csi` may use.
    """

    arn: pulumi.Output[str]
    policies: tuple[pulumi.Resource, ...]

    def __init__(
        self,
        name: str,
        role: str,
        *,
        partition: str,
        key_arn: pulumi.Input[str],
        bucket_arns: Sequence[pulumi.Input[str]] = (),
        tags: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:aws:PodRole", f"{name}-{role}-identity", None, opts)
        if role not in POD_ROLES:
            raise ValueError(f"no grants are known for {role!r}; known: {', '.join(sorted(POD_ROLES))}")
        prefix = f"{name}-{role}-role"
        below = ResourceOptions(parent=self)
        made = aws.iam.Role(
            prefix, assume_role_policy=documents.pod_trust(), tags=named(tags or {}, prefix), opts=below
        )
        policies: list[pulumi.Resource] = []
        if role in _DRIVER_POLICIES:
            policies.append(_attach(prefix, made, _DRIVER_POLICIES[role], partition, self))
        if role in _INLINE_POLICIES:
            grants = _INLINE_POLICIES[role](key_arn, bucket_arns)
            policies.append(aws.iam.RolePolicy(f"{prefix}-grants", role=made.name, policy=grants, opts=below))
        self.arn = made.arn
        self.policies = tuple(policies)
        self.register_outputs({"arn": self.arn})


def log_group(cluster_name: str) -> str:
    """Where EKS writes a cluster's control-plane logs; the name is not ours to choose."""
    return f"/aws/eks/{cluster_name}/cluster"


def _attach(
    prefix: str, role: aws.iam.Role, policy: str, partition: str, parent: pulumi.Resource
) -> aws.iam.RolePolicyAttachment:
    short = policy.rpartition("/")[2]
    return aws.iam.RolePolicyAttachment(
        f"{prefix}-{short}",
        role=role.name,
        policy_arn=f"arn:{partition}:iam::aws:policy/{policy}",
        opts=ResourceOptions(parent=parent),
    )
