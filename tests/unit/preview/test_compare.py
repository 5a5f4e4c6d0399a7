"""A preview held against the state of what exists: each edit of a spec, with what becomes of each resource.

What an edit must do to a resource stands here, with its source in `tests/unit/replacement/test_effects.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from components import program
from components.catalog.aws import catalog
from components.errors import Finding, Level
from components.plan.planner import plan
from components.spec.loader import load_config
from components.spec.project import Project
from scripts.preview import capture
from scripts.preview.compare import Comparison, Step, compare
from scripts.preview.consequences import consequences
from scripts.preview.state import State, read
from tests.stacks.held import HERE, merged
from tests.stacks.mechanisms import BASE
from tests.support.exports import SECRET, export, resource

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:pulumi_aws")

STACK = "snap"
SERVE = {"pools": {"serve": {"accelerator": "L4:1", "nodes": "0..4", "fabric": "none"}}}
NODES = "snap-train-on-demand-nodes"


def previewed(change: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
    loaded = load_config(json.dumps(merged(BASE, dict(change or {}))), STACK, Project(HERE, HERE))
    made = plan(loaded)
    return capture.run(lambda: program.deploy(made, loaded), stack=STACK, config={}).to_json()


def lustre(capacity: str) -> dict[str, Any]:
    return {"storage": {"scratch": {"kind": "parallel", "capacity": capacity}}}


class Edit:
    """What an edit of the base spec does: steps by name, and the findings. `state`: changed before it is read."""

    def __init__(self, folder: Path, exported: dict[str, Any], after: list[dict[str, Any]]) -> None:
        file = folder / "state.json"
        file.write_text(json.dumps(exported))
        self.state: State = read(file, STACK, "gpu-fleet")
        self.comparison: Comparison = compare(after, self.state, catalog().replacements)
        self.steps: dict[str, Step] = {step.name: step for step in self.comparison.changing}
        self.findings: tuple[Finding, ...] = consequences(
            self.comparison, self.state, cloud="aws", stack=STACK, accelerators=accelerators
        )

    def operations(self) -> dict[str, str]:
        return {name: step.operation for name, step in self.steps.items()}

    def changed(self, name: str) -> dict[str, tuple[Any, Any, str]]:
        return {change.path: (change.old, change.new, change.effect) for change in self.steps[name].changes}

    def told(self, id: str) -> list[str]:
        return [finding.message for finding in self.findings if finding.id == id]


def accelerators(machine: str) -> int:
    found = catalog().machine(machine)
    return 0 if found is None else found.accelerator_count


def edit(folder: Path, before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Edit:
    return Edit(folder, export(previewed(before), STACK), previewed(after))


def test_the_same_is_no_change(tmp_path: Path) -> None:
    found = edit(tmp_path, lustre("4800GiB"), lustre("4800GiB"))
    assert found.steps == {}
    assert found.findings == ()
    assert found.comparison.count("same") > 90


def test_an_empty_state_means_that_all_is_made(tmp_path: Path) -> None:
    found = Edit(tmp_path, {"version": 3, "deployment": {"manifest": {}}}, previewed())
    assert set(found.operations().values()) == {"create"}
    assert found.findings == ()


def test_more_nodes_are_an_update_of_their_group_alone(tmp_path: Path) -> None:
    found = edit(tmp_path, None, {"pools": {"train": {"nodes": 4}}})
    assert found.operations() == {NODES: "update"}
    assert found.changed(NODES) == {
        f"scalingConfig.{size}": (2, 4, "update") for size in ("minSize", "desiredSize", "maxSize")
    }
    assert found.told("nodes-go") == []


def test_another_machine_replaces_the_node_group_new_nodes_first(tmp_path: Path) -> None:
    found = edit(tmp_path, None, {"pools": {"train": {"accelerator": "H200:8"}}})
    assert found.steps[NODES].operation == "replace"
    assert not found.steps[NODES].old_first
    assert found.changed(NODES)["instanceTypes"] == (["p5.48xlarge"], ["p5en.48xlarge"], "replace")
    assert "snap-control-plane" not in found.steps
    (told,) = found.told("nodes-go")
    assert "new nodes before old ones" in told
    assert "2 nodes, 16 GPUs" in told
    assert found.told("data-loss") == []


def test_a_new_template_version_rolls_the_nodes_in_place(tmp_path: Path) -> None:
    found = edit(tmp_path, None, {"pools": {"train": {"placement": "none"}}})
    assert found.steps["snap-train-on-demand-template"].operation == "update"
    assert found.steps[NODES].operation == "update"
    assert found.changed(NODES)["launchTemplate.version"][1:] == (
        {"ref": "snap-train-on-demand-template.latestVersion"},
        "update",
    )
    assert found.told("nodes-go") == [
        "in place, but it rolls its nodes: EKS ends each node and starts another, 8 of 16 GPUs away at a time"
    ]


def test_new_tags_of_a_template_roll_nothing(tmp_path: Path) -> None:
    found = edit(tmp_path, None, {"schedule": {"expires": "2027-06-30"}})
    assert set(found.operations().values()) == {"update"}
    assert set(found.changed(NODES)) == {"tags.expires-at"}
    assert found.findings == ()


def test_a_newer_kubernetes_is_in_place(tmp_path: Path) -> None:
    found = edit(tmp_path, {"kubernetes": "1.34"}, {"kubernetes": "1.35"})
    assert found.changed("snap-control-plane")["version"] == ("1.34", "1.35", "update")
    assert "replace" not in found.operations().values()


def test_a_file_system_grows_in_place(tmp_path: Path) -> None:
    found = edit(tmp_path, lustre("4800GiB"), lustre("7200GiB"))
    assert found.operations() == {"snap-scratch-files": "update"}
    assert found.changed("snap-scratch-files") == {"storageCapacity": (4800, 7200, "update")}
    assert found.findings == ()


def test_a_file_system_that_shrinks_is_replaced_and_its_data_lost(tmp_path: Path) -> None:
    found = edit(tmp_path, lustre("4800GiB"), lustre("2400GiB"))
    assert found.steps["snap-scratch-files"].operation == "replace"
    assert found.told("data-loss") == [
        "this replaces the file system scratch: its data is lost (because of storageCapacity)"
    ]


def test_a_new_pool_touches_no_other(tmp_path: Path) -> None:
    found = edit(tmp_path, None, SERVE)
    others = {name: what for name, what in found.operations().items() if what != "create"}
    assert others == {"snap-s3-endpoint": "update"}  # the new subnets' route table
    assert found.steps["snap-serve-on-demand-nodes"].operation == "create"


def test_a_pool_that_is_taken_away_goes_alone(tmp_path: Path) -> None:
    found = edit(tmp_path, SERVE, None)
    operations = found.operations()
    assert {what for name, what in operations.items() if "serve" in name} == {"delete"}
    assert operations["snap-s3-endpoint"] == "update"
    assert not any("train" in name or "system" in name or "control-plane" in name for name in operations)
    assert [told.split(":")[0] for told in found.told("nodes-go")] == ["the node group is deleted"]


def test_another_region_replaces_what_stands_in_it(tmp_path: Path) -> None:
    """The provider itself is edited in place; what it made in the old region has to be made anew."""
    after = json.loads(json.dumps(previewed()))
    next(one for one in after if one["name"] == "snap-aws")["inputs"]["region"] = "us-west-2"
    found = Edit(tmp_path, export(previewed(), STACK), after)
    assert found.steps["snap-aws"].operation == "update"
    assert found.steps["snap-vpc"].operation == "replace"
    assert found.steps["snap-data-bucket"].operation == "replace"
    assert "snap-cluster-role" not in found.steps  # IAM has no regions
    assert found.steps["snap-control-plane"].old_first  # its name is stated
    assert any(told.startswith("this replaces the bucket data: its data is lost") for told in found.told("data-loss"))


def test_another_cluster_name_takes_everything_in_the_cluster_with_it(tmp_path: Path) -> None:
    exported = export(previewed(), STACK)
    for one in exported["deployment"]["resources"]:
        inputs = one.get("inputs", {})
        inputs.update({key: "former" for key in ("name", "clusterName") if inputs.get(key) == STACK})
    found = Edit(tmp_path, exported, previewed())
    assert found.steps["snap-control-plane"].old_first
    assert found.changed("snap-control-plane")["name"] == ("former", STACK, "replace")
    assert found.steps[NODES].operation == "replace"
    assert found.told("data-loss") == [
        "this replaces the cluster: everything that runs in it ends and its objects are lost (because of name)"
    ]


def test_what_is_in_a_cluster_goes_before_it_though_the_name_stays(tmp_path: Path) -> None:
    exported = export(previewed(), STACK)
    resource(exported, "snap-control-plane")["inputs"]["kubernetesNetworkConfig"]["serviceIpv4Cidr"] = "10.9.0.0/16"
    found = Edit(tmp_path, exported, previewed())
    assert found.steps["snap-control-plane"].old_first
    for name in (NODES, "snap-vpc-cni-addon"):
        assert found.steps[name].operation == "replace"
        assert found.steps[name].old_first
        assert found.changed(name)["clusterName"] == (STACK, {"ref": "snap-control-plane.name"}, "replace")
    assert any("2 nodes, 16 GPUs are away" in told for told in found.told("nodes-go"))


def test_what_is_protected_would_be_refused(tmp_path: Path) -> None:
    protected = {"protect": True}
    found = edit(tmp_path, {**protected, **lustre("4800GiB")}, {**protected, **lustre("2400GiB")})
    (refused,) = [finding for finding in found.findings if finding.id == "protected"]
    assert refused.level is Level.MANDATORY
    assert refused.path == "snap-scratch-files"
    assert refused.message == "this replaces the file system scratch: would be refused: protected"
    gone = edit(tmp_path, {**protected, **lustre("4800GiB")}, protected)
    assert "this deletes the file system scratch: would be refused: protected" in gone.told("protected")


def test_what_the_table_does_not_know_is_loud(tmp_path: Path) -> None:
    exported = export(previewed(), STACK)
    resource(exported, "snap-control-plane")["inputs"]["novelty"] = 1
    found = Edit(tmp_path, exported, previewed())
    assert found.operations() == {"snap-control-plane": "unknown"}
    assert found.told("unknown-effect") == ["novelty: unknown: the table does not know what this edit does"]


def test_what_a_provider_filled_in_or_nobody_may_see_is_no_difference(tmp_path: Path) -> None:
    exported = export(previewed(), STACK)
    group = resource(exported, NODES)["inputs"]
    group |= {"nodeGroupName": "snap-1a2b3c4", "__defaults": ["nodeGroupName"], "region": "us-east-1"}
    group |= {"taints": [*group["taints"]], "remoteAccess": {}, "tagsOfOthers": []}
    group["scalingConfig"] |= {"__defaults": []}
    resource(exported, "snap-train-on-demand-template")["inputs"]["userData"] = SECRET
    policy = resource(exported, "snap-key")["inputs"]
    policy["policy"] = json.dumps(json.loads(policy["policy"]), indent=2)
    assert Edit(tmp_path, exported, previewed()).steps == {}


def test_ignored_changes_are_none(tmp_path: Path) -> None:
    ranged = {"pools": {"train": {"nodes": "1..4"}}}
    exported = export(previewed(ranged), STACK)
    resource(exported, NODES)["inputs"]["scalingConfig"]["desiredSize"] = 3
    assert Edit(tmp_path, exported, previewed(ranged)).steps == {}


def test_what_the_program_says_to_replace_is_replaced(tmp_path: Path) -> None:
    after = json.loads(json.dumps(previewed({"pools": {"train": {"nodes": 4}}})))
    next(one for one in after if one["name"] == NODES)["replace_on_changes"] = ["scalingConfig"]
    found = Edit(tmp_path, export(previewed(), STACK), after)
    assert found.operations() == {NODES: "replace"}


def test_a_name_that_means_another_type_now_is_made_and_deleted(tmp_path: Path) -> None:
    exported = export(previewed(), STACK)
    resource(exported, "snap-key-alias")["type"] = "aws:ec2/eip:Eip"
    found = Edit(tmp_path, exported, previewed())
    assert [step.operation for step in found.comparison.changing] == ["create", "delete"]


def test_a_cut_off_run_and_a_value_that_the_state_lacks_are_told(tmp_path: Path) -> None:
    exported = export(previewed(), STACK)
    exported["deployment"]["pending_operations"] = [{"type": "creating"}]
    del resource(exported, "snap-train-on-demand-template")["outputs"]["latestVersion"]
    found = Edit(tmp_path, exported, previewed())
    assert found.steps == {}
    assert [finding.id for finding in found.findings] == ["state-pending", "state-unresolved"]
    assert "snap-train-on-demand-template.latestVersion" in found.told("state-unresolved")[0]
