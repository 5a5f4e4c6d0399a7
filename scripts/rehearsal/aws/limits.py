"""What AWS's API refuses in a request by itself: enumerations, lengths, ranges and patterns.

They are AWS's own: the API models that botocore ships. `TABLE` says which shape of which service a resource's inputs
become; a property is found in it by its name, whatever the letter case, or by the name that the table gives. What only
the provider knows has no member there, and is left to the SDK's types.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, cast

from scripts.rehearsal.aws.shapes import Shapes, shapes
from scripts.rehearsal.model import Failure, Values
from scripts.rehearsal.values import at

Row = tuple[str, str, str, Mapping[str, str]]
"""Service, shape, path of the inputs that become it (empty: all of them), and the members that have other names."""


def _row(service: str, shape: str, path: str = "", /, **members: str) -> Row:
    return service, shape, path, members


_EC2 = "ec2"

TABLE: Mapping[str, tuple[Row, ...]] = {
    "aws:autoscaling/schedule:Schedule": (_row("autoscaling", "PutScheduledUpdateGroupActionType"),),
    "aws:autoscaling/group:Group": (_row("autoscaling", "CreateAutoScalingGroupType", name="AutoScalingGroupName"),),
    "aws:budgets/budget:Budget": (
        _row("budgets", "Budget", name="BudgetName", costFilters=""),
        _row("budgets", "NumericValue", "limitAmount"),
        _row("budgets", "Notification", "notifications"),
    ),
    "aws:cloudwatch/logGroup:LogGroup": (_row("logs", "CreateLogGroupRequest", name="logGroupName"),),
    "aws:ec2/capacityReservation:CapacityReservation": (_row(_EC2, "CreateCapacityReservationRequest"),),
    "aws:ec2/eip:Eip": (_row(_EC2, "AllocateAddressRequest"),),
    "aws:ec2/flowLog:FlowLog": (_row(_EC2, "CreateFlowLogsRequest"),),
    "aws:ec2/launchTemplate:LaunchTemplate": (
        _row(_EC2, "RequestLaunchTemplateData"),
        _row(_EC2, "VersionDescription", "description"),
    ),
    "aws:ec2/natGateway:NatGateway": (_row(_EC2, "CreateNatGatewayRequest"),),
    "aws:ec2/placementGroup:PlacementGroup": (_row(_EC2, "CreatePlacementGroupRequest"),),
    "aws:ec2/vpc:Vpc": (_row(_EC2, "CreateVpcRequest"),),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (_row(_EC2, "CreateVpcEndpointRequest"),),
    "aws:efs/fileSystem:FileSystem": (_row("efs", "CreateFileSystemRequest"),),
    "aws:efs/mountTarget:MountTarget": (_row("efs", "CreateMountTargetRequest"),),
    "aws:eks/accessEntry:AccessEntry": (_row("eks", "CreateAccessEntryRequest"),),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": (_row("eks", "AssociateAccessPolicyRequest"),),
    "aws:eks/addon:Addon": (
        _row("eks", "CreateAddonRequest"),
        _row("eks", "ResolveConflicts", "resolveConflictsOnCreate"),
        _row("eks", "ResolveConflicts", "resolveConflictsOnUpdate"),
    ),
    "aws:eks/cluster:Cluster": (
        _row("eks", "CreateClusterRequest", vpcConfig="resourcesVpcConfig"),
        _row("eks", "LogTypes", "enabledClusterLogTypes"),
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        _row("eks", "CreateNodegroupRequest", subnetIds="subnets", nodeRoleArn="nodeRole"),
        # The member has no pattern of its own; a cluster's has, and EKS's text asks for the same.
        _row("eks", "ClusterName", "nodeGroupName"),
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": (_row("eks", "CreatePodIdentityAssociationRequest"),),
    "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation": (
        _row("fsx", "CreateDataRepositoryAssociationRequest"),
    ),
    "aws:fsx/lustreFileSystem:LustreFileSystem": (
        _row("fsx", "CreateFileSystemRequest"),
        _row("fsx", "CreateFileSystemLustreConfiguration"),
    ),
    "aws:iam/instanceProfile:InstanceProfile": (
        _row("iam", "CreateInstanceProfileRequest", name="InstanceProfileName"),
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": (_row("iam", "CreateOpenIDConnectProviderRequest"),),
    "aws:iam/policy:Policy": (_row("iam", "CreatePolicyRequest", name="PolicyName", policy="PolicyDocument"),),
    "aws:iam/role:Role": (
        _row("iam", "CreateRoleRequest", name="RoleName", assumeRolePolicy="AssumeRolePolicyDocument"),
    ),
    "aws:iam/rolePolicy:RolePolicy": (
        _row("iam", "PutRolePolicyRequest", name="PolicyName", policy="PolicyDocument", role="RoleName"),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (_row("iam", "AttachRolePolicyRequest", role="RoleName"),),
    "aws:kms/alias:Alias": (_row("kms", "CreateAliasRequest", name="AliasName"),),
    "aws:kms/key:Key": (_row("kms", "CreateKeyRequest"),),
    "aws:kms/keyPolicy:KeyPolicy": (_row("kms", "PutKeyPolicyRequest"),),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (_row("s3", "LifecycleRule", "rules"),),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (_row("s3", "OwnershipControlsRule", "rule"),),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (
        _row("s3", "ServerSideEncryptionRule", "rules"),
    ),
    "aws:s3/bucketVersioning:BucketVersioning": (_row("s3", "VersioningConfiguration", "versioningConfiguration"),),
}

_LISTED: Mapping[str, Mapping[str, tuple[Any, ...]]] = {
    # Enumerations that AWS writes in words only.
    # API reference, LaunchTemplateInstanceNetworkInterfaceSpecificationRequest: InterfaceType.
    "aws:ec2/launchTemplate:LaunchTemplate": {"networkInterfaces.interfaceType": ("interface", "efa", "efa-only")},
    # API reference PutRetentionPolicy: retentionInDays; 0 is the provider's.
    "aws:cloudwatch/logGroup:LogGroup": {
        "retentionInDays": (
            *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
            *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
        )
    },
    # API reference CreateAccessEntry: type.
    "aws:eks/accessEntry:AccessEntry": {
        "type": ("STANDARD", "EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX")
    },
}

_UNLISTED = frozenset({"InstanceType"})
"""Enumerations that are older than what AWS sells: a machine that a model does not know may exist."""

_MOST_DAYS_OF_DELETION = (7, 30)  # KMS API reference, ScheduleKeyDeletion: PendingWindowInDays


def failures(type: str, inputs: Values) -> list[Failure]:
    """Each input that AWS would refuse whatever exists, with AWS's reason; each path once."""
    found: dict[str, Failure] = {}
    for service, shape, path, members in TABLE.get(type, ()):
        value = at(inputs, path) if path else inputs
        for one in _Walk(shapes(service), members).value(shape, value, path):
            found.setdefault(one.property, one)
    for path, allowed in _LISTED.get(type, {}).items():
        for where, value in _places(inputs, path.split("."), ""):
            if value not in allowed:
                found.setdefault(where, Failure(property=where, reason=_not_in(value, allowed)))
    if type == "aws:s3/bucket:Bucket" and isinstance(inputs.get("bucket"), str):
        for reason in _bucket_name(inputs["bucket"]):
            found.setdefault("bucket", Failure(property="bucket", reason=reason))
    days = inputs.get("deletionWindowInDays")
    low, high = _MOST_DAYS_OF_DELETION
    if isinstance(days, (int, float)) and not low <= days <= high:
        reason = f"{days:g} is not within {low} and {high} days"
        found.setdefault("deletionWindowInDays", Failure(property="deletionWindowInDays", reason=reason))
    return list(found.values())


def _not_in(value: Any, allowed: Iterable[Any]) -> str:
    return f"Member must satisfy enum value set: [{', '.join(map(str, allowed))}], not {value!r}"


def _places(here: Any, path: list[str], where: str) -> Iterable[tuple[str, Any]]:
    """Every value at a path through lists, with its own path."""
    if isinstance(here, list):
        for index, one in enumerate(cast("list[Any]", here)):
            yield from _places(one, path, f"{where}[{index}]")
    elif path and isinstance(here, Mapping):
        value = cast("Mapping[str, Any]", here).get(path[0])
        yield from _places(value, path[1:], f"{where}.{path[0]}".lstrip("."))
    elif not path and isinstance(here, (str, int, float)):
        yield where, here


def _bucket_name(name: str) -> Iterable[str]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html"""
    wrong = (
        not 3 <= len(name) <= 63
        or re.fullmatch(r"[a-z0-9][a-z0-9.-]*[a-z0-9]", name) is None
        or ".." in name
        or re.fullmatch(r"(\d+\.){3}\d+", name) is not None
        or name.startswith(("xn--", "sthree-", "amzn-s3-demo-"))
        or name.endswith(("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"))
    )
    if wrong:
        yield f"InvalidBucketName: The specified bucket is not valid: {name!r}"


class _Walk:
    """Compares a value with a shape, at every depth."""

    def __init__(self, known: Shapes, members: Mapping[str, str]) -> None:
        self.known, self.members = known, members

    def value(self, shape: str, value: Any, where: str) -> Iterable[Failure]:
        model = self.known[shape]
        kind = model["type"]
        if value is None or shape in _UNLISTED:
            return
        if kind == "structure" and isinstance(value, Mapping):
            yield from self._members(model["members"], cast("Values", value), where)
        elif kind == "structure" and isinstance(value, list):
            for index, one in enumerate(cast("list[Any]", value)):
                yield from self.value(shape, one, f"{where}[{index}]")
        elif kind == "list":
            yield from self._list(model, value, where)
        elif kind == "map" and isinstance(value, Mapping):
            yield from self._map(model, cast("Values", value), where)
        elif isinstance(value, (str, int, float)) and not isinstance(value, bool):
            reason = _refused(kind, model, value)
            if reason:
                yield Failure(property=where, reason=reason)

    def _members(self, members: Mapping[str, Any], value: Values, where: str) -> Iterable[Failure]:
        by_name = {name.lower(): model for name, model in members.items()}
        for name, one in value.items():
            found = by_name.get((self.members.get(name, name) if not where else name).lower())
            if found is not None:
                yield from self.value(found["shape"], one, f"{where}.{name}".lstrip("."))

    def _list(self, model: Mapping[str, Any], value: Any, where: str) -> Iterable[Failure]:
        """A block where the API takes a list is a list of one; tags are a map in Pulumi, and have their own rules."""
        if isinstance(value, Mapping):
            yield from () if where.endswith("tags") else self.value(model["member"]["shape"], value, where)
        elif isinstance(value, list):
            items = cast("list[Any]", value)
            if len(items) > model.get("max", len(items)):
                yield Failure(property=where, reason=f"Member must have length less than or equal to {model['max']}")
            for index, one in enumerate(items):
                yield from self.value(model["member"]["shape"], one, f"{where}[{index}]")

    def _map(self, model: Mapping[str, Any], value: Values, where: str) -> Iterable[Failure]:
        if len(value) > model.get("max", len(value)):
            yield Failure(property=where, reason=f"Member must have length less than or equal to {model['max']}")
        for name, one in value.items():
            reason = _refused("string", self.known[model["key"]["shape"]], name)
            if reason:
                yield Failure(property=where, reason=f"key {name!r}: {reason}")
            yield from self.value(model["value"]["shape"], one, f"{where}.{name}")


def _refused(kind: str, model: Mapping[str, Any], value: str | float) -> str:
    """AWS's reason against one value, in the words of its common validation errors; empty where it takes it."""
    if isinstance(value, str):
        if kind != "string":
            return ""
        allowed = cast("list[str]", model.get("enum", []))
        if allowed:
            return "" if value in allowed else _not_in(value, allowed)
        size, what = len(value), "have length"
    else:
        size, what = value, "have value"
    if size < model.get("min", size):
        return f"Member must {what} greater than or equal to {model['min']}"
    if size > model.get("max", size):
        return f"Member must {what} less than or equal to {model['max']}"
    pattern = model.get("pattern")
    found = _compiled(pattern) if pattern and isinstance(value, str) else None
    if found is not None and found.fullmatch(str(value)) is None:
        return f"Member must satisfy regular expression pattern: {pattern}"
    return ""


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    """A pattern of the API's dialect, Java's; None where Python has no word for it."""
    text = pattern.replace(r"\p{L}", r"\w").replace(r"\p{N}", r"\d").replace(r"\p{Z}", r"\s")
    try:
        return re.compile(text)
    except (re.error, FutureWarning):
        return None
