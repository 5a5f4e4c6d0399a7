"""The names that Pulumi's AWS provider gives where a program gives none: the logical name, a hyphen and a random end.

Lengths are AWS's own (the API's models; `components/catalog/data/aws/names.csv`): the provider's table is wider in
places, and a name that only the provider takes would fail at AWS.
"""

from __future__ import annotations

AUTONAMES: dict[str, tuple[str, int, bool]] = {
    "aws:autoscaling/group:Group": ("name", 255, False),
    "aws:budgets/budget:Budget": ("name", 100, False),
    "aws:cloudwatch/logGroup:LogGroup": ("name", 512, False),
    "aws:ec2/launchTemplate:LaunchTemplate": ("name", 128, False),
    "aws:ec2/placementGroup:PlacementGroup": ("name", 255, False),
    "aws:ec2/securityGroup:SecurityGroup": ("name", 255, False),
    "aws:eks/nodeGroup:NodeGroup": ("nodeGroupName", 63, False),
    "aws:iam/instanceProfile:InstanceProfile": ("name", 128, False),
    "aws:iam/policy:Policy": ("name", 128, False),
    "aws:iam/role:Role": ("name", 64, False),
    "aws:iam/rolePolicy:RolePolicy": ("name", 128, False),
    "aws:kms/alias:Alias": ("name", 256, False),
    "aws:s3/bucket:Bucket": ("bucket", 63, True),
}
"""By type: the property, the longest name in characters, and whether it is written in lower case."""

AUTONAME_PREFIXES: dict[str, str] = {"aws:kms/alias:Alias": "alias/"}
"""What such a name begins with, before the logical name (API reference, CreateAlias)."""
