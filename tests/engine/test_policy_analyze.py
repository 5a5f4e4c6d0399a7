"""`pulumi policy analyze` on an exported state: the pack judges what is deployed as `gpufleet check` judges its plan.

The states are those that the engine exported after an `up` of each stack, see `tests/upgrade`; the readable form of their
secrets does not matter to the pack.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.cli.assess import assess
from scripts.engine.find import Installation
from scripts.engine.run import Engine, Result, pack_arguments
from tests.engine.support.place import KEY, ROOT
from tests.unit.policies.subjects import ON
from tests.upgrade.states import state_of, write

pytestmark = pytest.mark.engine
SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"
SPEC = {"budget": {"usd_per_month": "1000"}, "policy": {"rules": {"required-tags": {"parameters": {"keys": ["team"]}}}}}
"""What breaks two rules in production, and nothing of the resources."""


def analyzed(installation: Installation, folder: Path, stack: str, state: dict[str, Any]) -> Result:
    for name in ("backend", "home"):
        (folder / name).mkdir(exist_ok=True)
    backend = f"file://{folder / 'backend'}"
    engine = Engine(installation=installation, project=ROOT, backend=backend, passphrase="", home=folder / "home")
    return engine.run("policy", "analyze", "--file", str(write(folder, stack, readable(state))), *pack_arguments())


def readable(value: Any) -> Any:
    """A state with a text in place of each secret, as the engine has it after it has decrypted them."""
    if isinstance(value, list):
        return [readable(one) for one in value]
    if not isinstance(value, dict):
        return value
    if SIGNATURE in value and value[SIGNATURE] == SECRET:
        return {SIGNATURE: SECRET, "plaintext": '"a secret"'}
    return {key: readable(one) for key, one in value.items()}


def outputs(state: dict[str, Any]) -> dict[str, Any]:
    return next(one["outputs"] for one in state["deployment"]["resources"] if one["type"] == "pulumi:pulumi:Stack")


def blocking(result: Result) -> set[str]:
    assert "Traceback" not in result.text, result.text
    return set(re.findall(r"\[mandatory\]\s+(\S+)", result.text))


def checked(stack: str) -> set[str]:
    """The rules that block by `gpufleet check`."""
    return {one.id for one in assess(stack, ON).rules if one.verdict == "fail" and one.level == "mandatory"}


@pytest.mark.parametrize("stack", ["small-aws", "prod-aws"])
def test_a_state_is_judged_as_its_plan_is(stack: str, installation: Installation, tmp_path: Path) -> None:
    result = analyzed(installation, tmp_path, stack, state_of(stack))
    assert blocking(result) == checked(stack) == set()
    assert result.ok, result.text
    assert "gpu-fleet@" in result.text, "the pack ran"


def test_what_is_found_names_the_path_of_the_spec(installation: Installation, tmp_path: Path) -> None:
    result = analyzed(installation, tmp_path, "small-aws", state_of("small-aws"))
    assert "pools.dev: node group small-aws-dev-on-demand-nodes runs accelerators on demand alone" in result.text


def test_what_breaks_rules_is_found_in_the_state_as_in_the_plan(installation: Installation, tmp_path: Path) -> None:
    document = yaml.safe_load((ROOT / "stacks" / "Pulumi.prod-aws.yaml").read_text())
    document["config"][KEY] |= SPEC
    file = tmp_path / "Pulumi.prod-aws.yaml"
    file.write_text(yaml.safe_dump(document))
    state = state_of("prod-aws")
    outputs(state)["spec"] |= SPEC
    result = analyzed(installation, tmp_path, "prod-aws", state)
    assert blocking(result) == checked(str(file)) == {"monthly-budget-ceiling", "required-tags"}
    assert not result.ok


def test_a_state_without_its_spec_or_its_catalogue_is_not_judged_in_silence(
    installation: Installation, tmp_path: Path
) -> None:
    state = state_of("small-aws")
    del outputs(state)["catalog_version"]
    without_catalog = analyzed(installation, tmp_path, "small-aws", state)
    assert "spec" in blocking(without_catalog)
    assert "the state does not say with which catalogue it was planned" in without_catalog.text
    del outputs(state)["spec"]
    without_spec = analyzed(installation, tmp_path, "small-aws", state)
    assert "spec" in blocking(without_spec)
    assert "the state has a cluster and no spec of it" in without_spec.text
