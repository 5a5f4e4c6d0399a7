"""What no resource can show of a cluster's cost: what was bought, stated prices, expected use and sizes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field
from decimal import Decimal

from components.cost.facts import SYSTEM
from components.plan.model import Bought, ClusterPlan, StatedPrice, UsagePlan
from components.records import record


@record(kw_only=True)
class StorageTerms:
    """A storage of the spec: the amount that is expected in it (GiB), and the user's own price."""

    expected_gib: Decimal | None
    price: StatedPrice | None


@record(kw_only=True)
class Terms:
    """The terms of one cluster; `Terms()` knows nothing, as for resources that no spec describes.

    The order of `ladders` (the names of each pool's rungs) and of `storage` is the report's: resources may be
    registered in any other.
    """

    stack: str = ""
    ladders: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    bought: Mapping[str, Bought] = field(default_factory=dict[str, Bought])
    pool_prices: Mapping[str, StatedPrice] = field(default_factory=dict[str, StatedPrice])
    storage: Mapping[str, StorageTerms] = field(default_factory=dict[str, StorageTerms])
    stated: Mapping[str, StatedPrice] = field(default_factory=dict[str, StatedPrice])
    usage: UsagePlan = field(default_factory=UsagePlan)

    @classmethod
    def of(cls, plan: ClusterPlan) -> Terms:
        """The terms of a planned cluster. Nothing in it that its resources show: those may have been changed."""
        rungs = [rung for pool in plan.pools for rung in pool.rungs]
        prices = {pool.name: pool.price for pool in plan.pools} | {SYSTEM: plan.system.price}
        return cls(
            stack=plan.stack,
            ladders={pool.name: tuple(rung.name for rung in pool.rungs) for pool in plan.pools} | {SYSTEM: (SYSTEM,)},
            bought={rung.bought.id: rung.bought for rung in rungs if rung.bought is not None},
            pool_prices={name: price for name, price in prices.items() if price is not None},
            storage={one.name: StorageTerms(expected_gib=one.asked_gib, price=one.price) for one in plan.storage},
            stated=plan.stated_prices,
            usage=plan.usage,
        )

    def storage_of(self, logical_name: str) -> str | None:
        """The storage of the spec that a resource belongs to by its logical name (`<stack>-<storage>-…`)."""
        return self._named_like(logical_name, self.storage)

    def rung_of(self, pool: str, logical_name: str) -> str | None:
        """The rung of a pool that a node group is, by its logical name (`<stack>-<rung>-…`)."""
        return self._named_like(logical_name, self.ladders.get(pool, ()))

    def _named_like(self, logical_name: str, names: Iterable[str]) -> str | None:
        rest = logical_name.removeprefix(f"{self.stack}-")
        return max((name for name in names if f"{rest}-".startswith(f"{name}-")), key=len, default=None)
