"""What Pulumi's AWS provider does before it asks AWS: it names what a program does not name, and minds its account."""

from __future__ import annotations

import json
from typing import Any, cast

from components.catalog import load
from scripts.rehearsal.model import Values

AUTONAMES: dict[str, tuple[str, int]] = {
    "aws:autoscaling/group:Group": ("name", 255),
    "aws:budgets/budget:Budget": ("name", 100),
    "aws:cloudwatch/logGroup:LogGroup": ("name", 512),
    "aws:ec2/launchTemplate:LaunchTemplate": ("name", 128),
    "aws:ec2/placementGroup:PlacementGroup": ("name", 255),
    "aws:ec2/securityGroup:SecurityGroup": ("name", 255),
    "aws:eks/nodeGroup:NodeGroup": ("nodeGroupName", 63),
    "aws:iam/instanceProfile:InstanceProfile": ("name", 128),
    "aws:iam/policy:Policy": ("name", 128),
    "aws:iam/role:Role": ("name", 64),
    "aws:iam/rolePolicy:RolePolicy": ("name", 128),
    "aws:kms/alias:Alias": ("name", 256),
    "aws:s3/bucket:Bucket": ("bucket", 63),
}
"""By type: the property, and the longest name in characters.

Lengths are AWS's own (the API's models, `components/catalog/data/aws/names.csv`): the provider's table is wider in
places, and a name that only the provider takes would fail at AWS.
"""

LOWERCASE: frozenset[str] = frozenset({"aws:s3/bucket:Bucket"})
"""Types whose names have no capitals (S3 guide, bucket naming rules)."""

PREFIXES: dict[str, str] = {"aws:kms/alias:Alias": "alias/"}
"""What such a name begins with, before the logical name (KMS API reference, CreateAlias)."""


WITHIN: dict[str, str] = {"aws:autoscaling/schedule:Schedule": "autoscalingGroupName"}
"""Types whose ids are unique only within something, and the property that names it (terraform-provider-aws,
internal/service/autoscaling/schedule.go: the id is the action's name)."""


def refusal(config: Values, account: str) -> str | None:
    """Why the provider does not take its configuration, in its own words."""
    region, allowed, forbidden = (config.get(key) for key in ("region", "allowedAccountIds", "forbiddenAccountIds"))
    if not region:
        return "Missing region configuration: set aws:region or AWS_REGION"
    checked = str(config.get("skipRegionValidation", "true")).lower() == "false"
    if checked and load("aws").region(str(region)) is None:
        return f"invalid AWS Region: {region}"
    if _ids(allowed) and account not in _ids(allowed):
        return f"AWS account ID not allowed: {account}"
    if account in _ids(forbidden):
        return f"AWS account ID not allowed: {account}"
    return None


def _ids(given: Any) -> list[str]:
    """A list as the engine hands it to a provider's configuration: as JSON text, or as it is."""
    read: Any = json.loads(given) if isinstance(given, str) and given else given
    return [str(one) for one in cast("list[Any]", read or [])]


BEFORE_NODES = "{pool}-template"
"""What nodes need, by its logical name: something that has no name of its own, so that it could be made twice."""
