"""Clusters on Google Cloud, Azure and AWS with what runs in them, through the real engine: up, unchanged, and gone.

What stays when things go in the wrong order: EKS API reference, DeleteCluster ("you must delete those services before
deleting the cluster ... otherwise, you can have orphaned resources in your VPC that prevent you from being able to
delete the VPC"); aws/amazon-vpc-cni-k8s issues 608 and 1223 for the CNI's interfaces.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from components import sdk_imports

sdk_imports.install()

from scripts.engine.find import Installation  # noqa: E402
from tests.engine.support import programs  # noqa: E402
from tests.engine.support.small import small  # noqa: E402

pytestmark = [
    pytest.mark.engine,
    # What a program leaves that the engine has cut off: Python complains of its coroutines when they are freed.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::RuntimeWarning"),
]


def on_both() -> None:
    programs.on_google_cloud()
    programs.on_azure()


def test_clusters_on_google_cloud_and_azure_come_up_stay_and_go(installation: Installation, tmp_path: Path) -> None:
    with small(installation, tmp_path, on_both, "gcp", "azure-native", "kubernetes") as stack:
        planned = stack.preview()
        assert set(planned.values()) == {"create"} and len(planned) > 20
        made = stack.up()
        assert stack.errors == []
        assert made == planned
        assert stack.up() == {}
        assert stack.refresh() == {}
        gone = stack.destroy()
        assert (stack.errors, set(gone.values()), gone.keys()) == ([], {"delete"}, planned.keys())
        assert stack.left() == []


def right() -> None:
    programs.on_aws(objects_first=True)


def test_in_the_right_order_nothing_stays(installation: Installation, tmp_path: Path) -> None:
    with small(installation, tmp_path, right, "aws", "kubernetes") as stack:
        stack.up()
        assert stack.errors == []
        stack.destroy()
        assert (stack.errors, stack.left()) == ([], [])


def wrong() -> None:
    programs.on_aws(objects_first=False)


def test_when_the_nodes_go_first_a_load_balancer_keeps_the_network(installation: Installation, tmp_path: Path) -> None:
    with small(installation, tmp_path, wrong, "aws", "kubernetes") as stack:
        stack.up()
        assert stack.errors == []
        stack.destroy()
        assert any("DependencyViolation: The subnet" in error for error in stack.errors)
        left = stack.left()
        assert sum("ELB network interface of Service team-" in one for one in left) == 2  # one in each subnet
        assert sum("EBS volume of PersistentVolumeClaim team-" in one for one in left) == 1
        assert {"subnet-us-east-1a", "subnet-us-east-1b", "vpc"} <= set(left)
        assert "eks-cluster" not in left and "web" not in left
