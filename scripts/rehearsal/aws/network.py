"""VPCs, subnets, route tables: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/, and its page on error codes."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.aws import lookup
from scripts.rehearsal.aws.behaviour import Behaviour, Call, catalogue
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import digest, texts

GATEWAY, NAT = "aws:ec2/internetGateway:InternetGateway", "aws:ec2/natGateway:NatGateway"
ROUTE, ASSOCIATION = "aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
RANGE = "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation"
INTERFACE = "aws:ec2/networkInterface:NetworkInterface"
MOUNT, LUSTRE = "aws:efs/mountTarget:MountTarget", "aws:fsx/lustreFileSystem:LustreFileSystem"

_SIZES = (16, 28)
"""The widest and the narrowest range of a VPC and of a subnet (VPC guide, "VPC CIDR blocks" and "Subnet CIDR blocks")."""


def parsed(text: str, code: str) -> ipaddress.IPv4Network:
    try:
        found = ipaddress.IPv4Network(text)
    except ValueError:
        words = f"Value ({text}) for parameter cidrBlock is invalid. This is not a valid CIDR block."
        raise CloudError("InvalidParameterValue", words) from None
    if not _SIZES[0] <= found.prefixlen <= _SIZES[1]:
        raise CloudError(code, f"The CIDR '{text}' is invalid.")
    return found


class Vpc(Behaviour):
    # API reference CreateVpc (instanceTenancy) and ModifyVpcAttribute: DNS support is on, DNS host names are off.
    defaults: ClassVar[Mapping[str, Any]] = {
        "instanceTenancy": "default",
        "enableDnsSupport": True,
        "enableDnsHostnames": False,
        "enableNetworkAddressUsageMetrics": False,
        "assignGeneratedIpv6CidrBlock": False,
    }

    def verify(self, call: Call) -> None:
        parsed(call.text("cidrBlock"), "InvalidVpc.Range")

    def identify(self, call: Call) -> str:
        return call.fresh("vpc-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        seed = digest(id)
        return {
            "arn": call.arn("ec2", f"vpc/{id}"),
            "ownerId": call.account,
            "defaultNetworkAclId": f"acl-{seed[:17]}",
            "defaultRouteTableId": f"rtb-{seed[17:34]}",
            "mainRouteTableId": f"rtb-{seed[17:34]}",
            "defaultSecurityGroupId": f"sg-{seed[34:51]}",
            "dhcpOptionsId": f"dopt-{digest(call.account, call.region)[:17]}",
        }

    def release(self, call: Call, gone: Resource) -> None:
        users = call.others(lookup.SUBNET, lookup.GROUP, lookup.TABLE, GATEWAY, ENDPOINT)
        if any(one.inputs.get("vpcId") == gone.id for one in users) or call.existing.setting(f"leaked.{gone.id}"):
            raise CloudError("DependencyViolation", f"The vpc '{gone.id}' has dependencies and cannot be deleted.")


class AddedRange(Behaviour):
    tagged = False

    def verify(self, call: Call) -> None:
        lookup.vpc(call, call.text("vpcId"))
        parsed(call.text("cidrBlock"), "InvalidVpc.Range")

    def identify(self, call: Call) -> str:
        return call.fresh("vpc-cidr-assoc-")


class Subnet(Behaviour):
    # API reference, Subnet and ModifySubnetAttribute: what is off unless it is asked for.
    defaults: ClassVar[Mapping[str, Any]] = {
        "mapPublicIpOnLaunch": False,
        "assignIpv6AddressOnCreation": False,
        "enableDns64": False,
        "ipv6Native": False,
        "enableResourceNameDnsARecordOnLaunch": False,
        "enableResourceNameDnsAaaaRecordOnLaunch": False,
        "privateDnsHostnameTypeOnLaunch": "ip-name",
    }

    def verify(self, call: Call) -> None:
        vpc_id, text = call.text("vpcId"), call.text("cidrBlock")
        within = lookup.vpc(call, vpc_id)
        lookup.zone_id(call, _place(call))
        asked = parsed(text, "InvalidSubnet.Range")
        ranges = [str(within.get("cidrBlock")), *_added(call, vpc_id)]
        if not any(asked.subnet_of(ipaddress.IPv4Network(one)) for one in ranges if one != "None"):
            raise CloudError("InvalidSubnet.Range", f"The CIDR '{text}' is invalid.")
        for other in call.others(lookup.SUBNET):
            same = other.outputs.get("vpcId") == vpc_id
            if same and asked.overlaps(ipaddress.IPv4Network(str(other.outputs["cidrBlock"]))):
                raise CloudError("InvalidSubnet.Conflict", f"The CIDR '{text}' conflicts with another subnet")

    def identify(self, call: Call) -> str:
        return call.fresh("subnet-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        zone = lookup.zone_id(call, _place(call))
        return {
            "arn": call.arn("ec2", f"subnet/{id}"),
            "ownerId": call.account,
            "availabilityZoneId": zone,
            "availabilityZone": lookup.zone_name(call.region, zone),
        }

    def release(self, call: Call, gone: Resource) -> None:
        # Whatever puts a network interface into it. Route table associations go with the subnet.
        kinds = (NAT, lookup.CLUSTER, lookup.NODES, MOUNT, LUSTRE, ENDPOINT, INTERFACE)
        used = any(gone.id in _subnets(one) for one in call.others(*kinds))
        if used or call.existing.setting(f"leaked.{gone.id}"):
            raise CloudError("DependencyViolation", f"The subnet '{gone.id}' has dependencies and cannot be deleted.")


def _place(call: Call) -> str:
    first = sorted(zone for zone in _zones(call))
    return call.text("availabilityZoneId") or call.text("availabilityZone") or (first[0] if first else call.region)


def _zones(call: Call) -> list[str]:
    return [zone.zone_id for zone in catalogue().zones(call.region)]


def _added(call: Call, vpc_id: str) -> list[str]:
    return [str(one.inputs["cidrBlock"]) for one in call.others(RANGE) if one.inputs.get("vpcId") == vpc_id]


def _subnets(one: Resource) -> list[str]:
    return [
        *texts(one.inputs, "subnetIds"),
        *texts(one.inputs, "subnetId"),
        *texts(one.inputs, "vpcConfig", "subnetIds"),
    ]


class RouteTable(Behaviour):
    sets = ("propagatingVgws",)
    # API reference CreateRouteTable: only the VPC's own route, which the provider leaves out.
    defaults: ClassVar[Mapping[str, Any]] = {"routes": [], "propagatingVgws": []}

    def verify(self, call: Call) -> None:
        lookup.vpc(call, call.text("vpcId"))

    def identify(self, call: Call) -> str:
        return call.fresh("rtb-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"arn": call.arn("ec2", f"route-table/{id}"), "ownerId": call.account}

    def release(self, call: Call, gone: Resource) -> None:
        if any(one.inputs.get("routeTableId") == gone.id for one in call.others(ASSOCIATION)):
            words = f"The routeTable '{gone.id}' has dependencies and cannot be deleted."
            raise CloudError("DependencyViolation", words)


class RouteTableAssociation(Behaviour):
    tagged = False

    def verify(self, call: Call) -> None:
        table_id, subnet_id = call.text("routeTableId"), call.text("subnetId")
        table = lookup.table(call, table_id)
        if not subnet_id:
            return
        if lookup.subnet(call, subnet_id).get("vpcId") != table.get("vpcId"):
            words = f"Route table {table_id} and subnet {subnet_id} belong to different networks"
            raise CloudError("InvalidParameterValue", words)
        if any(one.inputs.get("subnetId") == subnet_id for one in call.others(ASSOCIATION)):
            words = f"the specified association for route table {table_id} conflicts with an existing association"
            raise CloudError("Resource.AlreadyAssociated", words)

    def identify(self, call: Call) -> str:
        return call.fresh("rtbassoc-")


class Route(Behaviour):
    tagged = False

    def verify(self, call: Call) -> None:
        table_id, target = call.text("routeTableId"), call.text("destinationCidrBlock")
        vpc_id = lookup.table(call, table_id).get("vpcId")
        self._way(call, vpc_id)
        for one in call.others(ROUTE):
            if (one.inputs.get("routeTableId"), one.inputs.get("destinationCidrBlock")) == (table_id, target):
                raise CloudError("RouteAlreadyExists", f"The route identified by {target} already exists.")

    def _way(self, call: Call, vpc_id: Any) -> None:
        gateway, nat = call.text("gatewayId"), call.text("natGatewayId")
        if gateway.startswith("igw-"):
            found = lookup.made(call, gateway, GATEWAY)
            if found is None:
                words = f"The internetGateway ID '{gateway}' does not exist"
                raise CloudError("InvalidInternetGatewayID.NotFound", words)
            if found.get("vpcId") != vpc_id:
                words = f"route table {call.text('routeTableId')} and network gateway {gateway} belong to different networks"
                raise CloudError("InvalidParameterValue", words)
        if nat and lookup.made(call, nat, NAT) is None:
            raise CloudError("InvalidNatGatewayID.NotFound", f"The natGateway ID '{nat}' does not exist")

    def identify(self, call: Call) -> str:
        # The provider's own form: r-<table><hash of the destination> (terraform-provider-aws, RouteCreateID).
        target = call.text("destinationCidrBlock") or call.text("destinationIpv6CidrBlock")
        return f"r-{call.text('routeTableId')}{int(digest(target)[:8], 16)}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"origin": "CreateRoute", "state": "active"}


BEHAVIOURS: dict[str, Behaviour] = {
    lookup.VPC: Vpc(),
    RANGE: AddedRange(),
    lookup.SUBNET: Subnet(),
    lookup.TABLE: RouteTable(),
    ASSOCIATION: RouteTableAssociation(),
    ROUTE: Route(),
}
