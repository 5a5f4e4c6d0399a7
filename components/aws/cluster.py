"""The EKS control plane: the cluster, its logs, who may enter, and the managed add-ons."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components import resources
from components.aws.identity import log_group
from components.aws.tags import named
from components.plan.aws.model import Addon, AwsAccess
from components.resources import short_digest, waiting

# All of them: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
_LOG_TYPES = ("api", "audit", "authenticator", "controllerManager", "scheduler")


class Cluster(pulumi.ComponentResource):
    """An EKS cluster with private access, encrypted secrets, its own log group and access entries, and no nodes.

    `name` begins the logical names, `cluster_name` is the physical one. `opts.depends_on` is what the cluster itself
    waits for (its role's policies).
    """

    cluster_name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    certificate_authority: pulumi.Output[str]
    security_group_id: pulumi.Output[str]
    """The group that EKS makes for the control plane and its nodes."""
    oidc_issuer: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    """For `kubectl`, as JSON (which is YAML too): enters with `aws eks get-token`. A secret."""

    def __init__(
        self,
        name: str,
        *,
        cluster_name: str,
        version: str,
        region: str,
        partition: str,
        role_arn: pulumi.Input[str],
        subnet_ids: Sequence[pulumi.Input[str]],
        services_cidr: str,
        access: AwsAccess,
        key_arn: pulumi.Input[str],
        support_type: str,
        log_retention_days: int,
        protect: bool = False,
        tags: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:aws:Cluster", f"{name}-cluster", None, opts)
        self._prefix, self._tags = name, dict(tags or {})
        logs = [self._logs(cluster_name, log_retention_days, key_arn)]
        control_plane = aws.eks.Cluster(
            f"{name}-control-plane",
            name=cluster_name,
            version=version,
            role_arn=role_arn,
            vpc_config=_vpc_config(subnet_ids, access),
            kubernetes_network_config={"service_ipv4_cidr": services_cidr},
            access_config=_access_config(),
            encryption_config={"provider": {"key_arn": key_arn}, "resources": ["secrets"]},
            enabled_cluster_log_types=list(_LOG_TYPES),
            bootstrap_self_managed_addons=False,  # `Addons` declares managed ones
            upgrade_policy={"support_type": support_type},
            deletion_protection=protect,
            tags=named(self._tags, cluster_name),
            opts=waiting(ResourceOptions(parent=self, protect=protect, depends_on=logs), opts),
        )
        self._admit(control_plane.name, access.admins, partition)
        self._publish(control_plane, region)

    def _logs(self, cluster_name: str, days: int, key_arn: pulumi.Input[str]) -> aws.cloudwatch.LogGroup:
        # Before the cluster: EKS makes a missing group itself, and that one keeps its logs for ever.
        return aws.cloudwatch.LogGroup(
            f"{self._prefix}-control-plane-logs",
            name=log_group(cluster_name),
            retention_in_days=days,
            kms_key_id=key_arn,
            tags=named(self._tags, f"{self._prefix}-control-plane-logs"),
            opts=ResourceOptions(parent=self),
        )

    def _admit(self, cluster_name: pulumi.Output[str], admins: Sequence[str], partition: str) -> None:
        for principal in admins:
            # Named after the principal and not its place in the list, so that removing one moves no other.
            name = f"{self._prefix}-admin-{short_digest(principal)}"
            entry = aws.eks.AccessEntry(
                name,
                cluster_name=cluster_name,
                principal_arn=principal,
                tags=named(self._tags, name),
                opts=ResourceOptions(parent=self),
            )
            aws.eks.AccessPolicyAssociation(
                f"{name}-policy",
                cluster_name=cluster_name,
                principal_arn=principal,
                policy_arn=f"arn:{partition}:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
                access_scope={"type": "cluster"},
                opts=ResourceOptions(parent=self, depends_on=[entry]),
            )

    def _publish(self, control_plane: aws.eks.Cluster, region: str) -> None:
        self.cluster_name = control_plane.name
        self.endpoint = control_plane.endpoint
        self.certificate_authority = control_plane.certificate_authority.data
        self.security_group_id = control_plane.vpc_config.cluster_security_group_id
        self.oidc_issuer = control_plane.identities[0].oidcs[0].issuer
        self.kubeconfig = kubeconfig(
            cluster_name=self.cluster_name,
            endpoint=self.endpoint,
            certificate_authority=self.certificate_authority,
            region=region,
        )
        self.register_outputs(
            {
                "cluster_name": self.cluster_name,
                "endpoint": self.endpoint,
                "security_group_id": self.security_group_id,
                "oidc_issuer": self.oidc_issuer,
                "kubeconfig": self.kubeconfig,
            }
        )


class Addons(pulumi.ComponentResource):
    """Managed add-ons of one cluster; `role` tells two sets of one cluster apart, and is no part of an add-on's name.

    `role_arns` holds what pod identity grants, by the role's word in the plan. `opts.depends_on` is what they wait for.
    """

    addons: tuple[aws.eks.Addon, ...]

    def __init__(
        self,
        name: str,
        addons: Sequence[Addon],
        *,
        cluster_name: pulumi.Input[str],
        role_arns: Mapping[str, pulumi.Input[str]],
        role: str = "addons",
        tags: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:aws:Addons", f"{name}-{role}", None, opts)
        tags = dict(tags or {})
        self.addons = tuple(
            aws.eks.Addon(
                f"{name}-{addon.name}-addon",
                cluster_name=cluster_name,
                addon_name=addon.name,
                addon_version=addon.version,
                configuration_values=_configuration(addon),
                pod_identity_associations=_associations(addon, role_arns),
                # A new cluster has nothing worth keeping; what somebody changed since then has.
                resolve_conflicts_on_create="OVERWRITE",
                resolve_conflicts_on_update="PRESERVE",
                tags=named(tags, f"{name}-{addon.name}-addon"),
                opts=waiting(ResourceOptions(parent=self), opts),
            )
            for addon in addons
        )
        self.register_outputs({"addons": [addon.addon_name for addon in self.addons]})


def kubeconfig(
    *,
    cluster_name: pulumi.Input[str],
    endpoint: pulumi.Input[str],
    certificate_authority: pulumi.Input[str],
    region: str,
) -> pulumi.Output[str]:
    """A kubeconfig by which each user enters with their own AWS identity."""
    arguments = ["--region", region, "eks", "get-token", "--cluster-name", cluster_name, "--output", "json"]
    server = {"server": endpoint, "certificate-authority-data": certificate_authority}
    return resources.kubeconfig(cluster_name, server, {"command": "aws", "args": arguments})


def _vpc_config(subnet_ids: Sequence[pulumi.Input[str]], access: AwsAccess) -> aws.eks.ClusterVpcConfigArgs:
    return aws.eks.ClusterVpcConfigArgs(
        subnet_ids=list(subnet_ids),
        # Always: nodes reach the endpoint without leaving the VPC.
        endpoint_private_access=True,
        endpoint_public_access=access.public,
        public_access_cidrs=list(access.allowed_cidrs) if access.public else None,
    )


def _access_config() -> aws.eks.ClusterAccessConfigArgs:
    # Only access entries let people in, and whoever runs this program is not one of them by accident.
    return aws.eks.ClusterAccessConfigArgs(authentication_mode="API", bootstrap_cluster_creator_admin_permissions=False)


def _configuration(addon: Addon) -> str | None:
    return None if addon.configuration is None else json.dumps(addon.configuration, sort_keys=True)


def _associations(
    addon: Addon, role_arns: Mapping[str, pulumi.Input[str]]
) -> list[aws.eks.AddonPodIdentityAssociationArgs] | None:
    if addon.role is None:
        return None
    if addon.service_account is None:
        raise ValueError(f"add-on {addon.name!r} has a role and no service account to give it to")
    account = addon.service_account
    return [aws.eks.AddonPodIdentityAssociationArgs(role_arn=role_arns[addon.role], service_account=account)]
