"""Storage of a spec: parallel file systems, shared file systems, object storage."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from components.spec.fields import Model, binding, shape, wrong
from components.spec.quantities import Day, Money, Size, Throughput


class StoragePrice(Model):
    """A price of the user's own for stored data, reported as such."""

    usd_per_gib_month: Money = binding(description="USD per GiB and month")
    source: str = binding(description="Where the price comes from", min_length=3)
    as_of: Day = binding(description="The day on which the source said so")


class StorageSpec(Model):
    """A file system or a bucket; sizes are minimums and are rounded up to the cloud's next legal step."""

    kind: Literal["parallel", "object", "shared"] = shape(
        description="parallel: a Lustre file system; object: a bucket; shared: an NFS file system"
    )
    capacity: Size | None = shape(None, description="Size (4800GiB); for a bucket, the amount that is expected in it")
    throughput: Throughput | None = shape(None, description="Throughput per TiB of a parallel file system, in MB/s")
    fabric: Literal["none", "required"] = shape("none", description="Whether clients reach it over the fabric")
    zone: str | None = binding(None, description="The zone of a parallel file system, by id; absent: that of its pool")
    mount: str | None = shape(None, description="Where pods find it", pattern=r"^/[A-Za-z0-9._/-]+$")
    linked_to: str | None = shape(
        None, description="The object storage of this spec, or the bucket URL, that it imports"
    )
    price: StoragePrice | None = binding(None, description="The user's own price, where no list price is known")

    @model_validator(mode="after")
    def _fits_kind(self) -> StorageSpec:
        if self.kind == "parallel" and self.capacity is None:
            raise ValueError("a parallel file system needs `capacity`, for example 4800GiB")
        for name in ("throughput", "linked_to", "zone"):
            if self.kind != "parallel" and getattr(self, name) is not None:
                raise wrong(f"belongs to kind: parallel, this is kind: {self.kind}", name)
        if self.kind != "parallel" and self.fabric != "none":
            raise wrong(f"belongs to kind: parallel, this is kind: {self.kind}", "fabric")
        return self
