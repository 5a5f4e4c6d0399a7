"""What makes a cluster on Google Cloud cost money, as facts, and the items that follow from them.

`gcp.py` fills the facts from a plan and `readers/gcp.py` from registered resources; the items are made here for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

from components.catalog import Catalog
from components.cost.facts import ClusterFacts, Disk, Stored
from components.cost.ladder import nodes_of
from components.cost.model import HOURS_PER_MONTH, PricedItem, Span
from components.cost.services import cluster_items, left_out, service_item, stored
from components.cost.usage import Rates
from components.plan.model import StatedPrice

RATES = Rates(
    # The tiers of a month's transfer: 1 TB, the next 9, all above; Google counts a TB as 1,024 GB (infracost's expected
    # output of storage_bucket_test, 2024-07-01).
    egress=(("egress-1tb", Decimal(1024)), ("egress-10tb", Decimal(9216)), ("egress-over-10tb", None)),
    nat="nat-data",
    cross_zone="cross-zone-data",
    log_ingestion="log-ingestion",
    log_storage="log-storage",
    log_days_included=30,  # cloud.google.com/stackdriver/pricing: "includes up to 30 days of storage in log buckets"
)

# A gateway of Cloud NAT costs by the machine up to this many, and a flat fee from there on: cloud.google.com/nat/pricing.
NAT_MACHINES = 32

# GiB of one local SSD: https://cloud.google.com/compute/docs/disks/local-ssd
LOCAL_SSD_GIB = 375


def items_from(facts: ClusterFacts, catalog: Catalog, on: date) -> tuple[tuple[PricedItem, ...], tuple[str, ...]]:
    """The items of a cluster, pools first, and sentences on what is not included."""
    # cloud.google.com/stackdriver/pricing: metrics of workloads are billed by the sample.
    also = ("metrics that Managed Service for Prometheus takes in",) if facts.control_planes else ()
    items = cluster_items(facts, RATES, _network(facts), catalog, on)
    return items, left_out(facts, items, *also)


def boot_disk(kind: str, gib: int) -> Disk:
    """A disk by its type as the API spells it (`pd-balanced`), at the performance that its size includes."""
    return Disk(gib=gib, service=kind, kind=kind)


def local_ssds(count: int, bundled: int) -> Disk | None:
    """The local SSDs of a node that are billed; none where the machine comes with them, at its own price."""
    if not count or bundled:
        return None
    return Disk(gib=count * LOCAL_SSD_GIB, service="local-ssd", kind="local SSD")


def lustre(name: str, gib: Decimal, throughput: int, price: StatedPrice | None, path: str) -> Stored:
    """A Managed Lustre instance; throughput in MB/s per TiB."""
    what = f"Managed Lustre, {gib:f} GiB at {throughput} MB/s per TiB"
    return stored(name, "file-system", what, f"lustre-{throughput}", gib, price, path)


def filestore(name: str, gib: Decimal, tier: str, price: StatedPrice | None, path: str) -> Stored:
    """A Filestore instance with the capacity that is created, of a tier as the API spells it (`BASIC_HDD`)."""
    service = f"filestore-{tier.lower().replace('_', '-')}"
    return stored(name, "file-system", f"Filestore {tier}, {gib:f} GiB", service, gib, price, path)


def bucket(
    name: str, gib: Decimal | None, location: str, storage_class: str, price: StatedPrice | None, path: str
) -> Stored:
    """A bucket with the amount that is expected in it. Only locations that are one region have a hyphen."""
    kind = storage_class.lower()
    where = "" if "-" in location else " in several regions"
    service = f"object-storage-{kind}" if not where else f"object-storage-multi-region-{kind}"
    return stored(name, "object-storage", f"Cloud Storage, {kind} class{where}", service, gib, price, path)


def _network(facts: ClusterFacts) -> Iterator[PricedItem]:
    gateways = facts.nat_gateways
    if gateways:
        machines = sum((nodes_of(pool) for pool in facts.pools), Span.flat(0))
        most = gateways * NAT_MACHINES
        few = _each(machines, lambda count: count if count <= most else Decimal(0))
        many = _each(machines, lambda count: Decimal(0) if count <= most else Decimal(gateways))
        rows = (
            (few, f"Cloud NAT, by the machine up to {NAT_MACHINES}", "machine-hour", "nat-machine-hour"),
            (many, f"Cloud NAT of more than {NAT_MACHINES} machines", "hour", "nat-gateway"),
        )
        for count, item, unit, service in rows:
            if count != Span.flat(0):
                quantity = count.times(HOURS_PER_MONTH)
                yield service_item(facts, "nat", item, unit, quantity, service, path="network")
    if facts.public_ips:
        addresses = Span.flat(facts.public_ips * HOURS_PER_MONTH)
        note = "a gateway takes more addresses by itself where its machines need more ports" if gateways else ""
        item, service = "public IPv4 addresses", "public-ipv4"
        yield service_item(facts, "public-ip", item, "hour", addresses, service, path="network", note=note)


def _each(span: Span, change: Callable[[Decimal], Decimal]) -> Span:
    return Span(min=change(span.min), desired=change(span.desired), max=change(span.max))
