"""Capacity Blocks, reservations, what zones have left, and quotas.

Codes and words: EC2 API reference, "Error codes for the Amazon EC2 API"; EKS API reference, Issue (health of a node
group); EKS guide "Create a managed node group with Capacity Blocks for ML".
"""

from __future__ import annotations

from typing import Any

import pytest

from scripts.rehearsal.model import CloudError
from tests.unit.rehearsal_aws.world import MACHINE, NODES, PLACEMENT, RESERVATION, World, group, sized

Inputs = dict[str, Any]
CR = "cr-0a1b2c3d4e5f60718"


def block(**changes: Any) -> Inputs:
    target = {"capacityReservationTarget": {"capacityReservationId": CR}}
    market = {"instanceMarketOptions": {"marketType": "capacity-block"}, "instanceType": MACHINE}
    made = {**market, "capacityReservationSpecification": target, **changes}
    return {key: value for key, value in made.items() if value is not None}


def block_group(template: Inputs, world: World | None = None, **changes: Any) -> World:
    asked = {"capacityType": "CAPACITY_BLOCK", "instanceTypes": None, **changes}
    return group(world or World(), template, **asked)


def test_a_capacity_block() -> None:
    assert block_group(block())["nodes"].outputs["capacityType"] == "CAPACITY_BLOCK"


BAD_BLOCKS: list[tuple[Inputs, Inputs, str]] = [
    (block(instanceMarketOptions=None), {}, "Launch template must have market type capacity-block"),
    (block(capacityReservationSpecification=None), {}, "Launch template must name a capacity reservation"),
    (block(instanceType=None), {}, "Launch template must have an instance type"),
    (block(instanceType=None), {"instanceTypes": [MACHINE]}, "Instance types must be in the launch template"),
]


@pytest.mark.parametrize(("template", "changes", "words"), BAD_BLOCKS)
def test_a_capacity_block_that_lacks_something(template: Inputs, changes: Inputs, words: str) -> None:
    with pytest.raises(CloudError, match=words) as refused:
        block_group(template, **changes)
    assert refused.value.code == "InvalidParameterException"


def test_a_placement_group_with_a_capacity_block() -> None:
    world = World()
    world.add("place", PLACEMENT, strategy="cluster", name="place")
    with pytest.raises(CloudError, match="can't use placement groups with Capacity Blocks") as refused:
        block_group(block(placement={"groupName": "place"}), world)
    assert refused.value.code == "InvalidParameterCombination"


RESERVED = {"zone": "use1-az1", "machine": MACHINE, "count": 2}
BAD_RESERVATIONS: list[tuple[Any, str, str]] = [
    ({**RESERVED, "count": 1}, "AsgInstanceLaunchFailures", "ReservationCapacityExceeded - The requested reservation"),
    ({**RESERVED, "zone": "use1-az2"}, "InvalidParameterCombination", "does not match the Availability Zone"),
    ({**RESERVED, "machine": "p5e.48xlarge"}, "InvalidParameterCombination", "does not match the instance type"),
    (False, "InvalidCapacityReservationId.NotFound", f"The capacity reservation ID '{CR}' does not exist"),
]


def test_a_reservation_that_holds_what_is_asked() -> None:
    block_group(block(), World(**{f"reservations.{CR}": RESERVED}))


@pytest.mark.parametrize(("known", "code", "words"), BAD_RESERVATIONS)
def test_a_reservation_that_does_not(known: Any, code: str, words: str) -> None:
    with pytest.raises(CloudError, match=words) as refused:
        block_group(block(), World(**{f"reservations.{CR}": known}))
    assert refused.value.code == code


ICE = "InsufficientInstanceCapacity - We currently do not have sufficient p5.48xlarge capacity in the Availability Zone"
VCPU = "VcpuLimitExceeded - You have requested more vCPU capacity than your current vCPU limit of 38. allows"


@pytest.mark.parametrize(
    ("enough", "short", "words"),
    [
        ({f"capacity.use1-az1.{MACHINE}": 2}, {f"capacity.use1-az1.{MACHINE}": 1}, ICE),
        # p5.48xlarge has 192 vCPUs (EC2 instance types), so that two need 384.
        ({"quota.P": 384}, {"quota.P": 383}, VCPU),
    ],
)
def test_what_is_left(enough: Inputs, short: Inputs, words: str) -> None:
    world = group(World(**enough))
    with pytest.raises(CloudError, match=words) as refused:
        world.cloud.update(world["nodes"], **sized(2, 3, 4))  # one more than there is
    assert refused.value.code == "AsgInstanceLaunchFailures"
    with pytest.raises(CloudError, match=words) as refused:
        group(World(**short))
    assert refused.value.code == "AsgInstanceLaunchFailures"
    assert "waiting for EKS Node Group (fleet:train) create: unexpected state 'CREATE_FAILED'" in refused.value.message


def test_spot_has_a_quota_of_its_own() -> None:
    group(World(**{"quota.P": 0, "quota.P.spot": 384}), capacityType="SPOT")
    with pytest.raises(CloudError, match="MaxSpotInstanceCountExceeded - Max spot instance count exceeded"):
        group(World(**{"quota.P.spot": 383}), capacityType="SPOT")


def test_groups_share_what_a_zone_has() -> None:
    world = group(World(**{f"capacity.use1-az1.{MACHINE}": 3}))
    with pytest.raises(CloudError, match="InsufficientInstanceCapacity"):
        world.add("more", NODES, **{**world.nodes_inputs(), "nodeGroupName": "more"})
    world.cloud.delete(world["nodes"])
    world.add("more", NODES, **{**world.nodes_inputs(), "nodeGroupName": "more"})


def reserve(world: World, **changes: Any) -> None:
    inputs = {"instanceType": MACHINE, "instancePlatform": "Linux/UNIX", "availabilityZone": "us-east-1a"}
    world.add("reservation", RESERVATION, **{**inputs, "instanceCount": 2, **changes})


def test_reservations_take_capacity() -> None:
    world = World(**{f"capacity.use1-az1.{MACHINE}": 2})
    with pytest.raises(CloudError, match="We currently do not have sufficient") as refused:
        reserve(world, instanceCount=3)
    assert refused.value.code == "InsufficientInstanceCapacity"
    reserve(world)
    with pytest.raises(CloudError, match="InsufficientInstanceCapacity"):
        group(world)
    world = World(**{"quota.P": 383})
    with pytest.raises(CloudError, match="current vCPU limit of 383") as refused:
        reserve(world)
    assert refused.value.code == "VcpuLimitExceeded"


def test_a_zone_that_does_not_have_the_machine() -> None:
    # Recorded DescribeInstanceTypeOfferings of us-east-1: p5en.48xlarge in use1-az2 and use1-az6, none in use1-az1.
    with pytest.raises(CloudError, match=r"Unsupported - Your requested instance type \(p5en\.48xlarge\)") as refused:
        group(World(), launchTemplate=None, instanceTypes=["p5en.48xlarge"])
    assert refused.value.code == "AsgInstanceLaunchFailures"
    with pytest.raises(CloudError, match="is not supported in your requested Availability Zone") as refused:
        reserve(World(), instanceType="p5en.48xlarge")
    assert refused.value.code == "Unsupported"
