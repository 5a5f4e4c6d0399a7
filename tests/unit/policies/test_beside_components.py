"""What somebody writes by hand beside the components counts in the budget and obeys the rules, through the pack's case.

Prices of us-east-1 in USD an hour: p5.48xlarge 55.04; gp3 0.08 a GB-month. `prod-aws` has 400,000 USD a month, of which it
uses 81 %: one more machine of 40,179.20 USD a month fits, three do not.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from policies.case import Case, case_of
from policies.engine import evaluate
from scripts.cli.assess import planned
from tests.unit.policies.subjects import ON
from tests.unit.policies.test_pack_of_program import NAME, program

P5 = "p5.48xlarge"
MONTH = Decimal("55.04") * 730
BUDGET, UNPRICED = "monthly-budget-ceiling", "unpriced-resource"
DISK = {"volumeSize": 100, "volumeType": "gp3", "encrypted": True}
MAPPED = [{"deviceName": "/dev/xvda", "ebs": {**DISK, "encrypted": "true"}}]
TEMPLATE = {"instanceType": P5, "blockDeviceMappings": MAPPED}


def resource(type_: str, name: str, **inputs: Any) -> dict[str, Any]:
    return {"type": type_, "name": name, "parent": None, "provider": f"{NAME}-aws", "inputs": inputs}


def template() -> dict[str, Any]:
    return resource("aws:ec2/launchTemplate:LaunchTemplate", "own-template", **TEMPLATE)


USED = {"id": {"ref": "own-template.id"}, "version": "1"}
SIZES = {"minSize": 0, "desiredSize": 0, "maxSize": 3}
REQUIREMENT = {"key": "node.kubernetes.io/instance-type", "operator": "In", "values": [P5]}
POOL = {"template": {"spec": {"requirements": [REQUIREMENT]}}, "limits": {"nvidia.com/gpu": 24}}
# what is written -> its resources, what a month of it adds at the maximum (None: that is unknown), the rules it breaks
BY_HAND: dict[str, tuple[list[dict[str, Any]], Decimal | None, set[str]]] = {
    "instance": (
        [resource("aws:ec2/instance:Instance", "own", instanceType=P5, rootBlockDevice=DISK)],
        MONTH + 8,
        {"required-tags", "no-public-ip"},
    ),
    "node group": (
        [template(), resource("aws:eks/nodeGroup:NodeGroup", "own", launchTemplate=USED, scalingConfig=SIZES)],
        3 * (MONTH + 8),
        {BUDGET, "required-tags"},
    ),
    "scaling group": (
        [template(), resource("aws:autoscaling/group:Group", "own", launchTemplate=USED, minSize=0, maxSize=3)],
        3 * (MONTH + 8),
        {BUDGET, "required-tags"},
    ),
    "reservation": (
        [resource("aws:ec2/capacityReservation:CapacityReservation", "own", instanceType=P5, instanceCount=3)],
        3 * MONTH,
        {BUDGET, "required-tags"},
    ),
    "launch template": ([template()], None, {UNPRICED, BUDGET, "required-tags"}),
    "capacity block": (
        [
            resource(
                "aws:ec2/capacityBlockReservation:CapacityBlockReservation", "own", instanceType=P5, instanceCount=3
            )
        ],
        None,
        {UNPRICED, BUDGET, "required-tags"},
    ),
    "Karpenter NodePool": (
        [resource("kubernetes:karpenter.sh/v1:NodePool", "own", metadata={"name": "own"}, spec=POOL)],
        3 * MONTH,  # and disks of a class that is not here
        {UNPRICED, BUDGET},
    ),
    "node group of an unknown machine": (
        [resource("aws:eks/nodeGroup:NodeGroup", "own", instanceTypes=[{"ref": "x.type"}], scalingConfig=SIZES)],
        None,
        {UNPRICED, BUDGET, "required-tags"},
    ),
}


def judged(*more: dict[str, Any]) -> Case:
    resources = [*(one.to_json() for one in program().resources), *more]
    return case_of(resources, stack=NAME, environment="prod", config=planned(NAME).loaded, on=ON)


def failing(case: Case) -> set[str]:
    found = evaluate(case.subject, case.settings)
    return {one.id for one in found.verdicts if one.verdict == "fail" and one.level == "mandatory"}


def test_without_it_nothing_blocks() -> None:
    assert failing(judged()) == set()


@pytest.mark.parametrize("name", BY_HAND)
def test_what_stands_beside_counts_and_obeys(name: str) -> None:
    written, adds, broken = BY_HAND[name]
    before, after = judged(), judged(*written)
    assert broken <= failing(after)
    if adds is not None:
        assert after.subject.cost.monthly.max - before.subject.cost.monthly.max == adds
    else:
        assert after.subject.cost.unpriced
