"""What an id or a name stands for in the simulated account, or AWS's refusal of one that stands for nothing.

The setting `outside.<id>` tells of what exists without being in a stack's state: outputs as plain data
(`{"vpcId": …, "cidrBlock": …, "availabilityZoneId": …}` for a subnet).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from scripts.rehearsal.aws.behaviour import Call, catalogue
from scripts.rehearsal.model import CloudError, Resource, Values
from scripts.rehearsal.values import at

VPC, SUBNET = "aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet"
GROUP, TABLE = "aws:ec2/securityGroup:SecurityGroup", "aws:ec2/routeTable:RouteTable"
INGRESS = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
ROLE, KEY, BUCKET = "aws:iam/role:Role", "aws:kms/key:Key", "aws:s3/bucket:Bucket"
CLUSTER, NODES, TEMPLATE = (
    "aws:eks/cluster:Cluster",
    "aws:eks/nodeGroup:NodeGroup",
    "aws:ec2/launchTemplate:LaunchTemplate",
)
RESERVATION = "aws:ec2/capacityReservation:CapacityReservation"
BLOCK = "aws:ec2/capacityBlockReservation:CapacityBlockReservation"


def outside(call: Call, id: str) -> Values | None:
    """What is known of something that exists outside of all stacks; None also where a setting denies it (false)."""
    found = call.existing.setting(f"outside.{id}")
    return None if found is False else cast("Values | None", found)


def made(call: Call, id: str, type: str) -> Values | None:
    """The outputs of what has this id here, or of what exists outside of all stacks."""
    found = call.existing.find(id, type)
    if found is not None and found.region == call.region and found.account == call.account:
        return found.outputs
    return outside(call, id)


def vpc(call: Call, id: str) -> Values:
    found = made(call, id, VPC)
    if found is None:
        raise CloudError("InvalidVpcID.NotFound", f"The vpc ID '{id}' does not exist")
    return found


def subnet(call: Call, id: str) -> Values:
    found = made(call, id, SUBNET)
    if found is None:
        raise CloudError("InvalidSubnetID.NotFound", f"The subnet ID '{id}' does not exist")
    return found


def group(call: Call, id: str) -> Values:
    """A security group: made by the stack, or one that a VPC or an EKS cluster brings along."""
    found = made(call, id, GROUP) or _brought(call, id)
    if found is None:
        raise CloudError("InvalidGroup.NotFound", f"The security group '{id}' does not exist")
    return found


def _brought(call: Call, id: str) -> Values | None:
    for one in call.others(CLUSTER):
        if at(one.outputs, "vpcConfig", "clusterSecurityGroupId") == id:
            return {"id": id, "vpcId": at(one.outputs, "vpcConfig", "vpcId"), "brought": True}
    for one in call.others(VPC):
        if one.outputs.get("defaultSecurityGroupId") == id:
            return {"id": id, "vpcId": one.id, "brought": True}
    return None


def table(call: Call, id: str) -> Values:
    found = made(call, id, TABLE)
    if found is None:
        for one in call.others(VPC):
            if one.outputs.get("mainRouteTableId") == id:
                return {"vpcId": one.id}
        raise CloudError("InvalidRouteTableID.NotFound", f"The routeTable ID '{id}' does not exist")
    return found


def role(call: Call, name: str) -> Resource | None:
    """A role by its name or ARN; None for one of another account, or one that exists outside. Raises NoSuchEntity."""
    short = name.rpartition("/")[2]
    for one in call.anywhere(ROLE):
        if one.account == call.account and one.outputs.get("name") == short:
            return one
    owner = name.split(":")[4] if name.startswith("arn:") else call.account
    if owner != call.account or outside(call, name) is not None or outside(call, short) is not None:
        return None
    raise CloudError("NoSuchEntity", f"The role with name {short} cannot be found.")


def trusts(found: Resource, service: str) -> bool:
    return f'"{service}"' in str(found.inputs.get("assumeRolePolicy"))


def key(call: Call, given: str) -> Resource | None:
    """A KMS key by id or ARN; None for one of another account or outside. Raises NotFoundException."""
    short = given.rpartition("/")[2]
    for one in call.others(KEY):
        if one.outputs.get("keyId") == short:
            return one
    owner = given.split(":")[4] if given.startswith("arn:") else call.account
    if owner != call.account or ":alias/" in given or outside(call, given) is not None:
        return None
    raise CloudError("NotFoundException", f"Key '{given}' does not exist")


def bucket(call: Call, name: str) -> Resource | None:
    """A bucket; None for one that exists outside. Raises NoSuchBucket."""
    for one in call.anywhere(BUCKET):
        if one.outputs.get("bucket") == name:
            return one
    if outside(call, name) is not None:
        return None
    raise CloudError("NoSuchBucket", "The specified bucket does not exist")


def cluster(call: Call, name: str) -> Resource | None:
    """A cluster by its name; None for one that exists outside. Raises ResourceNotFoundException."""
    for one in call.others(CLUSTER):
        if one.outputs.get("name") == name:
            return one
    if outside(call, name) is not None:
        return None
    raise CloudError("ResourceNotFoundException", f"No cluster found for name: {name}.")


def template(call: Call, block: Mapping[str, Any]) -> Values:
    """A launch template by `id` or `name`, at a version that it has."""
    id, name = str(block.get("id") or ""), block.get("name")
    found = made(call, id, TEMPLATE) if id else None
    for one in call.others(TEMPLATE):
        if name and one.outputs.get("name") == name:
            found = one.outputs
    if found is None and id:
        words = f"The specified launch template, with template ID {id}, does not exist."
        raise CloudError("InvalidLaunchTemplateId.NotFound", words)
    if found is None:
        words = f"The specified launch template, with template name {name}, does not exist."
        raise CloudError("InvalidLaunchTemplateName.NotFoundException", words)
    version = str(block.get("version") or "$Default")
    if version.isdigit() and int(version) > int(found.get("latestVersion", 0)):
        words = f"Could not find the specified version {version} for the launch template with ID {id}."
        raise CloudError("InvalidLaunchTemplateId.VersionNotFound", words)
    return found


def zone_name(region: str, zone_id: str) -> str:
    """`us-east-1a` for the first zone id, and so on: which name stands for which place differs by account."""
    ids = sorted(zone.zone_id for zone in catalogue().zones(region))
    return f"{region}{'abcdefghijkl'[ids.index(zone_id)]}" if zone_id in ids else zone_id


def zone_id(call: Call, name: str) -> str:
    """The id of a zone by its id or name. Raises InvalidParameterValue for a zone that the region does not have."""
    for zone in catalogue().zones(call.region):
        if name in (zone.zone_id, zone_name(call.region, zone.zone_id)):
            return zone.zone_id
    if not catalogue().zones(call.region):
        return name  # a region whose zones nobody wrote down
    known = ", ".join(zone_name(call.region, zone.zone_id) for zone in catalogue().zones(call.region))
    words = f"Value ({name}) for parameter availabilityZone is invalid. Subnets can currently only be created in the"
    raise CloudError("InvalidParameterValue", f"{words} following availability zones: {known}.")
