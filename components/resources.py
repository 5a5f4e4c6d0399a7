"""What the components of every cloud have in common: a cluster's outputs, its kubeconfig, a budget's notices, waiting."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi import ResourceOptions

from components.records import record

BUDGET_NOTICES: tuple[tuple[bool, int], ...] = ((False, 50), (False, 80), (False, 100), (True, 100))
"""When a cloud tells of a budget: whether it compares a forecast (or what was spent), and at how many percent."""


@record(kw_only=True)
class Mount:
    """How a Lustre file system is mounted: `<dns_name>@tcp:/<mount_name>`. `dns_name` may be an address."""

    dns_name: pulumi.Output[str]
    mount_name: pulumi.Output[str]


@record(kw_only=True)
class Outputs:
    """What a stack tells about its cluster."""

    cluster_name: pulumi.Output[str]
    endpoint: pulumi.Output[str]
    kubeconfig: pulumi.Output[str]
    """A secret."""
    oidc_issuer: pulumi.Output[str]
    pools: Mapping[str, Sequence[pulumi.Output[str]]]
    """Names of the node groups by pool, in the order of the pool's capacity ladder."""
    storage: Mapping[str, pulumi.Output[str]]
    """Ids of file systems and names of buckets, by the storage's name."""
    mounts: Mapping[str, Mount]
    """How the Lustre file systems are mounted, by the storage's name."""


def kubeconfig(name: pulumi.Input[str], server: Mapping[str, Any], login: Mapping[str, Any]) -> pulumi.Output[str]:
    """A kubeconfig for `kubectl`, as JSON (which is YAML too), with one cluster and one user.

    It has no credentials: `login` is a command that makes a token of each user's own identity. Still a secret, as it
    names the door.
    """
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": server}],
        "users": [{"name": name, "user": {"exec": {"apiVersion": "client.authentication.k8s.io/v1beta1", **login}}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return pulumi.Output.secret(pulumi.Output.json_dumps(document))


def waiting(own: ResourceOptions, given: ResourceOptions | None) -> ResourceOptions:
    """`own`, which also waits for what the component was told to wait for: Pulumi does not hand that to its children."""
    waits = ResourceOptions(depends_on=None if given is None else given.depends_on)
    return ResourceOptions.merge(own, waits)


def short_digest(text: str) -> str:
    """Eight characters that name a thing after itself, and not after its place in a list."""
    return hashlib.sha256(text.encode()).hexdigest()[:8]
