"""Fields that say something which has no effect in this cluster on AWS: told, never swallowed."""

from __future__ import annotations

from components.plan.effects import without_effect, without_effect_yet
from components.plan.notes import Notes
from components.spec.models import ClusterSpec
from components.spec.pools import BlockRung, PoolSpec


def tell_without_effect(spec: ClusterSpec, notes: Notes) -> None:
    """A finding for each field that is set and changes nothing here."""
    software, network = spec.software, spec.network
    if network.pods_cidr is not None:
        message = "has no effect on AWS: pods take addresses of their node's subnet"
        notes.advise("no-effect", "network.pods_cidr", message, "remove it")
    if network.fabric_cidr is not None:
        without_effect("network.fabric_cidr", "EFA is in the network of the cluster", notes)
    if software.efa_layout != "A" and all(pool.fabric in (None, "none") for pool in spec.pools.values()):
        without_effect("software.efa_layout", "no pool has a fabric", notes)
    if software.pod_networks != "objects":
        without_effect("software.pod_networks", "the device plugin of EFA gives pods their interfaces", notes)
    if software.release_channel is not None:
        without_effect("software.release_channel", "EKS has no channels: `kubernetes` is the version", notes)
    if spec.budget.billing_account is not None:
        without_effect("budget.billing_account", "a budget belongs to the AWS account", notes)
    if spec.schedule.maintenance.model_fields_set:
        without_effect("schedule.maintenance", "EKS has no windows for what it changes itself", notes)
    _tell_hours(spec, notes)
    _tell_not_installed(spec, notes)


def _tell_hours(spec: ClusterSpec, notes: Notes) -> None:
    for index, hours in enumerate(spec.schedule.hours):
        named = [name for name in hours.pools or spec.pools if name in spec.pools]
        blocks = [name for name in named if _only_blocks(spec.pools[name])]
        if blocks:
            message = f"has no effect on {', '.join(blocks)}: a block's nodes run from its start to its end"
            notes.advise("no-effect", f"schedule.hours.{index}", message, "name the pools that it is for")


def _tell_not_installed(spec: ClusterSpec, notes: Notes) -> None:
    """What the software in the cluster would do."""
    for name, pool in spec.pools.items():
        for field in ("mig", "time_slices"):
            if getattr(pool, field) is not None:
                why = "the in-cluster software that would apply it is not installed yet"
                without_effect_yet(f"pools.{name}.{field}", why, notes)
    if spec.software.autoscaler != "none":
        without_effect_yet("software.autoscaler", "no autoscaler is installed yet", notes)


def _only_blocks(pool: PoolSpec) -> bool:
    return all(isinstance(rung, BlockRung) for rung in pool.capacity)
