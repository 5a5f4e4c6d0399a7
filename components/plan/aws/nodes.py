"""Node groups: what launch template and managed node group of each rung say, decided from spec, machine and capacity."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from components.catalog.aws import AwsCatalog, AwsMachine
from components.plan.aws.images import ami_type
from components.plan.aws.model import AwsRung, NetworkInterface, NodeGroup, ScheduledSize
from components.plan.aws.nics import layout, max_pods
from components.plan.aws.user_data import user_data
from components.plan.ladder import Share
from components.plan.model import NodeCount, Taint
from components.plan.notes import Notes
from components.plan.pools import bought_of, spelled
from components.records import record
from components.spec.models import ClusterSpec
from components.spec.pools import BlockRung, PoolSpec

# EKS itself scales a block's group down 40 minutes before the block ends: we go first, so that jobs end in order.
BLOCK_WIND_DOWN = timedelta(minutes=45)
# How many machine sizes a spot rung may draw from, the preferred ones first.
SPOT_TYPES = 3
_AWS_CAPACITY = {"spot": "SPOT", "block": "CAPACITY_BLOCK"}


@record
class PoolFacts:
    """What all rungs of a pool share."""

    name: str
    path: str
    pool: PoolSpec
    machine: AwsMachine
    alternatives: tuple[AwsMachine, ...]
    stand_ins: tuple[AwsMachine, ...]  # what spot rungs may draw from, the machine first
    zones: tuple[str, ...]
    interfaces: tuple[NetworkInterface, ...]
    pods: int | None
    root_disk_gib: int
    raid0: bool
    labels: dict[str, str]
    taints: tuple[Taint, ...]

    @property
    def gang(self) -> bool:
        """Whether the pool's nodes work as one over a fabric."""
        return bool(self.interfaces)


def interfaces_of(
    path: str, spec: ClusterSpec, pool: PoolSpec, machine: AwsMachine, notes: Notes
) -> tuple[NetworkInterface, ...]:
    """The EFA layout of a pool's nodes; empty for a pool without a fabric: then EKS makes one plain interface."""
    if pool.fabric in (None, "none"):
        return ()
    try:
        return layout(machine, spec.software.efa_layout)
    except ValueError as error:
        notes.error("nic-layout", "software.efa_layout", f"{error} (pool {path})", "leave efa_layout at A")
        return ()


def rung_of(share: Share, facts: PoolFacts, spec: ClusterSpec) -> AwsRung:
    """One rung with its node group."""
    bought = bought_of(share)
    drawn = facts.stand_ins if share.capacity_type == "spot" else (facts.machine,)
    types = tuple(one.name for one in drawn)
    zones = (bought.zone_id,) if bought else facts.zones
    labels = {**facts.labels, "gpu-fleet/capacity": share.capacity_type}
    if bought:
        labels["gpu-fleet/reservation"] = bought.id
    block = share.capacity_type == "block"
    group = NodeGroup(
        subnets=tuple(f"{facts.name}-{zone}" for zone in zones),
        capacity_type=_AWS_CAPACITY.get(share.capacity_type, "ON_DEMAND"),
        instance_types=() if block else types,
        template_instance_type=facts.machine.name if block else None,
        market_type="capacity-block" if block else None,
        reservation_id=bought.id if bought else None,
        reservation_preference=None,
        placement_group=wants_placement_group(facts.pool, share, gang=facts.gang),
        ami_type=ami_type(facts.machine) or "",
        release_version=spec.software.image,
        version=str(spec.kubernetes),
        interfaces=facts.interfaces,
        max_pods=facts.pods,
        root_disk_gib=facts.root_disk_gib,
        user_data=user_data(raid0=facts.raid0, max_pods=facts.pods if facts.interfaces else None),
        labels=labels,
        taints=spelled(facts.taints),
        node_repair=spec.software.node_repair,
        schedules=schedules_of(share, facts.name, spec),
    )
    return AwsRung(
        name=f"{facts.name}-{share.name}",
        capacity_type=share.capacity_type,
        nodes=share.nodes,
        machines=types,
        zones=zones,
        bought=bought,
        group=group,
    )


def stand_ins_of(
    first: AwsMachine, others: Sequence[AwsMachine], zones: Sequence[str], region: str, catalog: AwsCatalog
) -> tuple[AwsMachine, ...]:
    """What a spot rung without a fabric draws from: the machine, and those that agree with it in all that nodes see."""
    like = [
        one
        for one in others
        if one.accelerator_count == first.accelerator_count
        and one.network_cards == first.network_cards
        and one.architecture == first.architecture
        and one.efa_max == first.efa_max
        and (one.nvme_gb > 0) == (first.nvme_gb > 0)
        and "spot" in one.capacity_types
        and set(zones) <= set(catalog.offered_zones(one.name, region) or ())
    ]
    return (first, *like)[:SPOT_TYPES]


def wants_placement_group(pool: PoolSpec, share: Share, *, gang: bool) -> bool:
    """A cluster placement group for on-demand and spot only: forced on bought capacity, it finds none."""
    if share.capacity_type in ("reservation", "block") or pool.placement == "none":
        return False
    return pool.placement == "cluster" or (gang and pool.nodes.max > 1)


def schedules_of(share: Share, pool: str, spec: ClusterSpec) -> tuple[ScheduledSize, ...]:
    """The raise and fall of a block, or the windows in which a rung may run."""
    rung, count = share.rung, share.nodes
    if isinstance(rung, BlockRung):
        start, end = rung.block.start, rung.block.end - BLOCK_WIND_DOWN
        return (
            ScheduledSize(name="raise", min=count.max, desired=count.max, max=count.max, at=_utc(start)),
            ScheduledSize(name="fall", min=0, desired=0, max=count.max, at=_utc(end)),
        )
    found: list[ScheduledSize] = []
    for index, hours in enumerate(spec.schedule.hours):
        if hours.pools and pool not in hours.pools:
            continue
        end = "" if index == 0 else f"-{index + 1}"
        up, down = f"hours-up{end}", f"hours-down{end}"
        zone = hours.timezone
        found.append(_recurring(up, count, hours.up, zone))
        found.append(_recurring(down, NodeCount(min=0, desired=0, max=count.max), hours.down, zone))
    return tuple(found)


def _recurring(name: str, count: NodeCount, cron: str, timezone: str) -> ScheduledSize:
    return ScheduledSize(
        name=name, min=count.min, desired=count.desired, max=count.max, recurrence=cron, timezone=timezone
    )


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def system_group(spec: ClusterSpec, machine: AwsMachine, zones: Sequence[str], root_disk_gib: int) -> NodeGroup:
    """The node group of the system pool: plain machines in the system subnets, without taint."""
    return NodeGroup(
        subnets=tuple(f"system-{zone}" for zone in zones),
        capacity_type="ON_DEMAND",
        instance_types=(machine.name,),
        template_instance_type=None,
        market_type=None,
        reservation_id=None,
        reservation_preference=None,
        placement_group=False,
        ami_type=ami_type(machine) or "",
        release_version=None,
        version=str(spec.kubernetes),
        interfaces=(),
        max_pods=max_pods(machine, ()),
        root_disk_gib=root_disk_gib,
        user_data=None,
        labels={"gpu-fleet/pool": "system", "gpu-fleet/capacity": "on-demand"},
        taints=(),
        node_repair=spec.software.node_repair,
    )
