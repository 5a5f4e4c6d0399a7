"""A GPU cluster on AWS, as Pulumi components: they turn a plan into resources and decide nothing.

`build(plan)` registers a whole cluster. Each component also stands alone in a hand-written program; the `name` that it
takes is what the logical names of its resources begin with.
"""

from __future__ import annotations

from components.aws.budget import Budget
from components.aws.cluster import Addons, Cluster, kubeconfig
from components.aws.fabric import Fabric
from components.aws.identity import Identity, PodRole
from components.aws.network import Network
from components.aws.pool import NodePool
from components.aws.stack import GpuCluster, build
from components.aws.storage import Storage
from components.resources import Mount, Outputs

__all__ = [
    "Addons",
    "Budget",
    "Cluster",
    "Fabric",
    "GpuCluster",
    "Identity",
    "Mount",
    "Network",
    "NodePool",
    "Outputs",
    "PodRole",
    "Storage",
    "build",
    "kubeconfig",
]
