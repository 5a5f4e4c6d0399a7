"""What a step means on Google Cloud: what would be lost, and how many accelerators go away meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from scripts.preview.compare import Step
from scripts.preview.differences import covered
from scripts.preview.nodes import Nodes, ended
from scripts.preview.state import State

NODE_POOL = "gcp:container/nodePool:NodePool"
ROLLING = (
    "version",
    "nodeConfig.diskSizeGb",
    "nodeConfig.diskType",
    "nodeConfig.gcfsConfig",
    "nodeConfig.imageType",
    "nodeConfig.kubeletConfig",
    "nodeConfig.linuxNodeConfig",
    "nodeConfig.machineType",
    "nodeConfig.workloadMetadataConfig",
)
"""Edited in place, and GKE makes every node anew (GKE documentation, "Manual changes that recreate the nodes")."""

_CLUSTER = "gcp:container/cluster:Cluster"
_LUSTRE, _FILESTORE = "gcp:lustre/instance:Instance", "gcp:filestore/instance:Instance"
_BUCKET, _KEY = "gcp:storage/bucket:Bucket", "gcp:kms/cryptoKey:CryptoKey"

# Type -> what people call it, the end of its logical name that says no more, and what goes with it.
LASTING = {
    _CLUSTER: ("cluster", "-control-plane", "everything that runs in it ends and its objects are lost"),
    _LUSTRE: ("file system", "-files", "its data is lost"),
    _FILESTORE: ("file system", "-files", "its data is lost"),
    _BUCKET: ("bucket", "-bucket", "its data is lost; it is deleted only when it is empty"),
    _KEY: ("key", "-key", "what it encrypts cannot be read any more once its versions are gone"),
}

KINDS = {
    NODE_POOL: "pool",
    _CLUSTER: "cluster",
    _LUSTRE: "storage",
    _FILESTORE: "storage",
    _BUCKET: "storage",
}
"""What of a cluster a resource is, for rules on what a change replaces."""


def lasting(type: str) -> tuple[str, str, str] | None:
    """What is lost with a resource that others cannot replace; None for the rest."""
    return LASTING.get(type)


def nodes_gone(step: Step, state: State, accelerators: Callable[[str], int]) -> str | None:
    """What a step on a node pool does to its nodes, in words; None where they stay."""
    if step.type != NODE_POOL or step.operation in ("create", "same") or step.known_as not in state.resources:
        return None
    nodes, each = _size(step.known_as, state, accelerators)
    pool = Nodes(group="node pool", nodes=nodes, each=each)
    if step.operation == "update" and any(covered(change.path, ROLLING) for change in step.changes):
        away = pool.away(_at_once(step.known_as, state))
        return f"in place, but it rolls its nodes: GKE makes each node anew, {away} away at a time"
    return ended(step, pool)


def groups(state: State, accelerators: Callable[[str], int]) -> Mapping[str, tuple[int, int]]:
    """Logical name of each node pool -> (its nodes, accelerators of each), as the state has them."""
    names = [one.name for one in state.resources.values() if one.type == NODE_POOL]
    return {name: _size(name, state, accelerators) for name in names}


def _size(name: str, state: State, accelerators: Callable[[str], int]) -> tuple[int, int]:
    """(nodes, accelerators of each) of a node pool as the state has it: GKE counts the nodes of each zone."""
    pool = state.resources[name]
    each_zone = next(
        (size for one in (pool.outputs, pool.inputs) for key in _SIZES if (size := one.get(key)) is not None), 0
    )
    zones = cast("list[Any]", pool.outputs.get("nodeLocations") or pool.inputs.get("nodeLocations") or [None])
    config: dict[str, Any] = pool.inputs.get("nodeConfig") or {}
    return int(each_zone) * len(zones), accelerators(str(config.get("machineType") or ""))


_SIZES = ("nodeCount", "initialNodeCount")


def _at_once(name: str, state: State) -> int:
    """Nodes that may be away; those that are started before the old ones end do not count."""
    settings: dict[str, Any] = state.resources[name].inputs.get("upgradeSettings") or {}
    return int(settings.get("maxUnavailable") or 0)
