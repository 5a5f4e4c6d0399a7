"""The VPC, the networks of the fabric, and the objects by which pods ask for them."""

from __future__ import annotations

from ipaddress import ip_network
from typing import Any

import pytest

from components.plan.gcp.model import NicNetwork, NicSubnet
from tests.support.gcp_groups import make_group, rdma_networks
from tests.support.gcp_plan import make_network, make_plan, make_pool, make_rung
from tests.support.gcp_resources import Resources, ref, resources_of, resources_of_plan, text

OBJECTS = ("networking.gke.io/v1:Network", "networking.gke.io/v1:GKENetworkParamSet")


def test_the_vpc_has_one_subnet_with_ranges_for_pods_and_services(cluster: Resources) -> None:
    assert cluster.inputs("prod-gcp-vpc") == {
        "autoCreateSubnetworks": False,
        "mtu": 8244,
        "routingMode": "REGIONAL",
    }
    subnet = cluster.inputs("prod-gcp-nodes-subnet")
    assert (subnet["network"], subnet["region"], subnet["ipCidrRange"]) == (
        ref("prod-gcp-vpc.id"),
        "us-central1",
        "10.0.0.0/18",
    )
    assert subnet["privateIpGoogleAccess"] is True
    assert subnet["secondaryIpRanges"] == [
        {"rangeName": "pods", "ipCidrRange": "10.4.0.0/14"},
        {"rangeName": "services", "ipCidrRange": "172.20.0.0/16"},
    ]


def test_the_way_out_is_for_the_nodes_and_their_pods(cluster: Resources) -> None:
    nat = cluster.inputs("prod-gcp-nat")
    assert nat["router"] == ref("prod-gcp-router.name")
    assert (nat["natIpAllocateOption"], nat["sourceSubnetworkIpRangesToNat"]) == ("AUTO_ONLY", "LIST_OF_SUBNETWORKS")
    assert nat["subnetworks"] == [{"name": ref("prod-gcp-nodes-subnet.id"), "sourceIpRangesToNats": ["ALL_IP_RANGES"]}]
    without = resources_of_plan(make_plan(network=make_network(nat=False)))
    assert "prod-gcp-nat" not in without and "prod-gcp-router" not in without


def test_googles_own_services_get_a_range_and_a_peering(cluster: Resources) -> None:
    given = cluster.inputs("prod-gcp-private-services")
    assert (given["purpose"], given["addressType"]) == ("VPC_PEERING", "INTERNAL")
    assert (given["address"], given["prefixLength"]) == ("10.0.64.0", 20)
    assert cluster.inputs("prod-gcp-private-services-connection") == {
        "network": ref("prod-gcp-vpc.id"),
        "service": "servicenetworking.googleapis.com",
        "reservedPeeringRanges": [ref("prod-gcp-private-services.name")],
    }
    without = resources_of_plan(make_plan(network=make_network(private_services_cidr=None), storage=()))
    assert without.of("servicenetworking/connection:Connection") == []


def test_in_an_existing_vpc_nothing_of_the_hosts_network_is_made() -> None:
    network = make_network(vpc="shared", subnet="gpu", nat=False, private_services_cidr=None, nic_networks=())
    resources = resources_of_plan(make_plan(network=network, pools=(), storage=()))
    made = [one.type for one in resources.all if one.type.startswith("gcp:compute/")]
    assert made == []


def test_a_vpc_without_its_subnet_is_refused() -> None:
    with pytest.raises(ValueError, match="'shared' has no subnet"):
        resources_of_plan(make_plan(network=make_network(vpc="shared", subnet=None)))


def test_tcpxo_has_eight_vpcs_of_one_subnet_whose_nodes_reach_each_other(cluster: Resources) -> None:
    for number in range(1, 9):
        name = f"prod-gcp-train-gpu-{number}"
        assert cluster.inputs(f"{name}-network") == {
            "autoCreateSubnetworks": False,
            "mtu": 8244,
            "routingMode": "REGIONAL",
        }
        subnet, rule = cluster.inputs(f"{name}-subnet"), cluster.inputs(f"{name}-firewall")
        assert subnet["network"] == rule["network"] == ref(f"{name}-network.id")
        # GoogleCloudPlatform/cluster-toolkit, pull request 3617: sources that miss the subnet let nobody in.
        (source,) = rule["sourceRanges"]
        assert ip_network(subnet["ipCidrRange"]).subnet_of(ip_network(source))
        assert rule["direction"] == "INGRESS"
        assert [one["protocol"] for one in rule["allows"]] == ["tcp", "udp", "icmp"]
    assert len(cluster.of("compute/network:Network")) == 9


def test_rdma_has_one_vpc_of_its_zones_profile_and_eight_subnets(ultra: Resources) -> None:
    network = ultra.inputs("prod-gcp-train-rdma-a-network")
    assert (network["mtu"], network["autoCreateSubnetworks"]) == (8896, False)
    assert text(network["networkProfile"]) == (
        "https://www.googleapis.com/compute/v1/projects/research-123456/global/networkProfiles/us-central1-a-vpc-roce"
    )
    subnets = [ultra.inputs(f"prod-gcp-train-rdma-a-{place}-subnet") for place in range(8)]
    assert {one["region"] for one in subnets} == {"us-central1"}
    assert len({one["ipCidrRange"] for one in subnets}) == 8
    assert all(one["network"] == ref("prod-gcp-train-rdma-a-network.id") for one in subnets)
    assert len(ultra.of("compute/network:Network")) == 3


def test_no_firewall_rule_stands_on_an_rdma_network(ultra: Resources) -> None:
    # They are refused there: https://cloud.google.com/vpc/docs/rdma-network-profiles
    named = {one.inputs["network"]["ref"] for one in ultra.of("compute/firewall:Firewall")}
    assert named == {"prod-gcp-train-gvnic-1-network.id", "prod-gcp-vpc.id"}


def test_subnets_that_google_has_made_are_used_by_their_own_name() -> None:
    # a4x-maxgpu-4g-metal: "default-subnet-1-<network>" is there with the network, and none may be added.
    metal = NicNetwork(
        name="train-rdma-a",
        mtu=8896,
        profile="us-central1-a-vpc-roce-metal",
        subnets=(NicSubnet(name="default-subnet-1-train-rdma-a", cidr="", pod_network="rdma-0"),),
        firewall_sources=(),
        pool="train",
    )
    interface = {"network": metal.name, "subnet": metal.subnets[0].name, "pod_network": "rdma-0"}
    group = make_group(interfaces=(_interface(**interface),))
    plan = make_plan(
        network=make_network(nic_networks=(metal,)), pools=(make_pool(make_rung(group)),), pod_networks="none"
    )
    resources = resources_of_plan(plan)
    (given,) = resources.inputs("prod-gcp-train-reservation-nodes")["networkConfig"]["additionalNodeNetworkConfigs"]
    assert text(given["subnetwork"]) == "default-subnet-1-${prod-gcp-train-rdma-a-network.name}"
    assert [one.name for one in resources.of("compute/subnetwork:Subnetwork")] == ["prod-gcp-nodes-subnet"]


def _interface(**given: str) -> Any:
    from components.plan.gcp.model import Interface

    return Interface(device_mode="RDMA", **given)


def test_pods_ask_for_each_interface_by_an_object(cluster: Resources) -> None:
    networks, parameters = (cluster.of(kind) for kind in OBJECTS)
    assert [one.inputs["metadata"]["name"] for one in networks] == [f"vpc{number}" for number in range(1, 9)]
    assert networks[0].inputs["spec"] == {
        "type": "Device",
        "parametersRef": {"group": "networking.gke.io", "kind": "GKENetworkParamSet", "name": "vpc1"},
    }
    assert parameters[0].inputs["spec"] == {
        "vpc": ref("prod-gcp-train-gpu-1-network.name"),
        "vpcSubnet": ref("prod-gcp-train-gpu-1-subnet.name"),
        "deviceMode": "NetDevice",
    }
    assert networks[0].inputs["metadata"]["labels"]["owner"] == "research"
    assert {one.provider for one in (*networks, *parameters)} == {"prod-gcp-kubernetes"}


def test_a_network_goes_before_the_parameters_that_it_names(cluster: Resources) -> None:
    assert "prod-gcp-vpc1-parameters-pod-network" in cluster["prod-gcp-vpc1-pod-network"].depends_on


def test_rdma_interfaces_are_objects_of_their_own_mode(ultra: Resources) -> None:
    parameters = {one.inputs["metadata"]["name"]: one.inputs["spec"] for one in ultra.of(OBJECTS[1])}
    assert set(parameters) == {"gvnic-1", *(f"rdma-{place}" for place in range(8))}
    assert parameters["gvnic-1"]["deviceMode"] == "NetDevice"
    assert parameters["rdma-7"] == {
        "vpc": ref("prod-gcp-train-rdma-a-network.name"),
        "vpcSubnet": ref("prod-gcp-train-rdma-a-7-subnet.name"),
        "deviceMode": "RDMA",
    }


def test_rungs_of_a_pool_share_their_objects() -> None:
    spot = make_group(role="train-spot", name="train-spot-1")
    resources = resources_of_plan(make_plan(pools=(make_pool(make_rung(), make_rung(spot, name="train-spot")),)))
    assert len(resources.of(OBJECTS[0])) == 8
    pools = {"prod-gcp-train-reservation-nodes", "prod-gcp-train-spot-nodes"}
    assert pools <= set(resources["prod-gcp-vpc1-parameters-pod-network"].depends_on)


@pytest.mark.parametrize("way", ["none", "dranet"])
def test_without_objects_no_kubernetes_is_asked(way: str) -> None:
    resources = resources_of_plan(make_plan(pod_networks=way))
    assert not [one for one in resources.all if "kubernetes" in one.type]


def test_objects_stand_alone_beside_a_cluster_that_somebody_wrote() -> None:
    from components.kubernetes import PodNetwork, PodNetworks

    one = PodNetwork(name="rdma-0", network="net", subnet="sub", device_mode="RDMA")
    resources = resources_of(lambda: PodNetworks("mine", (one,), kubeconfig="{}"))
    assert resources.inputs("mine-rdma-0-parameters-pod-network")["spec"] == {
        "vpc": "net",
        "vpcSubnet": "sub",
        "deviceMode": "RDMA",
    }
    assert len(rdma_networks()[1].subnets) == 8
