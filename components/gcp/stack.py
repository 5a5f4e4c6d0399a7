"""The whole cluster, in the order in which its parts need each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pulumi
import pulumi_gcp as gcp
from pulumi import ResourceOptions

from components.gcp.budget import Budget
from components.gcp.cluster import Cluster
from components.gcp.fabric import Fabric
from components.gcp.identity import Identity, Services
from components.gcp.network import Network
from components.gcp.pool import NodePool
from components.gcp.storage import AGENTS, Storage
from components.kubernetes import PodNetwork, PodNetworks
from components.plan.gcp.model import GcpClusterPlan, GcpPool
from components.plan.gcp.model import NodePool as NodePoolPlan
from components.resources import Outputs, short_digest

# They encrypt the secrets of the cluster and the disks of its nodes.
_AGENTS = ("container.googleapis.com", "compute.googleapis.com")
_LONGEST_ACCOUNT = 30  # IAM API, projects.serviceAccounts.create: accountId


def build(plan: GcpClusterPlan, opts: ResourceOptions | None = None) -> Outputs:
    """Register everything that the plan says."""
    return GpuCluster(plan, opts).outputs


class GpuCluster(pulumi.ComponentResource):
    """One environment of one cluster. A provider for Google Cloud in `opts` is used; without one the plan's own is made."""

    outputs: Outputs

    def __init__(self, plan: GcpClusterPlan, opts: ResourceOptions | None = None) -> None:
        super().__init__("gpu-fleet:gcp:GpuCluster", plan.stack, None, opts)
        self._plan = plan
        self._below = ResourceOptions(parent=self, providers=[self._make_provider()])
        services = Services(plan.stack, plan.services, project=plan.project, opts=self._below)
        self._enabled = self._after(services.enabled)
        self._identity = self._make_identity()
        self._network = Network(
            plan.stack,
            plan.network,
            project=self._identity.project,
            region=plan.region,
            labels=plan.labels,
            opts=self._enabled,
        )
        self._cluster = self._make_cluster()
        self._fabric = self._make_fabric()
        self._storage = self._make_storage()
        # First: a pool that waits for accelerators must not keep the cluster without nodes, nor its own nodes untainted.
        system = self._make_pool(plan.system.group, ())
        pools = {
            pool.name: [self._make_pool(group, (system.node_pool,)) for rung in pool.rungs for group in rung.groups]
            for pool in plan.pools
        }
        self._make_pod_networks(pools)
        # In-cluster software goes here: after the node pools, so that it is also removed before them.
        self._make_budget()
        self._publish(pools)

    def _make_provider(self) -> pulumi.ProviderResource:
        plan = self._plan
        given = self.get_provider("gcp:index/provider:Provider")
        return given or gcp.Provider(
            f"{plan.stack}-gcp",
            project=plan.project,
            region=plan.region,
            # Budgets belong to no project: their calls count against this one's quota, as those of all others do.
            billing_project=plan.project,
            user_project_override=True,
            opts=ResourceOptions(parent=self),
        )

    def _make_identity(self) -> Identity:
        plan = self._plan
        kept = [service for kind, service in AGENTS if any(isinstance(item, kind) for item in plan.storage)]
        return Identity(
            plan.stack,
            account_id=_account_id(plan.name),
            location=plan.location,
            agents=[*_AGENTS, *kept],
            project=plan.project,
            key=plan.key,
            protect=plan.protect,
            labels=plan.labels,
            opts=self._enabled,
        )

    def _make_cluster(self) -> Cluster:
        plan, identity = self._plan, self._identity
        return Cluster(
            plan.stack,
            cluster_name=plan.name,
            location=plan.location,
            project=identity.project,
            version=plan.min_master_version,
            channel=plan.channel,
            network=self._network,
            access=plan.access,
            maintenance=plan.maintenance,
            csi_drivers=plan.csi_drivers,
            multi_networking=plan.multi_networking,
            key_name=identity.key_name,
            node_account=identity.node_account,
            system=plan.system.group,
            protect=plan.protect,
            labels=plan.labels,
            opts=self._after((*identity.key_grants, *identity.node_roles, *self._network.ways_out)),
        )

    def _make_fabric(self) -> Fabric | None:
        plan = self._plan
        if not plan.network.nic_networks:
            return None
        return Fabric(
            plan.stack,
            plan.network.nic_networks,
            project=self._identity.project,
            region=plan.region,
            opts=self._enabled,
        )

    def _make_storage(self) -> Storage:
        plan = self._plan
        return Storage(
            plan.stack,
            plan.storage,
            network_id=self._network.network_id,
            key_name=self._identity.key_name,
            pods=self._pods(),
            member=self._identity.member,
            private_services_cidr=plan.network.private_services_cidr,
            protect=plan.protect,
            labels=plan.labels,
            opts=self._after((*self._identity.key_grants, *self._network.private_services)),
        )

    def _pods(self) -> pulumi.Output[str]:
        """All pods of this cluster (https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity).

        It names the cluster, whose making also makes the pool of identities that IAM looks for.
        """
        identity = self._identity
        return pulumi.Output.concat(
            "principalSet://iam.googleapis.com/projects/",
            identity.project_number,
            "/locations/global/workloadIdentityPools/",
            identity.project,
            ".svc.id.goog/kubernetes.cluster/https://container.googleapis.com/v1/",
            self._cluster.cluster_id,
        )

    def _make_pool(self, group: NodePoolPlan, first: Sequence[pulumi.Resource]) -> NodePool:
        identity, fabric = self._identity, self._fabric
        return NodePool(
            f"{self._plan.stack}-{group.role}",
            group,
            cluster_id=self._cluster.cluster_id,
            location=self._plan.location,
            node_account=identity.node_account,
            key_name=identity.key_name,
            network_names=None if fabric is None else fabric.network_names,
            subnet_names=None if fabric is None else fabric.subnet_names,
            node_labels=self._plan.machine_labels,
            opts=self._after((*first, *identity.key_grants, *identity.node_roles, *self._network.ways_out)),
        )

    def _make_pod_networks(self, pools: Mapping[str, Sequence[NodePool]]) -> None:
        """After the node pools whose interfaces they are: objects that pods still use hold up what is below them."""
        plan, fabric = self._plan, self._fabric
        networks = {} if fabric is None or plan.pod_networks != "objects" else dict(_pod_networks(plan.pools, fabric))
        if networks:
            PodNetworks(
                plan.stack,
                tuple(networks.values()),
                kubeconfig=self._cluster.kubeconfig,
                labels=plan.labels,
                opts=self._after([one.node_pool for made in pools.values() for one in made]),
            )

    def _make_budget(self) -> None:
        plan = self._plan
        Budget(
            plan.stack,
            plan.budget,
            stack=plan.stack,
            billing_account=plan.billing_account,
            project_number=self._identity.project_number,
            labels=plan.labels,
            opts=self._enabled,
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
            pools={name: [one.node_pool_name for one in made] for name, made in pools.items()},
            storage=storage.ids,
            mounts=storage.mounts,
        )
        self.register_outputs({"cluster_name": cluster.cluster_name, "endpoint": cluster.endpoint})


def _pod_networks(pools: Sequence[GcpPool], fabric: Fabric) -> Iterator[tuple[str, PodNetwork]]:
    """By the name that pods say; the rungs of a pool share theirs."""
    for group in (group for pool in pools for rung in pool.rungs for group in rung.groups):
        for interface in group.interfaces:
            yield (
                interface.pod_network,
                PodNetwork(
                    name=interface.pod_network,
                    network=fabric.network_names[interface.network],
                    subnet=fabric.subnet_names[interface.subnet],
                    device_mode=interface.device_mode,
                ),
            )


def _account_id(name: str) -> str:
    """The id of the nodes' service account: after the cluster, and short enough."""
    full = f"{name}-nodes"
    return full if len(full) <= _LONGEST_ACCOUNT else f"{name[: _LONGEST_ACCOUNT - 9].rstrip('-')}-{short_digest(name)}"
