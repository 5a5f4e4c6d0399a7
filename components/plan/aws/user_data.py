"""User data of a node: what nodeadm reads beside what EKS adds itself. A pure function of the node's facts.

EKS merges this into its own for managed node groups without an image id, so RAID0 needs no custom image.
Source: nodeadm's NodeConfig (node.eks.aws/v1alpha1).
"""

from __future__ import annotations

_BOUNDARY = "//"


def user_data(*, raid0: bool, max_pods: int | None) -> str | None:
    """MIME multipart text with one NodeConfig, or None when there is nothing to say."""
    if not raid0 and max_pods is None:
        return None
    lines = ["apiVersion: node.eks.aws/v1alpha1", "kind: NodeConfig", "spec:"]
    if raid0:
        lines += ["  instance:", "    localStorage:", "      strategy: RAID0"]
    if max_pods is not None:
        lines += ["  kubelet:", "    config:", f"      maxPods: {max_pods}"]
    head = ["MIME-Version: 1.0", f'Content-Type: multipart/mixed; boundary="{_BOUNDARY}"', ""]
    part = [f"--{_BOUNDARY}", "Content-Type: application/node.eks.aws", "", *lines, "", f"--{_BOUNDARY}--", ""]
    return "\n".join(head + part)
