"""Registered resources as the preview prints them, written by hand: a reservation of 8 nodes, and the rest on demand."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from tests.unit.cost.clusters import P5

STACK = "prod-aws"
Resource = dict[str, Any]


def resource(type_: str, name: str, **inputs: Any) -> Resource:
    return {"type": type_, "name": name, "parent": None, "provider": f"{STACK}-aws", "inputs": inputs}


def template(rung: str, gib: object, **more: Any) -> Resource:
    disk = {"deviceName": "/dev/xvda", "ebs": {"volumeSize": gib, "volumeType": "gp3", "encrypted": "true"}}
    return resource(
        "aws:ec2/launchTemplate:LaunchTemplate", f"{STACK}-{rung}-template", blockDeviceMappings=[disk], **more
    )


def group(rung: str, sizes: tuple[Any, Any, Any], pool: str, **more: Any) -> Resource:
    least, desired, most = sizes
    inputs = {
        "capacityType": "ON_DEMAND",
        "instanceTypes": [P5],
        "launchTemplate": {
            "id": {"ref": f"{STACK}-{rung}-template.id"},
            "version": {"ref": f"{STACK}-{rung}-template.latestVersion"},
        },
        "scalingConfig": {"minSize": least, "desiredSize": desired, "maxSize": most},
        "labels": {"gpu-fleet/pool": pool},
    }
    return resource("aws:eks/nodeGroup:NodeGroup", f"{STACK}-{rung}-nodes", **inputs | more)


def reserved(id_: object) -> dict[str, Any]:
    return {"capacityReservationSpecification": {"capacityReservationTarget": {"capacityReservationId": id_}}}


_CLUSTER: list[Resource] = [
    {"type": "pulumi:pulumi:Stack", "name": STACK, "parent": None, "inputs": {}},
    {"type": "pulumi:providers:aws", "name": f"{STACK}-aws", "parent": None, "inputs": {"region": "us-east-1"}},
    {"type": "gpu-fleet:aws:NodePool", "name": f"{STACK}-train-pool", "parent": None, "inputs": {}},
    resource("aws:ec2/vpc:Vpc", f"{STACK}-vpc", cidrBlock="10.0.0.0/16"),
    resource("aws:iam/role:Role", f"{STACK}-node-role", assumeRolePolicy="{}"),
    resource("aws:ec2/eip:Eip", f"{STACK}-nat-use1-az1-address", domain="vpc"),
    resource("aws:ec2/natGateway:NatGateway", f"{STACK}-nat-use1-az1", subnetId={"ref": f"{STACK}-public.id"}),
    resource("aws:ec2/vpcEndpoint:VpcEndpoint", f"{STACK}-s3-endpoint", vpcEndpointType="Gateway"),
    resource("aws:kms/key:Key", f"{STACK}-key", policy={"join": ["a", {"ref": "x.arn"}]}),
    resource("aws:cloudwatch/logGroup:LogGroup", f"{STACK}-control-plane-logs", retentionInDays=30),
    resource(
        "aws:eks/cluster:Cluster",
        f"{STACK}-control-plane",
        version="1.35",
        upgradePolicy={"supportType": "STANDARD"},
    ),
    template("system", 50),
    group("system", (2, 2, 2), "system", instanceTypes=["m6i.large"]),
    # Out of order on purpose: the spec's order is the report's.
    template("train-on-demand", 300),
    group("train-on-demand", (0, 0, 4), "train"),
    template("train-reservation", 300, **reserved("cr-0123456789abcdef0")),
    group("train-reservation", (8, 8, 8), "train"),
    resource("aws:s3/bucket:Bucket", f"{STACK}-data-bucket", forceDestroy=False),
    resource("aws:s3/bucketVersioning:BucketVersioning", f"{STACK}-data-bucket-versioning"),
    resource(
        "aws:fsx/lustreFileSystem:LustreFileSystem",
        f"{STACK}-scratch-files",
        storageCapacity=4800,
        perUnitStorageThroughput=125,
        deploymentType="PERSISTENT_2",
        storageType="SSD",
    ),
]


def resources() -> list[Resource]:
    """A cluster of its own for each test, to change."""
    return deepcopy(_CLUSTER)


def named(found: list[Resource], name: str) -> dict[str, Any]:
    """The inputs of one of them, to change."""
    return next(one["inputs"] for one in found if one["name"] == f"{STACK}-{name}")
