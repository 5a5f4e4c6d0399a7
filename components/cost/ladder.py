"""A pool's capacity ladder as priced items: machines by rung, and root disks.

`nodes` of a pool counts the pool. Bought rungs are charged once, whole, whether used or not. Of the other rungs, the
maximum is the dearest legal filling: the rest of the pool's nodes, all on the dearest rung.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from components.cost.facts import SPEC, Disk, Pool, Rung
from components.cost.model import HOURS_PER_MONTH, PricedItem, Span
from components.cost.pricing import Pricing
from components.plan.model import Bought, NodeCount, StatedPrice

SECONDS_PER_HOUR = 3600
Fitted = tuple[Rung, NodeCount, Disk]


def machine_items(pool: Pool, region: str, pricing: Pricing, charged: set[str]) -> Iterator[PricedItem]:
    """The pool's machines, rung by rung. `charged` collects what was bought, as it is charged once in a cluster."""
    rungs = _whole(pool.rungs)
    plain = [rung for rung in rungs if not rung.is_bought and rung.nodes is not None]
    maxima = dict(zip((rung.name for rung in plain), _maxima(pool, plain, region, pricing), strict=True))
    for rung in rungs:
        if rung.is_bought:
            yield from _bought_items(pool, rung, region, charged)
        elif rung.nodes is None or not rung.machines:
            yield _unreadable(pool, rung, region, maxima.get(rung.name, 0))
        else:
            nodes = _span(rung.nodes, maxima[rung.name])
            yield _machine(pool, rung, region, nodes.times(HOURS_PER_MONTH), stated=pool.price)


def disk_items(pool: Pool, region: str, stated: Mapping[str, StatedPrice]) -> Iterator[PricedItem]:
    """The pool's disks, one item for each kind of disk; a disk that cannot be read is an item without a price."""
    roots: dict[str, list[Fitted]] = {}
    local: dict[str, list[Fitted]] = {}
    for rung in pool.rungs:
        if rung.disk is None or rung.nodes is None:
            yield PricedItem(
                pool=pool.name,
                kind="disk",
                item=f"root disks of {rung.name}",
                unit="GB-month",
                quantity=Span.flat(0),
                region=region,
                path=pool.path,
                note=f"how many disks {rung.name} has, or how large they are, cannot be read",
            )
        elif rung.disk.service:
            roots.setdefault(rung.disk.service, []).append((rung, rung.nodes, rung.disk))
        if rung.scratch is not None and rung.nodes is not None:
            local.setdefault(rung.scratch.service, []).append((rung, rung.nodes, rung.scratch))
    for what, known in (("root disks", roots), ("local disks", local)):
        for service, fitted in known.items():
            yield _disks(pool, what, fitted, service, region, stated.get(service))


def nodes_of(pool: Pool) -> Span:
    """The nodes of a whole pool: its maximum is what was bought and the most that its other rungs have together."""
    known = [(rung.nodes, rung.is_bought) for rung in pool.rungs if rung.nodes is not None]
    wanted = sum(nodes.desired for nodes, bought in known if not bought)
    return Span(
        min=Decimal(sum(nodes.min for nodes, _ in known)),
        desired=Decimal(sum(nodes.desired for nodes, _ in known)),
        max=Decimal(sum(nodes.max for nodes, bought in known if bought) + max(pool.rest, wanted)),
    )


def _whole(rungs: Sequence[Rung]) -> list[Rung]:
    """The rungs with parts of one put together, at the place of the first; a part that cannot be read stays apart."""
    made: dict[tuple[object, ...], Rung] = {}
    for place, rung in enumerate(rungs):
        readable = rung.part_of and rung.nodes is not None and rung.machines
        key = (rung.part_of, rung.capacity_type, rung.machines, rung.bought) if readable else (place,)
        before = made.get(key)
        if before is not None and before.nodes is not None and rung.nodes is not None:
            one, other = before.nodes, rung.nodes
            nodes = NodeCount(min=one.min + other.min, desired=one.desired + other.desired, max=one.max + other.max)
            made[key] = replace(before, nodes=nodes)
        else:
            made[key] = rung
    return list(made.values())


def _maxima(pool: Pool, plain: Sequence[Rung], region: str, pricing: Pricing) -> list[int]:
    """The most nodes of each rung that is not bought, in the pool's dearest filling.

    Among equals the first rung takes the rest. Where a rung has no price, the dearest filling is unknown: that rung
    takes what the priced ones do not want, and its line without a price says so.
    """
    if not plain:
        return []
    usd = [_usd(pool, rung, region, pricing) for rung in plain]
    desired = [rung.nodes.desired if rung.nodes else 0 for rung in plain]
    rest = max(pool.rest, sum(desired))
    if None in usd:
        target = usd.index(None)
        maxima = [0 if price is None else want for price, want in zip(usd, desired, strict=True)]
    else:
        known = [price for price in usd if price is not None]
        target = known.index(max(known))
        maxima = [0] * len(plain)
    maxima[target] = rest - sum(maxima)
    return maxima


def _usd(pool: Pool, rung: Rung, region: str, pricing: Pricing) -> Decimal | None:
    if not rung.machines:
        return None
    if pool.price is not None:
        return pool.price.usd
    found = pricing.dearest(rung.machines, region, rung.capacity_type)
    return found[1].usd if found else None


def _bought_items(pool: Pool, rung: Rung, region: str, charged: set[str]) -> Iterator[PricedItem]:
    bought = rung.bought
    if bought is None or rung.nodes is None or not rung.machines:
        yield _unreadable(pool, rung, region, 0)
        return
    if bought.id in charged:
        return
    charged.add(bought.id)
    running = _span(rung.nodes, rung.nodes.max)
    if rung.capacity_type == "block":
        note, fee = _block_note(bought), _fee(bought)
        yield _machine(pool, rung, region, Span.flat(1), stated=fee, unit="block", note=note, nodes=running)
    else:
        quantity = Span.flat(bought.nodes * HOURS_PER_MONTH)
        stated = bought.price or pool.price
        note = f"{bought.id}: {_nodes(bought.nodes)} reserved, paid whether used or not"
        yield _machine(pool, rung, region, quantity, stated=stated, note=note, nodes=running)


def _fee(bought: Bought) -> StatedPrice | None:
    if bought.upfront_usd is None or bought.start is None:
        return None
    return StatedPrice(usd=bought.upfront_usd, source=SPEC, as_of=bought.start.date())


def _block_note(bought: Bought) -> str:
    if bought.upfront_usd is None or bought.start is None or bought.end is None:
        return f"{bought.id}: what was paid for the block is not known"
    hours = Decimal(int((bought.end - bought.start).total_seconds())) / SECONDS_PER_HOUR
    each = (bought.upfront_usd / hours / bought.nodes).quantize(Decimal("0.01"))
    days = f"{bought.start.date().isoformat()} to {bought.end.date().isoformat()}"
    return f"{bought.id}: {_nodes(bought.nodes)} from {days}, paid once; {each} USD per node and hour of the block"


def _nodes(count: int) -> str:
    return f"{count} node" if count == 1 else f"{count} nodes"


def _machine(
    pool: Pool,
    rung: Rung,
    region: str,
    quantity: Span,
    *,
    stated: StatedPrice | None,
    unit: str = "node-hour",
    note: str = "",
    nodes: Span | None = None,
) -> PricedItem:
    others = len(rung.machines) - 1
    name = rung.machines[0] + (f" or {others} other{'s' if others > 1 else ''}" if others else "")
    return PricedItem(
        pool=pool.name,
        kind="machine",
        item=f"{name} ({rung.capacity_type})",
        unit=unit,
        quantity=quantity,
        region=region,
        path=pool.path,
        machines=() if unit == "block" else rung.machines,  # only its fee is the price of a block
        capacity_type=rung.capacity_type,
        stated=stated,
        accelerator=rung.accelerator,
        accelerators_per_node=rung.accelerators_per_node,
        fixed=rung.is_bought,
        one_off=unit == "block",
        nodes=nodes,
        note=note,
    )


def _unreadable(pool: Pool, rung: Rung, region: str, most: int) -> PricedItem:
    what = "its size" if rung.nodes is None else "its machine" if not rung.machines else "how much was bought"
    low = _span(rung.nodes, most) if rung.nodes and not rung.is_bought else Span.flat(0)
    return PricedItem(
        pool=pool.name,
        kind="machine",
        item=f"{rung.machines[0] if rung.machines else rung.name} ({rung.capacity_type})",
        unit="node-hour",
        quantity=low.times(HOURS_PER_MONTH),
        region=region,
        path=pool.path,
        capacity_type=rung.capacity_type,
        fixed=rung.is_bought,
        note=f"{rung.name}: {what} cannot be read, so it has no price",
    )


def _disks(
    pool: Pool, what: str, fitted: Sequence[Fitted], service: str, region: str, stated: StatedPrice | None
) -> PricedItem:
    gib = Span.flat(0)
    largest = wanted = 0
    for rung, nodes, disk in fitted:
        at_most = nodes.max if rung.is_bought else 0
        gib += _span(nodes, at_most).times(Decimal(disk.gib))
        largest = largest if rung.is_bought else max(largest, disk.gib)
        wanted += 0 if rung.is_bought else nodes.desired
    gib += Span(min=Decimal(0), desired=Decimal(0), max=Decimal(max(pool.rest, wanted) * largest))
    sizes = dict.fromkeys(disk.gib for _, _, disk in fitted)
    return PricedItem(
        pool=pool.name,
        kind="disk",
        item=f"{what} of {' or '.join(map(str, sizes))} GiB ({fitted[0][2].kind})",
        unit="GB-month",
        quantity=gib,
        region=region,
        path=pool.path,
        service=service,
        stated=stated,
        note="a GiB is billed as a GB",
    )


def _span(nodes: NodeCount, most: int) -> Span:
    return Span(min=Decimal(nodes.min), desired=Decimal(nodes.desired), max=Decimal(most))
