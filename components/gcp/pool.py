"""One GKE node pool: a rung of a pool's capacity ladder, one slice or NVLink domain of it, or the system pool."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi
import pulumi_gcp as gcp
from pulumi import CustomTimeouts, ResourceOptions
from pulumi_gcp import container

from components.gcp.cluster import SCOPES
from components.plan.gcp.model import NodePool as NodePoolPlan
from components.resources import waiting

_RESERVATION_NAME = "compute.googleapis.com/reservation-name"


class NodePool(pulumi.ComponentResource):
    """A GKE node pool, and where the plan says so the policy that keeps its nodes in one NVLink domain.

    `name` begins the logical names (`prod-gcp-train-reservation`). `network_names` and `subnet_names` hold physical names
    by those in the plan. `node_labels` go on machines and disks. `opts.depends_on` is what the node pool waits for: the
    way out, the roles of its account, the grants of its key, and the system pool: GKE taints GPU nodes by itself only
    beside a pool without GPUs (terraform-google-modules/terraform-google-kubernetes-engine, issue 703).
    """

    node_pool: container.NodePool
    node_pool_name: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        pool: NodePoolPlan,
        *,
        cluster_id: pulumi.Input[str],
        location: str,
        node_account: pulumi.Input[str],
        key_name: pulumi.Input[str],
        network_names: Mapping[str, pulumi.Input[str]] | None = None,
        subnet_names: Mapping[str, pulumi.Input[str]] | None = None,
        node_labels: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:gcp:NodePool", f"{name}-pool", None, opts)
        self._prefix, self._plan, self._location = name, pool, location
        fixed, initial, autoscaling = _size(pool)
        self.node_pool = container.NodePool(
            f"{name}-nodes",
            name=pool.name,
            cluster=cluster_id,
            location=location,
            node_locations=list(pool.zones),
            node_count=fixed,
            initial_node_count=initial,
            autoscaling=autoscaling,
            max_pods_per_node=pool.max_pods,
            version=pool.version,
            management=container.NodePoolManagementArgs(auto_repair=pool.auto_repair, auto_upgrade=True),
            upgrade_settings=container.NodePoolUpgradeSettingsArgs(
                strategy="SURGE", max_surge=pool.max_surge, max_unavailable=pool.max_unavailable
            ),
            queued_provisioning=container.NodePoolQueuedProvisioningArgs(enabled=True) if pool.queued else None,
            placement_policy=self._placement(),
            network_config=_network(pool, network_names or {}, subnet_names or {}),
            node_config=_nodes(pool, node_account, key_name, node_labels or {}),
            opts=waiting(self._options(), opts),
        )
        self.node_pool_name = self.node_pool.name
        self.register_outputs({"node_pool_name": self.node_pool_name})

    def _options(self) -> ResourceOptions:
        pool = self._plan
        # What the autoscaler makes of a pool is not undone, and another first size is no reason for another pool.
        ignored = ["initialNodeCount"] if pool.autoscaled else []
        return ResourceOptions(
            parent=self,
            ignore_changes=ignored or None,
            # Machines that are bought are there once: the old pool must give them back before the next can have them. Any
            # other goes last; left open, the provider lets a pool with a name of its own go first.
            delete_before_replace=bool(pool.reservation.values),
            # Large accelerated machines take long to start, and longer to be found.
            custom_timeouts=CustomTimeouts(create="60m", update="120m", delete="60m"),
        )

    def _placement(self) -> container.NodePoolPlacementPolicyArgs | None:
        pool = self._plan
        policy = None
        if pool.workload_topology is not None:
            policy = gcp.compute.ResourcePolicy(
                f"{self._prefix}-placement",
                region=self._location,
                workload_policy=gcp.compute.ResourcePolicyWorkloadPolicyArgs(
                    type="HIGH_THROUGHPUT", accelerator_topology=pool.workload_topology
                ),
                opts=ResourceOptions(parent=self),
            ).name
        if policy is None and pool.tpu_topology is None and not pool.compact:
            return None
        return container.NodePoolPlacementPolicyArgs(type="COMPACT", policy_name=policy, tpu_topology=pool.tpu_topology)


def _size(pool: NodePoolPlan) -> tuple[int | None, int | None, container.NodePoolAutoscalingArgs | None]:
    """The fixed size, or the first size and the bounds. GKE counts nodes in each zone, and these bounds in all of them."""
    if not pool.autoscaled:
        return pool.desired_per_zone, None, None
    zones = len(pool.zones)
    bounds = container.NodePoolAutoscalingArgs(
        total_min_node_count=pool.min_per_zone * zones,
        total_max_node_count=pool.max_per_zone * zones,
        # Wherever there is capacity: spread evenly, a zone without any holds up the others.
        location_policy="ANY",
    )
    return None, pool.desired_per_zone, bounds


def _network(
    pool: NodePoolPlan, networks: Mapping[str, pulumi.Input[str]], subnets: Mapping[str, pulumi.Input[str]]
) -> container.NodePoolNetworkConfigArgs:
    return container.NodePoolNetworkConfigArgs(
        enable_private_nodes=True,
        # Their order is that of the interfaces: eth1, eth2 …
        additional_node_network_configs=[
            container.NodePoolNetworkConfigAdditionalNodeNetworkConfigArgs(
                network=networks[interface.network], subnetwork=subnets[interface.subnet]
            )
            for interface in pool.interfaces
        ]
        or None,
        accelerator_network_profile=pool.accelerator_network_profile,
    )


def _nodes(
    pool: NodePoolPlan, account: pulumi.Input[str], key_name: pulumi.Input[str], labels: Mapping[str, str]
) -> container.NodePoolNodeConfigArgs:
    return container.NodePoolNodeConfigArgs(
        machine_type=pool.machine_type,
        image_type=pool.image_type,
        disk_type=pool.disk_type,
        disk_size_gb=pool.disk_gib,
        boot_disk_kms_key=key_name,
        service_account=account,
        oauth_scopes=list(SCOPES),
        guest_accelerators=_accelerators(pool),
        ephemeral_storage_local_ssd_config=_ephemeral(pool),
        local_nvme_ssd_block_config=_block(pool),
        spot=True if pool.capacity == "spot" else None,
        flex_start=True if pool.capacity == "flex-start" else None,
        max_run_duration=None if pool.max_run_seconds is None else f"{pool.max_run_seconds}s",
        reservation_affinity=_reservation(pool),
        gvnic=container.NodePoolNodeConfigGvnicArgs(enabled=True),
        fast_socket=container.NodePoolNodeConfigFastSocketArgs(enabled=True) if pool.fast_socket else None,
        # Containers start while their images are still being read.
        gcfs_config=container.NodePoolNodeConfigGcfsConfigArgs(enabled=True),
        shielded_instance_config=_shielded(pool),
        # Pods get their credentials from workload identity, never from the node.
        workload_metadata_config=container.NodePoolNodeConfigWorkloadMetadataConfigArgs(mode="GKE_METADATA"),
        labels=dict(pool.labels),
        taints=[
            container.NodePoolNodeConfigTaintArgs(key=key, value=value, effect=effect)
            for key, value, effect in pool.taints
        ]
        or None,
        resource_labels=dict(labels),
    )


def _accelerators(pool: NodePoolPlan) -> list[container.NodePoolNodeConfigGuestAcceleratorArgs] | None:
    if pool.guest_accelerator is None:
        return None
    driver = pool.driver_version and container.NodePoolNodeConfigGuestAcceleratorGpuDriverInstallationConfigArgs(
        gpu_driver_version=pool.driver_version
    )
    sharing = pool.time_slices and container.NodePoolNodeConfigGuestAcceleratorGpuSharingConfigArgs(
        gpu_sharing_strategy="TIME_SHARING", max_shared_clients_per_gpu=pool.time_slices
    )
    return [
        container.NodePoolNodeConfigGuestAcceleratorArgs(
            type=pool.guest_accelerator,
            count=pool.guest_accelerator_count,
            # Said always: where it is not, GKE installs no driver, or one of its own choice.
            gpu_driver_installation_config=driver or None,
            gpu_partition_size=pool.partition_size,
            gpu_sharing_config=sharing or None,
        )
    ]


def _ephemeral(pool: NodePoolPlan) -> container.NodePoolNodeConfigEphemeralStorageLocalSsdConfigArgs | None:
    if pool.local_ssd_use != "ephemeral":
        return None
    return container.NodePoolNodeConfigEphemeralStorageLocalSsdConfigArgs(local_ssd_count=pool.local_ssds)


def _block(pool: NodePoolPlan) -> container.NodePoolNodeConfigLocalNvmeSsdBlockConfigArgs | None:
    if pool.local_ssd_use != "block":
        return None
    return container.NodePoolNodeConfigLocalNvmeSsdBlockConfigArgs(local_ssd_count=pool.local_ssds)


def _reservation(pool: NodePoolPlan) -> container.NodePoolNodeConfigReservationAffinityArgs:
    names = list(pool.reservation.values)
    return container.NodePoolNodeConfigReservationAffinityArgs(
        consume_reservation_type=pool.reservation.type,
        key=_RESERVATION_NAME if names else None,
        values=names or None,
    )


def _shielded(pool: NodePoolPlan) -> container.NodePoolNodeConfigShieldedInstanceConfigArgs | None:
    if not pool.secure_boot:
        return None
    return container.NodePoolNodeConfigShieldedInstanceConfigArgs(
        enable_secure_boot=True, enable_integrity_monitoring=True
    )
