"""What Azure tells of a resource, and what it changes by itself."""

from __future__ import annotations

import pytest

from tests.unit.rehearsal_azure.world import A100, HEAD, POOL, World

TAINT = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"  # AKS guide, "Add an Azure Spot node pool"


def test_ids_have_azures_form() -> None:
    world = World().cluster()
    world.pool()
    assert [world.id(name) for name in ("rg", "nodes", "fleet", "train")] == [
        HEAD,
        f"{HEAD}/providers/Microsoft.Network/virtualNetworks/vnet/subnets/nodes",
        f"{HEAD}/providers/Microsoft.ContainerService/managedClusters/fleet",
        f"{HEAD}/providers/Microsoft.ContainerService/managedClusters/fleet/agentPools/train",
    ]


def test_a_cluster_is_told_with_what_aks_decides() -> None:
    world = World().cluster(oidcIssuerProfile={"enabled": True})
    told, identity = world.made["fleet"].outputs, world.made["identity"]
    assert told["nodeResourceGroup"] == "MC_rg_fleet_westus3"
    assert told["currentKubernetesVersion"] == "1.34.9"
    assert told["oidcIssuerProfile"]["issuerURL"].startswith("https://westus3.oic.prod-aks.azure.com/")
    keys = ("clientId", "principalId")
    assert told["identity"]["userAssignedIdentities"] == {identity.id: {key: identity.outputs[key] for key in keys}}
    assert set(told["identityProfile"]["kubeletidentity"]) == {"clientId", "objectId", "resourceId"}


def test_spot_nodes_have_the_taint_and_the_label_of_aks() -> None:
    world = World().cluster()
    world.pool("spot", vmSize=A100, scaleSetPriority="Spot", nodeTaints=["sku=gpu:NoSchedule"])
    world.pool("stated", vmSize=A100, scaleSetPriority="Spot", nodeTaints=[TAINT])
    told = world.made["spot"].outputs
    assert told["nodeTaints"] == ["sku=gpu:NoSchedule", TAINT]
    assert told["nodeLabels"] == {"kubernetes.azure.com/scalesetpriority": "spot"}
    assert told["scaleSetEvictionPolicy"] == "Delete"
    assert world.made["stated"].outputs["nodeTaints"] == [TAINT]
    # The provider applies what changed since it was told to the inputs: nothing did (pulumi-azure-native, Read).
    assert world.read("spot").inputs == world.made["spot"].inputs


def test_what_the_autoscaler_moved_is_found() -> None:
    world = World().cluster()
    world.pool(enableAutoScaling=True, minCount=0, maxCount=8)
    world.state.set({"desired.train": 5})
    assert (world.read("train").outputs["count"], world.read("train").inputs["count"]) == (5, 5)


def test_nothing_else_moves_by_itself() -> None:
    world = World().cluster()
    world.pool()
    for name, made in world.made.items():
        assert world.read(name).inputs == made.inputs, name


def test_a_network_tells_of_its_subnets() -> None:
    world = World().network()
    world.subnet("more", "10.1.32.0/24")
    assert [one["name"] for one in world.read("vnet").outputs["subnets"]] == ["nodes", "more"]


@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        ({"osSKU": "Ubuntu2404"}, "osSKU", "Ubuntu2204"),  # another version of the API has it
        ({"osDiskType": "ephemeral-ish"}, "osDiskType", "Managed, Ephemeral"),
        ({"gpuInstanceProfile": "MIG5g"}, "gpuInstanceProfile", "MIG1g, MIG2g, MIG3g, MIG4g, MIG7g"),
        ({"agentPoolName": "train-1"}, "agentPoolName", "1 to 12 lower case letters and digits"),
        ({"agentPoolName": "abcdefghijklm"}, "agentPoolName", "1 to 12"),
        ({"nodeTaints": ["gpu"]}, "nodeTaints[0]", "key=value:effect"),
        ({"count": 1001}, "count", "0 to 1000"),
        ({"upgradeSettings": {"drainTimeoutInMinutes": 2000}}, "upgradeSettings.drainTimeoutInMinutes", "5 to 1440"),
        ({"vmsize": "x"}, "vmsize", "did you mean 'vmSize'"),
        ({"resourceName": None}, "resourceName", "missing required property"),
    ],
)
def test_what_is_refused_before_anything_exists(change: dict[str, object], path: str, words: str) -> None:
    good = {"resourceGroupName": "rg", "resourceName": "fleet", "agentPoolName": "train", "osSKU": "ubuntu"}
    world = World()
    assert world.refused(POOL, **good) == {}
    found = world.refused(POOL, **{key: value for key, value in {**good, **change}.items() if value is not None})
    assert list(found) == [path] and words in found[path]
