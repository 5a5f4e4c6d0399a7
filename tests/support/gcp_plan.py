"""A plan of a cluster on Google Cloud, written by hand: what the components are given, without the planner.

The machines' facts are Google's own: eight GPU interfaces of an a3-megagpu-8g, each in a VPC of its own, and eight RDMA
interfaces and one gVNIC interface beside the host's of an a3-ultragpu-8g
(https://cloud.google.com/ai-hypercomputer/docs/create/gke-ai-hypercompute-custom).
"""

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
    Interface,
    Lustre,
    Maintenance,
    NicNetwork,
    NicSubnet,
    NodePool,
    ReservationUse,
)
from components.plan.model import BudgetPlan, FabricPlan, NodeCount, Taint, UsagePlan

STACK = "prod-gcp"
PROJECT = "research-123456"
ADMIN = "group:platform@example.com"
ZONE = "us-central1-a"
LABELS = {
    "owner": "research",
    "gpu-fleet-stack": STACK,
    "gpu-fleet-environment": "prod",
    "gpu-fleet-blueprint": "h100-training",
}
TAINT = ("nvidia.com/gpu", "present", "NO_SCHEDULE")
NO_RESERVATION = ReservationUse(type="NO_RESERVATION")


def tcpxo_networks() -> tuple[NicNetwork, ...]:
    """Eight VPCs of one subnet."""
    return tuple(
        NicNetwork(
            name=f"train-gpu-{number}",
            mtu=8244,
            profile=None,
            subnets=(NicSubnet(name=f"train-gpu-{number}", cidr=f"192.168.{number}.0/24", pod_network=f"vpc{number}"),),
            firewall_sources=(f"192.168.{number}.0/24",),
            pool="train",
        )
        for number in range(1, 9)
    )


def rdma_networks() -> tuple[NicNetwork, ...]:
    """The gVNIC VPC, then the RDMA VPC with its eight subnets."""
    gvnic = NicSubnet(name="train-gvnic-1", cidr="192.168.0.0/24", pod_network="gvnic-1")
    return (
        NicNetwork(
            name="train-gvnic-1",
            mtu=8896,
            profile=None,
            subnets=(gvnic,),
            firewall_sources=("192.168.0.0/24",),
            pool="train",
        ),
        NicNetwork(
            name="train-rdma-a",
            mtu=8896,
            profile=f"{ZONE}-vpc-roce",
            subnets=tuple(
                NicSubnet(name=f"train-rdma-a-{place}", cidr=f"192.168.{8 + place}.0/24", pod_network=f"rdma-{place}")
                for place in range(8)
            ),
            firewall_sources=(),
            pool="train",
            zone=ZONE,
        ),
    )


def interfaces(networks: tuple[NicNetwork, ...]) -> tuple[Interface, ...]:
    """One for each subnet, in its order."""
    return tuple(
        Interface(
            network=network.name,
            subnet=subnet.name,
            pod_network=subnet.pod_network,
            device_mode="RDMA" if network.profile else "NetDevice",
        )
        for network in networks
        for subnet in network.subnets
    )


def make_group(**changes: Any) -> NodePool:
    """Two a3-megagpu-8g of a reservation in one zone, with TCPXO."""
    group = NodePool(
        role="train-reservation",
        name="train-reservation-1a2b3c",
        zones=(ZONE,),
        min_per_zone=2,
        desired_per_zone=2,
        max_per_zone=2,
        autoscaled=False,
        machine_type="a3-megagpu-8g",
        guest_accelerator="nvidia-h100-mega-80gb",
        guest_accelerator_count=8,
        driver_version="LATEST",
        partition_size=None,
        time_slices=None,
        disk_type="hyperdisk-balanced",
        disk_gib=200,
        local_ssds=16,
        local_ssd_use="ephemeral",
        capacity="standard",
        queued=False,
        max_run_seconds=None,
        reservation=ReservationUse(type="SPECIFIC_RESERVATION", values=("train-h100",)),
        compact=False,
        tpu_topology=None,
        workload_topology=None,
        max_pods=32,
        interfaces=interfaces(tcpxo_networks()),
        accelerator_network_profile=None,
        fast_socket=False,
        secure_boot=True,
        auto_repair=True,
        max_surge=0,
        max_unavailable=1,
        image_type="COS_CONTAINERD",
        version=None,
        labels={"gpu-fleet/pool": "train", "gpu-fleet/capacity": "reservation"},
        taints=(TAINT,),
    )
    return replace(group, **changes)


def make_ultra(**changes: Any) -> NodePool:
    """Two a3-ultragpu-8g of a block of a reservation, with RDMA."""
    ultra = make_group(
        name="train-reservation-4d5e6f",
        machine_type="a3-ultragpu-8g",
        guest_accelerator="nvidia-h200-141gb",
        local_ssds=32,
        reservation=ReservationUse(
            type="SPECIFIC_RESERVATION", values=("projects/owner-1/reservations/h200/reservationBlocks/b1",)
        ),
        interfaces=interfaces(rdma_networks()),
    )
    return replace(ultra, **changes)


def make_l4(**changes: Any) -> NodePool:
    """L4 machines on spot in three zones, moved by the autoscaler, each GPU shared by four."""
    plain = make_group(
        role="serve-spot",
        name="serve-spot-778899",
        zones=("us-central1-a", "us-central1-b", "us-central1-c"),
        min_per_zone=0,
        desired_per_zone=1,
        max_per_zone=4,
        autoscaled=True,
        machine_type="g2-standard-12",
        guest_accelerator="nvidia-l4",
        guest_accelerator_count=1,
        driver_version="DEFAULT",
        time_slices=4,
        disk_type="pd-balanced",
        local_ssds=1,
        local_ssd_use="block",
        capacity="spot",
        reservation=NO_RESERVATION,
        interfaces=(),
        fast_socket=True,
        max_surge=1,
        max_unavailable=0,
        labels={"gpu-fleet/pool": "serve"},
    )
    return replace(plain, **changes)


def make_slice(**changes: Any) -> NodePool:
    """A TPU v6e slice of 4x4: four machines of four chips, which live and die together."""
    one = make_group(
        role="tpu-on-demand",
        name="tpu-on-demand-aabbcc",
        min_per_zone=4,
        desired_per_zone=4,
        max_per_zone=4,
        machine_type="ct6e-standard-4t",
        guest_accelerator=None,
        guest_accelerator_count=0,
        driver_version=None,
        local_ssds=0,
        local_ssd_use=None,
        reservation=NO_RESERVATION,
        tpu_topology="4x4",
        interfaces=(),
        secure_boot=False,
        labels={"gpu-fleet/pool": "tpu"},
        taints=(("google.com/tpu", "present", "NO_SCHEDULE"),),
    )
    return replace(one, **changes)


def make_domain(**changes: Any) -> NodePool:
    """An NVLink domain: eighteen a4x-highgpu-4g under a workload policy."""
    domain = make_ultra(
        name="train-reservation-ddeeff",
        min_per_zone=18,
        desired_per_zone=18,
        max_per_zone=18,
        machine_type="a4x-highgpu-4g",
        guest_accelerator="nvidia-gb200",
        guest_accelerator_count=4,
        local_ssds=4,
        workload_topology="1x72",
        interfaces=interfaces(rdma_networks())[:5],
    )
    return replace(domain, **changes)


def make_flex(**changes: Any) -> NodePool:
    """Flex-start of H200, queued, with DRANET in place of networks of its own."""
    flex = make_ultra(
        role="train-flex",
        name="train-flex-102030",
        min_per_zone=0,
        desired_per_zone=0,
        max_per_zone=16,
        autoscaled=True,
        capacity="flex-start",
        queued=True,
        max_run_seconds=604800,
        reservation=NO_RESERVATION,
        interfaces=(),
        accelerator_network_profile="auto",
        auto_repair=False,
    )
    return replace(flex, **changes)


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


def make_plan(**changes: Any) -> GcpClusterPlan:
    """2 × a3-megagpu-8g with TCPXO, Lustre, a bucket, a budget and a system pool: protected, private, and compliant."""
    plan = GcpClusterPlan(
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
    return replace(plan, **changes)


def make_rdma_plan(**changes: Any) -> GcpClusterPlan:
    """The same cluster with two a3-ultragpu-8g and RDMA."""
    pool = make_pool(make_rung(make_ultra(), machines=("a3-ultragpu-8g",)), machine="a3-ultragpu-8g")
    return make_plan(pools=(pool,), network=make_network(mtu=8896, nic_networks=rdma_networks()), **changes)
