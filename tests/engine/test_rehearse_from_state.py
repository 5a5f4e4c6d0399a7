"""`gpufleet rehearse --from-state`: the change of what is deployed to what the spec says, before it is made."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from scripts.engine.find import NoEngine, find
from tests.engine.support.place import KEY
from tests.engine.support.rehearsal import ROOT, rehearse
from tests.upgrade.states import state_of, write

pytestmark = pytest.mark.engine
PLAINTEXT = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "plaintext": '"readable"'}


@pytest.fixture(autouse=True)
def engine() -> None:
    try:
        find()
    except NoEngine as error:
        pytest.skip(str(error))


def edited(folder: Path, stack: str, change: dict[str, Any]) -> str:
    """A stack's file with other fields at its top."""
    document = yaml.safe_load((ROOT / "stacks" / f"Pulumi.{stack}.yaml").read_text())
    document["config"][KEY] |= change
    file = folder / f"Pulumi.{stack}.yaml"
    file.write_text(yaml.safe_dump(document))
    return str(file)


def kinds(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["name"], step["kind"]) for step in document["steps"]]


def operations(step: dict[str, Any]) -> set[tuple[str, str]]:
    return {(one["operation"], one["name"].removeprefix("small-aws-")) for one in step["resources"]}


def test_what_is_deployed_is_what_the_program_makes_today(tmp_path: Path) -> None:
    """Through the engine as well: the kept state is changed by nothing, and a refresh agrees."""
    status, document = rehearse("small-aws", "--from-state", str(write(tmp_path, "small-aws")))
    assert kinds(document) == [("change", "edit"), ("up again", "again"), ("refresh", "refresh")]
    assert [step["resources"] for step in document["steps"]] == [[], [], []]
    assert document["steps"][0]["same"] == len(state_of("small-aws")["deployment"]["resources"]) - 1  # the stack
    assert (status, document["verdict"], document["findings"]) == (0, "good", [])


def test_a_change_and_an_edit_after_it(tmp_path: Path) -> None:
    """EKS guide, Customizing managed nodes with launch templates: instance types cannot be changed after creation.

    The state is of an export with --show-secrets, and has what a provider filled in of itself.
    """
    state = state_of("small-aws")
    for one in state["deployment"]["resources"]:
        if one["type"] == "pulumi:pulumi:Stack":
            one["outputs"]["kubeconfig"] = PLAINTEXT
        if one["type"] == "aws:ec2/vpc:Vpc":
            one["inputs"] |= {"instanceTenancy": "default", "__defaults": ["instanceTenancy"]}
    stack = edited(tmp_path, "small-aws", {"pools": {"dev": {"accelerator": "A10G:1"}}})
    edits = tmp_path / "edits.yaml"
    edits.write_text("labels: {pools: {dev: {labels: {team: nlp}}}}\n")
    file = write(tmp_path, "small-aws", state)
    before = file.read_bytes()
    status, document = rehearse(stack, "--from-state", str(file), "--edit", str(edits))
    assert (status, document["verdict"], document["findings"]) == (0, "good", [])
    change, again, refreshed, labels = document["steps"]
    assert ("replace", "dev-on-demand-nodes") in operations(change)
    assert not [one for one in operations(change) if one[1] in ("vpc", "control-plane", "system-nodes")]
    assert (change["gpus"]["ended"], change["gpus"]["begun"], change["gpus"]["missing"]) == (1, 1, 0)
    assert again["resources"] == refreshed["resources"] == []
    assert operations(labels) == {("update", "dev-on-demand-nodes")}
    assert file.read_bytes() == before


def test_what_is_protected_is_refused_and_the_gpus_are_told(tmp_path: Path) -> None:
    """VPC guide, VPC CIDR blocks: the range of a VPC cannot be changed."""
    stack = edited(tmp_path, "prod-aws", {"network": {"cidr": "10.1.0.0/16"}})
    status, document = rehearse(stack, "--from-state", str(write(tmp_path, "prod-aws")))
    assert kinds(document) == [("change", "edit-preview")]
    assert document["steps"][0]["gpus"]["ended"] == 64  # 8 nodes of 8
    assert (status, document["verdict"]) == (1, "blocked")
    (refused,) = [one for one in document["findings"] if one["id"] == "refused"]
    assert refused["message"].startswith("refused, nothing was changed: ")
    assert "is protected, and this would replace it" in refused["message"]


def test_a_state_that_the_engine_does_not_take(tmp_path: Path) -> None:
    state = state_of("small-aws")
    for one in state["deployment"]["resources"]:
        if one["urn"].endswith("-vpc"):
            one["parent"] = "urn:pulumi:small-aws::gpu-fleet::gpu-fleet:aws:Lost::nowhere"
    status, document = rehearse("small-aws", "--from-state", str(write(tmp_path, "small-aws", state)))
    assert status == 2
    assert [one["id"] for one in document["findings"]] == ["state-refused"]
    assert "the engine does not take this state: " in document["findings"][0]["message"]
