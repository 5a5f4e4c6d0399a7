"""Node pools on Google Cloud: disks, labels, taints, sharing, names that change with what an edit would not."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.gcp_specs import decided, gcp_pool_of, node_pool_of, reserved
from tests.support.gcp_values import KEY, advised, gcp_error, gcp_plan

GANG = {"accelerator": "H100:8", "nodes": 2, "fabric": "required"}
L4 = {"accelerator": "L4:1", "nodes": 1}


def name(pool: dict[str, Any], **changes: Any) -> str:
    return node_pool_of(pool, **changes).name


# --- disks ---


def test_bundled_disks_become_ephemeral_storage_or_stay_raw() -> None:
    pool = node_pool_of(GANG)
    assert (pool.local_ssds, pool.local_ssd_use) == (16, "ephemeral")
    raw = node_pool_of({**GANG, "scratch": "none"})
    assert (raw.local_ssds, raw.local_ssd_use) == (16, "block")
    assert gcp_pool_of({**GANG, "scratch": "none"}).scratch == "none"


@pytest.mark.parametrize(
    ("accelerator", "ssds"),
    [
        ("A100-40GB:1", 1),
        ("A100-40GB:4", 4),
        ("A100-40GB:16", 8),
        ("L4:2", 2),
        ("L4:8", 8),
    ],
)
def test_disks_that_cost_extra_are_added_only_where_the_spec_asks_for_them(accelerator: str, ssds: int) -> None:
    """Compute Engine, local SSDs: a2-highgpu-1g takes 1, 2, 4 or 8, -4g 4 or 8, a2-megagpu-16g 8, g2-standard-24 2."""
    pool = {"accelerator": accelerator, "nodes": 1}
    assert (node_pool_of(pool).local_ssds, node_pool_of(pool).local_ssd_use) == (0, None)
    assert gcp_pool_of(pool).scratch == "none"
    asked = node_pool_of({**pool, "scratch": "raid0"})
    assert (asked.local_ssds, asked.local_ssd_use) == (ssds, "ephemeral")
    plan = gcp_plan({"pools.train": {**pool, "scratch": "raid0"}})
    assert decided(plan, "pools.train.scratch").startswith(f"{ssds} local SSDs")
    assert decided(gcp_plan({"pools.train": pool}), "pools.train.scratch").startswith("no local SSD")


def test_scratch_that_no_disk_can_be_is_told() -> None:
    plan = gcp_plan({"pools.train": {"accelerator": "TPU-v6e:4", "nodes": 1, "scratch": "raid0"}})
    assert "has no local NVMe disks" in advised(plan, "no-scratch")[0]


def test_root_disks() -> None:
    assert node_pool_of(L4).disk_gib == 300
    assert node_pool_of({**L4, "root_disk": "500GiB"}).disk_gib == 500
    error = gcp_error({"pools.train": {**L4, "root_disk": "100GiB"}})
    assert (error.id, error.hint) == ("root-disk", "give 200GiB or more")


# --- taints and labels ---


def test_the_users_taints_come_after_the_accelerators_own() -> None:
    taints = [{"key": "team", "value": "a", "effect": "NoExecute"}, {"key": "nvidia.com/gpu", "effect": "NoExecute"}]
    assert node_pool_of({**L4, "taints": taints}).taints == (
        ("nvidia.com/gpu", "present", "NO_SCHEDULE"),
        ("team", "a", "NO_EXECUTE"),
        ("nvidia.com/gpu", "", "NO_EXECUTE"),
    )


@pytest.mark.parametrize(
    ("pool", "taint"),
    [
        (L4, {"key": "nvidia.com/gpu", "value": "true"}),
        (L4, {"key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"}),
        ({"accelerator": "TPU-v6e:4", "nodes": 1}, {"key": "google.com/tpu"}),
    ],
)
def test_the_accelerators_taint_a_second_time_is_refused(pool: dict[str, Any], taint: dict[str, str]) -> None:
    """hashicorp/terraform-provider-google 7928: Found more than one taint with key nvidia.com/gpu and effect NO_SCHEDULE."""
    error = gcp_error({"pools.train": {**pool, "taints": [taint]}})
    assert (error.id, error.path) == ("taints", "pools.train.taints.0")
    assert "GKE refuses two with one key and effect" in error.message


def test_a_taint_of_the_user_twice_is_refused() -> None:
    taints = [{"key": "team", "value": "a"}, {"key": "team", "value": "b"}]
    assert gcp_error({"pools.train": {**L4, "taints": taints}}).path == "pools.train.taints.1"


def test_labels_say_pool_accelerator_and_capacity() -> None:
    pool = node_pool_of({**L4, "labels": {"team": "a"}, "capacity": ["spot"]})
    assert pool.labels == {
        "team": "a",
        "gpu-fleet/pool": "train",
        "gpu-fleet/accelerator": "L4",
        "gpu-fleet/capacity": "spot",
    }
    assert gcp_error({"pools.train": {**L4, "labels": {"gpu-fleet/pool": "x"}}}).id == "labels"


# --- sharing ---


def test_gpus_are_cut_or_shared_by_gke() -> None:
    mig = node_pool_of({"accelerator": "A100-80GB:1", "nodes": 1, "mig": "1g.10gb"})
    assert (mig.partition_size, mig.time_slices, mig.max_pods) == ("1g.10gb", None, 110)
    shared = node_pool_of({**L4, "time_slices": 8})
    assert (shared.partition_size, shared.time_slices, shared.max_pods) == (None, 8, 110)
    assert node_pool_of(L4).max_pods == 64


@pytest.mark.parametrize(
    ("pool", "path", "says", "hint"),
    [
        ({"accelerator": "A100-40GB:1", "nodes": 1, "mig": "1g.10gb"}, "mig", "no MIG profile '1g.10gb'", "1g.5gb, 2g.10gb"),
        ({**L4, "mig": "1g.10gb"}, "mig", "no MIG profile", "remove mig"),
        ({"accelerator": "TPU-v6e:4", "nodes": 1, "time_slices": 2}, "time_slices", "no GPU that pods could share", "remove"),
        ({**L4, "time_slices": 49}, "time_slices", "GKE takes 48", "48 or less"),
        ({**GANG, "time_slices": 2}, "time_slices", "do not reach the fabric", "fabric: none"),
        ({**GANG, "mig": "1g.10gb"}, "mig", "do not reach the fabric", "fabric: none"),
    ],
)  # fmt: skip
def test_what_cannot_be_shared_is_refused(pool: dict[str, Any], path: str, says: str, hint: str) -> None:
    error = gcp_error({"pools.train": pool})
    assert error.path == f"pools.train.{path}"
    assert says in error.message
    assert hint in error.hint


# --- names ---


@pytest.mark.parametrize(
    "changes",
    [
        {"machine": "a3-highgpu-8g"},
        {"capacity": ["spot"]},
        {"scratch": "none"},
        {"placement": "none"},
        {"fabric": "none"},
    ],
)
def test_what_the_provider_replaces_or_ignores_makes_another_name(changes: dict[str, Any]) -> None:
    """Another name is another pool beside the old one, so that its nodes go only when the new ones are there."""
    named = {key: value for key, value in GANG.items() if key != "accelerator" or "machine" not in changes}
    assert name({**named, **changes}) != name(GANG)


@pytest.mark.parametrize(
    "changes",
    [
        {"nodes": 3},
        {"nodes": "2..5"},
        {"labels": {"team": "a"}},
        {"taints": [{"key": "team", "value": "a"}]},
        {"root_disk": "500GiB"},
    ],
)
def test_what_the_provider_changes_in_place_keeps_the_name(changes: dict[str, Any]) -> None:
    """pulumi-gcp, google/container:NodePool: sizes, labels, taints and disk sizes are updated."""
    assert name({**GANG, **changes}) == name(GANG)


def test_another_key_of_the_disks_makes_another_name_for_system_nodes_too() -> None:
    own, given = gcp_plan(), gcp_plan({"encryption.key": KEY})
    assert own.pools[0].rungs[0].groups[0].name != given.pools[0].rungs[0].groups[0].name
    assert own.system.group.name != given.system.group.name


def test_names_fit_and_stay_apart_however_long_a_pools_name_is() -> None:
    """GKE takes 40 characters; the slices of a pool with a name of 20 would all be cut to one."""
    long = "p" * 20
    pool = {"accelerator": "TPU-v6e:4x4", "nodes": 40, "fabric": "required", "capacity": [reserved(40)]}
    names = [group.name for group in gcp_plan({"pools": {long: pool}}).pools[0].rungs[0].groups]
    assert len(set(names)) == 10
    assert max(map(len, names)) <= 40


# --- the rest ---


def test_arm_machines_say_that_images_must_be_of_their_kind() -> None:
    plan = gcp_plan(
        {"pools.train": {"accelerator": "GB200:4", "nodes": 2, "fabric": "required", "capacity": [reserved(2)]}}
    )
    assert "is Arm64" in advised(plan, "arm", "pools.train")[0]
    assert advised(gcp_plan(), "arm") == []


def test_nodes_are_repaired_unless_the_spec_says_otherwise() -> None:
    assert node_pool_of(GANG).auto_repair is True
    assert node_pool_of(GANG, software__node_repair=False).auto_repair is False


def test_the_system_pool_is_plain_untainted_and_in_several_zones() -> None:
    plan = gcp_plan({"system.nodes": 3})
    pool = plan.system.group
    assert (pool.taints, pool.guest_accelerator, pool.capacity, pool.autoscaled) == ((), None, "standard", False)
    assert (pool.zones, pool.desired_per_zone) == (("us-central1-a", "us-central1-b", "us-central1-c"), 1)
    assert (pool.max_surge, pool.max_unavailable) == (1, 0)
    named = gcp_plan({"system.machine": "n2-standard-8"}).system
    assert (named.machine, named.group.machine_type) == ("n2-standard-8", "n2-standard-8")
    error = gcp_error({"system.machine": "a3-megagpu-8g"})
    assert error.message == "'a3-megagpu-8g' has accelerators"


def test_a_pool_takes_no_name_of_the_clusters_own() -> None:
    error = gcp_error({"pools": {"system": GANG}})
    assert error.message == "the name 'system' belongs to the node pool of the cluster itself"


def test_the_second_interface_of_the_largest_g4_has_a_network_of_its_own() -> None:
    """Compute Engine: g4-standard-384 has two gVNIC interfaces of 200 Gbit/s."""
    plan = gcp_plan({"pools.train": {"accelerator": "RTX-PRO-6000:8", "nodes": 2, "fabric": "none"}})
    assert len(plan.pools[0].rungs[0].groups[0].interfaces) == 1
    assert (plan.pod_networks, plan.multi_networking) == ("objects", True)
