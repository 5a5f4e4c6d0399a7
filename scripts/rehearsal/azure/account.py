"""Identities, roles, keys, storage, reservations and budgets of a subscription."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from scripts.rehearsal.azure.network import LUSTRE
from scripts.rehearsal.azure.places import CLUSTER, IDENTITY, NODES, SUBNET, SUBSCRIPTION, TENANT, Placed, find
from scripts.rehearsal.behaviour import MADE_AT, Behaviour, Call
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.values import at

ROLE = "azure-native:authorization:RoleAssignment"
STORAGE, CONTAINER = "azure-native:storage:StorageAccount", "azure-native:storage:BlobContainer"
VAULT, KEY = "azure-native:keyvault:Vault", "azure-native:keyvault:Key"
RESERVATIONS, RESERVATION = (
    "azure-native:compute:CapacityReservationGroup",
    "azure-native:compute:CapacityReservation",
)


class Identity(Placed):
    form = "Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
    name = "resourceName"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        made = {"clientId": call.uuid("client"), "principalId": call.uuid("principal"), "tenantId": TENANT}
        return super().decide(call, id) | made


class Federation(Placed):
    form = "Microsoft.ManagedIdentity/userAssignedIdentities/{identity}/federatedIdentityCredentials/{name}"
    name = "federatedIdentityCredentialResourceName"
    kind = "Microsoft.ManagedIdentity/userAssignedIdentities/federatedIdentityCredentials"
    located = False

    def parts(self, call: Call) -> dict[str, str]:
        return super().parts(call) | {"identity": call.text("resourceName")}

    def verify(self, call: Call) -> None:
        super().verify(call)
        find(call, IDENTITY, self.identify(call).partition("/federatedIdentityCredentials/")[0])


def _principals(call: Call) -> Iterator[str]:
    """Who can have a role: identities, and those of clusters and of their nodes."""
    yield from (str(one.outputs.get("principalId")) for one in call.others(IDENTITY))
    for one in call.others(CLUSTER):
        yield str(at(one.outputs, "identity", "principalId"))
        yield str(at(one.outputs, "identityProfile", "kubeletidentity", "objectId"))


class Role(Behaviour):
    def verify(self, call: Call) -> None:
        keys = ("scope", "roleDefinitionId", "principalId")
        for one in call.others(ROLE):
            if all(str(one.inputs.get(key)).lower() == call.text(key).lower() for key in keys):
                raise CloudError("RoleAssignmentExists", "The role assignment already exists.")
        principal = call.text("principalId")
        if principal not in set(_principals(call)) and call.existing.setting(f"outside.{principal}") is None:
            words = f"Principal {principal.replace('-', '')} does not exist in the directory {TENANT}."
            raise CloudError("PrincipalNotFound", words)

    def identify(self, call: Call) -> str:
        name = call.text("roleAssignmentName") or call.uuid("name")
        return f"{call.text('scope')}/providers/Microsoft.Authorization/roleAssignments/{name}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {
            "name": id.rpartition("/")[2],
            "type": "Microsoft.Authorization/roleAssignments",
            "createdOn": MADE_AT,
            "updatedOn": MADE_AT,
        }


class Storage(Placed):
    form = "Microsoft.Storage/storageAccounts/{name}"
    name = "accountName"
    # Storage API reference, StorageAccountPropertiesCreateParameters.
    defaults: ClassVar[Mapping[str, Any]] = {
        "accessTier": "Hot",
        "allowBlobPublicAccess": False,
        "allowSharedKeyAccess": True,
        "enableHttpsTrafficOnly": True,
        "isHnsEnabled": False,
        "minimumTlsVersion": "TLS1_0",
        "publicNetworkAccess": "Enabled",
    }

    def verify(self, call: Call) -> None:
        super().verify(call)
        name = call.text("accountName")
        taken = call.was is None and any(one.outputs.get("name") == name for one in call.others(STORAGE))
        if taken or call.existing.setting(f"outside.{name}") is not None:
            raise CloudError("StorageAccountAlreadyTaken", f"The storage account named {name} is already taken.")

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        name = call.text("accountName")
        parts = ("blob", "dfs", "file", "queue", "table", "web")
        ends = {part: f"https://{name}.{part}.core.windows.net/" for part in parts}
        return super().decide(call, id) | {"creationTime": MADE_AT, "primaryEndpoints": ends}


class Container(Placed):
    form = "Microsoft.Storage/storageAccounts/{account}/blobServices/default/containers/{name}"
    name = "containerName"
    kind = "Microsoft.Storage/storageAccounts/blobServices/containers"
    located = False
    # Storage API reference, ContainerProperties.
    defaults: ClassVar[Mapping[str, Any]] = {"publicAccess": "None", "denyEncryptionScopeOverride": False}

    def parts(self, call: Call) -> dict[str, str]:
        return super().parts(call) | {"account": call.text("accountName")}

    def verify(self, call: Call) -> None:
        super().verify(call)
        find(call, STORAGE, self.identify(call).partition("/blobServices/")[0])


class Vault(Placed):
    form = "Microsoft.KeyVault/vaults/{name}"
    name = "vaultName"

    def verify(self, call: Call) -> None:
        super().verify(call)
        name = call.text("vaultName")
        taken = call.was is None and any(one.outputs.get("name") == name for one in call.others(VAULT))
        if taken or call.existing.setting(f"outside.{name}") is not None:
            words = (
                f"The vault name '{name}' is already in use. Vault names are globally unique so it is possible that the"
            )
            raise CloudError("VaultAlreadyExists", f"{words} name is already taken.")


class Key(Placed):
    form = "Microsoft.KeyVault/vaults/{vault}/keys/{name}"
    name = "keyName"
    kind = "Microsoft.KeyVault/vaults/keys"

    def parts(self, call: Call) -> dict[str, str]:
        return super().parts(call) | {"vault": call.text("vaultName")}

    def verify(self, call: Call) -> None:
        super().verify(call)
        find(call, VAULT, self.identify(call).partition("/keys/")[0])

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        uri = f"https://{call.text('vaultName')}.vault.azure.net/keys/{call.text('keyName')}"
        return super().decide(call, id) | {"keyUri": uri, "keyUriWithVersion": f"{uri}/{call.digits(32, 'version')}"}


class Reservations(Placed):
    form = "Microsoft.Compute/capacityReservationGroups/{name}"
    name = "capacityReservationGroupName"
    users = (NODES, CLUSTER)
    in_use = ("OperationNotAllowed", "Capacity Reservation Group '{id}' cannot be deleted: it is in use by {user}.")

    def release(self, call: Call, gone: Resource) -> None:
        super().release(call, gone)
        if any(one.id.startswith(f"{gone.id}/capacityReservations/") for one in call.others(RESERVATION)):
            words = (
                f"Capacity Reservation Group '{gone.id}' cannot be deleted because it still has capacity reservations."
            )
            raise CloudError("OperationNotAllowed", words)


class Reservation(Placed):
    form = "Microsoft.Compute/capacityReservationGroups/{group}/capacityReservations/{name}"
    name = "capacityReservationName"
    kind = "Microsoft.Compute/capacityReservationGroups/capacityReservations"

    def parts(self, call: Call) -> dict[str, str]:
        return super().parts(call) | {"group": call.text("capacityReservationGroupName")}

    def verify(self, call: Call) -> None:
        super().verify(call)
        find(call, RESERVATIONS, self.identify(call).partition("/capacityReservations/")[0])

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return super().decide(call, id) | {"reservationId": call.uuid("reservation"), "timeCreated": MADE_AT}


class Lustre(Placed):
    form = "Microsoft.StorageCache/amlFilesystems/{name}"
    name = "amlFilesystemName"

    def verify(self, call: Call) -> None:
        super().verify(call)
        find(call, SUBNET, call.text("filesystemSubnet"))

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return super().decide(call, id) | {"health": {"state": "Available", "statusCode": "", "statusDescription": ""}}


class Encryption(Placed):
    form = "Microsoft.Compute/diskEncryptionSets/{name}"
    name = "diskEncryptionSetName"
    users = (CLUSTER,)
    in_use = ("OperationNotAllowed", "Disk encryption set '{id}' cannot be deleted: it is in use by {user}.")


class Budget(Behaviour):
    def identify(self, call: Call) -> str:
        scope = call.text("scope").strip("/") or f"subscriptions/{call.account or SUBSCRIPTION}"
        return f"/{scope}/providers/Microsoft.Consumption/budgets/{call.text('budgetName') or call.name}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return {"name": id.rpartition("/")[2], "type": "Microsoft.Consumption/budgets"}


class Maintenance(Placed):
    form = "Microsoft.ContainerService/managedClusters/{cluster}/maintenanceConfigurations/{name}"
    name = "configName"
    kind = "Microsoft.ContainerService/managedClusters/maintenanceConfigurations"
    located = False

    def parts(self, call: Call) -> dict[str, str]:
        return super().parts(call) | {"cluster": call.text("resourceName")}

    def verify(self, call: Call) -> None:
        super().verify(call)
        find(call, CLUSTER, self.identify(call).partition("/maintenanceConfigurations/")[0])


class Generic(Placed):
    """`resources:Resource`, which takes any kind of resource and any version of its API."""

    located = False

    def identify(self, call: Call) -> str:
        head = f"/subscriptions/{call.account or SUBSCRIPTION}/resourceGroups/{call.text('resourceGroupName')}"
        parent = call.text("parentResourcePath").strip("/")
        kind = call.text("resourceType").strip("/")
        where = "/".join(part for part in (call.text("resourceProviderNamespace"), parent, kind) if part)
        return f"{head}/providers/{where}/{call.text('resourceName') or call.name}"

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        kind = f"{call.text('resourceProviderNamespace')}/{call.text('resourceType')}"
        return {"name": id.rpartition("/")[2], "type": kind, "properties": call.inputs.get("properties") or {}}


BEHAVIOURS: dict[str, Behaviour] = {
    IDENTITY: Identity(),
    "azure-native:managedidentity:FederatedIdentityCredential": Federation(),
    ROLE: Role(),
    STORAGE: Storage(),
    CONTAINER: Container(),
    VAULT: Vault(),
    KEY: Key(),
    RESERVATIONS: Reservations(),
    RESERVATION: Reservation(),
    LUSTRE: Lustre(),
    "azure-native:compute:DiskEncryptionSet": Encryption(),
    "azure-native:consumption:Budget": Budget(),
    "azure-native:containerservice:MaintenanceConfiguration": Maintenance(),
    "azure-native:resources:Resource": Generic(),
}
