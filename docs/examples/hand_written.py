"""A GPU pool in a program of your own: components beside a cluster that you wrote yourself.

`Network` makes the VPC, `NodePool` the nodes; the cluster, its role and its add-ons are yours. Each component takes plain
values and `opts`, so what a component does not know how to say, a transform can (`transform.py`).
"""

import pulumi
import pulumi_aws as aws

from components.aws import Network, NodePool
from components.plan.aws.model import AwsNetwork, Endpoint, NodeGroup, Subnet
from components.plan.model import NodeCount

config = pulumi.Config()
tags = {"owner": "research"}

network = Network(
    "research",
    AwsNetwork(
        vpc_id=None,
        cidr="10.0.0.0/16",
        services_cidr="172.20.0.0/16",
        subnets=(
            Subnet(name="public-use1-az1", role="public", zone_id="use1-az1", cidr="10.0.0.0/24"),
            Subnet(name="system-use1-az1", role="system", zone_id="use1-az1", cidr="10.0.16.0/20"),
            Subnet(name="system-use1-az2", role="system", zone_id="use1-az2", cidr="10.0.32.0/20"),
            Subnet(name="l4-use1-az2", role="pool", zone_id="use1-az2", cidr="10.0.64.0/20"),
        ),
        nat_zones=("use1-az1",),
        endpoints=(Endpoint(service="s3", type="Gateway"),),
    ),
    region="us-east-1",
    tags=tags,
)

cluster = aws.eks.Cluster(
    "research",
    role_arn=config.require("clusterRoleArn"),
    access_config={"authentication_mode": "API"},
    vpc_config={
        "subnet_ids": [network.subnet_ids["system-use1-az1"], network.subnet_ids["system-use1-az2"]],
        "endpoint_private_access": True,
        "endpoint_public_access": False,
    },
    tags=tags,
)

pool = NodePool(
    "research-l4",
    NodeGroup(
        subnets=("l4-use1-az2",),
        capacity_type="ON_DEMAND",
        instance_types=("g6.xlarge",),
        template_instance_type=None,
        market_type=None,
        reservation_id=None,
        reservation_preference=None,
        placement_group=False,
        ami_type="AL2023_x86_64_NVIDIA",
        release_version=None,
        interfaces=(),
        max_pods=None,
        root_disk_gib=200,
        user_data=None,
        labels={"pool": "l4"},
        taints=(("nvidia.com/gpu", "present", "NO_SCHEDULE"),),
        node_repair=True,
    ),
    NodeCount(min=0, desired=1, max=4),
    cluster_name=cluster.name,
    cluster_security_group_id=cluster.vpc_config.cluster_security_group_id,
    subnet_ids=[network.subnet_ids["l4-use1-az2"]],
    node_role_arn=config.require("nodeRoleArn"),
    key_arn=config.require("keyArn"),
    tags=tags,
    opts=pulumi.ResourceOptions(depends_on=list(network.ways_out)),
)

pulumi.export("node_group", pool.node_group_name)
