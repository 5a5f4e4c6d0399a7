"""The size of a node group that others move: theirs, but where an edit of its bounds would leave it outside."""

from __future__ import annotations

from typing import Any

import pulumi
import pulumi.runtime
import pytest

from components.aws import build
from components.aws.deployed import node_groups
from components.plan.aws.model import AwsClusterPlan, ScheduledSize
from components.plan.model import NodeCount
from scripts.preview import capture
from scripts.preview.state import Existing, State
from tests.support.aws_plan import make_group, make_plan, make_pool, make_rung

GROUP = "prod-aws-train-on-demand-nodes"
LEFT = ("scalingConfig.desiredSize",)
NIGHT = ScheduledSize(name="hours-down", min=0, desired=0, max=4, recurrence="0 20 * * 1-5", timezone="Europe/Berlin")


def plan_of(least: int, most: int, **changes: Any) -> AwsClusterPlan:
    nodes = NodeCount(min=least, desired=least, max=most)
    return make_plan(pools=(make_pool(rungs=(make_rung(nodes=nodes, group=make_group(**changes)),)),))


def state_of(least: int, size: int, most: int, name: str = GROUP) -> State:
    sizes = {"minSize": least, "desiredSize": size, "maxSize": most}
    type_ = "aws:eks/nodeGroup:NodeGroup"
    group = Existing(
        type=type_,
        chain=f"gpu-fleet:aws:GpuCluster$gpu-fleet:aws:NodePool${type_}",
        name=name,
        id="c:g",
        protect=False,
        retained=False,
        provider=None,
        inputs={},
        outputs={"scalingConfig": sizes},
    )
    return State({name: group})


def sent(plan: AwsClusterPlan, state: State | None) -> tuple[int, tuple[str, ...]]:
    """The size that is registered, and what of the node group is left to others."""
    told = capture.run(lambda: (build(plan), None)[1], stack="prod-aws", config={}, state=state)
    (group,) = [one for one in told.resources if one.name == GROUP]
    return group.inputs["scalingConfig"]["desiredSize"], group.ignore_changes


# EKS: "Minimum capacity 4 can't be greater than desired size 3" (terraform-aws-eks, issue 748), and no size above the
# maximum: an edit of one sends all three (terraform-provider-aws, expandNodegroupScalingConfig).
@pytest.mark.parametrize(
    ("before", "bounds", "size"),
    [
        ((0, 0, 8), (1, 8), 1),
        ((2, 2, 4), (3, 4), 3),
        ((2, 2, 2), (3, 5), 3),
        ((0, 7, 8), (0, 4), 4),
        ((3, 3, 3), (0, 2), 2),
    ],
)
def test_a_size_outside_of_new_bounds_goes_to_the_nearest(
    before: tuple[int, int, int], bounds: tuple[int, int], size: int
) -> None:
    assert sent(plan_of(*bounds), state_of(*before)) == (size, ())


@pytest.mark.parametrize("before", [(0, 3, 8), (0, 1, 8), (1, 1, 4), (1, 4, 4)])
def test_a_size_within_new_bounds_stays_with_whoever_moves_it(before: tuple[int, int, int]) -> None:
    assert sent(plan_of(1, 6), state_of(*before))[1] == LEFT


def test_a_size_outside_of_bounds_that_nobody_edits_is_no_business_of_this_run() -> None:
    # A scheduled action lowers the Auto Scaling group's own minimum at night.
    assert sent(plan_of(4, 4, schedules=(NIGHT,)), state_of(4, 0, 4))[1] == LEFT
    assert sent(plan_of(5, 5, schedules=(NIGHT,)), state_of(4, 0, 4)) == (5, ())


def test_a_new_group_begins_as_planned_and_is_left_to_others() -> None:
    assert sent(plan_of(1, 8), None) == (1, LEFT)
    assert sent(plan_of(1, 8), state_of(0, 0, 8, name="prod-aws-other-nodes")) == (1, LEFT)


def test_a_fixed_size_is_the_plans_whatever_there_is() -> None:
    assert sent(plan_of(3, 3), state_of(2, 2, 2)) == (3, ())
    assert sent(plan_of(3, 3), state_of(1, 7, 8)) == (3, ())


def test_a_state_that_cannot_be_read_is_a_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []

    def refuse(token: str, asked: dict[str, str]) -> Any:
        raise Exception(f"invoke of {token} failed: unknown stack {asked['stackName']!r}")

    monkeypatch.setattr(pulumi.runtime, "invoke", refuse)
    monkeypatch.setattr(pulumi.log, "warn", said.append)
    assert node_groups() == {}
    assert "an edit of a pool's nodes may be refused, as the state of " in said[0]
    assert "unknown stack 'organization/project/stack'" in said[0]


def test_a_defect_in_reading_the_state_is_no_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(token: str, asked: dict[str, str]) -> Any:
        raise AttributeError(token)

    monkeypatch.setattr(pulumi.runtime, "invoke", broken)
    with pytest.raises(AttributeError, match="readStackResourceOutputs"):
        node_groups()
