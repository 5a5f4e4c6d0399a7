"""S3 buckets and EFS: https://docs.aws.amazon.com/AmazonS3/latest/API/, https://docs.aws.amazon.com/efs/latest/ug/api-reference.html."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.aws import lookup
from scripts.rehearsal.aws.behaviour import Behaviour, Call
from scripts.rehearsal.aws.gateways import inside
from scripts.rehearsal.aws.network import MOUNT
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import digest, rows, texts

VERSIONING = "aws:s3/bucketVersioning:BucketVersioning"
CLOSED = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"
FILES = "aws:efs/fileSystem:FileSystem"


class Bucket(Behaviour):
    # API reference CreateBucket, GetBucketRequestPayment; encryption by default since 2023-01-05 (S3 guide).
    defaults: ClassVar[Mapping[str, Any]] = {
        "forceDestroy": False,
        "objectLockEnabled": False,
        "requestPayer": "BucketOwner",
        "serverSideEncryptionConfiguration": {
            "rule": {"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}, "bucketKeyEnabled": False}
        },
    }

    def verify(self, call: Call) -> None:
        name = call.text("bucket")
        for one in call.anywhere(lookup.BUCKET):
            if one.outputs.get("bucket") == name:
                mine = one.account == call.account
                raise _OWNED if mine else _TAKEN
        if lookup.outside(call, name) is not None:
            raise _TAKEN

    def identify(self, call: Call) -> str:
        return call.text("bucket")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {
            "arn": f"arn:{call.partition}:s3:::{id}",
            "bucketDomainName": f"{id}.s3.{call.suffix}",
            "bucketRegion": call.region,
            "bucketRegionalDomainName": f"{id}.s3.{call.region}.{call.suffix}",
            # Route 53's zone of the region's website endpoint (AWS General Reference): its form, and one for each region.
            "hostedZoneId": f"Z{digest('s3', call.region)[:13].upper()}",
        }

    def release(self, call: Call, gone: Resource) -> None:
        """The setting `objects.<bucket>` is how many objects it holds."""
        if call.existing.setting(f"objects.{gone.id}", 0) and not gone.outputs.get("forceDestroy"):
            words = "The bucket you tried to delete is not empty. You must delete all versions in the bucket."
            raise CloudError("BucketNotEmpty", words)


_OWNED = CloudError(
    "BucketAlreadyOwnedByYou",
    "Your previous request to create the named bucket succeeded and you already own it.",
)
_TAKEN = CloudError(
    "BucketAlreadyExists",
    "The requested bucket name is not available. The bucket namespace is shared by all users of the system. "
    "Please select a different name and try again.",
)


class OfBucket(Behaviour):
    """A configuration of a bucket: one to each bucket, and its id is the bucket's."""

    tagged = False

    def __init__(self, defaults: Mapping[str, Any] | None = None) -> None:
        self.given = defaults or {}

    def verify(self, call: Call) -> None:
        lookup.bucket(call, call.text("bucket"))

    def identify(self, call: Call) -> str:
        return call.text("bucket")

    def outputs(self, call: Call, id: str) -> dict[str, Any]:
        return {**self.given, **super().outputs(call, id)}


class Encryption(OfBucket):
    # ServerSideEncryptionRule: no bucket key unless asked for.
    nested: ClassVar[Mapping[str, Mapping[str, Any]]] = {"rules": {"bucketKeyEnabled": False}}

    def verify(self, call: Call) -> None:
        super().verify(call)
        for rule in rows(call.inputs, "rules"):
            for way in rows(rule, "applyServerSideEncryptionByDefault"):
                if way.get("kmsMasterKeyId"):
                    lookup.key(call, str(way["kmsMasterKeyId"]))


class BucketPolicy(OfBucket):
    def verify(self, call: Call) -> None:
        super().verify(call)
        try:
            document = json.loads(call.text("policy"))
        except ValueError:
            words = "Policies must be valid JSON and the first byte must be '{'"
            raise CloudError("MalformedPolicy", words) from None
        for statement in rows(document, "Statement"):
            resources = texts(statement, "Resource")
            if not all(f":s3:::{call.text('bucket')}" in one for one in resources):
                raise CloudError("MalformedPolicy", "Policy has invalid resource")
            if statement.get("Effect") == "Allow" and statement.get("Principal") == "*" and self._closed(call):
                words = "because public policies are blocked by the BlockPublicPolicy block public access setting."
                raise CloudError("AccessDenied", f"Access Denied: s3:PutBucketPolicy {words}")

    def _closed(self, call: Call) -> bool:
        mine = (one for one in call.others(CLOSED) if one.inputs.get("bucket") == call.text("bucket"))
        return any(one.inputs.get("blockPublicPolicy") for one in mine)


class Files(Behaviour):
    # API reference CreateFileSystem, FileSystemProtectionDescription.
    defaults: ClassVar[Mapping[str, Any]] = {
        "performanceMode": "generalPurpose",
        "throughputMode": "bursting",
        "encrypted": False,
        "protection": {"replicationOverwrite": "ENABLED"},
    }

    def verify(self, call: Call) -> None:
        if call.text("kmsKeyId"):
            lookup.key(call, call.text("kmsKeyId"))
        token = call.text("creationToken")
        if token and any(one.outputs.get("creationToken") == token for one in call.others(FILES)):
            words = f"File system with creation token '{token}' already exists"
            raise CloudError("FileSystemAlreadyExists", words)

    def identify(self, call: Call) -> str:
        return call.fresh("fs-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {
            "arn": call.arn("elasticfilesystem", f"file-system/{id}"),
            "creationToken": call.text("creationToken") or f"terraform-{digest(id)[:26]}",
            "dnsName": f"{id}.efs.{call.region}.{call.suffix}",
            "name": call.text("tags", "Name"),
            "numberOfMountTargets": sum(one.inputs.get("fileSystemId") == id for one in call.others(MOUNT)),
            "ownerId": call.account,
            # FileSystemSize: what an empty one is metered at.
            "sizeInBytes": [{"value": 6144, "valueInIa": 0, "valueInStandard": 6144}],
        }

    def told(self, call: Call, now: Resource) -> dict[str, Any]:
        return {"numberOfMountTargets": sum(one.inputs.get("fileSystemId") == now.id for one in call.others(MOUNT))}

    def release(self, call: Call, gone: Resource) -> None:
        if any(one.inputs.get("fileSystemId") == gone.id for one in call.others(MOUNT)):
            raise CloudError("FileSystemInUse", "Mount target(s) exist for this file system; delete them first.")


class Mount(Behaviour):
    tagged = False
    sets = ("securityGroups",)
    # API reference CreateMountTarget.
    defaults: ClassVar[Mapping[str, Any]] = {"ipAddressType": "IPV4_ONLY"}

    def verify(self, call: Call) -> None:
        files, subnet_id = call.text("fileSystemId"), call.text("subnetId")
        if lookup.made(call, files, FILES) is None:
            raise CloudError("FileSystemNotFound", f"File system '{files}' does not exist.")
        if lookup.made(call, subnet_id, lookup.SUBNET) is None:
            raise CloudError("SubnetNotFound", f"The subnet ID '{subnet_id}' does not exist")
        zone = lookup.subnet(call, subnet_id).get("availabilityZoneId")
        for one in call.others(MOUNT):
            there = (one.inputs.get("fileSystemId"), one.outputs.get("availabilityZoneId"))
            if there == (files, zone):
                raise CloudError("MountTargetConflict", "mount target already exists in this AZ")
        for group in texts(call.inputs, "securityGroups"):
            try:
                lookup.group(call, group)
            except CloudError as missing:
                raise CloudError("SecurityGroupNotFound", missing.message) from None

    def identify(self, call: Call) -> str:
        return call.fresh("fsmt-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        files, seed = call.text("fileSystemId"), digest(id)
        network = lookup.subnet(call, call.text("subnetId"))
        host = f"{files}.efs.{call.region}.{call.suffix}"
        zone = str(network.get("availabilityZoneId"))
        return {
            "availabilityZoneId": zone,
            "availabilityZoneName": lookup.zone_name(call.region, zone),
            "dnsName": host,
            "mountTargetDnsName": f"{lookup.zone_name(call.region, zone)}.{host}",
            "fileSystemArn": call.arn("elasticfilesystem", f"file-system/{files}"),
            "ipAddress": inside(network, seed),
            "networkInterfaceId": f"eni-{seed[:17]}",
            "ownerId": call.account,
        }


# PutBucketLifecycleConfiguration: objects under 128 KB are not moved unless a rule says so.
_LIFECYCLE = {"transitionDefaultMinimumObjectSize": "all_storage_classes_128K"}

BEHAVIOURS: dict[str, Behaviour] = {
    lookup.BUCKET: Bucket(),
    VERSIONING: OfBucket(),
    CLOSED: OfBucket(
        dict.fromkeys(("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"), False)
    ),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": OfBucket(_LIFECYCLE),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": OfBucket(),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Encryption(),
    "aws:s3/bucketPolicy:BucketPolicy": BucketPolicy(),
    FILES: Files(),
    MOUNT: Mount(),
}
