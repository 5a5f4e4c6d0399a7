"""A plan of a cluster on AWS, written by hand: what the components are given, without the planner.

The machine's facts are AWS's own: 33 interfaces of a p5.48xlarge, its 32 EFA devices at 3200 Gbps together
(https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html).
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from components.plan.aws.model import (
    Addon,
    AwsAccess,
    AwsClusterPlan,
    AwsNetwork,
    AwsPool,
    AwsRung,
    AwsSystem,
    Bucket,
    Endpoint,
    Lustre,
    NetworkInterface,
    NodeGroup,
    Subnet,
)
from components.plan.model import BudgetPlan, FabricPlan, NodeCount, StoragePlan, Taint, UsagePlan

STACK = "prod-aws"
ACCOUNT = "123456789012"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/platform"
ZONES = ("use1-az1", "use1-az2")
TAGS = {
    "owner": "research",
    "gpu-fleet:stack": STACK,
    "gpu-fleet:environment": "prod",
    "gpu-fleet:blueprint": "h100-training",
}

INTERFACES = (
    NetworkInterface(card=0, device=0, type="interface"),
    NetworkInterface(card=0, device=1, type="efa-only"),
    *(NetworkInterface(card=card, device=0, type="efa-only") for card in range(1, 32)),
)

USER_DATA = """MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  instance:
    localStorage:
      strategy: RAID0
--//--
"""


def make_group(**changes: Any) -> NodeGroup:
    """The node group of two p5.48xlarge on demand."""
    group = NodeGroup(
        subnets=("train-use1-az2",),
        capacity_type="ON_DEMAND",
        instance_types=("p5.48xlarge",),
        template_instance_type=None,
        market_type=None,
        reservation_id=None,
        reservation_preference=None,
        placement_group=True,
        ami_type="AL2023_x86_64_NVIDIA",
        release_version=None,
        interfaces=INTERFACES,
        max_pods=51,
        root_disk_gib=500,
        user_data=USER_DATA,
        labels={"gpu-fleet/pool": "train", "gpu-fleet/capacity": "on-demand"},
        taints=(("nvidia.com/gpu", "present", "NO_SCHEDULE"),),
        node_repair=True,
    )
    return replace(group, **changes)


def make_rung(**changes: Any) -> AwsRung:
    """The only rung of the pool `train`."""
    rung = AwsRung(
        name="train-on-demand",
        capacity_type="on-demand",
        nodes=NodeCount(min=2, desired=2, max=2),
        machines=("p5.48xlarge",),
        zones=("use1-az2",),
        group=make_group(),
    )
    return replace(rung, **changes)


def make_pool(**changes: Any) -> AwsPool:
    """The pool `train`: two p5.48xlarge with EFA."""
    pool = AwsPool(
        name="train",
        asked="H100:8",
        accelerator="H100",
        accelerators_per_node=8,
        machine="p5.48xlarge",
        alternatives=(),
        nodes=NodeCount(min=2, desired=2, max=2),
        fabric=FabricPlan(
            kind="efa", gbps_per_node=Decimal(3200), gbps_per_accelerator=Decimal(400), devices_per_node=32
        ),
        zones=("use1-az2",),
        labels={"gpu-fleet/pool": "train"},
        taints=(Taint(key="nvidia.com/gpu", value="present", effect="NoSchedule"),),
        root_disk_gib=500,
        root_disk_asked_gib=None,
        scratch="raid0",
        price=None,
        rungs=(make_rung(),),
    )
    return replace(pool, **changes)


def make_system(**changes: Any) -> AwsSystem:
    """Two m7i.xlarge in two zones."""
    group = make_group(
        subnets=tuple(f"system-{zone}" for zone in ZONES),
        instance_types=("m7i.xlarge",),
        placement_group=False,
        ami_type="AL2023_x86_64_STANDARD",
        interfaces=(),
        max_pods=58,
        root_disk_gib=100,
        user_data=None,
        labels={"gpu-fleet/pool": "system"},
        taints=(),
    )
    system = AwsSystem(
        machine="m7i.xlarge",
        nodes=NodeCount(min=2, desired=2, max=2),
        zones=ZONES,
        root_disk_gib=100,
        price=None,
        group=group,
    )
    return replace(system, **changes)


def make_network(**changes: Any) -> AwsNetwork:
    """A VPC with one NAT gateway in the first of its two zones."""
    network = AwsNetwork(
        vpc_id=None,
        cidr="10.0.0.0/16",
        services_cidr="172.20.0.0/16",
        subnets=(
            Subnet(name="public-use1-az1", role="public", zone_id="use1-az1", cidr="10.0.0.0/24"),
            Subnet(name="system-use1-az1", role="system", zone_id="use1-az1", cidr="10.0.16.0/20"),
            Subnet(name="system-use1-az2", role="system", zone_id="use1-az2", cidr="10.0.32.0/20"),
            Subnet(name="train-use1-az2", role="pool", zone_id="use1-az2", cidr="10.0.64.0/18"),
        ),
        nat_zones=("use1-az1",),
        endpoints=(Endpoint(service="s3", type="Gateway"),),
    )
    return replace(network, **changes)


def make_lustre(**changes: Any) -> Lustre:
    """4.8 TB of FSx for Lustre at 250 MB/s per TiB, linked to the bucket `checkpoints`."""
    lustre = Lustre(
        name="scratch",
        kind="parallel",
        asked_gib=Decimal(4800),
        given_gib=4800,
        price=None,
        zone_id="use1-az2",
        subnet="train-use1-az2",
        deployment_type="PERSISTENT_2",
        storage_type="SSD",
        version="2.15",
        throughput=250,
        throughput_asked=None,
        efa=False,
        bucket="checkpoints",
        bucket_url=None,
    )
    return replace(lustre, **changes)


def make_bucket(**changes: Any) -> Bucket:
    """The bucket `checkpoints`."""
    return replace(Bucket(name="checkpoints", kind="object", asked_gib=None, given_gib=None, price=None), **changes)


ADDONS = (
    Addon(name="vpc-cni", version="v1.23.0-eksbuild.1", before_nodes=True, service_account="aws-node", role="cni"),
    Addon(name="kube-proxy", version=None, before_nodes=True),
    Addon(name="eks-pod-identity-agent", version=None, before_nodes=True),
    Addon(name="coredns", version=None, before_nodes=False),
    Addon(
        name="aws-ebs-csi-driver",
        version=None,
        before_nodes=False,
        service_account="ebs-csi-controller-sa",
        role="ebs-csi",
    ),
    Addon(
        name="aws-fsx-csi-driver",
        version=None,
        before_nodes=False,
        service_account="fsx-csi-controller-sa",
        role="fsx-csi",
    ),
    Addon(
        name="aws-mountpoint-s3-csi-driver",
        version=None,
        before_nodes=False,
        service_account="s3-csi-driver-sa",
        role="s3-csi",
        configuration={"node": {"tolerateAllTaints": True}},
    ),
)


def addons_for(storage: tuple[StoragePlan, ...]) -> tuple[Addon, ...]:
    """The add-ons of a cluster with this storage: no driver without something to drive."""
    kinds = {item.kind for item in storage}
    drivers = {"fsx-csi": "parallel", "s3-csi": "object"}
    return tuple(addon for addon in ADDONS if drivers.get(addon.role or "") in {None, *kinds})


def make_plan(**changes: Any) -> AwsClusterPlan:
    """2 × p5.48xlarge with EFA, linked Lustre, a bucket, a budget and a system pool: protected, private, and compliant.

    Add-ons follow the storage unless they are given too.
    """
    storage = changes.setdefault("storage", (make_lustre(), make_bucket()))
    changes.setdefault("addons", addons_for(storage))
    plan = AwsClusterPlan(
        stack=STACK,
        name=STACK,
        blueprint="h100-training",
        cloud="aws",
        region="us-east-1",
        account=ACCOUNT,
        environment="prod",
        kubernetes="1.35",
        protect=True,
        tags=TAGS,
        instance_tags=TAGS,
        system=make_system(),
        pools=(make_pool(),),
        storage=(),
        budget=BudgetPlan(
            usd_per_month=Decimal(150000), usd_per_hour=None, usd_per_gpu_hour=None, alerts=("ml@example.com",)
        ),
        usage=UsagePlan(),
        stated_prices={},
        expires=None,
        policy={},
        may_differ=(),
        decisions=(),
        catalog_version="test",
        partition="aws",
        network=make_network(),
        access=AwsAccess(public=False, allowed_cidrs=(), admins=(ADMIN,)),
        key_arn=None,
        addons=(),
        support_type="STANDARD",
        log_retention_days=30,
        fabric_security_group=True,
    )
    return replace(plan, **changes)
