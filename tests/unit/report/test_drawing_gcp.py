"""The drawing of a cluster on Google Cloud: the networks beside its own, the interfaces of a node, and what is regional."""

from __future__ import annotations

from functools import cache

import pytest

from components.plan.gcp.model import GcpClusterPlan
from components.plan.planner import plan
from components.spec.loader import load
from scripts.report.topology import gcp
from scripts.report.topology.draw import WIDTHS, drawing
from scripts.report.topology.model import Box, Topology, sentence, topology_of
from tests.support.reports import Element, parsed
from tests.support.specs import plan_of
from tests.unit.report.test_drawing import NAMED, boxes, overlapping, texts

STACKS = ("dev-gcp", "prod-gcp", "h200-gcp", "b200-gcp", "l4-gcp", "small-gcp", "tpu-gcp")


@cache
def drawn(stack: str) -> Topology:
    return topology_of(plan(load(stack)))


def svg(stack: str, width: int = WIDTHS[0]) -> Element:
    return parsed(drawing(drawn(stack), width, "d")).children[0]


def fabric(stack: str) -> tuple[Box, ...]:
    return drawn(stack).fabrics


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("stack", STACKS)
def test_no_box_lies_over_another_or_outside(stack: str, width: int) -> None:
    picture = svg(stack, width)
    found = boxes(picture, *NAMED, "b-fabric", "b-subnet")
    assert list(overlapping(found)) == []
    assert all(x >= 0 and x + w <= width for x, _, w, _ in found)
    (network,) = boxes(picture, "n-box")
    beside = boxes(picture, "b-fabric", "b-object")
    assert all(y >= network[1] + network[3] for _, y, _, _ in beside), "what is beside the network is drawn below it"


def test_tcpxo_has_eight_networks_with_a_range_and_an_interface_each() -> None:
    """a3-megagpu-8g: eight GPU interfaces, each in a VPC of its own, MTU 8244 (Google Cloud, GPUDirect-TCPXO)."""
    (box,) = fabric("prod-gcp")
    assert box.name == "8 VPCs train-gpu-1 to train-gpu-8"
    assert box.lines[0].startswith("8 subnets 192.168.") and " to 192.168." in box.lines[0]
    assert box.lines[1:] == ("MTU 8244", "open between its own nodes only")
    pool = drawn("prod-gcp").pools[1]
    assert pool.interfaces == ("a node: eth0 host, eth1–8 in train-gpu-1 to train-gpu-8",)
    assert pool.fabric == "TCPXO 1,600 Gbit/s a node, 8 devices"


@pytest.mark.parametrize("stack", ["h200-gcp", "b200-gcp"])
def test_rdma_has_one_network_of_its_zone_s_profile_and_a_plain_one_before_it(stack: str) -> None:
    """a3-ultragpu-8g and a4-highgpu-8g: a second gVNIC and eight RDMA interfaces in one VPC (Google Cloud, RDMA profiles)."""
    plain, rdma = fabric(stack)
    assert plain.name == "VPC train-gvnic-1"
    assert rdma.name == "VPC train-rdma-b" and rdma.zones == ("us-central1-b",)
    assert rdma.lines[0].startswith("8 subnets 192.168.")
    assert rdma.lines[1:] == ("MTU 8896", "profile us-central1-b-vpc-roce", "no firewall rules")
    (line,) = drawn(stack).pools[1].interfaces
    assert line == "a node: eth0 host, eth1 in train-gvnic-1, eth2–9 in train-rdma-b (RDMA)"


@pytest.mark.parametrize("stack", ["l4-gcp", "small-gcp", "tpu-gcp"])
def test_machines_of_one_interface_have_no_network_beside_the_cluster_s(stack: str) -> None:
    assert fabric(stack) == ()
    assert drawn(stack).pools[1].interfaces == ()


def test_the_network_says_how_one_gets_in_and_out() -> None:
    found = drawn("prod-gcp")
    internet, control = found.outside
    assert internet.way == "out through Cloud NAT, for all zones"
    assert control.lines == ("GKE, Kubernetes 1.35, regular channel",)
    assert control.way == "API: from inside, and by its DNS endpoint with IAM"
    (subnet,) = found.entries
    assert subnet.name.startswith("subnet 10.0.") and "services 172.20.0.0/16" in subnet.lines[0]
    assert subnet.zones == found.zones
    assert found.endpoints[0].startswith("private services access 10.0.")


def test_storage_stands_in_its_zone_and_buckets_in_none() -> None:
    found = drawn("prod-gcp")
    (lustre,) = found.storage
    assert lustre.zones == ("us-east5-a",)
    assert lustre.lines == ("Managed Lustre, 9,000 GiB, 1,000 MB/s a TiB", "imports from checkpoints")
    (bucket,) = found.regional
    assert bucket.lines == ("Cloud Storage bucket, size by use", "imported by scratch")


def test_a_slice_is_told_by_its_shape() -> None:
    pool = drawn("tpu-gcp").pools[1]
    assert "1 × 4x4, a node pool each" in pool.capacity
    assert "16 × TPU-v6e" in texts(svg("tpu-gcp"))


def test_bought_capacity_is_told_by_name_zone_and_term() -> None:
    assert drawn("prod-gcp").pools[1].capacity[:2] == (
        "reservation h100-prod",
        "8 nodes in us-east5-a, until 2027-06-30",
    )
    assert drawn("b200-gcp").pools[1].capacity[1] == "4 nodes in us-central1-b, 2027-02-01 to 2027-02-15"


def test_who_does_not_see_the_drawing_hears_of_the_networks() -> None:
    said = sentence(drawn("h200-gcp"))
    assert "Networks beside it: VPC train-gvnic-1 (1 subnet" in said and "profile us-central1-b-vpc-roce" in said
    assert "Networks beside it" not in sentence(drawn("small-gcp"))


def test_a_plan_of_another_cloud_is_refused() -> None:
    with pytest.raises(TypeError, match="a plan of aws is no plan of Google Cloud"):
        gcp.build(plan_of())


def test_what_is_built_is_a_plan_of_google_cloud() -> None:
    assert isinstance(plan(load("small-gcp")), GcpClusterPlan)
