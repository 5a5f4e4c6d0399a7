"""Nodes and purchases on Google Cloud, written by hand: each is held to the rules that hold a cluster.

Machines: a3-megagpu-8g has eight GPU interfaces, a3-ultragpu-8g eight and one gVNIC interface more; g2-standard-96 has
eight L4 and g2-standard-32 one, like g2-standard-4 with its 4 vCPUs (Compute Engine, accelerator-optimized machines).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from policies.context import Context
from policies.readers.gcp import subject_from_resources
from policies.rules import RULES
from policies.settings import RuleSettings, Settings
from policies.subject import Subject
from tests.unit.policies.gcp_by_hand import LABELS, UNKNOWN, cluster, instance, one, pool, template
from tests.unit.policies.subjects import ON, cost, judged

BY_ID = {rule.id: rule for rule in RULES}
UNTIL = LABELS | {"expires-at": "2026-12-24"}
PROVIDER = {"type": "pulumi:providers:gcp", "name": "gcp", "inputs": {"region": "us-central1"}}
MEGA, ULTRA = "a3-megagpu-8g", "a3-ultragpu-8g"
SPECIFIC = {"consumeReservationType": "SPECIFIC_RESERVATION", "key": "compute.googleapis.com/reservation-name"}


def nodes(machine: Any, config: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """Two nodes of a machine."""
    sizes: dict[str, Any] = {"nodeCount": 2} | changes
    return pool(config={"machineType": machine} | (config or {}), **sizes)


def scaled(machine: Any, least: int = 0, **config: Any) -> dict[str, Any]:
    bounds = {"totalMinNodeCount": least, "totalMaxNodeCount": 4}
    return nodes(machine, config, nodeCount=None, autoscaling=bounds)


def interfaces(count: int) -> dict[str, Any]:
    found = [{"network": f"net-{number}", "subnetwork": f"sub-{number}"} for number in range(count)]
    return {"networkConfig": {"enablePrivateNodes": True, "additionalNodeNetworkConfigs": found}}


def reservation(**changes: Any) -> dict[str, Any]:
    inputs = {
        "zone": "us-central1-a",
        "specificReservation": {"count": 4, "instanceProperties": {"machineType": MEGA}},
        "deleteAtTime": "2027-01-31T00:00:00Z",
    }
    return one("compute/reservation:Reservation", "held", **(inputs | changes))


def in_reservation(machine: str, **changes: Any) -> dict[str, Any]:
    affinity = SPECIFIC | {"values": [{"ref": "held.name"}]}
    return nodes(machine, {"reservationAffinity": affinity}, **changes)


def week(mode: str = "CALENDAR", **window: Any) -> dict[str, Any]:
    """Four machines bought beforehand."""
    return one(
        "compute/futureReservation:FutureReservation",
        "week",
        zone="us-central1-a",
        reservationMode=mode,
        timeWindow={"startTime": "2027-02-01T00:00:00Z"} | window,
        specificSkuProperties={"totalCount": 4, "instanceProperties": {"machineType": MEGA}},
    )


def managed(versions: Any) -> dict[str, Any]:
    return one(
        "compute/instanceGroupManager:InstanceGroupManager",
        "fleet",
        zone="us-central1-a",
        targetSize=2,
        versions=versions,
    )


FLEET = [template(machineType="g2-standard-4"), managed([{"instanceTemplate": {"ref": "tpl.id"}}])]
OLD: dict[str, Any] = {"guestAccelerators": [{"type": "nvidia-tesla-v100", "count": 4}]}
SPOT_MACHINE: dict[str, Any] = {"scheduling": {"provisioningModel": "SPOT"}}
TOKYO: dict[str, Any] = {"location": "asia-northeast1", "nodeLocations": ["asia-northeast1-b"]}

# rule, environment, resources, what the message says
REFUSED: list[tuple[str, str, list[dict[str, Any]], str]] = [
    ("spot-required", "ci", [nodes("g2-standard-4")], "^node pool workers runs accelerators on demand alone"),
    ("spot-required", "ci", [nodes("g2-standard-4", {"spot": UNKNOWN})], "whether it runs on spot capacity is unknown"),
    ("spot-required", "ci", [instance(machineType="g2-standard-4")], "^instance box runs accelerators"),
    ("spot-required", "ci", FLEET, "^instance group fleet runs accelerators"),
    ("spot-forbidden", "prod", [nodes(MEGA, {"spot": True}, **interfaces(8))], "^node pool workers trains as a gang"),
    ("spot-forbidden", "prod", [nodes(MEGA, {"preemptible": True}, **interfaces(8))], "may run on spot capacity"),
    (
        "spot-forbidden",
        "prod",
        [nodes(MEGA, {"spot": UNKNOWN}, **interfaces(8))],
        "whether it runs on spot capacity is unknown",
    ),
    (
        "spot-forbidden",
        "prod",
        [nodes(MEGA, {"spot": True}, nodeCount=UNKNOWN, **interfaces(8))],
        "may train as a gang",
    ),
    ("on-demand-scarce-gpu", "prod", [nodes(MEGA)], "^node pool workers asks for H100 on demand"),
    ("on-demand-scarce-gpu", "prod", [instance(machineType=UNKNOWN)], "whether it needs accelerators .* is unknown"),
    ("on-demand-scarce-gpu", "prod", [nodes("n1-standard-8", OLD)], "whether it needs accelerators .* is unknown"),
    ("on-demand-scarce-gpu", "prod", [nodes("n1-standard-8", {"guestAccelerators": UNKNOWN})], "is unknown"),
    (
        "on-demand-scarce-gpu",
        "prod",
        [cluster(removeDefaultNodePool=None, initialNodeCount=1, nodeConfig={"machineType": MEGA})],
        "^the default pool of cluster main asks for H100",
    ),
    ("reservation-expiry", "prod", [reservation(deleteAtTime=None)], "^reservation held has no end"),
    ("reservation-expiry", "prod", [reservation(deleteAtTime="2028-11-24T00:00:00Z")], "until 2028-11-24, 731 days"),
    ("reservation-expiry", "prod", [reservation(deleteAtTime=UNKNOWN)], "until when it runs is unknown"),
    ("reservation-expiry", "prod", [week("DEFAULT")], "^future reservation week: until when it runs is unknown"),
    ("reservation-unused", "prod", [reservation()], "holds 4 machines, and the pools run at most 0 in it"),
    (
        "reservation-unused",
        "prod",
        [reservation(), in_reservation(MEGA)],
        "holds 4 machines, .* at most 2 in it: 2 are",
    ),
    ("reservation-unused", "prod", [reservation(specificReservation=UNKNOWN)], "is unknown"),
    ("capacity-block-window", "prod", [week(endTime="2027-02-15T00:00:00Z")], "^future reservation week: its fee is"),
    ("capacity-block-window", "prod", [week()], "from when to when it runs is unknown"),
    ("idle-ttl", "dev", [nodes("g2-standard-4")], "^node pool workers has no last day"),
    ("idle-ttl", "dev", [nodes("g2-standard-4", {"resourceLabels": UNKNOWN})], "its last day is unknown"),
    ("idle-ttl", "dev", [instance(machineType="g2-standard-4", labels={"expires-at": "2026-11-01"})], "should be gone"),
    ("scale-to-zero", "dev", [nodes("g2-standard-4")], "^node pool workers keeps 2 nodes"),
    ("scale-to-zero", "dev", [scaled("g2-standard-4", least=1)], "keeps 1 node when"),
    ("scale-to-zero", "dev", [nodes("g2-standard-4", nodeCount=UNKNOWN)], "how many nodes it keeps is unknown"),
    # counts are per zone
    (
        "scale-to-zero",
        "dev",
        [nodes("g2-standard-4", nodeLocations=["us-central1-a", "us-central1-b", "us-central1-c"])],
        "keeps 6 nodes",
    ),
    ("allowed-machine-types", "prod", [nodes(MEGA)], "^node pool workers: a3-megagpu-8g in us-central1: the rule"),
    ("allowed-machine-types", "prod", [template(machineType=MEGA)], "^instance template tpl: a3-megagpu-8g"),
    ("allowed-machine-types", "prod", [reservation()], "^reservation held: a3-megagpu-8g"),
    ("allowed-machine-types", "prod", [template(machineType=UNKNOWN)], "which machines it starts is unknown"),
    (
        "retired-or-slow-gpu",
        "prod",
        [nodes("n1-standard-8", OLD)],
        r"n1-standard-8 \+ 4 nvidia-tesla-v100 is of an earlier age, or retired",
    ),
    ("retired-or-slow-gpu", "prod", [template(machineType="n1-standard-8", **OLD)], "^instance template tpl: n1-"),
    ("oversize-node", "prod", [nodes("g2-standard-32")], r"32 vCPUs and 128 GiB for one L4.*take g2-standard-8"),
    ("oversize-node", "prod", [nodes("z9-gpu")], "the size of z9-gpu is unknown to the catalogue"),
    ("fractional-gpu-first", "dev", [nodes("g2-standard-96")], "a node carries 8 accelerators"),
    ("placement-mismatch", "prod", [nodes(MEGA)], r"has a fabric of 1,600 Gbit/s, and up to 2 nodes do not use it"),
    # one interface too few: an accelerator without its own
    ("placement-mismatch", "prod", [nodes(MEGA, **interfaces(7))], "up to 2 nodes do not use it"),
    ("placement-mismatch", "prod", [nodes(ULTRA, **interfaces(8))], "up to 2 nodes do not use it"),
    ("placement-mismatch", "prod", [nodes(MEGA, networkConfig=UNKNOWN)], "whether its nodes use it is unknown"),
    ("region-price-delta", "prod", [nodes("g2-standard-4", **TOKYO)], r"% more than in us-east4 \(0\.70 USD\)"),
    ("region-price-delta", "prod", [nodes("z9-gpu")], "the price of z9-gpu in us-central1 is unknown"),
]

ACCEPTED: list[tuple[str, str, list[dict[str, Any]]]] = [
    ("spot-required", "ci", [nodes("g2-standard-4", {"spot": True})]),
    ("spot-required", "ci", [nodes("g2-standard-4", {"flexStart": True})]),
    ("spot-required", "ci", [instance(machineType="g2-standard-4", **SPOT_MACHINE)]),
    ("spot-required", "ci", [nodes(MEGA, **interfaces(8))]),
    ("spot-required", "ci", [nodes("e2-standard-4")]),
    ("spot-forbidden", "prod", [nodes(MEGA, {"spot": True}, nodeCount=1, **interfaces(8))]),
    ("spot-forbidden", "prod", [nodes("g2-standard-4", {"spot": True})]),
    ("on-demand-scarce-gpu", "prod", [scaled(ULTRA, flexStart=True)]),
    ("on-demand-scarce-gpu", "prod", [in_reservation(MEGA)]),
    ("reservation-expiry", "prod", [reservation(), week("DEFAULT", endTime="2027-02-15T00:00:00Z")]),
    ("reservation-unused", "prod", [reservation(), in_reservation(MEGA, nodeCount=4)]),
    ("idle-ttl", "dev", [nodes("g2-standard-4", {"resourceLabels": UNTIL})]),
    ("idle-ttl", "dev", [scaled("g2-standard-4"), nodes("e2-standard-4") | {"name": "plain"}]),
    ("scale-to-zero", "dev", [scaled("g2-standard-4")]),
    ("allowed-machine-types", "prod", [nodes("g2-standard-4")]),
    ("oversize-node", "prod", [nodes(ULTRA)]),  # 28 vCPUs and 369 GiB for one H200, and none is smaller
    ("oversize-node", "prod", [nodes("g4-standard-48")]),  # smaller ones have a part of the accelerator
    ("fractional-gpu-first", "dev", [nodes("g2-standard-4")]),
    ("placement-mismatch", "prod", [nodes(MEGA, **interfaces(8))]),
    ("placement-mismatch", "prod", [nodes(ULTRA, **interfaces(9))]),
    ("placement-mismatch", "prod", [nodes(ULTRA, networkConfig={"acceleratorNetworkProfile": "auto"})]),
    (
        "placement-mismatch",
        "prod",
        [nodes("ct6e-standard-4t", placementPolicy={"type": "COMPACT", "tpuTopology": "2x4"})],
    ),
    ("region-price-delta", "prod", [nodes("g2-standard-4")]),
]
SETTINGS = Settings(rules={"allowed-machine-types": RuleSettings(parameters={"deny": ["us-central1:a3-*"]})})


def read(environment: str, resources: list[dict[str, Any]]) -> Subject:
    context = Context(stack="hand", environment=environment)
    return replace(subject_from_resources([PROVIDER, *resources], context, cost(), ON), planned=True)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[0]}: {case[3]}")
def test_refuses(case: tuple[str, str, list[dict[str, Any]], str]) -> None:
    rule, environment, resources, message = case
    result, messages = judged(rule, read(environment, resources), SETTINGS)
    assert result == "fail"
    assert any(re.search(message, found) for found in messages), messages
    assert not BY_ID[rule].needs_plan


@pytest.mark.parametrize("case", ACCEPTED, ids=lambda case: f"{case[0]}: {case[1]}")
def test_accepts(case: tuple[str, str, list[dict[str, Any]]]) -> None:
    rule, environment, resources = case
    assert judged(rule, read(environment, resources), SETTINGS) == ("pass", [])


def test_a_window_may_be_given_by_its_length() -> None:
    # 14 days are 1,209,600 seconds
    (one_,) = read("prod", [week(duration={"seconds": "1209600"})]).purchases
    assert (str(one_.starts), str(one_.ends), one_.kind, one_.nodes) == ("2027-02-01", "2027-02-15", "block", 4)


def test_a_template_that_is_used_is_not_counted_twice() -> None:
    assert [one_.what for one_ in read("prod", FLEET).groups] == ["instance group fleet"]
    assert [one_.what for one_ in read("prod", [FLEET[0]]).groups] == ["instance template tpl"]


def test_a_finding_names_the_resource_so_that_a_waiver_can() -> None:
    made = read("dev", [nodes("g2-standard-4"), instance(machineType="g2-standard-4")])
    assert {one_.resource for one_ in (*made.groups, *made.lifetimes)} == {"workers", "box"}
    assert {one_.path for one_ in (*made.groups, *made.lifetimes)} == {""}
