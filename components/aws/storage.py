"""File systems and buckets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions

from components.aws import documents
from components.aws.rules import ALL, both_ways, ingress, security_group
from components.aws.tags import named
from components.plan.aws.model import Bucket, Lustre, SharedFileSystem
from components.plan.model import StoragePlan
from components.records import record
from components.resources import Mount

# https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html
_LUSTRE_PORTS = ((988, 988), (1018, 1023))
_NFS_PORT = (2049, 2049)
_LINKED_PATH = "/data"
_CHANGES = ["NEW", "CHANGED", "DELETED"]


@record(kw_only=True)
class _MadeBucket:
    bucket: aws.s3.Bucket
    ready: pulumi.Resource


class Storage(pulumi.ComponentResource):
    """What outlives the nodes: FSx for Lustre, S3 and EFS, all encrypted with the cluster's key.

    `subnet_ids` holds ids by the subnet's name in the plan. With `protect`, file systems and buckets are neither deleted
    by mistake nor when the stack goes.
    """

    ids: Mapping[str, pulumi.Output[str]]
    """Ids by the storage's name: of the file system, or the bucket's name."""
    bucket_arns: Mapping[str, pulumi.Output[str]]
    mounts: Mapping[str, Mount]

    def __init__(
        self,
        name: str,
        items: Sequence[StoragePlan],
        *,
        vpc_id: pulumi.Input[str],
        subnet_ids: Mapping[str, pulumi.Input[str]],
        cluster_security_group_id: pulumi.Input[str],
        key_arn: pulumi.Input[str],
        fabric_security_group_id: pulumi.Input[str] | None = None,
        protect: bool = False,
        tags: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:aws:Storage", f"{name}-storage", None, opts)
        self._prefix = name
        self._vpc_id = vpc_id
        self._subnet_ids = subnet_ids
        self._cluster_group = cluster_security_group_id
        self._fabric_group = fabric_security_group_id
        self._key_arn = key_arn
        self._tags = dict(tags or {})
        self._keep = ResourceOptions(parent=self, protect=protect, retain_on_delete=protect)
        self._below = ResourceOptions(parent=self)
        # Buckets first, as file systems may be linked to them.
        buckets = {item.name: self._bucket(item) for item in items if isinstance(item, Bucket)}
        lustre = {item.name: self._lustre(item, buckets) for item in items if isinstance(item, Lustre)}
        shared = {item.name: self._shared(item) for item in items if isinstance(item, SharedFileSystem)}
        made = {**{name: item.bucket for name, item in buckets.items()}, **lustre, **shared}
        self.ids = {item.name: made[item.name].id for item in items}
        self.bucket_arns = {name: item.bucket.arn for name, item in buckets.items()}
        self.mounts = {name: Mount(dns_name=item.dns_name, mount_name=item.mount_name) for name, item in lustre.items()}
        self.register_outputs({"ids": dict(self.ids)})

    def _bucket(self, plan: Bucket) -> _MadeBucket:
        """A bucket that is versioned, encrypted, closed to the public, and refuses plain HTTP."""
        name = f"{self._prefix}-{plan.name}-bucket"
        bucket = aws.s3.Bucket(name, force_destroy=False, tags=named(self._tags, name), opts=self._keep)
        closed = aws.s3.BucketPublicAccessBlock(
            f"{name}-access",
            bucket=bucket.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
            opts=self._below,
        )
        aws.s3.BucketServerSideEncryptionConfiguration(
            f"{name}-encryption",
            bucket=bucket.id,
            # One data key for a bucket and not for each object: a training run would pay for millions of calls.
            rules=[
                {
                    "apply_server_side_encryption_by_default": {
                        "sse_algorithm": "aws:kms",
                        "kms_master_key_id": self._key_arn,
                    },
                    "bucket_key_enabled": True,
                }
            ],
            opts=self._below,
        )
        self._versions(name, bucket)
        policy = aws.s3.BucketPolicy(
            f"{name}-policy",
            bucket=bucket.id,
            policy=documents.tls_only(bucket.arn),
            # S3 refuses two changes of a bucket's access at once.
            opts=ResourceOptions(parent=self, depends_on=[closed]),
        )
        return _MadeBucket(bucket=bucket, ready=policy)

    def _versions(self, name: str, bucket: aws.s3.Bucket) -> None:
        versioning = aws.s3.BucketVersioning(
            f"{name}-versioning",
            bucket=bucket.id,
            versioning_configuration={"status": "Enabled"},
            opts=self._below,
        )
        aws.s3.BucketLifecycleConfiguration(
            f"{name}-lifecycle",
            bucket=bucket.id,
            rules=[
                # Parts of uploads that never ended cost like objects, and no listing shows them.
                {
                    "id": "unfinished-uploads",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
                },
                {
                    "id": "old-versions",
                    "status": "Enabled",
                    "filter": {"prefix": ""},
                    "noncurrent_version_expiration": {"noncurrent_days": 30},
                },
            ],
            opts=ResourceOptions(parent=self, depends_on=[versioning]),
        )

    def _lustre(self, plan: Lustre, buckets: Mapping[str, _MadeBucket]) -> aws.fsx.LustreFileSystem:
        name = f"{self._prefix}-{plan.name}-files"
        linked = plan.bucket is not None or plan.bucket_url is not None
        groups, rules = self._lustre_groups(plan)
        files = aws.fsx.LustreFileSystem(
            name,
            # One id: FSx for Lustre stands in a single subnet, and the provider's type is text.
            subnet_ids=self._subnet_ids[plan.subnet],
            deployment_type=plan.deployment_type,
            storage_type=plan.storage_type,
            storage_capacity=plan.given_gib,
            per_unit_storage_throughput=plan.throughput,
            metadata_configuration={"mode": "AUTOMATIC"},
            file_system_type_version=plan.version,
            efa_enabled=True if plan.efa else None,
            kms_key_id=self._key_arn,
            security_group_ids=groups,
            # FSx takes no backup of a file system that is linked to a bucket, which holds the data then.
            skip_final_backup=linked,
            tags=named(self._tags, name),
            # FSx refuses security groups that do not let its servers reach each other yet.
            opts=ResourceOptions.merge(self._keep, ResourceOptions(depends_on=rules)),
        )
        if linked:
            self._link(plan, files, buckets)
        return files

    def _lustre_groups(self, plan: Lustre) -> tuple[list[pulumi.Input[str]], list[pulumi.Resource]]:
        """The file system's security groups, and the rules that must stand before it.

        Clients and servers call each other, so every rule goes both ways.
        """
        name = f"{self._prefix}-{plan.name}"
        tags, below = self._tags, self._below
        own = security_group(f"{name}-files-group", "FSx for Lustre", self._vpc_id, tags, below)
        first: list[pulumi.Resource] = []
        for ports in _LUSTRE_PORTS:
            first += both_ways(f"{name}-servers-{ports[0]}", own.id, own.id, ports=ports, tags=tags, opts=below)
            both_ways(f"{name}-clients-{ports[0]}", own.id, self._cluster_group, ports=ports, tags=tags, opts=below)
            # The nodes' group is EKS's own; it lets nobody in but its members.
            both_ways(f"{name}-nodes-{ports[0]}", self._cluster_group, own.id, ports=ports, tags=tags, opts=below)
        groups: list[pulumi.Input[str]] = [own.id]
        if plan.efa:
            first += both_ways(f"{name}-servers-all", own.id, own.id, protocol=ALL, tags=tags, opts=below)
            if self._fabric_group is not None:
                groups.append(self._fabric_group)
        return groups, first

    def _link(self, plan: Lustre, files: aws.fsx.LustreFileSystem, buckets: Mapping[str, _MadeBucket]) -> None:
        """Show a bucket's objects as files, and write changed files back, both as they change."""
        made = None if plan.bucket is None else buckets[plan.bucket]
        url = plan.bucket_url if made is None else pulumi.Output.concat("s3://", made.bucket.bucket)
        if url is None:
            raise ValueError(f"storage {plan.name!r} is linked to nothing")
        name = f"{self._prefix}-{plan.name}-link"
        aws.fsx.DataRepositoryAssociation(
            name,
            file_system_id=files.id,
            file_system_path=_LINKED_PATH,
            data_repository_path=url,
            batch_import_meta_data_on_create=True,
            # Cutting the link must not empty the file system.
            delete_data_in_filesystem=False,
            s3={"auto_import_policy": {"events": _CHANGES}, "auto_export_policy": {"events": _CHANGES}},
            tags=named(self._tags, name),
            opts=ResourceOptions(parent=self, depends_on=[] if made is None else [made.ready]),
        )

    def _shared(self, plan: SharedFileSystem) -> aws.efs.FileSystem:
        name = f"{self._prefix}-{plan.name}"
        files = aws.efs.FileSystem(
            f"{name}-files",
            encrypted=True,
            kms_key_id=self._key_arn,
            # Paid by what is read and written: shared files of a cluster are idle, then busy.
            throughput_mode="elastic",
            tags=named(self._tags, f"{name}-files"),
            opts=self._keep,
        )
        own = security_group(f"{name}-files-group", "EFS", self._vpc_id, self._tags, self._below)
        ingress(f"{name}-nfs", own.id, source=self._cluster_group, ports=_NFS_PORT, tags=self._tags, opts=self._below)
        for subnet in plan.subnets:
            aws.efs.MountTarget(
                f"{name}-{subnet}-mount",
                file_system_id=files.id,
                subnet_id=self._subnet_ids[subnet],
                security_groups=[own.id],
                opts=self._below,
            )
        return files
