"""Which edits follow from what rules found, and which do not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from components.plan.model import NodeCount
from policies.engine import evaluate
from policies.fixes import proposals
from policies.rules import RULES
from policies.rules.base import Edit
from policies.settings import RuleSettings, Settings, Waiver
from policies.subject import Subject
from tests.unit.policies.subjects import ENDPOINT, GROUP, GUARD, ON, POOL, SMALL, subject, verdict

OPEN = subject(endpoints=(replace(ENDPOINT, cidrs=("0.0.0.0/0",)),))
KEPT = replace(SMALL, nodes=NodeCount(min=1, desired=1, max=2))
# rule -> a subject that breaks it, and the edit that follows
FIXED: dict[str, tuple[Subject, Edit]] = {
    "no-public-ip": (OPEN, Edit(path="access.endpoint", value="private")),
    "spot-forbidden": (
        subject(pools=(replace(POOL, capacity_types=("spot", "on-demand")),)),
        Edit(path="pools.train.capacity", value=["on-demand"]),
    ),
    "scale-to-zero": (
        subject(environment="dev", groups=(KEPT,), guards=(replace(GUARD, protected=False),)),
        Edit(path="pools.try.nodes", value="0..2"),
    ),
    "placement-mismatch": (
        subject(groups=(replace(GROUP, fabric=False),)),
        Edit(path="pools.train.fabric", value="required"),
    ),
    "data-protection-and-teardown": (
        subject(guards=(replace(GUARD, path="protect", protected=False),)),
        Edit(path="protect", value=True),
    ),
}
CHOICES: dict[str, Subject] = {
    "an endpoint by hand": subject(endpoints=(replace(ENDPOINT, path="", resource="own", cidrs=("0.0.0.0/0",)),)),
    "an endpoint that may be public": subject(endpoints=(replace(ENDPOINT, public=None),)),
    "spot and nothing else": subject(pools=(replace(POOL, capacity_types=("spot",)),)),
    "spot beside what was bought": subject(pools=(replace(POOL, capacity_types=("reservation", "spot")),)),
    "a pool of unknown size": subject(environment="dev", groups=(replace(KEPT, nodes=None),), guards=()),
    "an unknown fabric": subject(groups=(replace(GROUP, fabric=None),)),
}


@pytest.mark.parametrize("rule", FIXED)
def test_what_follows_from_a_violation(rule: str) -> None:
    broken, edit = FIXED[rule]
    assert verdict(evaluate(broken), rule) == "fail"
    assert edit in [one.edit for one in proposals(broken, Settings()) if one.rule == rule]


def test_every_rule_that_fixes_is_tried() -> None:
    tried_by_itself = {"idle-ttl"}  # the day depends on the day: see below
    assert {rule.id for rule in RULES if rule.fix is not None} == {*FIXED, *tried_by_itself}


@pytest.mark.parametrize("name", CHOICES)
def test_what_a_person_must_choose(name: str) -> None:
    assert [one for one in proposals(CHOICES[name], Settings()) if one.rule != "idle-ttl"] == []


def test_a_sound_cluster_needs_none() -> None:
    assert proposals(subject(), Settings()) == ()


def test_a_cluster_in_dev_without_an_end_gets_a_month() -> None:
    (lifetime,) = subject().lifetimes
    endless = subject(
        environment="dev", lifetimes=(replace(lifetime, path="schedule.expires", stated=False, expires=None),)
    )
    edits = [one.edit for one in proposals(endless, Settings()) if one.rule == "idle-ttl"]
    assert edits == [Edit(path="schedule.expires", value=(ON + timedelta(days=30)).isoformat())]


def test_what_is_disabled_or_waived_stays() -> None:
    off = Settings(rules={"no-public-ip": RuleSettings(level="disabled")})
    assert proposals(OPEN, off) == ()
    waiver = Waiver(rule="no-public-ip", path="access.endpoint", reason="until the VPN is there", expires=ON)
    assert proposals(OPEN, Settings(waivers=(waiver,))) == ()
    over = replace(waiver, expires=ON - timedelta(days=1))
    assert len(proposals(OPEN, Settings(waivers=(over,)))) == 1
