"""Physical names: what Pulumi makes of a logical name must fit what AWS takes."""

from __future__ import annotations

from collections.abc import Iterator

from components.catalog.aws import AwsCatalog
from components.plan.aws.model import AwsClusterPlan, Bucket
from components.plan.names import check_names_fit
from components.plan.notes import Notes


def auto_named(plan: AwsClusterPlan) -> Iterator[tuple[str, str, str]]:
    """(kind, logical name, spec path) of what Pulumi names, where a user's words are in the name."""
    yield "role", f"{plan.stack}-cluster-role", ""
    for pool in plan.pools:
        for rung in pool.rungs:
            yield "node-group", f"{plan.stack}-{rung.name}-nodes", f"pools.{pool.name}"
            yield "launch-template", f"{plan.stack}-{rung.name}-template", f"pools.{pool.name}"
    for item in plan.storage:
        if isinstance(item, Bucket):
            yield "bucket", f"{plan.stack}-{item.name}-bucket", f"storage.{item.name}"


def physical_names(plan: AwsClusterPlan, catalog: AwsCatalog, notes: Notes) -> None:
    """Names within each type's length and alphabet, the suffix of auto-naming counted."""
    check_names_fit([("cluster", plan.name, "")], auto_named(plan), catalog.name_limit, "AWS", notes)
