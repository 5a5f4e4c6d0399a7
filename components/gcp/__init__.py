"""A GPU or TPU cluster on Google Cloud, as Pulumi components: they turn a plan into resources and decide nothing.

`build(plan)` registers a whole cluster. Each component also stands alone in a hand-written program; the `name` that it
takes is what the logical names of its resources begin with.
"""

from __future__ import annotations

from components.gcp.budget import Budget
from components.gcp.cluster import Cluster, kubeconfig
from components.gcp.fabric import Fabric
from components.gcp.identity import Identity, Services
from components.gcp.network import Network
from components.gcp.pool import NodePool
from components.gcp.stack import GpuCluster, build
from components.gcp.storage import Storage
from components.resources import Mount, Outputs

__all__ = [
    "Budget",
    "Cluster",
    "Fabric",
    "GpuCluster",
    "Identity",
    "Mount",
    "Network",
    "NodePool",
    "Outputs",
    "Services",
    "Storage",
    "build",
    "kubeconfig",
]
