"""What a change does to the cost: line by line, and the author's part apart from that of the price table.

Three reports tell the parts from each other: the old spec at its own prices, the old spec at today's, and the new spec
at today's. From the first to the second is what prices did, from there to the third is what the author did.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from components.cost.estimate import ZERO, plain, total
from components.cost.model import HOURS_PER_MONTH, CostLine, CostReport, Span
from components.records import record

MINUS = Decimal(-1)


@record(kw_only=True)
class LineChange:
    """A line that is not what it was. `monthly` and its part `by_prices` are None where a side has no price."""

    change: str  # added | removed | changed
    pool: str
    kind: str
    item: str
    before: CostLine | None
    after: CostLine | None
    monthly: Span | None
    by_prices: Span | None
    why: tuple[str, ...]

    @property
    def weight(self) -> Decimal:
        """How much it moves the total at most; what has no price moves more than anything."""
        return Decimal("Infinity") if self.monthly is None else max(abs(self.monthly.max), abs(self.monthly.desired))


@record(kw_only=True)
class CostDifference:
    """Sums of two reports, what lies between them, and the lines that make it. Sums leave out what has no price."""

    before: Span
    after: Span
    monthly: Span
    by_prices: Span
    by_author: Span
    lines: tuple[LineChange, ...]
    unpriced_before: int = 0
    unpriced_after: int = 0


def difference(old: CostReport | None, new: CostReport | None, repriced: CostReport | None = None) -> CostDifference:
    """The difference of two reports; None: the stack was, or is, not there.

    `repriced` is the old spec at today's prices; without it the prices are taken to be the same on both sides.
    """
    then = old.lines if old else ()
    now = new.lines if new else ()
    between = repriced.lines if repriced is not None and old is not None else then
    origins = {id(middle): first for first, middle in _pairs(then, between) if middle is not None}
    found = [_changed(first, None, None) for first, middle in _pairs(then, between) if middle is None]
    found += [
        _changed(None if middle is None else origins.get(id(middle)), middle, last)
        for middle, last in _pairs(between, now)
    ]
    before, middle, after = total(then), total(between), total(now)
    return CostDifference(
        before=before,
        after=after,
        monthly=minus(after, before),
        by_prices=minus(middle, before),
        by_author=minus(after, middle),
        lines=tuple(line for line in found if line is not None),
        unpriced_before=sum(line.monthly is None for line in then),
        unpriced_after=sum(line.monthly is None for line in now),
    )


def with_prices_of(old: CostReport, new: CostReport) -> CostReport:
    """An old report at the list prices of a new one, where both have the same item: for a report without its spec."""
    prices = {_key(line): line for line in new.lines if line.price_kind == "list"}
    lines = tuple(_repriced(line, prices.get(_key(line))) for line in old.lines)
    return replace(old, lines=lines, monthly=total(lines))


def minus(one: Span, other: Span) -> Span:
    return one + other.times(MINUS)


def _repriced(line: CostLine, now: CostLine | None) -> CostLine:
    if now is None or now.unit_price is None or line.price_kind != "list" or now.unit != line.unit:
        return line
    return replace(line, unit_price=now.unit_price, monthly=line.quantity.times(now.unit_price))


# --- which line became which ---


def _key(line: CostLine) -> tuple[str, ...]:
    return (line.pool, line.kind, line.item)


_LOOSER: tuple[Callable[[CostLine], tuple[str, ...]], ...] = (
    _key,
    lambda line: (line.pool, line.kind, line.capacity_type, line.path),
    lambda line: (line.pool, line.kind, line.path, line.unit),
)
"""What makes two lines the same thing, the strictest first: an item of another name may be its successor."""


def _pairs(old: Sequence[CostLine], new: Sequence[CostLine]) -> Iterator[tuple[CostLine | None, CostLine | None]]:
    """(old, new) lines that are one thing, in the order of the new report; then what is gone."""
    if old is new:
        yield from ((line, line) for line in old)
        return
    partner: dict[int, CostLine] = {}
    taken: set[int] = set()
    for key in _LOOSER:
        free: dict[tuple[str, ...], list[CostLine]] = {}
        for line in old:
            if id(line) not in taken:
                free.setdefault(key(line), []).append(line)
        for line in new:
            candidates = free.get(key(line), []) if id(line) not in partner else []
            if candidates:
                partner[id(line)] = candidates.pop(0)
                taken.add(id(partner[id(line)]))
    yield from ((partner.get(id(line)), line) for line in new)
    yield from ((line, None) for line in old if id(line) not in taken)


# --- what became of it ---


def _changed(first: CostLine | None, middle: CostLine | None, last: CostLine | None) -> LineChange | None:
    """The change of a line that was `first`, would be `middle` at today's prices, and is `last`."""
    told = last or first
    if told is None:  # today's catalogue would have added it, and the author took it away
        return None
    why = tuple(_why(first, middle, last))
    amount = _between(first, last)
    if amount == ZERO and ((first is not None and last is not None and not why) or _idle(told)):
        return None
    return LineChange(
        change="added" if first is None else "removed" if last is None else "changed",
        pool=told.pool,
        kind=told.kind,
        item=told.item,
        before=first,
        after=last,
        monthly=amount,
        by_prices=_between(first, middle),
        why=why,
    )


def _idle(line: CostLine) -> bool:
    """Whether nothing uses it, as a rung that no node of the pool is on: no change of the cost."""
    return line.quantity == ZERO


def _between(before: CostLine | None, after: CostLine | None) -> Span | None:
    old, new = (ZERO if line is None else line.monthly for line in (before, after))
    return None if new is None or old is None else minus(new, old)


def _why(first: CostLine | None, middle: CostLine | None, last: CostLine | None) -> Iterable[str]:
    if first is not None and middle is not None and first is not middle:
        yield from (f"price table: {what}" for what in _apart(first, middle))
    if middle is not None and last is not None and middle is not last:
        yield from _apart(middle, last)


def _apart(old: CostLine, new: CostLine) -> Iterable[str]:
    """What differs between two lines that are one thing, in words."""
    if old.capacity_type != new.capacity_type:
        yield f"capacity type {old.capacity_type or 'none'} → {new.capacity_type or 'none'}"
    if (was := _thing(old)) != (becomes := _thing(new)):
        yield f"{'machine ' if old.kind == 'machine' else ''}{_words_apart(was, becomes)}"
    if old.quantity != new.quantity or old.unit != new.unit:
        yield f"{_unit(old)} {_amount(old)} → {_amount(new)}"
    if old.unit_price != new.unit_price:
        whose = "stated price" if "user" in (old.price_kind, new.price_kind) else "price"
        yield f"{whose} {_price(old)} → {_price(new)}"


def _thing(line: CostLine) -> str:
    return line.item.removesuffix(f" ({line.capacity_type})")


def _words_apart(old: str, new: str) -> str:
    """`300 GiB → 600 GiB` of two texts: the words in which they differ, with the next one, which is their unit."""
    ones, others = old.split(), new.split()
    while len(ones) > 1 and len(others) > 1 and ones[0] == others[0]:
        ones, others = ones[1:], others[1:]
    tail: list[str] = []
    while len(ones) > 1 and len(others) > 1 and ones[-1] == others[-1]:
        tail = [ones[-1]]
        ones, others = ones[:-1], others[:-1]
    return f"{' '.join([*ones, *tail])} → {' '.join([*others, *tail])}"


def _unit(line: CostLine) -> str:
    return "nodes" if line.unit == "node-hour" else f"{line.unit}s"


def _amount(line: CostLine) -> str:
    """Nodes rather than their hours; one figure where all three are one."""
    by = HOURS_PER_MONTH if line.unit == "node-hour" else Decimal(1)
    figures = [plain(value / by) for value in (line.quantity.min, line.quantity.desired, line.quantity.max)]
    return figures[0] if len(set(figures)) == 1 else "/".join(figures)


def _price(line: CostLine) -> str:
    return "unpriced" if line.unit_price is None else f"{plain(line.unit_price)} USD"
