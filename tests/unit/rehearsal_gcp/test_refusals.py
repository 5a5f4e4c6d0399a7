"""What Google Cloud refuses, each beside the same thing that it takes.

Codes: compute.v1's and GKE's errors as terraform-provider-google passes them on; GKE's messages about taints from
github.com/hashicorp/terraform-provider-google/issues/7928.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.rehearsal.model import CloudError
from tests.unit.rehearsal_gcp.world import (
    ACCOUNT,
    ADDRESS,
    BUCKET,
    CLUSTER,
    FIREWALL,
    GLOBAL,
    GPU,
    KEY,
    LUSTRE,
    MACHINE,
    NAT,
    NETWORK,
    PEERING,
    POLICY,
    RESERVATION,
    RING,
    ROOT,
    ROUTER,
    SUBNETWORK,
    ZONE,
    World,
)

TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}
NOWHERE = f"{ROOT}/global/networks/nowhere"


def whole(**settings: Any) -> World:
    """Everything that the refusals are about, and no refusal."""
    world = World(**settings).cluster()
    world.make("router", ROUTER, name="router", network=world.id("net"))
    world.make("ip", ADDRESS, name="ip")
    world.make(
        "nat",
        NAT,
        name="nat",
        router="router",
        region="us-central1",
        natIpAllocateOption="MANUAL_ONLY",
        natIps=[world.id("ip")],
        sourceSubnetworkIpRangesToNat="ALL_SUBNETWORKS_ALL_IP_RANGES",
    )
    world.make("allow", FIREWALL, name="allow", network=world.id("net"), sourceRanges=["10.0.0.0/8"])
    world.make("near", POLICY, name="near", region="us-central1")
    world.make("range", GLOBAL, name="range", network=world.id("net"), purpose="VPC_PEERING", addressType="INTERNAL")
    world.make(
        "peering",
        PEERING,
        network=world.id("net"),
        service="servicenetworking.googleapis.com",
        reservedPeeringRanges=["range"],
    )
    world.make("lustre", LUSTRE, **lustre(world))
    world.make("nodes", ACCOUNT, accountId="gke-nodes")
    world.make("bucket", BUCKET, name="checkpoints-1", location="us-central1", uniformBucketLevelAccess=True)
    world.make("ring", RING, name="ring", location="us-central1")
    world.make("key", KEY, name="key", keyRing=world.id("ring"))
    world.plain()
    world.pool(placementPolicy={"type": "COMPACT", "policyName": "near"})
    return world


def lustre(world: World) -> dict[str, Any]:
    given = {"instanceId": "scratch", "location": ZONE, "filesystem": "lfs", "capacityGib": "18000"}
    return {**given, "perUnitStorageThroughput": "500", "network": world.id("net")}


def test_the_baseline_comes_up_and_goes() -> None:
    world = whole()
    for name in reversed(list(world.made)):
        world.delete(name)
    assert world.left() == []


REFUSED: dict[str, tuple[str, Callable[[World], Any]]] = {
    "a name twice": (
        r"alreadyExists: .*'projects/p1/global/networks/net' already exists",
        lambda w: w.make("two", NETWORK, name="net"),
    ),
    "a network that is not there": (
        r"notFound: .*nowhere' was not found",
        lambda w: w.make("two", SUBNETWORK, name="two", network=NOWHERE, ipCidrRange="10.9.0.0/20"),
    ),
    "ranges that overlap": (
        r"Invalid IPCidrRange: 10\.0\.8\.0/24 conflicts with existing subnetwork 'sub' in region 'us-central1'",
        lambda w: w.subnetwork("two", "10.0.8.0/24", secondaryIpRanges=None),
    ),
    "a secondary range that overlaps": (
        r"Invalid IPCidrRange: 10\.66\.0\.0/16 conflicts",
        lambda w: w.subnetwork("two", "10.0.16.0/20", secondaryIpRanges=[{"rangeName": "x", "ipCidrRange": "10.66.0.0/16"}]),
    ),
    "a range that is none": (
        r"Invalid CIDR range",
        lambda w: w.subnetwork("two", "10.0.8.1/24", secondaryIpRanges=None),
    ),
    "pods in no range": (
        r'Pods secondary range "pad" does not exist in subnetwork "sub"',
        lambda w: w.make(
            "two", CLUSTER, name="two", network="net", subnetwork="sub", ipAllocationPolicy={"clusterSecondaryRangeName": "pad"}
        ),
    ),
    "a pool of no cluster": (
        r"notFound: .*clusters/nowhere' was not found",
        lambda w: w.pool("two", cluster=f"{ROOT}/locations/us-central1/clusters/nowhere"),
    ),
    "a policy that is not there": (
        r"notFound: .*'far' was not found",
        lambda w: w.pool("two", placementPolicy={"type": "COMPACT", "policyName": "far"}),
    ),
    "a reservation that is not there": (
        r"notFound: .*zones/us-central1-b/reservations/held' was not found",
        lambda w: (w.state.set({"outside.held": False}), w.pool("two", nodeConfig={"reservationAffinity": affinity("held")})),
    ),
    "a reservation without its name": (
        r"Key and values must be specified",
        lambda w: w.pool("two", nodeConfig={"reservationAffinity": {"consumeReservationType": "SPECIFIC_RESERVATION"}}),
    ),
    "GKE's taint with another value": (
        r"Found more than one taint with key nvidia.com/gpu and effect NO_SCHEDULE",
        lambda w: w.pool("two", nodeConfig={"taints": [{**TAINT, "value": "true"}]}),
    ),
    "limits of each zone and of all": (
        r"cannot be used with total_min_node_count",
        lambda w: w.pool("two", nodeCount=None, autoscaling={"minNodeCount": 0, "totalMaxNodeCount": 4}),
    ),
    "nodes of an account that is not there": (
        r'Service account "ghost@p1\.iam\.gserviceaccount\.com" does not exist',
        lambda w: w.pool("two", nodeConfig={"serviceAccount": "ghost@p1.iam.gserviceaccount.com"}),
    ),
    "a step of two minor versions": (
        r"cannot upgrade the master more than one minor version",
        lambda w: w.edit("fleet", minMasterVersion="1.36"),
    ),
    "a bucket's name twice": (r"Error 409", lambda w: w.make("two", BUCKET, name="checkpoints-1", location="eu")),
    "folders without uniform access": (
        r"Hierarchical namespace requires uniform bucket-level access",
        lambda w: w.make("two", BUCKET, name="two-1", location="eu", hierarchicalNamespace={"enabled": True}),
    ),
    "a key in no ring": (r"notFound", lambda w: w.make("two", KEY, name="two", keyRing=f"{w.id('ring')}s")),
    "a file system without its peering": (
        r"no private services access",
        lambda w: (w.make("other", NETWORK, name="other"), w.make("two", LUSTRE, **{**lustre(w), "instanceId": "two", "network": w.id("other")})),
    ),
    "a network in use": (
        r"resourceInUseByAnotherResource: .*'projects/p1/global/networks/net' is already being used by '",
        lambda w: w.delete("net"),
    ),
    "a subnetwork in use": (
        r"subnetworks/sub' is already being used by 'projects/p1/locations/us-central1/clusters/fleet'",
        lambda w: w.delete("sub"),
    ),
    "an address in use": (r"addresses/ip' is already being used by 'p1/us-central1/router/nat'", lambda w: w.delete("ip")),
    "a policy in use": (r"resourcePolicies/near' is already being used by .*nodePools/train'", lambda w: w.delete("near")),
    "a peering in use": (r"Producer services .* are still using this connection", lambda w: w.delete("peering")),
}  # fmt: skip


def affinity(name: str) -> dict[str, Any]:
    given = {"consumeReservationType": "SPECIFIC_RESERVATION", "key": "compute.googleapis.com/reservation-name"}
    return {**given, "values": [name]}


@pytest.mark.parametrize("what", REFUSED)
def test_refused(what: str) -> None:
    words, act = REFUSED[what]
    world = whole()
    with pytest.raises(CloudError, match=words):
        act(world)


def test_what_is_outside_of_all_stacks_is_there() -> None:
    world = World(outside__held={"count": 4}).cluster()
    world.pool(nodeConfig={"reservationAffinity": affinity("held")})
    world.make(
        "own",
        RESERVATION,
        name="own",
        zone=ZONE,
        specificReservation={"count": 2, "instanceProperties": {"machineType": MACHINE}},
    )
    world.pool("two", nodeConfig={"reservationAffinity": affinity(f"{ROOT}/reservations/own/reservationBlocks/b1")})


def test_a_protected_cluster_stays() -> None:
    world = World().cluster(deletionProtection=True)
    with pytest.raises(CloudError, match="Cannot destroy cluster because deletion_protection is set to true"):
        world.delete("fleet")
    world.edit("fleet", deletionProtection=False)
    world.delete("fleet")


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (f"capacity.{ZONE}.{MACHINE}", r"ZONE_RESOURCE_POOL_EXHAUSTED.*'projects/p1/zones/us-central1-b' does not have enough"),
        (f"quota.{GPU}", r"QUOTA_EXCEEDED.*Limit: 16\.0 in region us-central1"),
        ("busy.fleet", r"Cluster is running incompatible operation 16"),
    ],
)  # fmt: skip
def test_what_there_is_too_little_of(setting: str, words: str) -> None:
    enough = 2 if setting.startswith("capacity") else 16
    world = World().cluster()
    if not setting.startswith("busy"):
        world.state.set({setting: enough})
    world.pool()  # two machines of eight accelerators
    world.state.set({setting: enough})
    with pytest.raises(CloudError, match=words):
        world.pool("two", nodeCount=1)
