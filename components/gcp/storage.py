"""File systems and buckets."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pulumi
import pulumi_gcp as gcp
from pulumi import CustomTimeouts, ResourceOptions

from components.plan.gcp.model import Bucket, Filestore, Lustre
from components.plan.model import StoragePlan
from components.resources import Mount, waiting

# https://cloud.google.com/managed-lustre/docs/vpc
_LUSTRE_PORT = "988"
# Pods that mount a bucket read, write and list; the second lets them see that it is there.
# https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver-setup
_USE_BUCKET = ("storage.objectUser", "storage.legacyBucketReader")
_LUSTRE_SERVICE = "lustre.googleapis.com"

AGENTS: tuple[tuple[type[StoragePlan], str], ...] = (
    (Bucket, "storage.googleapis.com"),
    (Lustre, _LUSTRE_SERVICE),
    (Filestore, "file.googleapis.com"),
)
"""Whose own account encrypts each kind of storage."""


class Storage(pulumi.ComponentResource):
    """What outlives the nodes: Cloud Storage, Managed Lustre and Filestore, all encrypted with the cluster's key.

    `pods` is the IAM principal of the cluster's pods, who may use its buckets; `member` gives a service's own account.
    With `protect`, file systems and buckets are neither deleted by mistake nor when the stack goes. `opts.depends_on` is
    what all of it waits for: the grants of the key, and for file systems the peering with Google's own services.
    """

    ids: Mapping[str, pulumi.Output[str]]
    """Ids by the storage's name: of the file system, or the bucket's name."""
    mounts: Mapping[str, Mount]

    def __init__(
        self,
        name: str,
        items: Sequence[StoragePlan],
        *,
        network_id: pulumi.Input[str],
        key_name: pulumi.Input[str],
        pods: pulumi.Input[str],
        member: Callable[[str], pulumi.Input[str]],
        private_services_cidr: str | None = None,
        protect: bool = False,
        labels: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:gcp:Storage", f"{name}-storage", None, opts)
        self._prefix, self._network_id, self._key_name = name, network_id, key_name
        self._labels, self._lasting = dict(labels or {}), protect
        self._below = ResourceOptions(parent=self)
        self._keep = waiting(ResourceOptions(parent=self, protect=protect, retain_on_delete=protect), opts)
        buckets = {item.name: self._bucket(item, pods) for item in items if isinstance(item, Bucket)}
        lustre = {item.name: self._lustre(item) for item in items if isinstance(item, Lustre)}
        shared = {item.name: self._shared(item) for item in items if isinstance(item, Filestore)}
        for item in items:
            if isinstance(item, Lustre) and item.bucket is not None:
                self._feed(item.name, buckets[item.bucket], member(_LUSTRE_SERVICE))
        if lustre and private_services_cidr is not None:
            self._let_in(private_services_cidr)
        self.ids = {**{one: made.name for one, made in buckets.items()}, **_ids(lustre), **_ids(shared)}
        self.mounts = {one: _mount(made) for one, made in lustre.items()}
        self.register_outputs({"ids": dict(self.ids)})

    def _bucket(self, plan: Bucket, pods: pulumi.Input[str]) -> gcp.storage.Bucket:
        """A bucket that is closed to the public, has no rights but IAM's, and keeps what was deleted for some days."""
        name = f"{self._prefix}-{plan.name}-bucket"
        bucket = gcp.storage.Bucket(
            name,
            location=plan.location,
            storage_class="STANDARD",
            force_destroy=False,
            uniform_bucket_level_access=True,
            public_access_prevention="enforced",
            # Folders that are renamed at once, as a checkpoint is when it is complete.
            hierarchical_namespace=gcp.storage.BucketHierarchicalNamespaceArgs(enabled=True)
            if plan.hierarchical
            else None,
            soft_delete_policy=gcp.storage.BucketSoftDeletePolicyArgs(
                retention_duration_seconds=plan.soft_delete_days * 24 * 3600
            ),
            encryption=gcp.storage.BucketEncryptionArgs(default_kms_key_name=self._key_name),
            # Parts of uploads that never ended cost like objects, and no listing shows them.
            lifecycle_rules=[
                gcp.storage.BucketLifecycleRuleArgs(
                    action=gcp.storage.BucketLifecycleRuleActionArgs(type="AbortIncompleteMultipartUpload"),
                    condition=gcp.storage.BucketLifecycleRuleConditionArgs(age=7),
                )
            ],
            labels=self._labels,
            opts=self._keep,
        )
        for role in _USE_BUCKET:
            self._grant(f"{name}-pods", bucket, role, pods)
        return bucket

    def _grant(self, name: str, bucket: gcp.storage.Bucket, role: str, member: pulumi.Input[str]) -> None:
        gcp.storage.BucketIAMMember(
            f"{name}-{role.rpartition('.')[2]}",
            bucket=bucket.name,
            role=f"roles/{role}",
            member=member,
            opts=self._below,
        )

    def _lustre(self, plan: Lustre) -> gcp.lustre.Instance:
        name = f"{self._prefix}-{plan.name}"
        return gcp.lustre.Instance(
            f"{name}-files",
            instance_id=name,
            location=plan.zone,
            filesystem=plan.filesystem,
            # Text on the wire, both.
            capacity_gib=str(plan.given_gib),
            per_unit_storage_throughput=str(plan.throughput),
            network=self._network_id,
            kms_key=self._key_name,
            labels=self._labels,
            opts=self._slow(),
        )

    def _slow(self) -> ResourceOptions:
        # A large file system takes longer than the provider waits by itself.
        limits = CustomTimeouts(create="90m", update="90m", delete="60m")
        return ResourceOptions.merge(self._keep, ResourceOptions(custom_timeouts=limits))

    def _feed(self, name: str, bucket: gcp.storage.Bucket, member: pulumi.Input[str]) -> None:
        """Let the file system read from a bucket and write back to it, by jobs that somebody starts.

        https://cloud.google.com/managed-lustre/docs/transfer-data
        """
        for role in _USE_BUCKET:
            self._grant(f"{self._prefix}-{name}-transfer", bucket, role, member)

    def _let_in(self, cidr: str) -> None:
        """Lustre's servers call their clients back."""
        gcp.compute.Firewall(
            f"{self._prefix}-lustre-firewall",
            network=self._network_id,
            direction="INGRESS",
            source_ranges=[cidr],
            allows=[gcp.compute.FirewallAllowArgs(protocol="tcp", ports=[_LUSTRE_PORT])],
            opts=self._below,
        )

    def _shared(self, plan: Filestore) -> gcp.filestore.Instance:
        return gcp.filestore.Instance(
            f"{self._prefix}-{plan.name}-files",
            location=plan.location,
            tier=plan.tier,
            file_shares=gcp.filestore.InstanceFileSharesArgs(name=plan.share, capacity_gb=plan.given_gib or 0),
            networks=[
                gcp.filestore.InstanceNetworkArgs(
                    network=self._network_id, modes=["MODE_IPV4"], connect_mode="PRIVATE_SERVICE_ACCESS"
                )
            ],
            kms_key_name=self._key_name,
            deletion_protection_enabled=self._lasting,
            labels=self._labels,
            opts=self._slow(),
        )


def _ids(made: Mapping[str, pulumi.CustomResource]) -> dict[str, pulumi.Output[str]]:
    return {name: one.id for name, one in made.items()}


def _mount(instance: gcp.lustre.Instance) -> Mount:
    """The mount point reads `<address>@tcp:/<file system>`."""
    address = instance.mount_point.apply(lambda point: point.partition("@")[0])
    return Mount(dns_name=address, mount_name=instance.filesystem)
