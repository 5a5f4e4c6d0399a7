"""`gpufleet check STACK --state FILE`: what exists is judged as the pack judges it, also where no spec describes it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from benchmarks import big_state
from components.cost.report import to_document
from components.program import deploy
from policies.state import SIGNATURE, resources_of
from scripts.cli.assess import assess, planned
from scripts.cli.main import main
from scripts.preview import capture
from tests.support import exports
from tests.unit.policies.subjects import ON

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")
STACK = "prod-aws"


@cache
def previewed() -> Sequence[dict[str, Any]]:
    made = planned(STACK)
    return capture.run(lambda: deploy(made.plan, made.loaded), stack=STACK, config={}).to_json()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return exports.write(tmp_path, previewed(), STACK)


def changed(state: Path, name: str, **inputs: Any) -> Path:
    value = json.loads(state.read_text())
    exports.resource(value, name)["inputs"] |= inputs
    state.write_text(json.dumps(value))
    return state


def check(capsys: pytest.CaptureFixture[str], stack: str, state: Path, *more: str) -> tuple[int, str]:
    status = main(["check", stack, "--state", str(state), "--date", ON.isoformat(), *more])
    said = capsys.readouterr()
    return status, said.out + said.err


def test_a_state_is_judged_as_the_plan_that_made_it(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(capsys, STACK, state, "-o", "json")
    document = json.loads(said)
    by_plan = assess(STACK, ON)
    assert status == 0
    assert document["rules"] == [rule.to_dict() for rule in by_plan.rules]
    assert document["cost"] == to_document(by_plan.cost)


def test_what_somebody_changed_by_hand_is_found(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    changed(state, "prod-aws-system-nodes", scalingConfig={"minSize": 2, "desiredSize": 900, "maxSize": 900})
    status, said = check(capsys, STACK, state)
    assert status == 1
    assert "judged with its spec as prod" in said
    assert "stacks/Pulumi.prod-aws.yaml:16 budget.usd_per_month: the cluster costs up to" in said
    assert "✗ monthly-budget-ceiling" in said


def test_a_program_without_a_spec_is_judged_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "state.json"
    big_state.write(file, 300)  # thirteen cells in order, one that breaks rules
    status, said = check(capsys, big_state.STACK, file)
    assert status == 1
    assert "shared  300 resources of " in said
    assert "judged alone as prod" in said
    for one in ("volume-9-0: volume volume-9-0: nothing says that it is encrypted", "instance-9-3: nodes get public"):
        assert one in said
    assert "volume-8-0" not in said


def test_the_state_of_another_stack_is_refused(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, said = check(capsys, "dev-aws", state)
    assert (status, "is the state of prod-aws, not of dev-aws" in said) == (2, True)


@pytest.mark.parametrize(
    ("text", "message"),
    [("", "is no JSON"), ("{}", "it has no deployment"), (None, "cannot be read: No such file")],
)
def test_a_file_that_is_no_export_is_refused(
    text: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if text is not None:
        (tmp_path / "x.json").write_text(text)
    status, said = check(capsys, STACK, tmp_path / "x.json")
    assert (status, message in said) == (2, True), said


@pytest.mark.parametrize("more", [["--compare-to", "dev-aws"], ["-o", "markdown"], ["dev-aws"]])
def test_it_judges_one_stack_and_compares_it_with_nothing(
    more: list[str], state: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, said = check(capsys, STACK, state, *more)
    assert status == 2
    assert "--state judges one stack" in said


# --- how a state is read ---

URN = "urn:pulumi:s::p::"


def item(type_: str, name: str, **more: Any) -> dict[str, Any]:
    return {"urn": f"{URN}{type_}::{name}", "type": type_, "custom": True, "id": f"id-{name}", **more}


def test_a_value_that_another_resource_decided_is_a_reference() -> None:
    key = item("aws:kms/key:Key", "key", outputs={"arn": "arn:key"})
    disk = item(
        "aws:ebs/volume:Volume",
        "disk",
        parent=f"{URN}my:index:Group::group",
        provider=f"{URN}pulumi:providers:aws::aws::1",
        inputs={
            "__defaults": ["type"],
            "type": "gp2",
            "kmsKeyId": "arn:key",
            "tags": {"__defaults": [], "arn": "arn:key"},
        },
        propertyDependencies={"kmsKeyId": [key["urn"]], "size": []},
        protect=True,
    )
    _, found = resources_of({"resources": [key, disk]})
    assert found["inputs"] == {"kmsKeyId": {"ref": "key.arn"}, "tags": {"arn": "arn:key"}}
    assert (found["provider"], found["component"], found["protect"]) == ("aws", False, True)


def test_secrets_are_hidden_and_what_is_being_deleted_is_left_out() -> None:
    secret = {SIGNATURE: "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "AAAA"}
    kept = item("x:y/z:Z", "kept", inputs={"password": secret, "list": [{"deep": secret}]})
    gone = item("x:y/z:Z", "gone", delete=True)
    (found,) = resources_of({"resources": [kept, gone, "nonsense"]})
    assert found["inputs"] == {"password": {"secret": True}, "list": [{"deep": {"secret": True}}]}


def test_a_component_is_one_and_the_stack_has_its_outputs() -> None:
    component = item("my:index:Group", "group", custom=False)
    stack = item("pulumi:pulumi:Stack", "p-s", custom=False, outputs={"spec": {"blueprint": "x"}})
    group, root = resources_of({"resources": [component, stack]})
    assert (group["component"], root["inputs"]) == (True, {"spec": {"blueprint": "x"}})
