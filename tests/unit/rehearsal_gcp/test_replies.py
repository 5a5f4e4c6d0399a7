"""What Google Cloud tells of a resource, and what it changes by itself."""

from __future__ import annotations

import pytest

from scripts.rehearsal import providers
from scripts.rehearsal.gcp import discovery
from tests.unit.rehearsal_gcp.world import ACCOUNT, BUCKET, POOL, ZONE, World

TAINT = {"key": "nvidia.com/gpu", "value": "present", "effect": "NO_SCHEDULE"}


def test_ids_have_the_providers_form() -> None:
    world = World().cluster()
    world.plain()
    world.make("nodes", ACCOUNT, accountId="gke-nodes")
    assert [world.id(name) for name in ("net", "sub", "fleet", "system", "nodes")] == [
        "projects/p1/global/networks/net",
        "projects/p1/regions/us-central1/subnetworks/sub",
        "projects/p1/locations/us-central1/clusters/fleet",
        "projects/p1/locations/us-central1/clusters/fleet/nodePools/system",
        "projects/p1/serviceAccounts/gke-nodes@p1.iam.gserviceaccount.com",
    ]


def test_a_pool_is_told_with_what_gke_decides() -> None:
    world = World().cluster(minMasterVersion="1.34")
    world.pool()
    told = world.made["train"].outputs
    assert told["version"] == world.made["fleet"].outputs["masterVersion"] == "1.34.1-gke.1000000"
    assert told["management"] == {"autoRepair": True, "autoUpgrade": True}
    assert told["nodeConfig"]["imageType"] == "COS_CONTAINERD"
    (group,) = told["instanceGroupUrls"]
    assert group.startswith(
        f"https://www.googleapis.com/compute/v1/projects/p1/zones/{ZONE}/instanceGroupManagers/gke-fleet-train-"
    )


def test_gke_taints_gpu_nodes_only_beside_other_pools() -> None:
    world = World().cluster()
    world.pool("first")
    world.plain()
    world.pool("second")
    effective = {
        name: world.made[name].outputs["nodeConfig"]["effectiveTaints"] for name in ("first", "system", "second")
    }
    assert effective == {"first": [], "system": [], "second": [TAINT]}
    assert "taints" not in world.made["second"].outputs["nodeConfig"]  # the provider tracks those of the program alone


def test_what_the_autoscaler_moved_is_found_where_the_program_states_it() -> None:
    world = World(desired__train=5).cluster()
    world.pool(nodeCount=2)
    assert (world.read("train").outputs["nodeCount"], world.read("train").inputs["nodeCount"]) == (5, 5)
    world.state.set({"desired.scaled": 3})
    world.pool("scaled", nodeCount=None, autoscaling={"totalMinNodeCount": 0, "totalMaxNodeCount": 8})
    assert world.read("scaled").outputs["nodeCount"] == 3
    assert world.read("scaled").inputs == world.made["scaled"].inputs


def test_nothing_else_moves_by_itself() -> None:
    world = World().cluster()
    world.pool()
    world.make("bucket", BUCKET, name="a-bucket", location="us-central1")
    assert world.made["bucket"].outputs["location"] == "US-CENTRAL1"
    for name, made in world.made.items():
        assert world.read(name).inputs == made.inputs, name
        assert world.read(name).outputs == made.outputs, name


def test_a_second_cluster_of_one_name_is_another_one() -> None:
    world = World().cluster()
    first = world.made["fleet"]
    world.delete("fleet")
    again = world.make("fleet", first.type, **first.inputs)
    assert (again.id, again.outputs["endpoint"] != first.outputs["endpoint"]) == (first.id, True)


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"nodeConfig": {"workloadMetadataConfig": {"mode": "GCE"}}}, "nodeConfig.workloadMetadataConfig.mode", "must be one of GCE_METADATA, GKE_METADATA"),
        ({"nodeConfig": {"taints": [{"key": "a", "value": "b", "effect": "NoSchedule"}]}}, "nodeConfig.taints[0].effect", "NO_SCHEDULE"),
        ({"upgradeSettings": {"strategy": "ROLLING"}}, "upgradeSettings.strategy", "BLUE_GREEN, SURGE"),
        ({"name": "Train"}, "name", "lower case"),
        ({"name": "x" * 41}, "name", "lower case"),
        ({"maxPodsPerNode": 300}, "maxPodsPerNode", "8 to 256"),
        ({"nodeCnt": 1}, "nodeCnt", "did you mean 'nodeCount'"),
        ({"nodeCount": "two"}, "nodeCount", "expected an integer, got a string 'two'"),
        ({"cluster": None}, "cluster", "missing required property"),
    ],
)  # fmt: skip
def test_what_is_refused_before_anything_exists(change: dict[str, object], path: str, words: str) -> None:
    good = {"cluster": "c", "name": "train", "nodeConfig": {"workloadMetadataConfig": {"mode": "GKE_METADATA"}}}
    world = World()
    assert world.refused(POOL, **good) == {}
    found = world.refused(POOL, **{key: value for key, value in {**good, **change}.items() if value is not None})
    assert list(found) == [path] and words in found[path]


def test_without_googles_documents_the_types_alone_are_held(monkeypatch: pytest.MonkeyPatch) -> None:
    assert providers.notes("gcp", "azure-native", "aws") == []
    monkeypatch.setattr(discovery, "PACKAGE", "no_such_package")
    world, strange = World(), {"nodeConfig": {"workloadMetadataConfig": {"mode": "GCE"}}}
    assert world.refused(POOL, cluster="c", **strange) == {}
    assert set(world.refused(POOL, cluster="c", nodeCount="two")) == {"nodeCount"}
    (note,) = providers.notes("gcp", "azure-native")
    assert note.startswith("google-api-python-client is not installed")
