"""One node pool: what each way to have nodes says to GKE."""

from __future__ import annotations

from typing import Any

import pytest

from components.plan.gcp.model import NodePool
from tests.support.gcp_groups import (
    NO_RESERVATION,
    make_domain,
    make_flex,
    make_group,
    make_l4,
    make_slice,
    rdma_networks,
)
from tests.support.gcp_plan import make_network, make_plan, make_pool, make_rung, make_system
from tests.support.gcp_resources import Resources, ref, resources_of_group, resources_of_plan

TRAIN = "prod-gcp-train-reservation-nodes"


def nodes(group: NodePool) -> Any:
    """The inputs of a node pool."""
    return resources_of_group(group).inputs(f"prod-gcp-{group.role}-nodes")


@pytest.fixture(scope="module")
def l4() -> Any:
    return nodes(make_l4())


@pytest.fixture(scope="module")
def flex() -> Resources:
    return resources_of_group(make_flex())


def test_each_interface_of_tcpxo_is_in_a_vpc_of_its_own(cluster: Resources) -> None:
    # Exactly eight beside the host's, eth1 to eth8: a ninth moves a GPU's interface away (NVIDIA aicr, TCPXO on GKE).
    given = cluster.inputs(TRAIN)["networkConfig"]["additionalNodeNetworkConfigs"]
    assert given == [
        {
            "network": ref(f"prod-gcp-train-gpu-{number}-network.name"),
            "subnetwork": ref(f"prod-gcp-train-gpu-{number}-subnet.name"),
        }
        for number in range(1, 9)
    ]


def test_rdma_has_its_gvnic_first_and_then_eight_subnets_of_one_vpc(ultra: Resources) -> None:
    # eth1 is gVNIC, eth2 to eth9 are RDMA: AI Hypercomputer documentation, create a custom GKE cluster.
    given = ultra.inputs(TRAIN)["networkConfig"]["additionalNodeNetworkConfigs"]
    assert given[0]["network"] == ref("prod-gcp-train-gvnic-1-network.name")
    assert [one["network"] for one in given[1:]] == [ref("prod-gcp-train-rdma-a-network.name")] * 8
    assert [one["subnetwork"] for one in given[1:]] == [
        ref(f"prod-gcp-train-rdma-a-{place}-subnet.name") for place in range(8)
    ]


def test_a_pool_without_a_fabric_has_no_more_interfaces(l4: Any) -> None:
    assert l4["networkConfig"] == {"enablePrivateNodes": True}


def test_dranet_needs_a_profile_and_no_networks(flex: Resources) -> None:
    pool = flex.inputs("prod-gcp-train-flex-nodes")
    assert pool["networkConfig"] == {"enablePrivateNodes": True, "acceleratorNetworkProfile": "auto"}


def test_the_accelerator_and_its_driver_are_said(cluster: Resources, l4: Any) -> None:
    assert cluster.inputs(TRAIN)["nodeConfig"]["guestAccelerators"] == [
        {
            "type": "nvidia-h100-mega-80gb",
            "count": 8,
            "gpuDriverInstallationConfig": {"gpuDriverVersion": "LATEST"},
        }
    ]
    assert l4["nodeConfig"]["guestAccelerators"] == [
        {
            "type": "nvidia-l4",
            "count": 1,
            "gpuDriverInstallationConfig": {"gpuDriverVersion": "DEFAULT"},
            "gpuSharingConfig": {"gpuSharingStrategy": "TIME_SHARING", "maxSharedClientsPerGpu": 4},
        }
    ]


def test_a_partition_is_a_size_of_the_accelerator() -> None:
    (given,) = nodes(make_group(partition_size="1g.10gb"))["nodeConfig"]["guestAccelerators"]
    assert given["gpuPartitionSize"] == "1g.10gb" and "gpuSharingConfig" not in given


def test_there_is_one_taint_and_it_is_gkes_own(cluster: Resources) -> None:
    # Another value beside it: "Found more than one taint with key nvidia.com/gpu and effect NO_SCHEDULE"
    # https://github.com/hashicorp/terraform-provider-google/issues/7928
    assert cluster.inputs(TRAIN)["nodeConfig"]["taints"] == [
        {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}
    ]
    assert "taints" not in cluster.inputs("prod-gcp-system-nodes")["nodeConfig"]


def test_every_pool_has_the_clusters_own_account_and_asks_for_cloud_platform(cluster: Resources) -> None:
    for one in cluster.of("container/nodePool:NodePool"):
        config = one.inputs["nodeConfig"]
        assert config["serviceAccount"] == ref("prod-gcp-node-account.email")
        assert config["oauthScopes"] == ["https://www.googleapis.com/auth/cloud-platform"]
        assert config["workloadMetadataConfig"] == {"mode": "GKE_METADATA"}
        assert config["bootDiskKmsKey"] == ref("prod-gcp-key.id")


def test_secure_boot_is_on_where_the_plan_says_so(cluster: Resources) -> None:
    assert cluster.inputs(TRAIN)["nodeConfig"]["shieldedInstanceConfig"] == {
        "enableSecureBoot": True,
        "enableIntegrityMonitoring": True,
    }
    assert "shieldedInstanceConfig" not in nodes(make_group(secure_boot=False))["nodeConfig"]


def test_local_disks_are_one_thing_or_the_other(cluster: Resources, l4: Any) -> None:
    train, keys = cluster.inputs(TRAIN)["nodeConfig"], {"ephemeralStorageLocalSsdConfig", "localNvmeSsdBlockConfig"}
    assert train["ephemeralStorageLocalSsdConfig"] == {"localSsdCount": 16}
    assert l4["nodeConfig"]["localNvmeSsdBlockConfig"] == {"localSsdCount": 1}
    assert [len(keys & set(one)) for one in (train, l4["nodeConfig"])] == [1, 1]
    assert not keys & set(nodes(make_slice())["nodeConfig"])


def test_a_fixed_pool_counts_the_nodes_of_each_zone() -> None:
    pool = nodes(make_group(zones=("us-central1-a", "us-central1-b"), desired_per_zone=2))
    assert (pool["nodeCount"], pool["nodeLocations"]) == (2, ["us-central1-a", "us-central1-b"])
    assert not {"autoscaling", "initialNodeCount"} & set(pool)


def test_a_pool_that_scales_has_bounds_for_all_zones_and_is_not_set_back(l4: Any) -> None:
    # container.v1, NodePoolAutoscaling: total…NodeCount is over all zones, minNodeCount of each.
    assert l4["autoscaling"] == {"totalMinNodeCount": 0, "totalMaxNodeCount": 12, "locationPolicy": "ANY"}
    assert l4["initialNodeCount"] == 1 and "nodeCount" not in l4
    assert resources_of_group(make_l4())["prod-gcp-serve-spot-nodes"].ignore_changes == ("initialNodeCount",)


def test_a_fixed_pool_ignores_nothing(cluster: Resources) -> None:
    assert cluster[TRAIN].ignore_changes == ()


def test_a_reservation_is_named_and_another_pool_uses_none(cluster: Resources, ultra: Resources, l4: Any) -> None:
    assert cluster.inputs(TRAIN)["nodeConfig"]["reservationAffinity"] == {
        "consumeReservationType": "SPECIFIC_RESERVATION",
        "key": "compute.googleapis.com/reservation-name",
        "values": ["train-h100"],
    }
    assert ultra.inputs(TRAIN)["nodeConfig"]["reservationAffinity"]["values"] == [
        "projects/owner-1/reservations/h200/reservationBlocks/b1"
    ]
    assert l4["nodeConfig"]["reservationAffinity"] == {"consumeReservationType": "NO_RESERVATION"}


def test_what_is_bought_is_given_back_before_it_is_had_again(cluster: Resources) -> None:
    assert cluster[TRAIN].delete_before_replace
    assert not cluster["prod-gcp-system-nodes"].delete_before_replace


def test_spot_says_so_and_others_do_not(cluster: Resources, l4: Any) -> None:
    assert l4["nodeConfig"]["spot"] is True
    assert not {"spot", "flexStart", "maxRunDuration"} & set(cluster.inputs(TRAIN)["nodeConfig"])


def test_flex_start_is_queued_unrepaired_and_ends(flex: Resources) -> None:
    # https://cloud.google.com/kubernetes-engine/docs/how-to/provisioningrequest
    pool = flex.inputs("prod-gcp-train-flex-nodes")
    config = pool["nodeConfig"]
    assert (config["flexStart"], config["maxRunDuration"], pool["queuedProvisioning"]) == (
        True,
        "604800s",
        {"enabled": True},
    )
    assert pool["management"] == {"autoRepair": False, "autoUpgrade": True}
    assert (pool["autoscaling"]["totalMinNodeCount"], pool["initialNodeCount"]) == (0, 0)
    assert config["reservationAffinity"] == {"consumeReservationType": "NO_RESERVATION"}
    assert not {"placementPolicy", "nodeCount"} & set(pool) and "spot" not in config


def test_flex_start_without_a_queue_says_nothing_of_one() -> None:
    assert "queuedProvisioning" not in nodes(make_flex(queued=False))


def test_a_slice_is_placed_by_its_topology() -> None:
    pool = nodes(make_slice())
    assert pool["placementPolicy"] == {"type": "COMPACT", "tpuTopology": "4x4"}
    assert (pool["nodeCount"], pool["nodeConfig"]["machineType"]) == (4, "ct6e-standard-4t")
    assert "guestAccelerators" not in pool["nodeConfig"]


def test_a_domain_has_a_policy_of_its_own() -> None:
    # compute.v1, ResourcePolicyWorkloadPolicy; cluster-toolkit attaches it as COMPACT with the policy's name.
    groups = (make_domain(), make_domain(role="train-reservation-2", name="train-reservation-2-ddeeff"))
    plan = make_plan(
        pools=(make_pool(make_rung(*groups)),), network=make_network(mtu=8896, nic_networks=rdma_networks())
    )
    resources = resources_of_plan(plan)
    for role in ("train-reservation", "train-reservation-2"):
        assert resources.inputs(f"prod-gcp-{role}-placement") == {
            "region": "us-central1",
            "workloadPolicy": {"type": "HIGH_THROUGHPUT", "acceleratorTopology": "1x72"},
        }
        pool = resources.inputs(f"prod-gcp-{role}-nodes")
        assert pool["placementPolicy"] == {"type": "COMPACT", "policyName": ref(f"prod-gcp-{role}-placement.name")}
        assert pool["nodeCount"] == 18


def test_a_pool_of_its_own_is_placed_closely_only_where_the_plan_says_so(cluster: Resources) -> None:
    assert nodes(make_group(compact=True, reservation=NO_RESERVATION))["placementPolicy"] == {"type": "COMPACT"}
    assert "placementPolicy" not in cluster.inputs(TRAIN)


def test_network_cards_are_googles_and_fast_sockets_are_for_machines_without_a_fabric(
    cluster: Resources, l4: Any
) -> None:
    assert cluster.inputs(TRAIN)["nodeConfig"]["gvnic"] == {"enabled": True}
    assert "fastSocket" not in cluster.inputs(TRAIN)["nodeConfig"]
    assert l4["nodeConfig"]["fastSocket"] == {"enabled": True}


def test_upgrades_end_a_node_before_they_start_the_next(cluster: Resources) -> None:
    # There is no spare machine of what was reserved.
    assert cluster.inputs(TRAIN)["upgradeSettings"] == {"strategy": "SURGE", "maxSurge": 0, "maxUnavailable": 1}


def test_disk_image_labels_and_pods_are_the_plans(cluster: Resources) -> None:
    pool = cluster.inputs(TRAIN)
    config = pool["nodeConfig"]
    assert (config["diskType"], config["diskSizeGb"], config["imageType"]) == (
        "hyperdisk-balanced",
        200,
        "COS_CONTAINERD",
    )
    assert config["labels"] == {"gpu-fleet/pool": "train", "gpu-fleet/capacity": "reservation"}
    assert (pool["name"], pool["maxPodsPerNode"], pool["location"]) == (
        "train-reservation-1a2b3c",
        32,
        "us-central1",
    )
    assert pool["cluster"] == ref("prod-gcp-control-plane.id") and "version" not in pool
    assert nodes(make_group(version="1.34.1-gke.1829001"))["version"] == "1.34.1-gke.1829001"


def test_large_machines_get_an_hour_to_start(cluster: Resources) -> None:
    limits = cluster[TRAIN].custom_timeouts
    assert (limits["create"], limits["update"]) == ("60m", "120m")


def test_the_system_pool_stands_in_several_zones() -> None:
    pool = resources_of_plan(make_plan(system=make_system())).inputs("prod-gcp-system-nodes")
    assert pool["nodeLocations"] == ["us-central1-a", "us-central1-b"]
    assert pool["autoscaling"]["totalMinNodeCount"] == 2
