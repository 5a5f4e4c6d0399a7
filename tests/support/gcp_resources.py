"""What a plan, or a hand-written program, registers on Google Cloud: run without a cloud."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from components import sdk_imports

sdk_imports.install()

# The SDK warns of its own deprecated classes as soon as their module is imported, whoever uses them.
with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import pulumi_gcp
    import pulumi_kubernetes

    for _module in ("billing", "compute", "container", "filestore", "kms", "lustre", "monitoring", "projects"):
        assert getattr(pulumi_gcp, _module).outputs  # modules load when something of them is asked for
    assert pulumi_gcp.storage.outputs and pulumi_gcp.serviceaccount and pulumi_kubernetes.apiextensions

from components.gcp import build  # noqa: E402
from components.plan.gcp.model import GcpClusterPlan, NodePool  # noqa: E402
from tests.support.gcp_plan import make_plan, make_pool, make_rung  # noqa: E402
from tests.support.resources import Resources, document, ref, run, text  # noqa: E402

__all__ = [
    "Resources",
    "document",
    "ref",
    "resources_of",
    "resources_of_group",
    "resources_of_plan",
    "text",
]


def resources_of(program: Callable[[], object], **config: str) -> Resources:
    """What a program registers."""
    return run(program, "prod-gcp", config, {})


def resources_of_plan(plan: GcpClusterPlan) -> Resources:
    """What the whole cluster of a plan registers."""
    return resources_of(lambda: build(plan))


def resources_of_group(*groups: NodePool) -> Resources:
    """What a cluster registers whose only pool has these node pools."""
    return resources_of_plan(make_plan(pools=(make_pool(make_rung(*groups)),)))
