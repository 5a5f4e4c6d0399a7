"""What a plan, or a hand-written program, registers on AWS: run without a cloud."""

from __future__ import annotations

import json
import runpy
import warnings
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pulumi_aws

from components.aws import build
from components.plan.aws.model import AwsClusterPlan
from scripts.preview import capture
from scripts.preview.capture import Captured, Registered
from scripts.preview.replies import REPLIES

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


class Resources:
    """The resources of one run, by logical name and by type."""

    def __init__(self, captured: Captured) -> None:
        self.all = captured.resources
        self.outputs = captured.outputs
        self._by_name = {resource.name: resource for resource in captured.resources}

    def __getitem__(self, name: str) -> Registered:
        return self._by_name[name]

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def of(self, kind: str) -> list[Registered]:
        """Those of a type, named as in the SDK: `ec2/subnet:Subnet`."""
        return [resource for resource in self.all if resource.type == f"aws:{kind}"]

    def inputs(self, name: str) -> Mapping[str, Any]:
        return self._by_name[name].inputs


def resources_of(program: Callable[[], object], **config: str) -> Resources:
    """What a program registers."""

    def run() -> None:
        program()

    captured = capture.run(run, stack="prod-aws", config=config, replies={**_MORE, **REPLIES})
    return Resources(captured)


def resources_of_plan(plan: AwsClusterPlan) -> Resources:
    """What the whole cluster of a plan registers."""
    return resources_of(lambda: build(plan))


def resources_of_file(path: str, config: Mapping[str, str]) -> Resources:
    """What a program in a file of this repository registers."""
    return resources_of(lambda: runpy.run_path(str(ROOT / path), run_name="__main__"), **config)


def ref(output: str) -> dict[str, str]:
    """A value that AWS decides: `<logical name>.<output>`."""
    return {"ref": output}


def document(value: Any) -> dict[str, Any]:
    """A policy or configuration as data; what AWS decides in it reads `${<logical name>.<output>}`."""
    parts = value["join"] if isinstance(value, dict) else [value]
    return json.loads("".join(part if isinstance(part, str) else f"${{{part['ref']}}}" for part in parts))


def statements(value: Any) -> dict[str, Any]:
    """The statements of a policy by `Sid`, or by their first action."""
    found = document(value)["Statement"]
    return {one.get("Sid") or one["Action"][0]: one for one in found}
