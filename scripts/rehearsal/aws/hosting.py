"""EKS as the host of Kubernetes clusters.

What deletes load balancers and disks (AWS Load Balancer Controller, EBS CSI driver) runs as pods on nodes, which need
the VPC CNI; when either is gone first, network interfaces and volumes stay, and nothing that they stand in can be
deleted (EKS API reference, DeleteCluster; github.com/pulumi/pulumi-eks/issues/194). The CNI itself attaches interfaces
to nodes, and frees them as long as it runs (github.com/aws/amazon-vpc-cni-k8s/issues/608, 1223).
"""

from __future__ import annotations

from scripts.rehearsal.aws import capacity, lookup
from scripts.rehearsal.aws.eks import ADDON
from scripts.rehearsal.aws.network import INTERFACE
from scripts.rehearsal.hosting import LOAD_BALANCER, Host, stray
from scripts.rehearsal.model import Existing, Resource
from scripts.rehearsal.values import at, digest, texts

CLUSTERS = (lookup.CLUSTER,)
VOLUME = "aws:ebs/volume:Volume"
CNI = "vpc-cni"


def host(resource: Resource, existing: Existing) -> Host | None:
    """A cluster as its Kubernetes knows it, None for another resource."""
    if resource.type != lookup.CLUSTER:
        return None

    def left(kind: str, words: str) -> tuple[Resource, ...]:
        if kind != LOAD_BALANCER:
            token = digest(resource.id, words)[:17]
            return (stray(VOLUME, f"vol-{token}", f"EBS volume of {words}", resource),)
        return interfaces(resource, f"ELB network interface of {words}")

    groups = (one for one in existing.all(lookup.NODES) if one.inputs.get("clusterName") == resource.id)
    nodes = any(capacity.running(one) for one in groups if one.account == resource.account)
    server = str(resource.outputs.get("endpoint")).removeprefix("https://")
    return Host(cluster=resource, servers=(server,), cleans=nodes and has_cni(resource, existing), left=left)


def has_cni(cluster: Resource, existing: Existing) -> bool:
    """Whether the VPC CNI runs: as an add-on, or as the one that a cluster brings along unless told not to."""
    addons = (one for one in existing.all(ADDON) if one.inputs.get("clusterName") == cluster.id)
    brought = cluster.outputs.get("bootstrapSelfManagedAddons") is not False
    return brought or any(one.inputs.get("addonName") == CNI for one in addons)


def interfaces(cluster: Resource, words: str) -> tuple[Resource, ...]:
    """One network interface in each subnet of a cluster."""
    group = str(at(cluster.outputs, "vpcConfig", "clusterSecurityGroupId") or "")
    return tuple(
        stray(
            INTERFACE,
            f"eni-{digest(cluster.id, words, subnet)[:17]}",
            f"{words} in {subnet}",
            cluster,
            subnetId=subnet,
            securityGroups=[group] if group else [],
        )
        for subnet in texts(cluster.outputs, "vpcConfig", "subnetIds")
    )
