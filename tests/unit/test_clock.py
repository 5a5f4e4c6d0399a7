"""The day, and the variable that sets it for the command line and the policy pack alike."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from components import clock
from components.errors import InputError
from policies import pack
from policies.case import Case


class Later(datetime):
    @classmethod
    def now(cls, tz: object = None) -> datetime:
        return datetime(2028, 2, 29, 23, 59, tzinfo=UTC)


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "datetime", Later)


def test_without_the_variable_it_is_today_in_utc() -> None:
    assert clock.today({}) == clock.today({clock.VARIABLE: ""}) == date(2028, 2, 29)


def test_the_variable_wins_over_the_clock() -> None:
    assert clock.today({clock.VARIABLE: "2026-11-24"}) == date(2026, 11, 24)


@pytest.mark.parametrize("text", ["2027-02-29", "20270615", "2027-6-15", "2027-W01-1", "tomorrow", " 2027-06-15"])
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"GPU_FLEET_DATE is .*, which is no date") as refused:
        clock.today({clock.VARIABLE: text})
    assert "YYYY-MM-DD" in refused.value.findings[0].hint


def test_the_tests_have_a_day_of_their_own() -> None:
    assert clock.today() == date(2026, 11, 24)


class Arguments:
    """As much of what the SDK hands over as the pack reads."""

    stack_tags: dict[str, str] = {}
    resources: tuple[Any, ...] = ()


def case() -> Case:
    return pack.case_of_stack([], Arguments(), {})  # pyright: ignore[reportArgumentType]


def test_the_pack_goes_by_the_same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    assert case().subject.on == date(2026, 11, 24)
    monkeypatch.delenv(clock.VARIABLE)
    assert case().subject.on == date(2028, 2, 29)


def test_a_wrong_day_is_a_finding_of_the_pack(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(clock.VARIABLE, "yesterday")
    assert "GPU_FLEET_DATE is 'yesterday', which is no date" in [one.message for one in case().findings]
