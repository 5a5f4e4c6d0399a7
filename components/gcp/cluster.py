"""The GKE control plane: the cluster, who may enter and from where, when it is changed, what it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_gcp as gcp
from pulumi import CustomTimeouts, ResourceOptions
from pulumi_gcp import container

from components import resources
from components.gcp.network import PODS, SERVICES, Network
from components.plan.gcp.model import GcpAccess, GcpNetwork, Maintenance, NodePool
from components.resources import short_digest, waiting

SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
"""What nodes may ask for at all; what they get, the roles of their service account say."""

# Everything that GKE tells of the control plane, of workloads, and of accelerators and training jobs.
# Source: container.v1, LoggingComponentConfig and MonitoringComponentConfig.
_LOGS = ("SYSTEM_COMPONENTS", "WORKLOADS", "APISERVER", "CONTROLLER_MANAGER", "SCHEDULER")
_METRICS = (
    "SYSTEM_COMPONENTS",
    "DCGM",
    "JOBSET",
    "POD",
    "DEPLOYMENT",
    "STATEFULSET",
    "DAEMONSET",
    "STORAGE",
    "KUBELET",
)

# IAM has no smaller role that opens all of one cluster's Kubernetes.
_ADMIN_ROLE = "roles/container.admin"
_HINT = "install it: gcloud components install gke-gcloud-auth-plugin"


class Cluster(pulumi.ComponentResource):
    """A regional, VPC-native, private GKE cluster with encrypted secrets, and no nodes.

    `name` begins the logical names, `cluster_name` is the physical one. Its nodes will stand in the zones of `system`, whose
    machine and disk, with `node_account`, also make the pool that GKE insists on and that is removed at once.
    `opts.depends_on` is what the cluster itself waits for: the grants of its key, the roles of that account, the way out.
    """

    cluster_name: pulumi.Output[str]
    cluster_id: pulumi.Output[str]
    """`projects/…/locations/…/clusters/…`"""
    endpoint: pulumi.Output[str]
    """Where clients reach it: a name that IAM guards, or an address."""
    oidc_issuer: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    """For `kubectl`, as JSON: enters with `gke-gcloud-auth-plugin`. A secret."""

    def __init__(
        self,
        name: str,
        *,
        cluster_name: str,
        location: str,
        project: pulumi.Input[str],
        version: str,
        channel: str,
        network: Network,
        access: GcpAccess,
        maintenance: Maintenance,
        csi_drivers: Sequence[str],
        multi_networking: bool,
        key_name: pulumi.Input[str],
        node_account: pulumi.Input[str],
        system: NodePool,
        protect: bool = False,
        labels: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:gcp:Cluster", f"{name}-cluster", None, opts)
        self._prefix = name
        control_plane = container.Cluster(
            f"{name}-control-plane",
            name=cluster_name,
            location=location,
            node_locations=list(system.zones),
            **_addresses(network),
            **_ways_in(access),
            **_features(csi_drivers, multi_networking),
            **_versions(version, channel, maintenance),
            **_guards(project, key_name),
            **_first_pool(system, node_account, key_name),
            deletion_protection=protect,
            resource_labels=labels,
            opts=waiting(self._options(protect), opts),
        )
        self._admit(access.admins, project, control_plane)
        self._publish(control_plane, access)

    def _options(self, protect: bool) -> ResourceOptions:
        return ResourceOptions(
            parent=self,
            protect=protect,
            # Of the pool that is gone: an edit would replace the cluster for it.
            ignore_changes=["nodeConfig"],
            custom_timeouts=CustomTimeouts(create="60m", update="90m", delete="60m"),
        )

    def _admit(self, admins: Sequence[str], project: pulumi.Input[str], cluster: container.Cluster) -> None:
        for principal in admins:
            # Named after the principal and not its place in the list, so that removing one moves no other.
            gcp.projects.IAMMember(
                f"{self._prefix}-admin-{short_digest(principal)}",
                project=project,
                role=_ADMIN_ROLE,
                member=principal,
                opts=ResourceOptions(parent=self, depends_on=[cluster]),
            )

    def _publish(self, control_plane: container.Cluster, access: GcpAccess) -> None:
        self.cluster_name = control_plane.name
        self.cluster_id = control_plane.id
        authority = None
        if access.dns_endpoint:
            self.endpoint = control_plane.control_plane_endpoints_config.dns_endpoint_config.endpoint
        else:
            self.endpoint = control_plane.endpoint
            authority = control_plane.master_auth.cluster_ca_certificate
        # https://cloud.google.com/kubernetes-engine/docs/concepts/workload-identity: the issuer is the cluster's URL.
        self.oidc_issuer = pulumi.Output.concat("https://container.googleapis.com/v1/", control_plane.id)
        self.kubeconfig = kubeconfig(
            cluster_name=self.cluster_name, endpoint=self.endpoint, certificate_authority=authority
        )
        self.register_outputs(
            {
                "cluster_name": self.cluster_name,
                "endpoint": self.endpoint,
                "oidc_issuer": self.oidc_issuer,
                "kubeconfig": self.kubeconfig,
            }
        )


def kubeconfig(
    *,
    cluster_name: pulumi.Input[str],
    endpoint: pulumi.Input[str],
    certificate_authority: pulumi.Input[str] | None,
) -> pulumi.Output[str]:
    """A kubeconfig by which each user enters with their own Google identity.

    `certificate_authority` is left out for the DNS endpoint, whose certificate is public.
    """
    server: dict[str, Any] = {"server": pulumi.Output.concat("https://", endpoint)}
    if certificate_authority is not None:
        server["certificate-authority-data"] = certificate_authority
    login = {"command": "gke-gcloud-auth-plugin", "installHint": _HINT, "provideClusterInfo": True}
    return resources.kubeconfig(cluster_name, server, login)


def _addresses(network: Network) -> dict[str, Any]:
    """The VPC, its ranges, and the data path."""
    return {
        "network": network.network_id,
        "subnetwork": network.subnet_id,
        "networking_mode": "VPC_NATIVE",
        "ip_allocation_policy": _ranges(network.plan),
        # At creation or never: additional interfaces, DRANET and network policies need it.
        "datapath_provider": "ADVANCED_DATAPATH",
    }


def _ways_in(access: GcpAccess) -> dict[str, Any]:
    """How the control plane is reached."""
    return {
        "private_cluster_config": container.ClusterPrivateClusterConfigArgs(
            enable_private_nodes=True, enable_private_endpoint=not access.public
        ),
        "control_plane_endpoints_config": container.ClusterControlPlaneEndpointsConfigArgs(
            dns_endpoint_config=container.ClusterControlPlaneEndpointsConfigDnsEndpointConfigArgs(
                allow_external_traffic=access.dns_endpoint
            )
        ),
        # Without ranges: nobody but the cluster's own nodes. A private endpoint must say so too.
        "master_authorized_networks_config": container.ClusterMasterAuthorizedNetworksConfigArgs(
            cidr_blocks=[
                container.ClusterMasterAuthorizedNetworksConfigCidrBlockArgs(cidr_block=cidr)
                for cidr in access.allowed_cidrs
            ]
            or None,
            gcp_public_cidrs_access_enabled=False,
        ),
    }


def _ranges(network: GcpNetwork) -> container.ClusterIpAllocationPolicyArgs:
    if network.vpc is None:
        return container.ClusterIpAllocationPolicyArgs(
            cluster_secondary_range_name=PODS, services_secondary_range_name=SERVICES
        )
    # GKE makes the ranges in a subnet that existed, and takes them away with the cluster.
    return container.ClusterIpAllocationPolicyArgs(
        cluster_ipv4_cidr_block=network.pods_cidr, services_ipv4_cidr_block=network.services_cidr
    )


def _versions(version: str, channel: str, maintenance: Maintenance) -> dict[str, Any]:
    window = container.ClusterMaintenancePolicyRecurringWindowArgs(
        start_time=maintenance.start, end_time=maintenance.end, recurrence=maintenance.recurrence
    )
    hold = container.ClusterMaintenancePolicyMaintenanceExclusionArgs(
        exclusion_name="hold-upgrades",
        start_time=maintenance.hold_from,
        exclusion_options=container.ClusterMaintenancePolicyMaintenanceExclusionExclusionOptionsArgs(
            scope="NO_MINOR_OR_NODE_UPGRADES", end_time_behavior="UNTIL_END_OF_SUPPORT"
        ),
    )
    return {
        "min_master_version": version,
        "release_channel": container.ClusterReleaseChannelArgs(channel=channel),
        "maintenance_policy": container.ClusterMaintenancePolicyArgs(
            recurring_window=window, maintenance_exclusions=[hold] if maintenance.hold_upgrades else None
        ),
    }


def _guards(project: pulumi.Input[str], key_name: pulumi.Input[str]) -> dict[str, Any]:
    return {
        "database_encryption": container.ClusterDatabaseEncryptionArgs(state="ENCRYPTED", key_name=key_name),
        "workload_identity_config": container.ClusterWorkloadIdentityConfigArgs(
            workload_pool=pulumi.Output.concat(project, ".svc.id.goog")
        ),
        "enable_shielded_nodes": True,
        "enable_legacy_abac": False,
        # Nobody is let in by a binding to everyone whom Google knows.
        "rbac_binding_config": container.ClusterRbacBindingConfigArgs(
            enable_insecure_binding_system_authenticated=False, enable_insecure_binding_system_unauthenticated=False
        ),
    }


def _features(drivers: Sequence[str], multi_networking: bool) -> dict[str, Any]:
    """What GKE runs in the cluster, and tells of it."""
    return {
        "addons_config": _addons(drivers),
        "enable_multi_networking": multi_networking or None,
        "logging_config": container.ClusterLoggingConfigArgs(enable_components=list(_LOGS)),
        "monitoring_config": container.ClusterMonitoringConfigArgs(
            enable_components=list(_METRICS),
            managed_prometheus=container.ClusterMonitoringConfigManagedPrometheusArgs(enabled=True),
        ),
        # Costs by namespace and label, in the bill's export.
        "cost_management_config": container.ClusterCostManagementConfigArgs(enabled=True),
    }


def _first_pool(system: NodePool, node_account: pulumi.Input[str], key_name: pulumi.Input[str]) -> dict[str, Any]:
    """GKE makes no cluster without a pool. This one is removed at once, and still needs an account of its own.

    Otherwise its nodes take the project's default account, which many projects do not have (terraform-provider-google,
    issues 16559 and 17252).
    """
    return {
        "remove_default_node_pool": True,
        "initial_node_count": 1,
        "node_config": container.ClusterNodeConfigArgs(
            machine_type=system.machine_type,
            disk_type=system.disk_type,
            service_account=node_account,
            oauth_scopes=list(SCOPES),
            boot_disk_kms_key=key_name,
            shielded_instance_config=container.ClusterNodeConfigShieldedInstanceConfigArgs(
                enable_secure_boot=True, enable_integrity_monitoring=True
            ),
        ),
    }


def _addons(drivers: Sequence[str]) -> container.ClusterAddonsConfigArgs:
    # Said either way: a driver that is only left out stays where it was on.
    return container.ClusterAddonsConfigArgs(
        gce_persistent_disk_csi_driver_config=container.ClusterAddonsConfigGcePersistentDiskCsiDriverConfigArgs(
            enabled=True
        ),
        gcs_fuse_csi_driver_config=container.ClusterAddonsConfigGcsFuseCsiDriverConfigArgs(
            enabled="gcs-fuse" in drivers
        ),
        lustre_csi_driver_config=container.ClusterAddonsConfigLustreCsiDriverConfigArgs(enabled="lustre" in drivers),
        gcp_filestore_csi_driver_config=container.ClusterAddonsConfigGcpFilestoreCsiDriverConfigArgs(
            enabled="filestore" in drivers
        ),
    )
