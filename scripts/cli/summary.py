"""A stack in a few lines: what it is, its pools, and what it costs."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from rich.console import Group
from rich.table import Table
from rich.text import Text

from components.cost.model import CostReport
from components.plan.model import BudgetPlan, ClusterPlan, FabricPlan, NodeCount, PoolPlan, StoragePlan
from scripts.cli.figures import counted, flat, money, number


def header(plan: ClusterPlan) -> Group:
    """Stack, cloud, region and environment, then one line for each pool and storage."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    for _ in range(4):
        table.add_column()
    for pool in plan.pools:
        table.add_row(f"  {pool.name}", *_pool(pool))
    system = plan.system
    table.add_row("  system", f"{_nodes(system.nodes)} × {system.machine}", "on-demand", ", ".join(system.zones), "")
    for store in plan.storage:
        table.add_row(f"  {store.name}", _storage(store), store.kind, "", "")
    return Group(title(plan), table)


def title(plan: ClusterPlan) -> Text:
    """`prod-aws  h100-training · prod · aws us-east-1 · 123456789012 · Kubernetes 1.35`."""
    where = (f"{plan.cloud} {plan.region}", plan.account)
    parts = (plan.blueprint, plan.environment, *where, f"Kubernetes {plan.kubernetes}")
    return Text.assemble((plan.stack, "bold"), "  ", (" · ".join(part for part in parts if part), "dim"))


def _pool(pool: PoolPlan) -> Iterable[str]:
    yield f"{_nodes(pool.nodes)} × {pool.machine} ({pool.accelerators_per_node} × {pool.accelerator})"
    yield " → ".join(rung.capacity_type for rung in pool.rungs)
    yield ", ".join(pool.zones)
    yield _fabric(pool.fabric)


def _nodes(nodes: NodeCount) -> str:
    return str(nodes.max) if nodes.min == nodes.max else f"{nodes.min}..{nodes.max}"


def _fabric(fabric: FabricPlan | None) -> str:
    return f"{fabric.kind.upper()} {number(fabric.gbps_per_node)} Gbit/s" if fabric else ""


def _storage(store: StoragePlan) -> str:
    if store.given_gib is None:
        return f"{number(store.asked_gib)} GiB expected" if store.asked_gib is not None else "size by use"
    rounded = store.asked_gib is not None and store.asked_gib != store.given_gib
    asked = f" (asked {number(store.asked_gib)})" if rounded and store.asked_gib is not None else ""
    return f"{number(store.given_gib)} GiB{asked}"


def cost_line(cost: CostReport, budget: BudgetPlan) -> Text:
    """The cost in one line: a month, an hour, a GPU-hour, and the share of the budget."""
    monthly = cost.monthly
    text = Text.assemble(("Cost", "bold"), "  ", (f"{money(monthly.desired)} USD a month", "bold"))
    if not flat(monthly):
        text.append(f" (min {money(monthly.min)}, max {money(monthly.max)})")
    once = sum((line.monthly.max for line in cost.lines if line.one_off and line.monthly is not None), Decimal(0))
    text.append(f", {money(once)} of it paid once" if once else f", {money(cost.hourly.desired)} an hour")
    if cost.per_accelerator_hour is not None:
        text.append(f", {money(cost.per_accelerator_hour.desired)} a GPU-hour")
    if budget.usd_per_month:
        share = monthly.max / budget.usd_per_month * 100
        text.append(f"; at most {share:.0f} % of the budget of {money(budget.usd_per_month)}")
    if cost.unpriced:
        text.append(f"; {counted(len(cost.unpriced), 'line')} UNPRICED", "bold red")
    return text
