"""What clusters hold as Kubernetes objects, on whatever cloud: it gets plain data and a kubeconfig."""

from __future__ import annotations

from components.kubernetes.pod_networks import PodNetwork, PodNetworks

__all__ = ["PodNetwork", "PodNetworks"]
