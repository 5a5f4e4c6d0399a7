"""Node groups and what they launch: templates, interfaces, add-ons, names, schedules.

Codes and words: EC2 API reference, "Error codes for the Amazon EC2 API"; EKS guide "Troubleshooting" and "Create a managed
node group with Capacity Blocks for ML"; EC2 guide "Maximize network bandwidth on Amazon EC2 instances with EFA".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scripts.rehearsal.model import CloudError
from tests.unit.rehearsal_aws.world import (
    ADDON,
    MACHINE,
    NODES,
    PLACEMENT,
    ROLE,
    SCHEDULE,
    TEMPLATE,
    World,
    group,
    sized,
    trust,
)

Inputs = dict[str, Any]


def without(world: World, index: int) -> list[dict[str, Any]]:
    return [one for place, one in enumerate(world.interfaces()) if place != index]


def test_a_group_with_all_its_interfaces_comes_up() -> None:
    world = group(World())
    assert world["nodes"].outputs["status"] == "ACTIVE"
    assert world.id("nodes") == "fleet:train"


BAD_GROUPS: list[tuple[Inputs, str, str]] = [
    ({"subnetIds": ["subnet-1"]}, "InvalidSubnetID.NotFound", "The subnet ID 'subnet-1' does not exist"),
    ({"launchTemplate": {"id": "lt-1"}}, "InvalidLaunchTemplateId.NotFound", "with template ID lt-1, does not exist"),
    ({"launchTemplate": {"name": "none"}}, "InvalidLaunchTemplateName.NotFoundException", "template name none, does"),
    (sized(3, 2, 4), "InvalidParameterException", "Minimum capacity 3 can't be greater than desired size 2"),
    (sized(2, 5, 4), "InvalidParameterException", "desired capacity 5 can't be greater than max size 4"),
    (sized(5, 5, 4), "InvalidParameterException", "Minimum capacity 5 can't be greater than maximum size 4"),
    ({"version": "1.34"}, "InvalidParameterException", "must not be newer than the cluster's version 1.33"),
    (
        {"amiType": "AL2023_ARM_64_NVIDIA"},
        "InvalidParameterException",
        "is not a valid instance type for requested amiType",
    ),
    ({"nodeRoleArn": "arn:aws:iam::123456789012:role/none"}, "NoSuchEntity", "The role with name none cannot be found"),
]


@pytest.mark.parametrize(("changes", "code", "words"), BAD_GROUPS)
def test_what_eks_refuses(changes: Inputs, code: str, words: str) -> None:
    with pytest.raises(CloudError, match=words) as refused:
        group(World(), **changes)
    assert refused.value.code == code


def test_a_version_that_a_template_lacks() -> None:
    world = World().template()
    inputs = {**world.nodes_inputs(), "launchTemplate": {"id": world.id("template"), "version": "2"}}
    with pytest.raises(CloudError, match="Could not find the specified version 2") as refused:
        world.add("nodes", NODES, **inputs)
    assert refused.value.code == "InvalidLaunchTemplateId.VersionNotFound"


def test_a_role_that_machines_cannot_have() -> None:
    world = World().template()
    role = world.add("wrong", ROLE, assumeRolePolicy=trust("eks.amazonaws.com"))
    with pytest.raises(
        CloudError, match=r"required service principals \[ec2.amazonaws.com\] were not found"
    ) as refused:
        world.add("nodes", NODES, **{**world.nodes_inputs(), "nodeRoleArn": role.outputs["arn"]})
    assert refused.value.code == "InvalidParameterException"


Change = Callable[[World], list[dict[str, Any]]]


def with_card0_efa_twice(world: World) -> list[dict[str, Any]]:
    first = {**world.interfaces()[0], "interfaceType": "efa"}
    return [first, *world.interfaces()[1:]]


BAD_LAYOUTS: list[tuple[Change, str, str]] = [
    (
        lambda w: [{**w.interfaces()[0], "associatePublicIpAddress": "false"}, *without(w, 0)],
        "InvalidParameterCombination",
        "associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces",
    ),
    (lambda w: without(w, 0), "InvalidParameterCombination", "primary network interface"),
    (
        lambda w: [{**w.interfaces()[0], "interfaceType": "efa-only"}, *without(w, 0)[1:]],
        "InvalidParameterCombination",
        "EFA-only network interface cannot be the primary",
    ),
    (lambda w: [*w.interfaces(), w.interfaces()[3]], "InvalidParameterCombination", "unique device index"),
    (with_card0_efa_twice, "AttachmentLimitExceeded", "EFA interface count 33 exceeds allowed limit for p5.48xlarge"),
    (
        lambda w: [*without(w, 32), {**w.interfaces()[2], "deviceIndex": 1}],
        "AttachmentLimitExceeded",
        "EFA interface count 2 on network card 1",
    ),
    (
        lambda w: [*w.interfaces(), {**w.interfaces()[0], "networkCardIndex": 32}],
        "InvalidParameterValue",
        "Network card index 32 is not valid",
    ),
    (
        # p5.48xlarge takes two interfaces to a card.
        lambda w: [*w.interfaces(), {**w.interfaces()[0], "deviceIndex": 2}],
        "AttachmentLimitExceeded",
        "Interface count 3 on network card 0",
    ),
    (
        lambda w: [{**w.interfaces()[0], "securityGroups": ["sg-1"]}, *without(w, 0)],
        "InvalidGroup.NotFound",
        "The security group 'sg-1' does not exist",
    ),
]


@pytest.mark.parametrize(("change", "code", "words"), BAD_LAYOUTS)
def test_interfaces_that_no_machine_can_have(change: Change, code: str, words: str) -> None:
    world = World().cluster()
    world.add("template", TEMPLATE, **{**world.template_inputs(), "networkInterfaces": change(world)})
    with pytest.raises(CloudError, match=words) as refused:
        world.add("nodes", NODES, **world.nodes_inputs())
    assert refused.value.code == code


def test_a_first_card_without_efa() -> None:
    # EC2 guide: p6-b300.48xlarge has 17 cards, and the first is for plain interfaces alone.
    machine, cards = "p6-b300.48xlarge", 17
    world = World().cluster()
    first, second, *_ = world.interfaces()
    others = [{**second, "deviceIndex": 0, "networkCardIndex": card} for card in range(1, cards)]
    world.add("template", TEMPLATE, **{**world.template_inputs(), "networkInterfaces": [first, *others]})
    idle = {"instanceTypes": [machine], **sized(0, 0, 2)}
    nodes = world.add("nodes", NODES, **{**world.nodes_inputs(), **idle})
    world.cloud.delete(nodes)
    world.add("worse", TEMPLATE, **{**world.template_inputs(), "networkInterfaces": [first, second, *others[1:]]})
    with pytest.raises(CloudError, match="EFA interface count 1 on network card 0 exceeds allowed limit") as refused:
        world.add("nodes", NODES, **{**world.nodes_inputs("worse"), **idle})
    assert refused.value.code == "AttachmentLimitExceeded"


BAD_TEMPLATES: list[tuple[Callable[[World], Inputs], str, str]] = [
    (
        lambda w: {"vpcSecurityGroupIds": [w.id("fabric")]},
        "InvalidParameterCombination",
        "Network interfaces and an instance-level security groups may not be specified on the same request",
    ),
    (
        lambda w: {"instanceType": MACHINE},
        "InvalidRequestException",
        "Cannot specify instance types in launch template and API request",
    ),
    (
        lambda w: {"placement": {"groupName": "none"}},
        "InvalidPlacementGroup.Unknown",
        "Placement Group 'none' is unknown",
    ),
    (
        lambda w: {"blockDeviceMappings": [{"deviceName": "/dev/xvda", "ebs": {"kmsKeyId": "none"}}]},
        "NotFoundException",
        "Key 'none' does not exist",
    ),
    (
        lambda w: {"instanceMarketOptions": {"marketType": "spot"}},
        "InvalidParameterException",
        "not supported with capacity type ON_DEMAND",
    ),
]


@pytest.mark.parametrize(("change", "code", "words"), BAD_TEMPLATES)
def test_templates_that_no_group_can_run_by(change: Callable[[World], Inputs], code: str, words: str) -> None:
    world = World().cluster()
    world.add("template", TEMPLATE, **{**world.template_inputs(), **change(world)})
    with pytest.raises(CloudError, match=words) as refused:
        world.add("nodes", NODES, **world.nodes_inputs())
    assert refused.value.code == code


@pytest.mark.parametrize("missing", ["vpc-cni", "kube-proxy"])
def test_nodes_before_their_add_ons(missing: str) -> None:
    world = World().template()
    world.cloud.delete(world[missing])
    with pytest.raises(CloudError, match="cni plugin not initialized") as refused:
        world.add("nodes", NODES, **world.nodes_inputs())
    assert refused.value.code == "NodeCreationFailure"
    world.add(missing, ADDON, clusterName="fleet", addonName=missing)
    world.add("nodes", NODES, **world.nodes_inputs())


@pytest.mark.parametrize("missing", ["worker", "out", "train-way"])
def test_nodes_that_cannot_join(missing: str) -> None:
    world = World().template()
    world.cloud.delete(world[missing])
    with pytest.raises(CloudError, match="Instances failed to join the kubernetes cluster") as refused:
        world.add("nodes", NODES, **world.nodes_inputs())
    assert refused.value.code == "NodeCreationFailure"


def schedule(world: World, **changes: Any) -> None:
    name = world["nodes"].outputs["resources"][0]["autoscalingGroups"][0]["name"]
    sizes = {"minSize": 0, "desiredCapacity": 4, "maxSize": 4, "startTime": "2027-02-01T11:30:00Z"}
    inputs = {"autoscalingGroupName": name, "scheduledActionName": "raise", **sizes, **changes}
    world.add("schedule", SCHEDULE, **inputs)


def test_scheduled_sizes() -> None:
    schedule(World().pool())
    for changes, words in (
        ({"autoscalingGroupName": "none"}, "no such group: none"),
        ({"desiredCapacity": 5}, "Desired capacity:5 must be between the specified min size:0 and max size:4"),
        ({"startTime": None}, "Either a start time or a recurrence"),
    ):
        with pytest.raises(CloudError, match=words) as refused:
            schedule(World().pool(), **changes)
        assert refused.value.code == "ValidationError"


def test_names_that_must_be_unique() -> None:
    world = World().pool()
    with pytest.raises(CloudError, match="NodeGroup already exists with name train and cluster name fleet") as refused:
        world.add("again", NODES, **world.nodes_inputs())
    assert refused.value.code == "ResourceInUseException"
    name = world["template"].outputs["name"]
    with pytest.raises(CloudError, match="Launch template name already in use") as refused:
        world.add("again", TEMPLATE, name=name)
    assert refused.value.code == "InvalidLaunchTemplateName.AlreadyExistsException"
    world.add("place", PLACEMENT, name="place", strategy="cluster")
    with pytest.raises(CloudError, match="Placement Group 'place' already exists") as refused:
        world.add("again", PLACEMENT, name="place", strategy="cluster")
    assert refused.value.code == "InvalidPlacementGroup.Duplicate"


def test_a_placement_group_in_use_stays() -> None:
    world = World()
    world.add("place", PLACEMENT, strategy="cluster", name="place")
    group(world, {"placement": {"groupName": "place"}})
    with pytest.raises(CloudError, match="The placement group 'place' is in use and may not be deleted") as refused:
        world.cloud.delete(world["place"])
    assert refused.value.code == "InvalidPlacementGroup.InUse"


def test_each_edit_of_a_template_is_a_version() -> None:
    world = World().template()
    first = world["template"]
    assert (first.outputs["latestVersion"], first.outputs["defaultVersion"]) == (1, 1)
    tagged = world.cloud.update(first, tags={"a": "b"})
    assert tagged.outputs["latestVersion"] == 1
    second = world.cloud.update(tagged, userData="bmV3")
    assert (second.outputs["latestVersion"], second.outputs["defaultVersion"]) == (2, 2)
    third = world.cloud.update(second, userData="bmV3ZXI=", updateDefaultVersion=False)
    assert (third.outputs["latestVersion"], third.outputs["defaultVersion"]) == (3, 2)


def test_an_autoscaler_moves_the_size() -> None:
    world = World().pool()
    world.cloud.settings["desired.train"] = 3
    assert world.cloud.read(world["nodes"])["scalingConfig"] == {"minSize": 2, "desiredSize": 3, "maxSize": 4}


def test_groups_of_a_running_template_stay() -> None:
    world = World().pool()
    with pytest.raises(CloudError, match="has a dependent object"):
        world.cloud.delete(world["fabric"])
    world.cloud.delete(world["nodes"])
    world.cloud.delete(world["fabric"])


def test_a_cluster_that_is_not_ready() -> None:
    # CreateNodegroup: ResourceInUse and InvalidRequest where the cluster's state does not allow it.
    world = World().template()
    cluster = world["cluster"]
    world.cloud.here[(cluster.urn, cluster.id)] = replace(cluster, outputs={**cluster.outputs, "status": "UPDATING"})
    with pytest.raises(CloudError, match="Cluster 'fleet' is not in ACTIVE status") as refused:
        world.add("nodes", NODES, **world.nodes_inputs())
    assert refused.value.code == "InvalidRequestException"
