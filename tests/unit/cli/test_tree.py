"""Resources as a tree."""

from __future__ import annotations

from typing import Any

from scripts.cli.tree import count, short, tree


def _one(name: str, type_: str, parent: str | None, *, protect: bool = False) -> dict[str, Any]:
    return {"name": name, "type": type_, "parent": parent, "protect": protect}


RESOURCES = [
    _one("x", "gpu-fleet:aws:GpuCluster", None),
    _one("x-aws", "pulumi:providers:aws", "x"),
    _one("x-network", "gpu-fleet:aws:Network", "x"),
    _one("x-key", "aws:kms/key:Key", "x", protect=True),
    _one("x-vpc", "aws:ec2/vpc:Vpc", "x-network"),
    _one("alone", "aws:ec2/vpc:Vpc", None),
]


def test_every_resource_stands_below_its_parent_leaves_first() -> None:
    assert [line.plain.rstrip() for line in tree(RESOURCES, "x")] == [
        "alone       ec2.Vpc",
        "x           GpuCluster",
        "├─ aws      provider aws",
        "├─ key      kms.Key  protected",
        "└─ network  Network",
        "   └─ vpc   ec2.Vpc",
    ]


def test_types_are_short() -> None:
    assert short("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule") == "vpc.SecurityGroupIngressRule"
    assert short("gpu-fleet:aws:Network") == "Network"
    assert short("pulumi:providers:aws") == "provider aws"
    assert short("odd") == "."


def test_resources_are_counted_by_kind() -> None:
    assert count(RESOURCES) == "6 resources: 3 of aws, 2 components, 1 provider; 1 is protected"
