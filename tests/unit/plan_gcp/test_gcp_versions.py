"""The release channel, and the GKE version that a cluster starts at.

Floors: cluster-toolkit's gpu_direct.tf (TCPX, TCPXO), GKE's pages on flex-start and DRANET, and AI Hypercomputer's pages
on A3 Ultra, A4 and A4X.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from components.catalog.gcp import catalog
from components.catalog.gke import GkeVersion
from components.plan.dated import dated_findings
from components.plan.gcp.versions import first_from
from tests.support.gcp_specs import decided, reserved
from tests.support.gcp_values import gcp_error, gcp_plan

SPOT = {"capacity": ["spot"]}
GANG = {"nodes": 2, "fabric": "required"}
H100, H200, B200 = ({"accelerator": f"{name}:8", **GANG} for name in ("H100", "H200", "B200"))
GB200 = {"accelerator": "GB200:4", **GANG, "capacity": [reserved(2)]}
FLEX = {"accelerator": "L4:1", "nodes": "0..2", "fabric": "none", "capacity": ["flex"]}
TPU_FLEX = {"accelerator": "TPU-v6e:4x4", "nodes": "0..4", "fabric": "required", "capacity": ["flex"]}


@pytest.mark.parametrize(
    ("kubernetes", "pool", "starts_at"),
    [
        ("1.35", H100, "1.35"),
        ("1.33", H100, "1.33"),
        ("1.32", H100, "1.32.11-gke.1174000"),
        ("1.31", H100, "1.31.14-gke.1243000"),
        ("1.30", H100, "1.30.14-gke.1922000"),
        ("1.32", {"accelerator": "H100:8", "nodes": 1, "fabric": "none"}, "1.32"),
        ("1.31", {**H200, **SPOT}, "1.31.4-gke.1183000"),
        ("1.32", {**H200, **SPOT}, "1.32"),
        ("1.32", {**B200, **SPOT}, "1.32.2-gke.1475000"),
        ("1.33", GB200, "1.33.4-gke.1036000"),
        ("1.34", GB200, "1.34"),
        ("1.32", FLEX, "1.32.2-gke.1652000"),
        ("1.33", TPU_FLEX, "1.33.0-gke.1712000"),
        # Of two floors the higher: -gke.1652000 of flex-start is after -gke.1475000 of the machine.
        ("1.32", {**B200, "nodes": "0..2", "capacity": ["flex"]}, "1.32.2-gke.1652000"),
    ],
)
def test_a_cluster_starts_at_the_highest_floor_within_its_minor(
    kubernetes: str, pool: dict[str, Any], starts_at: str
) -> None:
    assert gcp_plan({"kubernetes": kubernetes, "pools.train": pool}).min_master_version == starts_at


@pytest.mark.parametrize(
    ("kubernetes", "pool", "first", "hint"),
    [
        ("1.30", {**H200, **SPOT}, "1.31.4-gke.1183000", '"1.31"'),
        ("1.31", {**B200, **SPOT}, "1.32.2-gke.1475000", '"1.32"'),
        ("1.32", GB200, "1.33.4-gke.1036000", '"1.33"'),
        ("1.31", FLEX, "1.32.2-gke.1652000", '"1.32"'),
        ("1.32", TPU_FLEX, "1.33.0-gke.1712000", '"1.33"'),
    ],
)
def test_a_minor_below_a_floor_is_refused_with_the_first_version_that_works(
    kubernetes: str, pool: dict[str, Any], first: str, hint: str
) -> None:
    error = gcp_error({"kubernetes": kubernetes, "pools.train": pool})
    assert (error.id, error.path) == ("kubernetes", "kubernetes")
    assert f"needs GKE {first} or newer, this cluster has {kubernetes}" in error.message
    assert hint in error.hint


def test_dranet_has_a_floor_of_its_own_and_takes_the_place_of_networks() -> None:
    changes = {"software.pod_networks": "dranet", "pools.train": {**H200, **SPOT}}
    plan = gcp_plan({"kubernetes": "1.34", **changes})
    assert plan.min_master_version == "1.34.1-gke.1829001"
    assert decided(plan, "kubernetes") == "1.34.1-gke.1829001: DRANET needs it within 1.34"
    assert (plan.pod_networks, plan.multi_networking, plan.network.nic_networks) == ("dranet", False, ())
    pool = plan.pools[0].rungs[0].groups[0]
    assert (pool.accelerator_network_profile, pool.interfaces) == ("auto", ())
    assert pool.labels["cloud.google.com/gke-networking-dra-driver"] == "true"
    assert "1.34.1-gke.1829001" in gcp_error({"kubernetes": "1.33", **changes}).message


def test_a_fabric_without_dranet_and_one_without_networks_are_told_the_other_way() -> None:
    """GKE's DRANET page names RDMA machines; A4X Max has DRANET alone."""
    error = gcp_error({"software.pod_networks": "dranet"})
    assert (error.path, error.hint) == ("software.pod_networks", "write pod_networks: objects")
    metal = {"accelerator": "GB300:4", **GANG, "capacity": [reserved(2)]}
    error = gcp_error({"pools.train": metal})
    assert (error.path, error.hint) == ("software.pod_networks", "write pod_networks: dranet")


@pytest.mark.parametrize(
    ("asked", "first"), [("1.26", "1.27.3-gke.9"), ("1.27", "1.27.3-gke.9"), ("1.28", "1.28.1-gke.10"), ("1.29", None)]
)
def test_floors_of_several_minors(asked: str, first: str | None) -> None:
    floors = [GkeVersion.parse("1.27.3-gke.9"), GkeVersion.parse("1.28.1-gke.10")]
    found = first_from(GkeVersion.parse(asked), floors)
    assert (str(found) if found else None) == first


def test_a_cluster_always_has_a_release_channel() -> None:
    plan = gcp_plan()
    assert plan.channel == "REGULAR"
    assert decided(plan, "software.release_channel") == "regular: no channel is given"
    assert gcp_plan({"software.release_channel": "stable"}).channel == "STABLE"
    error = gcp_error({"software.release_channel": "unspecified"})
    assert error.path == "software.release_channel"


def test_extended_support_is_the_channel_of_that_name() -> None:
    plan = gcp_plan({"software.extended_support": True})
    assert (plan.channel, plan.support_type) == ("EXTENDED", "EXTENDED")
    assert gcp_plan({"software.extended_support": True, "software.release_channel": "extended"}).channel == "EXTENDED"
    error = gcp_error({"software.extended_support": True, "software.release_channel": "rapid"})
    assert (error.id, error.path) == ("release-channel", "software.release_channel")


def test_a_version_that_gke_does_not_have_is_refused() -> None:
    error = gcp_error({"kubernetes": "1.12", "pools.train": {"accelerator": "L4:1", "nodes": 1}})
    assert "1.12 is no GKE version of the catalogue" in error.message


def test_support_depends_on_the_day_and_on_the_channel() -> None:
    """GKE's release schedule: standard support of 1.33 ended on 2026-08-03, extended support ends on 2027-06-03."""
    day = date(2026, 11, 1)
    plain = dated_findings(gcp_plan({"kubernetes": "1.33"}), catalog(), day)
    assert [(one.id, one.level.value) for one in plain] == [("kubernetes-support", "error")]
    paid = dated_findings(gcp_plan({"kubernetes": "1.33", "software.extended_support": True}), catalog(), day)
    assert [(one.id, one.level.value) for one in paid] == [("kubernetes-support", "advisory")]
