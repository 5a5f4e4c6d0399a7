"""The spec of one cluster: everything that a blueprint and a stack file may say."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints, model_validator

from components.spec.fields import Model, binding, shape, wrong
from components.spec.platform import (
    Access,
    Budget,
    Encryption,
    ItemPrice,
    Network,
    Policy,
    Schedule,
    Software,
    Usage,
)
from components.spec.pools import PoolSpec, SystemPool
from components.spec.quantities import KubernetesVersion
from components.spec.storage import StorageSpec

# A part of logical names: no path tricks, no dots, and short enough for every cloud's names.
Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,18}[a-z0-9]$|^[a-z]$")]
TagKey = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9 _.:/=+@-]{0,127}$")]
TagValue = Annotated[str, StringConstraints(max_length=256)]


class ClusterSpec(Model):
    """One environment of one cluster: blueprint and stack, merged and validated."""

    blueprint: str = binding(description="The blueprint's name, or the path of its file", min_length=1)
    cloud: str = binding(description="aws, gcp or azure", min_length=2)
    account: str | None = binding(
        None, description="AWS account id, GCP project or Azure subscription; the provider is held to it", min_length=3
    )
    region: str = binding(description="The cloud's region", min_length=3)
    environment: Name = binding(description="dev, staging, prod or a name of your own; policies go by it")
    tags: dict[TagKey, TagValue] = binding({}, description="Tags on every resource")
    kubernetes: KubernetesVersion = shape(description='Minor version, quoted: "1.35"')
    protect: bool = shape(False, description="Protect the cluster, its storage and its keys from deletion")
    may_differ: tuple[str, ...] = shape((), description="Shape fields that environments may set: `pools.*.nodes`")
    system: SystemPool = shape(SystemPool(), description="The system pool")
    prices: dict[str, ItemPrice] = binding({}, description="Stated prices of other items, by the catalogue's item name")
    pools: dict[Name, PoolSpec] = shape({}, description="Pools of accelerator nodes, by name")
    storage: dict[Name, StorageSpec] = shape({}, description="File systems and buckets, by name")
    network: Network = binding(Network(), description="Address ranges, or an existing network")
    access: Access = binding(Access(), description="Who may enter the cluster, and from where")
    encryption: Encryption = binding(Encryption(), description="The key; absent: one of the cluster's own")
    software: Software = shape(Software(), description="Versions and switches of what runs on the nodes")
    policy: Policy = shape(Policy(), description="Parameters, levels and waivers of the rules")
    budget: Budget = shape(Budget(), description="What the cluster may cost")
    schedule: Schedule = binding(Schedule(), description="When pools may run, and when the cluster expires")
    usage: Usage = binding(Usage(), description="Expected use that costs beside what runs; absent: not included")

    @model_validator(mode="after")
    def _links_name_buckets(self) -> ClusterSpec:
        buckets = [name for name, item in self.storage.items() if item.kind == "object"]
        for name, item in self.storage.items():
            if item.linked_to is not None and item.linked_to not in buckets and "://" not in item.linked_to:
                known = ", ".join(buckets) or "it has none"
                message = f"{item.linked_to!r} is neither an object storage of this spec ({known}) nor a bucket's URL (s3://…, gs://…)"
                raise wrong(message, "storage", name, "linked_to")
        return self
