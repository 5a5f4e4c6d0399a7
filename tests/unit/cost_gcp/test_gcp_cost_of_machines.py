"""Machines that no spec describes: instances, groups of them and TPU VMs. Prices of us-central1 in USD: g2-standard-8
0.853624, e2-standard-4 0.13402284, a chip of TPU v5e 1.20 and of v5p 4.20 an hour; pd-ssd 0.17, local SSD 0.08.
"""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from tests.unit.cost_gcp.gcp_clusters import amounts, flat
from tests.unit.cost_gcp.gcp_reading import (
    CLUSTER,
    L4,
    L4_MONTH,
    SMALL,
    cost,
    machine,
    node_pool,
    nodes,
    resource,
    unpriced,
)


def test_an_instance_with_a_disk_local_ssds_and_an_address() -> None:
    report = cost(
        resource(
            "compute/instance:Instance",
            "bastion",
            zone="us-central1-a",
            machineType=L4,
            bootDisk={"initializeParams": {"size": 50, "type": "pd-ssd"}},
            scratchDisks=[{"interface": "NVME"}],
            networkInterfaces=[{"accessConfigs": [{}]}],
        )
    )
    assert [line.monthly and line.monthly.max for line in report.lines] == [
        L4_MONTH,
        D("8.50"),  # 50 x 0.17
        D(30),  # 375 x 0.08
        D("3.65"),  # 0.005 x 730
    ]


def test_a_spot_instance() -> None:
    spot = resource(
        "compute/instance:Instance", "a", zone="us-central1-a", machineType=L4, scheduling={"provisioningModel": "SPOT"}
    )
    assert machine(spot).item == f"{L4} (spot)"


def test_a_group_of_instances_and_its_autoscaler() -> None:
    template = resource(
        "compute/instanceTemplate:InstanceTemplate",
        "workers-template",
        machineType=L4,
        disks=[{"boot": True, "diskSizeGb": 100, "diskType": "pd-balanced"}, {"type": "SCRATCH"}],
    )
    group = resource(
        "compute/instanceGroupManager:InstanceGroupManager",
        "workers",
        zone="us-central1-a",
        targetSize=2,
        versions=[{"instanceTemplate": {"ref": "workers-template.selfLink"}}],
    )
    scaler = resource(
        "compute/autoscaler:Autoscaler",
        "workers-scaler",
        zone="us-central1-a",
        target={"ref": "workers.id"},
        autoscalingPolicy={"minReplicas": 1, "maxReplicas": 6},
    )
    assert nodes(template, group) == (2, 2, 2)
    report = cost(template, group, scaler)
    assert amounts(report.monthly) == (
        L4_MONTH + 2 * (10 + 30) - 40,  # 1 node, its disk of 100 x 0.10, and 375 x 0.08
        2 * (L4_MONTH + 40),
        6 * (L4_MONTH + 40),
    )
    assert unpriced(template) == [
        (
            "workers-template (gcp:compute/instanceTemplate:InstanceTemplate)",
            "how many instances start from this template cannot be read",
        )
    ]


@pytest.mark.parametrize(
    ("inputs", "chips"),
    [
        ({"acceleratorType": "v5litepod-16"}, 16),
        ({"acceleratorType": "v5litepod-1"}, 1),
        ({"acceleratorConfig": {"type": "V5LITE_POD", "topology": "2x4"}}, 8),
    ],
)
def test_a_tpu_vm_is_priced_by_its_chips(inputs: dict[str, Any], chips: int) -> None:
    own = machine(resource("tpu/v2Vm:V2Vm", "tpu", zone="us-central1-a", **inputs))
    assert amounts(own.monthly) == (chips * D("1.20") * 730,) * 3


def test_a_v5p_is_named_by_its_cores() -> None:
    own = machine(resource("tpu/v2Vm:V2Vm", "tpu", zone="us-central1-a", acceleratorType="v5p-16"))
    assert amounts(own.monthly) == flat("24528.00")  # 8 chips x 4.20 x 730


def test_a_tpu_vm_of_another_kind_is_loud() -> None:
    assert unpriced(resource("tpu/v2Vm:V2Vm", "tpu", zone="us-central1-a", acceleratorType="v9-8"))


# --- places ---


@pytest.mark.parametrize(
    ("place", "usd"),
    [
        ({"zone": "us-east5-a"}, D("0.13402284")),
        ({"zone": "projects/p/zones/us-east4-b"}, D("0.15094164")),
        ({}, D("0.13402284")),  # the provider's
        ({"zone": {"ref": "subnet.region"}}, None),
    ],
)
def test_prices_are_those_of_the_place(place: dict[str, Any], usd: D | None) -> None:
    assert machine(resource("compute/instance:Instance", "a", machineType=SMALL, **place)).unit_price == usd


def test_a_node_pool_is_where_its_cluster_is() -> None:
    away = {**CLUSTER, "inputs": {**CLUSTER["inputs"], "location": "us-east4"}}
    given = {"machineType": SMALL}
    assert machine(away, node_pool(nodeLocations=["us-east4-a"], nodeConfig=given)).unit_price == D("0.15094164")
