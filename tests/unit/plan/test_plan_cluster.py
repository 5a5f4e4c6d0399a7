"""What surrounds the pools: Kubernetes' versions by date, account, access, key, tags, add-ons, node repair."""

from __future__ import annotations

from datetime import date

import pytest

from components.errors import InputError, Level
from tests.support.specs import (
    ADMIN,
    BLOCK,
    REMOVED,
    RESERVATION,
    advice,
    baseline,
    dated,
    plan_of,
    plan_value,
    the_error,
)

TODAY = date(2026, 11, 24)

# --- Kubernetes: EKS release calendar ---


def support(version: str, on: date, **changes):
    return [one for one in dated({"kubernetes": version, **changes}, on) if one.id == "kubernetes-support"]


def test_a_version_that_eks_does_not_have_is_refused_with_those_that_it_has():
    error = the_error({"kubernetes": "1.99"})
    assert error.path == "kubernetes"
    assert "1.35" in error.hint


def test_a_version_in_standard_support_is_fine():
    assert support("1.35", TODAY) == []


def test_a_version_near_the_end_of_standard_support_is_told():
    """1.34: standard support until 2026-12-02."""
    (finding,) = support("1.34", TODAY)
    assert (finding.level, finding.message) == (
        Level.ADVISORY,
        "standard support of Kubernetes 1.34 ends on 2026-12-02",
    )
    assert support("1.34", date(2026, 11, 1)) == []
    assert support("1.34", date(2026, 12, 2))[0].level is Level.ADVISORY


def test_extended_support_is_refused_with_its_price_until_it_is_accepted():
    """1.33: extended support since 2026-07-29; 0.60 USD an hour instead of 0.10 (EKS pricing)."""
    (finding,) = support("1.33", TODAY)
    assert finding.level is Level.ERROR
    assert "paid extended support since 2026-07-29: 0.60 USD/h instead of 0.10" in finding.message
    assert "software: {extended_support: true}" in finding.hint
    (finding,) = support("1.33", TODAY, **{"software.extended_support": True})
    assert finding.level is Level.ADVISORY
    assert "0.60 USD/h instead of 0.10" in finding.message


def test_a_version_out_of_all_support_is_refused():
    """1.30: extended support until 2026-07-23."""
    (finding,) = support("1.30", TODAY, **{"software.extended_support": True})
    assert (finding.level, finding.message) == (Level.ERROR, "Kubernetes 1.30 is out of support since 2026-07-23")


def test_unknown_dates_are_said_to_be_unknown():
    (finding,) = support("1.36", TODAY)
    assert finding.level is Level.ADVISORY
    assert "is unknown" in finding.message


def test_the_plan_itself_knows_no_day():
    assert plan_of({"kubernetes": "1.33"}).support_type == "STANDARD"
    assert plan_of({"kubernetes": "1.33", "software.extended_support": True}).support_type == "EXTENDED"


def bought(on: date):
    gang = {"accelerator": "H100:8", "nodes": 4, "fabric": "required", "capacity": [{"reservation": RESERVATION}]}
    return [one for one in dated({"pools.train": gang}, on) if one.id.startswith("capacity")]


def test_a_reservation_that_ends_soon_is_told_and_one_that_ended_is_refused():
    assert bought(date(2027, 5, 1)) == []
    assert [(one.id, one.level) for one in bought(date(2027, 6, 30))] == [("capacity-ends", Level.ADVISORY)]
    assert [(one.id, one.level) for one in bought(date(2027, 7, 1))] == [("capacity-ended", Level.ERROR)]


def test_a_block_that_ended_is_refused():
    pool = {"accelerator": "B200:8", "nodes": 4, "fabric": "required", "capacity": [{"block": BLOCK}]}
    found = dated({"pools.train": pool}, date(2027, 2, 16))
    assert [one.id for one in found] == ["capacity-ended"]


def test_an_expired_cluster_blocks():
    assert dated({"schedule.expires": "2026-11-24"}, TODAY) == ()
    (finding,) = dated({"schedule.expires": "2026-11-23"}, TODAY)
    assert (finding.id, finding.level) == ("expired", Level.MANDATORY)


# --- account and access ---


def test_no_account_is_told():
    assert "no account is given" in advice(plan_of({"account": REMOVED}), "account").message


@pytest.mark.parametrize("account", ["12345678901", "1234567890123", "my-account", "１２３４５６７８９０１２"])
def test_an_account_has_12_digits(account):
    assert the_error({"account": account}).path == "account"


def test_a_cluster_that_nobody_can_enter_is_told():
    plan = plan_of({"access.admins": []})
    assert "nobody administers the cluster" in advice(plan, "no-admin").message


@pytest.mark.parametrize(
    "admin",
    [
        "platform",
        "arn:aws:iam::123456789012:group/x",
        "arn:aws:iam::1234:role/x",
        "arn:aws:sts::123456789012:assumed-role/x/y",
    ],
)
def test_an_admin_is_the_arn_of_a_role_or_user(admin):
    error = the_error({"access.admins": [ADMIN, admin]})
    assert error.path == "access.admins.1"
    assert "no ARN of a role or user in aws" in error.message


def test_a_private_endpoint_in_a_new_network_has_no_way_in():
    plan = plan_of()
    assert plan.access.public is False
    assert "nothing outside it reaches the cluster yet" in advice(plan, "no-way-in").message


def test_a_public_endpoint_has_its_ranges():
    plan = plan_of({"access": {"endpoint": "public", "allowed_cidrs": ["192.0.2.0/24"], "admins": [ADMIN]}})
    assert (plan.access.public, plan.access.allowed_cidrs) == (True, ("192.0.2.0/24",))
    assert not [one for one in plan.findings if one.id == "no-way-in"]


def test_a_public_endpoint_without_ranges_stays_private():
    plan = plan_of({"access.endpoint": "public"})
    assert plan.access.public is False
    assert advice(plan, "no-way-in").path == "access.allowed_cidrs"


def test_ranges_of_a_private_endpoint_have_no_effect():
    assert advice(plan_of({"access.allowed_cidrs": ["192.0.2.0/24"]}), "no-effect").path == "access.allowed_cidrs"


def test_a_key_is_an_arn_in_the_clusters_region():
    key = "arn:aws:kms:us-east-1:123456789012:key/0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f"
    assert plan_of({"encryption.key": key}).key_arn == key
    for wrong in (key.replace("us-east-1", "us-west-2"), "alias/mine", "0a1b2c3d"):
        assert the_error({"encryption.key": wrong}).path == "encryption.key"


def test_tags_of_the_user_and_of_the_plan():
    tags = plan_of({"tags": {"owner": "research"}, "schedule.expires": "2027-01-31"}).tags
    assert tags["owner"] == "research"
    assert tags["gpu-fleet:environment"] == "dev"
    assert tags["expires-at"] == "2027-01-31"


def test_reserved_and_too_many_tags_are_refused():
    """50 tags on a resource, and none that start with aws: (Tagging AWS resources)."""
    assert "reserved prefix" in the_error({"tags": {"aws:x": "1"}}).message
    assert "reserved prefix" in the_error({"tags": {"gpu-fleet:x": "1"}}).message
    assert plan_of({"tags": {f"t{n}": "1" for n in range(44)}})
    assert "45 tags are too many" in the_error({"tags": {f"t{n}": "1" for n in range(45)}}).message


def test_a_cloud_that_is_not_built_yet_is_refused():
    value = baseline({"cloud": "azure"})
    with pytest.raises(InputError, match="'azure' cannot be planned yet"):
        plan_value(value)


def test_a_cluster_without_pools_is_told():
    assert advice(plan_of({"pools": {}}), "no-pools").path == "pools"


# --- system pool ---


def test_the_system_pool_has_a_default_and_takes_no_accelerators():
    assert plan_of().system.machine == "m7i.xlarge"
    assert "has accelerators" in the_error({"system.machine": "p5.48xlarge"}).message
    assert "'m7i.xlarge'" in the_error({"system.machine": "m7i.xlrage"}).hint


# --- add-ons ---


def test_what_nodes_join_with_comes_before_them():
    """terraform-aws-modules/terraform-aws-eks#3446: without the pod network first, "cni plugin not initialized"."""
    addons = plan_of().addons
    before = [addon.name for addon in addons if addon.before_nodes]
    assert before == ["vpc-cni", "kube-proxy", "eks-pod-identity-agent"]
    assert [addon.name for addon in addons[:3]] == before


def test_drivers_of_storage_come_with_their_storage():
    assert not {"aws-fsx-csi-driver", "aws-efs-csi-driver", "aws-mountpoint-s3-csi-driver"} & names(plan_of())
    storage = {"a": {"kind": "parallel", "capacity": "1200GiB"}, "b": {"kind": "shared"}, "c": {"kind": "object"}}
    found = names(plan_of({"storage": storage}))
    assert {"aws-fsx-csi-driver", "aws-efs-csi-driver", "aws-mountpoint-s3-csi-driver"} <= found


def names(plan) -> set[str]:
    return {addon.name for addon in plan.addons}


def test_node_repair_has_the_agent_that_finds_broken_accelerators():
    """EKS User Guide, node-health: without the agent only the kubelet's conditions are seen."""
    plan = plan_of()
    assert plan.pools[0].rungs[0].group.node_repair is True
    assert "eks-node-monitoring-agent" in names(plan)


def test_without_node_repair_there_is_no_agent():
    plan = plan_of({"software.node_repair": False})
    assert plan.pools[0].rungs[0].group.node_repair is False
    assert "eks-node-monitoring-agent" not in names(plan)


def test_versions_of_addons():
    """vpc-cni 1.18.5 is the first that handles EFA-only interfaces (EKS User Guide)."""
    addons = {
        addon.name: addon.version for addon in plan_of({"software.addons": {"vpc-cni": "v1.18.5-eksbuild.1"}}).addons
    }
    assert (addons["vpc-cni"], addons["coredns"]) == ("v1.18.5-eksbuild.1", None)
    error = the_error({"software.addons": {"vpc-cni": "v1.9.0-eksbuild.1"}})
    assert error.message == "vpc-cni v1.9.0-eksbuild.1 is older than 1.18.5"
    assert "'vpc-cni'" in the_error({"software.addons": {"vpc-cin": "v1.19.0"}}).hint
    assert "not need it" in advice(plan_of({"software.addons": {"aws-efs-csi-driver": "v2"}}), "no-effect").message
