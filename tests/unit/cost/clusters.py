"""A cluster on AWS to price: one pool, no storage, every figure set by the test that asks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from components.plan.aws.model import (
    AwsAccess,
    AwsClusterPlan,
    AwsNetwork,
    AwsPool,
    AwsRung,
    AwsSystem,
    Endpoint,
    Lustre,
    NodeGroup,
    Subnet,
)
from components.plan.model import Bought, BudgetPlan, NodeCount, StatedPrice, UsagePlan

P5 = "p5.48xlarge"  # 8 H100, 55.04 USD/h in us-east-1 (karpenter-provider-aws, 2026-07-20)
ON = date(2026, 11, 23)


def group(disk: int = 300, labels: dict[str, str] | None = None) -> NodeGroup:
    return NodeGroup(
        subnets=("system-use1-az2",),
        capacity_type="ON_DEMAND",
        instance_types=(),
        template_instance_type=None,
        market_type=None,
        reservation_id=None,
        reservation_preference=None,
        placement_group=False,
        ami_type="AL2023_x86_64_NVIDIA",
        release_version=None,
        interfaces=(),
        max_pods=110,
        root_disk_gib=disk,
        user_data=None,
        labels=labels or {},
        taints=(),
        node_repair=True,
    )


def reservation(nodes: int, price: StatedPrice | None = None) -> Bought:
    return Bought(id="cr-0123456789abcdef0", zone_id="use1-az2", nodes=nodes, price=price)


def block(nodes: int, usd: str) -> Bought:
    return Bought(
        id="cr-0fedcba9876543210",
        zone_id="use1-az2",
        nodes=nodes,
        start=datetime(2027, 1, 4, 11, 30, tzinfo=UTC),
        end=datetime(2027, 1, 14, 11, 30, tzinfo=UTC),
        upfront_usd=Decimal(usd),
    )


def rung(
    capacity_type: str, nodes: tuple[int, int, int], *machines: str, bought: Bought | None = None, disk: int = 300
) -> AwsRung:
    return AwsRung(
        name=f"train-{capacity_type}",
        capacity_type=capacity_type,
        nodes=NodeCount(min=nodes[0], desired=nodes[1], max=nodes[2]),
        machines=machines or (P5,),
        zones=("use1-az2",),
        bought=bought,
        group=group(disk),
    )


def pool(nodes: tuple[int, int, int], *rungs: AwsRung, **changes: Any) -> AwsPool:
    made = AwsPool(
        name="train",
        asked="H100:8",
        accelerator="H100",
        accelerators_per_node=8,
        machine=rungs[0].machines[0],
        alternatives=(),
        nodes=NodeCount(min=nodes[0], desired=nodes[1], max=nodes[2]),
        fabric=None,
        zones=("use1-az2",),
        labels={},
        taints=(),
        root_disk_gib=300,
        root_disk_asked_gib=None,
        scratch="raid0",
        price=None,
        rungs=rungs,
    )
    return replace(made, **changes)


def lustre(given: int = 4800, throughput: int = 125, price: StatedPrice | None = None) -> Lustre:
    return Lustre(
        name="scratch",
        kind="parallel",
        asked_gib=Decimal(given),
        given_gib=given,
        price=price,
        zone_id="use1-az2",
        subnet="train-use1-az2",
        deployment_type="PERSISTENT_2",
        storage_type="SSD",
        version="2.15",
        throughput=throughput,
        throughput_asked=None,
        efa=False,
        bucket=None,
        bucket_url=None,
    )


def cluster(*pools: AwsPool, **changes: Any) -> AwsClusterPlan:
    zones = ("use1-az1", "use1-az2")
    made = AwsClusterPlan(
        stack="prod-aws",
        name="prod-aws",
        blueprint="h100-training",
        cloud="aws",
        region="us-east-1",
        account=None,
        environment="prod",
        kubernetes="1.35",
        protect=True,
        tags={},
        instance_tags={},
        system=AwsSystem(
            machine="m6i.large",
            nodes=NodeCount(min=2, desired=2, max=2),
            zones=zones,
            root_disk_gib=50,
            price=None,
            group=group(50),
        ),
        pools=pools,
        storage=(),
        budget=BudgetPlan(usd_per_month=None, usd_per_hour=None, usd_per_gpu_hour=None, alerts=()),
        usage=UsagePlan(),
        stated_prices={},
        expires=None,
        decisions=(),
        catalog_version="test",
        partition="aws",
        network=AwsNetwork(
            vpc_id=None,
            cidr="10.0.0.0/16",
            services_cidr="172.20.0.0/16",
            subnets=tuple(Subnet(name=f"system-{zone}", role="system", zone_id=zone) for zone in zones),
            nat_zones=zones[:1],
            endpoints=(Endpoint(service="s3", type="Gateway"),),
        ),
        access=AwsAccess(public=False, allowed_cidrs=(), admins=()),
        key_arn=None,
        addons=(),
        support_type="STANDARD",
        log_retention_days=30,
        fabric_security_group=False,
        policy={},
        may_differ=(),
    )
    return replace(made, **changes)
