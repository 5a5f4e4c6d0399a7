"""The difference of two reports: which line became which, what moved it, and that the parts add up."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from components.cost.difference import CostDifference, LineChange, difference, with_prices_of
from components.cost.estimate import ZERO, total
from components.cost.model import CostLine, CostReport, Span

HOURS = 730


def machine(nodes: int, **changes: Any) -> CostLine:
    """Nodes of p5.48xlarge at 55.04 USD an hour."""
    usd: Decimal | None = changes.pop("unit_price", Decimal("55.04"))
    quantity = changes.pop("quantity", Span.flat(nodes * HOURS))
    line = CostLine(
        pool="train",
        kind="machine",
        item="p5.48xlarge (on-demand)",
        unit="node-hour",
        quantity=quantity,
        unit_price=usd,
        monthly=None if usd is None else quantity.times(usd),
        price_kind="unpriced" if usd is None else "list",
        source="a list",
        as_of=date(2026, 7, 20),
        path="pools.train",
        capacity_type="on-demand",
    )
    return replace(line, **changes)


def report(*lines: CostLine) -> CostReport:
    return CostReport(
        lines=lines,
        monthly=total(lines),
        hourly=ZERO,
        unpriced=tuple(line for line in lines if line.monthly is None),
        not_included=(),
        accelerators=ZERO,
        oldest_price=None,
    )


def one(found: CostDifference) -> LineChange:
    (line,) = found.lines
    return line


def test_nothing_changes_where_nothing_differs() -> None:
    found = difference(report(machine(2)), report(machine(2)))
    assert (found.lines, found.monthly) == ((), ZERO)


def test_more_nodes() -> None:
    found = difference(report(machine(2)), report(machine(4)))
    # 2 nodes x 730 h x 55.04 USD
    assert found.monthly == Span.flat(Decimal("80358.40"))
    assert (one(found).change, one(found).why) == ("changed", ("nodes 2 → 4",))
    assert (found.by_prices, found.by_author) == (ZERO, found.monthly)


def test_a_range_of_nodes_is_told_at_all_three_sizes() -> None:
    wide = Span(min=Decimal(0), desired=Decimal(2 * HOURS), max=Decimal(8 * HOURS))
    found = one(difference(report(machine(2)), report(machine(0, quantity=wide))))
    assert found.why == ("nodes 2 → 0/2/8",)
    assert found.monthly == Span(min=Decimal("-80358.40"), desired=Decimal(0), max=Decimal("241075.20"))


def test_another_machine_and_another_capacity_type_are_the_same_line() -> None:
    other = machine(2, item="p4d.24xlarge (spot)", capacity_type="spot", unit_price=Decimal("21.96"))
    assert one(difference(report(machine(2)), report(other))).why == (
        "capacity type on-demand → spot",
        "machine p5.48xlarge → p4d.24xlarge",
        "price 55.04 USD → 21.96 USD",
    )


def test_a_stated_price_is_called_so() -> None:
    found = one(difference(report(machine(1)), report(machine(1, unit_price=Decimal("48.1"), price_kind="user"))))
    assert found.why == ("stated price 55.04 USD → 48.1 USD",)


def test_a_size_in_the_name_is_told_by_the_words_that_differ() -> None:
    disks = {"kind": "disk", "unit": "GB-month", "capacity_type": "", "unit_price": Decimal("0.08")}
    old = machine(0, item="root disks of 300 GiB (gp3)", quantity=Span.flat(600), **disks)
    new = machine(0, item="root disks of 500 GiB (gp3)", quantity=Span.flat(1000), **disks)
    assert one(difference(report(old), report(new))).why == ("300 GiB → 500 GiB", "GB-months 600 → 1000")


def test_added_and_removed() -> None:
    other = machine(1, pool="serve", path="pools.serve")
    found = difference(report(machine(2)), report(other))
    assert [(line.change, line.pool) for line in found.lines] == [("added", "serve"), ("removed", "train")]
    assert found.monthly == Span.flat(Decimal("-40179.20"))


def test_a_stack_that_is_new_and_one_that_is_gone() -> None:
    whole = report(machine(1))
    new, gone = difference(None, whole), difference(whole, None)
    assert (one(new).change, new.monthly.max) == ("added", Decimal("40179.20"))
    assert (one(gone).change, gone.monthly.max) == ("removed", Decimal("-40179.20"))


def test_the_price_table_is_told_apart_from_the_author() -> None:
    """The price went from 50.00 to 55.04; the author went from 2 nodes to 3."""
    old, repriced = report(machine(2, unit_price=Decimal(50))), report(machine(2))
    found = difference(old, report(machine(3)), repriced)
    assert found.by_prices.max == Decimal("7358.40")  # 2 x 730 x 5.04
    assert found.by_author.max == Decimal("40179.20")  # 1 x 730 x 55.04
    assert one(found).why == ("price table: price 50 USD → 55.04 USD", "nodes 2 → 3")
    assert one(found).by_prices == found.by_prices


def test_a_price_that_only_the_table_changed() -> None:
    found = difference(report(machine(2, unit_price=Decimal(50))), report(machine(2)), report(machine(2)))
    assert (found.by_author, found.by_prices) == (ZERO, found.monthly)
    assert one(found).why == ("price table: price 50 USD → 55.04 USD",)


def test_without_a_price_nobody_knows_the_difference_and_it_comes_first() -> None:
    found = difference(report(machine(2)), report(machine(2, unit_price=None)))
    assert one(found).monthly is None
    assert one(found).why == ("price 55.04 USD → unpriced",)
    assert (found.unpriced_before, found.unpriced_after) == (0, 1)
    assert one(found).weight > one(difference(None, report(machine(1000)))).weight


def test_a_rung_that_nobody_uses_is_no_change() -> None:
    idle = machine(0, item="g6.xlarge (spot)", capacity_type="spot", pool="idle")
    assert difference(report(machine(2)), report(machine(2), idle)).lines == ()


def test_prices_of_a_saved_report_are_renewed_only_where_the_list_has_them() -> None:
    stated = machine(2, unit_price=Decimal(40), price_kind="user", pool="mine")
    old = report(machine(2, unit_price=Decimal(50)), stated)
    new = report(machine(9), machine(9, pool="mine"))
    assert [line.unit_price for line in with_prices_of(old, new).lines] == [Decimal("55.04"), Decimal(40)]


NODES = st.lists(st.tuples(st.sampled_from("abc"), st.integers(0, 9), st.sampled_from([None, 1, 7])), max_size=6)


@given(NODES, NODES, st.sampled_from([1, 3]))
def test_the_lines_add_up_to_the_sums(
    old: list[tuple[str, int, int | None]], new: list[tuple[str, int, int | None]], raised: int
) -> None:
    def made(rows: list[tuple[str, int, int | None]], factor: int = 1) -> CostReport:
        return report(
            *(
                machine(nodes, pool=pool, unit_price=None if usd is None else Decimal(usd * factor))
                for pool, nodes, usd in rows
            )
        )

    found = difference(made(old), made(new, raised), made(old, raised))
    assert found.by_prices + found.by_author == found.monthly
    assert found.monthly.max == found.after.max - found.before.max
    known = [line.monthly.max for line in found.lines if line.monthly is not None]
    if len(known) == len(found.lines):
        assert sum(known) == found.monthly.max
