"""`gpufleet check` judges a plan, the policy pack the resources that a program registers: their verdicts are the same."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from components import program
from components.catalog import load as catalog_of
from components.cost.estimate import report_for
from components.errors import Finding, InputError
from components.plan.planner import plan
from components.spec.loader import LoadedSpec, load
from components.spec.project import find_project
from policies.case import STACK, case_of
from policies.engine import Judgement, evaluate
from scripts.cli.assess import Planned, assess_planned
from scripts.preview import capture
from tests.support.spec_strategies import whole_values
from tests.support.specs import load_value

ON = date(2026, 11, 24)
STACKS = sorted(find_project().stacks())

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")


def packed(loaded: LoadedSpec) -> Judgement:
    """What the pack makes of a preview's resources, through JSON and back."""
    made = plan(loaded)
    captured = capture.run(lambda: program.deploy(made, loaded), stack=made.stack, config={})
    root = {"type": STACK, "name": made.stack, "parent": None, "provider": None, "inputs": captured.outputs}
    resources = json.loads(json.dumps([root, *captured.to_json()], default=str))
    case = case_of(resources, stack=made.stack, environment="another", config=None, on=ON)
    return evaluate(case.subject, case.settings)


def checked(loaded: LoadedSpec) -> tuple[tuple[Any, ...], set[tuple[str, str, str]]]:
    made = plan(loaded)
    catalog = catalog_of(made.cloud)
    found = assess_planned(Planned(loaded=loaded, plan=made, catalog=catalog), report_for(made, catalog, ON), ON)
    ids = {verdict.id for verdict in found.rules}
    return found.rules, told(one for one in found.findings if one.id in ids)


def told(findings: Any) -> set[tuple[str, str, str]]:
    """What a person has to act on: which rule, how grave, and where in the spec."""
    all_: list[Finding] = list(findings)
    return {(one.id, one.level.value, one.path) for one in all_}


def assert_alike(loaded: LoadedSpec) -> None:
    by_pack = packed(loaded)
    verdicts, findings = checked(loaded)
    assert by_pack.verdicts == verdicts
    ids = {verdict.id for verdict in verdicts}
    assert told(one for one in by_pack.findings if one.id in ids) == findings


@pytest.mark.parametrize("stack", STACKS)
def test_shipped_stacks_are_judged_alike(stack: str) -> None:
    assert_alike(load(stack))


@settings(deadline=None, max_examples=10, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(whole_values())
def test_any_cluster_is_judged_alike(value: dict[str, Any]) -> None:
    try:
        loaded = load_value(value)
        plan(loaded)
    except InputError:
        assume(False)
        raise
    assert_alike(loaded)
