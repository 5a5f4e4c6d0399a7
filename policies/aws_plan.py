"""What the components set on the resources of a planned cluster on AWS.

Tags stand on everything, the instances' and disks' own tag specifications included; nodes stand in private subnets;
what keeps data is encrypted with the spec's key or with the cluster's own. A test holds this against the registered
resources.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from components.plan.aws.model import AwsClusterPlan
from policies.subject import Address, Encryptable, Endpoint, Subject, Taggable

CLUSTERS_OWN_KEY = "the cluster's own key"
WORLD = ("0.0.0.0/0",)
"""Who may reach a public endpoint that names no ranges."""


def complete(subject: Subject, plan: AwsClusterPlan) -> Subject:
    """The subject with what only AWS's components decide."""
    cidrs = (plan.access.allowed_cidrs or WORLD) if plan.access.public else ()
    return replace(
        subject,
        taggables=(
            Taggable(what="every resource", path="tags", tags=dict(plan.tags)),
            Taggable(what="the instances", path="tags", tags=dict(plan.instance_tags)),
        ),
        addresses=tuple(
            Address(what=f"pool {pool.name}", path=f"pools.{pool.name}", public=False) for pool in plan.pools
        ),
        endpoints=(
            Endpoint(what="the cluster's API endpoint", path="access.endpoint", public=plan.access.public, cidrs=cidrs),
        ),
        encryptables=tuple(_encryptables(plan)),
    )


def _encryptables(plan: AwsClusterPlan) -> Iterable[Encryptable]:
    places = [("the cluster's secrets", "encryption"), ("the control plane's logs", "encryption")]
    places += [("the disks of the system pool", "system")]
    places += [(f"the disks of pool {pool.name}", f"pools.{pool.name}") for pool in plan.pools]
    places += [(f"storage {store.name}", f"storage.{store.name}") for store in plan.storage]
    for what, path in places:
        yield Encryptable(what=what, path=path, encrypted=True, key=plan.key_arn or CLUSTERS_OWN_KEY)
