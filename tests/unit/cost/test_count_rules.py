"""How many nodes, of which machine: the counts that a budget must get right, each by name.

Prices of us-east-1 in USD an hour: p5.48xlarge 55.04 (8 GPUs, 192 vCPU), g6.xlarge 0.8048 (1 GPU, 4 vCPU); gp3 0.08 a
GB-month.
"""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from components.cost.model import CostReport
from components.cost.readers.terms import Terms
from tests.unit.cost.reading import cost, line, unpriced
from tests.unit.cost.wires import Resource, group, resource, resources, template

HOURS = 730
P5, G6 = D("55.04") * HOURS, D("0.8048") * HOURS


def hand_written(*more: Resource) -> CostReport:
    return cost([resources()[1], *more], Terms())


def test_a_node_group_of_several_types_costs_its_dearest() -> None:
    own = group("mine", (0, 0, 2), "", labels={}, instanceTypes=["g6.xlarge", "p5.48xlarge"])
    assert line(hand_written(template("mine", 100), own), "g6.xlarge or 1 other (on-demand)").unit_price == D("55.04")
    assert hand_written(template("mine", 100), own).monthly.max == 2 * (P5 + 8)


def test_a_node_group_with_a_template_takes_its_type_from_there() -> None:
    own = group("mine", (0, 1, 3), "", labels={}, instanceTypes=None)
    report = hand_written(template("mine", 100, instanceType="g6.xlarge"), own)
    assert (report.monthly.max, unpriced(report)) == (3 * (G6 + 8), [])


def test_components_and_what_pulumi_makes_cost_nothing_but_their_children_do() -> None:
    wraps = [
        {
            "type": type_,
            "name": type_,
            "parent": None,
            "component": True,
            "inputs": {"desiredCapacity": 100, "instanceType": "p5.48xlarge"},
        }
        for type_ in (
            "pulumi:pulumi:Stack",
            "pulumi:pulumi:StackReference",
            "gpu-fleet:aws:Cluster",
            "eks:index:Cluster",
            "eks:index:NodeGroupV2",
            "mine:index:Anything",
        )
    ]
    child = resource(
        "aws:eks/nodeGroup:NodeGroup",
        "child",
        **group("mine", (1, 1, 1), "", labels={}, instanceTypes=["g6.xlarge"])["inputs"],
    )
    report = hand_written(*wraps, template("mine", 100), {**child, "parent": "eks:index:Cluster"})
    assert (report.monthly.max, unpriced(report)) == (G6 + 8, [])


def test_a_launch_template_of_gpus_that_nothing_here_uses_is_not_free() -> None:
    loud = [
        ("spare (aws:ec2/launchTemplate:LaunchTemplate)", "how many instances start from this template cannot be read")
    ]
    spare = resource("aws:ec2/launchTemplate:LaunchTemplate", "spare", instanceType="p5.48xlarge")
    assert unpriced(hand_written(spare)) == loud
    unknown = resource("aws:ec2/launchTemplate:LaunchTemplate", "spare", instanceType={"ref": "other.type"})
    assert unpriced(hand_written(unknown)) == loud
    for plain in ({"instanceType": "m6i.large"}, {}):  # no accelerator, or a type that its user gives
        assert unpriced(hand_written(resource("aws:ec2/launchTemplate:LaunchTemplate", "spare", **plain))) == []


def test_a_capacity_block_of_the_program_has_no_price_that_is_known() -> None:
    type_ = "aws:ec2/capacityBlockReservation:CapacityBlockReservation"
    assert unpriced(hand_written(resource(type_, "block", instanceType="p5.48xlarge", instanceCount=4))) == [
        (f"block ({type_})", f"no price is known for {type_}")
    ]


# --- Karpenter ---


def node_class(**spec: Any) -> Resource:
    inputs = {"metadata": {"name": "gpu"}, "spec": spec}
    return {"type": "kubernetes:karpenter.k8s.aws/v1:EC2NodeClass", "name": "class", "parent": None,
            "provider": "prod-aws-kubernetes", "inputs": inputs}  # fmt: skip


def node_pool(limits: Any, *types: Any, key: str = "node.kubernetes.io/instance-type", **more: Any) -> Resource:
    requirements = [{"key": key, "operator": "In", "values": list(types)}] if types else []
    requirements += [{"key": key, "operator": "In", "values": values} for key, values in more.items()]
    template = {"spec": {"nodeClassRef": {"kind": "EC2NodeClass", "name": "gpu"}, "requirements": requirements}}
    spec = {"template": template} | ({} if limits is None else {"limits": limits})
    return {"type": "kubernetes:karpenter.sh/v1:NodePool", "name": "burst", "parent": None,
            "provider": "prod-aws-kubernetes", "inputs": {"metadata": {"name": "burst"}, "spec": spec}}  # fmt: skip


@pytest.mark.parametrize(
    ("limits", "types", "nodes", "each"),
    [
        ({"nvidia.com/gpu": 16}, ["p5.48xlarge"], 2, P5),
        ({"nvidia.com/gpu": "16"}, ["p5.48xlarge", "g6.xlarge"], 2, P5),
        # 16 GPUs as sixteen machines of one are cheaper than as two machines of eight; 12 vCPU are three of four.
        ({"nvidia.com/gpu": 16, "cpu": 12}, ["g6.xlarge"], 3, G6),
        ({"cpu": "8000m"}, ["g6.xlarge"], 2, G6),
        ({"memory": "32Gi"}, ["g6.xlarge"], 2, G6),  # g6.xlarge has 16 GiB
        ({"nvidia.com/gpu": 9}, ["p5.48xlarge"], 2, P5),  # the last node begun counts
    ],
)
def test_a_karpenter_node_pool_costs_its_limits_on_the_dearest_type(
    limits: dict[str, Any], types: list[str], nodes: int, each: D
) -> None:
    report = hand_written(node_class(), node_pool(limits, *types))
    assert unpriced(report) == []
    assert (report.monthly.min, report.monthly.max) == (0, nodes * (each + 20 * D("0.08")))


def test_a_karpenter_node_pool_is_bound_by_its_other_requirements() -> None:
    limits = {"nvidia.com/gpu": 8}
    family = hand_written(node_class(), node_pool(limits, "p5", key="karpenter.k8s.aws/instance-family"))
    assert line(family, "p5.48xlarge (on-demand)").monthly is not None
    spot = node_pool(limits, "p5.48xlarge", **{"karpenter.sh/capacity-type": ["spot"]})
    assert line(hand_written(node_class(), spot), "p5.48xlarge (spot)").capacity_type == "spot"
    both = node_pool(limits, "p5.48xlarge", **{"karpenter.sh/capacity-type": ["spot", "on-demand"]})
    assert line(hand_written(node_class(), both), "p5.48xlarge (on-demand)").monthly is not None


@pytest.mark.parametrize(
    "pool",
    [
        node_pool(None, "p5.48xlarge"),
        node_pool({"nvidia.com/gpu": {"ref": "other.size"}}, "p5.48xlarge"),
        node_pool({"nvidia.com/gpu": 8}, {"ref": "other.type"}),
        node_pool({"nvidia.com/gpu": 8}, "p9.48xlarge"),
        node_pool({"nvidia.com/gpu": 8}),  # machines without GPUs have no limit
        node_pool({"nvidia.com/gpu": 8}, "m6i.large"),
    ],
    ids=["no limit", "unknown limit", "unknown type", "a type that nobody knows", "any type", "another resource"],
)
def test_a_karpenter_node_pool_that_cannot_be_read_or_has_no_limit_is_loud(pool: Resource) -> None:
    assert unpriced(hand_written(node_class(), pool))


def test_the_disks_of_a_karpenter_node_pool_are_those_of_its_class() -> None:
    pool = node_pool({"nvidia.com/gpu": 8}, "p5.48xlarge")
    large = node_class(blockDeviceMappings=[{"ebs": {"volumeSize": "500Gi", "volumeType": "gp3"}}])
    assert hand_written(large, pool).monthly.max == P5 + 40
    assert [item for item, _ in unpriced(hand_written(pool))] == ["root disks of burst"]
