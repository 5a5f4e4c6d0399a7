"""`gpufleet preview --state FILE`: what is printed, the document, the exit status, and files that are no state of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from scripts.cli.documents import schema
from tests.cli.command import DAY, STACK, gpufleet, project
from tests.support.exports import export, resource

pytestmark = pytest.mark.process
NODES = "pilot-train-on-demand-nodes"


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    folder = project(tmp_path_factory.mktemp("before"), pilot=STACK)
    return json.loads(preview(folder, "--output", "json").out)["resources"]


def preview(folder: Path, *arguments: str) -> Any:
    return gpufleet("preview", "pilot", "--date", DAY, *arguments, cwd=folder)


@pytest.fixture
def folder(tmp_path: Path, resources: list[dict[str, Any]]) -> Path:
    """A project whose stack was brought up as it is."""
    save(tmp_path, export(resources, "pilot", "trial"))
    return project(tmp_path, pilot=STACK)


def save(folder: Path, exported: dict[str, Any]) -> None:
    (folder / "state.json").write_text(json.dumps(exported))


def test_nothing_changes_where_nothing_was_edited(folder: Path) -> None:
    done = preview(folder, "--state", "state.json")
    assert "What would change\n  nothing: all " in done.out
    document = json.loads(preview(folder, "--state", "state.json", "--output", "json").out)
    assert document["changes"] == []


def test_without_a_state_nothing_is_said_of_changes(folder: Path) -> None:
    assert "What would change" not in preview(folder).out
    assert "changes" not in json.loads(preview(folder, "--output", "json").out)


def test_an_edit_is_told_in_text_and_in_the_document(folder: Path, resources: list[dict[str, Any]]) -> None:
    exported = export(resources, "pilot", "trial")
    resource(exported, NODES)["inputs"]["instanceTypes"] = ["p4d.24xlarge"]
    resource(exported, "pilot-control-plane")["inputs"]["version"] = "1.33"
    save(folder, exported)
    before = (folder / "state.json").read_bytes()
    text = preview(folder, "--state", "state.json").out
    section = text.partition("What would change\n")[2].partition("\n\n")[0]
    assert section.splitlines()[0].startswith("  1 to replace, 1 to update; ")
    assert "± train-on-demand-nodes  eks.NodeGroup  replaced, the new one before the old" in section
    assert 'instanceTypes: ["p4d.24xlarge"] → ["p5.48xlarge"]  replaces' in section
    assert "~ control-plane  eks.Cluster" in section
    document = json.loads(preview(folder, "--state", "state.json", "--output", "json").out)
    jsonschema.validate(document, schema("preview"))
    steps = {step["name"]: step for step in document["changes"]}
    assert set(steps) == {NODES, "pilot-control-plane"}
    (change,) = steps[NODES]["changes"]
    assert change["source"] == "terraform-provider-aws 5.100.0, plan"
    assert (change["path"], change["effect"]) == ("instanceTypes", "replace")
    assert (folder / "state.json").read_bytes() == before


def test_what_is_protected_blocks(folder: Path, resources: list[dict[str, Any]]) -> None:
    exported = export(resources, "pilot", "trial")
    cluster = resource(exported, "pilot-control-plane")
    cluster["protect"] = True
    cluster["inputs"]["roleArn"] = "arn:aws:iam::123456789012:role/former"
    save(folder, exported)
    done = preview(folder, "--state", "state.json")
    assert done.status == 1
    assert (
        "pilot-control-plane: control-plane (cluster) would be replaced because of roleArn, and it is protected:"
        " the engine would refuse it\n" in done.out
    )
    assert "would be refused: protected" not in done.out, "it is told once"
    assert "this replaces the cluster: everything that runs in it ends" in done.out


@pytest.mark.parametrize(
    ("content", "id", "says"),
    [
        (None, "state-unreadable", "cannot be read: No such file or directory"),
        (b"", "state-not-json", "is no JSON"),
        (b"config: {}", "state-not-json", "is no JSON"),
        (b"\xff\xfe\x00", "state-not-json", "is no text in UTF-8"),
        (b"[" * 100_000, "state-not-json", "is no JSON"),
        (b"[]", "state-not-export", "has no deployment"),
        (b'{"version": 3}', "state-not-export", "has no deployment"),
        (b'{"deployment": {"resources": [{"urn": 7}]}}', "state-not-export", "has the URN 7"),
        (b'{"deployment": {"resources": [{"urn": "urn:x::y::z::w", "type": "t"}]}}', "state-not-export", "has the URN"),
    ],
)
def test_a_file_that_is_no_state(folder: Path, content: bytes | None, id: str, says: str) -> None:
    (folder / "state.json").unlink()
    if content is not None:
        (folder / "state.json").write_bytes(content)
    done = preview(folder, "--state", "state.json")
    assert done.status == 2
    assert done.out == ""
    assert done.err.startswith("state.json ")
    assert says in done.err
    assert "hint: write it with: pulumi stack export --stack pilot --file state.json" in done.err
    document = json.loads(preview(folder, "--state", "state.json", "--output", "json").out)
    assert [finding["id"] for finding in document["findings"]] == [id]


@pytest.mark.parametrize(("stack", "name"), [("other", "trial"), ("pilot", "elsewhere")])
def test_the_state_of_another_stack_or_project(
    folder: Path, resources: list[dict[str, Any]], stack: str, name: str
) -> None:
    save(folder, export(resources, stack, name))
    done = preview(folder, "--state", "state.json")
    assert done.status == 2
    assert f"state.json is the state of {name}/{stack}, not of trial/pilot" in done.err


def test_a_state_that_is_being_deleted_in_part(folder: Path, resources: list[dict[str, Any]]) -> None:
    """A resource that an earlier run replaced and could not delete yet is there twice; the newer one counts."""
    exported = export(resources, "pilot", "trial")
    former = {**resource(exported, NODES), "delete": True, "inputs": {}}
    exported["deployment"]["resources"].append(former)
    save(folder, exported)
    assert json.loads(preview(folder, "--state", "state.json", "--output", "json").out)["changes"] == []
