"""File systems and buckets on Google Cloud: legal steps, where they stand, and what they are linked to."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from components.catalog.gcp import GcpCatalog
from components.plan.gcp.facts import PoolFacts
from components.plan.gcp.model import Bucket, Filestore, Lustre
from components.plan.gcp.zones import zone_rules
from components.plan.model import StoragePlan
from components.plan.notes import Notes
from components.plan.storage import common_of, home_of, tell_given, whole_gib
from components.plan.zones import check_zone
from components.spec.models import ClusterSpec
from components.spec.storage import StorageSpec

# Cloud Storage's own default: for so long a deleted object can be had back, and is paid.
SOFT_DELETE_DAYS = 7
# Source: Managed Lustre, instances.create (filesystem); Filestore, instances.create (fileShares.name).
_LONGEST_FILESYSTEM, _LONGEST_SHARE = 8, 16
_DRIVERS = {"object": "gcs-fuse", "parallel": "lustre", "shared": "filestore"}


def storage_of(
    spec: ClusterSpec, system_zones: Sequence[str], pools: Sequence[PoolFacts], catalog: GcpCatalog, notes: Notes
) -> tuple[StoragePlan, ...]:
    """Every file system and bucket of the spec."""
    found: list[StoragePlan | None] = []
    for name, item in spec.storage.items():
        if item.kind == "parallel":
            found.append(_lustre(name, item, spec, system_zones, pools, catalog, notes))
        elif item.kind == "shared":
            found.append(_filestore(name, item, spec, system_zones, catalog, notes))
        else:
            found.append(_bucket(name, item, spec))
    return tuple(one for one in found if one is not None)


def private_services(spec: ClusterSpec) -> int:
    """How many file systems are reached by private services access."""
    return sum(item.kind in ("parallel", "shared") for item in spec.storage.values())


def csi_drivers_of(storage: Sequence[StoragePlan]) -> tuple[str, ...]:
    """The drivers that mount it: `gcs-fuse`, `lustre`, `filestore`."""
    kinds = {item.kind for item in storage}
    return tuple(driver for kind, driver in _DRIVERS.items() if kind in kinds)


def _bucket(name: str, item: StorageSpec, spec: ClusterSpec) -> Bucket:
    return Bucket(
        **common_of(name, item),
        given_gib=whole_gib(item),
        location=spec.region.upper(),
        hierarchical=True,
        soft_delete_days=SOFT_DELETE_DAYS,
    )


def _filestore(
    name: str, item: StorageSpec, spec: ClusterSpec, system_zones: Sequence[str], catalog: GcpCatalog, notes: Notes
) -> Filestore | None:
    """A Filestore instance of the catalogue's tier: never by the pools, since another tier or place loses the data."""
    path = f"storage.{name}"
    tier = catalog.filestore(catalog.default("filestore-tier"))
    assert tier is not None
    asked = whole_gib(item) or 0
    given = tier.next_legal(asked)
    if given > tier.largest_gib:
        message = f"{asked} GiB is more than {tier.tier} has: {tier.largest_gib} GiB"
        notes.error("filestore", f"{path}.capacity", message, "make several, or use kind: parallel")
        return None
    tell_given(path, item, given, notes)
    return Filestore(
        **common_of(name, item),
        given_gib=given,
        tier=tier.tier,
        location=spec.region if tier.location == "region" else system_zones[0],
        share=re.sub("[^a-z0-9_]", "_", name)[:_LONGEST_SHARE],
    )


def _lustre(
    name: str,
    item: StorageSpec,
    spec: ClusterSpec,
    system_zones: Sequence[str],
    pools: Sequence[PoolFacts],
    catalog: GcpCatalog,
    notes: Notes,
) -> Lustre | None:
    path = f"storage.{name}"
    size = _size(path, item, catalog, notes)
    if item.fabric == "required":
        message = "Managed Lustre is reached over the host's network, never over a fabric"
        notes.error("lustre", f"{path}.fabric", message, "remove fabric here")
    if item.zone is not None:
        check_zone(f"{path}.zone", item.zone, zone_rules(spec, catalog), notes)
    zone, _ = home_of(path, item.zone, system_zones[0], pools, notes)
    url = _url(path, item, notes)
    if size is None:
        return None
    return Lustre(
        **common_of(name, item),
        given_gib=size[1],
        zone=zone,
        filesystem=re.sub("[^a-z0-9]", "", name)[:_LONGEST_FILESYSTEM],
        throughput=size[0],
        throughput_asked=item.throughput.mbps_per_tib if item.throughput else None,
        bucket=None if url else item.linked_to,
        bucket_url=url,
    )


def _size(path: str, item: StorageSpec, catalog: GcpCatalog, notes: Notes) -> tuple[int, int] | None:
    """(MB/s per TiB, GiB): what was asked, rounded up to what is on sale; None where so much is not.

    Without a throughput it is the fastest, whose sizes have the smallest steps: a choice by size would be another one
    when the file system grows, and Google makes a new, empty one for another throughput.
    """
    assert item.capacity is not None
    asked = item.throughput.mbps_per_tib if item.throughput else None
    gib = math.ceil(item.capacity.gib)
    steps = catalog.lustre_steps()
    fast = [one for one in steps if asked is None or one.throughput >= asked]
    if not fast:
        most = max(one.throughput for one in steps)
        notes.error("lustre", f"{path}.throughput", f"{asked} MB/s per TiB is not sold", f"the most is {most}")
        return None
    legal = [one for one in fast if one.next_legal(gib) <= one.largest_gib]
    if not legal:
        most = max(one.largest_gib for one in fast)
        notes.error("lustre", f"{path}.capacity", f"{gib} GiB is not sold", f"the most is {most} GiB")
        return None
    least = min(legal, key=lambda one: (one.next_legal(gib), one.throughput))
    chosen = (max if asked is None else min)(legal, key=lambda one: one.throughput)
    given = chosen.next_legal(gib)
    if asked is None:
        why = "its sizes have the smallest steps, and it stays when the file system grows; a slower one may cost less"
        notes.decide(f"{path}.throughput", f"{chosen.throughput} MB/s per TiB", why)
    elif chosen.throughput != asked:
        why = f"asked {asked}, rounded up to the next on sale"
        notes.decide(f"{path}.throughput", f"{chosen.throughput} MB/s per TiB", why)
    if least.next_legal(gib) < given:
        message = f"at {chosen.throughput} MB/s per TiB the smallest legal size is {given} GiB"
        hint = f"throughput: {least.throughput} holds it in {least.next_legal(gib)} GiB: compare what the two cost"
        notes.advise("lustre-size", f"{path}.throughput", message, hint)
    tell_given(path, item, given, notes)
    return chosen.throughput, given


def _url(path: str, item: StorageSpec, notes: Notes) -> str | None:
    """The bucket outside this stack that data comes from, or None; there is no lasting link, and that is told."""
    if item.linked_to is None:
        return None
    url = item.linked_to if "://" in item.linked_to else None
    if url and not re.fullmatch(r"gs://[a-z0-9][a-z0-9._-]{1,61}[a-z0-9](?:/\S*)?", url):
        hint = "give gs://bucket/prefix"
        notes.error("lustre", f"{path}.linked_to", f"{url!r} is no Cloud Storage URL", hint)
    message = "Managed Lustre keeps no link to a bucket: data is imported and exported when someone asks for it"
    notes.advise("lustre-link", f"{path}.linked_to", message, "run an import before the job, and an export after it")
    return url
