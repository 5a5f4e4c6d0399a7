"""What keeps data on AWS, and whether its inputs say that it is encrypted, and with which key."""

from __future__ import annotations

from collections.abc import Iterator

from policies.context import Context
from policies.readers.aws_types import (
    BUCKET_ENCRYPTION,
    BUCKETS,
    CLUSTER,
    EFS,
    FSX,
    INSTANCE,
    LOG_GROUP,
    NODE_GROUP,
    TEMPLATE,
    VOLUME,
    named,
)
from policies.readers.common import path_of, worst, worst_key
from policies.readers.graph import MISSING, UNKNOWN, Graph, Json, key_at, look, rows, switch
from policies.subject import Encryptable


def encryptables_of(graph: Graph, context: Context) -> Iterator[Encryptable]:
    """Disks, file systems, buckets, the cluster's secrets, logs."""
    yield from _secrets(graph, context)
    yield from _disks(graph, context)
    for resource in graph.of(VOLUME, EFS):
        path = path_of(resource, graph, context, "storage.")
        encrypted = switch(resource["inputs"], "encrypted", default=False)
        yield _thing(resource, path, named(resource), encrypted, key_at(resource["inputs"], "kmsKeyId"))
    for resource in graph.of(*FSX, LOG_GROUP):  # the service encrypts these in any case; the key is the question
        path = path_of(resource, graph, context, "storage.", "encryption" if resource["type"] == LOG_GROUP else "")
        yield _thing(resource, path, named(resource), True, key_at(resource["inputs"], "kmsKeyId"))
    for bucket in graph.of(*BUCKETS):
        encrypted, key = _bucket(bucket, graph)
        yield _thing(bucket, path_of(bucket, graph, context, "storage."), named(bucket), encrypted, key)


def _thing(resource: Json, path: str, what: str, encrypted: bool | None, key: str | None) -> Encryptable:
    return Encryptable(what=what, path=path, resource=resource["name"], encrypted=encrypted, key=key)


def _secrets(graph: Graph, context: Context) -> Iterator[Encryptable]:
    for cluster in graph.of(CLUSTER):
        block = look(cluster["inputs"], "encryptionConfig")
        of_secrets = rows(block, "resources")
        encrypted: bool | None = False
        if block is UNKNOWN or of_secrets is None:
            encrypted = None
        elif block is not MISSING:
            encrypted = "secrets" in of_secrets
        path = path_of(cluster, graph, context, default="encryption")
        yield _thing(cluster, path, f"the secrets of {named(cluster)}", encrypted, key_at(block, "provider", "keyArn"))


def _disks(graph: Graph, context: Context) -> Iterator[Encryptable]:
    for template in graph.of(TEMPLATE):
        mappings = rows(template["inputs"], "blockDeviceMappings")
        yield _all_disks(template, graph, context, mappings, "ebs")
    for instance in graph.of(INSTANCE):
        root = rows(instance["inputs"], "rootBlockDevice")
        more = rows(instance["inputs"], "ebsBlockDevices")
        disks = None if root is None or more is None else [*(root or [{}]), *more]
        yield _all_disks(instance, graph, context, disks)
    for group in graph.of(NODE_GROUP):
        if look(group["inputs"], "launchTemplate") is MISSING:  # the service makes a template that says nothing of it
            yield _all_disks(group, graph, context, [{}])


def _all_disks(resource: Json, graph: Graph, context: Context, disks: list[object] | None, *steps: str) -> Encryptable:
    """All disks of one resource: the worst of them counts, and the image's own disk where none is named."""
    path = path_of(resource, graph, context, "pools.", "system")
    what = f"the disks of {named(resource)}"
    if disks is None:
        return _thing(resource, path, what, None, None)
    kept = [disk for disk in disks if not steps or look(disk, *steps) is not MISSING] or [{}]
    states = [switch(disk, *steps, "encrypted", default=False) for disk in kept]
    keys = [key_at(disk, *steps, "kmsKeyId") for disk in kept]
    return _thing(resource, path, what, worst(states), worst_key(keys))


def _bucket(bucket: Json, graph: Graph) -> tuple[bool | None, str | None]:
    blocks = [look(bucket["inputs"], "serverSideEncryptionConfiguration")]
    for resource in graph.of(*BUCKET_ENCRYPTION):
        if graph.target(resource["inputs"].get("bucket"), bucket["type"], "id", "bucket") is bucket:
            blocks.insert(0, resource["inputs"])
    for block in blocks:
        for rule in rows(block, "rules") or rows(block, "rule") or ():
            default = look(rule, "applyServerSideEncryptionByDefault")
            if default is UNKNOWN:
                return None, None
            if default is not MISSING:
                algorithm = look(default, "sseAlgorithm")
                return (None if algorithm is UNKNOWN else algorithm is not MISSING), key_at(default, "kmsMasterKeyId")
    return (None, None) if UNKNOWN in blocks else (False, "")
