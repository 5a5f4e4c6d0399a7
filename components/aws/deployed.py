"""What the stack's own state says of its node groups: the sizes that the last run or refresh has seen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi.runtime

from components.plan.model import NodeCount

_NODE_GROUP = "aws:eks/nodeGroup:NodeGroup"
READ = "pulumi:pulumi:readStackResourceOutputs"
"""A function of the engine itself, which reads its backend and asks no cloud (pulumi/pkg, provider builtins)."""


def node_groups() -> Mapping[str, NodeCount]:
    """Logical name of each node group that the state has -> its bounds and its size; empty before the first run.

    Where the backend does not let itself be read, this warns and is empty.
    """
    stack = f"{pulumi.get_organization()}/{pulumi.get_project()}/{pulumi.get_stack()}"
    try:
        told: Mapping[str, Any] = pulumi.runtime.invoke(READ, {"stackName": stack}).value or {}
    except Exception as error:
        if type(error) is not Exception:  # the SDK has no class of its own for what the engine refuses
            raise
        pulumi.log.warn(f"an edit of a pool's nodes may be refused, as the state of {stack} cannot be read: {error}")
        return {}
    resources: Mapping[str, Mapping[str, Any]] = told.get("outputs") or {}
    sizes: dict[str, Any] = {
        urn.rpartition("::")[2]: one["outputs"].get("scalingConfig")
        for urn, one in resources.items()
        if one["type"] == _NODE_GROUP
    }
    return {name: _count(size) for name, size in sizes.items() if size}


def _count(sizes: Mapping[str, Any]) -> NodeCount:
    return NodeCount(min=int(sizes["minSize"]), desired=int(sizes["desiredSize"]), max=int(sizes["maxSize"]))
