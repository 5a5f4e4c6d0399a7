"""Which outputs the cloud decides, by type of resource.

A row lists paths in wire names. What a program sets itself comes back as it was set; these are added where the program
set nothing, so a row may name an input that the service fills in (a generated name, a zone). The `id` is not listed:
every resource has one. A resource whose type has no row, and a value that reads an output which no row lists, fail by
name: guessing here would show a preview that no cloud would ever give.

Source of every row: the resource's class in the provider's SDK (`pulumi_aws` 7, `pulumi_gcp` 10), which a test compares
with it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from scripts.preview.references import SIGNATURE

Replies = Mapping[str, tuple[str, ...]]
"""By type token: the paths of the outputs that the cloud decides."""

Part = tuple[str, str]
"""A part of a text: what stands before it, and what ends it."""

AWS: Replies = {
    "pulumi:providers:aws": (),
    "aws:autoscaling/group:Group": ("arn", "name"),
    "aws:autoscaling/schedule:Schedule": ("arn",),
    "aws:budgets/budget:Budget": ("arn", "name", "accountId"),
    "aws:cloudwatch/logGroup:LogGroup": ("arn", "name"),
    "aws:ec2/capacityBlockReservation:CapacityBlockReservation": ("arn", "availabilityZone", "startDate", "endDate"),
    "aws:ec2/capacityReservation:CapacityReservation": ("arn", "ownerId"),
    "aws:ec2/eip:Eip": ("arn", "allocationId", "publicIp", "publicDns"),
    "aws:ec2/flowLog:FlowLog": ("arn",),
    "aws:ec2/internetGateway:InternetGateway": ("arn", "ownerId"),
    "aws:ec2/launchTemplate:LaunchTemplate": ("arn", "name", "latestVersion", "defaultVersion"),
    "aws:ec2/natGateway:NatGateway": ("networkInterfaceId", "privateIp", "publicIp"),
    "aws:ec2/placementGroup:PlacementGroup": ("arn", "name", "placementGroupId"),
    "aws:ec2/route:Route": ("origin", "state"),
    "aws:ec2/routeTable:RouteTable": ("arn", "ownerId"),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": (),
    "aws:ec2/securityGroup:SecurityGroup": ("arn", "name", "ownerId"),
    "aws:ec2/subnet:Subnet": ("arn", "availabilityZone", "availabilityZoneId", "ownerId"),
    "aws:ec2/vpc:Vpc": (
        "arn",
        "defaultNetworkAclId",
        "defaultRouteTableId",
        "defaultSecurityGroupId",
        "mainRouteTableId",
        "ownerId",
    ),
    "aws:ec2/vpcEndpoint:VpcEndpoint": (
        "arn",
        "dnsEntries[0].dnsName",
        "dnsEntries[0].hostedZoneId",
        "networkInterfaceIds[0]",
        "prefixListId",
        "state",
    ),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": (),
    "aws:efs/fileSystem:FileSystem": ("arn", "dnsName", "ownerId"),
    "aws:efs/mountTarget:MountTarget": ("dnsName", "fileSystemArn", "networkInterfaceId"),
    "aws:eks/accessEntry:AccessEntry": ("accessEntryArn", "createdAt", "userName"),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": ("associatedAt",),
    "aws:eks/addon:Addon": ("arn", "addonVersion", "createdAt"),
    "aws:eks/cluster:Cluster": (
        "arn",
        "name",
        "certificateAuthority.data",
        "createdAt",
        "endpoint",
        "identities[0].oidcs[0].issuer",
        "platformVersion",
        "status",
        "version",
        "vpcConfig.clusterSecurityGroupId",
        "vpcConfig.vpcId",
    ),
    "aws:eks/nodeGroup:NodeGroup": (
        "arn",
        "nodeGroupName",
        "resources[0].autoscalingGroups[0].name",
        "resources[0].remoteAccessSecurityGroupId",
        "status",
        "version",
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": ("associationArn", "associationId"),
    "aws:fsx/dataRepositoryAssociation:DataRepositoryAssociation": ("arn", "associationId"),
    "aws:fsx/lustreFileSystem:LustreFileSystem": ("arn", "dnsName", "mountName", "ownerId", "vpcId"),
    "aws:iam/instanceProfile:InstanceProfile": ("arn", "name", "uniqueId"),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": ("arn",),
    "aws:iam/policy:Policy": ("arn", "name", "policyId"),
    "aws:iam/role:Role": ("arn", "name", "uniqueId"),
    "aws:iam/rolePolicy:RolePolicy": ("name",),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": (),
    "aws:kms/alias:Alias": ("arn", "name", "targetKeyArn"),
    "aws:kms/key:Key": ("arn", "keyId"),
    "aws:kms/keyPolicy:KeyPolicy": (),
    "aws:s3/bucket:Bucket": ("arn", "bucket", "bucketDomainName", "bucketRegionalDomainName", "hostedZoneId"),
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration": (),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": (),
    "aws:s3/bucketPolicy:BucketPolicy": (),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": (),
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": (),
    "aws:s3/bucketVersioning:BucketVersioning": (),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": ("arn", "securityGroupRuleId"),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": ("arn", "securityGroupRuleId"),
}

GCP: Replies = {
    "pulumi:providers:gcp": (),
    "gcp:billing/budget:Budget": ("name",),
    "gcp:compute/firewall:Firewall": ("name", "project", "selfLink"),
    "gcp:compute/globalAddress:GlobalAddress": ("name", "project", "selfLink"),
    "gcp:compute/network:Network": ("name", "numericId", "project", "selfLink"),
    "gcp:compute/resourcePolicy:ResourcePolicy": ("name", "project", "selfLink"),
    "gcp:compute/router:Router": ("name", "project", "selfLink"),
    "gcp:compute/routerNat:RouterNat": ("name", "project"),
    "gcp:compute/subnetwork:Subnetwork": ("name", "gatewayAddress", "project", "selfLink"),
    "gcp:container/cluster:Cluster": (
        "name",
        "controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint",
        "endpoint",
        "masterAuth.clusterCaCertificate",
        "masterVersion",
        "project",
        "selfLink",
    ),
    "gcp:container/nodePool:NodePool": ("name", "managedInstanceGroupUrls[0]", "version"),
    "gcp:filestore/instance:Instance": ("name", "createTime", "networks[0].ipAddresses[0]", "project"),
    "gcp:kms/cryptoKey:CryptoKey": ("name",),
    "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember": ("etag",),
    "gcp:kms/keyRing:KeyRing": ("name", "project"),
    "gcp:lustre/instance:Instance": ("name", "mountPoint", "project"),
    "gcp:monitoring/notificationChannel:NotificationChannel": ("name", "project"),
    "gcp:projects/iAMMember:IAMMember": ("etag",),
    "gcp:projects/service:Service": ("project",),
    "gcp:projects/serviceIdentity:ServiceIdentity": ("email", "member", "project"),
    "gcp:serviceaccount/account:Account": ("email", "member", "name", "project", "uniqueId"),
    "gcp:servicenetworking/connection:Connection": ("peering",),
    "gcp:storage/bucket:Bucket": ("name", "project", "selfLink", "url"),
    "gcp:storage/bucketIAMMember:BucketIAMMember": ("etag",),
}

KUBERNETES: Replies = {
    "pulumi:providers:kubernetes": (),
    "kubernetes:networking.gke.io/v1:GKENetworkParamSet": (),
    "kubernetes:networking.gke.io/v1:Network": (),
}
"""Objects come back as they were set; what an API server adds, no program of this project reads."""

PARTS: Mapping[tuple[str, str], Part] = {
    # https://cloud.google.com/iam/docs/service-agents: the project's number
    ("gcp:projects/serviceIdentity:ServiceIdentity", "email"): ("service-", "@"),
    # lustre.v1, Instance.mountPoint: the address
    ("gcp:lustre/instance:Instance", "mountPoint"): ("", "@"),
}
"""Outputs of which programs take a part: by type token and path, what stands before it and what ends it."""

REPLIES: Replies = {**AWS, **GCP, **KUBERNETES}
"""Every type of resource that the programs of this project register."""


def part_path(path: str, part: Part) -> str:
    """How references name a part of an output: `email|service-*@`."""
    return f"{path}|{part[0]}*{part[1]}"


def part_of(text: str, part: str) -> str:
    """The part of a text that a reference names (`service-*@`)."""
    before, _, end = part.partition("*")
    return text.removeprefix(before).partition(end)[0]


def steps(path: str) -> tuple[str | int, ...]:
    """The steps of a path: `identities[0].oidcs` is `("identities", 0, "oidcs")`."""
    taken: list[str | int] = []
    for part in path.split("."):
        name, *indices = part.split("[")
        taken.append(name)
        taken += [int(index.rstrip("]")) for index in indices]
    return tuple(taken)


def add_output(outputs: dict[str, Any], path: str, value: str) -> None:
    """Put `value` at a path of `outputs`, unless there is something already; what lies on the way is made or kept."""
    here: Any = outputs
    way = steps(path)
    for step, following in zip(way, (*way[1:], None), strict=True):
        below: Any = value if following is None else [] if isinstance(following, int) else {}
        if isinstance(step, int):
            if not isinstance(here, list):
                return  # the program set something else here, which stands
            items = cast("list[Any]", here)
            if len(items) <= step:
                items.append(below)
        else:
            if not isinstance(here, dict) or SIGNATURE in here:  # a secret stays whole
                return
            cast("dict[str, Any]", here).setdefault(step, below)
        here = cast("Any", here)[step]
