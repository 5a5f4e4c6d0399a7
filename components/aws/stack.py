"""The whole cluster, in the order in which its parts need each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws.budget import Budget
from components.aws.cluster import Addons, Cluster
from components.aws.deployed import node_groups
from components.aws.fabric import Fabric
from components.aws.identity import Identity, PodRole
from components.aws.network import Network
from components.aws.pool import NodePool, size_moves
from components.aws.storage import Storage
from components.plan.aws.model import Addon, AwsClusterPlan, Lustre, NodeGroup
from components.plan.model import NodeCount
from components.resources import Outputs


def build(plan: AwsClusterPlan, opts: ResourceOptions | None = None) -> Outputs:
    """Register everything that the plan says."""
    return GpuCluster(plan, opts).outputs


class GpuCluster(pulumi.ComponentResource):
    """One environment of one cluster. A provider for AWS in `opts` is used; without one the plan's own is made."""

    outputs: Outputs

    def __init__(self, plan: AwsClusterPlan, opts: ResourceOptions | None = None) -> None:
        super().__init__("gpu-fleet:aws:GpuCluster", plan.stack, None, opts)
        self._plan = plan
        moving = any(size_moves(rung.group, rung.nodes) for pool in plan.pools for rung in pool.rungs)
        self._known: Mapping[str, NodeCount] = node_groups() if moving else {}
        self._below = ResourceOptions(parent=self, providers=[self._make_provider()])
        self._network = Network(plan.stack, plan.network, region=plan.region, tags=plan.tags, opts=self._below)
        self._identity = self._make_identity()
        self._cluster = self._make_cluster()
        self._fabric = self._make_fabric()
        self._storage = self._make_storage()
        joining = self._make_addons(before_nodes=True)
        system = self._make_pool("system", plan.system.group, plan.system.nodes, joining)
        pools = {
            pool.name: [self._make_pool(rung.name, rung.group, rung.nodes, joining) for rung in pool.rungs]
            for pool in plan.pools
        }
        # They run on the system nodes; a pool that waits for capacity must not keep the cluster without DNS.
        self._make_addons(before_nodes=False, after=(system.node_group,))
        # In-cluster software goes here: after the node pools and the add-ons, so that it is also removed before them.
        Budget(plan.stack, plan.budget, stack=plan.stack, tags=plan.tags, opts=self._below)
        self._publish(pools)

    def _make_provider(self) -> pulumi.ProviderResource:
        plan = self._plan
        given = self.get_provider("aws:index/provider:Provider")
        return given or aws.Provider(
            f"{plan.stack}-aws",
            region=plan.region,
            # Credentials for another account end the deployment before it touches anything.
            allowed_account_ids=None if plan.account is None else [plan.account],
            opts=ResourceOptions(parent=self),
        )

    def _make_identity(self) -> Identity:
        plan = self._plan
        return Identity(
            plan.stack,
            cluster_name=plan.name,
            partition=plan.partition,
            region=plan.region,
            account=plan.account or self._network.account_id,
            key_arn=plan.key_arn,
            linked_to_s3=any(isinstance(item, Lustre) and item.bucket is not None for item in plan.storage),
            protect=plan.protect,
            tags=plan.tags,
            opts=self._below,
        )

    def _make_cluster(self) -> Cluster:
        plan = self._plan
        return Cluster(
            plan.stack,
            cluster_name=plan.name,
            version=plan.kubernetes,
            region=plan.region,
            partition=plan.partition,
            role_arn=self._identity.cluster_role_arn,
            subnet_ids=[self._network.subnet_ids[subnet.name] for subnet in plan.network.subnets_of("system")],
            services_cidr=plan.network.services_cidr,
            access=plan.access,
            key_arn=self._identity.key_arn,
            support_type=plan.support_type,
            log_retention_days=plan.log_retention_days,
            protect=plan.protect,
            tags=plan.tags,
            opts=self._after(self._identity.cluster_policies),
        )

    def _make_fabric(self) -> Fabric | None:
        plan = self._plan
        if not plan.fabric_security_group:
            return None
        return Fabric(plan.stack, vpc_id=self._network.vpc_id, tags=plan.tags, opts=self._below)

    def _make_storage(self) -> Storage:
        plan = self._plan
        return Storage(
            plan.stack,
            plan.storage,
            vpc_id=self._network.vpc_id,
            subnet_ids=self._network.subnet_ids,
            cluster_security_group_id=self._cluster.security_group_id,
            key_arn=self._identity.key_arn,
            fabric_security_group_id=None if self._fabric is None else self._fabric.security_group_id,
            protect=plan.protect,
            tags=plan.tags,
            opts=self._below,
        )

    def _make_addons(self, *, before_nodes: bool, after: Sequence[pulumi.Resource] = ()) -> tuple[pulumi.Resource, ...]:
        plan = self._plan
        addons = [addon for addon in plan.addons if addon.before_nodes is before_nodes]
        roles = {role: self._pod_role(role) for role in _roles(addons)}
        policies = [policy for role in roles.values() for policy in role.policies]
        return Addons(
            plan.stack,
            addons,
            cluster_name=self._cluster.cluster_name,
            role_arns={role: made.arn for role, made in roles.items()},
            role="first-addons" if before_nodes else "addons",
            tags=plan.tags,
            opts=self._after((*policies, *after)),
        ).addons

    def _pod_role(self, role: str) -> PodRole:
        return PodRole(
            self._plan.stack,
            role,
            partition=self._plan.partition,
            key_arn=self._identity.key_arn,
            bucket_arns=list(self._storage.bucket_arns.values()),
            tags=self._plan.tags,
            opts=self._below,
        )

    def _make_pool(self, role: str, group: NodeGroup, nodes: NodeCount, joining: Sequence[pulumi.Resource]) -> NodePool:
        name = f"{self._plan.stack}-{role}"
        return NodePool(
            name,
            group,
            nodes,
            cluster_name=self._cluster.cluster_name,
            cluster_security_group_id=self._cluster.security_group_id,
            subnet_ids=[self._network.subnet_ids[subnet] for subnet in group.subnets],
            node_role_arn=self._identity.node_role_arn,
            key_arn=self._identity.key_arn,
            fabric_security_group_id=None if self._fabric is None else self._fabric.security_group_id,
            known=self._known.get(f"{name}-nodes"),
            tags=self._plan.tags,
            instance_tags=self._plan.instance_tags,
            opts=self._after((*joining, *self._identity.node_policies, *self._network.ways_out)),
        )

    def _after(self, resources: Sequence[pulumi.Resource]) -> ResourceOptions:
        return ResourceOptions.merge(self._below, ResourceOptions(depends_on=list(resources)))

    def _publish(self, pools: Mapping[str, Sequence[NodePool]]) -> None:
        cluster, storage = self._cluster, self._storage
        self.outputs = Outputs(
            cluster_name=cluster.cluster_name,
            endpoint=cluster.endpoint,
            kubeconfig=cluster.kubeconfig,
            oidc_issuer=cluster.oidc_issuer,
            pools={name: [rung.node_group_name for rung in rungs] for name, rungs in pools.items()},
            storage=storage.ids,
            mounts=storage.mounts,
        )
        self.register_outputs({"cluster_name": cluster.cluster_name, "endpoint": cluster.endpoint})


def _roles(addons: Sequence[Addon]) -> list[str]:
    return list(dict.fromkeys(addon.role for addon in addons if addon.role is not None))
