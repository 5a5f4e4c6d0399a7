"""Network interfaces of nodes, and how many pods fit: what AWS documents for each machine."""

from __future__ import annotations

import pytest

from tests.support import aws_expectations as aws
from tests.support.specs import BLOCK, plan_of, pool_of, the_error

# EKS merges this NodeConfig into its own: amazon-eks-ami, nodeadm, API reference v1alpha1 (instance.localStorage, kubelet).
RAID0_AND_51_PODS = """MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="//"

--//
Content-Type: application/node.eks.aws

apiVersion: node.eks.aws/v1alpha1
kind: NodeConfig
spec:
  instance:
    localStorage:
      strategy: RAID0
  kubelet:
    config:
      maxPods: 51

--//--
"""


@pytest.mark.parametrize("machine", aws.LAYOUT_A)
def test_layout_a_is_the_default(machine):
    aws.expect_layout_a(machine)


@pytest.mark.parametrize("machine", aws.LAYOUT_A)
def test_pods_follow_layout_a(machine):
    aws.expect_pods_follow_layout_a(machine)


def test_p5_has_33_interfaces_and_32_efa_devices():
    pool = aws.machine_pool("p5.48xlarge", "us-east-1")
    assert len(pool.rungs[0].group.interfaces) == 33
    assert pool.fabric is not None
    assert pool.fabric.devices_per_node == 32


@pytest.mark.parametrize("machine", aws.LAYOUT_B)
def test_layout_b_can_be_chosen(machine):
    region, nics, pods = aws.LAYOUT_B[machine]
    pool = aws.machine_pool(machine, region, layout="B")
    assert aws.nics_of(pool) == nics
    assert pool.rungs[0].group.max_pods == pods


def test_layout_b_is_refused_where_card_0_takes_no_efa():
    pool = {"accelerator": "B300:8", "nodes": 2, "fabric": "required"}
    error = the_error({"pools.train": pool, "software.efa_layout": "B"})
    assert error.path == "software.efa_layout"
    assert "card 0 of p6-b300.48xlarge takes none" in error.message


def test_gb200_has_four_efa_devices_on_cards_that_share_no_interface():
    aws.expect_gb200_layout()


def test_gb200_leaves_the_number_of_pods_to_eks():
    """No document gives the interface limits of p6e-gb200."""
    capacity = [{"block": {**BLOCK, "nodes": 2}}]
    pool = pool_of({"accelerator": "GB200:4", "nodes": 2, "fabric": "required", "capacity": capacity})
    group = pool.rungs[0].group
    assert group.max_pods is None
    assert "maxPods" not in (group.user_data or "")


def test_user_data_says_raid0_and_pods_of_a_node_with_efa():
    assert plan_of().pools[0].rungs[0].group.user_data == RAID0_AND_51_PODS


def test_pods_stand_in_user_data_only_with_interfaces_of_our_own():
    pool = pool_of({"accelerator": "H100:8", "nodes": 2, "fabric": "none"})
    group = pool.rungs[0].group
    assert group.interfaces == ()
    assert group.max_pods == 100  # 2 x 49 + 2, as EKS computes it itself
    assert group.user_data == RAID0_AND_51_PODS.replace("  kubelet:\n    config:\n      maxPods: 51\n", "")


def test_raid0_only_with_local_disks():
    """inf2 has no instance store."""
    pool = pool_of({"accelerator": "Inferentia2:12", "nodes": 1})
    assert pool.scratch == "none"
    assert pool.rungs[0].group.user_data is None


def test_scratch_none_leaves_local_disks_alone():
    pool = pool_of({"accelerator": "H100:8", "nodes": 2, "fabric": "required", "scratch": "none"})
    assert pool.scratch == "none"
    assert "RAID0" not in (pool.rungs[0].group.user_data or "")


def test_nodes_with_several_interfaces_stand_in_private_subnets():
    """EC2 gives no public address to an instance with several interfaces: InvalidParameterCombination."""
    plan = plan_of()
    roles = {subnet.name: subnet.role for subnet in plan.network.subnets}
    assert [roles[name] for name in plan.pools[0].rungs[0].group.subnets] == ["pool"]
