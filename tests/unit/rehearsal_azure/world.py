"""An AKS cluster with its network and two pools, part by part."""

from __future__ import annotations

from typing import Any

from tests.support.clouds import Clouds

GROUP = "azure-native:resources:ResourceGroup"
VNET, SUBNET = "azure-native:network:VirtualNetwork", "azure-native:network:Subnet"
NAT, ADDRESS, RULES = (
    "azure-native:network:NatGateway",
    "azure-native:network:PublicIPAddress",
    "azure-native:network:NetworkSecurityGroup",
)
CLUSTER, POOL = "azure-native:containerservice:ManagedCluster", "azure-native:containerservice:AgentPool"
IDENTITY, ROLE = "azure-native:managedidentity:UserAssignedIdentity", "azure-native:authorization:RoleAssignment"
LOCK = "azure-native:authorization:ManagementLockAtResourceGroupLevel"
STORAGE, VAULT, KEY = (
    "azure-native:storage:StorageAccount",
    "azure-native:keyvault:Vault",
    "azure-native:keyvault:Key",
)
RESERVATIONS, RESERVATION = (
    "azure-native:compute:CapacityReservationGroup",
    "azure-native:compute:CapacityReservation",
)
LUSTRE, ANY = "azure-native:storagecache:AmlFilesystem", "azure-native:resources:Resource"

SUBSCRIPTION = "22222222-2222-2222-2222-222222222222"
HEAD = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"
H100, A100 = "Standard_ND96isr_H100_v5", "Standard_NC24ads_A100_v4"
FAMILY = "standardNDSH100v5Family"


class World(Clouds):
    def __init__(self, **settings: Any) -> None:
        super().__init__("azure-native", account=SUBSCRIPTION, region="westus3", **settings)
        self.make("rg", GROUP, resourceGroupName="rg")

    def put(self, name: str, type: str, /, **inputs: Any) -> None:
        """Make a resource in the group."""
        self.make(name, type, **{"resourceGroupName": "rg", **inputs})

    def network(self) -> World:
        self.put("vnet", VNET, virtualNetworkName="vnet", addressSpace={"addressPrefixes": ["10.1.0.0/16"]})
        self.put("ip", ADDRESS, publicIpAddressName="ip", sku={"name": "Standard"}, publicIPAllocationMethod="Static")
        self.put(
            "nat",
            NAT,
            natGatewayName="nat",
            sku={"name": "Standard"},
            publicIpAddresses=[{"id": self.id("ip")}],
        )
        self.put("rules", RULES, networkSecurityGroupName="rules")
        self.subnet(
            "nodes", "10.1.0.0/20", natGateway={"id": self.id("nat")}, networkSecurityGroup={"id": self.id("rules")}
        )
        return self

    def subnet(self, name: str, cidr: str, **more: Any) -> None:
        self.put(name, SUBNET, subnetName=name, virtualNetworkName="vnet", addressPrefix=cidr, **more)

    def cluster(self, **more: Any) -> World:
        self.network()
        self.put("identity", IDENTITY, resourceName="identity")
        system = {
            "name": "system",
            "mode": "System",
            "count": 3,
            "vmSize": "Standard_D8ds_v5",
            "vnetSubnetID": self.id("nodes"),
        }
        given = {
            "resourceName": "fleet",
            "dnsPrefix": "fleet",
            "kubernetesVersion": "1.34.9",
            "identity": {"type": "UserAssigned", "userAssignedIdentities": [self.id("identity")]},
            "agentPoolProfiles": [system],
        }
        self.put("fleet", CLUSTER, **{**given, **more})
        return self

    def pool(self, name: str = "train", **more: Any) -> None:
        given = {"agentPoolName": name, "mode": "User", "vmSize": H100, "count": 2, "vnetSubnetID": self.id("nodes")}
        self.put(name, POOL, **{"resourceName": "fleet", **given, **more})
