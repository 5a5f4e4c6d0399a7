"""Launch template and node group of one rung."""

from __future__ import annotations

import base64
from typing import Any

import pulumi
import pytest

from components.aws import NodePool
from components.plan.aws.model import NetworkInterface, NodeGroup, ScheduledSize
from components.plan.model import NodeCount
from tests.support.aws_plan import USER_DATA, make_group, make_plan, make_pool, make_rung, make_system
from tests.support.aws_resources import Resources, ref, resources_of, resources_of_plan

TWO = NodeCount(min=2, desired=2, max=2)


def pool(group: NodeGroup, nodes: NodeCount = TWO, **more: Any) -> Resources:
    return resources_of(
        lambda: NodePool(
            "gpu",
            group,
            nodes,
            cluster_name="c",
            cluster_security_group_id="sg-cluster",
            subnet_ids=["subnet-1"],
            node_role_arn="arn:aws:iam::123456789012:role/node",
            key_arn="arn:aws:kms:us-east-1:123456789012:key/k",
            fabric_security_group_id="sg-fabric",
            tags={"owner": "research"},
            **more,
        )
    )


def template(group: NodeGroup) -> Any:
    return pool(group).inputs("gpu-template")


def test_each_interface_of_the_machine_is_there_and_carries_both_groups(cluster: Resources) -> None:
    # 32 EFA devices, one on each card, beside the plain primary interface of card 0:
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-acc-inst-types.html (P5 and P5e)
    launch = cluster.inputs("prod-aws-train-on-demand-template")
    cards = launch["networkInterfaces"]
    assert len(cards) == 33
    assert [(c["networkCardIndex"], c["deviceIndex"], c["interfaceType"]) for c in cards[:3]] == [
        (0, 0, "interface"),
        (0, 1, "efa-only"),
        (1, 0, "efa-only"),
    ]
    groups = [ref("prod-aws-control-plane.vpcConfig.clusterSecurityGroupId"), ref("prod-aws-fabric-group.id")]
    assert all(card["securityGroups"] == groups for card in cards)
    assert all(card["deleteOnTermination"] == "true" for card in cards)


def test_groups_stand_on_the_interfaces_or_on_the_template_never_on_both() -> None:
    # EC2: "Network interfaces and an instance-level security groups may not be specified on the same request"
    assert "vpcSecurityGroupIds" not in template(make_group())
    plain = template(make_group(interfaces=()))
    assert plain["vpcSecurityGroupIds"] == ["sg-cluster"]
    assert "networkInterfaces" not in plain


def test_several_interfaces_say_nothing_of_public_addresses() -> None:
    # EC2 answers InvalidParameterCombination: https://github.com/aws/karpenter-provider-aws/pull/5666
    assert not any("associatePublicIpAddress" in card for card in template(make_group())["networkInterfaces"])


def test_a_single_interface_refuses_a_public_address() -> None:
    single = template(make_group(interfaces=(NetworkInterface(card=0, device=0, type="efa"),)))
    assert [card["associatePublicIpAddress"] for card in single["networkInterfaces"]] == ["false"]


def test_disks_are_encrypted_with_the_given_key_and_go_with_the_node() -> None:
    (disk,) = template(make_group())["blockDeviceMappings"]
    # The root device of Amazon Linux 2023.
    assert disk["deviceName"] == "/dev/xvda"
    assert disk["ebs"] == {
        "volumeType": "gp3",
        "volumeSize": 500,
        "encrypted": "true",
        "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/k",
        "deleteOnTermination": "true",
    }


def test_pods_cannot_take_the_nodes_credentials() -> None:
    # https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html, "restrict access to
    # the instance profile": IMDSv2 with a hop limit of 1
    assert template(make_group())["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }


def test_a_placement_group_is_made_only_where_the_plan_says_so() -> None:
    grouped = pool(make_group(placement_group=True))
    assert grouped.inputs("gpu-placement")["strategy"] == "cluster"
    assert grouped.inputs("gpu-template")["placement"] == {"groupName": ref("gpu-placement.name")}
    free = pool(make_group(placement_group=False))
    assert "gpu-placement" not in free
    assert "placement" not in free.inputs("gpu-template")


def test_on_demand_names_the_machine_on_the_node_group() -> None:
    # In both places EKS answers "Cannot specify instance types in launch template and API request".
    resources = pool(make_group())
    assert resources.inputs("gpu-nodes")["instanceTypes"] == ["p5.48xlarge"]
    launch = resources.inputs("gpu-template")
    assert not {"instanceType", "instanceMarketOptions", "capacityReservationSpecification"} & set(launch)


BLOCK = make_group(
    capacity_type="CAPACITY_BLOCK",
    instance_types=(),
    template_instance_type="p5.48xlarge",
    market_type="capacity-block",
    reservation_id="cr-0123456789abcdef0",
    placement_group=False,
    schedules=(
        ScheduledSize(name="raise", min=2, desired=2, max=2, at="2027-03-01T11:30:00Z"),
        ScheduledSize(name="fall", min=0, desired=0, max=2, at="2027-03-08T10:45:00Z"),
    ),
)
START_AT_ZERO = NodeCount(min=0, desired=0, max=2)


def test_a_capacity_block_is_complete_in_the_template() -> None:
    # https://docs.aws.amazon.com/eks/latest/userguide/capacity-blocks-mng.html
    resources = pool(BLOCK, START_AT_ZERO)
    launch = resources.inputs("gpu-template")
    assert launch["instanceMarketOptions"] == {"marketType": "capacity-block"}
    assert launch["instanceType"] == "p5.48xlarge"
    assert launch["capacityReservationSpecification"] == {
        "capacityReservationTarget": {"capacityReservationId": "cr-0123456789abcdef0"}
    }
    group = resources.inputs("gpu-nodes")
    assert group["capacityType"] == "CAPACITY_BLOCK"
    assert "instanceTypes" not in group
    assert group["scalingConfig"] == {"minSize": 0, "desiredSize": 0, "maxSize": 2}


def test_a_block_is_raised_and_lowered_on_its_auto_scaling_group() -> None:
    resources = pool(BLOCK, START_AT_ZERO)
    group = ref("gpu-nodes.resources[0].autoscalingGroups[0].name")
    assert resources.inputs("gpu-raise-schedule") == {
        "scheduledActionName": "raise",
        "autoscalingGroupName": group,
        "minSize": 2,
        "desiredCapacity": 2,
        "maxSize": 2,
        "startTime": "2027-03-01T11:30:00Z",
    }
    assert resources.inputs("gpu-fall-schedule")["desiredCapacity"] == 0
    assert resources["gpu-nodes"].ignore_changes == ("scalingConfig.desiredSize",)


def test_office_hours_are_a_recurrence_in_their_own_time_zone() -> None:
    hours = ScheduledSize(name="hours-up", min=2, desired=2, max=2, recurrence="0 8 * * 1-5", timezone="Europe/Berlin")
    resources = pool(make_group(schedules=(hours,)))
    schedule = resources.inputs("gpu-hours-up-schedule")
    assert (schedule["recurrence"], schedule["timeZone"]) == ("0 8 * * 1-5", "Europe/Berlin")
    assert "startTime" not in schedule
    # Minimum and maximum are equal, and still the size is not the program's to set back at night.
    assert resources["gpu-nodes"].ignore_changes == ("scalingConfig.desiredSize",)


def test_a_reservation_is_a_target_and_a_preference_is_not() -> None:
    # EC2: a request with both CapacityReservationPreference and CapacityReservationTarget fails.
    def specification(**changes: Any) -> Any:
        return template(make_group(**changes))["capacityReservationSpecification"]

    target = {"capacityReservationTarget": {"capacityReservationId": "cr-1"}}
    assert specification(reservation_id="cr-1") == target
    assert specification(reservation_id="cr-1", reservation_preference="open") == target
    assert specification(reservation_preference="none") == {"capacityReservationPreference": "none"}


def test_user_data_goes_in_as_base64() -> None:
    assert base64.b64decode(template(make_group())["userData"]).decode() == USER_DATA
    assert "userData" not in template(make_group(user_data=None))


def test_what_costs_money_carries_the_tags() -> None:
    # EKS does not pass a node group's tags on to instances:
    # https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html
    found = {one["resourceType"]: one["tags"]["owner"] for one in template(make_group())["tagSpecifications"]}
    assert found == {"instance": "research", "volume": "research", "network-interface": "research"}


def test_the_node_group_follows_its_template() -> None:
    resources = pool(make_group())
    assert resources.inputs("gpu-nodes")["launchTemplate"] == {
        "id": ref("gpu-template.id"),
        "version": ref("gpu-template.latestVersion"),
    }
    assert resources.inputs("gpu-template")["updateDefaultVersion"] is True


def test_updates_end_a_node_before_they_start_the_next() -> None:
    # UpdateStrategy MINIMAL: https://docs.aws.amazon.com/eks/latest/APIReference/API_NodegroupUpdateConfig.html
    group = pool(make_group())
    assert group.inputs("gpu-nodes")["updateConfig"] == {"maxUnavailable": 1, "updateStrategy": "MINIMAL"}


def test_labels_taints_image_and_repair_are_the_plans() -> None:
    group = pool(make_group(release_version="1.35.0-20260714")).inputs("gpu-nodes")
    assert group["labels"] == {"gpu-fleet/pool": "train", "gpu-fleet/capacity": "on-demand"}
    assert group["taints"] == [{"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}]
    assert (group["amiType"], group["releaseVersion"]) == ("AL2023_x86_64_NVIDIA", "1.35.0-20260714")
    assert group["nodeRepairConfig"] == {"enabled": True}
    assert (group["nodeRoleArn"], group["subnetIds"]) == ("arn:aws:iam::123456789012:role/node", ["subnet-1"])
    bare = pool(make_group(node_repair=False, taints=())).inputs("gpu-nodes")
    assert not {"nodeRepairConfig", "taints", "releaseVersion"} & set(bare)


@pytest.mark.parametrize(
    ("nodes", "ignored"),
    [(TWO, ()), (NodeCount(min=0, desired=1, max=4), ("scalingConfig.desiredSize",))],
)
def test_a_size_that_moves_by_itself_is_not_moved_back(nodes: NodeCount, ignored: tuple[str, ...]) -> None:
    assert pool(make_group(), nodes)["gpu-nodes"].ignore_changes == ignored


def test_large_machines_get_an_hour_to_start() -> None:
    limits = pool(make_group())["gpu-nodes"].custom_timeouts
    assert (limits["create"], limits["update"]) == ("60m", "60m")


def test_nodes_wait_for_what_they_need_to_join(cluster: Resources) -> None:
    # vpc-cni after the nodes: "cni plugin not initialized",
    # https://github.com/terraform-aws-modules/terraform-aws-eks/issues/3446
    for group in ("prod-aws-system-nodes", "prod-aws-train-on-demand-nodes"):
        waits = set(cluster[group].depends_on)
        assert {f"prod-aws-{name}-addon" for name in ("vpc-cni", "kube-proxy", "eks-pod-identity-agent")} <= waits
        assert {
            "prod-aws-node-role-AmazonEKSWorkerNodePolicy",
            "prod-aws-node-role-AmazonEC2ContainerRegistryPullOnly",
            "prod-aws-private-use1-az2-out",
            "prod-aws-s3-endpoint",
        } <= waits


def test_the_system_pool_is_a_pool_like_any_other(cluster: Resources) -> None:
    group = cluster.inputs("prod-aws-system-nodes")
    assert group["instanceTypes"] == ["m7i.xlarge"]
    assert group["subnetIds"] == [ref("prod-aws-system-use1-az1-subnet.id"), ref("prod-aws-system-use1-az2-subnet.id")]
    launch = cluster.inputs("prod-aws-system-template")
    assert launch["vpcSecurityGroupIds"] == [ref("prod-aws-control-plane.vpcConfig.clusterSecurityGroupId")]
    assert cluster["prod-aws-system-pool"].type == "gpu-fleet:aws:NodePool"


def test_every_rung_has_its_own_node_group() -> None:
    rungs = (make_rung(), make_rung(name="train-spot", group=make_group(capacity_type="SPOT")))
    resources = resources_of_plan(make_plan(pools=(make_pool(rungs=rungs),), system=make_system()))
    assert resources.inputs("prod-aws-train-spot-nodes")["capacityType"] == "SPOT"
    assert resources.inputs("prod-aws-train-on-demand-nodes")["capacityType"] == "ON_DEMAND"


def test_a_transformation_reaches_the_launch_template() -> None:
    def faster(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if args.type_ != "aws:ec2/launchTemplate:LaunchTemplate":
            return None
        return pulumi.ResourceTransformationResult({**args.props, "ebs_optimized": "true"}, args.opts)

    resources = pool(make_group(), opts=pulumi.ResourceOptions(transformations=[faster]))
    assert resources.inputs("gpu-template")["ebsOptimized"] == "true"
