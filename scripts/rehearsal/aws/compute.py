"""Launch templates, placement groups, reservations, Auto Scaling groups and their schedules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.aws import capacity, lookup
from scripts.rehearsal.aws.behaviour import Behaviour, Call
from scripts.rehearsal.behaviour import MADE_AT
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import at, digest, rows, texts

PLACEMENT = "aws:ec2/placementGroup:PlacementGroup"
SCALING, SCHEDULE = "aws:autoscaling/group:Group", "aws:autoscaling/schedule:Schedule"

_NO_VERSION = ("name", "namePrefix", "tags", "tagsAll", "updateDefaultVersion", "defaultVersion", "region")
"""What of a template is no part of its versions (API reference, CreateLaunchTemplateVersion)."""


class Template(Behaviour):
    """EC2 does not validate a template's parameters fully, nor what they name, when it is created (EC2 guide,
    "Restrictions for launch templates"): `nodes` does, when machines are to run by it."""

    sets = ("vpcSecurityGroupIds", "networkInterfaces.securityGroups")
    # API reference, LaunchTemplateVersion: a template's data come back as they were sent, without defaults.
    defaults: ClassVar[Mapping[str, Any]] = {}

    def verify(self, call: Call) -> None:
        name = call.text("name")
        if any(one.outputs.get("name") == name for one in call.others(lookup.TEMPLATE)):
            raise CloudError("InvalidLaunchTemplateName.AlreadyExistsException", "Launch template name already in use.")

    def identify(self, call: Call) -> str:
        return call.fresh("lt-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        latest, default = self._versions(call)
        return {
            "arn": call.arn("ec2", f"launch-template/{id}"),
            "latestVersion": latest,
            "defaultVersion": default,
        }

    def _versions(self, call: Call) -> tuple[int, int]:
        if call.was is None:
            return 1, 1
        latest = int(call.was.outputs.get("latestVersion", 1))
        before, now = call.was.inputs, call.inputs
        said = {key for key in {*before, *now} - set(_NO_VERSION) if not key.startswith("__")}
        if any(before.get(key) != now.get(key) for key in said):
            latest += 1
        chosen = now.get("defaultVersion")
        if chosen is not None:
            return latest, int(chosen)
        return latest, latest if now.get("updateDefaultVersion") else int(call.was.outputs.get("defaultVersion", 1))


class Placement(Behaviour):
    def verify(self, call: Call) -> None:
        name = call.text("name")
        if any(one.outputs.get("name") == name for one in call.others(PLACEMENT)):
            raise CloudError("InvalidPlacementGroup.Duplicate", f"The Placement Group '{name}' already exists.")

    def identify(self, call: Call) -> str:
        return call.text("name")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        made = {"arn": call.arn("ec2", f"placement-group/{id}")}
        if call.was is not None:
            return made | {"placementGroupId": call.was.outputs["placementGroupId"]}
        return made | {"placementGroupId": call.fresh("pg-")}

    def release(self, call: Call, gone: Resource) -> None:
        for one in call.others(lookup.NODES):
            template = call.existing.find(call_template(one), lookup.TEMPLATE)
            running = int(at(one.outputs, "scalingConfig", "desiredSize") or 0)
            if template is not None and running and at(template.inputs, "placement", "groupName") == gone.id:
                words = f"The placement group '{gone.id}' is in use and may not be deleted."
                raise CloudError("InvalidPlacementGroup.InUse", words)


def call_template(nodes: Resource) -> str:
    """The id of the launch template that a node group runs by, or nothing."""
    return str(at(nodes.inputs, "launchTemplate", "id") or "")


class Reservation(Behaviour):
    # API reference CreateCapacityReservation.
    defaults: ClassVar[Mapping[str, Any]] = {
        "instanceMatchCriteria": "open",
        "endDateType": "unlimited",
        "tenancy": "default",
        "ebsOptimized": False,
        "ephemeralStorage": False,
    }

    def verify(self, call: Call) -> None:
        zone = lookup.zone_id(call, call.text("availabilityZone"))
        machine, count = call.text("instanceType"), int(call.inputs.get("instanceCount") or 0)
        capacity.offered(call, machine, [zone])
        group = call.text("placementGroupArn")
        if group and not any(one.outputs.get("arn") == group for one in call.others(PLACEMENT)):
            name = group.rpartition("/")[2]
            raise CloudError("InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown.")
        capacity.quota(call, machine, count, "ON_DEMAND")
        capacity.room(call, machine, count, [zone])

    def identify(self, call: Call) -> str:
        return call.fresh("cr-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"arn": call.arn("ec2", f"capacity-reservation/{id}"), "ownerId": call.account}

    def release(self, call: Call, gone: Resource) -> None:
        return None  # CancelCapacityReservation leaves what runs in it running


class Block(Behaviour):
    def verify(self, call: Call) -> None:
        offering = call.text("capacityBlockOfferingId")
        if call.existing.setting(f"offerings.{offering}", {}) is None:
            words = f"The capacity block offering ID '{offering}' does not exist"
            raise CloudError("InvalidCapacityBlockOfferingId.NotFound", words)

    def identify(self, call: Call) -> str:
        return call.fresh("cr-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        """The setting `offerings.<id>` says what a block is: zone (name), machine, count, start, end."""
        sold: Mapping[str, Any] = call.existing.setting(f"offerings.{call.text('capacityBlockOfferingId')}", {})
        zones = capacity.zone_ids(call)
        return {
            "arn": call.arn("ec2", f"capacity-reservation/{id}"),
            "availabilityZone": sold.get("zone") or lookup.zone_name(call.region, zones[0] if zones else call.region),
            "instanceType": sold.get("machine", ""),
            "instanceCount": sold.get("count", 1),
            "startDate": sold.get("start", MADE_AT),
            "endDate": sold.get("end", "2027-01-01T00:00:00Z"),
            "createdDate": MADE_AT,
            "endDateType": "limited",
            "ebsOptimized": True,
            "reservationType": "capacity-block",
            "tenancy": "default",
        }


def scaling_groups(call: Call) -> dict[str, Resource]:
    """Auto Scaling groups by name: node groups' own, and those that a stack made."""
    made = {str(one.outputs.get("name")): one for one in call.others(SCALING)}
    for one in call.others(lookup.NODES):
        made |= {str(group["name"]): one for group in rows(one.outputs, "resources", "autoscalingGroups")}
    return made


class Schedule(Behaviour):
    tagged = False

    def verify(self, call: Call) -> None:
        group, action = call.text("autoscalingGroupName"), call.text("scheduledActionName")
        if group not in scaling_groups(call):
            raise CloudError("ValidationError", f"AutoScalingGroup name not found - no such group: {group}")
        if not call.text("startTime") and not call.text("recurrence"):
            raise CloudError("ValidationError", "Either a start time or a recurrence must be specified")
        low, high, asked = (call.inputs.get(key) for key in ("minSize", "maxSize", "desiredCapacity"))
        if low is not None and high is not None and low > high:
            raise CloudError(
                "ValidationError", f"Max bound, {high:g}, must be greater than or equal to min bound, {low:g}"
            )
        if asked is not None and ((low is not None and asked < low) or (high is not None and asked > high)):
            words = f"Desired capacity:{asked:g} must be between the specified min size:{low or 0:g} and max size:{high or asked:g}"
            raise CloudError("ValidationError", words)
        for one in call.others(SCHEDULE):
            again = one.urn == call.existing.setting("urn")  # to put it twice is the same as once
            same = one.outputs.get("autoscalingGroupName") == group and one.id == action
            if call.was is None and same and not again:
                raise CloudError("AlreadyExists", f"scheduled action {action} of {group} already exists")

    def identify(self, call: Call) -> str:
        return call.text("scheduledActionName")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        group = call.text("autoscalingGroupName")
        token = uuid(group, id)
        name = f"scheduledUpdateGroupAction:{token}:autoScalingGroupName/{group}:scheduledActionName/{id}"
        return {"arn": call.arn("autoscaling", name)}


def uuid(*parts: object) -> str:
    seed = digest(*parts)
    return f"{seed[:8]}-{seed[8:12]}-4{seed[13:16]}-a{seed[17:20]}-{seed[20:32]}"


class ScalingGroup(Behaviour):
    tagged = False
    sets = ("vpcZoneIdentifiers", "targetGroupArns", "loadBalancers", "suspendedProcesses")
    # API reference CreateAutoScalingGroup.
    defaults: ClassVar[Mapping[str, Any]] = {
        "defaultCooldown": 300,
        "healthCheckType": "EC2",
        "healthCheckGracePeriod": 300,
        "protectFromScaleIn": False,
        "capacityRebalance": False,
    }

    def verify(self, call: Call) -> None:
        if call.text("name") in scaling_groups(call):
            words = "AutoScalingGroup by this name already exists - A group with the name"
            raise CloudError("AlreadyExists", f"{words} {call.text('name')} already exists")
        for one in texts(call.inputs, "vpcZoneIdentifiers"):
            lookup.subnet(call, one)
        for block in rows(call.inputs, "launchTemplate"):
            lookup.template(call, block)

    def identify(self, call: Call) -> str:
        return call.text("name")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        token = uuid(call.account, id)
        return {
            "arn": call.arn("autoscaling", f"autoScalingGroup:{token}:autoScalingGroupName/{id}"),
            "desiredCapacity": call.inputs.get("desiredCapacity", call.inputs.get("minSize", 0)),
        }


BEHAVIOURS: dict[str, Behaviour] = {
    lookup.TEMPLATE: Template(),
    PLACEMENT: Placement(),
    lookup.RESERVATION: Reservation(),
    lookup.BLOCK: Block(),
    SCHEDULE: Schedule(),
    SCALING: ScalingGroup(),
}
