"""Each rule by itself: the compliant baseline passes, and each way of breaking it is refused in its own words."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from components.errors import Level
from policies.engine import evaluate
from policies.settings import RuleSettings, Settings
from policies.subject import Subject
from tests.unit.policies.cases import ACCEPTED, NO_CEILINGS, REFUSED
from tests.unit.policies.subjects import RATE, TAGGED, budget, cost, judged, subject, verdict, with_parameters


def named(case: tuple[Any, ...]) -> str:
    return f"{case[0]}: {case[1]}"


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_refuses(case: tuple[str, str, Subject, Settings, str]) -> None:
    rule, _, one, settings, message = case
    result, messages = judged(rule, one, settings)
    assert result == "fail"
    assert len(messages) == 1
    assert re.search(message, messages[0]), messages[0]


@pytest.mark.parametrize("case", ACCEPTED, ids=named)
def test_accepts(case: tuple[str, str, Subject, Settings]) -> None:
    rule, _, one, settings = case
    assert judged(rule, one, settings) == ("pass", [])


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_says_nothing_when_disabled(case: tuple[str, str, Subject, Settings, str]) -> None:
    rule, _, one, settings, _ = case
    off = RuleSettings(level="disabled", parameters=settings.rules[rule].parameters if rule in settings.rules else {})
    assert judged(rule, one, Settings(rules={rule: off})) == ("disabled", [])


def test_warns_from_eighty_percent_of_the_budget() -> None:
    judgement = evaluate(subject(cost=cost(maximum="400000")))
    (finding,) = judgement.findings
    assert (finding.level, finding.path) == (Level.ADVISORY, "budget.usd_per_month")
    assert "400,000.00 USD a month, 80 % of the ceiling of 500,000.00 USD" in finding.message
    assert evaluate(subject(cost=cost(maximum="399999.99"))).findings == ()
    later = with_parameters("monthly-budget-ceiling", warn_at_percent=90)
    assert judged("monthly-budget-ceiling", subject(cost=cost(maximum="400000")), later) == ("pass", [])


def test_the_ceiling_itself_is_allowed() -> None:
    judgement = evaluate(subject(cost=cost(maximum="500000")))
    assert verdict(judgement, "monthly-budget-ceiling") == "pass"
    assert "100 % of the ceiling" in judgement.findings[0].message


def test_says_that_no_monthly_ceiling_is_set() -> None:
    said = "no monthly ceiling is set for prod; the cluster costs up to 321,433.60 USD a month | set budget"
    for planned, expected in ((True, "fail"), (False, "pass")):
        result, (message,) = judged("monthly-budget-ceiling", subject(budget=NO_CEILINGS, planned=planned))
        assert result == expected
        assert message.startswith(said)


@pytest.mark.parametrize(
    ("rule", "parameter", "value", "ceiling"),
    [
        ("monthly-budget-ceiling", "usd_per_month", 300000, "300,000.00 USD"),
        ("hourly-burn-ceiling", "usd_per_hour", 400, "400.00 USD"),
        ("gpu-hour-price-ceiling", "usd_per_gpu_hour", {"H100": 6.5}, "6.50 USD"),
    ],
)
def test_the_lower_of_two_ceilings_holds(rule: str, parameter: str, value: Any, ceiling: str) -> None:
    result, (message,) = judged(rule, subject(), with_parameters(rule, **{parameter: value}))
    assert result == "fail"
    assert f"the ceiling of {ceiling}" in message
    higher = {"H100": 1000} if isinstance(value, dict) else 1000000
    assert judged(rule, subject(), with_parameters(rule, **{parameter: higher})) == ("pass", [])


def test_a_rules_own_ceilings_are_for_who_sets_none() -> None:
    dear = subject(budget=budget(usd_per_gpu_hour=Decimal(20)), rates=(replace(RATE, usd=Decimal("13.01")),))
    assert judged("gpu-hour-price-ceiling", dear) == ("pass", [])


def test_tags_of_one_spec_path_are_one_problem() -> None:
    things = tuple(replace(TAGGED, what=f"thing {number}", tags={}) for number in range(5))
    by_hand = replace(TAGGED, what="volume x", path="", resource="x", tags={})
    _, messages = judged("required-tags", subject(taggables=(*things, by_hand)))
    assert [message.split(": tags")[0] for message in messages] == ["thing 0, thing 1, thing 2 and 2 more", "volume x"]
