"""Where things are on Azure and what they are called: resource ids, and what a reference stands for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from scripts.rehearsal.behaviour import Behaviour, Call
from scripts.rehearsal.model import CloudError, Resource, Values
from scripts.rehearsal.values import copied, texts

SUBSCRIPTION, LOCATION = "00000000-0000-0000-0000-000000000000", "eastus"
"""Whose cloud it is, and where, where neither the provider nor a resource says so."""
TENANT = "11111111-1111-1111-1111-111111111111"

GROUP, NETWORK, SUBNET = (
    "azure-native:resources:ResourceGroup",
    "azure-native:network:VirtualNetwork",
    "azure-native:network:Subnet",
)
CLUSTER, NODES = "azure-native:containerservice:ManagedCluster", "azure-native:containerservice:AgentPool"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
LOCKS = (
    "azure-native:authorization:ManagementLockAtResourceGroupLevel",
    "azure-native:authorization:ManagementLockByScope",
)


def outside(call: Call, id: str) -> Values | None:
    """What is known of something that no stack made: the setting `outside.<id>`; None also where it is false."""
    found = call.existing.setting(f"outside.{id}")
    return None if found is False else cast("Values | None", found)


def find(call: Call, type: str, id: str) -> Resource | None:
    """What an id stands for, whatever its letter case; None for what exists outside of all stacks.

    Raises ResourceNotFound for an id that stands for nothing.
    """
    for one in call.others(type):
        if one.id.lower() == id.lower():
            return one
    if outside(call, id) is not None:
        return None
    kind, _, name = id.partition("/providers/")[2].rpartition("/")
    group = id.partition("/resourceGroups/")[2].partition("/")[0]
    words = f"The Resource '{kind}/{name}' under resource group '{group}' was not found."
    raise CloudError("ResourceNotFound", f"{words} For more details please go to https://aka.ms/ARMResourceNotFoundFix")


def group(call: Call, name: str) -> Resource | None:
    """A resource group by its name. Raises ResourceGroupNotFound."""
    for one in call.others(GROUP):
        if str(one.outputs.get("name")).lower() == name.lower():
            return one
    if outside(call, name) is not None:
        return None
    raise CloudError("ResourceGroupNotFound", f"Resource group '{name}' could not be found.")


def mentions_id(value: Any, id: str) -> bool:
    """Whether some text inside a value is this id, whatever its letter case."""
    if isinstance(value, Mapping):
        return any(mentions_id(one, id) for one in cast("Mapping[str, Any]", value).values())
    if isinstance(value, list):
        return any(mentions_id(one, id) for one in cast("list[Any]", value))
    return isinstance(value, str) and value.lower() == id.lower()


class Placed(Behaviour):
    """A resource in a resource group: `form` is its kind and name, as its id has them after the provider's name."""

    form: ClassVar[str] = ""
    name: ClassVar[str] = ""
    """The input that names it."""
    kind: ClassVar[str] = ""
    users: ClassVar[tuple[str, ...]] = ()
    """Types whose inputs may name this resource, and so keep it from being deleted."""
    in_use: ClassVar[tuple[str, str]] = ("", "")
    """The code and the words of that refusal, with {name}, {id} and {user}."""
    located: ClassVar[bool] = True

    def verify(self, call: Call) -> None:
        if call.inputs.get("resourceGroupName"):
            group(call, call.text("resourceGroupName"))
        id = self.identify(call)
        if call.was is None and any(one.id.lower() == id.lower() for one in call.others(call.type)):
            # The provider asks first whether a resource of that id exists (pulumi-azure-native, Create).
            raise CloudError("AlreadyExists", f"cannot create already existing resource {id}")

    def identify(self, call: Call) -> str:
        head = f"/subscriptions/{call.account or SUBSCRIPTION}/resourceGroups/{call.text('resourceGroupName')}"
        return f"{head}/providers/{self.form.format(**self.parts(call))}"

    def parts(self, call: Call) -> dict[str, str]:
        return {"name": call.text(self.name)}

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        kind = self.form.partition("/{")[0]
        made: dict[str, Any] = {
            "name": call.text(self.name),
            "type": self.kind or kind,
            "provisioningState": "Succeeded",
        }
        if self.located:
            home = group(call, call.text("resourceGroupName")) if call.inputs.get("resourceGroupName") else None
            made["location"] = str(home.outputs["location"]) if home is not None else call.region or LOCATION
        return made | {"azureApiVersion": "", "etag": f'W/"{call.uuid("etag")}"'}

    def outputs(self, call: Call, id: str) -> dict[str, Any]:
        made = super().outputs(call, id)
        if call.inputs.get("location"):
            made["location"] = call.text("location").lower().replace(" ", "")
        return made | {"identity": identity(call)} if call.inputs.get("identity") else made

    def release(self, call: Call, gone: Resource) -> None:
        unlocked(call, gone.id)
        for one in call.others(*self.users) if self.users else ():
            if mentions_id(one.inputs, gone.id):
                code, words = self.in_use
                name = gone.id.rpartition("/")[2]
                raise CloudError(code, words.format(name=name, id=gone.id, user=one.id))


def identity(call: Call) -> dict[str, Any]:
    """Who a resource acts as: a map of its identities, where a request has a list, and its own where it has one."""
    told: dict[str, Any] = copied(call.inputs["identity"])
    if isinstance(told.get("userAssignedIdentities"), list):
        told["userAssignedIdentities"] = {id: _principal(call, id) for id in texts(told, "userAssignedIdentities")}
    if "SystemAssigned" in str(told.get("type")):
        told |= {"principalId": call.uuid("principal"), "tenantId": TENANT}
    return told


def _principal(call: Call, id: str) -> dict[str, Any]:
    found, keys = find(call, IDENTITY, id), ("clientId", "principalId")
    return dict.fromkeys(keys, "") if found is None else {key: found.outputs[key] for key in keys}


def unlocked(call: Call, id: str) -> None:
    """Refuse a deletion below a lock (Azure Resource Manager guide, "Lock your resources")."""
    for one in call.others(*LOCKS):
        scope = one.id.partition("/providers/Microsoft.Authorization/locks/")[0]
        if id.lower().startswith(scope.lower()) and id != one.id:
            words = (
                f"The scope '{id}' cannot perform delete operation because following scope(s) are locked: '{scope}'."
            )
            raise CloudError("ScopeLocked", f"{words} Please remove the lock and try again.")
