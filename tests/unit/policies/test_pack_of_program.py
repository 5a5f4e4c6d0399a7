"""The pack over a whole cluster's resources, as the engine hands them over in a preview: what the cloud decides unknown."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

import pytest
import yaml
from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyProviderResource,
    PolicyResource,
    PolicyResourceOptions,
    StackValidationArgs,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from components.cost.estimate import report_for
from components.errors import Level
from components.plan.planner import plan
from components.program import deploy
from components.spec.loader import load
from components.spec.project import Project, find_project
from policies.case import STACK, Case, case_of
from policies.engine import evaluate
from policies.pack import case_of_stack
from policies.readers.graph import references
from policies.wire import plain
from scripts.cli.assess import assess_planned, planned
from scripts.preview import capture
from scripts.preview.capture import Captured
from tests.support.aws_resources import ROOT
from tests.unit.policies.subjects import ON

NAME = "prod-aws"


def project() -> Project:
    return find_project(ROOT)


@cache
def program(name: str = NAME) -> Captured:
    loaded = load(name, project())

    def run() -> None:
        deploy(plan(loaded), loaded)

    return capture.run(run, stack=name, config={})


def config(name: str = NAME, **changes: Any) -> str:
    file = project().stacks()[name]
    value = yaml.safe_load(file.read_text())["config"]["gpu-fleet:cluster"]
    return json.dumps(value | changes)


def unknown(value: Any) -> Any:
    """The value with the SDK's mark in place of what the cloud decides, and numbers as the wire has them."""
    if isinstance(value, Mapping):
        if {"ref", "join", "secret"} & set(value) and len(value) == 1:
            return UNKNOWN_STRING_VALUE
        return {key: unknown(one) for key, one in value.items()}
    if isinstance(value, list):
        return [unknown(one) for one in value]
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def handed_over(name: str = NAME) -> list[PolicyResource]:
    made: dict[str, PolicyResource] = {}
    for one in program(name).resources:
        links = {key: [made[name] for name in references(value) if name in made] for key, value in one.inputs.items()}
        kind = f"pulumi:providers:{one.type.partition(':')[0]}"
        provider = PolicyProviderResource(kind, unknown_checking_proxy({}), "", one.provider or "")
        made[one.name] = PolicyResource(
            one.type,
            unknown_checking_proxy(unknown(dict(one.inputs)) | {"id": UNKNOWN_STRING_VALUE}),
            f"urn:pulumi:{name}::gpu-fleet::{one.type}::{one.name}",
            one.name,
            PolicyResourceOptions(one.protect, [], None, [], PolicyCustomTimeouts(0, 0, 0), []),
            provider if one.custom else None,
            made.get(one.parent or ""),
            [],
            links,
        )
    return list(made.values())


def failing(case: Case) -> set[str]:
    return {one.id for one in evaluate(case.subject, case.settings).verdicts if one.verdict == "fail"}


def judged(value: str | None, resources: Sequence[Mapping[str, Any]] = (), name: str = NAME) -> Case:
    found = [*map(plain, handed_over(name)), *resources]
    return case_of(found, stack=name, environment="nowhere", config=value, on=ON)


# On Google Cloud an H100 costs more than on AWS at list price, and Lustre more than the rule's default.
@pytest.mark.parametrize(("name", "told"), [(NAME, set()), ("prod-gcp", {"cross-cloud-delta", "storage-cost"})])
def test_a_previewed_cluster_is_judged_as_its_plan_is(name: str, told: set[str]) -> None:
    case = judged(config(name), name=name)
    assert case.subject.environment == "prod"
    assert case.subject.cost.unpriced == ()
    assert failing(case) == told
    by_plan = assess_planned(planned(name), report_for(planned(name).plan, planned(name).catalog, ON), ON)
    assert {one.id for one in by_plan.rules if one.verdict == "fail"} == told


def test_a_previewed_cluster_on_google_cloud_is_stopped() -> None:
    """By the pack's own case, with what only the cloud decides unknown."""
    resources = handed_over("prod-gcp")
    open_ = {"masterAuthorizedNetworksConfig": {"cidrBlocks": [{"cidrBlock": "0.0.0.0/0"}]}, "privateClusterConfig": {}}
    changed = [
        one | {"inputs": one["inputs"] | open_} if one["type"] == "gcp:container/cluster:Cluster" else one
        for one in map(plain, resources)
    ]
    case = case_of(changed, stack="prod-gcp", environment="nowhere", config=config("prod-gcp"), on=ON)
    verdicts = {one.id: (one.level, one.verdict) for one in evaluate(case.subject, case.settings).verdicts}
    assert verdicts["no-public-ip"] == ("mandatory", "fail")


def test_the_specs_budget_and_policy_hold() -> None:
    policy = {"rules": {"required-tags": {"parameters": {"keys": ["team"]}}}}
    case = judged(config(budget={"usd_per_month": 100000}, policy=policy))
    assert failing(case) == {"monthly-budget-ceiling", "required-tags"}


def exported(catalog: str | None = "", **changes: Any) -> dict[str, Any]:
    """What the program exports; `catalog` is another version of the catalogue, None for none."""
    outputs = program()
    spec = unknown(dict(outputs.outputs["spec"])) | changes
    version = {} if catalog is None else {"catalog_version": catalog or outputs.outputs["catalog_version"]}
    inputs = {"spec": spec, **version}
    return {"type": STACK, "name": f"gpu-fleet-{NAME}", "parent": None, "provider": None, "inputs": inputs}


def told(case: Case, id: str) -> list[tuple[Level, str]]:
    return [(one.level, one.message) for one in case.findings if one.id == id]


def test_a_program_that_has_exported_what_it_should_is_told_nothing() -> None:
    for value in (config(), None):
        found = judged(value, [exported()])
        assert told(found, "exported-spec") == told(found, "exported-catalog") == []
    assert told(judged(config()), "exported-spec") == [], "before its first deployment a stack has exported nothing"


def test_a_cluster_without_a_spec_is_an_error() -> None:
    ((level, message),) = told(judged(None), "exported-spec")
    assert level is Level.ERROR
    assert "the state has a cluster and no spec of it" in message


def test_a_spec_unlike_the_config_blocks() -> None:
    ((level, message),) = told(judged(config(), [exported(region="us-west-2")]), "exported-spec")
    assert level is Level.MANDATORY
    assert message == "the spec that was deployed is not the one of the config"


def test_another_catalogue_is_told_and_a_missing_one_is_an_error() -> None:
    ((level, message),) = told(judged(None, [exported("2025-01-01-x")]), "exported-catalog")
    assert level is Level.ADVISORY
    assert "it was deployed with the catalogue 2025-01-01-x, and is judged with 20" in message
    assert [level for level, _ in told(judged(None, [exported(None)]), "exported-catalog")] == [Level.ERROR]


def test_a_state_is_judged_without_its_config() -> None:
    case = judged(None, [exported()])
    assert (case.subject.environment, failing(case)) == ("prod", set())
    assert case.subject.budget == judged(config()).subject.budget


def test_an_analyzed_state_is_that_of_the_stack_in_its_urns() -> None:
    """`pulumi policy analyze` selects no stack; under another name a pool would be taken for the system's."""
    resources = handed_over()
    found = [*map(plain, resources), exported()]
    case = case_of_stack(found, StackValidationArgs(resources, None, {}), {})
    assert case.subject.stack == NAME
    assert {one.resource: one.path for one in case.subject.groups} == {
        f"{NAME}-train-reservation-nodes": "pools.train",
        f"{NAME}-system-nodes": "system",
    }


def test_the_exported_spec_stands_in_for_a_config_whose_blueprint_is_out_of_sight() -> None:
    case = judged(config(blueprint="elsewhere"), [exported()])
    assert (case.findings, failing(case)) == (judged(config()).findings, set())


@pytest.mark.parametrize("changes", [{"cloud": 7.0}, {"cloud": "moon"}, {"no_such_field": True}])
def test_an_exported_spec_that_cannot_be_read_is_a_finding(changes: dict[str, Any]) -> None:
    case = judged(None, [exported(**changes)])
    assert Level.ERROR in {finding.level for finding in case.findings}


def test_another_programs_output_of_this_name_is_no_spec() -> None:
    other = exported() | {"inputs": {"spec": {"containers": []}}}
    case = case_of([other], stack="web", environment="dev", config=None, on=ON)
    assert {finding.level for finding in case.findings} <= {Level.ADVISORY}
