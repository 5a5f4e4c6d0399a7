"""A preview on Google Cloud held against the state of what exists, and what an edit does to nodes and data there.

What an edit must do to a resource is the provider's: its schema says which properties force another one (google-beta
7.45); GKE's documentation says which of the others make nodes anew.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from components.catalog import load
from components.plan.gcp.model import GcpClusterPlan, NodePool
from scripts.preview.compare import Step, compare
from scripts.preview.consequences import consequences
from scripts.preview.gcp import groups
from scripts.preview.replies import part_of, part_path
from scripts.preview.state import State, read
from tests.support.exports import export, resource
from tests.support.gcp_groups import make_group, make_l4
from tests.support.gcp_plan import make_lustre, make_network, make_plan, make_pool, make_rung, make_system
from tests.support.gcp_resources import resources_of_plan

NODES = "prod-gcp-train-reservation-nodes"


class Edit:
    """What an edit of a plan does: steps by name, and the findings. `nodes`: nodes of each zone that the state tells."""

    def __init__(self, folder: Path, before: GcpClusterPlan, after: GcpClusterPlan, nodes: int = 2) -> None:
        exported = export([one.to_json() for one in resources_of_plan(before).all], before.stack)
        for one in exported["deployment"]["resources"]:
            if one["type"] == "gcp:container/nodePool:NodePool":
                one["outputs"] |= {"nodeCount": nodes, "nodeLocations": one["inputs"]["nodeLocations"]}
        file = folder / "state.json"
        file.write_text(json.dumps(exported))
        self.state: State = read(file, before.stack, "gpu-fleet")
        documents = [one.to_json() for one in resources_of_plan(after).all]
        self.comparison = compare(documents, self.state, load("gcp").replacements)
        self.steps: dict[str, Step] = {step.name: step for step in self.comparison.changing}
        self.findings = consequences(
            self.comparison, self.state, cloud="gcp", stack=before.stack, accelerators=accelerators
        )

    def operations(self) -> dict[str, str]:
        return {name: step.operation for name, step in self.steps.items()}

    def told(self, id: str) -> list[str]:
        return [finding.message for finding in self.findings if finding.id == id]


def accelerators(machine: str) -> int:
    found = load("gcp").machine(machine)
    return 0 if found is None else found.accelerator_count


def with_group(group: NodePool) -> GcpClusterPlan:
    return make_plan(pools=(make_pool(make_rung(group)),))


def test_the_same_is_no_change_though_parts_of_outputs_are_taken(tmp_path: Path) -> None:
    found = Edit(tmp_path, make_plan(), make_plan())
    assert found.operations() == {} and found.findings == ()
    assert found.comparison.unresolved == ()
    assert found.comparison.count("same") > 70


def test_what_bought_machines_are_in_is_replaced_old_nodes_first(tmp_path: Path) -> None:
    found = Edit(tmp_path, make_plan(), with_group(make_group(name="train-reservation-ffffff", local_ssds=8)))
    assert found.operations() == {NODES: "replace"}
    assert found.steps[NODES].old_first
    assert found.told("nodes-go") == [
        "the node pool is replaced, old nodes first: 2 nodes, 16 GPUs are away until the new ones are there"
    ]


def test_nodes_of_every_zone_are_counted(tmp_path: Path) -> None:
    found = Edit(tmp_path, with_group(make_l4()), with_group(make_l4(disk_gib=400)))
    assert found.steps["prod-gcp-serve-spot-nodes"].operation == "update"
    # Three zones with two nodes each; those that start before the old ones end are not missed.
    assert found.told("nodes-go") == [
        "in place, but it rolls its nodes: GKE makes each node anew, 0 of 6 GPUs away at a time"
    ]
    assert groups(found.state, accelerators)["prod-gcp-serve-spot-nodes"] == (6, 1)


def test_more_nodes_and_other_labels_end_nothing(tmp_path: Path) -> None:
    found = Edit(tmp_path, make_plan(), with_group(make_group(desired_per_zone=4, labels={"gpu-fleet/pool": "other"})))
    assert found.operations() == {NODES: "update"} and found.told("nodes-go") == []


def test_a_pool_that_goes_takes_its_nodes_along(tmp_path: Path) -> None:
    found = Edit(tmp_path, make_plan(), make_plan(pools=(), network=make_network(nic_networks=())))
    assert found.told("nodes-go") == ["the node pool is deleted: 2 nodes, 16 GPUs go away"]
    # Objects in the cluster are judged by the table of Kubernetes.
    assert found.steps["prod-gcp-vpc1-pod-network"].operation == "delete"


def test_another_system_machine_replaces_its_pool_and_not_the_cluster(tmp_path: Path) -> None:
    system = make_system(group=replace(make_system().group, name="system-000000", machine_type="e2-standard-8"))
    found = Edit(tmp_path, make_plan(), make_plan(system=system))
    assert "prod-gcp-control-plane" not in found.steps
    assert found.operations() == {"prod-gcp-system-nodes": "replace"}


def test_lost_data_is_told_and_a_protected_thing_is_refused(tmp_path: Path) -> None:
    free, smaller = (
        make_plan(protect=False),
        make_plan(protect=False, storage=(make_lustre(filesystem="other", bucket=None),)),
    )
    found = Edit(tmp_path, free, smaller)
    assert len(found.told("data-loss")) == 2
    assert any("the file system scratch: its data is lost" in told for told in found.told("data-loss"))
    assert any("the bucket checkpoints" in told for told in found.told("data-loss"))
    held = Edit(tmp_path, make_plan(), make_plan(storage=(make_lustre(filesystem="other", bucket=None),)))
    assert any("would be refused: protected" in told for told in held.told("protected"))


def test_another_project_is_another_of_everything_that_has_one(tmp_path: Path) -> None:
    found = Edit(tmp_path, make_plan(), make_plan(project="other-654321", account="other-654321"))
    replaced = {name for name, operation in found.operations().items() if operation == "replace"}
    # They say nothing of a project: their provider does.
    assert {"prod-gcp-vpc", "prod-gcp-control-plane", "prod-gcp-train-gpu-1-subnet", NODES} <= replaced
    assert found.steps["prod-gcp-gcp"].operation == "update"


@pytest.mark.parametrize(
    ("text", "part", "found"),
    [
        ("service-123@container-engine-robot.iam.gserviceaccount.com", ("service-", "@"), "123"),
        ("10.64.0.2@tcp:/scratch", ("", "@"), "10.64.0.2"),
        ("no such thing", ("", "@"), "no such thing"),
    ],
)
def test_a_part_of_an_output_is_found_again(text: str, part: tuple[str, str], found: Any) -> None:
    path = part_path("email", part)
    assert path == f"email|{part[0]}*{part[1]}"
    assert part_of(text, path.partition("|")[2]) == found


def test_the_state_of_another_number_shows_as_a_change(tmp_path: Path) -> None:
    exported = export([one.to_json() for one in resources_of_plan(make_plan()).all], "prod-gcp")
    resource(exported, "prod-gcp-container-agent")["outputs"]["email"] = "service-7@container-engine-robot.example"
    file = tmp_path / "state.json"
    file.write_text(json.dumps(exported))
    documents = [one.to_json() for one in resources_of_plan(make_plan()).all]
    found = compare(documents, read(file, "prod-gcp", "gpu-fleet"), load("gcp").replacements)
    changed = {step.name: step.changes for step in found.changing}
    (change,) = changed["prod-gcp-key-compute"]
    assert change.new == "serviceAccount:service-7@compute-system.iam.gserviceaccount.com"
