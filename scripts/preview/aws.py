"""What a step means on AWS: what would be lost, and how many accelerators go away meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from scripts.preview.compare import Step
from scripts.preview.nodes import Nodes, ended
from scripts.preview.state import State

NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
ROLLING = ("launchTemplate.version", "version", "releaseVersion")
"""Edited in place, and EKS replaces the nodes one after another: UpdateNodegroupVersion."""

# Type -> what people call it, the end of its logical name that says no more, and what goes with it.
LASTING = {
    "aws:eks/cluster:Cluster": (
        "cluster",
        "-control-plane",
        "everything that runs in it ends and its objects are lost",
    ),
    "aws:fsx/lustreFileSystem:LustreFileSystem": ("file system", "-files", "its data is lost"),
    "aws:efs/fileSystem:FileSystem": ("file system", "-files", "its data is lost"),
    "aws:s3/bucket:Bucket": ("bucket", "-bucket", "its data is lost; S3 deletes it only when it is empty"),
    "aws:kms/key:Key": ("key", "-key", "what it encrypts cannot be read any more once the key is gone"),
}

KINDS = {
    NODE_GROUP: "pool",
    "aws:eks/cluster:Cluster": "cluster",
    "aws:fsx/lustreFileSystem:LustreFileSystem": "storage",
    "aws:efs/fileSystem:FileSystem": "storage",
    "aws:s3/bucket:Bucket": "storage",
}
"""What of a cluster a resource is, for rules on what a change replaces."""


def lasting(type: str) -> tuple[str, str, str] | None:
    """What is lost with a resource that others cannot replace; None for the rest."""
    return LASTING.get(type)


def nodes_gone(step: Step, state: State, accelerators: Callable[[str], int]) -> str | None:
    """What a step on a node group does to its nodes, in words; None where they stay."""
    if step.type != NODE_GROUP or step.operation in ("create", "same") or step.known_as not in state.resources:
        return None
    nodes, each = _size(step.known_as, state, accelerators)
    group = Nodes(group="node group", nodes=nodes, each=each)
    if any(change.path in ROLLING for change in step.changes) and step.operation == "update":
        away = group.away(_at_once(step.known_as, state))
        return f"in place, but it rolls its nodes: EKS ends each node and starts another, {away} away at a time"
    return ended(step, group)


def groups(state: State, accelerators: Callable[[str], int]) -> Mapping[str, tuple[int, int]]:
    """Logical name of each node group -> (its nodes, accelerators of each), as the state has them."""
    names = [one.name for one in state.resources.values() if one.type == NODE_GROUP]
    return {name: _size(name, state, accelerators) for name in names}


def _size(name: str, state: State, accelerators: Callable[[str], int]) -> tuple[int, int]:
    """(nodes, accelerators of each) of a node group as the state has it."""
    group = state.resources[name]
    sizes: dict[str, Any] = group.outputs.get("scalingConfig") or group.inputs.get("scalingConfig") or {}
    machines = [str(one) for one in cast("list[Any]", group.inputs.get("instanceTypes") or ())]
    template: dict[str, Any] = group.inputs.get("launchTemplate") or {}
    for one in state.resources.values():
        if one.id is not None and one.id == template.get("id") and one.inputs.get("instanceType"):
            machines = [str(one.inputs["instanceType"])]
    return int(sizes.get("desiredSize") or 0), max(map(accelerators, machines), default=0)


def _at_once(name: str, state: State) -> int:
    update: dict[str, Any] = state.resources[name].inputs.get("updateConfig") or {}
    return int(update.get("maxUnavailable") or 1)
