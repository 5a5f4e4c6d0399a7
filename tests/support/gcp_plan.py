"""A plan of a cluster on Google Cloud, written by hand: what the components are given, without the planner."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

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
)
from components.plan.model import BudgetPlan, FabricPlan, NodeCount, Taint, UsagePlan
from tests.support.gcp_groups import (
    NO_RESERVATION,
    ZONE,
    make_group,
    make_ultra,
    rdma_networks,
    tcpxo_networks,
)

STACK = "prod-gcp"
PROJECT = "research-123456"
ADMIN = "group:platform@example.com"
LABELS = {
    "owner": "research",
    "gpu-fleet-stack": STACK,
    "gpu-fleet-environment": "prod",
    "gpu-fleet-blueprint": "h100-training",
}


def make_rung(*groups: NodePool, **changes: Any) -> GcpRung:
    """The only rung of the pool `train`."""
    rung = GcpRung(
        name="train-reservation",
        capacity_type="reservation",
        nodes=NodeCount(min=2, desired=2, max=2),
        machines=("a3-megagpu-8g",),
        zones=(ZONE,),
        groups=groups or (make_group(),),
    )
    return replace(rung, **changes)


def make_pool(*rungs: GcpRung, **changes: Any) -> GcpPool:
    """The pool `train`: two a3-megagpu-8g with TCPXO."""
    pool = GcpPool(
        name="train",
        asked="H100:8",
        accelerator="H100",
        accelerators_per_node=8,
        machine="a3-megagpu-8g",
        alternatives=(),
        nodes=NodeCount(min=2, desired=2, max=2),
        fabric=FabricPlan(
            kind="tcpxo", gbps_per_node=Decimal(1600), gbps_per_accelerator=Decimal(200), devices_per_node=8
        ),
        zones=(ZONE,),
        labels={"gpu-fleet/pool": "train"},
        taints=(Taint(key="nvidia.com/gpu", value="present", effect="NoSchedule"),),
        root_disk_gib=200,
        root_disk_asked_gib=None,
        scratch="raid0",
        price=None,
        rungs=rungs or (make_rung(),),
    )
    return replace(pool, **changes)


def make_system(**changes: Any) -> GcpSystem:
    """An e2-standard-4 or more in each of two zones."""
    group = make_group(
        role="system",
        name="system-9f8e7d",
        zones=("us-central1-a", "us-central1-b"),
        min_per_zone=1,
        desired_per_zone=1,
        max_per_zone=3,
        autoscaled=True,
        machine_type="e2-standard-4",
        guest_accelerator=None,
        guest_accelerator_count=0,
        driver_version=None,
        disk_type="pd-balanced",
        disk_gib=100,
        local_ssds=0,
        local_ssd_use=None,
        reservation=NO_RESERVATION,
        interfaces=(),
        max_surge=1,
        max_unavailable=0,
        max_pods=110,
        labels={"gpu-fleet/pool": "system"},
        taints=(),
    )
    system = GcpSystem(
        machine="e2-standard-4",
        nodes=NodeCount(min=2, desired=2, max=6),
        zones=group.zones,
        root_disk_gib=100,
        price=None,
        group=group,
    )
    return replace(system, **changes)


def make_network(**changes: Any) -> GcpNetwork:
    """A VPC with Cloud NAT, private services and the eight VPCs of TCPXO."""
    network = GcpNetwork(
        vpc=None,
        subnet=None,
        cidr="10.0.0.0/18",
        pods_cidr="10.4.0.0/14",
        services_cidr="172.20.0.0/16",
        mtu=8244,
        nat=True,
        private_services_cidr="10.0.64.0/20",
        nic_networks=tcpxo_networks(),
    )
    return replace(network, **changes)


def make_bucket(**changes: Any) -> Bucket:
    """The bucket `checkpoints`."""
    bucket = Bucket(
        name="checkpoints",
        kind="object",
        asked_gib=None,
        given_gib=None,
        price=None,
        location="US-CENTRAL1",
        hierarchical=True,
        soft_delete_days=7,
    )
    return replace(bucket, **changes)


def make_lustre(**changes: Any) -> Lustre:
    """18,000 GiB of Managed Lustre at 500 MB/s per TiB, which data is brought to from `checkpoints`."""
    lustre = Lustre(
        name="scratch",
        kind="parallel",
        asked_gib=Decimal(16000),
        given_gib=18000,
        price=None,
        zone=ZONE,
        filesystem="scratch",
        throughput=500,
        throughput_asked=500,
        bucket="checkpoints",
        bucket_url=None,
    )
    return replace(lustre, **changes)


def make_filestore(**changes: Any) -> Filestore:
    """1 TiB of Filestore in one zone."""
    files = Filestore(
        name="home",
        kind="shared",
        asked_gib=Decimal(500),
        given_gib=1024,
        price=None,
        tier="ZONAL",
        location=ZONE,
        share="home",
    )
    return replace(files, **changes)


SERVICES = (
    "billingbudgets.googleapis.com",
    "cloudkms.googleapis.com",
    "compute.googleapis.com",
    "container.googleapis.com",
    "iam.googleapis.com",
    "lustre.googleapis.com",
    "servicenetworking.googleapis.com",
    "storage.googleapis.com",
)


_PLAN = GcpClusterPlan(
    stack=STACK,
    name=STACK,
    blueprint="h100-training",
    cloud="gcp",
    region="us-central1",
    location="us-central1",
    account=PROJECT,
    project=PROJECT,
    environment="prod",
    kubernetes="1.35",
    protect=True,
    tags=LABELS,
    labels=LABELS,
    machine_labels=LABELS,
    system=make_system(),
    pools=(make_pool(),),
    storage=(make_lustre(), make_bucket()),
    budget=BudgetPlan(
        usd_per_month=Decimal(250000), usd_per_hour=None, usd_per_gpu_hour=None, alerts=("ml@example.com",)
    ),
    usage=UsagePlan(),
    stated_prices={},
    expires=None,
    policy={},
    may_differ=(),
    decisions=(),
    catalog_version="test",
    network=make_network(),
    access=GcpAccess(public=False, dns_endpoint=True, allowed_cidrs=(), admins=(ADMIN,)),
    key=None,
    services=SERVICES,
    channel="REGULAR",
    min_master_version="1.35",
    multi_networking=True,
    pod_networks="objects",
    maintenance=Maintenance(
        start="2026-01-10T02:00:00Z",
        end="2026-01-10T14:00:00Z",
        recurrence="FREQ=WEEKLY;BYDAY=SA",
        hold_upgrades=True,
        hold_from="2026-01-05T00:00:00Z",
    ),
    csi_drivers=("gcs-fuse", "lustre"),
    billing_account="0A1B2C-3D4E5F-6A7B8C",
    log_retention_days=30,
)


def make_plan(**changes: Any) -> GcpClusterPlan:
    """2 × a3-megagpu-8g with TCPXO, Lustre, a bucket, a budget and a system pool: protected, private, and compliant."""
    return replace(_PLAN, **changes)


def make_rdma_plan(**changes: Any) -> GcpClusterPlan:
    """The same cluster with two a3-ultragpu-8g and RDMA."""
    pool = make_pool(make_rung(make_ultra(), machines=("a3-ultragpu-8g",)), machine="a3-ultragpu-8g")
    return make_plan(pools=(pool,), network=make_network(mtu=8896, nic_networks=rdma_networks()), **changes)
