"""Resources of Google Cloud that no spec describes: priced by what they show, or loud.

Prices of us-central1 in USD: a3-highgpu-8g 88.49, g2-standard-8 0.853624, e2-standard-4 0.13402284 an hour, a chip of TPU
v5e 1.20; pd-balanced 0.10, pd-standard 0.04, pd-ssd 0.17, local SSD 0.08 a GB-month; control plane 0.10 an hour.
"""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from components.cost.estimate import estimate
from components.cost.model import CostLine, CostReport
from components.cost.readers.gcp import items_from_resources
from components.cost.readers.terms import Terms
from components.plan.model import UsagePlan
from tests.unit.cost_gcp.gcp_clusters import CATALOG, HIGH, ON, amounts, flat, reservation

Resource = dict[str, Any]
L4, SMALL = "g2-standard-8", "e2-standard-4"
L4_MONTH = D("623.145520")  # 0.853624 x 730


def resource(type_: str, name: str, /, **inputs: Any) -> Resource:
    return {"type": f"gcp:{type_}", "name": name, "parent": None, "provider": "mine", "inputs": inputs}


PROVIDER = {"type": "pulumi:providers:gcp", "name": "mine", "parent": None, "inputs": {"region": "us-central1"}}
CLUSTER = resource(
    "container/cluster:Cluster",
    "mine-cluster",
    location="us-central1",
    minMasterVersion="1.35.1-gke.1000000",
    removeDefaultNodePool=True,
    initialNodeCount=1,
)


def node_pool(name: str = "mine", **inputs: Any) -> Resource:
    given = {
        "cluster": {"ref": "mine-cluster.id"},
        "nodeLocations": ["us-central1-a"],
        "nodeCount": 2,
        "nodeConfig": {"machineType": L4, "diskType": "pd-balanced", "diskSizeGb": 100},
    }
    return resource("container/nodePool:NodePool", name, **given | inputs)


def cost(*found: Resource, terms: Terms | None = None) -> CostReport:
    items, left_out = items_from_resources([PROVIDER, *found], terms or Terms(), CATALOG, ON)
    return estimate(items, CATALOG, not_included=left_out)


def machine(*found: Resource, terms: Terms | None = None) -> CostLine:
    (one,) = [line for line in cost(*found, terms=terms).lines if line.kind == "machine"]
    return one


def nodes(*found: Resource) -> tuple[D, D, D]:
    quantity = machine(*found).quantity
    return (quantity.min / 730, quantity.desired / 730, quantity.max / 730)


def unpriced(*found: Resource) -> list[tuple[str, str]]:
    return [(line.item, line.hint) for line in cost(*found).unpriced]


# --- node pools ---


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


# --- machines ---


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


# --- storage, network, keys ---


def test_disks_that_stand_alone() -> None:
    found = [
        resource("compute/disk:Disk", "data", zone="us-central1-a", size=500),
        resource("compute/disk:Disk", "fast", zone="us-central1-a", size=100, type="pd-ssd"),
        resource("compute/disk:Disk", "copy", zone="us-central1-a", snapshot="daily"),
    ]
    assert [(line.item, line.monthly and line.monthly.max) for line in cost(*found).lines] == [
        ("data: disk of 500 GiB (pd-standard)", D(20)),  # 500 x 0.04
        ("fast: disk of 100 GiB (pd-ssd)", D(17)),  # 100 x 0.17
        ("copy: disk", None),
    ]


@pytest.mark.parametrize(
    ("inputs", "item"),
    [
        ({"tier": "STANDARD"}, "mine: Filestore BASIC_HDD, 2048 GiB"),
        ({"tier": "BASIC_HDD", "performanceConfig": {"fixedIops": {"maxIops": 1000}}}, None),
        ({"tier": {"ref": "x"}}, None),
    ],
)
def test_a_filestore_instance(inputs: dict[str, Any], item: str | None) -> None:
    own = resource(
        "filestore/instance:Instance", "mine", location="us-west1-b", fileShares={"capacityGb": 2048}, **inputs
    )
    (line,) = cost(own).lines
    assert (line.item, amounts(line.monthly)) == (
        (item, flat("409.60")) if item else ("mine (gcp:filestore/instance:Instance)", None)  # 2048 x 0.20
    )


def test_a_lustre_instance_is_loud_with_and_without_a_size() -> None:
    own = resource("lustre/instance:Instance", "fast", location="us-central1-a", capacityGib="9000")
    assert unpriced(own) == [("fast (gcp:lustre/instance:Instance)", "its size, tier or speed cannot be read")]
    own["inputs"]["perUnitStorageThroughput"] = "1000"
    assert unpriced(own)[0][0] == "fast: Managed Lustre, 9000 GiB at 1000 MB/s per TiB"


def test_what_is_stored_in_a_bucket_is_named() -> None:
    report = cost(resource("storage/bucket:Bucket", "data", location="US-CENTRAL1"))
    assert not report.lines
    assert report.not_included[0] == "what is stored in data: not included"
    assert unpriced(resource("storage/bucket:Bucket", "data", location={"ref": "x.region"}))


def test_nat_addresses_and_keys() -> None:
    found = [
        resource("compute/routerNat:RouterNat", "nat", region="us-central1", natIpAllocateOption="AUTO_ONLY"),
        resource("compute/address:Address", "entry", region="us-central1"),
        resource("compute/globalAddress:GlobalAddress", "peering", addressType="INTERNAL", purpose="VPC_PEERING"),
        resource("kms/keyRing:KeyRing", "ring", location="us-central1"),
        resource("kms/cryptoKey:CryptoKey", "key", keyRing={"ref": "ring.id"}),
    ]
    report = cost(CLUSTER, node_pool(), *found)
    got = {line.kind: line.monthly and line.monthly.max for line in report.lines}
    assert (got["nat"], got["public-ip"], got["key"]) == (D("2.0440"), D("7.30"), D("0.06"))  # 2 machines, 2 addresses


def test_a_gateway_with_addresses_of_its_own_takes_no_other() -> None:
    found = [
        resource("compute/address:Address", "out", region="us-central1"),
        resource("compute/routerNat:RouterNat", "nat", region="us-central1", natIps=[{"ref": "out.selfLink"}]),
    ]
    assert [line.quantity.max for line in cost(*found).lines if line.kind == "public-ip"] == [730]


@pytest.mark.parametrize(
    "one",
    [
        resource("compute/routerNat:RouterNat", "nat", region="us-central1", type="PRIVATE"),
        resource("kms/cryptoKey:CryptoKey", "key", versionTemplate={"protectionLevel": "HSM"}),
        resource("compute/futureReservation:FutureReservation", "block", zone="us-central1-a"),
        resource("compute/regionDisk:RegionDisk", "twice", region="us-central1", size=100),
        resource("compute/resizeRequest:ResizeRequest", "more", zone="us-central1-a", resizeBy=8),
        resource("storage/anywhereCache:AnywhereCache", "cache", zone="us-central1-a"),
        resource("sql/databaseInstance:DatabaseInstance", "db", region="us-central1"),
        {"type": "kubernetes:core/v1:PersistentVolumeClaim", "name": "claim", "inputs": {}},
        {"type": "kubernetes:core/v1:Service", "name": "entry", "inputs": {"spec": {"type": "LoadBalancer"}}},
        {"type": "kubernetes:cloud.google.com/v1:ComputeClass", "name": "any", "inputs": {}},
        {"type": "kubernetes:karpenter.sh/v1:NodePool", "name": "any", "inputs": {}},
        {"type": "kubernetes:compute.cnrm.cloud.google.com/v1beta1:ComputeInstance", "name": "vm", "inputs": {}},
    ],
    ids=lambda one: one["type"],
)
def test_what_cannot_be_priced_is_loud(one: Resource) -> None:
    assert [item for item, _ in unpriced(one)] == [f"{one['name']} ({one['type']})"]


@pytest.mark.parametrize(
    "type_",
    [
        "gcp:compute/network:Network",
        "gcp:projects/service:Service",
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "gcp:serviceaccount/account:Account",
        "gcp:billing/budget:Budget",
        "kubernetes:core/v1:Namespace",
        "gpu-fleet:gcp:NodePool",
    ],
)
def test_what_costs_nothing(type_: str) -> None:
    assert not cost({"type": type_, "name": "one", "inputs": {}}).lines


def test_logs_that_are_kept_for_longer_than_they_are_paid_for() -> None:
    terms = Terms(usage=UsagePlan(log_gb=D(73)))

    def logs(days: int) -> list[D | None]:
        kept = resource("logging/projectBucketConfig:ProjectBucketConfig", "logs", retentionDays=days)
        return [line.monthly and line.monthly.max for line in cost(kept, terms=terms).lines]

    assert logs(30) == [D("36.50")]  # 73 x 0.50
    assert logs(40) == [D("36.50"), D("0.24")]  # and 73 x 10 of the 730 / 24 days of a month x 0.01


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
