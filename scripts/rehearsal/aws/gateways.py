"""The ways out of a VPC: internet and NAT gateways, addresses, endpoints, flow logs."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.aws import lookup
from scripts.rehearsal.aws.behaviour import Behaviour, Call
from scripts.rehearsal.aws.network import ENDPOINT, GATEWAY, NAT
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import digest, texts

ADDRESS, FLOW_LOG = "aws:ec2/eip:Eip", "aws:ec2/flowLog:FlowLog"


class InternetGateway(Behaviour):
    def verify(self, call: Call) -> None:
        vpc_id = call.text("vpcId")
        if not vpc_id:
            return
        lookup.vpc(call, vpc_id)
        if any(one.inputs.get("vpcId") == vpc_id for one in call.others(GATEWAY)):
            words = f"Network {vpc_id} already has an internet gateway attached"
            raise CloudError("InvalidParameterValue", words)

    def identify(self, call: Call) -> str:
        return call.fresh("igw-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"arn": call.arn("ec2", f"internet-gateway/{id}"), "ownerId": call.account}

    def release(self, call: Call, gone: Resource) -> None:
        # Public addresses of the network hold the gateway; a NAT gateway is one (VPC guide, DetachInternetGateway).
        vpc_id = gone.inputs.get("vpcId")
        if any(one.outputs.get("vpcId") == vpc_id and one.outputs.get("publicIp") for one in call.others(NAT)):
            words = f"Network {vpc_id} has some mapped public address(es). Please unmap those public address(es) before"
            raise CloudError("DependencyViolation", f"{words} detaching the gateway.")


class Address(Behaviour):
    # API reference AllocateAddress: the pool of the VPC, and Amazon's own addresses.
    defaults: ClassVar[Mapping[str, Any]] = {"domain": "vpc", "publicIpv4Pool": "amazon"}

    def identify(self, call: Call) -> str:
        return call.fresh("eipalloc-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        seed = digest(id)
        # TEST-NET-3 of RFC 5737 and two more octets would be too few: 198.18.0.0/15 is RFC 2544's range for tests.
        address = f"198.{18 + int(seed[0], 16) % 2}.{int(seed[1:3], 16)}.{int(seed[3:5], 16)}"
        dashed = address.replace(".", "-")
        place = "compute-1" if call.region == "us-east-1" else f"{call.region}.compute"
        return {
            "allocationId": id,
            "arn": call.arn("ec2", f"elastic-ip/{id}"),
            "publicIp": address,
            "publicDns": f"ec2-{dashed}.{place}.{call.suffix}",
            "networkBorderGroup": call.region,
        }

    def release(self, call: Call, gone: Resource) -> None:
        if any(gone.id == one.inputs.get("allocationId") for one in call.others(NAT)):
            raise CloudError("InvalidIPAddress.InUse", f"Address {gone.outputs.get('publicIp')} is in use.")


class NatGateway(Behaviour):
    # API reference CreateNatGateway.
    defaults: ClassVar[Mapping[str, Any]] = {"connectivityType": "public", "availabilityMode": "zonal"}

    def verify(self, call: Call) -> None:
        subnet_id, allocation = call.text("subnetId"), call.text("allocationId")
        vpc_id = lookup.subnet(call, subnet_id).get("vpcId")
        if call.text("connectivityType", default="public") == "private":
            return
        if lookup.made(call, allocation, ADDRESS) is None:
            raise CloudError("InvalidAllocationID.NotFound", f"The allocation ID '{allocation}' does not exist")
        if any(one.inputs.get("allocationId") == allocation for one in call.others(NAT)):
            words = f"Elastic IP address [{allocation}] is already associated"
            raise CloudError("Resource.AlreadyAssociated", words)
        vpc_outside = lookup.outside(call, str(vpc_id)) is not None
        if not vpc_outside and not any(one.inputs.get("vpcId") == vpc_id for one in call.others(GATEWAY)):
            # The gateway's own failure (NAT gateway guide, "NAT gateway creation fails").
            raise CloudError("Gateway.NotAttached", f"Network {vpc_id} has no Internet gateway attached")

    def identify(self, call: Call) -> str:
        return call.fresh("nat-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        seed, network = digest(id), lookup.subnet(call, call.text("subnetId"))
        made: dict[str, Any] = {
            "networkInterfaceId": f"eni-{seed[:17]}",
            "privateIp": inside(network, seed),
            "vpcId": network.get("vpcId"),
        }
        address = lookup.made(call, call.text("allocationId"), ADDRESS)
        if address is not None:
            made |= {"publicIp": address.get("publicIp"), "associationId": f"eipassoc-{seed[17:34]}"}
        return made


class Endpoint(Behaviour):
    sets = ("routeTableIds", "subnetIds", "securityGroupIds", "networkInterfaceIds", "cidrBlocks")
    # API reference CreateVpcEndpoint.
    defaults: ClassVar[Mapping[str, Any]] = {
        "vpcEndpointType": "Gateway",
        "privateDnsEnabled": False,
        "routeTableIds": [],
        "subnetIds": [],
        "securityGroupIds": [],
    }

    def verify(self, call: Call) -> None:
        vpc_id, service = call.text("vpcId"), call.text("serviceName")
        lookup.vpc(call, vpc_id)
        for table in texts(call.inputs, "routeTableIds"):
            lookup.table(call, table)
        zones = [lookup.subnet(call, one).get("availabilityZoneId") for one in texts(call.inputs, "subnetIds")]
        for group in texts(call.inputs, "securityGroupIds"):
            lookup.group(call, group)
        if len(set(zones)) < len(zones):
            words = "Found another VPC endpoint subnet in the availability zone of an existing VPC endpoint subnet"
            raise CloudError("DuplicateSubnetsInSameZone", words)
        if not service.startswith(("com.amazonaws.", "cn.com.amazonaws.", "aws.")) or call.region not in service:
            raise CloudError("InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")
        self._private_names(call, vpc_id, service)

    def _private_names(self, call: Call, vpc_id: str, service: str) -> None:
        for one in call.others(ENDPOINT):
            same = (one.inputs.get("vpcId"), one.inputs.get("serviceName")) == (vpc_id, service)
            if same and call.inputs.get("privateDnsEnabled") and one.inputs.get("privateDnsEnabled"):
                words = (
                    f"private-dns-enabled cannot be set because there is already a conflicting DNS domain for {service}"
                )
                raise CloudError("InvalidParameter", f"{words} in the VPC {vpc_id}")

    def identify(self, call: Call) -> str:
        return call.fresh("vpce-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        seed, service = digest(id), call.text("serviceName").rpartition(".")[2]
        made: dict[str, Any] = {
            "arn": call.arn("ec2", f"vpc-endpoint/{id}"),
            "ownerId": call.account,
            "state": "available",
            "requesterManaged": False,
            "networkInterfaceIds": [],
            "dnsEntries": [],
        }
        if call.text("vpcEndpointType") == "Interface":
            subnets = texts(call.inputs, "subnetIds")
            made["networkInterfaceIds"] = [f"eni-{digest(id, one)[:17]}" for one in subnets]
            name = f"{id}-{seed[:8]}.{service}.{call.region}.vpce.{call.suffix}"
            made["dnsEntries"] = [{"dnsName": name, "hostedZoneId": f"Z{seed[:13].upper()}"}]
            made["ipAddressType"] = "ipv4"
        else:
            made["prefixListId"] = f"pl-{digest(call.region, service)[:8]}"
        return made


class FlowLog(Behaviour):
    # API reference CreateFlowLogs.
    defaults: ClassVar[Mapping[str, Any]] = {"logDestinationType": "cloud-watch-logs", "maxAggregationInterval": 600}

    def verify(self, call: Call) -> None:
        if call.text("vpcId"):
            lookup.vpc(call, call.text("vpcId"))
        if call.text("subnetId"):
            lookup.subnet(call, call.text("subnetId"))

    def identify(self, call: Call) -> str:
        return call.fresh("fl-")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"arn": call.arn("ec2", f"vpc-flow-log/{id}")}


def inside(network: Mapping[str, Any], seed: str) -> str:
    """An address inside a subnet: after the four that AWS keeps (VPC guide, "Subnet CIDR blocks")."""
    within = ipaddress.IPv4Network(str(network.get("cidrBlock") or "10.0.0.0/24"))
    return str(within[4 + int(seed[:8], 16) % (within.num_addresses - 5)])


BEHAVIOURS: dict[str, Behaviour] = {
    GATEWAY: InternetGateway(),
    ADDRESS: Address(),
    NAT: NatGateway(),
    ENDPOINT: Endpoint(),
    FLOW_LOG: FlowLog(),
}
