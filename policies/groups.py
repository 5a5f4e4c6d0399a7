"""Groups of nodes and what was bought for them, from the facts that their cost is reckoned from.

A plan and a reader of resources fill the same facts (`components.cost.facts`), so that both give rules one picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fnmatch import fnmatchcase

from components.cost.facts import Pool, Rung
from components.plan.model import Bought
from policies.market import Market
from policies.subject import Group, Lifetime, Purchase

_WILD = re.compile(r"[*?\[]")

SHOWN = 3
"""How many of the things that share one problem a message names."""

BOUGHT = ("reservation", "block")
"""Capacity that is paid whether it is used or not."""

PASSING = ("spot", "flex")
"""Capacity that is there for a time: taken back at any moment, or queued for and ended after some hours."""

EXPIRY = "expires-at"
"""The tag that says when something should be gone."""


def group(pool: Pool, rung: Rung, region: str, *, fabric: bool | None, stops: bool = False) -> Group:
    """A rung as rules see it, with the path of its pool."""
    return Group(
        what=f"pool {pool.name} ({rung.capacity_type})",
        path=pool.path,
        pool=pool.name,
        region=region,
        capacity_type=rung.capacity_type,
        nodes=rung.nodes,
        machines=rung.machines,
        fabric=fabric,
        stops=stops,
        rung=rung.part_of or rung.name,
    )


def purchases(found: Iterable[tuple[Rung, Group]]) -> Iterator[Purchase]:
    """What the rungs were bought with, each purchase once, with the most nodes that use it."""
    users: dict[str, list[tuple[Bought, Group]]] = {}
    for rung, made in found:
        if not rung.is_bought:
            continue
        if rung.bought is None:
            yield _purchase(made, rung.capacity_type, made.what, None, None)
            continue
        users.setdefault(rung.bought.id, []).append((rung.bought, made))
    for id, used in users.items():
        bought, first = used[0]
        counts = [made.nodes.max if made.nodes else None for _, made in used]
        known = [count for count in counts if count is not None]
        total = sum(known) if len(known) == len(counts) else None
        yield _purchase(first, str(first.capacity_type), id, bought, total)


def _purchase(made: Group, kind: str, id: str, bought: Bought | None, used: int | None) -> Purchase:
    ends: date | None = None
    if bought is not None:
        ends = bought.until or (bought.end.date() if bought.end else None)
    path = f"{made.path}.capacity" if made.path else ""
    return Purchase(
        what=f"{kind} {id}" if bought is not None else f"what {made.what} was bought with",
        path=path,
        resource=made.resource,
        id=id,
        kind=kind,
        nodes=bought.nodes if bought else None,
        used=used,
        ends=ends,
        # A block always ends; a reservation without a last day has none.
        open_ended=None if bought is None else kind == "reservation" and ends is None,
        starts=bought.start.date() if bought and bought.start else None,
        upfront_usd=bought.upfront_usd if bought else None,
    )


def carries(group: Group, market: Market) -> bool | None:
    """Whether a group's nodes carry accelerators; None where its machines, or what they are, is unknown."""
    if not group.machines:
        return None
    known = [market.machine(name) for name in group.machines]
    if any(machine is not None and machine.accelerator is not None for machine in known):
        return True
    return None if None in known else False


def key_of(group: Group) -> str:
    """What groups of one pool share: the pool's path, else the resource."""
    return group.path or group.resource


def pools_of(groups: Iterable[Group]) -> tuple[tuple[Group, ...], ...]:
    """The groups, pool by pool."""
    found: dict[str, list[Group]] = {}
    for one in groups:
        found.setdefault(key_of(one), []).append(one)
    return tuple(map(tuple, found.values()))


def rests(group: Group) -> bool:
    """Whether a group goes to zero nodes by itself."""
    return group.stops or (group.nodes is not None and group.nodes.min == 0)


def lifetime_of_cluster(groups: Sequence[Group], market: Market, stated: bool | None, expires: date | None) -> Lifetime:
    """When the cluster of a spec goes; `groups` are its own."""
    running = [one for one in groups if carries(one, market) is not False]
    return Lifetime(
        what="the cluster",
        path="schedule.expires",
        stated=stated,
        expires=expires,
        stops=bool(running) and all(map(rests, running)),
    )


def lifetime_of(made: Group, tags: Mapping[str, str | None] | None) -> Lifetime:
    """When a group that stands beside the cluster goes, by its tags (None: unknown)."""
    stated, expires = end_by(tags)
    return Lifetime(
        what=made.what,
        path=made.path,
        resource=made.resource,
        stated=stated,
        expires=expires,
        stops=rests(made),
    )


def end_by(tags: Mapping[str, str | None] | None) -> tuple[bool | None, date | None]:
    """Whether tags name a last day, and which; unknown tags may."""
    return None if tags is None else EXPIRY in tags, day((tags or {}).get(EXPIRY))


def day(text: str | None) -> date | None:
    """The day of a date or an RFC 3339 time; None for what is neither."""
    try:
        return None if text is None else date.fromisoformat(text[:10])
    except ValueError:
        return None


def some(names: Sequence[str]) -> str:
    """The first of some names, and how many more there are."""
    more = len(names) - SHOWN
    return ", ".join(names[:SHOWN]) + (f" and {more} more" if more > 0 else "")


def matches(name: str, glob: str) -> bool:
    """`fnmatchcase`, without making a pattern of a glob that begins with other letters."""
    return name.startswith(_WILD.split(glob, 1)[0]) and fnmatchcase(name, glob)
