"""Buckets, Filestore and Managed Lustre: their sizes, keys, and the network that they need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from components.catalog.gcp import catalog
from scripts.rehearsal.behaviour import MADE_AT, Behaviour, Call
from scripts.rehearsal.gcp import kms
from scripts.rehearsal.gcp.network import CONNECTION, FILES, LUSTRE
from scripts.rehearsal.gcp.places import BUCKET, NETWORK, Placed, find, outside, place, short
from scripts.rehearsal.gcp.services import number
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import at, rows


class Bucket(Behaviour):
    # storage.v1, Bucket; terraform-provider-google, google_storage_bucket; soft delete is 7 days (Storage guide).
    defaults: ClassVar[Mapping[str, Any]] = {
        "forceDestroy": False,
        "storageClass": "STANDARD",
        "publicAccessPrevention": "inherited",
        "uniformBucketLevelAccess": False,
        "enableObjectRetention": False,
        "softDeletePolicy": {"retentionDurationSeconds": 604800, "effectiveTime": MADE_AT},
        "rpo": "DEFAULT",
    }

    def verify(self, call: Call) -> None:
        taken = any(one.id == call.text("name") for one in call.others(BUCKET))
        if taken or call.existing.setting(f"outside.{call.text('name')}") is not None:
            words = "Your previous request to create the named bucket succeeded and you already own it."
            other = (
                "The requested bucket name is not available. The bucket namespace is shared by all users of the system."
            )
            raise CloudError("conflict", f"googleapi: Error 409: {words if taken else other}")
        self._folders(call)
        kept = at(call.inputs, "softDeletePolicy", "retentionDurationSeconds")
        if kept is not None and kept != 0 and not 604800 <= int(kept) <= 7776000:
            # Cloud Storage guide, "Soft delete": 7 to 90 days, or 0 for none.
            words = "Soft delete policy retention duration must be 0 or between 7 and 90 days."
            raise CloudError("invalid", f"googleapi: Error 400: {words}")
        kms.usable(call, call.text("encryption", "defaultKmsKeyName"), "storage.googleapis.com")

    def _folders(self, call: Call) -> None:
        """Storage guide, "Hierarchical namespace": what it needs, and what it cannot be had with."""
        if call.text("hierarchicalNamespace", "enabled") != "True":
            return
        if not call.inputs.get("uniformBucketLevelAccess"):
            words = "Hierarchical namespace requires uniform bucket-level access to be enabled."
            raise CloudError("invalid", f"googleapi: Error 400: {words}")
        if call.text("versioning", "enabled") == "True":
            words = "Object versioning is not supported for buckets with hierarchical namespace enabled."
            raise CloudError("invalid", f"googleapi: Error 400: {words}")

    def identify(self, call: Call) -> str:
        return call.text("name")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {
            "location": call.text("location").upper(),
            "project": place(call)["project"],
            "projectNumber": int(number(place(call)["project"])),
            "selfLink": f"https://www.googleapis.com/storage/v1/b/{id}",
            "url": f"gs://{id}",
            "timeCreated": MADE_AT,
            "updated": MADE_AT,
        }

    def outputs(self, call: Call, id: str) -> dict[str, Any]:
        """Storage tells locations in capitals (storage.v1, Bucket.location)."""
        return super().outputs(call, id) | {"location": call.text("location").upper()}

    def release(self, call: Call, gone: Resource) -> None:
        """The setting `objects.<bucket>` is how many objects it holds."""
        if call.existing.setting(f"objects.{gone.id}", 0) and not gone.outputs.get("forceDestroy"):
            words = f"Error trying to delete bucket {gone.id} containing objects without `force_destroy` set to true"
            raise CloudError("bucketNotEmpty", words)


class Files(Placed):
    """A file system in a network, as Filestore has it."""

    form = "projects/{project}/locations/{location}/instances/{name}"
    api = "https://file.googleapis.com/v1/"
    # file.v1, Instance: protocol.
    defaults: ClassVar[Mapping[str, Any]] = {"protocol": "NFS_V3", "deletionProtectionEnabled": False}

    def verify(self, call: Call) -> None:
        super().verify(call)
        for block in rows(call.inputs, "networks"):
            find(call, NETWORK, str(block.get("network")))
            if block.get("connectMode") == "PRIVATE_SERVICE_ACCESS":
                peered(call, str(block.get("network")))
        for block in rows(call.inputs, "fileShares"):
            self._size(call, int(block.get("capacityGb") or 0))
        kms.usable(call, call.text("kmsKeyName"), "file.googleapis.com")

    def _size(self, call: Call, gib: int) -> None:
        """Filestore guide, "Service tiers": sizes, places, and that the basic ones only grow."""
        tier = catalog().filestore(call.text("tier"))
        if tier is None:
            return
        if gib != tier.next_legal(gib) or gib > tier.largest_gib:
            words = f"Invalid capacity {gib}GiB: tier {tier.tier} takes {tier.smallest_gib} to {tier.largest_gib} GiB"
            step = f"in steps of {tier.step_gib} GiB."
            raise CloudError("invalidArgument", f"googleapi: Error 400: {words} {step}")
        zonal = place(call)["location"][-2:-1] == "-"
        if zonal != (tier.location == "zone"):
            words = f"Location {place(call)['location']} is not a {tier.location}, which tier {tier.tier} needs."
            raise CloudError("invalidArgument", f"googleapi: Error 400: {words}")
        before = 0 if call.was is None else int(at(call.was.inputs, "fileShares", "capacityGb") or 0)
        if tier.tier.startswith("BASIC") and gib < before:
            raise CloudError(
                "invalidArgument", "googleapi: Error 400: The capacity of a basic tier cannot be decreased."
            )

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        here = place(call)
        told = {"project": here["project"], "location": here["location"]}
        return told | {"createTime": MADE_AT, "etag": call.digits(16, "etag")}

    def outputs(self, call: Call, id: str) -> dict[str, Any]:
        """An address in each network, of a range that Google keeps for it."""
        made = super().outputs(call, id)
        return {**made, "networks": [{"ipAddresses": ["10.127.0.2"], **one} for one in rows(made, "networks")]}

    def release(self, call: Call, gone: Resource) -> None:
        if gone.inputs.get("deletionProtectionEnabled"):
            words = "googleapi: Error 400: The instance has deletion protection enabled."
            raise CloudError("failedPrecondition", words)


class Lustre(Placed):
    form = "projects/{project}/locations/{location}/instances/{instance}"
    api = "https://lustre.googleapis.com/v1/"

    def more(self, call: Call) -> dict[str, str]:
        return {"instance": call.text("instanceId")}

    def verify(self, call: Call) -> None:
        super().verify(call)
        find(call, NETWORK, call.text("network"))
        peered(call, call.text("network"))
        where = place(call)["location"]
        if where[-2:-1] != "-":
            words = f"Location {where} is not a zone: Managed Lustre instances are zonal."
            raise CloudError("invalidArgument", f"googleapi: Error 400: {words}")
        self._size(call)
        kms.usable(call, call.text("kmsKey"), "lustre.googleapis.com")

    def _size(self, call: Call) -> None:
        """Managed Lustre guide, "Performance tiers": sizes by throughput; "Increase capacity": there is no way back."""
        gib = int(call.text("capacityGib", default="0"))
        tier = call.text("perUnitStorageThroughput")
        step = next((one for one in catalog().lustre_steps() if str(one.throughput) == tier), None)
        beyond = step is not None and gib > step.largest_gib
        if step is not None and (gib != step.next_legal(gib) or beyond):
            words = f"capacity_gib {gib} is invalid for per_unit_storage_throughput {tier}: it must be a multiple of"
            legal = f"{step.step_gib} and at least {step.smallest_gib}."
            raise CloudError("invalidArgument", f"googleapi: Error 400: {words} {legal}")
        before = 0 if call.was is None else int(str(call.was.inputs.get("capacityGib") or 0))
        if gib < before:
            words = f"capacity_gib cannot be decreased from {before} to {gib}."
            raise CloudError("invalidArgument", f"googleapi: Error 400: {words}")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {
            "project": place(call)["project"],
            "location": place(call)["location"],
            "createTime": MADE_AT,
            "mountPoint": f"10.128.0.2@tcp:/{call.text('filesystem')}",
            "state": "ACTIVE",
            "name": id,
        }


def peered(call: Call, network: str) -> None:
    """Refuse a file system in a network that has no private services access (Managed Lustre guide, "Configure a VPC
    network")."""
    joined = (short(str(one.inputs.get("network"))) for one in call.others(CONNECTION))
    if short(network) not in joined and outside(call, network) is None:
        words = f"Network {short(network)} has no private services access connection."
        raise CloudError("failedPrecondition", f"googleapi: Error 400: {words}")


BEHAVIOURS: dict[str, Behaviour] = {BUCKET: Bucket(), FILES: Files(), LUSTRE: Lustre()}
