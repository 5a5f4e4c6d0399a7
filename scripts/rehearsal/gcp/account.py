"""Service accounts, who may do what, budgets, and where alerts go."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.behaviour import Behaviour, Call
from scripts.rehearsal.gcp.kms import GRANT
from scripts.rehearsal.gcp.places import ACCOUNT, BUCKET, CLUSTER, KEY, Placed, find, missing, place, short
from scripts.rehearsal.gcp.services import IDENTITY, asked_for
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import at, texts

_POOL = re.compile(r"[a-z0-9:.-]+\.svc\.id\.goog")
BUDGET = "gcp:billing/budget:Budget"
CHANNEL = "gcp:monitoring/notificationChannel:NotificationChannel"


class Account(Placed):
    form = "projects/{project}/serviceAccounts/{email}"
    lasting = ("uniqueId",)

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
        kind, _, who = call.text("member").partition(":")
        if kind == "serviceAccount" and "[" not in who:
            self._known(call, who)
        pool = _POOL.search(who)
        if pool is not None:
            self._pool(call, pool[0])

    def _pool(self, call: Call, pool: str) -> None:
        """A project has its pool of workload identities from its first cluster on that has them."""
        clusters = call.others(CLUSTER)
        told = {str(at(one.inputs, "workloadIdentityConfig", "workloadPool")) for one in clusters}
        if pool not in told and call.existing.setting(f"outside.{pool}") is None:
            words = f"Identity Pool does not exist ({pool}). Please check that you specified a valid resource name"
            raise CloudError("badRequest", f"googleapi: Error 400: {words}., badRequest")

    def _known(self, call: Call, email: str) -> None:
        """Of this project's accounts and of Google's agents in it, only those that exist can be given a role."""
        if f"@{place(call)['project']}.iam." not in email and not asked_for(call, email):
            return
        if all(one.outputs.get("email") != email for one in call.others(ACCOUNT, IDENTITY)):
            words = f"googleapi: Error 400: Service account {email} does not exist., badRequest"
            raise CloudError("badRequest", words)

    def identify(self, call: Call) -> str:
        of = call.text(self._of) if self._of else call.text("project") or place(call)["project"]
        return f"{of}/{call.text('role')}/{call.text('member')}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"etag": "BwYAAAAAAAA="}


class Budget(Behaviour):
    def verify(self, call: Call) -> None:
        for channel in texts(call.inputs, "allUpdatesRule", "monitoringNotificationChannels"):
            find(call, CHANNEL, channel)

    def identify(self, call: Call) -> str:
        return f"billingAccounts/{call.text('billingAccount')}/budgets/{call.uuid()}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"name": short(id)}


class Channel(Behaviour):
    """A place that alerts go to. Google names it."""

    # monitoring.v3, NotificationChannel.
    defaults: ClassVar[Mapping[str, Any]] = {"enabled": True, "forceDelete": False}

    def identify(self, call: Call) -> str:
        return f"projects/{place(call)['project']}/notificationChannels/{int(call.digits(15), 16)}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"name": id, "project": place(call)["project"], "verificationStatus": ""}

    def release(self, call: Call, gone: Resource) -> None:
        for one in call.others(BUDGET):
            if gone.id in texts(one.inputs, "allUpdatesRule", "monitoringNotificationChannels"):
                words = f"Cannot delete notification channel {gone.id}: it is in use by {one.id}."
                raise CloudError("failedPrecondition", f"googleapi: Error 400: {words}")


BEHAVIOURS: dict[str, Behaviour] = {
    ACCOUNT: Account(),
    "gcp:serviceaccount/iAMMember:IAMMember": Member("serviceAccountId", ACCOUNT),
    "gcp:projects/iAMMember:IAMMember": Member(),
    "gcp:storage/bucketIAMMember:BucketIAMMember": Member("bucket", BUCKET),
    GRANT: Member("cryptoKeyId", KEY),
    BUDGET: Budget(),
    CHANNEL: Channel(),
}
