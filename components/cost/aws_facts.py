"""What makes a cluster on AWS cost money, as facts, and the items that follow from them.

`aws.py` fills the facts from a plan and `readers/aws.py` from registered resources; the items are made here for both.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from components.catalog import Catalog
from components.cost.facts import ClusterFacts, Stored
from components.cost.model import HOURS_PER_MONTH, PricedItem, Span
from components.cost.services import cluster_items, left_out, service_item, stored
from components.cost.usage import Rates
from components.plan.model import StatedPrice
from components.records import record

RATES = Rates(
    # The tiers of a month's transfer: 10 TB, the next 40, the next 100, all above; AWS counts a TB as 1,024 GB
    # (infracost's expected output of data_transfer_test, 2024-09-25).
    egress=(
        ("egress-10tb", Decimal(10_240)),
        ("egress-50tb", Decimal(40_960)),
        ("egress-150tb", Decimal(102_400)),
        ("egress-over-150tb", None),
    ),
    nat="nat-gateway-data",
    cross_zone="cross-zone-data",
    log_ingestion="log-ingestion",
    log_storage="log-storage",
)


@record(kw_only=True)
class AwsFacts(ClusterFacts):
    """Everything of a cluster on AWS that costs money."""

    endpoint_zones: int = 0  # interface endpoints times the zones that each stands in


def items_from(facts: AwsFacts, catalog: Catalog, on: date) -> tuple[tuple[PricedItem, ...], tuple[str, ...]]:
    """The items of a cluster, pools first, and sentences on what is not included."""
    items = cluster_items(facts, RATES, _network(facts), catalog, on)
    also = ("data through interface endpoints",) if facts.endpoint_zones else ()
    return items, left_out(facts, items, *also)


def lustre_service(deployment_type: str, storage_type: str, throughput: int | None) -> str:
    """The catalogue's item for a Lustre file system: `lustre-persistent2-ssd-125`."""
    parts = ["lustre", deployment_type.replace("_", "").lower(), storage_type.lower()]
    return "-".join(parts if throughput is None else [*parts, str(throughput)])


def lustre(
    name: str,
    gib: Decimal,
    deployment_type: str,
    storage_type: str,
    throughput: int | None,
    price: StatedPrice | None,
    path: str,
) -> Stored:
    """A Lustre file system. Sizes are GiB; the service bills them as GB."""
    tier = f" at {throughput} MB/s per TiB" if throughput is not None else ""
    what = f"FSx for Lustre, {gib:f} GiB{tier}"
    return stored(
        name, "file-system", what, lustre_service(deployment_type, storage_type, throughput), gib, price, path
    )


def bucket(name: str, gib: Decimal | None, price: StatedPrice | None, path: str) -> Stored:
    """A bucket with the amount that is expected in it; at the price of the first tier, which is the dearest."""
    return stored(name, "object-storage", "S3 standard storage", "object-storage-standard", gib, price, path)


def shared_file_system(name: str, gib: Decimal | None, price: StatedPrice | None, path: str) -> Stored:
    """An EFS file system with the amount that is expected in it."""
    return stored(name, "file-system", "EFS standard storage", "efs-standard", gib, price, path)


def _network(facts: AwsFacts) -> Iterator[PricedItem]:
    rows = (
        ("nat", "NAT gateways", facts.nat_gateways, "nat-gateway"),
        ("public-ip", "public IPv4 addresses", facts.public_ips, "public-ipv4"),
        ("endpoint", "interface endpoints", facts.endpoint_zones, "interface-endpoint"),
    )
    for kind, item, count, service in rows:
        if count:
            yield service_item(facts, kind, item, "hour", Span.flat(count * HOURS_PER_MONTH), service, path="network")
