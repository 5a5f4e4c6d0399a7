"""What holds for the whole cluster: provider, labels, names, order, validity, and what is imported for it."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest

from components.gcp import GpuCluster
from components.plan.gcp.model import GcpClusterPlan
from scripts.rehearsal import schema
from tests.support.gcp_groups import (
    NO_RESERVATION,
    make_domain,
    make_flex,
    make_group,
    make_l4,
    make_slice,
    rdma_networks,
)
from tests.support.gcp_plan import (
    LABELS,
    PROJECT,
    SERVICES,
    make_filestore,
    make_network,
    make_plan,
    make_pool,
    make_rdma_plan,
    make_rung,
)
from tests.support.gcp_resources import Resources, ref, resources_of, resources_of_plan

ROOT = Path(__file__).parents[3]

# Where the labels of a type stand, of all that take any (pulumi_gcp 10.2.0: inputs called …labels).
LABELLED = {
    "gcp:compute/globalAddress:GlobalAddress": ("labels",),
    "gcp:container/cluster:Cluster": ("resourceLabels",),
    "gcp:container/nodePool:NodePool": ("nodeConfig", "resourceLabels"),
    "gcp:filestore/instance:Instance": ("labels",),
    "gcp:kms/cryptoKey:CryptoKey": ("labels",),
    "gcp:lustre/instance:Instance": ("labels",),
    "gcp:monitoring/notificationChannel:NotificationChannel": ("userLabels",),
    "gcp:storage/bucket:Bucket": ("labels",),
}


def everything() -> dict[str, GcpClusterPlan]:
    """A plan of each way to have nodes."""
    free = {"network": make_network(nic_networks=()), "multi_networking": False, "pod_networks": "none"}
    return {
        "tcpxo": make_plan(),
        "rdma": make_rdma_plan(),
        "l4": make_plan(pools=(make_pool(make_rung(make_l4())),), storage=(make_filestore(),), **free),
        "tpu": make_plan(pools=(make_pool(make_rung(make_slice())),), key="projects/p/k", **free),
        "domain": make_plan(
            pools=(make_pool(make_rung(make_domain())),), network=make_network(nic_networks=rdma_networks())
        ),
        "flex": make_plan(pools=(make_pool(make_rung(make_flex())),), billing_account=None, **free),
    }


@pytest.fixture(scope="module")
def runs(cluster: Resources, ultra: Resources) -> dict[str, Resources]:
    plans = {name: plan for name, plan in everything().items() if name not in ("tcpxo", "rdma")}
    return {"tcpxo": cluster, "rdma": ultra, **{name: resources_of_plan(plan) for name, plan in plans.items()}}


def test_every_resource_uses_the_plans_provider(cluster: Resources) -> None:
    provider = cluster.inputs("prod-gcp-gcp")
    # Budgets need a quota project of their own: https://cloud.google.com/docs/quotas/set-quota-project
    assert {key: provider[key] for key in ("project", "region", "billingProject")} == {
        "project": PROJECT,
        "region": "us-central1",
        "billingProject": PROJECT,
    }
    assert provider["userProjectOverride"] in (True, "true")
    made = [one for one in cluster.all if one.type.startswith("gcp:")]
    assert {one.provider for one in made} == {"prod-gcp-gcp"}


def test_a_given_provider_is_used_instead() -> None:
    import pulumi_gcp as gcp

    def program() -> None:
        mine = gcp.Provider("mine", project=PROJECT, region="us-central1")
        GpuCluster(make_plan(), pulumi.ResourceOptions(providers=[mine]))

    resources = resources_of(program)
    assert "prod-gcp-gcp" not in resources
    assert {one.provider for one in resources.all if one.type.startswith("gcp:")} == {"mine"}


def test_everything_that_can_carry_labels_carries_the_plans(runs: dict[str, Resources]) -> None:
    seen = set[str]()
    for one in (one for resources in runs.values() for one in resources.all if one.type in LABELLED):
        here: Any = one.inputs
        for step in LABELLED[one.type]:
            here = here[step]
        assert LABELS.items() <= here.items(), one.name
        seen.add(one.type)
    assert seen == set(LABELLED)


def test_the_table_of_labels_is_whole(runs: dict[str, Resources]) -> None:
    made = {one.type for resources in runs.values() for one in resources.all if one.type.startswith("gcp:")}
    takes = {type for type in made if {"labels", "resourceLabels", "userLabels"} & set(schema.inputs_of(type))}
    assert takes | {"gcp:container/nodePool:NodePool"} == set(LABELLED)


def test_every_input_is_one_that_the_sdk_takes(runs: dict[str, Resources]) -> None:
    checked = 0
    for name, resources in runs.items():
        for one in (one for one in resources.all if one.type.startswith("gcp:")):
            assert schema.failures(one.type, plain(one.inputs)) == [], (name, one.name)
            checked += 1
    assert checked > 250


def test_a_misspelt_input_would_be_found(cluster: Resources) -> None:
    wrong = {**plain(cluster.inputs("prod-gcp-train-reservation-nodes")), "autoscalin": {}}
    assert [one.property for one in schema.failures("gcp:container/nodePool:NodePool", wrong)] == ["autoscalin"]


def plain(value: Any) -> Any:
    """Inputs with a text for what only the cloud knows."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        known = not set(value) & {"ref", "join", "secret"}
        return {key: plain(item) for key, item in value.items()} if known else "known later"
    return value


def test_nothing_is_open_to_the_public(runs: dict[str, Resources]) -> None:
    for resources in runs.values():
        for one in resources.of("container/nodePool:NodePool"):
            assert one.inputs["networkConfig"]["enablePrivateNodes"] is True
        for one in resources.of("compute/firewall:Firewall"):
            assert all(source.startswith(("10.", "192.168.")) for source in one.inputs["sourceRanges"])
        for one in resources.of("storage/bucket:Bucket"):
            assert (one.inputs["publicAccessPrevention"], one.inputs["uniformBucketLevelAccess"]) == ("enforced", True)
        assert "allUsers" not in repr(resources.all) and "allAuthenticatedUsers" not in repr(resources.all)
        assert resources.of("compute/address:Address") == []


def test_physical_names_are_pulumis_own_but_for_those_that_others_know(cluster: Resources) -> None:
    fixed = {one.name for one in cluster.all if one.type.startswith("gcp:") and "name" in one.inputs}
    assert fixed == {"prod-gcp-control-plane", "prod-gcp-system-nodes", "prod-gcp-train-reservation-nodes"}


def test_every_component_is_the_clusters_child(cluster: Resources) -> None:
    components = {one.name: one for one in cluster.all if not one.custom}
    assert components.pop("prod-gcp").parent is None
    assert {one.parent for one in components.values()} == {"prod-gcp"}
    kinds = ("Services", "Network", "Identity", "Cluster", "Fabric", "Storage", "NodePool", "Budget")
    assert {one.type for one in components.values()} == {
        *(f"gpu-fleet:gcp:{kind}" for kind in kinds),
        "gpu-fleet:kubernetes:PodNetworks",
    }
    assert all(one.parent in components for one in cluster.all if one.type.startswith(("gcp:", "kubernetes:")))


def test_adding_a_pool_moves_no_other_resource(cluster: Resources) -> None:
    serve = make_pool(make_rung(make_l4(), name="serve-spot"), name="serve")
    more = resources_of_plan(make_plan(pools=(serve, make_pool())))
    assert {one.name for one in more.all} > {one.name for one in cluster.all}
    for one in cluster.all:
        assert dict(more.inputs(one.name)) == dict(one.inputs), one.name


def test_two_runs_register_the_same(cluster: Resources) -> None:
    again = resources_of_plan(make_plan())
    assert sorted(map(repr, again.all)) == sorted(map(repr, cluster.all))


def test_logical_names_begin_with_the_stack_and_hold_no_dot() -> None:
    # A reference reads `<logical name>.<output>`.
    resources = resources_of_plan(replace(make_plan(), stack="dev"))
    assert all(one.name == "dev" or one.name.startswith("dev-") for one in resources.all)
    assert not [one.name for one in resources.all if "." in one.name]


def before(resources: Resources, name: str) -> set[str]:
    """All that stands before a resource is made, and after it has gone."""
    found, waiting = set[str](), [name]
    while waiting:
        for one in resources[waiting.pop()].depends_on:
            if one not in found:
                found.add(one)
                waiting.append(one)
    return found


def test_apis_come_first_and_stay(cluster: Resources) -> None:
    services = cluster.of("projects/service:Service")
    assert [one.inputs["service"] for one in services] == list(SERVICES)
    assert all(one.inputs["disableOnDestroy"] is False for one in services)
    names = {one.name for one in services}
    for one in cluster.all:
        if one.custom and one not in services and not one.type.startswith("pulumi:"):
            assert names <= before(cluster, one.name), one.name


def test_the_system_pool_comes_before_every_accelerator() -> None:
    # Otherwise GKE leaves GPU nodes without a taint:
    # https://github.com/terraform-google-modules/terraform-google-kubernetes-engine/issues/703
    spot = make_group(role="train-spot", name="train-spot-1", capacity="spot", reservation=NO_RESERVATION)
    rungs = (make_rung(), make_rung(spot, name="train-spot"))
    resources = resources_of_plan(make_plan(pools=(make_pool(*rungs),)))
    for pool in ("prod-gcp-train-reservation-nodes", "prod-gcp-train-spot-nodes"):
        assert "prod-gcp-system-nodes" in resources[pool].depends_on
    assert "prod-gcp-train-reservation-nodes" not in before(resources, "prod-gcp-system-nodes")


def test_nodes_wait_for_what_they_need_to_join(cluster: Resources) -> None:
    for pool in ("prod-gcp-system-nodes", "prod-gcp-train-reservation-nodes"):
        needed = {"prod-gcp-control-plane", "prod-gcp-nat", "prod-gcp-key-compute", "prod-gcp-node-logging-logWriter"}
        assert needed <= set(cluster[pool].depends_on)


def test_on_the_way_back_objects_go_before_pools_and_pools_before_networks(cluster: Resources) -> None:
    # Networks that something still stands in cannot be deleted, and objects hold on to what they name.
    order = before(cluster, "prod-gcp-vpc8-pod-network")
    assert {
        "prod-gcp-vpc8-parameters-pod-network",
        "prod-gcp-train-reservation-nodes",
        "prod-gcp-system-nodes",
        "prod-gcp-control-plane",
        "prod-gcp-train-gpu-8-subnet",
        "prod-gcp-train-gpu-8-network",
        "prod-gcp-nodes-subnet",
        "prod-gcp-vpc",
        "prod-gcp-key-container",
    } <= order
    assert not [name for name in before(cluster, "prod-gcp-train-reservation-nodes") if "pod-network" in name]


def test_file_systems_go_before_the_peering_that_they_stand_in(cluster: Resources) -> None:
    assert "prod-gcp-private-services-connection" in cluster["prod-gcp-scratch-files"].depends_on


def test_a_protected_stack_keeps_what_lasts_and_nothing_else(cluster: Resources) -> None:
    kept = {"prod-gcp-key", "prod-gcp-checkpoints-bucket", "prod-gcp-scratch-files"}
    assert {one.name for one in cluster.all if one.protect} == kept | {"prod-gcp-control-plane"}
    assert {one.name for one in cluster.all if one.retain_on_delete} == kept
    free = resources_of_plan(make_plan(protect=False, storage=(make_filestore(),)))
    assert not [one for one in free.all if one.protect or one.retain_on_delete]
    assert free.inputs("prod-gcp-control-plane")["deletionProtection"] is False
    assert free.inputs("prod-gcp-home-files")["deletionProtectionEnabled"] is False


def test_outputs_are_those_of_every_cloud(cluster: Resources) -> None:
    made: list[Any] = []
    resources_of(lambda: made.append(GpuCluster(make_plan()).outputs))
    (outputs,) = made
    assert set(outputs.pools) == {"train"} and len(outputs.pools["train"]) == 1
    assert set(outputs.storage) == {"scratch", "checkpoints"} and set(outputs.mounts) == {"scratch"}
    assert cluster["prod-gcp"].outputs["cluster_name"] == "prod-gcp"
    assert cluster["prod-gcp"].outputs["endpoint"] == ref(
        "prod-gcp-control-plane.controlPlaneEndpointsConfig.dnsEndpointConfig.endpoint"
    )


def test_only_the_modules_that_the_plan_needs_are_imported() -> None:
    program = (
        "import sys\n"
        "from components import sdk_imports\n"
        "sdk_imports.install()\n"
        "from tests.support.gcp_groups import make_slice\n"
        "from tests.support.gcp_plan import make_network, make_plan, make_pool, make_rung\n"
        "from components.gcp import build\n"
        "from scripts.preview import capture\n"
        "plan = make_plan(pools=(make_pool(make_rung(make_slice())),), network=make_network(nic_networks=()),"
        " billing_account=None, storage=())\n"
        "capture.run(lambda: (build(plan), None)[1], stack='prod-gcp', config={})\n"
        "names = [name.split('.') for name in sys.modules]\n"
        "print(*sorted({one[1] for one in names if one[0] == 'pulumi_gcp' and len(one) > 2}))\n"
    )
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert {"compute", "container", "kms", "projects", "serviceaccount"} <= loaded
    assert not {"filestore", "monitoring", "billing", "sql", "dataproc"} & loaded
