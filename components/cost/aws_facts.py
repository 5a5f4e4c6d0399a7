"""What makes a cluster on AWS cost money, as facts, and the items that follow from them.

`aws.py` fills the facts from a plan and `readers/aws.py` from registered resources; the items are made here for both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal

from components.catalog import Catalog
from components.cost.facts import Pool, Stored
from components.cost.ladder import disk_items, machine_items
from components.cost.model import HOURS_PER_MONTH, PricedItem, Span
from components.cost.pricing import pricing
from components.cost.usage import Rates, not_included, usage_items
from components.plan.model import StatedPrice, UsagePlan
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
class ControlPlane:
    """A managed control plane; `version` "" where it cannot be read; `support_type` STANDARD or EXTENDED."""

    version: str
    support_type: str


@record(kw_only=True)
class AwsFacts:
    """Everything of a cluster that costs money. Counts are of things that are there all month."""

    region: str
    pools: tuple[Pool, ...]  # the system pool last
    control_planes: tuple[ControlPlane, ...] = ()
    nat_gateways: int = 0
    public_ips: int = 0
    endpoint_zones: int = 0  # interface endpoints times the zones that each stands in
    keys: int = 0
    stored: tuple[Stored, ...] = ()
    log_days: int | None = None
    others: tuple[PricedItem, ...] = ()  # resources that no pool or service covers
    usage: UsagePlan = field(default_factory=UsagePlan)
    stated: Mapping[str, StatedPrice] = field(default_factory=dict[str, StatedPrice])


def items_from(facts: AwsFacts, catalog: Catalog, on: date) -> tuple[tuple[PricedItem, ...], tuple[str, ...]]:
    """The items of a cluster, pools first, and sentences on what is not included."""
    prices = pricing(catalog)
    charged: set[str] = set()
    items: list[PricedItem] = []
    for pool in facts.pools:
        items.extend(machine_items(pool, facts.region, prices, charged))
        items.extend(disk_items(pool, facts.region, facts.stated))
    items.extend(_control_plane(one, facts, catalog, on) for one in facts.control_planes)
    items.extend(_network(facts))
    items.extend(_stored(one, facts) for one in facts.stored if one.gib is not None)
    items.extend(_keys(facts))
    items.extend(facts.others)
    items.extend(usage_items(facts.usage, RATES, facts.region, facts.stated, facts.log_days))
    return tuple(items), tuple(_left_out(facts))


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
    return Stored(
        name=name,
        kind="file-system",
        item=f"{name}: FSx for Lustre, {gib:f} GiB{tier}",
        service=lustre_service(deployment_type, storage_type, throughput),
        gib=gib,
        price=price,
        path=path,
        note="a GiB is billed as a GB",
    )


def bucket(name: str, gib: Decimal | None, price: StatedPrice | None, path: str) -> Stored:
    """A bucket with the amount that is expected in it; at the price of the first tier, which is the dearest."""
    return Stored(
        name=name,
        kind="object-storage",
        item=f"{name}: S3 standard storage",
        service="object-storage-standard",
        gib=gib,
        price=price,
        path=path,
        note="a GiB is billed as a GB",
    )


def shared_file_system(name: str, gib: Decimal | None, price: StatedPrice | None, path: str) -> Stored:
    """An EFS file system with the amount that is expected in it."""
    return Stored(
        name=name,
        kind="file-system",
        item=f"{name}: EFS standard storage",
        service="efs-standard",
        gib=gib,
        price=price,
        path=path,
        note="a GiB is billed as a GB",
    )


def _service(
    facts: AwsFacts, kind: str, item: str, unit: str, quantity: Decimal, service: str, *, path: str = "", note: str = ""
) -> PricedItem:
    return PricedItem(
        pool="",
        kind=kind,
        item=item,
        unit=unit,
        quantity=Span.flat(quantity),
        region=facts.region,
        path=path,
        service=service,
        stated=facts.stated.get(service),
        note=note,
    )


def _control_plane(one: ControlPlane, facts: AwsFacts, catalog: Catalog, on: date) -> PricedItem:
    """Extended support costs more, and only a cluster that accepts it gets it: others are upgraded by the service.

    Where the catalogue does not know until when a version has standard support, the dearer price stands.
    """
    known = catalog.kubernetes(one.version)
    support = known.support_on(on) if known else "unknown"
    extended = one.support_type == "EXTENDED" and support != "standard"
    word = "extended" if extended else "standard"
    version = f" {one.version}" if one.version else ""
    note = ""
    if extended and support == "unknown":
        note = "when standard support ends is not known, so the dearer extended support is counted"
    return _service(
        facts,
        "control-plane",
        f"Kubernetes{version} control plane ({word} support)",
        "hour",
        HOURS_PER_MONTH,
        "control-plane-extended" if extended else "control-plane",
        path="kubernetes",
        note=note,
    )


def _network(facts: AwsFacts) -> Iterator[PricedItem]:
    rows = (
        ("nat", "NAT gateways", facts.nat_gateways, "nat-gateway"),
        ("public-ip", "public IPv4 addresses", facts.public_ips, "public-ipv4"),
        ("endpoint", "interface endpoints", facts.endpoint_zones, "interface-endpoint"),
    )
    for kind, item, count, service in rows:
        if count:
            yield _service(facts, kind, item, "hour", count * HOURS_PER_MONTH, service, path="network")


def _keys(facts: AwsFacts) -> Iterator[PricedItem]:
    if facts.keys:
        yield _service(facts, "key", "encryption key (KMS)", "month", Decimal(facts.keys), "kms-key", path="encryption")


def _stored(one: Stored, facts: AwsFacts) -> PricedItem:
    return PricedItem(
        pool="",
        kind=one.kind,
        item=one.item,
        unit="GB-month",
        quantity=Span.flat(one.gib or 0),
        region=facts.region,
        path=one.path,
        service=one.service,
        stated=one.price or facts.stated.get(one.service),
        note=one.note,
    )


def _left_out(facts: AwsFacts) -> Iterator[str]:
    for one in facts.stored:
        if one.gib is None:
            how = f" ({one.path}.capacity)" if one.path else ""
            yield f"what is stored in {one.name}: not included{how}"
    yield from not_included(facts.usage, nat=facts.nat_gateways > 0, endpoints=facts.endpoint_zones > 0)
