"""Node pools of a cluster on Google Cloud, and the networks of their interfaces, written by hand.

The machines' facts are Google's own: eight GPU interfaces of an a3-megagpu-8g, each in a VPC of its own, and eight RDMA
interfaces and one gVNIC interface beside the host's of an a3-ultragpu-8g
(https://cloud.google.com/ai-hypercomputer/docs/create/gke-ai-hypercompute-custom).
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from components.plan.gcp.model import Interface, NicNetwork, NicSubnet, NodePool, ReservationUse

ZONE = "us-central1-a"
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


_RESERVED = NodePool(
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


def make_group(**changes: Any) -> NodePool:
    """Two a3-megagpu-8g of a reservation in one zone, with TCPXO."""
    return replace(_RESERVED, **changes)


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
