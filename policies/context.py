"""What a plan knows and its resources do not say: whose they are, the budget, and which spec path decides them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from decimal import Decimal

from components.cost.model import CostReport
from components.cost.readers.terms import Terms
from components.plan.model import BudgetPlan, ClusterPlan, PoolPlan
from components.records import record
from policies.subject import NO_BUDGET, Pool, Rate

SECONDS_PER_HOUR = Decimal(3600)
NO_TERMS = Terms()


@record(kw_only=True)
class Context:
    """The bits of a plan beside its resources; a program without a spec has only `stack` and `environment`.

    `paths`: names of rungs and of storage -> spec path. `private_subnets`: ids of existing subnets that the spec calls
    private. `terms`: what was bought, and the order of each pool's rungs.
    """

    stack: str
    environment: str
    budget: BudgetPlan = NO_BUDGET
    planned: bool = False
    pools: tuple[Pool, ...] = ()
    blocks: tuple[Rate, ...] = ()
    paths: Mapping[str, str] = field(default_factory=dict[str, str])
    private_subnets: frozenset[str] = frozenset()
    terms: Terms = NO_TERMS

    @classmethod
    def of(cls, plan: ClusterPlan, private_subnets: Iterable[str] = ()) -> Context:
        paths = {store.name: f"storage.{store.name}" for store in plan.storage}
        paths |= {rung.name: f"pools.{pool.name}" for pool in plan.pools for rung in pool.rungs}
        return cls(
            stack=plan.stack,
            environment=plan.environment,
            budget=plan.budget,
            planned=True,
            pools=tuple(map(_pool, plan.pools)),
            blocks=tuple(rate for pool in plan.pools for rate in _blocks(pool)),
            paths=paths,
            private_subnets=frozenset(private_subnets),
            terms=Terms.of(plan),
        )

    def path_of(self, resource: str, prefix: str) -> str:
        """The spec path (below `prefix`) of the rung or store that a logical name (`<stack>-<name>-…`) is of; or ""."""
        rest = f"{resource.removeprefix(f'{self.stack}-')}-"
        found = [name for name, path in self.paths.items() if path.startswith(prefix) and rest.startswith(f"{name}-")]
        return self.paths[max(found, key=len)] if found else ""


def rates_of(cost: CostReport, blocks: Iterable[Rate]) -> tuple[Rate, ...]:
    """Prices of accelerators by the hour: of each machine line, and of `blocks`, whose fee alone does not tell them."""
    known = tuple(blocks)
    rates: list[Rate] = list(known)
    for line in cost.lines:
        if line.kind != "machine" or not line.accelerator:
            continue
        if line.one_off and any(rate.path == line.path for rate in known):
            continue
        what = f"{line.item} of pool {line.pool}" if line.pool else line.item
        rates.append(Rate(what=what, path=line.path, accelerator=line.accelerator, usd=line.per_accelerator_hour))
    return tuple(rates)


def _pool(pool: PoolPlan) -> Pool:
    return Pool(
        what=f"pool {pool.name}",
        path=f"pools.{pool.name}",
        name=pool.name,
        accelerator=pool.accelerator,
        gang=pool.fabric is not None and pool.nodes.max > 1,
        capacity_types=tuple(rung.capacity_type for rung in pool.rungs),
    )


def _blocks(pool: PoolPlan) -> Iterable[Rate]:
    for rung in pool.rungs:
        bought = rung.bought
        if rung.capacity_type != "block" or bought is None or not pool.accelerators_per_node:
            continue
        each: Decimal | None = None
        if bought.upfront_usd is not None and bought.start is not None and bought.end is not None:
            hours = Decimal(int((bought.end - bought.start).total_seconds())) / SECONDS_PER_HOUR
            machines = hours * bought.nodes * pool.accelerators_per_node
            each = bought.upfront_usd / machines if machines > 0 else None
        what = f"the block {bought.id} of pool {pool.name}"
        yield Rate(what=what, path=f"pools.{pool.name}", accelerator=pool.accelerator, usd=each)
