"""What Pulumi's Azure provider does before it asks: it names what a program does not name.

Names of resources on their own get digits, those inside another resource are the logical name
(https://www.pulumi.com/registry/packages/azure-native/how-to-guides/, autonaming; provider/pkg/provider, autonaming).
"""

from __future__ import annotations

from scripts.rehearsal.model import Values

AUTONAMES: dict[str, tuple[str, int]] = {
    "azure-native:compute:CapacityReservation": ("capacityReservationName", 64),
    "azure-native:compute:CapacityReservationGroup": ("capacityReservationGroupName", 64),
    "azure-native:compute:DiskEncryptionSet": ("diskEncryptionSetName", 80),
    "azure-native:consumption:Budget": ("budgetName", 63),
    "azure-native:containerservice:AgentPool": ("agentPoolName", 12),
    "azure-native:containerservice:MaintenanceConfiguration": ("configName", 63),
    "azure-native:containerservice:ManagedCluster": ("resourceName", 63),
    "azure-native:keyvault:Key": ("keyName", 127),
    "azure-native:keyvault:Vault": ("vaultName", 24),
    "azure-native:managedidentity:FederatedIdentityCredential": ("federatedIdentityCredentialResourceName", 120),
    "azure-native:managedidentity:UserAssignedIdentity": ("resourceName", 128),
    "azure-native:network:NatGateway": ("natGatewayName", 80),
    "azure-native:network:NetworkSecurityGroup": ("networkSecurityGroupName", 80),
    "azure-native:network:PublicIPAddress": ("publicIpAddressName", 80),
    "azure-native:network:Subnet": ("subnetName", 80),
    "azure-native:network:VirtualNetwork": ("virtualNetworkName", 64),
    "azure-native:resources:ResourceGroup": ("resourceGroupName", 90),
    "azure-native:storage:BlobContainer": ("containerName", 63),
    "azure-native:storage:StorageAccount": ("accountName", 24),
    "azure-native:storagecache:AmlFilesystem": ("amlFilesystemName", 80),
}
"""By type: the property, and the longest name in characters (Azure Resource Manager guide, naming rules)."""

COPIED: frozenset[str] = frozenset(
    {
        "azure-native:compute:CapacityReservation",
        "azure-native:consumption:Budget",
        "azure-native:containerservice:AgentPool",
        "azure-native:containerservice:MaintenanceConfiguration",
        "azure-native:keyvault:Key",
        "azure-native:managedidentity:FederatedIdentityCredential",
        "azure-native:network:Subnet",
        "azure-native:storage:BlobContainer",
    }
)
"""Types whose name is the logical one, without digits."""

FORM = (8, "")
"""Digits of a name, and what stands before them."""

LOWERCASE: frozenset[str] = frozenset({"azure-native:storage:StorageAccount", "azure-native:storage:BlobContainer"})
"""Types whose names have no capitals."""

RESHAPED: dict[str, tuple[tuple[str, str], ...]] = dict.fromkeys(
    (
        "azure-native:compute:DiskEncryptionSet",
        "azure-native:containerservice:ManagedCluster",
        "azure-native:resources:Resource",
        "azure-native:storage:StorageAccount",
        "azure-native:storagecache:AmlFilesystem",
    ),
    (("identity", "userAssignedIdentities"),),
)
"""By type: a list of ids in requests, a map in replies (the SDK's own input and output types)."""

KEEPS_INPUTS = True
"""A refresh applies the difference of old and new outputs to the inputs (pulumi-azure-native, Read)."""


def account(config: Values) -> str:
    """The subscription."""
    return str(config.get("subscriptionId") or "")
