"""What Azure refuses, each beside the same thing that it takes.

Codes: Azure Resource Manager guide, "Resolve common errors"; virtual network and AKS troubleshooting pages; what AKS
never changes on a pool, github.com/pulumi/pulumi-azure-native/issues/959, 2462.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.rehearsal.model import CloudError
from tests.unit.rehearsal_azure.world import (
    A100,
    ANY,
    CLUSTER,
    FAMILY,
    H100,
    HEAD,
    IDENTITY,
    KEY,
    LOCK,
    LUSTRE,
    NAT,
    RESERVATION,
    RESERVATIONS,
    ROLE,
    STORAGE,
    SUBNET,
    VAULT,
    VNET,
    World,
)

FEDERATION = "azure-native:managedidentity:FederatedIdentityCredential"
ROLE_ID = "/subscriptions/x/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7"


def whole(**settings: Any) -> World:
    """Everything that the refusals are about, and no refusal."""
    world = World(**settings).cluster()
    world.make("joins", ROLE, **role(world, world.made["identity"].outputs["principalId"]))
    world.put("held", RESERVATIONS, capacityReservationGroupName="held", zones=["1"])
    world.put(
        "held-a100",
        RESERVATION,
        capacityReservationGroupName="held",
        capacityReservationName="a100",
        sku={"name": A100, "capacity": 1},
    )
    world.put("store", STORAGE, accountName="checkpoints1", kind="StorageV2", sku={"name": "Standard_LRS"})
    world.put(
        "vault", VAULT, vaultName="vault", properties={"sku": {"family": "A", "name": "standard"}, "tenantId": "t"}
    )
    world.put("key", KEY, vaultName="vault", keyName="disks", properties={"kty": "RSA"})
    world.subnet("files", "10.1.16.0/24")
    world.put("lustre", LUSTRE, **lustre(world))
    world.pool()
    world.pool("reserved", vmSize=A100, count=1, capacityReservationGroupID=world.id("held"))
    return world


def role(world: World, principal: str) -> dict[str, Any]:
    given = {"scope": world.id("vnet"), "principalType": "ServicePrincipal", "roleDefinitionId": ROLE_ID}
    return {**given, "principalId": principal}


def lustre(world: World) -> dict[str, Any]:
    return {
        "amlFilesystemName": "lustre",
        "filesystemSubnet": world.id("files"),
        "storageCapacityTiB": 16,
        "sku": {"name": "AMLFS-Durable-Premium-250"},
        "zones": ["1"],
        "maintenanceWindow": {"dayOfWeek": "Sunday", "timeOfDayUTC": "02:00"},
    }


def test_the_baseline_comes_up_and_goes() -> None:
    world = whole()
    for name in reversed(list(world.made)):
        world.delete(name)
    assert world.left() == []


REFUSED: dict[str, tuple[str, Callable[[World], Any]]] = {
    "a group that is not there": (
        r"ResourceGroupNotFound: Resource group 'nowhere' could not be found",
        lambda w: w.put("two", VNET, resourceGroupName="nowhere", addressSpace={"addressPrefixes": ["10.2.0.0/16"]}),
    ),
    "a name twice": (
        r"cannot create already existing resource .*virtualNetworks/VNET",
        lambda w: w.put("two", VNET, virtualNetworkName="VNET", addressSpace={"addressPrefixes": ["10.2.0.0/16"]}),
    ),
    "a subnet outside of its network": (
        r"NetcfgSubnetRangeOutsideVnet: Subnet 'two' is not valid .* outside the IP address range of virtual network 'vnet'",
        lambda w: w.subnet("two", "10.2.0.0/24"),
    ),
    "subnets that overlap": (
        r"NetcfgSubnetRangesOverlap: Subnet 'two' is not valid .* overlaps",
        lambda w: w.subnet("two", "10.1.8.0/24"),
    ),
    "a range that is none": (r"InvalidAddressPrefixFormat", lambda w: w.subnet("two", "10.1.32.1/24")),
    "a subnet in no network": (
        r"ResourceNotFound: The Resource 'Microsoft.Network/virtualNetworks/nowhere' under resource group 'rg'",
        lambda w: w.put("two", SUBNET, subnetName="two", virtualNetworkName="nowhere", addressPrefix="10.1.32.0/24"),
    ),
    "a gateway that is not there": (
        r"ResourceNotFound: .*natGateways/nowhere",
        lambda w: w.subnet("two", "10.1.32.0/24", natGateway={"id": f"{HEAD}/providers/Microsoft.Network/natGateways/nowhere"}),
    ),
    "an address that is not there": (
        r"ResourceNotFound: .*publicIPAddresses/x",
        lambda w: w.put("two", NAT, sku={"name": "Standard"}, publicIpAddresses=[{"id": f"{HEAD}/providers/Microsoft.Network/publicIPAddresses/x"}]),
    ),
    "a cluster without a system pool": (
        r"Must define at least one system pool",
        lambda w: w.put("two", CLUSTER, resourceName="two", dnsPrefix="two", agentPoolProfiles=[{"name": "a", "mode": "User", "count": 1, "vmSize": A100}]),
    ),
    "a cluster of an identity that is not there": (
        r"ResourceNotFound: .*userAssignedIdentities/x",
        lambda w: w.edit("fleet", identity={"type": "UserAssigned", "userAssignedIdentities": [f"{HEAD}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/x"]}),
    ),
    "two minor versions at once": (r"Upgrading Kubernetes version .* is not allowed", lambda w: w.edit("fleet", kubernetesVersion="1.36.2")),
    "a version back": (r"Downgrading Kubernetes version", lambda w: w.edit("fleet", kubernetesVersion="1.33.1")),
    "a pool of no cluster": (r"ResourceNotFound: .*managedClusters/nowhere", lambda w: w.pool("two", resourceName="nowhere")),
    "a pool newer than its cluster": (
        r"NodePoolMcVersionIncompatible: Node pool version cannot be greater than the control plane version 1\.34\.9",
        lambda w: w.pool("two", orchestratorVersion="1.35.6"),
    ),
    "sizes without an autoscaler": (r"must not be set when autoscaling is disabled", lambda w: w.pool("two", minCount=0, maxCount=4)),
    "sizes out of order": (
        r"must be set in ascending order",
        lambda w: w.pool("two", enableAutoScaling=True, minCount=3, maxCount=4),
    ),
    "a spot pool that is reserved": (
        r"Spot node pools cannot use a capacity reservation group",
        lambda w: w.pool("two", scaleSetPriority="Spot", capacityReservationGroupID=w.id("held")),
    ),
    "an eviction policy without spot": (
        r"scaleSetEvictionPolicy can only be set when scaleSetPriority is Spot",
        lambda w: w.pool("two", scaleSetEvictionPolicy="Delete"),
    ),
    "a disk changed": (
        r"PropertyChangeNotAllowed: Changing property 'properties.osDiskSizeGB' is not allowed",
        lambda w: w.edit("train", osDiskSizeGB=512),
    ),
    "zones and pods changed": (
        r"Changing property 'properties.availabilityZones', 'properties.maxPods' is not allowed",
        lambda w: w.edit("train", availabilityZones=["2"], maxPods=50),
    ),
    "a role for nobody": (r"PrincipalNotFound: Principal ghost does not exist", lambda w: w.make("two", ROLE, **role(w, "ghost"))),
    "a role twice": (
        r"RoleAssignmentExists",
        lambda w: w.make("two", ROLE, **role(w, w.made["identity"].outputs["principalId"])),
    ),
    "an account's name twice": (
        r"StorageAccountAlreadyTaken: The storage account named checkpoints1 is already taken",
        lambda w: (
            w.make("rg2", "azure-native:resources:ResourceGroup", resourceGroupName="rg2"),
            w.put("two", STORAGE, resourceGroupName="rg2", accountName="checkpoints1", kind="StorageV2", sku={"name": "Standard_LRS"}),
        ),
    ),
    "a key in no vault": (r"ResourceNotFound: .*vaults/nowhere", lambda w: w.put("two", KEY, vaultName="nowhere", keyName="k", properties={})),
    "a reservation in no group": (
        r"ResourceNotFound: .*capacityReservationGroups/nowhere",
        lambda w: w.put("two", RESERVATION, capacityReservationGroupName="nowhere", capacityReservationName="x", sku={"name": A100}),
    ),
    "a subnet in use": (
        r"InUseSubnetCannotBeDeleted: Subnet nodes is in use by .*managedClusters/fleet and cannot be deleted",
        lambda w: w.delete("nodes"),
    ),
    "a network in use": (r"InUseSubnetCannotBeDeleted", lambda w: w.delete("vnet")),
    "rules in use": (r"InUseNetworkSecurityGroupCannotBeDeleted: .*subnets/nodes", lambda w: w.delete("rules")),
    "a gateway in use": (r"NAT gateway .* cannot be deleted .*subnets/nodes", lambda w: w.delete("nat")),
    "an address in use": (r"PublicIPAddressCannotBeDeleted: .*natGateways/nat", lambda w: w.delete("ip")),
    "a reservation group in use": (r"OperationNotAllowed: .*agentPools/reserved", lambda w: w.delete("held")),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str) -> None:
    words, act = REFUSED[what]
    world = whole()
    with pytest.raises(CloudError, match=words):
        act(world)


def test_a_lock_keeps_what_is_in_its_group() -> None:
    world = World()
    world.put("identity", IDENTITY, resourceName="identity")
    world.put("lock", LOCK, lockName="keep", level="CanNotDelete")
    with pytest.raises(CloudError, match=r"ScopeLocked: .*resourceGroups/rg'. Please remove the lock"):
        world.delete("identity")
    world.delete("lock")
    world.delete("identity")


@pytest.mark.parametrize(
    ("setting", "enough", "more", "words"),
    [
        (f"capacity.westus3.{H100}", 2, {}, r"AllocationFailed: Allocation failed\. .* in this region"),
        (f"capacity.westus3-1.{H100}", 2, {"availabilityZones": ["1"]}, r"ZonalAllocationFailed: .* in this zone"),
        (f"quota.{FAMILY}", 192, {}, r"ErrCode_InsufficientVCPUQuota: Insufficient vcpu quota requested 96, remaining 0 for family standardNDSH100v5Family for region westus3"),
        ("quota.lowPriorityCores", 192, {"scaleSetPriority": "Spot"}, r"remaining 0 for family lowPriorityCores"),
        ("quota.cores", 195, {}, r"QuotaExceeded: .*Location: westus3, Current Limit: 195, Current Usage: 195, Additional Required: 96, \(Minimum\) New Limit Required: 291"),
        ("busy.fleet", "", {}, r"OperationNotAllowed: Operation is not allowed because there's an in progress upgrade"),
    ],
)  # fmt: skip
def test_what_there_is_too_little_of(setting: str, enough: object, more: dict[str, Any], words: str) -> None:
    world = World().cluster()
    world.state.set({setting: enough})
    world.pool(**more)  # two machines of 96 vCPUs
    world.state.set({setting: enough or "upgrade"})
    with pytest.raises(CloudError, match=words):
        world.pool("two", count=1, **more)


def test_a_zone_has_only_what_stands_in_it() -> None:
    world = World(**{f"capacity.westus3-1.{H100}": 2}).cluster()
    world.pool(availabilityZones=["2"], count=4)
    world.pool("spread", availabilityZones=["1", "2"], count=2)
    world.pool("last", availabilityZones=["1"], count=1)
    with pytest.raises(CloudError, match="ZonalAllocationFailed"):
        world.pool("more", availabilityZones=["1"], count=1)


def test_one_write_at_a_time_on_a_network() -> None:
    world = World().network()
    world.state.set({"busy.vnet": "CreateSubnet"})
    with pytest.raises(CloudError, match="AnotherOperationInProgress"):
        world.subnet("two", "10.1.32.0/24")
    world.state.set({"busy.vnet": ""})
    world.subnet("two", "10.1.32.0/24")


def test_a_federation_needs_its_identity() -> None:
    world = World()
    given = {
        "issuer": "https://issuer",
        "subject": "system:serviceaccount:a:b",
        "audiences": ["api://AzureADTokenExchange"],
    }
    with pytest.raises(CloudError, match=r"ResourceNotFound: .*userAssignedIdentities/identity"):
        world.put("one", FEDERATION, resourceName="identity", **given)
    world.put("identity", IDENTITY, resourceName="identity")
    world.put("one", FEDERATION, resourceName="identity", **given)
    assert world.id("one").endswith("/userAssignedIdentities/identity/federatedIdentityCredentials/one")


def test_any_resource_and_any_version_of_its_api_is_taken() -> None:
    world = World()
    given = {"resourceProviderNamespace": "Microsoft.Compute", "resourceType": "capacityReservationGroups"}
    world.put(
        "block", ANY, **given, parentResourcePath="", apiVersion="2025-04-01", properties={"reservationType": "Block"}
    )
    assert world.id("block") == f"{HEAD}/providers/Microsoft.Compute/capacityReservationGroups/block"
