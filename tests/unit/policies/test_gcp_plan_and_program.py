"""What a plan on Google Cloud says and what its program registers are judged alike, to the verdict."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, cast

import pytest

from components.catalog import load
from components.cost.estimate import report_for
from components.gcp import build
from components.plan.gcp.model import GcpClusterPlan
from policies.engine import Judgement, evaluate
from policies.from_plan import subject_of
from policies.readers.program import subject_of_program
from policies.settings import Settings
from policies.subject import Subject
from scripts.preview import capture
from tests.support import gcp_groups
from tests.unit.policies.gcp_plans import PLANS, SOUND, block
from tests.unit.policies.subjects import ON, with_parameters

SETTINGS = with_parameters("encryption", require_key=True)


@cache
def registered(key: str) -> Sequence[dict[str, Any]]:
    plan = PLANS[key][0]

    def program() -> None:
        build(plan)

    return [one.to_json() for one in capture.run(program, stack=plan.stack, config={}).resources]


def planned(plan: GcpClusterPlan) -> Subject:
    return subject_of(plan, report_for(plan, load("gcp"), ON), ON)


def programmed(key: str, resources: Sequence[dict[str, Any]] | None = None) -> Subject:
    return subject_of_program(registered(key) if resources is None else resources, PLANS[key][0], ON)


def failing(judgement: Judgement) -> set[str]:
    return {one.id for one in judgement.verdicts if one.verdict == "fail"}


@pytest.mark.parametrize("key", PLANS)
def test_plan_and_program_are_judged_alike(key: str) -> None:
    plan, broken = PLANS[key]
    by_plan, by_program = evaluate(planned(plan), SETTINGS), evaluate(programmed(key), SETTINGS)
    assert failing(by_plan) == broken
    assert by_program.verdicts == by_plan.verdicts
    assert {(f.id, f.path) for f in by_program.findings} == {(f.id, f.path) for f in by_plan.findings}


@pytest.mark.parametrize("key", ["sound", "a slice", "a block", "no fabric", "on demand alone"])
def test_groups_and_what_they_take_are_the_same(key: str) -> None:
    def picture(subject: Subject) -> tuple[set[Any], set[Any]]:
        nodes: dict[tuple[Any, ...], int] = {}
        for one in subject.groups:
            assert one.nodes is not None
            kind = one.path, one.rung, one.capacity_type, one.machines, one.fabric
            nodes[kind] = nodes.get(kind, 0) + one.nodes.max
        taken = {(one.code, one.name, one.unit, one.amount) for one in subject.demands}
        return {(*kind, most) for kind, most in nodes.items()}, taken

    assert picture(programmed(key)) == picture(planned(PLANS[key][0]))


def test_quotas_are_those_of_the_cloud() -> None:
    # 8 H100 of an a3-megagpu-8g are counted by family (Cloud Quotas API, GPUS-PER-GPU-FAMILY-per-project-region)
    found = {one.name: (one.amount, one.unit) for one in planned(PLANS["on demand"][0]).demands if one.name}
    assert found["GPUS-PER-GPU-FAMILY-per-project-region (NVIDIA_H100_MEGA)"] == (16, "gpus")
    assert not [one for one in planned(SOUND).demands if "GPU" in one.name], "what is bought has taken its quota"
    (serving_,) = (one for one in planned(PLANS["on demand alone"][0]).demands if "L4" in one.name)
    assert (serving_.code, serving_.amount) == ("NVIDIA-L4-GPUS-per-project-region", 12)


def without(value: Any, name: str) -> Any:
    if isinstance(value, Mapping):
        mapping = cast("Mapping[str, Any]", value)
        return {key: without(one, name) for key, one in mapping.items() if key != name}
    return [without(one, name) for one in cast("list[Any]", value)] if isinstance(value, list) else value


def unlabelled(resource: dict[str, Any]) -> dict[str, Any]:
    """A resource that says nothing of itself; what Kubernetes calls labels stays."""
    return resource | {"inputs": {key: one for key, one in resource["inputs"].items() if key != "labels"}}


@pytest.mark.parametrize(
    ("forgotten", "rule"),
    [
        ("databaseEncryption", "encryption"),
        ("bootDiskKmsKey", "encryption"),
        ("defaultKmsKeyName", "encryption"),
        ("kmsKey", "encryption"),
        ("resourceLabels", "required-tags"),
        ("additionalNodeNetworkConfigs", "placement-mismatch"),
        ("privateIpGoogleAccess", "nat-egress"),
        ("masterAuthorizedNetworksConfig", "no-public-ip"),
        ("releaseChannel", ""),  # the service's own choice is not the extended one
    ],
)
def test_a_component_that_forgets_something_is_found(forgotten: str, rule: str) -> None:
    key = "narrow endpoint" if forgotten.startswith("master") else "sound"
    found = failing(evaluate(programmed(key, without(registered(key), forgotten)), SETTINGS))
    assert found == ({rule} if rule else set())


def test_a_component_that_forgets_its_labels_is_found() -> None:
    found = evaluate(programmed("sound", [unlabelled(one) for one in registered("sound")]), SETTINGS)
    assert failing(found) == {"required-tags"}


def test_nodes_become_public_with_their_cluster_and_by_themselves() -> None:
    shown = [without(one, "enablePrivateNodes") for one in registered("sound")]
    assert failing(evaluate(programmed("sound", shown), SETTINGS)) == {"no-public-ip"}
    found = evaluate(programmed("sound", shown)).findings
    assert {one.path for one in found if one.id == "no-public-ip"} == {"system", "pools.train"}


def test_what_stands_beside_the_cluster_is_held_to_the_same_rules() -> None:
    extra = {
        "type": "gcp:compute/disk:Disk",
        "name": "data",
        "parent": None,
        "inputs": {"size": 10, "zone": gcp_groups.ZONE},
    }
    before, after = (
        evaluate(programmed("sound", one), SETTINGS) for one in (registered("sound"), [*registered("sound"), extra])
    )
    beside = {(f.id, f.path) for f in after.findings} - {(f.id, f.path) for f in before.findings}
    assert {("encryption", "data"), ("required-tags", "data")} <= beside
    assert failing(evaluate(programmed("sound", [*registered("sound"), extra]), Settings())) >= {"required-tags"}


def test_a_block_s_fee_is_a_price_by_the_hour() -> None:
    (rate,) = planned(block()).rates
    assert rate.usd == Decimal("3.2")  # 2,457.60 USD for 768 accelerator hours


def test_machines_are_allowed_by_name_and_region() -> None:
    for globs, verdict in ((["a3-*", "e2-*"], set[str]()), (["us-central1:g2-*", "e2-*"], {"allowed-machine-types"})):
        settings = with_parameters("allowed-machine-types", allow=globs)
        assert failing(evaluate(planned(SOUND), settings)) == verdict
        assert failing(evaluate(programmed("sound"), settings)) == verdict


@pytest.mark.parametrize(("limit", "verdict"), [(12, "pass"), (11, "fail")])
def test_a_report_of_quotas_is_held_against_what_the_cluster_takes(limit: int, verdict: str, tmp_path: Path) -> None:
    """12 nodes of one L4 take 12 GPUs; how many vCPUs of E2 there are is not told, and so the rest is unknown."""
    name = "NVIDIA-L4-GPUS-per-project-region"
    quota = {"code": name, "name": name, "unit": "gpus", "limit": limit, "used": 0}
    report = {"schema_version": 1, "region": "us-central1", "quotas": [quota]}
    (tmp_path / "report.json").write_text(json.dumps(report))
    settings = with_parameters("quota-headroom", reports=[str(tmp_path / "report.json")])
    subject = programmed("on demand alone")
    serving = replace(subject, demands=tuple(one for one in subject.demands if one.name == name))
    found = {one.id: one.verdict for one in evaluate(serving, settings).verdicts}
    assert found["quota-headroom"] == verdict
