"""A cluster on Google Cloud to price: one pool, no storage, every figure set by the test that asks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal as D
from typing import Any

from components.catalog import load
from components.cost.estimate import report_for
from components.cost.model import CostLine, CostReport, Span
from components.plan.gcp.model import (
    Bucket,
    Filestore,
    GcpAccess,
    GcpClusterPlan,
    GcpNetwork,
    GcpPool,
    GcpRung,
    GcpSystem,
    Lustre,
    Maintenance,
    NodePool,
    ReservationUse,
)
from components.plan.model import Bought, BudgetPlan, NodeCount, StatedPrice, UsagePlan

HIGH = "a3-highgpu-8g"  # 8 H100 and 16 local SSDs, 88.49 USD/h in us-central1 (karpenter-provider-gcp, 2026-08-03)
ULTRA = "a3-ultragpu-8g"  # 8 H200: not sold on demand, so without a list price
ZONE = "us-central1-a"
ON = date(2026, 11, 24)
CATALOG = load("gcp")


def node_pool(nodes: tuple[int, int, int], machine: str = HIGH, *zones: str, **changes: Any) -> NodePool:
    """A node pool with `nodes` in each zone, on a disk of 300 GiB that is priced (pd-balanced)."""
    made = NodePool(
        role="train-on-demand",
        name="train-on-demand-123456",
        zones=zones or (ZONE,),
        min_per_zone=nodes[0],
        desired_per_zone=nodes[1],
        max_per_zone=nodes[2],
        autoscaled=nodes[0] != nodes[2],
        machine_type=machine,
        guest_accelerator="nvidia-h100-80gb",
        guest_accelerator_count=8,
        driver_version="LATEST",
        partition_size=None,
        time_slices=None,
        disk_type="pd-balanced",
        disk_gib=300,
        local_ssds=16,
        local_ssd_use="ephemeral",
        capacity="standard",
        queued=False,
        max_run_seconds=None,
        reservation=ReservationUse(type="NO_RESERVATION"),
        compact=True,
        tpu_topology=None,
        workload_topology=None,
        max_pods=32,
        interfaces=(),
        accelerator_network_profile=None,
        fast_socket=False,
        secure_boot=True,
        auto_repair=True,
        max_surge=0,
        max_unavailable=1,
        image_type="COS_CONTAINERD",
        version=None,
        labels={},
        taints=(),
    )
    return replace(made, **changes)


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
    made = GcpPool(
        name="train",
        asked="H100:8",
        accelerator="H100",
        accelerators_per_node=8,
        machine=rungs[0].machines[0],
        alternatives=(),
        nodes=rungs[0].nodes,
        fabric=None,
        zones=rungs[0].zones,
        labels={},
        taints=(),
        root_disk_gib=300,
        root_disk_asked_gib=None,
        scratch="raid0",
        price=None,
        rungs=rungs,
    )
    return replace(made, **changes)


def lustre(given: int = 9000, throughput: int = 1000, price: StatedPrice | None = None) -> Lustre:
    return Lustre(
        name="scratch",
        kind="parallel",
        asked_gib=D(given),
        given_gib=given,
        price=price,
        zone=ZONE,
        filesystem="lustre",
        throughput=throughput,
        throughput_asked=None,
        bucket=None,
        bucket_url=None,
    )


def filestore(given: int = 1024, tier: str = "ZONAL", price: StatedPrice | None = None) -> Filestore:
    return Filestore(
        name="home",
        kind="shared",
        asked_gib=D(given),
        given_gib=given,
        price=price,
        tier=tier,
        location=ZONE,
        share="home",
    )


def bucket(asked: int | None, location: str = "us-central1") -> Bucket:
    return Bucket(
        name="data",
        kind="object",
        asked_gib=None if asked is None else D(asked),
        given_gib=asked,
        price=None,
        location=location,
        hierarchical=True,
        soft_delete_days=7,
    )


def cluster(*pools: GcpPool, **changes: Any) -> GcpClusterPlan:
    """In us-central1, with a system pool of two e2-standard-4, one in each of two zones, on disks of 100 GiB."""
    zones = ("us-central1-a", "us-central1-b")
    group = node_pool(
        (1, 1, 1),
        "e2-standard-4",
        *zones,
        role="system",
        guest_accelerator=None,
        disk_gib=100,
        local_ssds=0,
        local_ssd_use=None,
    )
    made = GcpClusterPlan(
        stack="prod-gcp",
        name="prod-gcp",
        blueprint="h100-training",
        cloud="gcp",
        region="us-central1",
        account="example-ml-prod",
        environment="prod",
        kubernetes="1.35",
        protect=True,
        tags={},
        system=GcpSystem(
            machine="e2-standard-4",
            nodes=NodeCount(min=2, desired=2, max=2),
            zones=zones,
            root_disk_gib=100,
            price=None,
            group=group,
        ),
        pools=pools,
        storage=(),
        budget=BudgetPlan(usd_per_month=None, usd_per_hour=None, usd_per_gpu_hour=None, alerts=()),
        usage=UsagePlan(),
        stated_prices={},
        expires=None,
        policy={},
        may_differ=(),
        decisions=(),
        catalog_version="test",
        project="example-ml-prod",
        location="us-central1",
        labels={},
        machine_labels={},
        network=GcpNetwork(
            vpc=None,
            subnet=None,
            cidr="10.0.0.0/18",
            pods_cidr="10.64.0.0/14",
            services_cidr="172.20.0.0/16",
            mtu=8896,
            nat=True,
            private_services_cidr=None,
            nic_networks=(),
        ),
        access=GcpAccess(public=False, dns_endpoint=True, allowed_cidrs=(), admins=()),
        key=None,
        services=(),
        channel="REGULAR",
        min_master_version="1.35",
        multi_networking=False,
        pod_networks="none",
        maintenance=Maintenance(start="", end="", recurrence="", hold_upgrades=False, hold_from=""),
        csi_drivers=(),
        billing_account=None,
        log_retention_days=30,
    )
    return replace(made, **changes)


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
