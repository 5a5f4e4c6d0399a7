"""What a plan, or a hand-written program, registers on AWS: run without a cloud."""

from __future__ import annotations

import runpy
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi_aws

from components.aws import build
from components.plan.aws.model import AwsClusterPlan
from tests.support.resources import Resources, document, ref, run

__all__ = [
    "ROOT",
    "Resources",
    "document",
    "ref",
    "resources_of",
    "resources_of_file",
    "resources_of_plan",
    "statements",
]

ROOT = Path(__file__).parents[2]
# Outputs that AWS decides, of types that the preview's own table may not have.
_MORE = {
    "aws:efs/fileSystem:FileSystem": ("arn", "dnsName", "name"),
    "aws:efs/mountTarget:MountTarget": ("dnsName", "networkInterfaceId"),
}

# The SDK warns of its own deprecated classes as soon as their module is imported, whoever uses them.
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", category=DeprecationWarning, module="pulumi_aws")
    for _module in ("autoscaling", "budgets", "cloudwatch", "ec2", "efs", "eks", "fsx", "iam", "kms", "s3", "vpc"):
        assert getattr(pulumi_aws, _module).outputs  # modules load when something of them is asked for


def resources_of(program: Callable[[], object], **config: str) -> Resources:
    """What a program registers."""
    return run(program, "prod-aws", config, _MORE)


def resources_of_plan(plan: AwsClusterPlan) -> Resources:
    """What the whole cluster of a plan registers."""
    return resources_of(lambda: build(plan))


def resources_of_file(path: str, config: Mapping[str, str]) -> Resources:
    """What a program in a file of this repository registers."""
    return resources_of(lambda: runpy.run_path(str(ROOT / path), run_name="__main__"), **config)


def statements(value: Any) -> dict[str, Any]:
    """The statements of a policy by `Sid`, or by their first action."""
    found = document(value)["Statement"]
    return {one.get("Sid") or one["Action"][0]: one for one in found}
