"""What AWS has left: machines by zone, quotas of the account, reservations; and what it says when there is too little.

Settings: `capacity.<zone id>.<machine>` is how many machines a zone has in all (absent: without end);
`quota.<family>` and `quota.<family>.spot` are vCPUs (absent: without end); `reservations.<id>` is
`{"zone": <zone id>, "machine": …, "count": …}`, or false for one that does not exist (absent: it exists, with room).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any, cast

from scripts.rehearsal.aws import lookup
from scripts.rehearsal.aws.behaviour import Call, catalogue
from scripts.rehearsal.model import CloudError, Resource, Values
from scripts.rehearsal.values import at, texts


def zone_ids(call: Call) -> list[str]:
    return sorted(zone.zone_id for zone in catalogue().zones(call.region))


def zones_of(call: Call, inputs: Values) -> list[str]:
    """The zone ids of what stands in `subnetIds`, each once."""
    found = (lookup.subnet(call, one) for one in texts(inputs, "subnetIds"))
    return list(dict.fromkeys(str(one.get("availabilityZoneId")) for one in found))


def template_of(call: Call, inputs: Values) -> Values:
    """The launch template's inputs, or nothing."""
    found = call.existing.find(str(at(inputs, "launchTemplate", "id") or ""), lookup.TEMPLATE)
    return {} if found is None else found.inputs


def machines_of(call: Call, inputs: Values) -> list[str]:
    """The machines that a node group may run; none where nobody chose, and EKS takes one of its own."""
    return texts(inputs, "instanceTypes") or texts(template_of(call, inputs), "instanceType")


def _machine(call: Call, nodes: Resource) -> str:
    """The machine that a node group runs as far as anybody knows: the first that it may."""
    return next(iter(machines_of(call, nodes.inputs)), "")


def reservation_of(call: Call, inputs: Values) -> str:
    path = ("capacityReservationSpecification", "capacityReservationTarget", "capacityReservationId")
    return str(at(template_of(call, inputs), *path) or "")


def offered(call: Call, machine: str, zones: Sequence[str]) -> None:
    """Refuse a machine that none of the zones offers; say nothing of one that nobody wrote down."""
    known = catalogue().offered_zones(machine, call.region)
    if known is None or set(known) & set(zones):
        return
    asked = ", ".join(lookup.zone_name(call.region, zone) for zone in zones)
    choose = ", ".join(lookup.zone_name(call.region, zone) for zone in known)
    words = f"Your requested instance type ({machine}) is not supported in your requested Availability Zone ({asked})."
    retry = f"Please retry your request by not specifying an Availability Zone or choosing {choose}."
    raise CloudError("Unsupported", f"{words} {retry}")


def quota(call: Call, machine: str, count: int, kind: str) -> None:
    """Refuse what goes beyond the vCPUs of the machine's family. A Capacity Block needs none (facts: unverified)."""
    known = catalogue().machine(machine)
    if known is None or kind == "CAPACITY_BLOCK" or count == 0:
        return
    suffix = ".spot" if kind == "SPOT" else ""
    limit = call.existing.setting(f"quota.{known.quota_family}{suffix}")
    if limit is None:
        return
    used = sum(_vcpus(call, one, known.quota_family, kind) for one in call.others(lookup.NODES))
    if kind == "ON_DEMAND":
        used += sum(_reserved_vcpus(one, known.quota_family) for one in call.others(lookup.RESERVATION))
    if used + known.vcpus * count <= limit:
        return
    if kind == "SPOT":
        raise CloudError("MaxSpotInstanceCountExceeded", "Max spot instance count exceeded")
    words = f"You have requested more vCPU capacity than your current vCPU limit of {limit:g} allows for the instance"
    ask = (
        "bucket that the specified instance type belongs to. Please visit http://aws.amazon.com/contact-us/ec2-request"
    )
    raise CloudError("VcpuLimitExceeded", f"{words} {ask} to request an adjustment to this limit.")


def _vcpus(call: Call, one: Resource, family: str, kind: str) -> int:
    known = catalogue().machine(_machine(call, one))
    if known is None or known.quota_family != family or one.outputs.get("capacityType") != kind:
        return 0
    if kind == "ON_DEMAND" and call.existing.find(reservation_of(call, one.inputs), lookup.RESERVATION):
        return 0  # the reservation itself counts already
    return known.vcpus * running(one)


def _reserved_vcpus(one: Resource, family: str) -> int:
    known = catalogue().machine(str(one.inputs.get("instanceType")))
    count = int(one.inputs.get("instanceCount") or 0)
    return known.vcpus * count if known is not None and known.quota_family == family else 0


def running(nodes: Resource) -> int:
    return int(at(nodes.outputs, "scalingConfig", "desiredSize") or 0)


def room(call: Call, machine: str, count: int, zones: Sequence[str]) -> None:
    """Refuse what the zones together have no machines left for."""
    free = {zone: _free(call, zone, machine) for zone in zones}
    if sum(free.values()) >= count:
        return
    named = ", ".join(lookup.zone_name(call.region, zone) for zone in zones)
    words = f"We currently do not have sufficient {machine} capacity in the Availability Zone you requested ({named})."
    more = "Our system will be working on provisioning additional capacity."
    others = [lookup.zone_name(call.region, one) for one in zone_ids(call) if _free(call, one, machine) >= count]
    hint = f" You can currently get {machine} capacity by not specifying an Availability Zone in your request"
    choose = f"{hint} or choosing {', '.join(others)}." if others else ""
    raise CloudError("InsufficientInstanceCapacity", f"{words} {more}{choose}")


def _free(call: Call, zone: str, machine: str) -> float:
    total = call.existing.setting(f"capacity.{zone}.{machine}")
    if total is None:
        return math.inf
    used = 0
    for one in call.others(lookup.NODES):
        if _machine(call, one) == machine and not reservation_of(call, one.inputs):
            spread = zones_of(call, one.inputs)
            # An Auto Scaling group spreads evenly (Auto Scaling guide, "Balanced" distribution).
            used += -(-running(one) // len(spread)) if zone in spread else 0
    for one in call.others(lookup.RESERVATION):
        if (
            one.inputs.get("instanceType") == machine
            and lookup.zone_id(call, str(one.inputs["availabilityZone"])) == zone
        ):
            used += int(one.inputs.get("instanceCount") or 0)
    return max(0, total - used)


def reserved(call: Call, id: str) -> Mapping[str, Any] | None:
    """Zone, machine and count of a reservation; None for one of which nothing is known. Raises …Id.NotFound."""
    for one in call.others(lookup.RESERVATION, lookup.BLOCK):
        if one.id == id:
            zone = lookup.zone_id(call, str(one.outputs.get("availabilityZone")))
            count, machine = one.outputs.get("instanceCount"), one.outputs.get("instanceType")
            return {"zone": zone, "machine": machine, "count": count}
    known = call.existing.setting(f"reservations.{id}")
    if known is False:
        raise CloudError("InvalidCapacityReservationId.NotFound", f"The capacity reservation ID '{id}' does not exist")
    return cast("Mapping[str, Any] | None", known)


def from_reservation(call: Call, id: str, machine: str, count: int, zones: Sequence[str]) -> None:
    """Refuse what a reservation does not hold: another machine, another zone, more than there is left."""
    known = reserved(call, id)
    if known is None:
        return
    if known.get("machine") and known["machine"] != machine:
        words = "The requested instance type does not match the instance type of the specified Capacity Reservation."
        raise CloudError("InvalidParameterCombination", words)
    if known.get("zone") and known["zone"] not in zones:
        words = "The requested Availability Zone does not match the Availability Zone of the specified Capacity Reservation."
        raise CloudError("InvalidParameterCombination", words)
    users = (one for one in call.others(lookup.NODES) if reservation_of(call, one.inputs) == id)
    used = sum(running(one) for one in users)
    if known.get("count") is not None and used + count > known["count"]:
        words = "The requested reservation does not have sufficient compatible and available capacity for this request."
        raise CloudError("ReservationCapacityExceeded", words)
