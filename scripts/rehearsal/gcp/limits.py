"""What Google's APIs refuse in a request by itself: enumerations, patterns and ranges of their discovery documents.

`TABLE` says which schema of which document a resource's inputs become. A property is found in it by its name, whatever
the letter case, or by the name that the table gives; what only the provider knows is left to the SDK's types.
Managed Lustre has no discovery document here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, cast

from components.records import record
from scripts.rehearsal.gcp import discovery
from scripts.rehearsal.model import Failure, Values
from scripts.rehearsal.values import at
from scripts.rehearsal.wordy import Limit, broken

_COMPUTE, _GKE = "compute.v1", "container.v1"


@record(kw_only=True)
class _Row:
    """A schema that the inputs at `path` (empty: all of them) become; `names` are those that differ there."""

    document: str
    schema: str
    path: str = ""
    names: Mapping[str, str]


def _row(document: str, schema: str, path: str = "", /, **names: str) -> _Row:
    return _Row(document=document, schema=schema, path=path, names=names)


_NODES = {"nodeConfig": "config", "guestAccelerators": "accelerators"}

TABLE: Mapping[str, tuple[_Row, ...]] = {
    "gcp:billing/budget:Budget": (
        _row("billingbudgets.v1", "GoogleCloudBillingBudgetsV1Budget", allUpdatesRule="notificationsRule"),
    ),
    "gcp:compute/address:Address": (_row(_COMPUTE, "Address"),),
    "gcp:compute/globalAddress:GlobalAddress": (_row(_COMPUTE, "Address"),),
    "gcp:compute/firewall:Firewall": (_row(_COMPUTE, "Firewall"),),
    "gcp:compute/network:Network": (_row(_COMPUTE, "Network"), _row(_COMPUTE, "NetworkRoutingConfig")),
    "gcp:compute/reservation:Reservation": (_row(_COMPUTE, "Reservation"),),
    "gcp:compute/resourcePolicy:ResourcePolicy": (_row(_COMPUTE, "ResourcePolicy"),),
    "gcp:compute/router:Router": (_row(_COMPUTE, "Router"),),
    "gcp:compute/routerNat:RouterNat": (_row(_COMPUTE, "RouterNat"),),
    "gcp:compute/subnetwork:Subnetwork": (_row(_COMPUTE, "Subnetwork"),),
    "gcp:container/cluster:Cluster": (
        _row(_GKE, "Cluster", **_NODES),
        _row(_GKE, "NetworkConfig"),
        _row(_GKE, "LoggingComponentConfig", "loggingConfig"),
        _row(_GKE, "MonitoringComponentConfig", "monitoringConfig"),
    ),
    "gcp:container/nodePool:NodePool": (
        _row(_GKE, "NodePool", **_NODES),
        _row(_GKE, "NodeConfig", "nodeConfig", **_NODES),
    ),
    "gcp:filestore/instance:Instance": (_row("file.v1", "Instance"),),
    "gcp:kms/cryptoKey:CryptoKey": (_row("cloudkms.v1", "CryptoKey"),),
    "gcp:storage/bucket:Bucket": (_row("storage.v1", "Bucket"),),
}

_NAME = r"[a-z]([-a-z0-9]*[a-z0-9])?"
_GKE_NAMES = "GKE API reference, Cluster and NodePool, name; GKE's limit of 40 characters"

WORDY: Mapping[str, tuple[Limit, ...]] = {
    "gcp:compute/network:Network": (
        Limit("mtu", "Maximum Transmission Unit in bytes is between 1300 and 8896", "compute.v1, Network.mtu", "", 1300, 8896),
    ),
    "gcp:container/cluster:Cluster": (
        Limit("name", "Cluster.name must match lower case letters, digits and hyphens", _GKE_NAMES, _NAME, 1, 40),
    ),
    "gcp:container/nodePool:NodePool": (
        Limit("name", "NodePool.name must match lower case letters, digits and hyphens", _GKE_NAMES, _NAME, 1, 40),
        Limit("maxPodsPerNode", "max_pods_per_node must be 8 to 256", "GKE guide, flexible Pod CIDR", "", 8, 256),
    ),
    "gcp:serviceaccount/account:Account": (
        Limit("accountId", "account_id is 6 to 30 lower case letters, digits and hyphens", "iam.v1, CreateServiceAccountRequest.accountId", _NAME, 6, 30),
    ),
    "gcp:storage/bucket:Bucket": (
        Limit("name", "Invalid bucket name", "https://cloud.google.com/storage/docs/buckets#naming", r"(?!goog)[a-z0-9]([-_a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-_a-z0-9]*[a-z0-9])?)*", 3, 222),
    ),
    "gcp:kms/keyRing:KeyRing": (
        Limit("name", "KeyRing ID must match [a-zA-Z0-9_-]{1,63}", "cloudkms.v1, keyRings.create, keyRingId", r"[a-zA-Z0-9_-]{1,63}"),
    ),
    "gcp:kms/cryptoKey:CryptoKey": (
        Limit("name", "CryptoKey ID must match [a-zA-Z0-9_-]{1,63}", "cloudkms.v1, cryptoKeys.create, cryptoKeyId", r"[a-zA-Z0-9_-]{1,63}"),
    ),
    "gcp:lustre/instance:Instance": (
        Limit("filesystem", "filesystem is 1 to 8 letters and digits", "Managed Lustre API, Instance.filesystem", r"[A-Za-z0-9]{1,8}"),
        Limit("perUnitStorageThroughput", "perUnitStorageThroughput is one of 125, 250, 500 and 1000", "Managed Lustre API, Instance.perUnitStorageThroughput", r"125|250|500|1000"),
    ),
}  # fmt: skip


def note() -> str:
    """What is not checked in this environment, for people to read; empty where everything is."""
    if discovery.installed():
        return ""
    return (
        "google-api-python-client is not installed: inputs for Google Cloud are held against the SDK's types and the "
        "limits of names alone, not against the enumerations, patterns and ranges of Google's APIs"
    )


def failures(type: str, inputs: Values) -> list[Failure]:
    """Each input that Google would refuse whatever exists; each path once."""
    found: dict[str, Failure] = {}
    for row in TABLE.get(type, ()) if discovery.installed() else ():
        value = at(inputs, row.path) if row.path else inputs
        for one in _Walk(row).object(row.schema, value, row.path):
            found.setdefault(one.property, one)
    for one in broken(WORDY.get(type, ()), inputs):
        found.setdefault(one.property, one)
    return list(found.values())


class _Walk:
    """Compares inputs with a schema, at every depth."""

    def __init__(self, row: _Row) -> None:
        self.known, self.names = discovery.schemas(row.document), row.names

    def object(self, schema: str, value: Any, where: str) -> Iterator[Failure]:
        """A block; a list of blocks where the API has one, and the other way round."""
        if isinstance(value, list):
            for index, one in enumerate(cast("list[Any]", value)):
                yield from self.object(schema, one, f"{where}[{index}]")
        elif isinstance(value, Mapping):
            members = {name.lower(): model for name, model in self.known[schema].get("properties", {}).items()}
            for name, one in cast("Values", value).items():
                found = members.get(self.names.get(name, name).lower())
                if found is not None:
                    yield from self.value(found, one, f"{where}.{name}".lstrip("."))

    def value(self, model: Mapping[str, Any], value: Any, where: str) -> Iterator[Failure]:
        inner = cast("Mapping[str, Any]", model.get("items", model))
        if "$ref" in inner:
            yield from self.object(inner["$ref"], value, where)
            return
        many = cast("list[Any]", value) if isinstance(value, list) else [value]
        for index, one in enumerate(many):
            reason = _refused(inner, one)
            if reason:
                yield Failure(property=f"{where}[{index}]" if isinstance(value, list) else where, reason=reason)


def _refused(model: Mapping[str, Any], value: Any) -> str:
    """Google's reason against a single value, in the words of its common errors; empty where it takes it."""
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    allowed = cast("list[str]", model.get("enum", []))
    if allowed and isinstance(value, str) and value not in allowed:
        return f"Invalid value {value!r}: must be one of {', '.join(_told(allowed))}"
    if isinstance(value, (int, float)):
        if value < float(model.get("minimum", value)):
            return f"Invalid value {value}: the minimum is {model['minimum']}"
        return (
            f"Invalid value {value}: the maximum is {model['maximum']}"
            if value > float(model.get("maximum", value))
            else ""
        )
    pattern = model.get("pattern")
    if pattern and _compiled(pattern).fullmatch(value) is None:
        return f"Invalid value {value!r}: must be a match of regex '{pattern}'"
    return ""


def _told(allowed: Iterable[str]) -> list[str]:
    return [one for one in allowed if not one.endswith("_UNSPECIFIED")]


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)
