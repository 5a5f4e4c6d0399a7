"""Node pools of a spec: accelerators, node counts, fabric and the capacity ladder."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Discriminator, StringConstraints, Tag, model_validator

from components.spec.fields import Model, binding, shape
from components.spec.quantities import AcceleratorCount, Day, Moment, Money, NodeRange, Size

# Kubernetes' own syntax of label and taint keys and values (kubernetes.io, Labels and Selectors).
_WORD = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?"
LabelKey = Annotated[
    str, StringConstraints(pattern=rf"^(?:[a-z0-9](?:[a-z0-9.-]{{0,251}}[a-z0-9])?/)?{_WORD}$", max_length=317)
]
LabelValue = Annotated[str, StringConstraints(pattern=rf"^(?:{_WORD})?$")]
CapacityType = Literal["on-demand", "spot", "reservation", "block", "flex"]


class PoolPrice(Model):
    """A price of the user's own for one node of a pool, reported as such."""

    usd_per_hour: Money = binding(description="USD per node and hour")
    source: str = binding(description="Where the price comes from: a contract, a quote, a page", min_length=3)
    as_of: Day = binding(description="The day on which the source said so")


class Reservation(Model):
    """Capacity that is reserved and paid whether it is used or not."""

    id: str = binding(description="The cloud's id of the reservation", min_length=3)
    zone_id: str = binding(description="The zone of the reservation, by id", min_length=3)
    nodes: int = binding(description="How many machines are reserved", ge=1)
    until: Day | None = binding(None, description="The last day of the reservation; absent: it has no end")
    price: PoolPrice | None = binding(
        None, description="What one reserved machine costs, where it is not the list price"
    )


class Block(Model):
    """Capacity that is bought for a fixed time and paid in advance."""

    id: str = binding(description="The cloud's id of the bought block", min_length=3)
    zone_id: str = binding(description="The zone of the block, by id", min_length=3)
    nodes: int = binding(description="How many machines the block holds", ge=1)
    start: Moment = binding(description="When the block starts, with its zone: 2027-01-04T11:30:00Z")
    end: Moment = binding(description="When the block ends, with its zone")
    upfront_usd: Money = binding(description="What was paid for the whole block, in USD")

    @model_validator(mode="after")
    def _ends_after_start(self) -> Block:
        if self.end <= self.start:
            raise ValueError(f"ends ({self.end}) before it starts ({self.start})")
        return self


class ReservationRung(Model):
    """A rung that uses a reservation."""

    reservation: Reservation = shape(description="A reservation of the account")

    @property
    def capacity_type(self) -> CapacityType:
        return "reservation"

    @property
    def bought(self) -> Reservation:
        return self.reservation


class BlockRung(Model):
    """A rung that uses a bought block."""

    block: Block = shape(description="A bought block of the account")

    @property
    def capacity_type(self) -> CapacityType:
        return "block"

    @property
    def bought(self) -> Block:
        return self.block


def _rung_tag(value: Any) -> str:
    if isinstance(value, ReservationRung) or (isinstance(value, dict) and "reservation" in value):
        return "bought-reservation"
    if isinstance(value, BlockRung) or (isinstance(value, dict) and "block" in value):
        return "bought-block"
    return "plain"


Rung = Annotated[
    Annotated[Literal["on-demand", "spot", "flex"], Tag("plain")]
    | Annotated[ReservationRung, Tag("bought-reservation")]
    | Annotated[BlockRung, Tag("bought-block")],
    Discriminator(_rung_tag),
]


def capacity_type(rung: str | ReservationRung | BlockRung) -> str:
    """The capacity type of a rung: `on-demand`, `spot`, `flex`, `reservation` or `block`."""
    return rung if isinstance(rung, str) else rung.capacity_type


class FabricNeed(Model):
    """How fast the network between nodes must be."""

    min_gbps_per_accelerator: int = shape(description="Gbit/s of collective bandwidth per accelerator", ge=1)


class Flex(Model):
    """How capacity of type `flex` is asked for: it comes when there is some, and goes after a while."""

    queued: bool = shape(False, description="Whether a job waits until all of its nodes can be had at once")
    max_run_hours: int = shape(168, description="After how many hours a node is taken back", ge=1, le=168)


class Taint(Model):
    """A Kubernetes taint."""

    key: LabelKey = shape(description="The taint's key")
    value: LabelValue = shape("", description="The taint's value")
    effect: Literal["NoSchedule", "PreferNoSchedule", "NoExecute"] = shape(
        "NoSchedule", description="The taint's effect"
    )


def _listed(value: Any) -> Any:
    return (value,) if isinstance(value, str | AcceleratorCount) else value


_ONE_OR_MORE = BeforeValidator(_listed, json_schema_input_type=AcceleratorCount | tuple[AcceleratorCount, ...])


def _fabric_tag(value: Any) -> str:
    return "need" if isinstance(value, dict | FabricNeed) else "word"


Fabric = Annotated[
    Annotated[Literal["none", "required"], Tag("word")] | Annotated[FabricNeed, Tag("need")],
    Discriminator(_fabric_tag),
]


class PoolSpec(Model):
    """A pool of accelerator nodes; `nodes` counts the whole pool, not a rung."""

    accelerator: Annotated[tuple[AcceleratorCount, ...], _ONE_OR_MORE] | None = shape(
        None, description="What each node carries (`H100:8`), or a list in order of preference"
    )
    machine: str | None = shape(None, description="A cloud's own machine name, instead of `accelerator`", min_length=2)
    nodes: NodeRange = shape(description="`4`, or `0..8` for a pool that scales")
    fabric: Fabric | None = shape(None, description="The network between nodes: none, required, or how fast it must be")
    capacity: tuple[Rung, ...] = shape(
        ("on-demand",), description="The capacity ladder, first rung first", min_length=1
    )
    flex: Flex | None = shape(None, description="Terms of the `flex` rung: queueing, and how long a node may run")
    zones: tuple[str, ...] = binding((), description="The cloud's zone ids; absent: chosen from the offerings")
    placement: Literal["auto", "cluster", "none"] = shape(
        "auto", description="`auto` follows the capacity type; `cluster` asks for nodes close together"
    )
    price: PoolPrice | None = binding(
        None, description="The user's own price of one node, where no list price is known"
    )
    mig: str | None = shape(None, description="A MIG profile such as `1g.10gb`", min_length=4)
    time_slices: int | None = shape(None, description="How many pods share one GPU by time slices", ge=2, le=64)
    labels: dict[LabelKey, LabelValue] = shape({}, description="Kubernetes labels of the nodes")
    taints: tuple[Taint, ...] = shape((), description="Kubernetes taints beside the accelerator's own")
    root_disk: Size | None = shape(None, description="Size of the root disk, at least 200GiB; absent: 300GiB")
    scratch: Literal["raid0", "none"] = shape("raid0", description="What becomes of the local NVMe disks")

    @model_validator(mode="after")
    def _accelerator_or_machine(self) -> PoolSpec:
        if (self.accelerator is None) == (self.machine is None):
            raise ValueError(
                "give either `accelerator` (H100:8) or `machine` (the cloud's own name), not both and not neither"
            )
        return self


class SystemPool(Model):
    """The pool of plain machines that runs the cluster's own software."""

    machine: str | None = binding(
        None, description="The cloud's machine name; absent: the catalogue's default", min_length=2
    )
    nodes: int = shape(2, description="How many system nodes, over at least two zones", ge=2, le=100)
    price: PoolPrice | None = binding(
        None, description="The user's own price of one node, where no list price is known"
    )
