"""What keeps data on Google Cloud, and with which key.

Google encrypts everything that it keeps (https://docs.cloud.google.com/docs/security/encryption/default-encryption), so
the key is the question; but Kubernetes' own secrets lie open to whoever reads the cluster's database unless the cluster
encrypts them itself (https://docs.cloud.google.com/kubernetes-engine/docs/how-to/encrypting-secrets).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from components.cost.readers.gcp_types import (
    BUCKET,
    CLUSTER,
    FILESTORE,
    INSTANCE,
    LOG_BUCKET,
    LUSTRE,
    NODE_POOL,
    TEMPLATES,
)
from policies.context import Context
from policies.readers.common import path_of, worst_key
from policies.readers.gcp_types import DISKS, keeps_first_pool, named
from policies.readers.graph import MISSING, UNKNOWN, Graph, Json, key_at, look, rows
from policies.subject import Encryptable

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        BUCKET: ("encryption", "defaultKmsKeyName"),
        LUSTRE: ("kmsKey",),
        FILESTORE: ("kmsKeyName",),
        LOG_BUCKET: ("cmekSettings", "kmsKeyName"),
        **dict.fromkeys(DISKS, ("diskEncryptionKey", "kmsKeySelfLink")),
    }
)
"""Where the key of what keeps data stands."""


def encryptables_of(graph: Graph, context: Context) -> Iterator[Encryptable]:
    """The cluster's secrets, disks, file systems, buckets, logs."""
    for cluster in graph.of(CLUSTER):
        yield _secrets(cluster, graph, context)
    for resource in graph.of(NODE_POOL, CLUSTER):
        if resource["type"] == NODE_POOL or keeps_first_pool(resource):
            yield _disks(resource, graph, context, [key_at(resource["inputs"], "nodeConfig", "bootDiskKmsKey")])
    for machine in graph.of(INSTANCE):
        yield _disks(machine, graph, context, _keys_of_machine(machine["inputs"]))
    for template in graph.of(*TEMPLATES):
        disks = rows(template["inputs"], "disks")
        keys = None if disks is None else [key_at(disk, "diskEncryptionKey", "kmsKeySelfLink") for disk in disks]
        yield _disks(template, graph, context, keys)
    for resource in graph.of(*KEYS):
        path = path_of(resource, graph, context, "storage.", "encryption" if resource["type"] == LOG_BUCKET else "")
        yield _thing(resource, path, named(resource), True, key_at(resource["inputs"], *KEYS[resource["type"]]))


def _thing(resource: Json, path: str, what: str, encrypted: bool | None, key: str | None) -> Encryptable:
    return Encryptable(what=what, path=path, resource=resource["name"], encrypted=encrypted, key=key)


def _secrets(cluster: Json, graph: Graph, context: Context) -> Encryptable:
    block = look(cluster["inputs"], "databaseEncryption")
    state = look(block, "state")
    encrypted = None if UNKNOWN in (block, state) else state not in (MISSING, "DECRYPTED")
    path = path_of(cluster, graph, context, default="encryption")
    what = f"the secrets of {named(cluster)}"
    return _thing(cluster, path, what, encrypted, None if block is UNKNOWN else key_at(block, "keyName"))


def _keys_of_machine(given: Mapping[str, Any]) -> list[str | None] | None:
    """The keys of an instance's disks; of one that exists already its own disk resource tells."""
    more = rows(given, "attachedDisks")
    if more is None:
        return None
    return [key_at(given, "bootDisk", "kmsKeySelfLink"), *(key_at(disk, "kmsKeySelfLink") for disk in more)]


def _disks(resource: Json, graph: Graph, context: Context, keys: Sequence[str | None] | None) -> Encryptable:
    """All disks of one resource: the worst of them counts, and the image's own disk where none is named."""
    path = path_of(resource, graph, context, "pools.", "system")
    key = None if keys is None else worst_key(keys) if keys else ""
    return _thing(resource, path, f"the disks of {named(resource)}", True, key)
