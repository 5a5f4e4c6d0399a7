"""How a cloud that hosts a Kubernetes cluster and the simulated Kubernetes of that cluster know each other.

A kubeconfig names an API server. The cloud whose cluster has that server says whether what cleans up after objects still
runs there, and what stays in the cloud when nothing does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, cast

from components.records import record
from scripts.rehearsal import providers
from scripts.rehearsal.model import Existing, Resource

LOAD_BALANCER, DISK = "load balancer", "disk"

Left = Callable[[str, str], tuple[Resource, ...]]
"""(LOAD_BALANCER or DISK, the object in words) -> what stays in the cloud when nobody deletes it."""


@record(kw_only=True)
class Host:
    """A cluster: the host names of its API server, whether what cleans up runs, and what stays when it does not.

    `servers` are those by which whoever deploys reaches it; of the others it is known that nobody does.
    """

    cluster: Resource
    servers: tuple[str, ...]
    cleans: bool
    left: Left
    groups: tuple[str, ...] = ()
    """API groups whose custom resources the cloud brings along."""
    lacking: tuple[str, ...] = ()
    """Kinds of these groups that this cluster lacks, as `<group>/<kind>`."""
    unreached: tuple[str, ...] = ()
    """Names of its API server that lead nowhere from outside of its network."""


def host(resource: Resource, existing: Existing) -> Host | None:
    """What hosts a Kubernetes cluster, if this resource is one."""
    module: Any = providers.hosting(resource.type.partition(":")[0])
    return None if module is None else cast("Host | None", module.host(resource, existing))


def hosts(existing: Existing) -> Iterable[Host]:
    """Every cluster that exists."""
    types = [type for provider in providers.SERVICES for type in getattr(providers.hosting(provider), "CLUSTERS", ())]
    found = (host(one, existing) for one in existing.all(*types)) if types else ()
    return (one for one in found if one is not None)


def stray(type: str, id: str, words: str, like: Resource, **inputs: Any) -> Resource:
    """Something that no program made, in the place of `like`; `words` is what people read of it."""
    return Resource(
        type=type,
        id=id,
        urn=f"rehearsal::{words}",
        inputs=inputs,
        outputs={**inputs, "description": words},
        region=like.region,
        account=like.account,
    )
