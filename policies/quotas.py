"""How much of an account's quotas groups of nodes take; a cloud says which quota a node counts in, and how much of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from components.records import record
from policies.groups import key_of
from policies.subject import Demand, Group

COUNTED = ("on-demand", "spot", "flex")
"""What is bought has taken its quota already."""


@record(kw_only=True)
class Quota:
    """A quota as its cloud calls it; `code` and `name` are "" where it is not known which one it is."""

    what: str
    code: str
    name: str
    unit: str


def demands(groups: Iterable[Group], use: Callable[[Group], tuple[Quota, int | None]]) -> Iterator[Demand]:
    """What groups take of each quota at their maxima; the rungs of a pool share its nodes.

    `use` tells in which quota a node of a group counts, and how much it takes of it at the most: None where that is
    unknown.
    """
    taken: dict[tuple[Quota, str], dict[str, dict[str, int | None]]] = {}
    for one in groups:
        if one.capacity_type is not None and one.capacity_type not in COUNTED:
            continue
        quota, each = use(one)
        amount = None if each is None or one.nodes is None else one.nodes.max * each
        rungs = taken.setdefault((quota, one.region), {}).setdefault(key_of(one), {})
        before = rungs.get(one.rung, 0)
        rungs[one.rung] = None if amount is None or before is None else before + amount
    for (quota, region), pools in taken.items():
        most = [
            None if None in rungs.values() else max(filter(None, rungs.values()), default=0) for rungs in pools.values()
        ]
        amounts = [amount for amount in most if amount is not None]
        yield Demand(
            what=quota.what,
            path="pools",
            code=quota.code,
            name=quota.name,
            unit=quota.unit,
            region=region,
            amount=sum(amounts) if len(amounts) == len(pools) else None,
        )
