"""Resources that no spec describes: priced by what they show, or loud.

Prices of us-east-1 in USD: p5.48xlarge 55.04, g6.xlarge 0.8048, m6i.large 0.096 an hour; gp3 0.08 a GB-month.
"""

from __future__ import annotations

from decimal import Decimal as D

from components.cost.model import CostReport
from components.cost.readers.terms import Terms
from tests.unit.cost.clusters import P5
from tests.unit.cost.reading import cost, line, unpriced
from tests.unit.cost.wires import STACK, Resource, group, reserved, resource, resources, template


def hand_written(*more: Resource) -> CostReport:
    return cost([resources()[1], *more], Terms())


def test_a_node_group_without_labels() -> None:
    own = group("mine", (1, 2, 3), "", labels={}, instanceTypes=["g6.xlarge"])
    report = hand_written(template("mine", 100), own)
    machine = line(report, "g6.xlarge (on-demand)")
    assert (machine.pool, machine.path) == (f"{STACK}-mine-nodes", "")
    assert machine.monthly is not None
    assert machine.monthly.max == 3 * D("0.8048") * 730
    assert report.accelerators.max == 3
    assert line(report, "root disks of 100 GiB (gp3)").quantity.max == 300


def test_rungs_of_a_pool_share_its_nodes_also_without_a_spec() -> None:
    found = [template("a", 100), group("a", (1, 1, 6), "train"), template("b", 100)]
    report = hand_written(*found, group("b", (0, 0, 6), "train", instanceTypes=["g6.xlarge"]))
    assert report.monthly.max == 6 * (D("55.04") * 730 + 100 * D("0.08"))


def test_instances_and_groups_of_instances() -> None:
    disk = {"volumeSize": 50, "volumeType": "gp3"}
    one = resource("aws:ec2/instance:Instance", "bastion", instanceType="m6i.large", rootBlockDevice=disk)
    scaling = resource(
        "aws:autoscaling/group:Group",
        "workers",
        minSize=0,
        maxSize=2,
        launchTemplate={"id": {"ref": f"{STACK}-workers-template.id"}},
    )
    report = hand_written(one, scaling, template("workers", 100, instanceType="g6.xlarge"))
    assert report.monthly.min == D("0.096") * 730 + 4
    assert report.monthly.max == report.monthly.min + 2 * (D("0.8048") * 730 + 8)


def test_an_instance_with_a_disk_of_unknown_size() -> None:
    report = hand_written(resource("aws:ec2/instance:Instance", "bastion", instanceType="m6i.large"))
    assert [item for item, _ in unpriced(report)] == ["root disks of bastion"]


def test_a_reservation_of_the_program_is_paid_whole_and_once() -> None:
    own = resource("aws:ec2/capacityReservation:CapacityReservation", "kept", instanceType=P5, instanceCount=4)
    assert hand_written(own).monthly.min == D("160716.80")  # 4 x 55.04 x 730
    inside = [template("mine", 100, **reserved({"ref": "kept.id"})), group("mine", (4, 4, 4), "")]
    assert hand_written(own, *inside).monthly.min == D("160716.80") + 32


def test_volumes() -> None:
    known = resource("aws:ebs/volume:Volume", "data", size=200, type="gp3")
    assert line(hand_written(known), "data: volume of 200 GiB (gp3)").monthly is not None
    assert hand_written(known).monthly.max == 16
    assert unpriced(hand_written(resource("aws:ebs/volume:Volume", "data", size=200))) == [
        ("data: volume", "its size, kind or speed has no price that is known")
    ]


def test_a_machine_without_a_price_and_without_a_spec() -> None:
    own = group("mine", (1, 1, 1), "", labels={}, instanceTypes=["x1.32xlarge"])
    assert unpriced(hand_written(template("mine", 100), own)) == [
        ("x1.32xlarge (on-demand)", "no list price in us-east-1")
    ]
