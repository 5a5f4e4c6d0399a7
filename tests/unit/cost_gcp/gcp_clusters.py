"""A cluster on Google Cloud to price: one pool, no storage, every figure set by the test that asks for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

from components.catalog import load
from components.cost.estimate import report_for
from components.cost.model import CostLine, CostReport, Span
from components.plan.gcp.model import Bucket, Filestore, GcpClusterPlan, GcpPool, GcpRung, Lustre, NodePool
from components.plan.model import Bought, NodeCount, StatedPrice
from tests.support.gcp_groups import make_group
from tests.support.gcp_plan import (
    make_bucket,
    make_filestore,
    make_lustre,
    make_network,
    make_plan,
    make_pool,
    make_system,
)

SMALL = "e2-standard-4"
HIGH = "a3-highgpu-8g"  # 8 H100 and 16 local SSDs, 88.49 USD/h in us-central1 (karpenter-provider-gcp, 2026-08-03)
ULTRA = "a3-ultragpu-8g"  # 8 H200: not sold on demand, so without a list price
ZONE = "us-central1-a"
ON = date(2026, 11, 24)
CATALOG = load("gcp")


def node_pool(nodes: tuple[int, int, int], machine: str = HIGH, *zones: str, **changes: Any) -> NodePool:
    """A node pool with `nodes` in each zone, on a disk of 300 GiB that is priced (pd-balanced)."""
    least, desired, most = nodes
    figures = {"min_per_zone": least, "desired_per_zone": desired, "max_per_zone": most, "machine_type": machine}
    disk = {"disk_type": "pd-balanced", "disk_gib": 300, "local_ssds": 16}
    return make_group(**{"zones": zones or (ZONE,), **figures, **disk, **changes})


def reservation(nodes: int, price: StatedPrice | None = None) -> Bought:
    return Bought(id="h100-prod", zone_id=ZONE, nodes=nodes, price=price)


def block(nodes: int, usd: str | None) -> Bought:
    """Ten days that were bought beforehand."""
    return Bought(
        id="h200-january",
        zone_id=ZONE,
        nodes=nodes,
        start=datetime(2027, 1, 10, tzinfo=UTC),
        end=datetime(2027, 1, 20, tzinfo=UTC),
        upfront_usd=None if usd is None else D(usd),
    )


def rung(
    capacity_type: str, *groups: NodePool, bought: Bought | None = None, machines: tuple[str, ...] = ()
) -> GcpRung:
    sizes = [(one.min_per_zone, one.desired_per_zone, one.max_per_zone, len(one.zones)) for one in groups]
    return GcpRung(
        name=f"train-{capacity_type}",
        capacity_type=capacity_type,
        nodes=NodeCount(
            min=sum(least * zones for least, _, _, zones in sizes),
            desired=sum(desired * zones for _, desired, _, zones in sizes),
            max=sum(most * zones for _, _, most, zones in sizes),
        ),
        machines=machines or (groups[0].machine_type,),
        zones=groups[0].zones,
        bought=bought,
        groups=groups,
    )


def pool(*rungs: GcpRung, **changes: Any) -> GcpPool:
    return make_pool(*rungs, **changes)


def lustre(given: int = 9000, throughput: int = 1000, price: StatedPrice | None = None) -> Lustre:
    return make_lustre(asked_gib=D(given), given_gib=given, throughput=throughput, price=price)


def filestore(given: int = 1024, tier: str = "ZONAL") -> Filestore:
    return make_filestore(asked_gib=D(given), given_gib=given, tier=tier)


def bucket(asked: int | None, location: str = "us-central1") -> Bucket:
    return make_bucket(name="data", asked_gib=None if asked is None else D(asked), given_gib=asked, location=location)


def cluster(*pools: GcpPool, **changes: Any) -> GcpClusterPlan:
    """In us-central1, with a system pool of two e2-standard-4, one in each of two zones, on disks of 100 GiB."""
    zones = ("us-central1-a", "us-central1-b")
    group = node_pool((1, 1, 1), SMALL, *zones, role="system", disk_gib=100, local_ssds=0)
    system = make_system(machine=SMALL, zones=zones, root_disk_gib=100, price=None, group=group)
    return make_plan(**{"system": system, "pools": pools, "storage": (), "network": make_network(nat=True), **changes})


# --- what tests ask of a report ---


def cost(*pools: GcpPool, on: date = ON, **changes: Any) -> CostReport:
    return report_for(cluster(*pools, **changes), CATALOG, on)


def lines(report: CostReport, kind: str, pool: str | None = None) -> list[CostLine]:
    return [line for line in report.lines if line.kind == kind and pool in (None, line.pool)]


def line(report: CostReport, kind: str, pool: str | None = None) -> CostLine:
    (one,) = lines(report, kind, pool)
    return one


def amounts(span: Span | None) -> tuple[D, D, D] | None:
    return None if span is None else (span.min, span.desired, span.max)


def flat(usd: str) -> tuple[D, D, D]:
    return (D(usd), D(usd), D(usd))
