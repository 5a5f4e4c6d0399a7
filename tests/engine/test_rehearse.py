"""`gpufleet rehearse` through the real engine: the whole life of a stack, its edits, its faults."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.engine.find import NoEngine, find
from tests.engine.support.rehearsal import rehearse

pytestmark = pytest.mark.engine


@pytest.fixture(autouse=True)
def engine() -> None:
    try:
        find()
    except NoEngine as error:
        pytest.skip(str(error))


def kinds(document: dict) -> list[str]:
    return [step["kind"] for step in document["steps"]]


def test_a_life(tmp_path: Path) -> None:
    edits = tmp_path / "edits.yaml"
    edits.write_text(
        "labels: {pools: {train: {labels: {team: nlp}}}}\n"
        "move: {network: {cidr: 10.1.0.0/16}}\n"  # replaces the subnet of a protected file system
    )
    status, document = rehearse("prod-aws", "--edit", str(edits))
    assert kinds(document) == [
        *("preview", "up", "again", "refresh", "edit", "edit-preview", "drift", "repair", "release", "destroy")
    ]
    steps = {step["name"]: step for step in document["steps"]}
    assert steps["up again"]["resources"] == steps["refresh"]["resources"] == []
    assert [one["name"] for one in steps["edit labels"]["resources"]] == ["prod-aws-train-reservation-nodes"]
    assert steps["edit move"]["gpus"]["ended"] == 64  # 8 nodes of 8
    drifted = {one["name"] for one in steps["refresh after drift"]["resources"]}
    assert drifted == {one["name"] for one in steps["repair"]["resources"]} != set()
    assert steps["destroy"]["deleted"] == steps["up"]["created"]
    assert [(one["id"], one["level"]) for one in document["findings"]] == [("refused", "mandatory")]
    assert "scratch-files: is protected" in document["findings"][0]["message"]
    assert (status, document["verdict"]) == (1, "blocked")


def test_a_fault_is_told_and_the_next_run_goes_on() -> None:
    status, document = rehearse("l4-aws", "--fault", "capacity")
    assert (status, document["verdict"]) == (3, "failed")
    assert kinds(document)[:5] == ["preview", "up", "resume", "again", "refresh"]
    (finding,) = document["findings"]
    assert finding["message"].startswith("pool serve-spot: InsufficientInstanceCapacity: ")
    assert "another zone" in finding["hint"]


def test_too_many_requests_are_tried_again() -> None:
    status, document = rehearse("l4-aws", "--fault", "throttling")
    assert (status, document["verdict"], document["findings"]) == (0, "good", [])


def test_what_was_made_and_not_heard_of_is_found(tmp_path: Path) -> None:
    status, document = rehearse("l4-aws", "--fault", "error-after-success", "--keep", str(tmp_path / "kept"))
    assert status == 3
    left = [one["message"] for one in document["findings"] if one["id"] == "left-over"]
    assert left == ["1 resource(s) are left after destroy: l4-aws-serve-spot-template"]
    (unowned,) = [one for one in document["findings"] if one["id"] == "orphan"]
    assert unowned["path"] == "l4-aws-serve-spot-template"
    take_over = "pulumi import aws:ec2/launchTemplate:LaunchTemplate l4-aws-serve-spot-template lt-"
    assert unowned["hint"].startswith(take_over)
    assert (tmp_path / "kept" / "cloud.db").is_file()
