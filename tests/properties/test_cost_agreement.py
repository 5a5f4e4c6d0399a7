"""What a cluster costs by its plan and by the resources of its preview is the same to the cent, for any spec.

The second reads only what `preview --output json` carries as `resources`; `Terms` holds what no resource can show.
"""

from __future__ import annotations

import copy
import json
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from components import program
from components.catalog import load as load_catalog
from components.cost.estimate import estimate, report_for
from components.cost.model import CostReport
from components.cost.readers.terms import Terms
from components.cost.report import to_document
from components.errors import InputError
from components.plan.planner import plan
from components.spec.loader import LoadedSpec, load
from components.spec.project import find_project
from scripts.preview import capture
from tests.support.spec_strategies import whole_values
from tests.support.specs import load_value

ON = date(2026, 11, 24)
STACKS = sorted(find_project().stacks())

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")


def previewed(loaded: LoadedSpec) -> list[dict[str, Any]]:
    """The resources of a preview, through JSON and back."""
    made = plan(loaded)
    captured = capture.run(lambda: program.deploy(made, loaded), stack=made.stack, config={})
    return json.loads(json.dumps(captured.to_json()))


def by_resources(resources: list[dict[str, Any]], loaded: LoadedSpec) -> CostReport:
    catalog = load_catalog(loaded.spec.cloud)
    reader = import_module(f"components.cost.readers.{loaded.spec.cloud}")
    items, left_out = reader.items_from_resources(resources, Terms.of(plan(loaded)), catalog, ON)
    return estimate(items, catalog, not_included=left_out)


def by_plan(loaded: LoadedSpec) -> CostReport:
    return report_for(plan(loaded), load_catalog(loaded.spec.cloud), ON)


@pytest.mark.parametrize("stack", STACKS)
def test_shipped_stacks_cost_by_their_resources_what_they_cost_by_their_plan(stack: str) -> None:
    loaded = load(stack)
    found = by_resources(previewed(loaded), loaded)
    assert to_document(found) == to_document(by_plan(loaded))
    assert not found.unpriced


@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(whole_values())
def test_any_cluster_costs_by_its_resources_what_it_costs_by_its_plan(value: dict[str, Any]) -> None:
    try:
        loaded = load_value(value)
        plan(loaded)
    except InputError:
        assume(False)
        raise
    assert to_document(by_resources(previewed(loaded), loaded)) == to_document(by_plan(loaded))


@pytest.fixture(scope="module")
def staging() -> tuple[LoadedSpec, list[dict[str, Any]]]:
    """4 on-demand nodes of 8 x H100 with a Lustre file system of 4,800 GiB."""
    loaded = load("staging-aws")
    return loaded, previewed(loaded)


# us-east-1, per hour, karpenter-provider-aws of 2026-07-20; gp3 per GB-month, AWS list of 2024-07; Lustre per GB-month.
P5, P5EN, GP3, LUSTRE_125 = Decimal("55.04"), Decimal("63.296"), Decimal("0.08"), Decimal("0.145")


def edited(resources: list[dict[str, Any]], name: str, *path: str | int, to: Any) -> list[dict[str, Any]]:
    found = copy.deepcopy(resources)
    (resource,) = (one for one in found if one["name"] == name)
    here = resource["inputs"]
    for step in path[:-1]:
        here = here[step]
    assert here[path[-1]] != to
    here[path[-1]] = to
    return found


@pytest.mark.parametrize(
    ("name", "path", "to", "change"),
    [
        ("staging-aws-train-on-demand-nodes", ("instanceTypes", 0), "p5en.48xlarge", 4 * (P5EN - P5) * 730),
        ("staging-aws-train-on-demand-nodes", ("scalingConfig", "maxSize"), 5, P5 * 730 + 300 * GP3),
        (
            "staging-aws-train-on-demand-template",
            ("blockDeviceMappings", 0, "ebs", "volumeSize"),
            400,
            4 * 100 * GP3,
        ),
        ("staging-aws-scratch-files", ("storageCapacity",), 7200, 2400 * LUSTRE_125),
    ],
    ids=["machine", "maximum", "disk", "capacity"],
)
def test_one_edited_input_costs_what_its_row_says(
    staging: tuple[LoadedSpec, list[dict[str, Any]]], name: str, path: tuple[str | int, ...], to: Any, change: Decimal
) -> None:
    loaded, resources = staging
    before = by_resources(resources, loaded).monthly.max
    after = by_resources(edited(resources, name, *path, to=to), loaded).monthly.max
    assert after - before == change


def test_eight_reserved_machines_cost_the_same_at_every_size() -> None:
    """8 x 55.04 x 730 = 321,433.60 USD, whether the nodes run or not."""
    (line,) = (
        line
        for line in by_resources(previewed(load("prod-aws")), load("prod-aws")).lines
        if line.kind == "machine" and line.pool == "train"
    )
    assert line.monthly is not None
    assert {line.monthly.min, line.monthly.desired, line.monthly.max} == {Decimal("321433.60")}
    assert line.fixed
