"""What a stack's own dependencies say of the order in which it goes: the engine takes down first what depends on others.

The VPC CNI goes after every node group: it frees the interfaces that it attached to nodes, or they stay and keep the
network (github.com/aws/amazon-vpc-cni-k8s/issues/608). What runs on nodes goes before them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from components.catalog import load
from tests.unit.rehearsal_aws.simulated import Cloud, deploy, needs
from tests.unit.rehearsal_aws.test_stacks import STACKS, cloud_for, resources_of

ADDON, NODES, CLUSTER = "aws:eks/addon:Addon", "aws:eks/nodeGroup:NodeGroup", "aws:eks/cluster:Cluster"

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")

Resources = list[dict[str, Any]]


def behind(resources: Resources) -> Mapping[str, set[str]]:
    """Everything that each resource depends on, at every remove: what is deleted after it."""
    names = {one["name"] for one in resources}
    direct = {one["name"]: needs(one, names) for one in resources}
    found: dict[str, set[str]] = {}

    def reached(name: str) -> set[str]:
        if name not in found:
            found[name] = set()
            found[name] = direct[name].union(*(reached(one) for one in direct[name]))
        return found[name]

    return {name: reached(name) for name in names}


def addons(resources: Resources, stage: str) -> set[str]:
    wanted = {one.name for one in load("aws").addons() if one.stage == stage}
    return {one["name"] for one in resources if one["type"] == ADDON and one["inputs"]["addonName"] in wanted}


def of_type(resources: Resources, type: str) -> set[str]:
    return {one["name"] for one in resources if one["type"] == type}


@pytest.mark.parametrize("stack", STACKS)
def test_nodes_go_before_the_cni_and_after_what_runs_on_them(stack: str) -> None:
    resources = resources_of(stack)
    later, nodes = behind(resources), of_type(resources, NODES)
    cni = {one["name"] for one in resources if one["type"] == ADDON and one["inputs"]["addonName"] == "vpc-cni"}
    assert len(cni) == 1 and nodes
    for name in nodes:
        assert cni | of_type(resources, CLUSTER) <= later[name], name
    on_nodes = addons(resources, "after-nodes")
    assert on_nodes
    for name in on_nodes:
        assert later[name] & nodes, name


@pytest.mark.parametrize("order", ["its own", "the CNI first"])
def test_a_stack_that_goes_in_its_own_order_leaves_no_interface(order: str) -> None:
    stack = STACKS[0]
    resources = resources_of(stack)
    cloud: Cloud = cloud_for(resources)
    made = deploy(resources, cloud)
    later = behind(resources)
    cluster = next(one for one in made.values() if one.type == CLUSTER)
    node_groups = [one for one in made.values() if one.type == NODES]
    cni = next(one for one in made.values() if one.type == ADDON and one.id.endswith(":vpc-cni"))
    assert order != "its own" or all(_name(cni) in later[_name(one)] for one in node_groups)
    going = [*node_groups, cni] if order == "its own" else [cni, *node_groups]
    left = [one for gone in going for one in _after(cloud, gone)]
    running = [one for one in node_groups if one.outputs["scalingConfig"]["desiredSize"]]
    each = len(cluster.outputs["vpcConfig"]["subnetIds"])
    assert len(left) == (0 if order == "its own" else each * len(running))


def _name(one: Any) -> str:
    return one.urn.rpartition("::")[2]


def _after(cloud: Cloud, gone: Any) -> list[Any]:
    del cloud.here[(gone.urn, gone.id)]  # whether it may go is not the question here
    follows: Callable[..., Any] = cloud.service.gone
    return list(follows(gone, cloud).made)
