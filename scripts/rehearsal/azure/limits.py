"""What Azure refuses in a request by itself: values that its version of the API does not list, and names.

Azure's enumerations are open in the SDK, so that a text passes which only another version of the API knows; the version
that the provider sends takes what the SDK lists, whatever the letter case. The models of azure-mgmt list no value,
length or pattern for these types that the SDK does not. Rules of names:
https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules
"""

from __future__ import annotations

import enum
import inspect
import typing
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Any, Union, cast

from scripts.rehearsal import schema
from scripts.rehearsal.model import Failure, Values
from scripts.rehearsal.wordy import Limit, broken

_RULES = "Azure Resource Manager guide, naming rules and restrictions"
_AKS = "AKS guide, limitations of names and node pools"
_ANY = r"[A-Za-z0-9_]([-.\w]*\w)?"

WORDY: Mapping[str, tuple[Limit, ...]] = {
    "azure-native:resources:ResourceGroup": (
        Limit("resourceGroupName", "InvalidResourceGroupName: 1 to 90 letters, digits, -_.() and no period at the end", _RULES, r"[-\w.()]*[-\w()]", 1, 90),
    ),
    "azure-native:containerservice:ManagedCluster": (
        Limit("resourceName", "InvalidParameter: 1 to 63 letters, digits, hyphens and underscores", _AKS, r"[A-Za-z0-9]([-\w]*[A-Za-z0-9])?", 1, 63),
        Limit("dnsPrefix", "InvalidParameter: dnsPrefix is 1 to 54 letters, digits and hyphens", _AKS, r"[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?", 1, 54),
        Limit("agentPoolProfiles.name", "InvalidParameter: 1 to 12 lower case letters and digits, a letter first", _AKS, r"[a-z][a-z0-9]{0,11}"),
    ),
    "azure-native:containerservice:AgentPool": (
        Limit("agentPoolName", "InvalidParameter: 1 to 12 lower case letters and digits, a letter first", _AKS, r"[a-z][a-z0-9]{0,11}"),
        Limit("count", "InvalidParameter: count is 0 to 1000", "AKS API reference, count", "", 0, 1000),
        Limit("maxPods", "InvalidParameter: maxPods is 10 to 250", "AKS guide, maximum pods per node", "", 10, 250),
        Limit("nodeTaints", "InvalidParameter: a taint is key=value:effect", "AKS API reference, nodeTaints", r"[^=:]+(=[^:]*)?:(NoSchedule|PreferNoSchedule|NoExecute)"),
        Limit("upgradeSettings.drainTimeoutInMinutes", "InvalidParameter: drainTimeoutInMinutes is 5 to 1440", "AKS API reference, AgentPoolUpgradeSettings", "", 5, 1440),
    ),
    "azure-native:network:VirtualNetwork": (Limit("virtualNetworkName", "InvalidResourceName: 2 to 64 characters", _RULES, _ANY, 2, 64),),
    "azure-native:network:Subnet": (Limit("subnetName", "InvalidResourceName: 1 to 80 characters", _RULES, _ANY, 1, 80),),
    "azure-native:network:NatGateway": (
        Limit("natGatewayName", "InvalidResourceName: 1 to 80 characters", _RULES, _ANY, 1, 80),
        Limit("idleTimeoutInMinutes", "NatGateway idle timeout is 4 to 120 minutes", "NAT gateway guide, TCP idle timeout", "", 4, 120),
    ),
    "azure-native:network:PublicIPAddress": (Limit("publicIpAddressName", "InvalidResourceName: 1 to 80 characters", _RULES, _ANY, 1, 80),),
    "azure-native:network:NetworkSecurityGroup": (
        Limit("networkSecurityGroupName", "InvalidResourceName: 1 to 80 characters", _RULES, _ANY, 1, 80),
        Limit("securityRules.priority", "SecurityRuleInvalidPriority: priority is 100 to 4096", "Network API reference, SecurityRule.priority", "", 100, 4096),
    ),
    "azure-native:managedidentity:UserAssignedIdentity": (Limit("resourceName", "InvalidResourceName: 3 to 128 characters", _RULES, r"[A-Za-z0-9][-\w]*", 3, 128),),
    "azure-native:storage:StorageAccount": (
        Limit("accountName", "AccountNameInvalid: 3 to 24 lower case letters and digits", _RULES, r"[a-z0-9]*", 3, 24),
    ),
    "azure-native:storage:BlobContainer": (
        Limit("containerName", "InvalidResourceName: 3 to 63 lower case letters, digits and single hyphens", _RULES, r"[a-z0-9](-?[a-z0-9])*", 3, 63),
    ),
    "azure-native:keyvault:Vault": (
        Limit("vaultName", "VaultNameNotValid: 3 to 24 letters, digits and hyphens, a letter first", _RULES, r"[A-Za-z](-?[A-Za-z0-9])*", 3, 24),
    ),
    "azure-native:storagecache:AmlFilesystem": (
        Limit("amlFilesystemName", "InvalidParameter: 2 to 80 characters", "azure-mgmt-storagecache, amlFilesystemName", r"[A-Za-z0-9][-\w]*\w", 2, 80),
    ),
}  # fmt: skip


def failures(type: str, inputs: Values) -> list[Failure]:
    """Each input that Azure would refuse whatever exists; each path once."""
    found: dict[str, Failure] = {}
    if schema.installed(type):
        for one in _unlisted(schema.inputs_of(type), inputs, ""):
            found.setdefault(one.property, one)
    for one in broken(WORDY.get(type, ()), inputs):
        found.setdefault(one.property, one)
    return list(found.values())


def _unlisted(kinds: Mapping[str, Any], values: Values, where: str) -> Iterator[Failure]:
    for name, value in values.items():
        if name in kinds and value is not None:
            yield from _value(schema.bare(kinds[name]), value, f"{where}.{name}".lstrip("."))


def _value(kind: Any, value: Any, where: str) -> Iterator[Failure]:
    if isinstance(value, list):
        of_items = typing.get_args(kind)
        for index, one in enumerate(cast("list[Any]", value)):
            yield from _value(schema.bare(of_items[0]) if of_items else Any, one, f"{where}[{index}]")
    elif isinstance(value, Mapping) and inspect.isclass(kind):
        yield from _unlisted(schema.inputs_of_class(kind), cast("Values", value), where)
    elif isinstance(value, str):
        allowed = [str(one.value) for listed in _listed(kind) for one in listed]
        if allowed and value.lower() not in {one.lower() for one in allowed}:
            reason = f"InvalidParameter: the value of parameter {where} is invalid; it must be one of {', '.join(allowed)}, not {value!r}"
            yield Failure(property=where, reason=reason)


def _listed(kind: Any) -> list[type[enum.Enum]]:
    """The enumerations beside which a kind takes any text."""
    members = typing.get_args(kind) if typing.get_origin(kind) in (Union, UnionType) else ()
    return [one for one in members if inspect.isclass(one) and issubclass(one, enum.Enum)]
