"""Resource groups, virtual networks and what is in them: https://learn.microsoft.com/rest/api/virtualnetwork/."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any, ClassVar

from scripts.rehearsal.azure.places import (
    CLUSTER,
    GROUP,
    LOCATION,
    NETWORK,
    NODES,
    SUBNET,
    SUBSCRIPTION,
    Placed,
    find,
    mentions_id,
)
from scripts.rehearsal.behaviour import Behaviour, Call
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import rows, texts

NAT, ADDRESS = "azure-native:network:NatGateway", "azure-native:network:PublicIPAddress"
RULES = "azure-native:network:NetworkSecurityGroup"
LUSTRE = "azure-native:storagecache:AmlFilesystem"


class Group(Placed):
    name = "resourceGroupName"

    def identify(self, call: Call) -> str:
        return f"/subscriptions/{call.account or SUBSCRIPTION}/resourceGroups/{call.text('resourceGroupName')}"

    def verify(self, call: Call) -> None:
        id = self.identify(call)
        if call.was is None and any(one.id.lower() == id.lower() for one in call.others(GROUP)):
            raise CloudError("AlreadyExists", f"cannot create already existing resource {id}")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {
            "name": call.text("resourceGroupName"),
            "type": "Microsoft.Resources/resourceGroups",
            "location": call.region or LOCATION,
            "properties": {"provisioningState": "Succeeded"},
        }


def parsed(text: str) -> ipaddress.IPv4Network:
    try:
        return ipaddress.IPv4Network(text)
    except ValueError:
        words = f"The address prefix {text} in resource is formatted incorrectly."
        raise CloudError("InvalidAddressPrefixFormat", words) from None


class Network(Placed):
    form = "Microsoft.Network/virtualNetworks/{name}"
    name = "virtualNetworkName"
    # Network API reference, VirtualNetwork.
    defaults: ClassVar[Mapping[str, Any]] = {"enableDdosProtection": False, "privateEndpointVNetPolicies": "Disabled"}

    def verify(self, call: Call) -> None:
        super().verify(call)
        for text in texts(call.inputs, "addressSpace", "addressPrefixes"):
            parsed(text)

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return super().decide(call, id) | {"resourceGuid": call.uuid("guid"), "subnets": self._subnets(call, id)}

    def told(self, call: Call, now: Resource) -> dict[str, Any]:
        """The subnets that are in it now, whoever made them; a program that names none has none of them as inputs."""
        return {} if now.inputs.get("subnets") else {"subnets": self._subnets(call, now.id)}

    def _subnets(self, call: Call, id: str) -> list[dict[str, Any]]:
        inside = (one for one in call.others(SUBNET) if one.id.startswith(f"{id}/subnets/"))
        keys = ("name", "addressPrefix", "provisioningState")
        return [{"id": one.id, **{key: one.outputs.get(key) for key in keys}} for one in inside]

    def release(self, call: Call, gone: Resource) -> None:
        """Its subnets go with it, unless something is in one of them."""
        super().release(call, gone)
        for one in call.others(SUBNET):
            if one.id.startswith(f"{gone.id}/subnets/"):
                empty(call, one)


def empty(call: Call, subnet: Resource) -> None:
    """Refuse the deletion of a subnet that something is in."""
    for one in call.others(CLUSTER, NODES, LUSTRE):
        if mentions_id(one.inputs, subnet.id):
            words = f"Subnet {subnet.outputs['name']} is in use by {one.id} and cannot be deleted."
            more = "In order to delete the subnet, delete all the resources within the subnet. See aka.ms/deletesubnet."
            raise CloudError("InUseSubnetCannotBeDeleted", f"{words} {more}")


def _idle(call: Call, network: str) -> None:
    """One write at a time on a network; the setting `busy.<network>` is somebody else's."""
    if call.existing.setting(f"busy.{network.rpartition('/')[2]}"):
        words = "Another operation on this or dependent resource is in progress."
        raise CloudError("AnotherOperationInProgress", words, retryable=True)


class Subnet(Placed):
    form = "Microsoft.Network/virtualNetworks/{network}/subnets/{name}"
    name = "subnetName"
    kind = "Microsoft.Network/virtualNetworks/subnets"
    located = False
    # Network API reference, Subnet.
    defaults: ClassVar[Mapping[str, Any]] = {
        "delegations": [],
        "privateEndpointNetworkPolicies": "Disabled",
        "privateLinkServiceNetworkPolicies": "Enabled",
    }

    def parts(self, call: Call) -> dict[str, str]:
        return super().parts(call) | {"network": call.text("virtualNetworkName")}

    def verify(self, call: Call) -> None:
        super().verify(call)
        network = self.identify(call).partition("/subnets/")[0]
        _idle(call, network)
        home = find(call, NETWORK, network)
        name = call.text("subnetName")
        for text in _prefixes(call.inputs):
            mine = parsed(text)
            spaces = texts(home.inputs, "addressSpace", "addressPrefixes") if home is not None else [text]
            if not any(mine.subnet_of(parsed(one)) for one in spaces):
                where = network.rpartition("/")[2]
                words = f"Subnet '{name}' is not valid because its IP address range is outside the IP address range of"
                raise CloudError("NetcfgSubnetRangeOutsideVnet", f"{words} virtual network '{where}'.")
            for other in call.others(SUBNET):
                if other.id.startswith(f"{network}/subnets/"):
                    _apart(name, mine, other, network)
        for path, type in (("natGateway", NAT), ("networkSecurityGroup", RULES)):
            if call.text(path, "id"):
                find(call, type, call.text(path, "id"))

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return super().decide(call, id) | {"purpose": ""}

    def release(self, call: Call, gone: Resource) -> None:
        super().release(call, gone)
        _idle(call, gone.id.partition("/subnets/")[0])
        empty(call, gone)


def _prefixes(inputs: Mapping[str, Any]) -> list[str]:
    return [*texts(inputs, "addressPrefix"), *texts(inputs, "addressPrefixes")]


def _apart(name: str, mine: ipaddress.IPv4Network, other: Resource, network: str) -> None:
    if any(mine.overlaps(parsed(text)) for text in _prefixes(other.inputs)):
        words = f"Subnet '{name}' is not valid because its IP address range overlaps with that of an existing subnet in"
        raise CloudError("NetcfgSubnetRangesOverlap", f"{words} virtual network '{network.rpartition('/')[2]}'.")


class Rules(Placed):
    form = "Microsoft.Network/networkSecurityGroups/{name}"
    name = "networkSecurityGroupName"
    users = (SUBNET,)
    in_use = (
        "InUseNetworkSecurityGroupCannotBeDeleted",
        "Network security group {id} cannot be deleted because it is in use by the following resources: {user}. In order "
        "to delete the Network security group, remove the association with the resource(s).",
    )


class Nat(Placed):
    form = "Microsoft.Network/natGateways/{name}"
    name = "natGatewayName"
    users = (SUBNET,)
    in_use = (
        "NatGatewayInUse",
        "NAT gateway {id} cannot be deleted because it is in use by the following resources: {user}.",
    )
    # NAT gateway guide, TCP idle timeout.
    defaults: ClassVar[Mapping[str, Any]] = {"idleTimeoutInMinutes": 4}

    def verify(self, call: Call) -> None:
        super().verify(call)
        for block in rows(call.inputs, "publicIpAddresses"):
            find(call, ADDRESS, str(block.get("id")))


class Address(Placed):
    form = "Microsoft.Network/publicIPAddresses/{name}"
    name = "publicIpAddressName"
    users = (NAT,)
    in_use = (
        "PublicIPAddressCannotBeDeleted",
        "Public IP address {id} can not be deleted since it is still allocated to resource {user}. In order to delete the "
        "public IP, disassociate/detach the Public IP address from the resource.",
    )
    # Network API reference, PublicIPAddress.
    defaults: ClassVar[Mapping[str, Any]] = {"idleTimeoutInMinutes": 4, "publicIPAddressVersion": "IPv4"}

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        number = int(call.digits(4, "ip"), 16)
        # 203.0.113.0/24 is for documentation (RFC 5737).
        address = str(ipaddress.IPv4Address("203.0.113.0") + number % 256)
        return super().decide(call, id) | {"ipAddress": address, "resourceGuid": call.uuid("guid")}


class Lock(Behaviour):
    """A management lock, on a resource group or on a scope of its own."""

    def identify(self, call: Call) -> str:
        scope = call.text("scope") or (
            f"/subscriptions/{call.account or SUBSCRIPTION}/resourceGroups/{call.text('resourceGroupName')}"
        )
        return f"{scope}/providers/Microsoft.Authorization/locks/{call.text('lockName') or call.name}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"name": id.rpartition("/")[2], "type": "Microsoft.Authorization/locks"}


BEHAVIOURS: dict[str, Behaviour] = {
    GROUP: Group(),
    NETWORK: Network(),
    SUBNET: Subnet(),
    RULES: Rules(),
    NAT: Nat(),
    ADDRESS: Address(),
    "azure-native:authorization:ManagementLockAtResourceGroupLevel": Lock(),
    "azure-native:authorization:ManagementLockByScope": Lock(),
}
