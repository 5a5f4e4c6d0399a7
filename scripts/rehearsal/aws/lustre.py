"""FSx for Lustre: https://docs.aws.amazon.com/fsx/latest/APIReference/, and the guide for sizes, ports and EFA."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.aws import lookup
from scripts.rehearsal.aws.behaviour import Behaviour, Call, catalogue
from scripts.rehearsal.aws.groups import allows
from scripts.rehearsal.aws.network import LUSTRE
from scripts.rehearsal.model import CloudError
from scripts.rehearsal.values import digest, texts

LINK = "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation"

_PORTS = ((988, 988), (1018, 1023))
"""https://docs.aws.amazon.com/fsx/latest/LustreGuide/limit-access-security-groups.html"""

_LINKS = 8
"""Data repository associations of one file system (guide, "Linking your file system to an S3 bucket")."""


class Lustre(Behaviour):
    sets = ("securityGroupIds", "networkInterfaceIds")
    # API reference CreateFileSystemLustreConfiguration and LustreLogCreateConfiguration.
    defaults: ClassVar[Mapping[str, Any]] = {
        "deploymentType": "SCRATCH_1",
        "storageType": "SSD",
        "automaticBackupRetentionDays": 0,
        "copyTagsToBackups": False,
        "dataCompressionType": "NONE",
        "efaEnabled": False,
        "logConfiguration": {"level": "DISABLED"},
        "securityGroupIds": [],
        "skipFinalBackup": True,
    }

    def verify(self, call: Call) -> None:
        subnet_id = call.text("subnetIds")
        if lookup.made(call, subnet_id, lookup.SUBNET) is None:
            words = f"The subnet ID '{subnet_id}' does not exist"
            raise CloudError("InvalidNetworkSettings", f"One or more network settings are invalid: {words}")
        for group in texts(call.inputs, "securityGroupIds"):
            lookup.group(call, group)
        if call.text("kmsKeyId"):
            lookup.key(call, call.text("kmsKeyId"))
        self._size(call)
        if call.was is None:
            self._doors(call)

    def _size(self, call: Call) -> None:
        if call.text("deploymentType") != "PERSISTENT_2" or call.text("storageType", default="SSD") != "SSD":
            return
        asked, speed = (
            int(call.inputs.get("storageCapacity") or 0),
            int(call.inputs.get("perUnitStorageThroughput") or 0),
        )
        known = catalogue().lustre_throughputs()
        if speed not in known:
            raise _bad(f"PerUnitStorageThroughput must be one of {', '.join(map(str, known))} MB/s/TiB, not {speed}")
        efa = bool(call.inputs.get("efaEnabled"))
        if efa and not call.inputs.get("metadataConfiguration"):
            raise _bad("EFA-enabled file systems need a MetadataConfiguration")
        steps = catalogue().lustre_steps(speed, efa)
        if steps is not None and steps.next_legal(asked) != asked:
            legal = f"{steps.smallest_gib} GiB, or a multiple of {steps.step_gib} GiB"
            raise _bad(f"Storage capacity {asked} GiB is not valid: it must be {legal}")
        if call.was is not None and asked < int(call.was.outputs.get("storageCapacity") or 0):
            raise _bad("Storage capacity cannot be decreased")

    def _doors(self, call: Call) -> None:
        groups = set(texts(call.inputs, "securityGroupIds"))
        if not groups or any(lookup.group(call, one).get("brought") for one in groups):
            return  # a VPC's or a cluster's own group lets all its members in
        if any(lookup.outside(call, one) is not None for one in groups):
            return
        into, out = list(call.others(lookup.INGRESS)), list(call.others(lookup.EGRESS))
        for ports in _PORTS:
            if not any(allows(into, one, groups, ports) and allows(out, one, groups, ports) for one in groups):
                words = "The file system cannot be created because the default security group in the subnet provided or"
                more = f"the provided security groups do not permit Lustre LNET network traffic on port {ports[0]}"
                raise CloudError("InvalidNetworkSettings", f"{words} {more}")
        open_to_itself = (allows(into, one, {one}, None) and allows(out, one, {one}, None) for one in groups)
        if call.inputs.get("efaEnabled") and not any(open_to_itself):
            words = "EFA-enabled file systems need a security group that allows all traffic to and from itself"
            raise CloudError("InvalidNetworkSettings", words)

    def identify(self, call: Call) -> str:
        return call.fresh("fs-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        seed, scratch = digest(id), call.text("deploymentType", default="SCRATCH_1") == "SCRATCH_1"
        network = lookup.subnet(call, call.text("subnetIds"))
        made: dict[str, Any] = {
            "arn": call.arn("fsx", f"file-system/{id}"),
            "dnsName": f"{id}.fsx.{call.region}.{call.suffix}",
            # LustreFileSystemConfiguration: always `fsx` for SCRATCH_1, eight letters of the service's else.
            "mountName": "fsx" if scratch else seed[:8],
            "networkInterfaceIds": [f"eni-{seed[:17]}", f"eni-{seed[17:34]}"],
            "ownerId": call.account,
            "vpcId": network.get("vpcId"),
            "weeklyMaintenanceStartTime": call.text(
                "weeklyMaintenanceStartTime", default=f"{1 + int(seed[0], 16) % 7}:05:30"
            ),
            # The API's default is 2.10; with a metadata configuration 2.15 (CreateFileSystem, FileSystemTypeVersion).
            "fileSystemTypeVersion": call.text("fileSystemTypeVersion", default="2.10"),
        }
        if not call.text("kmsKeyId"):
            made["kmsKeyId"] = call.arn("kms", f"key/{digest(call.account, 'aws/fsx')[:36]}")
        if call.text("metadataConfiguration", "mode") == "AUTOMATIC":
            made["metadataConfiguration"] = {"iops": metadata_iops(int(call.inputs.get("storageCapacity") or 0))}
        return made


def metadata_iops(gib: int) -> int:
    """What AUTOMATIC gives for SSD (guide, "File system metadata performance"): by storage, 12,000 for each 24,000 GiB."""
    for most, iops in ((1200, 1500), (2400, 3000), (9600, 6000), (45600, 12000)):
        if gib <= most:
            return iops
    return 12000 * -(-gib // 24000)


class Link(Behaviour):
    sets = ("s3.autoImportPolicy.events", "s3.autoExportPolicy.events")
    # API reference CreateDataRepositoryAssociation; DeleteDataInFileSystem is of its deletion.
    defaults: ClassVar[Mapping[str, Any]] = {
        "batchImportMetaDataOnCreate": False,
        "deleteDataInFilesystem": False,
        "importedFileChunkSize": 1024,
    }

    def verify(self, call: Call) -> None:
        id, path = call.text("fileSystemId"), call.text("fileSystemPath")
        files = lookup.made(call, id, LUSTRE)
        if files is None:
            raise CloudError("FileSystemNotFound", f"File system '{id}' does not exist.")
        if files.get("deploymentType", "PERSISTENT_2") != "PERSISTENT_2":
            kind = files.get("deploymentType")
            words = f"Data repository associations are not supported for file systems with deployment type {kind}"
            raise CloudError("UnsupportedOperation", words)
        self._bucket(call)
        mine = [one for one in call.others(LINK) if one.inputs.get("fileSystemId") == id]
        if len(mine) >= _LINKS:
            raise CloudError("ServiceLimitExceeded", f"A file system has at most {_LINKS} data repository associations")
        for one in mine:
            other = str(one.inputs.get("fileSystemPath"))
            if path == other or path.startswith(f"{other}/") or other.startswith(f"{path}/"):
                raise _bad(f"File system path {path} overlaps the path {other} of another data repository association")

    def _bucket(self, call: Call) -> None:
        """A bucket of this cloud must exist; the setting `outside.<bucket>` set to false says that one does not."""
        name = call.text("dataRepositoryPath").removeprefix("s3://").partition("/")[0]
        if call.existing.setting(f"outside.{name}") is False:
            raise _bad(f"Amazon FSx is unable to validate access to the S3 bucket. Ensure the bucket {name} exists")

    def identify(self, call: Call) -> str:
        return call.fresh("dra-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"associationId": id, "arn": call.arn("fsx", f"association/{call.text('fileSystemId')}/{id}")}


def _bad(words: str) -> CloudError:
    return CloudError("BadRequest", words)


BEHAVIOURS: dict[str, Behaviour] = {LUSTRE: Lustre(), LINK: Link()}
