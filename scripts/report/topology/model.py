"""What a drawing of a cluster shows, in words that every cloud shares. A cloud's module makes it from its plan."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from components.plan.model import ClusterPlan, NodeCount
from components.records import record


@record(kw_only=True)
class Box:
    """Something that is drawn as a box of text; `zones` is empty for what stands in no zone."""

    kind: str  # internet | control | public | subnet | system | fabric | storage | object
    name: str
    lines: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    way: str = ""  # of what is outside: how the network and it reach each other


@record(kw_only=True)
class PoolBox(Box):
    """Nodes: how many, what they carry, how they are connected and bought."""

    nodes: NodeCount
    machine: str
    accelerator: str = ""
    accelerators_per_node: int = 0
    fabric: str = ""
    together: bool = False  # placed close to each other, in a group
    capacity: tuple[str, ...] = ()
    subnets: tuple[str, ...] = ()
    interfaces: tuple[str, ...] = ()  # of a node, where it has several: what each is for


@record(kw_only=True)
class Topology:
    """One cluster, from the outside in."""

    title: str
    network: str
    zones: tuple[str, ...]
    outside: tuple[Box, ...]
    entries: tuple[Box, ...]
    pools: tuple[PoolBox, ...]  # the system pool first
    storage: tuple[Box, ...]
    endpoints: tuple[str, ...]
    regional: tuple[Box, ...]
    fabrics: tuple[Box, ...] = ()  # networks beside the cluster's own, which carry interfaces of its nodes


def topology_of(plan: ClusterPlan) -> Topology:
    """The topology of a plan, by its cloud."""
    build: Callable[[ClusterPlan], Topology] = import_module(f"scripts.report.topology.{plan.cloud}").build
    return build(plan)


def counted_nodes(nodes: NodeCount) -> str:
    """`8`, or `0–8` where a pool grows."""
    return str(nodes.max) if nodes.min == nodes.max else f"{nodes.min}–{nodes.max}"


def accelerators(pool: PoolBox) -> str:
    """`64 × H100`, `0–8 × L4`; empty for nodes without accelerators."""
    if not pool.accelerators_per_node:
        return ""
    per = pool.accelerators_per_node
    total = NodeCount(min=pool.nodes.min * per, desired=pool.nodes.desired * per, max=pool.nodes.max * per)
    return f"{counted_nodes(total)} × {pool.accelerator}"


def sentence(drawn: Topology) -> str:
    """The drawing in words, for those who do not see it."""
    pools = "; ".join(
        f"{pool.name}: {counted_nodes(pool.nodes)} nodes of {pool.machine}"
        + (f" with {accelerators(pool)} in all" if pool.accelerators_per_node else "")
        + f" in {', '.join(pool.zones)}"
        + (f", {pool.fabric}" if pool.fabric else "")
        for pool in drawn.pools
    )
    storage = ", ".join(f"{box.name} ({', '.join(box.lines)})" for box in (*drawn.storage, *drawn.regional))
    beside = "; ".join(f"{box.name} ({', '.join(box.lines)})" for box in drawn.fabrics)
    fabrics = f"Networks beside it: {beside}. " if beside else ""
    ways = " ".join(f"{box.name}: {box.way}." for box in drawn.outside if box.way)
    return f"{drawn.title}: {drawn.network}. Pools: {pools}. {fabrics}Storage: {storage or 'none'}. {ways}"
