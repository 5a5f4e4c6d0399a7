"""GKE as the host of Kubernetes clusters.

What deletes load balancers and disks runs in GKE's control plane, so it works without nodes; but it goes with the
cluster, and what objects have made by then stays ("Deleting a cluster", what is not deleted; firewall rules `k8s-*`:
github.com/hashicorp/terraform-provider-google/issues/5948).
"""

from __future__ import annotations

from scripts.rehearsal.gcp.network import FIREWALL
from scripts.rehearsal.gcp.places import CLUSTER
from scripts.rehearsal.hosting import LOAD_BALANCER, Host, stray
from scripts.rehearsal.model import Existing, Resource
from scripts.rehearsal.values import at, digest

CLUSTERS = (CLUSTER,)
_NETWORKS = ("networking.gke.io/Network", "networking.gke.io/GKENetworkParamSet")
FORWARDING, DISK = "gcp:compute/forwardingRule:ForwardingRule", "gcp:compute/disk:Disk"


def host(resource: Resource, existing: Existing) -> Host | None:
    """A cluster as its Kubernetes knows it, None for another resource."""
    if resource.type != CLUSTER:
        return None
    project = resource.outputs.get("project")

    def left(kind: str, words: str) -> tuple[Resource, ...]:
        token = digest(resource.id, kind, words)[:16]
        if kind != LOAD_BALANCER:
            id = f"projects/{project}/zones/{resource.outputs.get('location')}/disks/pvc-{token}"
            return (stray(DISK, id, f"disk of {words}", resource, name=f"pvc-{token}"),)
        network = resource.inputs.get("network") or "default"
        rule = f"projects/{project}/global/firewalls/k8s-fw-a{token}"
        forwarding = f"projects/{project}/regions/{resource.outputs.get('location')}/forwardingRules/a{token}"
        return (
            stray(FIREWALL, rule, f"firewall rule of the load balancer of {words}", resource, network=network),
            stray(FORWARDING, forwarding, f"load balancer of {words}", resource),
        )

    groups = ("networking.gke.io", "cloud.google.com")
    # GKE guide, "Set up multi-network support for Pods": these come with multi-networking.
    lacking = () if resource.inputs.get("enableMultiNetworking") else _NETWORKS
    ways = _servers(resource)
    servers, unreached = ([name for name, is_open in ways if is_open == which] for which in (True, False))
    return Host(
        cluster=resource,
        servers=tuple(servers),
        cleans=True,
        left=left,
        groups=groups,
        lacking=lacking,
        unreached=tuple(unreached),
    )


def _servers(cluster: Resource) -> list[tuple[str, bool]]:
    """The names of a control plane, and whether each leads there from outside of the cluster's network."""
    private = at(cluster.inputs, "privateClusterConfig", "enablePrivateEndpoint") is True
    found = [(str(cluster.outputs.get("endpoint")), not private)]
    named = at(cluster.outputs, "controlPlaneEndpointsConfig", "dnsEndpointConfig", "endpoint")
    asked = at(cluster.inputs, "controlPlaneEndpointsConfig", "dnsEndpointConfig", "allowExternalTraffic") is True
    return [*found, (str(named), asked)] if named else found
