"""What objects leave in the cloud that hosts their cluster, when nobody is there to delete it.

Sources: EKS API reference, DeleteCluster; aws/amazon-vpc-cni-k8s issues 608 and 1223; terraform-provider-google issue
5948 for firewall rules `k8s-*`; AKS guide, FAQ, for the node resource group that goes with its cluster.
"""

from __future__ import annotations

from typing import Any

import pytest

from scripts.rehearsal.model import CloudError
from tests.support.clouds import Clouds
from tests.unit.rehearsal_aws import world as aws
from tests.unit.rehearsal_azure.world import SUBSCRIPTION
from tests.unit.rehearsal_azure.world import World as Azure
from tests.unit.rehearsal_gcp.world import World as Google
from tests.unit.rehearsal_kubernetes.test_objects import CLAIM, CLASS, NAMESPACE, SERVICE, named

BALANCED: dict[str, Any] = {"spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}
NETWORK_INTERFACES = [
    "ELB network interface of Service default/web in system-0",
    "ELB network interface of Service default/web in system-1",
]
VOLUME = "EBS volume of PersistentVolumeClaim default/data"


class OnAws(Clouds):
    """An EKS cluster with the VPC CNI and a node group, and the subnets by their own names where something is left."""

    def __init__(self) -> None:
        super().__init__("aws", "kubernetes", account=aws.ACCOUNT, region=aws.REGION)
        whole = aws.World()
        whole.cloud.create = lambda type, name, inputs: self.make(name, type, **inputs)
        whole.cluster()
        self.make("nodes", aws.NODES, **_nodes(whole))
        self.behind("kubernetes", self.made["cluster"].outputs["endpoint"].removeprefix("https://"))

    def left(self) -> list[str]:
        found = super().left()
        for name in ("system-0", "system-1"):
            found = [one.replace(self.id(name), name) for one in found] if name in self.made else found
        return sorted(one for one in found if one not in self.made)


def _nodes(whole: aws.World) -> dict[str, Any]:
    return {
        "clusterName": "fleet",
        "nodeGroupName": "nodes",
        "nodeRoleArn": whole["node-role"].outputs["arn"],
        "subnetIds": [whole.id("system-0")],
        "instanceTypes": ["m6i.large"],
        "scalingConfig": {"minSize": 1, "desiredSize": 1, "maxSize": 1},
    }


def test_nothing_stays_while_nodes_and_cni_are_there() -> None:
    it = OnAws()
    it.make("web", SERVICE, **named("web"), **BALANCED)
    it.make("data", CLAIM, **named("data"))
    for name in ("web", "data", "nodes", "vpc-cni", "kube-proxy", "cluster"):
        it.delete(name)
    assert it.left() == []
    it.delete("system-1-way")
    it.delete("system-1")


@pytest.mark.parametrize("first", ["nodes", "vpc-cni"])
def test_without_nodes_or_the_cni_the_objects_parts_stay(first: str) -> None:
    it = OnAws()
    it.make("web", SERVICE, **named("web"), **BALANCED)
    it.make("data", CLAIM, **named("data"))
    it.make("inside", SERVICE, **named("inside"))  # has no part in the cloud
    for name in (first, "web", "data", "inside"):
        it.delete(name)
    assert it.left() == [VOLUME, *NETWORK_INTERFACES]


def test_what_goes_with_the_cluster_leaves_its_parts_and_these_keep_the_network() -> None:
    it = OnAws()
    it.make("team", NAMESPACE, **named("team"))
    it.make("web", SERVICE, **named("web"), **BALANCED)
    for name in ("nodes", "vpc-cni", "kube-proxy", "cluster"):
        it.delete(name)
    del it.made["team"], it.made["web"]
    assert it.left() == NETWORK_INTERFACES
    it.delete("system-1-way")
    with pytest.raises(
        CloudError, match=r"DependencyViolation: The subnet '.*' has dependencies and cannot be deleted"
    ):
        it.delete("system-1")


def test_nodes_that_outlive_the_cni_leave_its_interfaces() -> None:
    it = OnAws()
    it.delete("vpc-cni")
    it.delete("nodes")
    assert [one.partition(" in ")[0] for one in it.left()] == ["VPC CNI network interface of node group nodes"] * 2


@pytest.mark.parametrize(("policy", "stays"), [("Retain", [VOLUME]), ("Delete", [])])
def test_a_class_that_retains_keeps_the_disk_in_any_order(policy: str, stays: list[str]) -> None:
    it = OnAws()
    it.make("kept", CLASS, **named("kept"), provisioner="ebs.csi.aws.com", reclaimPolicy=policy)
    it.make("data", CLAIM, **named("data"), spec={"storageClassName": "kept"})
    it.make("given", CLAIM, **named("given"), spec={"volumeName": "of-its-own"})
    it.delete("data")
    it.delete("given")
    assert it.left() == stays


class OnGoogle(Google):
    def __init__(self, **more: Any) -> None:
        super().__init__()
        Clouds.__init__(self, "gcp", "kubernetes", account="p1", region="us-central1", apis="*")
        self.cluster(**more)
        self.behind("kubernetes", self.made["fleet"].outputs["endpoint"])


def test_gke_cleans_up_without_nodes_but_not_after_the_cluster() -> None:
    it = OnGoogle()
    it.make("web", SERVICE, **named("web"), **BALANCED)
    it.make("data", CLAIM, **named("data"))
    it.delete("web")
    it.delete("fleet")
    assert [one for one in it.left() if one not in it.made] == ["disk of PersistentVolumeClaim default/data"]


def test_a_firewall_rule_of_gke_keeps_the_network() -> None:
    it = OnGoogle()
    it.make("web", SERVICE, **named("web"), **BALANCED)
    for name in ("fleet", "sub"):
        it.delete(name)
    with pytest.raises(
        CloudError,
        match=r"resourceInUseByAnotherResource: .*networks/net' is already being used by .*firewalls/k8s-fw-",
    ):
        it.delete("net")


MULTIPLE = {"enableMultiNetworking": True, "datapathProvider": "ADVANCED_DATAPATH"}
KINDS = "kubernetes:networking.gke.io/v1"


def networks(it: Clouds) -> None:
    """A network for pods, and what stands behind it."""
    head = {"apiVersion": "networking.gke.io/v1"}
    behind = {"vpc": "net-rdma", "vpcSubnet": "rdma-0", "deviceMode": "RDMA"}
    reference = {"group": "networking.gke.io", "kind": "GKENetworkParamSet", "name": "rdma-0"}
    it.make("behind", f"{KINDS}:GKENetworkParamSet", **head, kind="GKENetworkParamSet", **named("rdma-0"), spec=behind)
    spec = {"type": "Device", "parametersRef": reference}
    it.make("rdma", f"{KINDS}:Network", **head, kind="Network", **named("rdma-0"), spec=spec)


def test_gke_brings_its_networks_along_where_multi_networking_is_on() -> None:
    """GKE guide, "Set up multi-network support for Pods"."""
    it = OnGoogle(**MULTIPLE)
    networks(it)
    with pytest.raises(CloudError, match="waits for Network rdma-0"):
        it.delete("behind")
    it.delete("rdma")
    it.delete("behind")
    with pytest.raises(CloudError, match=r"no matches for kind .GKENetworkParamSet."):
        networks(OnGoogle())


@pytest.mark.parametrize(("private", "words"), [({}, ""), ({"enablePrivateEndpoint": True}, "i/o timeout")])
def test_a_private_endpoint_is_reached_by_its_name_alone(private: dict[str, bool], words: str) -> None:
    """GKE guide, "DNS-based endpoint": IAM guards it, and no way into the VPC is needed."""
    named_ = {"dnsEndpointConfig": {"allowExternalTraffic": True}}
    it = OnGoogle(**MULTIPLE, privateClusterConfig=private, controlPlaneEndpointsConfig=named_)
    if words:
        with pytest.raises(CloudError, match=words):
            networks(it)
    told = it.made["fleet"].outputs["controlPlaneEndpointsConfig"]["dnsEndpointConfig"]
    it.behind("kubernetes", told["endpoint"])
    networks(it)


@pytest.mark.parametrize(
    ("type", "spec", "path"),
    [
        ("GKENetworkParamSet", {"vpc": "a", "deviceMode": "NetDevice"}, "spec.vpcSubnet"),
        ("GKENetworkParamSet", {"vpc": "a", "vpcSubnet": "b", "deviceMode": "Rdma"}, "spec.deviceMode"),
        ("Network", {"parametersRef": {"group": "g", "kind": "k", "name": "n"}}, "spec.type"),
        ("Network", {"type": "Device", "parametersRef": {"group": "g", "kind": "k"}}, "spec.parametersRef.name"),
    ],
)
def test_what_the_definitions_of_networks_refuse(type: str, spec: dict[str, Any], path: str) -> None:
    head = {"apiVersion": "networking.gke.io/v1", "kind": type}
    assert list(Clouds("kubernetes").refused(f"{KINDS}:{type}", **head, **named("one"), spec=spec)) == [path]


class OnAzure(Azure):
    def __init__(self) -> None:
        Clouds.__init__(self, "azure-native", "kubernetes", account=SUBSCRIPTION, region="westus3")
        self.make("rg", "azure-native:resources:ResourceGroup", resourceGroupName="rg")
        self.cluster()
        self.behind("kubernetes", self.made["fleet"].outputs["fqdn"])


def test_on_azure_everything_goes_with_the_cluster() -> None:
    it = OnAzure()
    it.make("web", SERVICE, **named("web"), **BALANCED)
    it.make("data", CLAIM, **named("data"))
    it.delete("fleet")
    del it.made["web"], it.made["data"]
    assert [one for one in it.left() if one not in it.made] == []
    it.delete("vnet")
