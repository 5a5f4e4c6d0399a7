"""Node pools of GKE that no spec describes: priced by what they show, or loud. Prices of us-central1 in USD:
a3-highgpu-8g 88.49, g2-standard-8 0.853624 an hour; pd-balanced 0.10, pd-ssd 0.17, local SSD 0.08 a GB-month.
"""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from components.cost.readers.terms import Terms
from tests.unit.cost_gcp.gcp_clusters import HIGH, amounts, flat, reservation
from tests.unit.cost_gcp.gcp_reading import (
    CLUSTER,
    L4,
    L4_MONTH,
    SMALL,
    Resource,
    cost,
    machine,
    node_pool,
    nodes,
    resource,
    unpriced,
)


def test_a_node_pool_and_its_cluster() -> None:
    report = cost(CLUSTER, node_pool())
    assert [(line.item, line.monthly and line.monthly.max) for line in report.lines] == [
        ("g2-standard-8 (on-demand)", 2 * L4_MONTH),
        ("root disks of 100 GiB (pd-balanced)", D(20)),
        ("Kubernetes 1.35 control plane (standard support)", D(73)),
    ]
    assert amounts(report.accelerators) == (2, 2, 2)


@pytest.mark.parametrize(
    ("inputs", "expected"),
    [
        ({}, (2, 2, 2)),
        ({"nodeLocations": ["us-central1-a", "us-central1-b"]}, (4, 4, 4)),  # counts are per zone
        ({"nodeLocations": None}, (6, 6, 6)),  # three zones of a region
        ({"nodeLocations": None, "location": "us-central1-f"}, (2, 2, 2)),
        ({"nodeCount": None, "initialNodeCount": 3}, (3, 3, 3)),
        ({"nodeCount": 1, "autoscaling": {"minNodeCount": 0, "maxNodeCount": 5}}, (0, 1, 5)),
        ({"nodeCount": None, "autoscaling": {"minNodeCount": 1, "maxNodeCount": 5}}, (1, 1, 5)),
        (
            {
                "nodeCount": 1,
                "nodeLocations": ["us-central1-a", "us-central1-b"],
                "autoscaling": {"totalMinNodeCount": 1, "totalMaxNodeCount": 8},
            },
            (1, 2, 8),  # these are of all zones together
        ),
        ({"autoscaling": {"totalMinNodeCount": 0, "totalMaxNodeCount": "8"}}, (0, 2, 8)),
    ],
)
def test_counts_of_a_node_pool(inputs: dict[str, Any], expected: tuple[int, int, int]) -> None:
    given = {key: value for key, value in node_pool(**inputs)["inputs"].items() if value is not None}
    assert nodes(CLUSTER, {**node_pool(), "inputs": given}) == expected


def test_a_node_pool_has_the_zones_of_its_cluster() -> None:
    own = {**CLUSTER, "inputs": {**CLUSTER["inputs"], "nodeLocations": ["us-central1-a", "us-central1-b"]}}
    given = {key: value for key, value in node_pool()["inputs"].items() if key != "nodeLocations"}
    assert nodes(own, {**node_pool(), "inputs": given}) == (4, 4, 4)
    zonal = {**own, "inputs": {**own["inputs"], "location": "us-central1-c"}}  # which then stands in three
    assert nodes(zonal, {**node_pool(), "inputs": given}) == (6, 6, 6)


@pytest.mark.parametrize(
    "inputs",
    [
        {"nodeCount": {"ref": "somewhere.count"}},
        {"nodeLocations": {"ref": "somewhere.zones"}},
        {"autoscaling": {"minNodeCount": 0}},
        {"autoscaling": {"minNodeCount": 0, "maxNodeCount": {"secret": True}}},
    ],
)
def test_a_size_that_cannot_be_read_is_loud(inputs: dict[str, Any]) -> None:
    assert ("g2-standard-8 (on-demand)", "mine: its size cannot be read, so it has no price") in unpriced(
        CLUSTER, node_pool(**inputs)
    )


@pytest.mark.parametrize(
    ("config", "capacity"),
    [
        ({"spot": True}, "spot"),
        ({"preemptible": True}, "spot"),
        ({"flexStart": True}, "flex"),
        ({"reservationAffinity": {"consumeReservationType": "ANY_RESERVATION"}}, "on-demand"),
        ({"reservationAffinity": {"consumeReservationType": "NO_RESERVATION"}}, "on-demand"),
    ],
)
def test_how_a_node_pool_is_bought(config: dict[str, Any], capacity: str) -> None:
    own = node_pool(nodeConfig={"machineType": L4, **config})
    assert machine(CLUSTER, own).item == f"{L4} ({capacity})"


def test_queued_provisioning_is_flex_start() -> None:
    assert machine(CLUSTER, node_pool(queuedProvisioning={"enabled": True})).monthly is None


@pytest.mark.parametrize(
    "id_", ["h100-prod", "projects/example-other/reservations/h100-prod/reservationBlocks/block-1"]
)
def test_a_reservation_of_the_program_is_paid_whole_and_once(id_: str) -> None:
    kept: Resource = resource(
        "compute/reservation:Reservation",
        "kept",
        name="h100-prod",
        zone="us-central1-a",
        specificReservation={"count": 4, "instanceProperties": {"machineType": HIGH}},
    )
    affinity = {"consumeReservationType": "SPECIFIC_RESERVATION", "values": [id_]}
    users = [node_pool(name, nodeConfig={"machineType": HIGH, "reservationAffinity": affinity}) for name in ("a", "b")]
    assert amounts(machine(kept).monthly) == flat("258390.80")  # 4 x 88.49 x 730
    assert amounts(machine(CLUSTER, kept, *users).monthly) == flat("258390.80")


def test_a_reservation_that_the_spec_names_costs_what_the_spec_says() -> None:
    affinity = {"consumeReservationType": "SPECIFIC_RESERVATION", "values": ["h100-prod"]}
    own = node_pool(nodeConfig={"machineType": HIGH, "reservationAffinity": affinity})
    known = machine(CLUSTER, own, terms=Terms(bought={"h100-prod": reservation(8)}))
    assert amounts(known.monthly) == flat("516781.60")  # 8 x 88.49 x 730, used or not
    assert "how much was bought cannot be read" in machine(CLUSTER, own).hint


def test_bundled_local_ssds_are_free_and_others_are_not() -> None:
    ssds = {"ephemeralStorageLocalSsdConfig": {"localSsdCount": 16}}
    bundled = cost(CLUSTER, node_pool(nodeConfig={"machineType": HIGH, **ssds}))
    assert not [line for line in bundled.lines if line.item.startswith("local disks")]
    block = {"localNvmeSsdBlockConfig": {"localSsdCount": 1}}
    asked = cost(CLUSTER, node_pool(nodeConfig={"machineType": L4, **block}))
    (local,) = [line for line in asked.lines if line.item.startswith("local disks")]
    assert amounts(local.monthly) == (60, 60, 60)  # 2 x 375 x 0.08


@pytest.mark.parametrize(
    ("config", "item"),
    [
        ({}, "root disks of 100 GiB (pd-balanced)"),  # GKE's defaults
        ({"diskType": "pd-ssd", "diskSizeGb": "200"}, "root disks of 200 GiB (pd-ssd)"),
        ({"bootDisk": {"diskType": "pd-ssd", "sizeGb": 50}}, "root disks of 50 GiB (pd-ssd)"),
        ({"machineType": "a4-highgpu-8g"}, "root disks of 100 GiB (hyperdisk-balanced)"),  # it takes no other
    ],
)
def test_the_disks_of_a_node_pool(config: dict[str, Any], item: str) -> None:
    report = cost(CLUSTER, node_pool(nodeConfig={"machineType": L4, **config}))
    assert [line.item for line in report.lines if line.kind == "disk"] == [item]


@pytest.mark.parametrize(
    "config",
    [
        {"diskSizeGb": {"ref": "x.size"}},
        {"bootDisk": {"provisionedIops": 10000}},
        {"secondaryBootDisks": [{"diskImage": "images/models"}]},
    ],
)
def test_a_disk_that_cannot_be_priced_is_loud(config: dict[str, Any]) -> None:
    found = unpriced(CLUSTER, node_pool(nodeConfig={"machineType": L4, **config}))
    assert ("root disks of mine", "how many disks mine has, or how large they are, cannot be read") in found


def test_gpus_that_are_attached_to_a_plain_machine_are_not_free() -> None:
    attached = [{"type": "nvidia-tesla-t4", "count": 2}]
    own = node_pool(nodeConfig={"machineType": "n1-standard-8", "guestAccelerators": attached})
    assert machine(CLUSTER, own).item == "n1-standard-8 + 2 nvidia-tesla-t4 (on-demand)"
    assert machine(CLUSTER, own).monthly is None


# --- what a cluster makes itself ---


def test_the_first_pool_of_a_cluster_is_paid_where_it_stays() -> None:
    config = {"nodeConfig": {"machineType": SMALL}}
    kept = resource("container/cluster:Cluster", "kept", location="us-central1", initialNodeCount=1, **config)
    assert amounts(machine(kept).quantity) == (3 * 730,) * 3  # one in each of three zones
    pools = [{"name": "a", "nodeCount": 2, **config}]
    inside = resource("container/cluster:Cluster", "inside", location="us-central1-a", nodePools=pools)
    assert amounts(machine(inside).quantity) == (2 * 730,) * 3


@pytest.mark.parametrize(
    ("inputs", "note"),
    [
        ({"enableAutopilot": True}, "Autopilot is billed by what pods ask for, which cannot be read"),
        (
            {"clusterAutoscaling": {"enabled": True}},
            "how many nodes auto-provisioning makes cannot be read",
        ),
    ],
)
def test_nodes_that_google_makes_are_loud(inputs: dict[str, Any], note: str) -> None:
    own = {**CLUSTER, "inputs": {**CLUSTER["inputs"], **inputs}}
    assert unpriced(own) == [("mine-cluster (gcp:container/cluster:Cluster)", note)]


def test_a_cluster_on_the_extended_channel_past_its_support() -> None:
    channel = {"releaseChannel": {"channel": "EXTENDED"}, "minMasterVersion": "1.33"}
    report = cost({**CLUSTER, "inputs": {**CLUSTER["inputs"], **channel}})
    assert amounts(report.monthly) == flat("438.00")  # 0.60 x 730
