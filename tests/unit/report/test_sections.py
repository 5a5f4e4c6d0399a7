"""Figures and resources in the page are those of the report, and what is missing is loud."""

from __future__ import annotations

from decimal import Decimal

import pytest

from components.cost.difference import difference
from scripts.preview.compare import Change, Comparison, Step
from scripts.report.html import change, cost
from scripts.report.html.parts import percent
from scripts.report.model import Node, StackReport
from scripts.report.review import Difference, Edit
from scripts.report.tree import lines_of, planned_tree, registered_tree
from tests.support.reports import many_pools, parsed, stack_report
from tests.support.specs import plan_of

PRICE = {"usd_per_hour": "10", "source": "contract", "as_of": "2026-11-01"}


def tables(report: StackReport) -> dict[str, list[list[str]]]:
    assert report.assessment is not None
    found = parsed(cost.section(report.assessment.cost, "s"))
    return {table.find("caption")[0].text: table.rows() for table in found.find("table")}


def amounts(row: list[str]) -> list[Decimal]:
    return [Decimal(cell.replace(",", "")) for cell in row[1:4]]


def test_a_pool_costs_its_nodes_times_their_price() -> None:
    """3 to 5 nodes at 10 USD for 730 hours, and for each a disk of 300 GiB at 0.08 USD: 21,972.00 to 36,620.00."""
    report = stack_report(
        {"pools.train": {"accelerator": "H100:8", "nodes": "3..5", "fabric": "required", "price": PRICE}}
    )
    rows = tables(report)["Cost by pool, USD a month"]
    assert next(row for row in rows if row[0] == "train")[1:4] == ["21,972.00", "21,972.00", "36,620.00"]


@pytest.mark.parametrize("pools", [1, 12])
def test_pools_and_components_add_up_to_the_total(pools: int) -> None:
    found = tables(stack_report(many_pools(pools)))
    for caption in ("Cost by pool, USD a month", "Cost by component, USD a month"):
        _, *rows, total = found[caption]
        for column in range(3):
            assert abs(sum(amounts(row)[column] for row in rows) - amounts(total)[column]) <= Decimal("0.01") * len(
                rows
            )
    assert len(found["Every line, USD a month"]) > pools


def test_a_chart_keeps_its_sum_where_small_parts_are_taken_together() -> None:
    report = stack_report(many_pools(12))
    assert report.assessment is not None
    data = cost.chart_data(report.assessment.cost)
    total = report.assessment.cost.monthly
    for parts in data.values():
        assert len(parts) <= 8
        for place, whole in enumerate((total.min, total.desired, total.max)):
            assert sum(part["values"][place] for part in parts) == pytest.approx(float(whole), abs=0.1)
    assert [part["name"] for part in data["pools"]][-1] == "7 others"


def test_what_has_no_price_is_loud_everywhere() -> None:
    report = stack_report(
        {"region": "us-east-2", "pools.train": {"machine": "p5e.48xlarge", "nodes": 2, "fabric": "required"}}
    )
    assert report.assessment is not None
    count = len(report.assessment.cost.unpriced)
    assert count
    rows = tables(report)
    pool = next(row for row in rows["Cost by pool, USD a month"] if row[0].startswith("train"))
    of_pool = sum(line.pool == "train" for line in report.assessment.cost.unpriced)
    assert pool[0] == f"train {of_pool} UNPRICED"
    assert rows["Cost by pool, USD a month"][-1][-1] == f"+ {count} UNPRICED"
    said = " ".join(parsed(cost.section(report.assessment.cost, "s")).text.split())
    assert "no price. The sums leave them out: they are too low." in said
    line = next(row for row in rows["Every line, USD a month"] if "UNPRICED" in row)
    assert line.count("UNPRICED") == 3


@pytest.mark.parametrize(
    ("part", "told"),
    [("0", "0 %"), ("0.004", "< 1 %"), ("0.5", "50 %"), ("0.997", "> 99 %"), ("1", "100 %"), ("1.2", "120 %")],
)
def test_a_share_is_never_nothing_or_all_when_it_is_not(part: str, told: str) -> None:
    assert percent(Decimal(part)) == told


def test_a_change_is_told_line_by_line() -> None:
    """Two nodes more at 10 USD for 730 hours: 14,600.00."""
    before, after = (
        stack_report({"pools.train": {"accelerator": "H100:8", "nodes": nodes, "fabric": "required", "price": PRICE}})
        for nodes in (2, 4)
    )
    assert before.assessment is not None and after.assessment is not None
    lies_between = difference(before.assessment.cost, after.assessment.cost)
    edits = (Edit(path="pools.train.nodes", old=2, new=4), Edit(path="protect", old=None, new=True))
    made = change.section(Difference(baseline="main", state="there", cost=lies_between, edits=edits), "test")
    found = {table.find("caption")[0].text: table.rows() for table in parsed(made).find("table")}
    machine = next(row for row in found["2 lines that change"] if row[0].startswith("p5"))
    assert machine[3:] == ["+14,600.00", "+14,600.00", "+14,600.00", "nodes 2 → 4"]
    assert found["Edits"][1:] == [["pools.train.nodes", "2", "4"], ["protect", "–", "true"]]
    assert found["The change, USD a month"][-1] == ["difference", "+14,648.00", "+14,648.00", "+14,648.00"]


def test_resources_that_change_are_told_the_gravest_first() -> None:
    steps = (
        Step(name="t-a", type="aws:ec2/vpc:Vpc", operation="same"),
        Step(name="t-b", type="aws:ec2/subnet:Subnet", operation="create"),
        Step(
            name="t-c",
            type="aws:eks/nodeGroup:NodeGroup",
            operation="replace",
            protected=True,
            changes=(Change(path="instanceTypes", old="a", new="b", effect="replace", source="x"),),
        ),
    )
    made = change.section(Difference(baseline="main", state="there", resources=Comparison(steps)), "t")
    (found,) = parsed(made).find("details")
    assert found.find("summary")[0].text == "Resources: 1 to replace, 1 to create; 1 stay as they are"
    assert found.find("table")[0].rows()[1:] == [
        ["c", "eks.NodeGroup", "replace", "instanceTypes", "protected"],
        ["b", "ec2.Subnet", "create", "", ""],
    ]


def test_a_baseline_that_is_unknown_is_not_taken_for_nothing() -> None:
    unknown = Difference(baseline="main", state="unknown")
    assert "cannot be told" in change.section(unknown, "test")
    assert "unknown" in str(change.badge_of(unknown))


RESOURCES = [
    {"type": "gpu-fleet:aws:Network", "name": "t-network", "parent": None},
    {"type": "aws:ec2/vpc:Vpc", "name": "t-vpc", "parent": "t-network", "protect": True},
    {"type": "aws:ec2/subnet:Subnet", "name": "t-subnet", "parent": "t-network"},
]


def test_registered_resources_are_a_tree_of_their_parents() -> None:
    common = {"protect": False, "retain_on_delete": False, "inputs": {"cidrBlock": "10.0.0.0/16"}}
    tree = registered_tree([{**common, **one} for one in RESOURCES], "t")
    (network,) = tree.roots
    assert (network.name, network.kind) == ("network", "Network")
    assert [(child.name, child.kind, child.marks) for child in network.children] == [
        ("vpc", "ec2.Vpc", ("protected",)),
        ("subnet", "ec2.Subnet", ()),
    ]
    assert network.children[0].details == "cidrBlock: 10.0.0.0/16"
    assert tree.count == "3 resources: 2 of aws, 1 component; 1 is protected"


def test_values_that_only_the_cloud_knows_and_secrets_are_told_as_such() -> None:
    inputs = {
        "vpcId": {"ref": "t-vpc.id"},
        "policy": {"join": ["arn:", {"ref": "t-key.arn"}, "/x"]},
        "password": {"secret": True},
        "empty": {},
        "on": True,
        "list": ["a", "b"],
        "tags": {"Name": "x"},
        "rules": [{"from": 1}, {"from": 2}],
    }
    assert list(lines_of(inputs)) == [
        "vpcId: [t-vpc.id]",
        "policy: arn:[t-key.arn]/x",
        "password: [secret]",
        "on: true",
        "list: a, b",
        "tags.Name: x",
        "rules[0].from: 1",
        "rules[1].from: 2",
    ]


def test_a_plan_has_a_tree_of_its_own() -> None:
    plan = plan_of()
    tree = planned_tree(plan)
    parts = {root.name: root for root in tree.roots}
    assert {"network", "pools", "system", "addons", "access"} <= set(parts)
    assert [pool.name for pool in parts["pools"].children] == ["train"]
    assert names(parts["network"]) >= {subnet.name for subnet in plan.network.subnets}
    assert not tree.registered


def names(node: Node) -> set[str]:
    return {node.name}.union(*(names(child) for child in node.children))
