"""Resource policies and reservations: where machines stand, and which ones are bought already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, cast

from components.catalog.gcp import catalog
from scripts.rehearsal.behaviour import MADE_AT, Behaviour, Call
from scripts.rehearsal.gcp.places import NODES, POLICY, RESERVATION, Placed, find, place, short, zones
from scripts.rehearsal.model import CloudError, Resource, Values
from scripts.rehearsal.values import at, rows, texts


class Policy(Placed):
    form = "projects/{project}/regions/{region}/resourcePolicies/{name}"
    kind = "resource_policy resource"

    def verify(self, call: Call) -> None:
        super().verify(call)
        if call.inputs.get("groupPlacementPolicy") and call.inputs.get("workloadPolicy"):
            words = "Only one of group_placement_policy and workload_policy can be set."
            raise CloudError("invalid", f"googleapi: Error 400: {words}")

    def release(self, call: Call, gone: Resource) -> None:
        for one in call.others(NODES, RESERVATION):
            named = [str(row.get("policyName")) for row in rows(one.inputs, "placementPolicy")]
            if short(gone.id) in map(short, named) or gone.id in str(one.inputs.get("resourcePolicies")):
                words = f"The resource_policy resource '{gone.id}' is already being used by '{one.id}'"
                raise CloudError("resourceInUseByAnotherResource", f"googleapi: Error 400: {words}")


class Reservation(Placed):
    form = "projects/{project}/zones/{zone}/reservations/{name}"
    # compute.v1, Reservation.
    defaults: ClassVar[Mapping[str, Any]] = {"specificReservationRequired": False}

    def decide(self, call: Call, id: str) -> dict[str, Any]:
        return super().decide(call, id) | {"creationTimestamp": MADE_AT, "status": "READY", "commitment": ""}


def placed(call: Call) -> None:
    """Refuse a placement that GKE has not (cluster-toolkit v1.95.0, gke-node-pool/main.tf: its preconditions)."""
    policy = call.text("placementPolicy", "policyName")
    if policy:
        found = find(call, POLICY, policy)
        home = place(call)["location"]
        if found is not None and not home.startswith(str(found.outputs.get("region"))):
            words = f"Resource policy {policy} must be in the region of the node pool."
            raise _invalid(words)
    if call.text("placementPolicy", "type") != "COMPACT":
        return
    if len(zones(call)) != 1:
        raise _invalid("Compact placement is supported only for node pools in one zone.")
    if call.text("upgradeSettings", "strategy") == "BLUE_GREEN":
        raise _invalid("Blue-green upgrades are not supported with compact placement.")
    tpu = call.text("placementPolicy", "tpuTopology")
    if call.text("queuedProvisioning", "enabled") == "True" and not tpu:
        raise _invalid("Compact placement cannot be used with queued provisioning.")
    if tpu:
        _slice(call, tpu)


def _slice(call: Call, topology: str) -> None:
    """A pool of TPU hosts is one slice, whole (GKE guide, "Plan TPUs")."""
    machine = catalog().machine(call.text("nodeConfig", "machineType"))
    found = (
        None if machine is None or machine.accelerator is None else catalog().tpu_slice(machine.accelerator, topology)
    )
    if machine is not None and found is None:
        raise _invalid(f"TPU topology {topology} is not supported for machine type {machine.name}.")
    given = call.inputs.get("nodeCount", call.inputs.get("initialNodeCount"))
    if found is not None and given is not None and int(given) not in (0, found.hosts):
        raise _invalid(f"A multi-host TPU slice of topology {topology} has {found.hosts} nodes, not {given}.")


def reserved(call: Call, nodes: int) -> None:
    """Refuse a reservation that is not there, or does not hold what is asked of it.

    `outside.<name>` tells of one that no stack made: `{"zone": …, "machineType": …, "localSsds": …, "count": …}`, or
    false; without it a reservation is there, with room.
    """
    wanted: Values = at(call.inputs, "nodeConfig", "reservationAffinity") or {}
    if wanted.get("consumeReservationType") != "SPECIFIC_RESERVATION":
        return
    if not wanted.get("key") or not wanted.get("values"):
        raise _invalid("Key and values must be specified in reservation affinity for SPECIFIC_RESERVATION.")
    for value in texts(wanted, "values"):
        name = short(value.partition("/reservationBlocks/")[0])
        known = _known(call, name, value)
        if known is not None:
            _holds(call, name, known, nodes)


def _known(call: Call, name: str, value: str) -> Mapping[str, Any] | None:
    for one in call.others(RESERVATION):
        if one.outputs.get("name", one.inputs.get("name")) == name:
            shape: Values = at(one.inputs, "specificReservation", "instanceProperties") or {}
            told = {"zone": one.outputs.get("zone"), "machineType": shape.get("machineType")}
            return told | {
                "count": at(one.inputs, "specificReservation", "count"),
                "localSsds": len(rows(shape, "localSsds")) or None,
            }
    found = call.existing.setting(f"outside.{name}")
    if found is False:
        where = f"projects/{place(call)['project']}/zones/{zones(call)[0]}/reservations/{value}"
        raise CloudError("notFound", f"googleapi: Error 404: The resource '{where}' was not found, notFound")
    return cast("Mapping[str, Any] | None", found)


def _holds(call: Call, name: str, known: Mapping[str, Any], nodes: int) -> None:
    """GKE's words for whatever a reservation lacks: github.com/GoogleCloudPlatform/gsutil/issues/1000."""
    machine = call.text("nodeConfig", "machineType")
    ssds = max((int(row.get("localSsdCount") or 0) for row in _disks(call.inputs)), default=0)
    fits = known.get("machineType") in (None, machine) and known.get("localSsds") in (None, ssds)
    used = sum(_uses(one, name) for one in call.others(NODES))
    for zone in zones(call):
        has = known.get("count") if fits and known.get("zone") in (None, zone) else 0
        short_of = 0 if has is None else min(nodes, used + nodes - int(has))
        if short_of > 0:
            words = (
                f'specific reservation "{name}" is insufficient for node pool "{call.text("name")}" at zone "{zone}"'
            )
            count = f"required {nodes} and short of {short_of} VM count of machine type {machine}."
            reason = f"Reservation does not have enough resources for the request: {words}: {count}"
            raise CloudError("resourceExhausted", f"googleapi: Error 429: {reason}")


def _disks(inputs: Values) -> list[Values]:
    found: list[Values] = []
    for block in ("ephemeralStorageLocalSsdConfig", "localNvmeSsdBlockConfig"):
        found += rows(inputs, "nodeConfig", block)
    return found


def _uses(pool: Resource, name: str) -> int:
    values = texts(pool.inputs, "nodeConfig", "reservationAffinity", "values")
    named = any(short(value.partition("/reservationBlocks/")[0]) == name for value in values)
    return int(pool.outputs.get("nodeCount") or 0) if named else 0


def _invalid(words: str) -> CloudError:
    return CloudError("invalidArgument", f"googleapi: Error 400: {words}")


BEHAVIOURS: dict[str, Behaviour] = {POLICY: Policy(), RESERVATION: Reservation()}
