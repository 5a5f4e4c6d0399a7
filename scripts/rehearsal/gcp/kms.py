"""Key rings and keys, which Google never deletes, and who may encrypt with a key."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.behaviour import Behaviour, Call
from scripts.rehearsal.gcp.places import KEY, RING, Placed, find, place
from scripts.rehearsal.gcp.services import agent
from scripts.rehearsal.model import CloudError
from scripts.rehearsal.values import rows

GRANT = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
ROLE = "roles/cloudkms.cryptoKeyEncrypterDecrypter"


class Kept(Placed):
    """What Google keeps when its resource goes: terraform-provider-google takes it from the state alone, and a second
    one of its name is refused (issue 1214 there)."""

    what: ClassVar[str]

    def verify(self, call: Call) -> None:
        id = self.identify(call)
        there = any(one.id == id for one in call.others(call.type))
        if there or (call.was is None and call.existing.setting(f"kept.{call.type}.{id}") is not None):
            raise CloudError("alreadyExists", f"googleapi: Error 409: {self.what} {id} already exists.")


class Ring(Kept):
    form = "projects/{project}/locations/{location}/keyRings/{name}"
    what = "KeyRing"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"project": place(call)["project"]}


class Key(Kept):
    """Its versions are scheduled for destruction when it goes, and nothing that they encrypt can be read after that."""

    form = "{ring}/cryptoKeys/{name}"
    what = "CryptoKey"
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
        version = f"{id}/cryptoKeyVersions/1"
        return {"primaries": [{"name": version, "state": "ENABLED"}]}


def usable(call: Call, key: str, service: str) -> None:
    """Refuse a key that is not there, or that the agent of an API may not use. One of another project is not looked at."""
    if not key:
        return
    found = find(call, KEY, key)
    if found is None:
        return
    domain = agent(service, place(call)["project"]).partition("@")[2]
    grants = [one.inputs for one in call.others(GRANT) if one.inputs.get("cryptoKeyId") == found.id]
    members = [str(grant.get("member")) for grant in grants if grant.get("role") == ROLE]
    if not any(member.endswith(f"@{domain}") for member in members):
        who = agent(service, place(call)["project"])
        words = f"Permission 'cloudkms.cryptoKeyVersions.useToEncrypt' denied on resource '{found.id}'"
        raise CloudError("forbidden", f"googleapi: Error 403: {words} (or it may not exist) for {who}.")


def keys(inputs: Mapping[str, Any], *path: str) -> list[str]:
    """The keys in the blocks at a path: `nodeConfig`, `bootDiskKmsKey`."""
    return [str(row[path[-1]]) for row in rows(inputs, *path[:-1]) if row.get(path[-1])]


BEHAVIOURS: dict[str, Behaviour] = {RING: Ring(), KEY: Key()}
