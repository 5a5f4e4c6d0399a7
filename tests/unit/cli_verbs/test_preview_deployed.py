"""`gpufleet preview --state`: what the rules on a change are told of what is deployed.

The states are those that the engine exported after an `up` of each stack, with the cost that the program exported then.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from scripts.baseline.deployed import deployed
from tests.support.exports import resource
from tests.unit.cli_verbs.conftest import DAY, ROOT, Run
from tests.upgrade.states import state_of, write

SMALL, PROD = "small-aws", "prod-aws"
COST = "1032.34"
"""What the state of `small-aws` has as its monthly maximum."""
MORE = "    pools: {dev: {nodes: 2}}\n"
BLOCKS = "    policy: {rules: {budget-increase: {level: mandatory}}}\n"
ROLE = "arn:aws:iam::123456789012:role/former"


def outputs(state: Mapping[str, Any]) -> dict[str, Any]:
    return next(one["outputs"] for one in state["deployment"]["resources"] if one["type"] == "pulumi:pulumi:Stack")


def maximum(state: Mapping[str, Any]) -> tuple[Decimal | None, str]:
    found = deployed(state["deployment"], SMALL, date.fromisoformat(DAY))
    assert found.name == "deployed"
    return found.monthly_max, found.why


def test_the_resources_of_a_state_cost_what_was_exported_when_they_were_made() -> None:
    amount, _ = maximum(state_of(SMALL))
    assert outputs(state_of(SMALL))["monthly_list_cost_usd"]["max"] == COST
    assert f"{amount:.2f}" == COST


def test_they_are_priced_anew_so_that_new_prices_are_no_edit() -> None:
    state = state_of(SMALL)
    outputs(state)["monthly_list_cost_usd"]["max"] = "1.00"
    assert f"{maximum(state)[0]:.2f}" == COST
    del outputs(state)["spec"]
    assert maximum(state) == (Decimal("1.00"), ""), "the next best thing, where the spec is not there"


@pytest.mark.parametrize("told", [None, "much", {}, {"max": "much"}, {"max": "NaN"}])
def test_a_state_with_neither_spec_nor_cost_says_so(told: Any) -> None:
    state = state_of(SMALL)
    del outputs(state)["spec"]
    outputs(state)["monthly_list_cost_usd"] = told
    assert maximum(state) == (None, "the state has neither the spec nor the cost of what is deployed among its outputs")


def test_what_had_no_price_then_is_unknown() -> None:
    state = state_of(SMALL)
    del outputs(state)["spec"]
    outputs(state)["monthly_list_cost_usd"]["unpriced"] = ["p99.metal"]
    assert maximum(state) == (None, "")


def test_nothing_is_deployed_of_a_stack_without_resources() -> None:
    state = state_of(SMALL)
    state["deployment"]["resources"] = state["deployment"]["resources"][:1]
    assert maximum(state) == maximum({"deployment": {}}) == (Decimal(0), "")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "stacks", tmp_path / "stacks", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    return tmp_path


def previewed(run: Run, folder: Path, stack: str, state: dict[str, Any], added: str = "", status: int = 0) -> Any:
    file = write(folder, stack, state)
    with (folder / "stacks" / f"Pulumi.{stack}.yaml").open("a") as written:
        written.write(added)
    words = ("preview", stack, "--state", str(file), "--date", DAY, "--output", "json")
    done = run(*words, cwd=folder)
    assert done.status == status, done.out + done.err
    return done.document("preview")


def verdicts(found: Mapping[str, Any]) -> dict[str, str]:
    return {one["id"]: one["verdict"] for one in found["rules"]}


def told(found: Mapping[str, Any], id: str) -> list[tuple[str, str, str]]:
    return [(one["level"], one["path"], one["message"]) for one in found["findings"] if one["id"] == id]


def test_an_increase_over_what_is_deployed_is_judged(run: Run, folder: Path) -> None:
    """One more g6.xlarge for 730 hours at 0.8048 USD (587.50), and its root disk of 300 GiB at 0.08 USD (24.00)."""
    found = previewed(run, folder, SMALL, state_of(SMALL), MORE + BLOCKS, status=1)
    ((level, path, message),) = told(found, "budget-increase")
    assert (level, path) == ("mandatory", "budget")
    assert message.startswith(
        "the monthly maximum grows by 611.50 USD, 59 %: from 1,032.34 USD on deployed to 1,643.84"
    )


def test_what_is_deployed_as_it_is_passes_both_rules(run: Run, folder: Path) -> None:
    found = verdicts(previewed(run, folder, SMALL, state_of(SMALL)))
    assert (found["budget-increase"], found["protected-replacement"]) == ("pass", "pass")


def test_where_a_state_does_not_tell_its_cost_the_rule_fails_and_says_why(run: Run, folder: Path) -> None:
    state = state_of(SMALL)
    del outputs(state)["spec"], outputs(state)["monthly_list_cost_usd"]
    ((_, _, message),) = told(previewed(run, folder, SMALL, state, BLOCKS, status=1), "budget-increase")
    assert message == (
        "how much more than deployed it costs is unknown: the state has neither the spec nor the cost of what is"
        " deployed among its outputs"
    )


def test_a_refusal_is_told_once(run: Run, folder: Path) -> None:
    """By the rule. Its node groups go with a cluster: the spec protects them, the engine would not refuse that."""
    state = state_of(PROD)
    resource(state, f"{PROD}-control-plane")["inputs"]["roleArn"] = ROLE
    found = previewed(run, folder, PROD, state, status=1)
    assert told(found, "protected") == []
    blocked = {path: (level, message) for level, path, message in told(found, "protected-replacement")}
    assert blocked[f"{PROD}-control-plane"] == (
        "mandatory",
        "control-plane (cluster) would be replaced because of roleArn, and it is protected: the engine would refuse it",
    )
    assert blocked["pools.train"][1].endswith(" and it is protected")


def test_a_refusal_that_no_rule_blocks_for_is_told_all_the_same(run: Run, folder: Path) -> None:
    state = state_of(SMALL)
    cluster = resource(state, f"{SMALL}-control-plane")
    cluster["inputs"]["roleArn"], cluster["protect"] = ROLE, True
    waived = (
        "    policy: {waivers: [{rule: protected-replacement, reason: a trial of ours, by: research,"
        ' expires: "2026-12-31"}]}\n'
    )
    found = previewed(run, folder, SMALL, state, waived, status=1)
    assert verdicts(found)["protected-replacement"] == "waived"
    ((level, path, _),) = told(found, "protected")
    assert (level, path) == ("mandatory", f"{SMALL}-control-plane")
