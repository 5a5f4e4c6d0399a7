"""What the AWS provider does by itself, before it asks AWS: names that it chooses, accounts that it refuses."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, cast

AUTONAMES: dict[str, tuple[str, int]] = {
    "aws:eks/cluster:Cluster": ("name", 100),
    "aws:eks/nodeGroup:NodeGroup": ("nodeGroupName", 63),
    "aws:iam/instanceProfile:InstanceProfile": ("name", 128),
    "aws:iam/policy:Policy": ("name", 128),
    "aws:iam/role:Role": ("name", 64),
    "aws:s3/bucket:Bucket": ("bucket", 63),
    "aws:sqs/queue:Queue": ("name", 80),
}
"""The names that are not the `name` of up to 255 characters of other types.

The lengths are those that IAM, EKS, S3 and SQS allow (botocore's models).
"""

LOWERCASE = frozenset({"aws:s3/bucket:Bucket"})
"""The types whose names have no capitals."""


def refusal(config: Mapping[str, Any], account: str) -> str | None:
    """Why a configuration is refused, in the words of terraform-provider-aws (pull request 32352 shows them)."""
    allowed, forbidden = _ids(config.get("allowedAccountIds")), _ids(config.get("forbiddenAccountIds"))
    if (allowed and account not in allowed) or account in forbidden:
        return f"AWS account ID not allowed: {account}"
    return None


def _ids(value: Any) -> list[str]:
    """A list; Pulumi's SDKs send the lists of a provider's configuration as JSON in a text."""
    listed = json.loads(value) if isinstance(value, str) else value
    return [str(one) for one in cast("list[Any]", listed or [])]
