"""`gpufleet preview --compare-to`: what a change creates, updates, replaces and deletes, from the program run for both.

What AWS replaces is typed in from the provider's schema: `instance_types` and `capacity_type` of `aws_eks_node_group`
and `name` of most things force a new resource; `scaling_config` is updated in place (terraform-provider-aws 5.100).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.support.repositories import STACK, repository, write
from tests.unit.cli_verbs.conftest import DAY, Run

NODES = "pilot-train-on-demand-nodes"
SCRATCH = "    storage: {scratch: {kind: parallel, capacity: 4800GiB}}\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return repository(tmp_path / "repo", pilot=STACK + SCRATCH)


def compared(run: Run, folder: Path, status: int = 0) -> dict[str, Any]:
    done = run("preview", "pilot", "--compare-to", "main", "--date", DAY, "--output", "json", cwd=folder)
    assert done.status == status, done.out + done.err
    return done.document("preview")


def steps(found: dict[str, Any]) -> dict[str, str]:
    return {one["name"]: one["operation"] for one in found["changes"]}


def test_a_budget_changes_nothing_else(run: Run, folder: Path) -> None:
    write(folder, pilot=STACK + SCRATCH + "    budget: {usd_per_month: 140000}\n")
    found = compared(run, folder)
    assert steps(found) == {"pilot-monthly-budget": "update"}
    assert "pilot-control-plane" in {one["name"] for one in found["resources"]}


def test_more_nodes_are_updated_in_place(run: Run, folder: Path) -> None:
    write(folder, pilot=STACK + SCRATCH + "    pools: {train: {nodes: 3}}\n")
    found = compared(run, folder)
    assert steps(found) == {NODES: "update"}
    (step,) = found["changes"]
    assert {change["path"]: (change["old"], change["new"]) for change in step["changes"]} == {
        "scalingConfig.desiredSize": (2, 3),
        "scalingConfig.maxSize": (2, 3),
        "scalingConfig.minSize": (2, 3),
    }


def test_another_machine_replaces_the_nodes_and_says_how_many_gpus_are_away(run: Run, folder: Path) -> None:
    write(folder, pilot=STACK + SCRATCH + '    pools: {train: {accelerator: "A100-80GB:8"}}\n')
    found = compared(run, folder)
    (step,) = [one for one in found["changes"] if one["name"] == NODES]
    assert step["operation"] == "replace"
    assert "replace" in {change["effect"] for change in step["changes"]}
    (gone,) = [one for one in found["findings"] if one["id"] == "nodes-go" and one["path"] == NODES]
    assert "2 nodes, 16 GPUs" in gone["message"]


def test_what_is_taken_away_is_deleted_and_what_is_new_is_created(run: Run, folder: Path) -> None:
    write(folder, pilot=STACK + "    storage: {data: {kind: object}}\n")
    found = compared(run, folder)
    operations = steps(found)
    assert operations["pilot-scratch-files"] == "delete"
    assert operations["pilot-data-bucket"] == "create"
    lost = {one["path"]: one["message"] for one in found["findings"] if one["id"] == "data-loss"}
    assert lost["pilot-scratch-files"] == "this deletes the file system scratch: its data is lost"


def test_a_protected_environment_blocks_a_replacement(run: Run, tmp_path: Path) -> None:
    safe = STACK + SCRATCH + "    protect: true\n"
    folder = repository(tmp_path / "repo", pilot=safe)
    write(folder, pilot=safe.replace("4800GiB", "2400GiB"))  # a file system does not shrink in place
    found = compared(run, folder, status=1)
    assert {one["id"]: one["verdict"] for one in found["rules"]}["protected-replacement"] == "fail"
    told = {one["message"] for one in found["findings"] if one["id"] == "protected-replacement"}
    assert told == {
        "scratch-files (storage) would be replaced because of storageCapacity, and it is protected: the engine would"
        " refuse it"
    }
    assert "protected" not in {one["id"] for one in found["findings"]}, "it is told once"


def beside(run: Run, folder: Path) -> dict[str, Any]:
    """`pilot` beside the stack `fleet`: nothing of it may be called a change."""
    done = run("preview", "pilot", "--compare-to", "fleet", "--date", DAY, "--output", "json", cwd=folder)
    assert done.status == 0, done.out + done.err
    found = done.document("preview")
    assert "changes" not in found
    assert found["difference"]["other_stack"] is True
    assert {one["id"]: one["verdict"] for one in found["rules"]}["protected-replacement"] == "not-compared"
    assert not {"protected", "data-loss", "nodes-go", "unknown-effect"} & {one["id"] for one in found["findings"]}
    return found


def test_stacks_of_one_spec_are_alike_under_their_own_names(run: Run, folder: Path) -> None:
    write(folder, fleet=STACK + SCRATCH)
    assert beside(run, folder)["difference"]["resources"] == []
    out = run("preview", "pilot", "--compare-to", "fleet", "--date", DAY, cwd=folder).out
    assert "How the resources differ from those of fleet\n  Two stacks are compared, so nothing is replaced" in out


def test_beside_another_stack_nothing_is_replaced_or_deleted(run: Run, folder: Path) -> None:
    """A smaller file system would be replaced in one stack, and a protected one blocks; two stacks only differ."""
    safe = STACK + "    protect: true\n"
    write(folder, pilot=safe + SCRATCH, fleet=safe + SCRATCH.replace("4800GiB", "7200GiB"))
    (only,) = beside(run, folder)["difference"]["resources"]
    assert (only["name"], only["in"]) == ("pilot-scratch-files", "both")
    assert only["paths"] == [{"path": "storageCapacity", "other": 7200, "this": 4800}]
    write(folder, fleet=safe.replace("environment: dev", "environment: test") + "    storage: {data: {kind: object}}\n")
    found = {one["name"]: one["in"] for one in beside(run, folder)["difference"]["resources"]}
    assert (found["pilot-scratch-files"], found["pilot-data-bucket"]) == ("this", "other")
    out = run("preview", "pilot", "--compare-to", "fleet", "--date", DAY, cwd=folder).out
    assert " of them: tags.gpu-fleet:environment: test → dev\n" in out, "told once, not on every resource"
    assert not [word for word in ("± ", "to delete", "to replace", "gpu-fleet:stack") if word in out]
    assert " only in fleet, " in out


def test_a_new_stack_has_nothing_to_be_compared_with(run: Run, folder: Path) -> None:
    write(folder, fresh=STACK)
    done = run("preview", "fresh", "--compare-to", "main", "--date", DAY, "--output", "json", cwd=folder)
    found = done.document("preview")
    assert (found["difference"]["state"], "changes" in found) == ("new", False)


def test_the_text_shows_both_the_cost_and_the_resources(run: Run, folder: Path) -> None:
    write(folder, pilot=STACK + SCRATCH + "    pools: {train: {nodes: 3}}\n")
    out = run("preview", "--changed-since", "main", "--date", DAY, cwd=folder).out
    assert "~ train: p5.48xlarge (on-demand)" in out
    assert "What would change\n  1 to update; " in out
    assert "~ train-on-demand-nodes  eks.NodeGroup" in out


def test_state_goes_with_no_other_comparison(run: Run, folder: Path) -> None:
    done = run("preview", "pilot", "--state", "x.json", "--compare-to", "main", cwd=folder)
    assert (done.status, done.out) == (2, "")
    assert "--state goes with one STACK" in done.err
