"""What EC2 refuses about the network interfaces and the market of a launch, when it is asked to launch.

Limits of each machine are the catalogue's. https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa.html
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from components.catalog.aws import AwsMachine
from scripts.rehearsal.aws import lookup
from scripts.rehearsal.aws.behaviour import Call, catalogue
from scripts.rehearsal.model import CloudError, Values
from scripts.rehearsal.values import at, rows, texts

_COMBINATION = "InvalidParameterCombination"


def launchable(call: Call, template: Values, machine: str) -> None:
    """Refuse a template by which EC2 could not launch `machine`."""
    devices = rows(template, "networkInterfaces")
    _groups(call, template, devices)
    _public(devices)
    _layout(devices)
    known = catalogue().machine(machine)
    if known is not None:
        _limits(known, devices)
    for disk in rows(template, "blockDeviceMappings"):
        key = at(disk, "ebs", "kmsKeyId")
        if key:
            lookup.key(call, str(key))
    _placement(call, template)


def _groups(call: Call, template: Values, devices: Sequence[Mapping[str, Any]]) -> None:
    common = texts(template, "vpcSecurityGroupIds")
    if common and devices:
        words = "Network interfaces and an instance-level security groups may not be specified on the same request"
        raise CloudError(_COMBINATION, words)
    for id in dict.fromkeys([*common, *(id for device in devices for id in texts(device, "securityGroups"))]):
        lookup.group(call, id)


def _public(devices: Sequence[Mapping[str, Any]]) -> None:
    if len(devices) > 1 and any(device.get("associatePublicIpAddress") is not None for device in devices):
        words = "The associatePublicIPAddress parameter cannot be specified when launching with multiple network interfaces."
        raise CloudError(_COMBINATION, words)


def _place(device: Mapping[str, Any]) -> tuple[int, int]:
    return int(device.get("networkCardIndex") or 0), int(device.get("deviceIndex") or 0)


def _is_efa(device: Mapping[str, Any]) -> bool:
    return str(device.get("interfaceType")).startswith("efa")


def _layout(devices: Sequence[Mapping[str, Any]]) -> None:
    places = [_place(device) for device in devices]
    if len(set(places)) < len(places):
        raise CloudError(_COMBINATION, "Each network interface requires a unique device index.")
    if devices and (0, 0) not in places:
        raise CloudError(_COMBINATION, "A primary network interface (card 0, device 0) is required.")
    for device in devices:
        if _place(device) == (0, 0) and device.get("interfaceType") == "efa-only":
            raise CloudError(_COMBINATION, "An EFA-only network interface cannot be the primary network interface.")


def _limits(machine: AwsMachine, devices: Sequence[Mapping[str, Any]]) -> None:
    efa = [device for device in devices if _is_efa(device)]
    if len(efa) > machine.efa_max:
        words = f"EFA interface count {len(efa)} exceeds allowed limit for {machine.name}."
        raise CloudError("AttachmentLimitExceeded", words)
    for card, count in Counter(_place(device)[0] for device in efa).items():
        # One EFA device to a card, and none on a first card that carries plain interfaces alone.
        allowed = 0 if card == 0 and 0 not in machine.efa_cards else 1
        if count > allowed:
            words = f"EFA interface count {count} on network card {card} exceeds allowed limit for {machine.name}."
            raise CloudError("AttachmentLimitExceeded", words)
    for card, count in Counter(_place(device)[0] for device in devices).items():
        if card >= machine.network_cards:
            words = f"Network card index {card} is not valid for {machine.name}, which has {machine.network_cards}."
            raise CloudError("InvalidParameterValue", words)
        limit = machine.interfaces_card0 if card == 0 else machine.interfaces_per_card
        if limit is not None and count > limit:
            words = f"Interface count {count} on network card {card} exceeds the limit for {machine.name}"
            raise CloudError("AttachmentLimitExceeded", words)


def _placement(call: Call, template: Values) -> None:
    name = str(at(template, "placement", "groupName") or "")
    if not name:
        return
    if at(template, "instanceMarketOptions", "marketType") == "capacity-block":
        # EC2 guide, "Capacity Blocks for ML": their instances are placed together already.
        raise CloudError(_COMBINATION, "You can't use placement groups with Capacity Blocks.")
    made = call.others("aws:ec2/placementGroup:PlacementGroup")
    if not any(one.outputs.get("name") == name for one in made) and lookup.outside(call, name) is None:
        raise CloudError("InvalidPlacementGroup.Unknown", f"The Placement Group '{name}' is unknown.")
