"""Levels, parameters, waivers and verdicts."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from components.errors import Finding, Level
from policies.engine import evaluate
from policies.rules import RULES
from policies.rules.base import Violation
from policies.settings import RuleSettings, Settings, Waiver, settings_of
from policies.subject import Baseline, Subject
from policies.waivers import SETTING, covers
from tests.unit.policies.cases import REFUSED
from tests.unit.policies.subjects import ON, POOL, TAGGED, subject, verdict

SPOT = "spot-forbidden"
SPOTTED = subject(pools=(replace(POOL, capacity_types=("spot",)),))

ON_A_CHANGE = ("budget-increase", "protected-replacement")
COMPARED = subject(baseline=Baseline(name="main", monthly_max=Decimal(10**6)), replacements=())


def waiver(rule: str = SPOT, expires: date = ON, path: str = "*") -> Settings:
    return Settings(waivers=(Waiver(rule=rule, path=path, reason="trial until the blocks arrive", expires=expires),))


def of(findings: tuple[Finding, ...], rule: str) -> list[Finding]:
    return [finding for finding in findings if finding.id == rule]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[0]}: {case[1]}")
def test_a_waiver_waives_and_is_told(case: tuple[str, str, Subject, Settings, str]) -> None:
    rule, _, one, settings, _ = case
    judgement = evaluate(one, replace(settings, waivers=waiver(rule).waivers))
    (found,) = of(judgement.findings, rule)
    assert verdict(judgement, rule) == "waived"
    assert found.level is Level.ADVISORY
    assert found.message.startswith("waived until 2026-11-24 (trial until the blocks arrive): ")


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[0]}: {case[1]}")
def test_an_expired_waiver_waives_nothing_and_is_told(case: tuple[str, str, Subject, Settings, str]) -> None:
    rule, _, one, settings, _ = case
    judgement = evaluate(one, replace(settings, waivers=waiver(rule, expires=ON - timedelta(days=1)).waivers))
    (found,) = of(judgement.findings, rule)
    assert verdict(judgement, rule) == "fail"
    assert found.level == next(one.level for one in judgement.verdicts if one.id == rule)
    assert found.message.endswith("(its waiver expired after 2026-11-23: trial until the blocks arrive)")


def test_a_waiver_covers_only_what_it_names() -> None:
    other = replace(POOL, name="eval", path="pools.eval", what="pool eval", capacity_types=("spot",))
    one = subject(pools=(*SPOTTED.pools, other))
    judgement = evaluate(one, waiver(path="pools.train"))
    assert verdict(judgement, SPOT) == "fail"
    assert [finding.level for finding in of(judgement.findings, SPOT)] == [Level.ADVISORY, Level.MANDATORY]
    assert verdict(evaluate(one, waiver(path="pools.*")), SPOT) == "waived"


@pytest.mark.parametrize(
    ("glob", "path", "resource", "covered"),
    [
        ("*", "", "", True),
        ("pools.train", "pools.train", "", True),
        ("pools.train", "pools.train.capacity", "", True),
        ("pools.train", "pools.trainer", "", False),
        ("pools.*.capacity", "pools.train.capacity", "", True),
        ("bastion*", "", "bastion-1", True),
        ("bastion", "pools.train", "bastion", False),
        ("bastion", "", "other", False),
        ("Pools.train", "pools.train", "", False),
    ],
)
def test_globs(glob: str, path: str, resource: str, covered: bool) -> None:
    one = Waiver(rule=SPOT, reason="", expires=ON, path=glob)
    assert covers(one, Violation(message="", path=path, resource=resource)) is covered


@pytest.mark.parametrize(
    ("path", "resource", "covered"),
    [("", "bastion-1", True), ("", "other", False), ("pools.train", "bastion-1", False), ("", "", False)],
)
def test_a_waiver_of_a_resource_covers_what_no_spec_decides(path: str, resource: str, covered: bool) -> None:
    one = Waiver(rule=SPOT, reason="", expires=ON, resource="bastion-*")
    assert covers(one, Violation(message="", path=path, resource=resource)) is covered


def test_the_longest_waiver_counts() -> None:
    both = Settings(waivers=(*waiver(expires=date(2026, 1, 1)).waivers, *waiver(expires=date(2027, 1, 1)).waivers))
    judgement = evaluate(SPOTTED, both)
    assert verdict(judgement, SPOT) == "waived"
    assert "waived until 2027-01-01" in of(judgement.findings, SPOT)[0].message


def test_an_idle_waiver_is_worth_knowing() -> None:
    (found,) = evaluate(subject(), waiver(path="pools.gone")).findings
    assert (found.id, found.level, found.path) == (SETTING, Level.ADVISORY, "policy.waivers.0")
    assert "the waiver of spot-forbidden waives nothing: nothing that 'pools.gone' matches" in found.message
    off = replace(waiver(), rules={SPOT: RuleSettings(level="disabled")})
    assert "the rule is disabled" in evaluate(SPOTTED, off).findings[0].message


def error(settings: Settings) -> Finding:
    (found,) = evaluate(subject(), settings).findings
    assert found.level is Level.ERROR
    return found


def test_a_waiver_of_an_unknown_rule_is_an_error() -> None:
    found = error(waiver(rule="spot-forbiden"))
    assert (found.path, found.message) == ("policy.waivers.0.rule", "there is no rule 'spot-forbiden'")
    assert found.hint == "did you mean 'spot-forbidden'?"


def test_an_unknown_rule_is_an_error() -> None:
    found = error(Settings(rules={"encription": RuleSettings()}))
    assert (found.path, found.hint) == ("policy.rules.encription", "did you mean 'encryption'?")


def test_an_unknown_parameter_is_an_error() -> None:
    found = error(Settings(rules={"encryption": RuleSettings(parameters={"requires_key": True})}))
    assert found.path == "policy.rules.encryption.parameters.requires_key"
    assert found.message == "the rule encryption has no parameter 'requires_key'"
    assert found.hint == "did you mean 'require_key'?"
    none = error(Settings(rules={SPOT: RuleSettings(parameters={"x": 1})}))
    assert none.hint == "the rule has no parameters"


@pytest.mark.parametrize(
    ("rule", "parameter", "value", "expected"),
    [
        ("encryption", "require_key", "yes", "expected true or false, got 'yes'"),
        ("required-tags", "keys", "owner", "expected a list of texts, got 'owner'"),
        ("required-tags", "keys", ["owner", 7], "expected a list of texts, got ['owner', 7]"),
        ("no-public-ip", "widest_ipv4_prefix", 16.5, "expected a whole number, 0 or more, got 16.5"),
        ("no-public-ip", "widest_ipv4_prefix", True, "expected a whole number, 0 or more, got True"),
        ("monthly-budget-ceiling", "usd_per_month", "much", "or a mapping of environments to amounts, got 'much'"),
        ("monthly-budget-ceiling", "usd_per_month", {"prod": -1}, "or a mapping of environments to amounts"),
        ("monthly-budget-ceiling", "usd_per_month", float("nan"), "got nan"),
        ("gpu-hour-price-ceiling", "usd_per_gpu_hour", 12, "expected a mapping of names to amounts in USD, got 12"),
    ],
)
def test_a_value_of_the_wrong_kind_is_an_error(rule: str, parameter: str, value: Any, expected: str) -> None:
    found = error(Settings(rules={rule: RuleSettings(parameters={parameter: value})}))
    assert found.path == f"policy.rules.{rule}.parameters.{parameter}"
    assert expected in found.message
    assert found.hint


@pytest.mark.parametrize(
    ("environment", "level", "expected"),
    [
        ("prod", None, Level.MANDATORY),
        ("production", None, Level.MANDATORY),
        ("dev", None, Level.ADVISORY),
        ("dev", "mandatory", Level.MANDATORY),
        ("prod", {"prod": "advisory"}, Level.ADVISORY),
        ("production", {"prod": "advisory"}, Level.MANDATORY),
        ("live", {"live": "mandatory"}, Level.MANDATORY),
        ("lab", {"*": "mandatory", "prod": "advisory"}, Level.MANDATORY),
    ],
)
def test_levels(environment: str, level: Any, expected: Level) -> None:
    one = replace(SPOTTED, environment=environment)
    judgement = evaluate(one, Settings(rules={SPOT: RuleSettings(level=level)}))
    (found,) = of(judgement.findings, SPOT)
    assert found.level is expected
    assert verdict(judgement, SPOT) == "fail"
    assert next(v.level for v in judgement.verdicts if v.id == SPOT) == expected.value


def test_required_tags_is_mandatory_where_money_is_spent() -> None:
    untagged = subject(taggables=(replace(TAGGED, tags={}),))
    levels = {
        name: evaluate(replace(untagged, environment=name)).findings[0].level
        for name in ("prod", "production", "staging", "dev", "ci")
    }
    assert [name for name, level in levels.items() if level is Level.MANDATORY] == ["prod", "production", "staging"]


def test_there_is_one_verdict_a_rule_in_their_order() -> None:
    judgement = evaluate(subject())
    assert [one.id for one in judgement.verdicts] == [rule.id for rule in RULES]
    told = {rule.id: "disabled" for rule in RULES if rule.level_in("prod") == "disabled"}
    told |= dict.fromkeys(ON_A_CHANGE, "not-compared")
    assert [one.verdict for one in judgement.verdicts] == [told.get(one.id, "pass") for one in RULES]
    assert judgement.findings == ()
    assert judgement.verdicts[0].to_dict() == {
        "id": "monthly-budget-ceiling",
        "level": "mandatory",
        "verdict": "pass",
    }


def test_settings_of_a_plan_are_those_of_its_spec() -> None:
    read = settings_of(
        {
            "rules": {"encryption": {"level": None, "parameters": {"require_key": True}}, SPOT: {"level": "advisory"}},
            "waivers": [{"rule": SPOT, "reason": "a good one", "by": "research", "expires": "2027-01-31"}],
        }
    )
    assert read.rules["encryption"].parameters == {"require_key": True}
    assert read.rules[SPOT].level == "advisory"
    assert read.waivers == (Waiver(rule=SPOT, path="*", reason="a good one", by="research", expires=date(2027, 1, 31)),)
    assert settings_of({}) == Settings()


def test_every_waiver_is_told_with_what_became_of_it() -> None:
    made = [
        {"rule": SPOT, "reason": "until the blocks arrive", "by": "research", "expires": "2026-11-24"},
        {"rule": SPOT, "reason": "until the blocks arrive", "by": "research", "expires": "2026-11-23"},
        {"rule": "encryption", "reason": "nothing at all", "by": "nobody", "expires": "2027-01-31"},
    ]
    told = [one.to_dict() for one in evaluate(SPOTTED, settings_of({"waivers": made})).waivers]
    assert [one["state"] for one in told] == ["active", "expired", "idle"]
    assert told[0] == made[0] | {"path": "*", "resource": "*", "state": "active"}
    (found,) = of(evaluate(SPOTTED, settings_of({"waivers": made})).findings, SPOT)
    assert found.message.startswith("waived until 2026-11-24 (until the blocks arrive, research): ")


def test_a_rule_that_needs_a_plan_says_so_where_there_is_none() -> None:
    rule = replace(RULES[0], needs_plan=True)
    judgement = evaluate(subject(planned=False), rules=(rule,))
    assert [(one.id, one.verdict) for one in judgement.verdicts] == [(rule.id, "needs-plan")]
    (found,) = judgement.findings
    assert (found.level, found.message.startswith(f"{rule.id} was not judged: it needs the plan")) == (
        Level.ADVISORY,
        True,
    )
    assert evaluate(subject(), rules=(rule,)).verdicts[0].verdict == "pass"
    off = Settings(rules={rule.id: RuleSettings(level="disabled")})
    assert evaluate(subject(planned=False), off, rules=(rule,)).verdicts[0].verdict == "disabled"


def test_a_rule_on_a_change_judges_nothing_where_nothing_was_compared() -> None:
    """And its waivers are not called idle then: nobody can tell. A level of its own is kept, and so is `disabled`."""
    assert {rule.id for rule in RULES if rule.compared is not None} == set(ON_A_CHANGE)
    made = [{"rule": one, "reason": "agreed", "by": "research", "expires": "2027-01-31"} for one in ON_A_CHANGE]
    waived = settings_of({"waivers": made})
    for one, became in ((subject(), "not-compared"), (COMPARED, "pass")):
        judgement = evaluate(one, waived)
        assert {each.id: each.verdict for each in judgement.verdicts if each.id in ON_A_CHANGE} == dict.fromkeys(
            ON_A_CHANGE, became
        )
        idle = {found.path for found in judgement.findings}
        assert idle == (set() if became == "not-compared" else {"policy.waivers.0", "policy.waivers.1"})
    off = Settings(rules={one: RuleSettings(level="disabled") for one in ON_A_CHANGE})
    assert {one.verdict for one in evaluate(subject(), off).verdicts if one.id in ON_A_CHANGE} == {"disabled"}
