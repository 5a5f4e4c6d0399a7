"""Machines, images, fabric, disks and labels of pools."""

from __future__ import annotations

from decimal import Decimal

import pytest

from components.catalog.aws import catalog as aws_catalog
from tests.support import aws_expectations as aws
from tests.support.specs import BLOCK, REMOVED, advice, errors_of, plan_of, pool_of, the_error

# The machine that carries each accelerator in the count that is sold most: EC2 instance types, accelerated computing.
MACHINES = {
    "A100-40GB:8": ("p4d.24xlarge", "us-east-1"),
    "A100-80GB:8": ("p4de.24xlarge", "us-east-1"),
    "A10G:1": ("g5.xlarge", "us-east-1"),
    "B200:8": ("p6-b200.48xlarge", "us-east-1"),
    "B300:8": ("p6-b300.48xlarge", "us-east-1"),
    "GB200:4": ("p6e-gb200.36xlarge", "us-east-1"),
    "H100:1": ("p5.4xlarge", "us-east-1"),
    "H100:8": ("p5.48xlarge", "us-east-1"),
    "H200:8": ("p5en.48xlarge", "us-east-1"),
    "L4:1": ("g6.xlarge", "us-east-1"),
    "L40S:8": ("g6e.48xlarge", "us-east-1"),
    "RTX-PRO-6000:8": ("g7e.48xlarge", "us-east-1"),
    "T4:1": ("g4dn.xlarge", "us-east-1"),
    "Inferentia2:1": ("inf2.xlarge", "us-east-1"),
    "Trainium:16": ("trn1.32xlarge", "us-east-1"),
    "Trainium2:16": ("trn2.48xlarge", "us-east-2"),
}
# Sold by AWS, but not to be had on EKS: see test_g7_is_refused_with_the_reason.
REFUSED = {"RTX-PRO-4500"}


def single(accelerator: str) -> dict[str, object]:
    capacity = [{"block": {**BLOCK, "nodes": 1}}] if accelerator.startswith("GB200") else ["on-demand"]
    return {"accelerator": accelerator, "nodes": 1, "capacity": capacity}


@pytest.mark.parametrize("accelerator", MACHINES)
def test_the_machine_of_an_accelerator(accelerator):
    machine, region = MACHINES[accelerator]
    pool = pool_of(single(accelerator), region=region)
    assert pool.machine == machine
    assert pool.accelerators_per_node == int(accelerator.partition(":")[2])


def test_every_accelerator_of_the_catalogue_is_held():
    assert {one.partition(":")[0] for one in MACHINES} | REFUSED == set(aws_catalog().accelerators())


def test_the_first_of_a_list_that_the_region_has():
    """P4d is not offered in Paris (eu-west-3), B200 is: EC2, instance types by region."""
    pool = pool_of({"accelerator": ["A100-40GB:8", "B200:8"], "nodes": 1}, region="eu-west-3")
    assert pool.machine == "p6-b200.48xlarge"
    assert pool.asked == "A100-40GB:8, B200:8"


def test_the_order_of_a_list_is_kept():
    assert pool_of({"accelerator": ["A10G:1", "L4:1"], "nodes": 1}).machine == "g5.xlarge"
    assert pool_of({"accelerator": ["L4:1", "A10G:1"], "nodes": 1}).machine == "g6.xlarge"


def test_other_machines_that_fit_are_named():
    plan = plan_of({"pools.train": {"accelerator": "H200:8", "nodes": 1}, "region": "us-east-2"})
    assert plan.pools[0].alternatives == ("p5e.48xlarge",)
    assert any(one.path == "pools.train.machine" and "p5e.48xlarge" in one.why for one in plan.decisions)


@pytest.mark.parametrize(
    ("accelerator", "message", "hint"),
    [
        ("H100:7", "'H100:7' is not sold on aws", "H100:1 (p5.4xlarge) and H100:8 (p5.48xlarge)"),
        ("H10:8", "'H10' is no accelerator that aws sells", "'H100'"),
        ("a100:8", "'a100' is no accelerator that aws sells", "'A100-40GB'"),
        ("h100:8", "'h100' is no accelerator that aws sells", "'H100'"),
        ("MI300X:8", "'MI300X' is no accelerator that aws sells", "aws sells A100-40GB, A100-80GB"),
    ],
)
def test_a_wrong_accelerator_is_refused_with_the_nearest(accelerator, message, hint):
    error = the_error({"pools.train.accelerator": accelerator})
    assert error.path == "pools.train.accelerator"
    assert message in error.message
    assert hint in error.hint


def test_a_region_without_the_machine_is_refused_with_those_that_have_it():
    error = the_error({"region": "eu-central-1"})
    assert error.message == "H100:8 (p5.48xlarge) is not offered in eu-central-1"
    assert "us-east-1" in error.hint


def test_what_was_bought_in_a_region_is_there():
    """The catalogue may be older than the offering; a reservation is in the account."""
    pool = {"accelerator": "H100:8", "nodes": 2, "fabric": "required"}
    reservation = {"id": "cr-0123456789abcdef0", "zone_id": "euc1-az1", "nodes": 2}
    plan = plan_of({"region": "eu-central-1", "pools.train": {**pool, "capacity": [{"reservation": reservation}]}})
    assert plan.pools[0].zones == ("euc1-az1",)
    assert "the reservation says that it is there" in advice(plan, "offerings").message


def test_a_machine_by_name_and_a_misspelt_one():
    assert pool_of({"machine": "g6.12xlarge", "nodes": 1}).accelerator == "L4"
    changes = {"pools.train.accelerator": REMOVED, "pools.train.machine": "p5.48xlarg"}
    assert "'p5.48xlarge'" in the_error(changes).hint
    changes["pools.train.machine"] = "m7i.xlarge"
    assert "has no accelerator" in the_error(changes).message


# --- images ---


@pytest.mark.parametrize("machine", aws.IMAGES)
def test_the_image_follows_accelerator_and_architecture(machine):
    aws.expect_image(machine)


def test_gb200_takes_the_arm_image():
    pool = pool_of(single("GB200:4"))
    assert pool.rungs[0].group.ami_type == "AL2023_ARM_64_NVIDIA"


@pytest.mark.parametrize(("machine", "image"), [("m7i.xlarge", "x86_64"), ("m7g.xlarge", "ARM_64")])
def test_the_system_pool_takes_the_standard_image(machine, image):
    group = plan_of({"system.machine": machine}).system.group
    assert group.ami_type == f"AL2023_{image}_STANDARD"


def test_g7_is_refused_with_the_reason():
    """amazon-eks-ami, doc/usage/g7-ami.md: RTX PRO 4500 needs driver 595, the image has 580."""
    changes = {"pools.train": {"accelerator": "RTX-PRO-4500:8", "nodes": 1}}
    error = next(one for one in errors_of(changes) if one.id == "no-image")
    assert "g7.48xlarge" in error.message
    assert "595" in error.message


def test_gb200_needs_an_image_and_kubernetes_that_know_it():
    """EKS User Guide, P6e-GB200: Kubernetes 1.33 and AMI v20251103 at least."""
    pool = {"pools.train": single("GB200:4")}
    assert plan_of({**pool, "kubernetes": "1.33"}).pools[0].machine == "p6e-gb200.36xlarge"
    error = the_error({**pool, "kubernetes": "1.32"})
    assert error.message == "p6e-gb200.36xlarge needs Kubernetes 1.33 or newer, this cluster has 1.32"
    assert plan_of({**pool, "software.image": "1.35.0-20251103"}).pools[0].rungs[0].group.release_version
    assert "older than v20251103" in the_error({**pool, "software.image": "1.35.0-20251102"}).message


# --- fabric ---


def test_a_pool_of_several_nodes_is_asked_for_its_fabric():
    error = the_error({"pools.train.fabric": REMOVED})
    assert error.id == "fabric-unsaid"
    assert "fabric: required" in error.hint
    assert "fabric: none" in error.hint


def test_one_node_is_not_asked():
    assert pool_of({"accelerator": "H100:8", "nodes": 1}).fabric is None


def test_several_nodes_without_fabric_are_told_that_they_speak_tcp():
    plan = plan_of({"pools.train.fabric": "none"})
    assert "plain TCP" in advice(plan, "no-fabric").message
    assert plan.fabric_security_group is False


def test_a_fabric_for_one_node_is_worth_a_word():
    assert "one node" in advice(plan_of({"pools.train.nodes": 1}), "lonely-fabric").message


def test_a_machine_without_fabric_cannot_have_one():
    """G6.xlarge has no EFA (EC2 User Guide, efa: supported instance types)."""
    error = the_error({"pools.train": {"machine": "g6.xlarge", "nodes": 2, "fabric": "required"}})
    assert error.path == "pools.train.fabric"
    assert "has no fabric between nodes" in error.message


def test_a_required_fabric_picks_the_machine_that_has_one():
    """Of the machines with one L4, g6.8xlarge is the smallest with EFA."""
    pool = pool_of({"accelerator": "L4:1", "nodes": 2, "fabric": "required"})
    assert pool.machine == "g6.8xlarge"


def test_the_speed_that_is_asked_for_picks_the_machine():
    """trn1.32xlarge: 800 Gbit/s over 16 chips; trn1n.32xlarge: 1600 (EC2, Trn1)."""
    pool = {"accelerator": "Trainium:16", "nodes": 2}
    assert pool_of({**pool, "fabric": {"min_gbps_per_accelerator": 50}}).machine == "trn1.32xlarge"
    assert pool_of({**pool, "fabric": {"min_gbps_per_accelerator": 51}}).machine == "trn1n.32xlarge"
    error = the_error({"pools.train": {**pool, "fabric": {"min_gbps_per_accelerator": 101}}})
    assert error.path == "pools.train.fabric"
    assert "has 100 Gbit/s per accelerator (trn1n.32xlarge), 101 are asked for" in error.message


def test_the_fabric_in_figures():
    """p5.48xlarge: 3200 Gbit/s of EFA, 32 devices, 8 GPUs (EC2, P5)."""
    fabric = plan_of().pools[0].fabric
    assert fabric is not None
    assert (fabric.kind, fabric.gbps_per_node, fabric.gbps_per_accelerator) == ("efa", Decimal(3200), Decimal(400))


def test_a_pool_with_efa_has_the_security_group_that_lets_it_pass():
    assert plan_of().fabric_security_group is True


# --- disks, labels, taints ---


def test_root_disks_hold_the_images_of_accelerators():
    assert pool_of({"accelerator": "H100:8", "nodes": 1}).root_disk_gib == 300
    assert pool_of({"accelerator": "H100:8", "nodes": 1, "root_disk": "200GiB"}).root_disk_gib == 200
    error = the_error({"pools.train.root_disk": "199GiB"})
    assert error.path == "pools.train.root_disk"
    assert "200GiB" in error.hint


def test_a_decimal_disk_is_rounded_up():
    """300 GB are 279.4 GiB."""
    pool = pool_of({"accelerator": "H100:8", "nodes": 1, "root_disk": "300GB"})
    assert (pool.root_disk_gib, pool.root_disk_asked_gib) == (280, 280)


@pytest.mark.parametrize(
    ("accelerator", "key"), [("H100:8", "nvidia.com/gpu"), ("Trainium:16", "aws.amazon.com/neuron")]
)
def test_nodes_keep_other_pods_away(accelerator, key):
    group = (
        pool_of({"accelerator": accelerator, "nodes": 1, "taints": [{"key": "team", "effect": "NoExecute"}]})
        .rungs[0]
        .group
    )
    assert group.taints == ((key, "present", "NO_SCHEDULE"), ("team", "", "NO_EXECUTE"))


def test_labels_of_the_user_stay_and_those_of_the_plan_are_not_theirs():
    group = pool_of({"accelerator": "H100:8", "nodes": 1, "labels": {"team": "a"}}).rungs[0].group
    assert group.labels["team"] == "a"
    assert group.labels["gpu-fleet/accelerator"] == "H100"
    error = the_error({"pools.train.labels": {"gpu-fleet/pool": "x"}})
    assert "a label that the plan sets itself" in error.message


@pytest.mark.parametrize("name", ["system", "public", "storage"])
def test_names_of_the_clusters_own_subnets_are_taken(name):
    error = the_error({f"pools.{name}": {"accelerator": "L4:1", "nodes": 1}})
    assert f"the name {name!r} belongs to" in error.message
