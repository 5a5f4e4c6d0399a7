"""File systems and buckets on AWS: legal steps, the zone, and what they are linked to."""

from __future__ import annotations

import math
from collections.abc import Sequence

from components.catalog.aws import AwsCatalog
from components.plan.aws.model import Bucket, Lustre, SharedFileSystem
from components.plan.aws.nodes import PoolFacts
from components.plan.aws.zones import zone_rules
from components.plan.model import StoragePlan
from components.plan.notes import Notes
from components.plan.storage import common_of, home_of, tell_given, whole_gib, zones_of
from components.plan.zones import check_zone
from components.spec.models import ClusterSpec
from components.spec.storage import StorageSpec


def storage_subnet(zone: str) -> str:
    """The name of the subnet for file systems in a zone."""
    return f"storage-{zone}"


def storage_of(
    spec: ClusterSpec, system_zones: Sequence[str], pools: Sequence[PoolFacts], catalog: AwsCatalog, notes: Notes
) -> tuple[StoragePlan, ...]:
    """Every file system and bucket of the spec."""
    found: list[StoragePlan] = []
    for name, item in spec.storage.items():
        if item.kind == "parallel":
            lustre = _lustre(name, item, spec, system_zones, pools, catalog, notes)
            found += [lustre] if lustre else []
        elif item.kind == "object":
            found.append(Bucket(**common_of(name, item), given_gib=whole_gib(item)))
        else:
            subnets = _one_per_zone(system_zones, pools)
            found.append(SharedFileSystem(**common_of(name, item), given_gib=whole_gib(item), subnets=subnets))
    return tuple(found)


def _one_per_zone(system_zones: Sequence[str], pools: Sequence[PoolFacts]) -> tuple[str, ...]:
    """A mount target per zone: the system subnet where there is one, else a pool's."""
    found = {zone: f"system-{zone}" for zone in system_zones}
    for facts in pools:
        for zone in zones_of(facts):
            found.setdefault(zone, f"{facts.name}-{zone}")
    return tuple(found.values())


def _size(path: str, item: StorageSpec, catalog: AwsCatalog, notes: Notes) -> tuple[int, int] | None:
    """(MB/s per TiB, GiB): what was asked, rounded up to what is on sale; None where so much is not."""
    assert item.capacity is not None
    asked = item.throughput.mbps_per_tib if item.throughput else None
    legal = [one for one in catalog.lustre_throughputs() if asked is None or one >= asked]
    if not legal:
        most = catalog.lustre_throughputs()[-1]
        notes.error("lustre", f"{path}.throughput", f"{asked} MB/s per TiB is not sold", f"the most is {most}")
        return None
    if asked is None:
        notes.decide(f"{path}.throughput", f"{legal[0]} MB/s per TiB", "the lowest on sale")
    steps = catalog.lustre_steps(legal[0], item.fabric == "required")
    assert steps is not None
    given = steps.next_legal(math.ceil(item.capacity.gib))
    tell_given(path, item, given, notes)
    return legal[0], given


def _url(path: str, item: StorageSpec, notes: Notes) -> str | None:
    """The bucket outside this stack that a file system is linked to, or None."""
    url = item.linked_to if item.linked_to and "://" in item.linked_to else None
    if url and not url.startswith("s3://"):
        notes.error("lustre", f"{path}.linked_to", f"{url!r} is no S3 URL", "give s3://bucket/prefix")
    return url


def _lustre(
    name: str,
    item: StorageSpec,
    spec: ClusterSpec,
    system_zones: Sequence[str],
    pools: Sequence[PoolFacts],
    catalog: AwsCatalog,
    notes: Notes,
) -> Lustre | None:
    path = f"storage.{name}"
    efa = item.fabric == "required"
    size = _size(path, item, catalog, notes)
    if size is None:
        return None
    if efa and not any(facts.gang and item.zone in (None, *zones_of(facts)) for facts in pools):
        hint = "remove fabric here, or ask for it in a pool"
        notes.error("lustre", f"{path}.fabric", "no pool with a fabric could reach it", hint)
    if item.zone is not None:
        check_zone(f"{path}.zone", item.zone, zone_rules(spec, catalog), notes)
    zone, pool = home_of(path, item.zone, system_zones[0], pools, notes)
    url = _url(path, item, notes)
    return Lustre(
        **common_of(name, item),
        given_gib=size[1],
        zone_id=zone,
        # A subnet of its own, so that a pool that outgrows its subnet never takes the data with it. EFA is promised
        # within one subnet only (ParallelCluster User Guide, Elastic Fabric Adapter), so there it stands with the pool.
        subnet=f"{pool}-{zone}" if efa else storage_subnet(zone),
        deployment_type=catalog.default("lustre-deployment"),
        storage_type="SSD",
        version=catalog.default("lustre-version"),
        throughput=size[0],
        throughput_asked=item.throughput.mbps_per_tib if item.throughput else None,
        efa=efa,
        bucket=None if url else item.linked_to,
        bucket_url=url,
    )
