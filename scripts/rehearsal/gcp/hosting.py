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
from scripts.rehearsal.values import digest

CLUSTERS = (CLUSTER,)
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
    server = str(resource.outputs.get("endpoint"))
    return Host(cluster=resource, server=server, cleans=True, left=left, groups=groups)
