"""What GKE refuses of node pools, each beside the same pool that it takes: H200 machines on RDMA networks.

Shapes: Compute Engine guide, "Accelerator-optimized machines" (a3-ultragpu-8g: 8 GPUs, 32 local SSDs, hyperdisk alone,
one more gVNIC interface and 8 for RDMA). What excludes what: cluster-toolkit v1.95.0, gke-node-pool/main.tf. Words of
GKE: github.com/GoogleCloudPlatform/gsutil/issues/1000 (reservations), GoogleCloudPlatform/cloud-foundation-fabric
issue 1644 (addresses).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.rehearsal.model import CloudError
from tests.unit.rehearsal_gcp.world import MACHINE, NETWORK, POLICY, ROOT, SUBNETWORK, ZONE, World

PROFILE = f"{ROOT}/global/networkProfiles/{ZONE}-vpc-roce"
SSDS, BLOCK = "ephemeralStorageLocalSsdConfig", "localNvmeSsdBlockConfig"


def fabric(**settings: Any) -> World:
    """A cluster with multi-networking, a gVNIC network and an RDMA network of eight subnets."""
    world = World(**settings).cluster(enableMultiNetworking=True, datapathProvider="ADVANCED_DATAPATH")
    world.make("more", NETWORK, name="more", autoCreateSubnetworks=False, mtu=8896)
    world.make("rdma", NETWORK, name="rdma", autoCreateSubnetworks=False, mtu=8896, networkProfile=PROFILE)
    for place, (network, cidr) in enumerate(
        [("more", "10.128.0.0/24"), *(("rdma", f"10.129.{number}.0/24") for number in range(8))]
    ):
        name = f"{network}-{place}"
        world.make(name, SUBNETWORK, name=name, network=world.id(network), ipCidrRange=cidr)
    return world


def interfaces(world: World) -> list[dict[str, str]]:
    found = [one for one in world.made.values() if one.type == SUBNETWORK and one.inputs["name"] != "sub"]
    return [{"network": one.inputs["name"].partition("-")[0], "subnetwork": one.inputs["name"]} for one in found]


def pool(world: World, *, config: dict[str, Any] | None = None, **more: Any) -> None:
    """A whole pool of two nodes, with what differs."""
    of_nodes = {"diskType": "hyperdisk-balanced", SSDS: {"localSsdCount": 32}, **(config or {})}
    networks = {"networkConfig": {"additionalNodeNetworkConfigs": interfaces(world)}}
    given = {"nodeConfig": {key: value for key, value in of_nodes.items() if value is not None}, **networks, **more}
    world.pool("train", **given)


def affinity(*names: str) -> dict[str, Any]:
    given = {"consumeReservationType": "SPECIFIC_RESERVATION", "key": "compute.googleapis.com/reservation-name"}
    return {"reservationAffinity": {**given, "values": list(names)}}


FLEX: dict[str, Any] = {
    "nodeCount": None,
    "autoscaling": {"totalMinNodeCount": 0, "totalMaxNodeCount": 4, "locationPolicy": "ANY"},
    "management": {"autoRepair": False, "autoUpgrade": True},
}
HELD = {"zone": ZONE, "machineType": MACHINE, "localSsds": 32, "count": 2}


def test_the_baseline_comes_up() -> None:
    pool(fabric())


def test_flex_start_comes_up_without_nodes() -> None:
    world = fabric()
    pool(world, config={"flexStart": True, "maxRunDuration": "604800s"}, queuedProvisioning={"enabled": True}, **FLEX)
    assert world.made["train"].outputs["nodeCount"] == 0


def test_a_reservation_that_fits_is_used() -> None:
    pool(fabric(outside__held=HELD), config=affinity("held"))
    pool(fabric(), config=affinity(f"{ROOT}/reservations/elsewhere/reservationBlocks/b1"))


REFUSED: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "another accelerator": (
        r"a3-ultragpu-8g does not support 8 accelerators of type nvidia-h100-80gb",
        {"guestAccelerators": [{"type": "nvidia-h100-80gb", "count": 8}]},
        {},
    ),
    "a part of its accelerators": (
        r"does not support 4 accelerators",
        {"guestAccelerators": [{"type": "nvidia-h200-141gb", "count": 4}]},
        {},
    ),
    "another number of local SSDs": (
        r"Invalid number of local SSDs for machine type a3-ultragpu-8g: 16\.",
        {SSDS: {"localSsdCount": 16}},
        {},
    ),
    "local SSDs twice": (r"Only one of ephemeral_storage", {BLOCK: {"localSsdCount": 32}}, {}),
    "a boot disk that the machine cannot have": (
        r"pd-balanced disk type cannot be used by a3-ultragpu-8g machine type",
        {"diskType": "pd-balanced"},
        {},
    ),
    "a zone of another region": (r'Location "europe-west1-b" is not in the region', {}, {"nodeLocations": ["europe-west1-b"]}),
    "a zone without the machine": (
        r"Machine type with name 'a3-ultragpu-8g' does not exist in zone 'us-central1-a'",
        {},
        {"nodeLocations": ["us-central1-a"]},
    ),
    "spot with a reservation": (r"must be NO_RESERVATION", {"spot": True, **affinity("held")}, {}),
    "spot and flex-start": (r"Spot VMs cannot be used with flex-start", {"spot": True, "flexStart": True}, FLEX),
    "spot with a maintenance interval": (
        r"Host maintenance policy cannot be used with Spot VMs",
        {"spot": True, "hostMaintenancePolicy": {"maintenanceInterval": "PERIODIC"}},
        {},
    ),
    "flex-start with nodes": (r"require autoscaling with a minimum of 0", {"flexStart": True}, {**FLEX, "nodeCount": 2}),
    "flex-start with repair": (r"auto-repair must be disabled", {"flexStart": True}, {**FLEX, "management": {"autoRepair": True}}),
    "flex-start for eight days": (r"at most 604800s", {"flexStart": True, "maxRunDuration": "691200s"}, FLEX),
    "queued with a placement": (
        r"cannot be used with queued provisioning",
        {"flexStart": True},
        {**FLEX, "queuedProvisioning": {"enabled": True}, "placementPolicy": {"type": "COMPACT"}},
    ),
    "a placement with blue-green upgrades": (
        r"Blue-green upgrades",
        {},
        {"placementPolicy": {"type": "COMPACT"}, "upgradeSettings": {"strategy": "BLUE_GREEN"}},
    ),
    "bounds that cross": (
        r"totalMinNodeCount must not be greater than totalMaxNodeCount",
        {},
        {"nodeCount": None, "autoscaling": {"totalMinNodeCount": 4, "totalMaxNodeCount": 2}},
    ),
    "nodes newer than their cluster": (r"must not have a greater version than the master", {}, {"version": "1.35.1-gke.100"}),
    "too many nodes for an interface's subnet": (
        r"\[IP_SPACE_EXHAUSTED\]: Instance .* IP space of .*subnetworks/more-0' is exhausted",
        {},
        {"nodeCount": 253},  # 256 addresses, of which 4 are nobody's
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str) -> None:
    words, config, more = REFUSED[what]
    with pytest.raises(CloudError, match=words):
        pool(fabric(), config=config, **more)


def test_as_many_nodes_as_the_subnet_holds() -> None:
    pool(fabric(), nodeCount=252)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"count": 1}, r'reservation "held" is insufficient for node pool "train" at zone "us-central1-b": required 2 and short of 1'),
        ({"machineType": "a4-highgpu-8g"}, r"short of 2 VM count of machine type a3-ultragpu-8g"),
        ({"localSsds": 16}, r"Error 429: .*short of 2"),
        ({"zone": "us-central1-a"}, r"short of 2"),
    ],
)  # fmt: skip
def test_a_reservation_that_does_not_hold_it(change: dict[str, Any], words: str) -> None:
    with pytest.raises(CloudError, match=words):
        pool(fabric(outside__held={**HELD, **change}), config=affinity("held"))


def test_pods_without_addresses() -> None:
    """Each node takes 256 addresses for its 110 pods (GKE guide, "Flexible Pod CIDR"), so a /20 is for 16 nodes."""
    world = fabric()
    world.edit("sub", secondaryIpRanges=[{"rangeName": "pods", "ipCidrRange": "10.64.0.0/20"}])
    pool(world, nodeCount=16)
    with pytest.raises(CloudError, match=r"IP_SPACE_EXHAUSTED"):
        world.plain(nodeCount=1)


INTERFACES: dict[str, tuple[str, Callable[[World], Any]]] = {
    "more than the machine has": (
        r"exceeds the limit of machine type a3-ultragpu-8g: 10\.",
        lambda w: [*interfaces(w), {"network": "more", "subnetwork": "more-9"}],
    ),
    "two in one plain network": (
        r"Networks must be distinct",
        lambda w: [{"network": "more", "subnetwork": "more-0"}, {"network": "more", "subnetwork": "more-9"}],
    ),
    "the cluster's own network": (r"Networks must be distinct", lambda _: [{"network": "net", "subnetwork": "sub"}]),
    "a subnet twice": (r"Subnetworks must be distinct", lambda w: [interfaces(w)[1], interfaces(w)[1]]),
    "a subnet of another network": (r"'more-0' is not in network 'rdma'", lambda _: [{"network": "rdma", "subnetwork": "more-0"}]),
    "a network that is not there": (r"notFound: .*'gone'", lambda _: [{"network": "gone", "subnetwork": "more-0"}]),
}  # fmt: skip


@pytest.mark.parametrize("what", INTERFACES)
def test_interfaces_that_nodes_cannot_have(what: str) -> None:
    words, blocks = INTERFACES[what]
    world = fabric()
    world.make("more-9", SUBNETWORK, name="more-9", network=world.id("more"), ipCidrRange="10.130.0.0/24")
    given = blocks(world)
    with pytest.raises(CloudError, match=words):
        pool(world, networkConfig={"additionalNodeNetworkConfigs": given})


def test_interfaces_need_multi_networking_and_no_automatic_profile() -> None:
    world = World().cluster()
    world.make("more", NETWORK, name="more", autoCreateSubnetworks=False)
    world.make("more-0", SUBNETWORK, name="more-0", network=world.id("more"), ipCidrRange="10.128.0.0/24")
    with pytest.raises(CloudError, match="require a cluster with multi-networking"):
        pool(world)
    with pytest.raises(CloudError, match="requires Dataplane V2"):
        pool(world, networkConfig={"acceleratorNetworkProfile": "auto"})
    with pytest.raises(CloudError, match="cannot be combined with additional node networks"):
        given = {"additionalNodeNetworkConfigs": interfaces(world), "acceleratorNetworkProfile": "auto"}
        pool(world, networkConfig=given)


def test_an_rdma_network_is_for_the_zone_of_its_profile() -> None:
    world = World().cluster(enableMultiNetworking=True, datapathProvider="ADVANCED_DATAPATH")
    profile = f"{ROOT}/global/networkProfiles/us-central1-a-vpc-roce"
    world.make("rdma", NETWORK, name="rdma", autoCreateSubnetworks=False, networkProfile=profile)
    world.make("rdma-0", SUBNETWORK, name="rdma-0", network=world.id("rdma"), ipCidrRange="10.129.0.0/24")
    with pytest.raises(CloudError, match="network profile for zone us-central1-a, not for us-central1-b"):
        pool(world)


def domains() -> World:
    world = fabric()
    policy = {"type": "HIGH_THROUGHPUT", "acceleratorTopology": "1x72"}
    for name, region in (("near", "us-central1"), ("far", "europe-west1")):
        world.make(name, POLICY, name=name, region=region, workloadPolicy=policy)
    return world


def test_an_nvlink_domain_has_its_policy_in_its_region() -> None:
    """GKE guide, "A4X": a workload policy, given to the pool as a placement policy."""
    pool(domains(), placementPolicy={"type": "COMPACT", "policyName": "near"})
    with pytest.raises(CloudError, match="must be in the region of the node pool"):
        pool(domains(), placementPolicy={"type": "COMPACT", "policyName": "far"})


@pytest.mark.parametrize(
    ("topology", "nodes", "words"),
    [("4x4", 4, ""), ("4x4", 0, ""), ("4x4", 3, "topology 4x4 has 4 nodes, not 3"), ("3x3", 4, "3x3 is not supported")],
)
def test_a_slice_of_tpus_is_whole(topology: str, nodes: int, words: str) -> None:
    """GKE guide, "Plan TPUs": ct6e-standard-4t has 4 of the 16 chips of 4x4."""
    world = World().cluster()
    given: dict[str, Any] = {
        "nodeLocations": ["us-central1-b"],
        "nodeCount": nodes,
        "nodeConfig": {"machineType": "ct6e-standard-4t", "guestAccelerators": None, "diskType": "hyperdisk-balanced"},
        "placementPolicy": {"type": "COMPACT", "tpuTopology": topology},
    }
    if not words:
        world.pool(**given)
        return
    with pytest.raises(CloudError, match=words):
        world.pool(**given)
