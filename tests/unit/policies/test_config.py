"""Configuration by environment: what it may say, who it holds for, and that a stack may only tighten it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from components.errors import Finding, Level
from policies.config import SHIPPED, find, load, parse
from policies.engine import evaluate, level_of, parameters_of
from policies.resolve import settings_for, tighter
from policies.rules import RULES
from policies.settings import Settings, settings_of
from tests.unit.policies.subjects import ON, POOL, TAGGED, subject, verdict

BY_ID = {rule.id: rule for rule in RULES}
BUDGET = "monthly-budget-ceiling"
HOUR = "hourly-burn-ceiling"
SPOT = "spot-forbidden"
NEVER_LOWERED = ("unpriced-resource", BUDGET, "no-public-ip", "encryption")
Root = Any


@pytest.fixture
def root(tmp_path: Path) -> Root:
    """Writes configurations of a project, and gives its folder."""

    def write(**files: Any) -> Path:
        (tmp_path / "policies").mkdir(exist_ok=True)
        for name, value in files.items():
            text = value if isinstance(value, str) else json.dumps(value, indent=2)
            (tmp_path / "policies" / f"config.{name}.json").write_text(text)
        return tmp_path

    return write


def held(folder: Path | None, own: dict[str, Any] | None = None, **changes: Any) -> Settings:
    """The settings of a stack whose `policy` section is `own`."""
    given = {"environment": "dev", "budget": Decimal(1000), "on": ON, "root": folder} | changes
    return settings_for(settings_of(own or {}), **given)


def rules(**settings: Any) -> dict[str, Any]:
    return {"rules": {name.replace("_", "-"): value for name, value in settings.items()}}


def messages(settings: Settings, level: Level) -> list[str]:
    return [finding.message for finding in settings.findings if finding.level is level]


# --- what is shipped ---


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_what_is_shipped_is_sound_and_never_lowers_what_protects(environment: str) -> None:
    file = find(environment, None)
    assert file == SHIPPED / f"config.{environment}.json"
    assert load(file, file.name, RULES).findings == ()
    written = json.loads(file.read_text())
    for all_ in ("advisory", "disabled"):  # also where somebody lowers the rest
        config = parse({**written, "all": all_}, file.name, RULES)
        assert {config.rules[rule].level for rule in NEVER_LOWERED} == {"mandatory"}
        assert config.rules["hourly-burn-ceiling"].level == all_
    assert all(one != "disabled" for one in written.values())


# --- levels ---


def test_a_level_is_promoted_in_one_environment(root: Root) -> None:
    folder = root(dev={SPOT: "mandatory"}, lab={SPOT: {"enforcementLevel": "disabled"}})
    levels = {name: level_of(BY_ID[SPOT], held(folder, environment=name), name) for name in ("dev", "lab", "staging")}
    assert levels == {"dev": "mandatory", "lab": "disabled", "staging": "advisory"}
    spotted = subject(environment="dev", pools=(replace(POOL, capacity_types=("spot",)),))
    (found,) = [one for one in evaluate(spotted, held(folder)).findings if one.id == SPOT]
    assert (found.id, found.level) == (SPOT, Level.MANDATORY)


def test_all_is_every_rule_that_is_not_named(root: Root) -> None:
    settings = held(root(dev={"all": "advisory", "encryption": "mandatory"}))
    assert {rule.id for rule in RULES if level_of(rule, settings, "dev") == "mandatory"} == {"encryption"}


def test_the_projects_own_file_replaces_the_shipped_one(root: Root) -> None:
    assert level_of(BY_ID["required-tags"], held(None, environment="staging"), "staging") == "mandatory"
    settings = held(root(staging={"required-tags": "advisory"}), environment="staging")
    assert level_of(BY_ID["required-tags"], settings, "staging") == "advisory"


@pytest.mark.parametrize(("own", "expected"), [("advisory", "mandatory"), ("disabled", "mandatory")])
def test_a_stack_cannot_lower_a_level(root: Root, own: str, expected: str) -> None:
    settings = held(root(dev={SPOT: "mandatory"}), rules(spot_forbidden={"level": {"dev": own}}))
    assert level_of(BY_ID[SPOT], settings, "dev") == expected
    (found,) = settings.findings
    assert (found.level, found.path) == (Level.MANDATORY, "policy.rules.spot-forbidden.level")
    assert found.message == (
        f"a stack may only tighten what policies/config.dev.json sets: {own} is weaker than mandatory"
    )


def test_a_stack_may_raise_a_level(root: Root) -> None:
    settings = held(root(dev={SPOT: "advisory"}), rules(spot_forbidden={"level": "mandatory"}))
    assert (level_of(BY_ID[SPOT], settings, "dev"), settings.findings) == ("mandatory", ())


def test_what_no_configuration_sets_is_the_stacks(root: Root) -> None:
    settings = held(root(dev={}), rules(spot_forbidden={"level": "disabled"}))
    assert (level_of(BY_ID[SPOT], settings, "dev"), settings.findings) == ("disabled", ())


# --- parameters ---

# rule, parameter, what the configuration sets, what the stack wants, what holds, whether that loosens
PARAMETERS: list[tuple[str, str, Any, Any, Any, bool]] = [
    (HOUR, "usd_per_hour", 100.0, 50, {"*": 50}, False),
    (HOUR, "usd_per_hour", 100.0, 200, {"*": 100}, True),
    (HOUR, "usd_per_hour", {"prod": 50.0, "*": 100.0}, {"dev": 80, "prod": 900}, {"*": 80}, False),
    (HOUR, "usd_per_hour", {"*": 100.0}, {"dev": 101}, {"*": 100}, True),
    (HOUR, "usd_per_hour", {"prod": 50.0}, 900, {"*": 900}, False),
    ("gpu-hour-price-ceiling", "usd_per_gpu_hour", {"H100": 10.0, "L4": 1.0}, {"H100": 8, "T4": 1}, {"H100": 8, "L4": 1, "T4": 1}, False),
    ("gpu-hour-price-ceiling", "usd_per_gpu_hour", {"H100": 10.0}, {"H100": 12}, {"H100": 10}, True),
    ("no-public-ip", "widest_ipv4_prefix", 20.0, 24, 24, False),
    ("no-public-ip", "widest_ipv4_prefix", 20.0, 16, 20, True),
    ("required-tags", "keys", ["owner"], ["owner", "team"], ("owner", "team"), False),
    ("required-tags", "keys", ["owner", "team"], ["owner"], ("owner", "team"), True),
    ("encryption", "require_key", True, False, True, True),
    ("encryption", "require_key", False, True, True, False),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "name", "set_", "own", "holds", "loosens"), PARAMETERS)
def test_a_stack_tightens_parameters_and_never_loosens_them(
    root: Root, rule: str, name: str, set_: Any, own: Any, holds: Any, loosens: bool
) -> None:
    folder = root(dev={rule: {name: set_}})
    settings = held(folder, {"rules": {rule: {"parameters": {name: own}}}})
    assert getattr(parameters_of(BY_ID[rule], settings), name) == holds
    told = [(found.level, found.path) for found in settings.findings]
    assert told == ([(Level.MANDATORY, f"policy.rules.{rule}.parameters.{name}")] if loosens else [])


@pytest.mark.parametrize(
    ("direction", "set_", "own", "holds", "loose"),
    [
        ("subset", ("a", "b"), ("a",), ("a",), []),
        ("subset", ("a", "b"), ("a", "c"), ("a", "b"), ["a, c"]),
        ("false", True, False, False, []),
        ("false", False, True, False, ["true"]),
        (None, 5, 5, 5, []),
        (None, 5, 4, 5, ["4"]),
        (None, {"a": 1}, {"b": 2}, {"a": 1}, ["b"]),
    ],
)
def test_directions(direction: str | None, set_: Any, own: Any, holds: Any, loose: list[str]) -> None:
    assert tighter(direction, set_, own) == (holds, loose)


def test_the_ceiling_is_the_smaller_of_two_budgets(root: Root) -> None:
    for of_config, expected in ((300_000, "fail"), (500_000, "pass")):
        settings = held(root(prod={BUDGET: {"usd_per_month": of_config}}), environment="prod", budget=Decimal(500_000))
        assert verdict(evaluate(subject(), settings), BUDGET) == expected


# --- who is judged as production ---


def test_an_environment_that_nobody_knows_is_judged_as_production() -> None:
    settings = held(None, environment="lab")
    assert settings.judged_as == "prod"
    assert messages(settings, Level.ADVISORY) == [
        "no configuration knows the environment 'lab', so it is judged as prod"
    ]
    untagged = subject(environment="lab", taggables=(replace(TAGGED, tags={}),))
    found = [one for one in evaluate(untagged, settings).findings if one.id == "required-tags"]
    assert [one.level for one in found] == [Level.MANDATORY]


def test_without_a_budget_it_is_judged_as_production(root: Root) -> None:
    settings = held(None, budget=None)
    assert settings.judged_as == "prod"
    assert messages(settings, Level.ADVISORY) == ["no monthly budget is set, so dev is judged as prod"]
    folder = root(dev={BUDGET: {"usd_per_month": {"dev": 5000}}}, prod={BUDGET: {"usd_per_month": 7000}})
    assert held(folder, budget=None).judged_as == "dev"
    folder = root(dev={BUDGET: {"usd_per_month": {"prod": 5000}}})
    assert parameters_of(BY_ID[BUDGET], held(folder, budget=None)).model_dump()["usd_per_month"] == {"*": 7000}


def test_a_projects_own_environment_is_known(root: Root) -> None:
    settings = held(root(lab={}), environment="lab")
    assert (settings.judged_as, settings.findings) == ("lab", ())


# --- waivers ---


def waiver(rule: str = SPOT, days: int = 30) -> dict[str, Any]:
    until = (ON + timedelta(days=days)).isoformat()
    return {"waivers": [{"rule": rule, "reason": "until the blocks arrive", "by": "research", "expires": until}]}


def test_what_is_locked_cannot_be_waived(root: Root) -> None:
    settings = held(root(dev={SPOT: {"locked": True}}), waiver())
    (found,) = settings.findings
    assert (found.level, found.path) == (Level.MANDATORY, "policy.waivers.0.rule")
    assert found.message == "policies/config.dev.json locks spot-forbidden: it cannot be waived"
    judgement = evaluate(subject(environment="dev"), settings)
    assert [one.state for one in judgement.waivers] == ["refused"]


def test_a_locked_rule_keeps_its_level(root: Root) -> None:
    settings = held(root(dev={"encryption": {"locked": True}}), rules(encryption={"level": "advisory"}))
    assert level_of(BY_ID["encryption"], settings, "dev") == "mandatory"


@pytest.mark.parametrize(("days", "allowed"), [(45, True), (46, False)])
def test_a_waiver_ends_in_time(root: Root, days: int, allowed: bool) -> None:
    settings = held(root(dev={"waivers": {"max_days": 45.0}}), waiver(days=days))
    assert len(settings.waivers) == allowed
    expected = [] if allowed else ["the waiver of spot-forbidden ends in 46 days; 45 are allowed"]
    assert messages(settings, Level.MANDATORY) == expected


def test_it_is_ninety_days_where_nobody_says(root: Root) -> None:
    folder = root(dev={})
    assert held(folder, waiver(days=90)).findings == ()
    assert messages(held(folder, waiver(days=91)), Level.MANDATORY)


# --- what is wrong with a configuration ---


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{\n "encription": "mandatory"\n}', 2, "there is no rule 'encription'"),
        ('{\n "encryption": "strict"\n}', 2, "'strict' is no level"),
        ('{\n "encryption": {\n  "enforcementLevel": 3}\n}', 3, "3 is no level"),
        ('{"encryption": {\n "require_key":\n "yes"}}', 2, "expected true or false, got 'yes'"),
        ('{"encryption": {\n "keys": []}}', 2, "the rule encryption has no parameter 'keys'"),
        ('{"encryption": {\n "locked": 1}}', 2, "expected true or false, got 1"),
        ('{"all": {\n "require_key": true}}', 2, "'all' sets a level and nothing else"),
        ('{"waivers": {"max_days": -1}}', 1, "expected a whole number, 0 or more, got -1"),
        ('{"encryption": "advisory",\n "encryption": "mandatory"}', None, "the key 'encryption' stands there twice"),
        ('{\n "encryption": advisory}', 2, "the configuration cannot be read: Expecting value"),
        ("[]", 1, "the configuration is not a map of rules"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(root: Root, text: str, place: int | None, message: str) -> None:
    settings = held(root(dev=text))
    (found,) = [one for one in settings.findings if one.level is Level.ERROR]
    assert message in found.message
    assert (found.file, found.line) == ("policies/config.dev.json", place)


def test_everything_wrong_is_told_at_once(root: Root) -> None:
    settings = held(root(dev={"encription": "mandatory", "encryption": {"require_key": 1, "x": 2}}))
    assert len(messages(settings, Level.ERROR)) == 3


def test_what_a_stack_gets_wrong_is_told_beside_its_configuration(root: Root) -> None:
    settings = held(root(dev={SPOT: "mandatory"}), rules(encription={}, required_tags={"parameters": {"keys": "x"}}))
    assert [(one.level, one.path) for one in settings.findings] == [
        (Level.ERROR, "policy.rules.encription"),
        (Level.ERROR, "policy.rules.required-tags.parameters.keys"),
    ]
    found: Finding = evaluate(subject(environment="dev"), settings).findings[0]
    assert found.path == "policy.rules.encription"


def test_a_run_of_the_pack_wins_over_the_file(root: Root) -> None:
    folder = root(dev={SPOT: "advisory", "encryption": {"require_key": True}})
    pack = {SPOT: {"enforcementLevel": "mandatory"}, "encryption": {"locked": True}, "waivers": {"max_days": 5}}
    settings = held(folder, waiver(days=6), pack=pack)
    assert level_of(BY_ID[SPOT], settings, "dev") == "mandatory"
    assert parameters_of(BY_ID["encryption"], settings).model_dump() == {"require_key": True}
    assert messages(settings, Level.MANDATORY) == ["the waiver of spot-forbidden ends in 6 days; 5 are allowed"]
