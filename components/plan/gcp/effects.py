"""Fields that say something which has no effect in this cluster on Google Cloud: told, never swallowed.

Those that depend on the machines of the pools are told where these are known, in `network`.
"""

from __future__ import annotations

from components.plan.effects import without_effect
from components.plan.notes import Notes
from components.spec.models import ClusterSpec
from components.spec.platform import Software


def tell_without_effect(spec: ClusterSpec, notes: Notes) -> None:
    """A finding for each field that is set and changes nothing here."""
    software, network = spec.software, spec.network
    if software.addons:
        without_effect("software.addons", "GKE keeps its own add-ons at the versions that fit the cluster's", notes)
    if software.efa_layout != "A":
        without_effect("software.efa_layout", "Google Cloud has no EFA", notes)
    if software.autoscaler != "none":
        without_effect("software.autoscaler", "pools that scale have GKE's own autoscaler", notes)
    if software.image is not None:
        without_effect("software.image", "nodes have the image of the cluster's own version", notes)
    if software.log_retention_days != Software().log_retention_days:
        why = "logs go to the project's log bucket, which says how long they are kept"
        without_effect("software.log_retention_days", why, notes)
    if spec.schedule.hours:
        why = "node pools on Google Cloud have no scheduled sizes"
        without_effect("schedule.hours", why, notes, "remove it; a pool of 0..n nodes is empty when no job asks for it")
    if network.existing is not None and "nat" in network.model_fields_set:
        without_effect("network.nat", "the way out of an existing network is its own", notes)
    elif network.nat == "per-zone":
        without_effect("network.nat", "one Cloud NAT serves all zones of a region: as `single`", notes)
    _tell_budget(spec, notes)


def _tell_budget(spec: ClusterSpec, notes: Notes) -> None:
    """A budget has a billing account, and an amount for a month."""
    budget = spec.budget
    whole = budget.billing_account is not None and budget.usd_per_month is not None
    missing = "billing_account" if budget.billing_account is None else "usd_per_month"
    for field in ("alerts", "billing_account"):
        if getattr(budget, field) and not whole:
            why = f"without budget.{missing} no budget is made"
            without_effect(f"budget.{field}", why, notes, f"remove it, or give {missing}")
