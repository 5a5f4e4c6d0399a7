"""The cost as text: what is unpriced or old is loud, and figures stand in columns."""

from __future__ import annotations

import sys
from datetime import date
from decimal import Decimal

import pytest

from components.cost.model import CostLine, CostReport, Span
from scripts.cli.cost_table import print_cost
from scripts.cli.session import begin

ON = date(2026, 11, 23)
EACH = Span(min=Decimal(0), desired=Decimal(1460), max=Decimal(2920))


def _line(item: str, quantity: Span, price: str | None, **more: object) -> CostLine:
    usd = None if price is None else Decimal(price)
    values: dict[str, object] = {
        "pool": "train",
        "kind": "machine",
        "item": item,
        "unit": "node-hour",
        "quantity": quantity,
        "unit_price": usd,
        "monthly": None if usd is None else quantity.times(usd),
        "price_kind": "unpriced" if usd is None else "list",
        "source": "" if usd is None else "a price list",
        "as_of": None if usd is None else date(2026, 11, 1),
    }
    return CostLine(**{**values, **more})  # type: ignore[arg-type]


def _report(*lines: CostLine) -> CostReport:
    monthly = sum((line.monthly for line in lines if line.monthly is not None), Span.flat(0))
    return CostReport(
        lines=lines,
        monthly=monthly,
        hourly=monthly.times(1 / Decimal(730)),
        unpriced=tuple(line for line in lines if line.monthly is None),
        not_included=("logs: not included (usage.log_gb)",),
        accelerators=Span.flat(0),
        oldest_price=min((line.as_of for line in lines if line.as_of), default=None),
    )


def _shown(report: CostReport, capsys: pytest.CaptureFixture[str]) -> list[str]:
    print_cost(begin("trial", "text"), report, ON)
    sys.stdout.flush()
    return capsys.readouterr().out.splitlines()


def test_money_is_grouped_and_three_figures_stand_side_by_side(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _shown(_report(_line("p5.48xlarge", EACH, "55.04", accelerator="H100", accelerators_per_node=8)), capsys)
    (machine,) = [line for line in lines if line.startswith("  p5.48xlarge")]
    # 2 and 4 nodes of 730 hours at 55.04 USD; an eighth of that for each of 8 accelerators.
    assert machine.split()[1:] == ["0.00", "80,358.40", "160,716.80", "6.88", "22", "d", "[1]"]
    assert any(line.split() == ["TOTAL", "a", "month", "0.00", "80,358.40", "160,716.80"] for line in lines)
    assert "  [1] a price list, 2026-11-01 (22 days)" in lines


def test_equal_figures_stand_in_one_column_with_quantity_and_unit_price(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _shown(_report(_line("m7i.xlarge", Span.flat(1460), "0.2016")), capsys)
    (machine,) = [line for line in lines if line.startswith("  m7i.xlarge")]
    assert machine.split()[1:] == ["1,460", "node-hours", "0.2016", "294.34", "22", "d", "[1]"]


def test_what_has_no_price_is_loud_and_never_zero(capsys: pytest.CaptureFixture[str]) -> None:
    hint = "no list price in us-east-1: state `pools.train.price`"
    lines = _shown(_report(_line("p9.48xlarge", Span.flat(730), None, hint=hint)), capsys)
    assert any(line.startswith("  p9.48xlarge") and "UNPRICED" in line and "0.00" not in line for line in lines)
    assert "  and 1 UNPRICED line" in lines
    assert f"✗ train p9.48xlarge: {hint}" in lines


def test_marks_of_what_is_bought_and_of_what_is_paid_once_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    lines = _shown(
        _report(_line("a", Span.flat(1), "1", fixed=True), _line("b", Span.flat(1), "1", fixed=True, one_off=True)),
        capsys,
    )
    text = "\n".join(lines)
    assert "  a [fixed]" in text
    assert "  b [once]" in text
    assert "[fixed] bought" in text
    assert "[once] paid once" in text


def test_prices_older_than_90_days_are_warned_of_with_their_share(capsys: pytest.CaptureFixture[str]) -> None:
    old = _line("old", Span.flat(1), "25", as_of=date(2026, 8, 24))  # 91 days
    new = _line("new", Span.flat(1), "75", as_of=date(2026, 8, 25))  # 90 days
    text = "\n".join(_shown(_report(old, new), capsys))
    assert "! 1 of 2 prices are older than 90 days (25 % of the cost); the oldest is of 2026-08-24, 91 days" in text
    assert "older than" not in "\n".join(_shown(_report(new), capsys))


def test_what_is_not_included_is_told_with_the_field_that_includes_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert "  logs (usage.log_gb)" in _shown(_report(_line("a", Span.flat(1), "1")), capsys)
