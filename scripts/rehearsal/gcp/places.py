"""Where things are on Google Cloud and what they are called: ids, self links, and what a reference stands for."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, ClassVar, cast

from scripts.rehearsal.behaviour import Behaviour, Call
from scripts.rehearsal.model import CloudError, Resource, Values

PROJECT, REGION = "example-project", "us-central1"
"""Whose cloud it is, and where, where neither the provider nor a resource says so."""

NETWORK, SUBNETWORK = "gcp:compute/network:Network", "gcp:compute/subnetwork:Subnetwork"
CLUSTER, NODES = "gcp:container/cluster:Cluster", "gcp:container/nodePool:NodePool"
ACCOUNT, BUCKET, KEY, RING = (
    "gcp:serviceaccount/account:Account",
    "gcp:storage/bucket:Bucket",
    "gcp:kms/cryptoKey:CryptoKey",
    "gcp:kms/keyRing:KeyRing",
)
POLICY, RESERVATION = "gcp:compute/resourcePolicy:ResourcePolicy", "gcp:compute/reservation:Reservation"
COMPUTE = "https://www.googleapis.com/compute/v1/"


def short(reference: str) -> str:
    """The name at the end of an id or a self link."""
    return reference.rstrip("/").rpartition("/")[2]


def place(call: Call) -> dict[str, str]:
    """Project, region, zone and location of a resource: its own, or the provider's."""
    region = short(call.text("region")) or call.region or REGION
    zone = short(call.text("zone")) or f"{region}-a"
    return {
        "project": call.text("project") or call.account or PROJECT,
        "region": region,
        "zone": zone,
        "location": call.text("location") or region,
        "name": call.text("name"),
    }


def zones(call: Call) -> list[str]:
    """The zones of a cluster or a pool: those it names, its own location, or the first three of its region."""
    named = cast("list[str]", call.inputs.get("nodeLocations") or [])
    where = place(call)["location"]
    return [str(one) for one in named] or (
        [where] if where[-2:-1] == "-" else [f"{where}-{letter}" for letter in "abc"]
    )


def outside(call: Call, reference: str) -> Values | None:
    """What is known of something that no stack made: the setting `outside.<name>`; None also where it is false."""
    found = call.existing.setting(f"outside.{short(reference)}")
    return None if found is False else cast("Values | None", found)


def find(call: Call, type: str, reference: str) -> Resource | None:
    """What an id, a self link or a name stands for in this project; None for what exists outside of all stacks.

    Raises notFound for a reference that stands for nothing.
    """
    project = reference.partition("projects/")[2].partition("/")[0] if "projects/" in reference else ""
    for one in call.others(type):
        mine = (one.outputs.get("name") or one.id) == short(reference) or one.id == reference
        if mine and (not project or project == one.outputs.get("project", project)):
            return one
    if outside(call, reference) is not None or (project and project != place(call)["project"]):
        return None
    raise missing(reference)


def missing(what: str) -> CloudError:
    return CloudError("notFound", f"googleapi: Error 404: The resource '{what}' was not found")


def uses(one: Resource, reference: str, *paths: str) -> bool:
    """Whether one of these inputs refers to the resource with this id."""
    given = (one.inputs.get(path) for path in paths)
    return any(isinstance(value, str) and (value == reference or short(value) == short(reference)) for value in given)


def parsed(text: str) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        words = f"googleapi: Error 400: Invalid value for field 'resource.ipCidrRange': '{text}'. Invalid CIDR range."
        raise CloudError("invalid", words) from None


class Placed(Behaviour):
    """A resource with a name of its own in a project: `form` is its id, which the API has in its self link."""

    form: ClassVar[str] = ""
    api: ClassVar[str] = COMPUTE
    kind: ClassVar[str] = "resource"
    users: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Type -> its inputs that may refer to this resource, and so keep it from being deleted."""

    def verify(self, call: Call) -> None:
        id = self.identify(call)
        if any(one.id == id for one in call.others(call.type)):
            raise CloudError("alreadyExists", f"googleapi: Error 409: The resource '{id}' already exists")

    def identify(self, call: Call) -> str:
        return self.form.format(**place(call), **self.more(call))

    def more(self, call: Call) -> dict[str, str]:
        """Parts of the id beyond the place."""
        return {}

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        here = place(call)
        made: dict[str, Any] = {"project": here["project"], "selfLink": f"{self.api}{id}"}
        return made | {key: here[key] for key in ("region", "zone", "location") if f"{{{key}}}" in self.form}

    def release(self, call: Call, gone: Resource) -> None:
        for one in call.others(*self.users) if self.users else ():
            if uses(one, gone.id, *self.users[one.type]):
                words = f"The {self.kind} '{gone.id}' is already being used by '{one.id}'"
                raise CloudError("resourceInUseByAnotherResource", f"googleapi: Error 400: {words}")
