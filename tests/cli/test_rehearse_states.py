"""What `gpufleet rehearse --from-state` says of files that no rehearsal can start from, before any engine runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.errors import InputError, Level
from components.plan.planner import plan
from components.spec.loader import load
from scripts.preview.references import SECRET, SIGNATURE
from scripts.rehearsal.lifecycle.deployed import STAND_IN, read_deployed
from tests.cli.command import Result, gpufleet
from tests.upgrade.states import state_of, write

STACK = "small-aws"
NO_ENGINE = {"PATH": "/nowhere", "XDG_CACHE_HOME": "/nowhere"}
URN = f"urn:pulumi:{STACK}::gpu-fleet::"


def rehearsed(file: Path) -> Result:
    return gpufleet("rehearse", STACK, "--from-state", str(file), env=NO_ENGINE)


@pytest.mark.process
def test_a_good_state_gets_as_far_as_the_engine(tmp_path: Path) -> None:
    done = rehearsed(write(tmp_path, STACK))
    assert done.status == 3
    assert "there is no Pulumi engine" in done.err


def renamed(old: str, new: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda state: json.loads(json.dumps(state).replace(old, new))


def emptied(state: dict[str, Any]) -> dict[str, Any]:
    state["deployment"]["resources"] = state["deployment"]["resources"][:1]
    return state


def never_up(state: dict[str, Any]) -> dict[str, Any]:
    del state["deployment"]["resources"]  # as after `pulumi stack init`
    return state


def cut_off(state: dict[str, Any]) -> dict[str, Any]:
    state["deployment"]["pending_operations"] = [{"resource": {}, "type": "creating"}]
    return state


def with_a_namespace(state: dict[str, Any]) -> dict[str, Any]:
    kind = "kubernetes:core/v1:Namespace"
    more = {"urn": f"{URN}{kind}::teams", "type": kind, "custom": True, "id": "teams", "inputs": {}, "outputs": {}}
    state["deployment"]["resources"].append(more)
    return state


WRONG: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str, str]] = {
    "another stack": (renamed("small-aws", "pilot"), "state-other-stack", "is the state of gpu-fleet/pilot, not of"),
    "another project": (renamed("::gpu-fleet::", "::trial::"), "state-other-stack", "is the state of trial/small-aws"),
    "another cloud": (renamed('"aws:', '"gcp:'), "state-other-cloud", "is the state of a cluster on gcp, not on aws"),
    "empty": (emptied, "state-empty", "holds no resources: nothing is deployed"),
    "never up": (never_up, "state-empty", "holds no resources: nothing is deployed"),
    "cut off": (cut_off, "state-pending", "a run that was cut off: 1 operation(s) are pending"),
    "unknown": (with_a_namespace, "state-unknown-type", "does not know: kubernetes:core/v1:Namespace"),
    "no export": (lambda _: {"version": 3}, "state-not-export", "is no export of a stack: it has no deployment"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_state_that_no_rehearsal_can_start_from(name: str, tmp_path: Path) -> None:
    change, id, says = WRONG[name]
    file = write(tmp_path, STACK, change(state_of(STACK)))
    with pytest.raises(InputError) as refused:
        read_deployed(file, plan(load(STACK)), "gpu-fleet")
    (found,) = refused.value.findings
    assert (found.id, found.level.exit_status) == (id, 2)
    assert found.message.startswith(f"{file} ")
    assert says in found.message
    assert found.hint


@pytest.mark.process
def test_nonsense_is_told_in_text(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("config: {}")
    done = rehearsed(tmp_path / "state.json")
    assert (done.status, done.out) == (2, "")
    assert "is no JSON" in done.err
    assert f"pulumi stack export --stack {STACK}" in done.err


def test_secrets_that_the_export_hides_are_told_and_stood_in_for(tmp_path: Path) -> None:
    state = state_of(STACK)
    key = next(one for one in state["deployment"]["resources"] if one["type"] == "aws:kms/key:Key")
    key["inputs"]["description"] = key["outputs"]["description"] = {SIGNATURE: SECRET, "ciphertext": "v1:x"}
    deployed = read_deployed(write(tmp_path, STACK, state), plan(load(STACK)), "gpu-fleet")
    (told,) = deployed.findings()
    assert (told.id, told.level) == ("state-secrets", Level.ADVISORY)
    assert "encrypted in the export and stood in for: small-aws-key;" in told.message
    assert "--show-secrets" in told.hint
    (made,) = [one for one in deployed.resources if one.type == "aws:kms/key:Key"]
    assert made.inputs["description"] == STAND_IN
    assert "ciphertext" not in json.dumps(dict(deployed.deployment))
    assert list(read_deployed(write(tmp_path, STACK), plan(load(STACK))).findings()) == []
