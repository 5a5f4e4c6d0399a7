"""Physical names: what Pulumi makes of a logical name must fit what AWS takes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from components.catalog.aws import AwsCatalog
from components.plan.aws.model import AwsClusterPlan, Bucket
from components.plan.notes import Notes

# Pulumi's auto-naming adds a hyphen and seven characters, so that a new resource can come before the old one goes.
_SUFFIX = 8


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
    names = [("cluster", plan.name, "", 0), *((*one, _SUFFIX) for one in auto_named(plan))]
    for kind, name, path, suffix in names:
        limit = catalog.name_limit(kind)
        what = f"the {kind.replace('-', ' ')}'s name {name!r}"
        if len(name) + suffix > limit.longest:
            message = f"{what} is {len(name) + suffix - limit.longest} character(s) too long for AWS"
            notes.error("name-length", path, message, "shorten the name of the stack, or this one")
        elif not re.fullmatch(limit.pattern, name):
            hint = "give the stack a name of lower-case letters, digits and hyphens"
            notes.error("name-letters", path, f"{what} has letters that AWS does not take there", hint)
