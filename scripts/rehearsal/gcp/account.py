"""Service accounts, keys, buckets, file systems, services and budgets of a project."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.behaviour import MADE_AT, Behaviour, Call
from scripts.rehearsal.gcp.network import CONNECTION, FILES, LUSTRE
from scripts.rehearsal.gcp.places import ACCOUNT, BUCKET, KEY, NETWORK, RING, Placed, find, missing, place, short
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import rows

SERVICE, BUDGET = "gcp:projects/service:Service", "gcp:billing/budget:Budget"


class Account(Placed):
    form = "projects/{project}/serviceAccounts/{email}"

    def more(self, call: Call) -> dict[str, str]:
        return {"email": f"{call.text('accountId')}@{place(call)['project']}.iam.gserviceaccount.com"}

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        email = short(id)
        return {
            "email": email,
            "member": f"serviceAccount:{email}",
            "name": id,
            "project": place(call)["project"],
            "uniqueId": str(int(call.digits(17, "number"), 16)),
        }


class Member(Behaviour):
    """One member of one role of something; `of` is the input that names the thing, and its type."""

    def __init__(self, of: str = "", type: str = "") -> None:
        self._of, self._type = of, type

    def verify(self, call: Call) -> None:
        if self._of and self._type == ACCOUNT:
            if all(one.id != call.text(self._of) for one in call.others(ACCOUNT)) and "projects/" not in call.text(
                self._of
            ):
                raise missing(call.text(self._of))
        elif self._of:
            find(call, self._type, call.text(self._of))
        if call.text("member").startswith("serviceAccount:"):
            self._known(call, call.text("member").partition(":")[2])

    def _known(self, call: Call, email: str) -> None:
        """Of this project's accounts, only those that exist can be given a role."""
        if f"@{place(call)['project']}.iam." not in email:
            return
        if all(one.outputs.get("email") != email for one in call.others(ACCOUNT)):
            words = f"googleapi: Error 400: Service account {email} does not exist., badRequest"
            raise CloudError("badRequest", words)

    def identify(self, call: Call) -> str:
        of = call.text(self._of) if self._of else call.text("project") or place(call)["project"]
        return f"{of}/{call.text('role')}/{call.text('member')}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"etag": "BwYAAAAAAAA="}


class Ring(Placed):
    form = "projects/{project}/locations/{location}/keyRings/{name}"


class Key(Placed):
    form = "{ring}/cryptoKeys/{name}"
    # cloudkms.v1, CryptoKey: purpose and destroyScheduledDuration (30 days).
    defaults: ClassVar[Mapping[str, Any]] = {
        "purpose": "ENCRYPT_DECRYPT",
        "destroyScheduledDuration": "2592000s",
        "importOnly": False,
    }

    def more(self, call: Call) -> dict[str, str]:
        return {"ring": call.text("keyRing")}

    def verify(self, call: Call) -> None:
        super().verify(call)
        find(call, RING, call.text("keyRing"))

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {}


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
        if call.text("hierarchicalNamespace", "enabled") == "True" and not call.inputs.get("uniformBucketLevelAccess"):
            words = "Hierarchical namespace requires uniform bucket-level access to be enabled."
            raise CloudError("invalid", f"googleapi: Error 400: {words}")

    def identify(self, call: Call) -> str:
        return call.text("name")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {
            "location": call.text("location").upper(),
            "project": place(call)["project"],
            "projectNumber": int(call.digits(9, "project"), 16),
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
    """A Filestore instance or a Managed Lustre file system; both stand in a network."""

    form = "projects/{project}/locations/{location}/instances/{name}"

    def verify(self, call: Call) -> None:
        super().verify(call)
        for reference in [call.text("network"), *(str(row.get("network")) for row in rows(call.inputs, "networks"))]:
            if reference:
                find(call, NETWORK, reference)

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"project": place(call)["project"], "location": place(call)["location"], "createTime": MADE_AT}

    def release(self, call: Call, gone: Resource) -> None:
        if gone.inputs.get("deletionProtectionEnabled"):
            words = "googleapi: Error 400: The instance has deletion protection enabled."
            raise CloudError("failedPrecondition", words)


class Lustre(Files):
    form = "projects/{project}/locations/{location}/instances/{instance}"

    def more(self, call: Call) -> dict[str, str]:
        return {"instance": call.text("instanceId")}

    def verify(self, call: Call) -> None:
        super().verify(call)
        network = short(call.text("network"))
        peered = (short(str(one.inputs.get("network"))) for one in call.others(CONNECTION))
        if network not in peered and call.existing.setting(f"outside.{network}") is None:
            # Managed Lustre guide, "Configure a VPC network": private services access comes first.
            words = f"Network {network} has no private services access connection."
            raise CloudError("failedPrecondition", f"googleapi: Error 400: {words}")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return super().decide(call, id) | {
            "mountPoint": f"10.128.0.2@tcp:/{call.text('filesystem')}",
            "state": "ACTIVE",
            "name": id,
        }


class Service(Behaviour):
    # terraform-provider-google, google_project_service.
    defaults: ClassVar[Mapping[str, Any]] = {"disableOnDestroy": False}

    def identify(self, call: Call) -> str:
        return f"{place(call)['project']}/{call.text('service')}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"project": place(call)["project"]}


class Budget(Behaviour):
    def identify(self, call: Call) -> str:
        return f"billingAccounts/{call.text('billingAccount')}/budgets/{call.uuid()}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"name": short(id)}


BEHAVIOURS: dict[str, Behaviour] = {
    ACCOUNT: Account(),
    "gcp:serviceaccount/iAMMember:IAMMember": Member("serviceAccountId", ACCOUNT),
    "gcp:projects/iAMMember:IAMMember": Member(),
    "gcp:storage/bucketIAMMember:BucketIAMMember": Member("bucket", BUCKET),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": Member("cryptoKeyId", KEY),
    RING: Ring(),
    KEY: Key(),
    BUCKET: Bucket(),
    FILES: Files(),
    LUSTRE: Lustre(),
    SERVICE: Service(),
    BUDGET: Budget(),
}
