"""One node group with its launch template: a rung of a pool's capacity ladder, or the system pool."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws
from pulumi import CustomTimeouts, ResourceOptions

from components.aws.tags import named
from components.plan.aws.model import NetworkInterface, NodeGroup, ScheduledSize
from components.plan.model import NodeCount
from components.resources import waiting

_TAGGED = ("instance", "volume", "network-interface")


class NodePool(pulumi.ComponentResource):
    """A managed node group, its launch template, and where the plan says so a placement group and scheduled sizes.

    `name` begins the logical names (`prod-aws-train-reservation`). `opts.depends_on` is what the node group waits for:
    the add-ons that nodes need to join, the policies of their role, their way out. `instance_tags` (default: `tags`) go
    on what the template launches: a change there is a new template version, which rolls the nodes. `known` is the group
    as the state has it; without it, an edit of its bounds does not take along a size that others move.
    """

    node_group_name: pulumi.Output[str]
    launch_template_id: pulumi.Output[str]
    autoscaling_group_name: pulumi.Output[str]
    node_group: aws.eks.NodeGroup

    def __init__(
        self,
        name: str,
        group: NodeGroup,
        nodes: NodeCount,
        *,
        cluster_name: pulumi.Input[str],
        cluster_security_group_id: pulumi.Input[str],
        subnet_ids: Sequence[pulumi.Input[str]],
        node_role_arn: pulumi.Input[str],
        key_arn: pulumi.Input[str],
        fabric_security_group_id: pulumi.Input[str] | None = None,
        known: NodeCount | None = None,
        tags: Mapping[str, str] | None = None,
        instance_tags: Mapping[str, str] | None = None,
        opts: ResourceOptions | None = None,
    ) -> None:
        super().__init__("gpu-fleet:aws:NodePool", f"{name}-pool", None, opts)
        self._prefix = name
        self._plan = group
        # Whoever moves the size at run time, a schedule or an autoscaler, is not undone by the next deployment.
        self._size = _moved_along(nodes, known) if size_moves(group, nodes) else nodes.desired
        self._tags = dict(tags or {})
        self._instance_tags = dict(tags or {} if instance_tags is None else instance_tags)
        groups = [cluster_security_group_id]
        if group.interfaces and fabric_security_group_id is not None:
            groups.append(fabric_security_group_id)
        template = self._template(groups, key_arn)
        self.node_group = self._group(nodes, template, cluster_name, subnet_ids, node_role_arn, opts)
        self.node_group_name = self.node_group.node_group_name
        self.launch_template_id = template.id
        self.autoscaling_group_name = self.node_group.resources[0].autoscaling_groups[0].name
        for schedule in group.schedules:
            self._schedule(schedule)
        self.register_outputs({"node_group_name": self.node_group_name, "launch_template_id": self.launch_template_id})

    def _template(self, groups: list[pulumi.Input[str]], key_arn: pulumi.Input[str]) -> aws.ec2.LaunchTemplate:
        name = f"{self._prefix}-template"
        plan = self._plan
        return aws.ec2.LaunchTemplate(
            name,
            instance_type=plan.template_instance_type,
            # A template with interfaces carries the groups on each of them, and EC2 refuses both.
            vpc_security_group_ids=None if plan.interfaces else groups,
            network_interfaces=_interfaces(plan.interfaces, groups) or None,
            block_device_mappings=[_root_disk(plan.root_disk_gib, key_arn)],
            # Hop limit 1: pods get their credentials from pod identity, never from the node.
            metadata_options={"http_endpoint": "enabled", "http_tokens": "required", "http_put_response_hop_limit": 1},
            placement=self._placement(),
            instance_market_options=None if plan.market_type is None else {"market_type": plan.market_type},
            capacity_reservation_specification=_reservation(plan),
            user_data=None if plan.user_data is None else base64.b64encode(plan.user_data.encode()).decode(),
            update_default_version=True,
            # EKS hands a node group's tags to nothing that costs money; these reach the bill.
            tag_specifications=[
                {"resource_type": kind, "tags": named(self._instance_tags, self._prefix)} for kind in _TAGGED
            ],
            tags=named(self._tags, name),
            opts=ResourceOptions(parent=self),
        )

    def _placement(self) -> aws.ec2.LaunchTemplatePlacementArgs | None:
        if not self._plan.placement_group:
            return None
        name = f"{self._prefix}-placement"
        group = aws.ec2.PlacementGroup(
            name, strategy="cluster", tags=named(self._tags, name), opts=ResourceOptions(parent=self)
        )
        return aws.ec2.LaunchTemplatePlacementArgs(group_name=group.name)

    def _group(
        self,
        nodes: NodeCount,
        template: aws.ec2.LaunchTemplate,
        cluster_name: pulumi.Input[str],
        subnet_ids: Sequence[pulumi.Input[str]],
        node_role_arn: pulumi.Input[str],
        opts: ResourceOptions | None,
    ) -> aws.eks.NodeGroup:
        name = f"{self._prefix}-nodes"
        plan = self._plan
        return aws.eks.NodeGroup(
            name,
            cluster_name=cluster_name,
            node_role_arn=node_role_arn,
            subnet_ids=list(subnet_ids),
            ami_type=plan.ami_type,
            # Said, so that nodes follow the cluster to its next minor version, after it.
            version=plan.version,
            release_version=plan.release_version,
            capacity_type=plan.capacity_type,
            instance_types=list(plan.instance_types) or None,
            launch_template={"id": template.id, "version": template.latest_version.apply(str)},
            scaling_config={
                "min_size": nodes.min,
                "desired_size": nodes.desired if self._size is None else self._size,
                "max_size": nodes.max,
            },
            # MINIMAL ends a node before it starts the next: there is no spare machine of what was reserved.
            update_config={"max_unavailable": 1, "update_strategy": "MINIMAL"},
            node_repair_config={"enabled": True} if plan.node_repair else None,
            labels=dict(plan.labels),
            taints=[{"key": key, "value": value, "effect": effect} for key, value, effect in plan.taints] or None,
            tags=named(self._tags, name),
            opts=self._group_options(opts),
        )

    def _group_options(self, opts: ResourceOptions | None) -> ResourceOptions:
        own = ResourceOptions(
            parent=self,
            ignore_changes=["scalingConfig.desiredSize"] if self._size is None else None,
            # Large accelerated machines take long to start, and longer to be found.
            custom_timeouts=CustomTimeouts(create="60m", update="60m"),
        )
        return waiting(own, opts)

    def _schedule(self, schedule: ScheduledSize) -> None:
        aws.autoscaling.Schedule(
            f"{self._prefix}-{schedule.name}-schedule",
            scheduled_action_name=schedule.name,
            autoscaling_group_name=self.autoscaling_group_name,
            min_size=schedule.min,
            desired_capacity=schedule.desired,
            max_size=schedule.max,
            start_time=schedule.at,
            recurrence=schedule.recurrence,
            time_zone=schedule.timezone,
            opts=ResourceOptions(parent=self),
        )


def size_moves(group: NodeGroup, nodes: NodeCount) -> bool:
    """Whether a schedule or an autoscaler may move the size of a node group."""
    return bool(group.schedules) or nodes.min < nodes.max


def _moved_along(nodes: NodeCount, known: NodeCount | None) -> int | None:
    """The size that an edit of the bounds must take along; None where the size may stay with whoever moves it.

    An edit of one of the three sends all three, and EKS refuses bounds without the size between them: "Minimum capacity
    4 can't be greater than desired size 3" (terraform-aws-modules/terraform-aws-eks, issue 748).
    """
    if known is None or (known.min, known.max) == (nodes.min, nodes.max):
        return None
    size = min(max(known.desired, nodes.min), nodes.max)
    return None if size == known.desired else size


def _interfaces(
    interfaces: Sequence[NetworkInterface], groups: list[pulumi.Input[str]]
) -> list[aws.ec2.LaunchTemplateNetworkInterfaceArgs]:
    """Every interface carries every group: a device without the fabric's own group is not heard by the others."""
    # EC2 refuses the public-address setting, even "false", on a launch with several interfaces.
    public = "false" if len(interfaces) == 1 else None
    return [
        aws.ec2.LaunchTemplateNetworkInterfaceArgs(
            network_card_index=interface.card,
            device_index=interface.device,
            interface_type=interface.type,
            security_groups=groups,
            delete_on_termination="true",
            associate_public_ip_address=public,
        )
        for interface in interfaces
    ]


def _root_disk(gib: int, key_arn: pulumi.Input[str]) -> aws.ec2.LaunchTemplateBlockDeviceMappingArgs:
    return aws.ec2.LaunchTemplateBlockDeviceMappingArgs(
        device_name="/dev/xvda",
        ebs=aws.ec2.LaunchTemplateBlockDeviceMappingEbsArgs(
            volume_type="gp3",
            volume_size=gib,
            # Text, not booleans: the template tells "false" from unset.
            encrypted="true",
            kms_key_id=key_arn,
            delete_on_termination="true",
        ),
    )


def _reservation(plan: NodeGroup) -> aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs | None:
    # A target or a preference: EC2 refuses both.
    preference, target = plan.reservation_preference, None
    if plan.reservation_id is not None:
        preference = None
        target = aws.ec2.LaunchTemplateCapacityReservationSpecificationCapacityReservationTargetArgs(
            capacity_reservation_id=plan.reservation_id
        )
    if preference is None and target is None:
        return None
    return aws.ec2.LaunchTemplateCapacityReservationSpecificationArgs(
        capacity_reservation_preference=preference, capacity_reservation_target=target
    )
