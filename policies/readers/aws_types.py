"""Type tokens of AWS resources that rules look at, and what each is called for a person."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from policies.readers.graph import MISSING, Graph, Json, raw

CLUSTER = "aws:eks/cluster:Cluster"
NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
SCALING_GROUP = "aws:autoscaling/group:Group"
INSTANCE = "aws:ec2/instance:Instance"
SCHEDULE = "aws:autoscaling/schedule:Schedule"
RESERVATION = "aws:ec2/capacityReservation:CapacityReservation"
BLOCK = "aws:ec2/capacityBlockReservation:CapacityBlockReservation"
VPC = "aws:ec2/vpc:Vpc"
NAT = "aws:ec2/natGateway:NatGateway"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
VOLUME = "aws:ebs/volume:Volume"
SUBNET = "aws:ec2/subnet:Subnet"
ADDRESS = "aws:ec2/eip:Eip"
LOG_GROUP = "aws:cloudwatch/logGroup:LogGroup"
EFS = "aws:efs/fileSystem:FileSystem"
BUCKETS = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
BUCKET_ENCRYPTION = (
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
)
FSX = (
    "aws:fsx/lustreFileSystem:LustreFileSystem",
    "aws:fsx/openZfsFileSystem:OpenZfsFileSystem",
    "aws:fsx/ontapFileSystem:OntapFileSystem",
    "aws:fsx/windowsFileSystem:WindowsFileSystem",
)

WORDS: Mapping[str, str] = MappingProxyType(
    {
        CLUSTER: "cluster",
        NODE_GROUP: "node group",
        TEMPLATE: "launch template",
        SCALING_GROUP: "scaling group",
        INSTANCE: "instance",
        VOLUME: "volume",
        ADDRESS: "address",
        LOG_GROUP: "log group",
        EFS: "file system",
        NAT: "NAT gateway",
        ENDPOINT: "VPC endpoint",
        RESERVATION: "capacity reservation",
        BLOCK: "capacity block",
        "aws:kms/key:Key": "key",
        **dict.fromkeys(BUCKETS, "bucket"),
        **dict.fromkeys(FSX, "file system"),
    }
)


def named(resource: Json) -> str:
    """`bucket checkpoints`: what a resource is called in messages."""
    return f"{WORDS.get(resource['type'], resource['type'])} {resource['name']}"


def template_of(group: Json, graph: Graph) -> Json | None:
    """The launch template that a node group or scaling group of this program starts its instances from."""
    return graph.target(_template_id(group), TEMPLATE, "id", "name")


def _template_id(group: Json) -> Any:
    """What names the template: the whole block holds the reference; a text is its id."""
    block = raw(group["inputs"], "launchTemplate")
    if block is MISSING:
        block = raw(group["inputs"], "mixedInstancesPolicy")
    found = raw(block, "id")
    return found if isinstance(found, str) else block
