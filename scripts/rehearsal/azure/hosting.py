"""AKS as the host of Kubernetes clusters.

What deletes load balancers and disks runs in AKS's control plane, so it works without nodes; and both lie in the
cluster's node resource group, which goes with the cluster (AKS guide, FAQ: "Why are two resource groups created").
"""

from __future__ import annotations

from scripts.rehearsal.azure.places import CLUSTER
from scripts.rehearsal.hosting import Host
from scripts.rehearsal.model import Existing, Resource

CLUSTERS = (CLUSTER,)


def host(resource: Resource, existing: Existing) -> Host | None:
    """A cluster as its Kubernetes knows it, None for another resource."""
    if resource.type != CLUSTER:
        return None
    server = str(resource.outputs.get("fqdn"))
    return Host(cluster=resource, servers=(server,), cleans=True, left=lambda kind, words: ())
