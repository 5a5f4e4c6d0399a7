"""File systems and buckets on AWS: legal steps, the zone, and what they are linked to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal

from components.catalog.aws import AwsCatalog
from components.plan.aws.model import Bucket, Lustre, SharedFileSystem
from components.plan.aws.nodes import PoolFacts, zones_of
from components.plan.aws.zones import zone_rules
from components.plan.model import StatedPrice, StoragePlan
from components.plan.notes import Notes
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
            given = math.ceil(item.capacity.gib) if item.capacity else None
            found.append(Bucket(name=name, kind="object", asked_gib=_asked(item), given_gib=given, price=_price(item)))
        else:
            subnets = _one_per_zone(system_zones, pools)
            given = math.ceil(item.capacity.gib) if item.capacity else None
            found.append(
                SharedFileSystem(
                    name=name,
                    kind="shared",
                    asked_gib=_asked(item),
                    given_gib=given,
                    price=_price(item),
                    subnets=subnets,
                )
            )
    return tuple(found)


def _asked(item: StorageSpec) -> Decimal | None:
    return item.capacity.gib if item.capacity else None


def _price(item: StorageSpec) -> StatedPrice | None:
    price = item.price
    return StatedPrice(usd=price.usd_per_gib_month, source=price.source, as_of=price.as_of) if price else None


def _one_per_zone(system_zones: Sequence[str], pools: Sequence[PoolFacts]) -> tuple[str, ...]:
    """A mount target per zone: the system subnet where there is one, else a pool's."""
    found = {zone: f"system-{zone}" for zone in system_zones}
    for facts in pools:
        for zone in zones_of(facts):
            found.setdefault(zone, f"{facts.name}-{zone}")
    return tuple(found.values())


def _home(
    path: str, asked: str | None, system_zones: Sequence[str], pools: Sequence[PoolFacts], notes: Notes
) -> tuple[str, str]:
    """(zone, pool) of a file system: the zone asked for, or that of the pool that needs it most.

    A file system in the zone of its pool sends no data across zones.
    """
    gangs = [facts for facts in pools if facts.gang] or list(pools)
    placed = [(zone, facts) for facts in gangs for zone in zones_of(facts) if asked in (None, zone)]
    zone, pool = (placed[0][0], placed[0][1].name) if placed else (asked or system_zones[0], "")
    others = [facts.name for facts in pools if set(zones_of(facts)) - {zone}]
    if others:
        message = f"stands in {zone}; pools with nodes in other zones pay for data between zones: {', '.join(others)}"
        notes.advise("cross-zone-storage", path, message, "put the pools that use it into one zone")
    return zone, pool


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
    if given != item.capacity.gib:
        notes.decide(f"{path}.capacity", f"{given} GiB", f"asked {item.capacity}, rounded up to the next legal size")
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
    zone, pool = _home(path, item.zone, system_zones, pools, notes)
    url = _url(path, item, notes)
    return Lustre(
        name=name,
        kind="parallel",
        asked_gib=_asked(item),
        given_gib=size[1],
        price=_price(item),
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
