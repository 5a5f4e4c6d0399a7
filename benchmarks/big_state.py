"""An export of a stack with thousands of resources, as an organisation's shared stack has them: most of them in order."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

STACK = "shared"
PREFIX = f"urn:pulumi:{STACK}::shared::"
ROOT = f"{PREFIX}pulumi:pulumi:Stack::shared-{STACK}"
PROVIDER = f"{PREFIX}pulumi:providers:aws::aws"
TAGS = {"owner": "research", "cost-center": "4711", "team": "models", "Name": "shared"}


def resource(type_: str, name: str, links: dict[str, str] | None = None, **inputs: Any) -> dict[str, Any]:
    """One resource as an export has it; `links`: property -> URN of what it depends on."""
    return {
        "urn": f"{PREFIX}{type_}::{name}",
        "custom": True,
        "id": f"id-{name}",
        "type": type_,
        "inputs": {"__defaults": [], **inputs},
        "outputs": {"arn": f"arn:aws:x:us-east-1:123456789012:{name}", "id": f"id-{name}", **inputs},
        "parent": ROOT,
        "provider": f"{PROVIDER}::0",
        "propertyDependencies": {key: [urn] for key, urn in (links or {}).items()},
        "dependencies": sorted((links or {}).values()),
    }


def cell(number: int) -> Iterator[dict[str, Any]]:
    """Twenty resources that belong together; every tenth cell breaks rules."""
    sound = number % 10 != 9
    tags = TAGS if sound else {"team": "models"}
    subnet = resource("aws:ec2/subnet:Subnet", f"subnet-{number}", mapPublicIpOnLaunch=not sound, tags=tags)
    yield subnet
    yield from group(number, subnet, sound, tags)
    for one in range(4):
        yield resource(
            "aws:ebs/volume:Volume", f"volume-{number}-{one}", size=100, type="gp3", encrypted=sound, tags=tags
        )
        yield resource(
            "aws:ec2/instance:Instance",
            f"instance-{number}-{one}",
            {"subnetId": subnet["urn"]},
            instanceType="g6.xlarge",
            subnetId=subnet["id"],
            associatePublicIpAddress=not sound,
            rootBlockDevice={"volumeSize": 50, "volumeType": "gp3", "encrypted": sound},
            tags=tags,
        )
        yield resource(
            "aws:ec2/securityGroup:SecurityGroup", f"security-{number}-{one}", description="nodes", tags=tags
        )
        yield resource("aws:iam/role:Role", f"role-{number}-{one}", assumeRolePolicy="{}", tags=tags)
    yield resource("aws:s3/bucket:Bucket", f"bucket-{number}", tags=tags)


def group(number: int, subnet: dict[str, Any], sound: bool, tags: dict[str, str]) -> Iterator[dict[str, Any]]:
    """A node group with its launch template."""
    disk = {"volumeSize": 100, "volumeType": "gp3", "encrypted": str(sound).lower()}
    template = resource(
        "aws:ec2/launchTemplate:LaunchTemplate",
        f"template-{number}",
        instanceType="g6.xlarge",
        blockDeviceMappings=[{"deviceName": "/dev/xvda", "ebs": disk}],
        tagSpecifications=[{"resourceType": kind, "tags": tags} for kind in ("instance", "volume")],
        tags=tags,
    )
    yield template
    yield resource(
        "aws:eks/nodeGroup:NodeGroup",
        f"group-{number}",
        {"launchTemplate": template["urn"], "subnetIds": subnet["urn"]},
        launchTemplate={"id": template["id"], "version": "1"},
        subnetIds=[subnet["id"]],
        scalingConfig={"minSize": 0, "desiredSize": 1, "maxSize": 2},
        tags=tags,
    )


def export(count: int) -> dict[str, Any]:
    """An export of `count` resources, the stack and its provider among them."""
    stack = {"urn": ROOT, "custom": False, "type": "pulumi:pulumi:Stack"}
    provider = {**resource("pulumi:providers:aws", "aws", region="us-east-1"), "provider": None}
    made = [stack, provider]
    number = 0
    while len(made) < count:
        made += cell(number)
        number += 1
    return {"version": 3, "deployment": {"manifest": {}, "resources": made[:count]}}


def write(file: Path, count: int) -> None:
    file.write_text(json.dumps(export(count)))
