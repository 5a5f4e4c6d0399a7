"""What differs between two sets of inputs, and what that does."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.rehearsal.diff import compare
from scripts.rehearsal.model import CloudError
from scripts.rehearsal.wire import UNKNOWN

NODES = "aws:eks/nodeGroup:NodeGroup"
OTHER = "x:a/b:C"
OLD: dict[str, Any] = {
    "clusterName": "fleet",
    "subnetIds": ["a", "b"],
    "scalingConfig": {"desiredSize": 1, "maxSize": 2, "minSize": 0},
    "taints": [{"key": "a", "effect": "NO_SCHEDULE"}],
}


def changes(new: dict[str, Any], type: str = OTHER, **more: Any) -> list[tuple[str, str, bool]]:
    return [(one.path, one.kind, one.replaces) for one in compare(type, OLD, {**OLD, **new}, "error", **more).changes]


@pytest.mark.parametrize(
    ("new", "found"),
    [
        ({}, []),
        ({"tags": {}}, []),  # nothing is nothing
        ({"tags": None}, []),
        ({"__defaults": ["x"]}, []),
        ({"tags": {"a": "b"}}, [("tags", "add", False)]),
        ({"clusterName": None}, [("clusterName", "delete", False)]),
        ({"clusterName": UNKNOWN}, [("clusterName", "update", False)]),
        ({"scalingConfig": {"desiredSize": 1, "maxSize": 3}}, [
            ("scalingConfig.maxSize", "update", False),
            ("scalingConfig.minSize", "delete", False),
        ]),
        ({"subnetIds": ["a", "b", "c"]}, [("subnetIds[2]", "add", False)]),
        ({"subnetIds": ["b", "a"]}, [("subnetIds[0]", "update", False), ("subnetIds[1]", "update", False)]),
        ({"taints": [{"key": "a", "effect": "NO_EXECUTE"}]}, [("taints[0].effect", "update", False)]),
    ],
)  # fmt: skip
def test_the_smallest_parts_that_differ(new: dict[str, Any], found: list[tuple[str, str, bool]]) -> None:
    assert changes(new) == found


def test_the_order_of_a_set_means_nothing() -> None:
    assert changes({"subnetIds": ["b", "a"]}, sets=["subnetIds"]) == []
    assert len(changes({"subnetIds": ["b", "c"]}, sets=["subnetIds"])) == 2
    assert changes({"subnetIds": ["b", UNKNOWN]}, sets=["subnetIds"]) != []


def test_the_catalogues_table_decides() -> None:
    """EKS API, UpdateNodegroupConfig: takes scaling and taints; CreateNodegroup alone takes cluster and subnets."""
    assert changes({"scalingConfig": {"desiredSize": 2, "maxSize": 2, "minSize": 0}}, NODES) == [
        ("scalingConfig.desiredSize", "update", False)
    ]
    assert changes({"subnetIds": ["a", "b", "c"]}, NODES) == [("subnetIds[2]", "add", True)]
    assert compare(NODES, OLD, {**OLD, "clusterName": "other"}, "error").replaces == ("clusterName",)


def test_a_name_that_the_program_states_cannot_stand_twice() -> None:
    """Two node groups of one cluster cannot have one name, so the old one goes first if its name is fixed."""
    named = {**OLD, "nodeGroupName": "train"}
    moved = {"subnetIds": ["c"]}
    assert compare(NODES, named, {**named, **moved}, "error").delete_first
    chosen = {**named, "__defaults": ["nodeGroupName"]}
    assert not compare(NODES, chosen, {**chosen, **moved}, "error").delete_first


def test_a_property_that_no_row_knows() -> None:
    new = {**OLD, "nosuchproperty": 1}
    with pytest.raises(CloudError, match="no row tells what a change of 'nosuchproperty' does to aws:eks/nodeGroup"):
        compare(NODES, OLD, new, "error")
    assert compare(NODES, OLD, new, "update").replaces == ()
    assert compare(NODES, OLD, new, "replace").replaces == ("nosuchproperty",)
