"""Parity: what differs between stacks of one blueprint, which field brings it about, and whether it may."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from components.errors import InputError, Level
from components.plan.differences import ABSENT, put, splits
from components.plan.parity import Difference, ParityReport, parity
from components.plan.planner import plan
from components.spec.loader import LoadedSpec, load
from components.spec.project import Project

BLUEPRINT = {
    "kubernetes": "1.35",
    "pools": {"train": {"accelerator": "H100:8", "nodes": 2, "fabric": "required", "capacity": ["on-demand"]}},
    "storage": {"scratch": {"kind": "parallel", "capacity": "4800GiB"}},
    "may_differ": ["pools.*.nodes", "pools.*.capacity", "budget"],
}
STACK = {
    "blueprint": "blueprints/b.yaml",
    "cloud": "aws",
    "account": "123456789012",
    "region": "us-east-1",
    "environment": "dev",
    "tags": {"owner": "research"},
}
RESERVATION = {"id": "cr-0123456789abcdef0", "zone_id": "use1-az2", "nodes": 8, "until": "2027-06-30"}


class Folder:
    """A project of stack files, each the compliant stack with a few keys of its own."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "blueprints").mkdir()
        self.blueprint(BLUEPRINT)

    def blueprint(self, value: dict) -> None:
        (self.root / "blueprints" / "b.yaml").write_text(yaml.safe_dump(value))

    def stack(self, name: str, **own: object) -> LoadedSpec:
        file = self.root / f"Pulumi.{name}.yaml"
        file.write_text(yaml.safe_dump({"config": {"gpu-fleet:cluster": {**STACK, **own}}}, sort_keys=False))
        return load(name, Project(self.root, self.root))

    def compare(self, *own: dict[str, object]) -> ParityReport:
        return parity([self.stack(f"s{place}", **keys) for place, keys in enumerate(own)], plan)


@pytest.fixture
def folder(tmp_path: Path) -> Folder:
    return Folder(tmp_path)


def at(report: ParityReport, path: str) -> Difference:
    return next(one for one in report.differences if one.path == path)


def paths(report: ParityReport) -> set[str]:
    return {one.path for one in report.differences}


def test_stacks_that_differ_in_their_names_only_have_one_shape(folder: Folder) -> None:
    report = folder.compare({}, {})
    assert report.allowed
    assert paths(report) == {"stack", "name", "tags.gpu-fleet:stack", "instance_tags.gpu-fleet:stack"}
    assert at(report, "name").causes == ("stack",)


def test_a_binding_may_always_differ(folder: Folder) -> None:
    report = folder.compare({}, {"region": "us-east-2", "tags": {"owner": "serving", "team": "a"}})
    assert report.allowed
    assert at(report, "region").kind == "binding"
    assert at(report, "tags.owner").values == ("research", "serving")
    assert at(report, "tags.team").values == (ABSENT, "a")
    assert at(report, "system.zones").causes == ("region",)


def test_shape_that_may_differ_names_its_entry_and_what_follows_names_its_cause(folder: Folder) -> None:
    reserved = {"pools": {"train": {"nodes": 8, "capacity": [{"reservation": RESERVATION}]}}}
    report = folder.compare({}, reserved)
    assert report.allowed
    assert at(report, "pools.train.nodes").why == "may_differ: pools.*.nodes"
    assert at(report, "pools.train.nodes").values == ("2", "8")
    zones = at(report, "pools.train.zones")
    # The reservation stands in use1-az2; without it the plan takes the first zone that offers the machine.
    assert (zones.kind, zones.allowed, zones.causes) == ("follows", True, ("pools.train.capacity",))
    assert zones.values[1] == ["use1-az2"]
    assert at(report, "pools.train.rungs.train-reservation").values[0] is ABSENT
    assert at(report, "storage.scratch.zone_id").causes == ("pools.train.capacity",)


def test_shape_that_may_differ_does_not_name_is_refused_at_its_line(folder: Folder) -> None:
    report = folder.compare({}, {"pools": {"train": {"root_disk": "500GiB"}}})
    assert not report.allowed
    (finding,) = report.findings
    assert (finding.id, finding.level, finding.path) == ("parity", Level.MANDATORY, "pools.train.root_disk")
    assert finding.file is not None and finding.file.endswith("Pulumi.s1.yaml") and finding.line is not None
    assert finding.message == "differs between stacks and may not (s0: -; s1: 500GiB)"
    assert "pools.*.root_disk" in finding.hint
    follower = at(report, "pools.train.root_disk_gib")
    assert (follower.values, follower.allowed) == ((300, 500), False)
    assert follower.causes == ("pools.train.root_disk",)


def test_a_pool_that_one_stack_alone_has_is_one_difference(folder: Folder) -> None:
    extra = {"accelerator": "L4:1", "nodes": 1, "fabric": "none"}
    report = folder.compare({}, {"pools": {"extra": extra}})
    assert [finding.path for finding in report.findings] == ["pools.extra"]
    folder.blueprint({**BLUEPRINT, "may_differ": ["pools.*"]})
    assert folder.compare({}, {"pools": {"extra": extra}}).allowed


def test_ids_within_a_rung_are_bindings_although_the_ladder_is_shape(folder: Folder) -> None:
    folder.blueprint({**BLUEPRINT, "may_differ": []})

    def of(**own: object) -> dict[str, object]:
        return {"pools": {"train": {"capacity": [{"reservation": {**RESERVATION, **own}}]}}}

    report = folder.compare(of(), of(id="cr-0fedcba9876543210"))
    assert report.allowed
    assert at(report, "pools.train.capacity.0.reservation.id").kind == "binding"
    assert not folder.compare({}, of()).allowed


def test_three_stacks_are_compared_at_once(folder: Folder) -> None:
    report = folder.compare({}, {"pools": {"train": {"nodes": 4}}}, {"protect": True})
    assert at(report, "pools.train.nodes").values == ("2", "4", "2")
    assert [finding.path for finding in report.findings] == ["protect"]
    assert at(report, "protect").values == (False, False, True)


def test_a_stack_may_not_allow_itself_what_the_blueprint_does_not(folder: Folder) -> None:
    own = {"may_differ": ["protect"]}
    report = folder.compare({"protect": True, **own}, own)
    assert not report.allowed
    assert {finding.path for finding in report.findings} == {"may_differ"}


def test_the_problems_of_every_stack_that_cannot_be_planned_are_told(folder: Folder) -> None:
    with pytest.raises(InputError) as caught:
        folder.compare({"pools": {"train": {"accelerator": "H100:7"}}}, {"region": "us-nowhere-1"})
    text = str(caught.value)
    assert "H100:7" in text and "us-nowhere-1" in text


def test_a_field_that_cannot_change_alone_still_explains_what_follows(folder: Folder) -> None:
    """The reservation's zone exists only in the other region: neither field makes sense without the other."""

    def of(region: str, zone: str) -> dict[str, object]:
        rung = {"reservation": {**RESERVATION, "zone_id": zone}}
        return {"region": region, "pools": {"train": {"capacity": [rung]}}}

    report = folder.compare(of("us-east-1", "use1-az2"), of("us-west-2", "usw2-az3"))
    assert report.allowed
    assert all(one.causes for one in report.differences if one.layer == "plan")
    assert "region" in at(report, "pools.train.zones").causes


# --- any stack ---

OWN = st.fixed_dictionaries(
    {},
    optional={
        "region": st.sampled_from(["us-east-1", "us-east-2", "us-west-2"]),
        "environment": st.sampled_from(["dev", "prod"]),
        "protect": st.booleans(),
        "account": st.sampled_from(["123456789012", "210987654321"]),
        "network": st.sampled_from([{"nat": "per-zone"}, {"nat": "none"}, {"cidr": "10.8.0.0/16"}]),
        "software": st.sampled_from([{"efa_layout": "B"}, {"node_repair": False}, {"log_retention_days": 7}]),
        "storage": st.sampled_from([{"scratch": {"capacity": "9600GiB"}}, {"c": {"kind": "object"}}]),
        "pools": st.sampled_from(
            [
                {"train": {"nodes": 4}},
                {"train": {"capacity": ["spot"]}},
                {"train": {"fabric": "none"}},
                {"two": {"accelerator": "L4:1", "nodes": 1}},
            ]
        ),
    },
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=OWN, other=OWN)
def test_every_difference_of_plans_follows_from_differences_of_specs(folder: Folder, one: dict, other: dict) -> None:
    try:
        report = folder.compare(one, other)
    except InputError:
        return
    known = {difference.path: difference for difference in report.differences if difference.layer == "spec"}
    for difference in report.differences:
        if difference.layer == "plan":
            assert difference.causes, difference
            assert difference.allowed == all(known[cause].allowed for cause in difference.causes), difference
    assert report.allowed == all(difference.allowed for difference in known.values())
    # Either stack first: the same fields differ.
    turned = folder.compare(other, one)
    assert set(known) == {d.path for d in turned.differences if d.layer == "spec"}


# --- documents ---


def test_lists_with_labels_are_compared_by_label_and_not_by_position() -> None:
    one = {"subnets": [{"name": "a", "cidr": 1}, {"name": "b", "cidr": 2}]}
    other = {"subnets": [{"name": "b", "cidr": 3}]}
    found = {split.path: split.values for split in splits([one, other], ["name"])}
    assert found == {("subnets", "a"): ({"name": "a", "cidr": 1}, ABSENT), ("subnets", "b", "cidr"): (2, 3)}


def test_a_part_that_one_lacks_is_told_once_and_compared_between_the_others() -> None:
    found = {split.path: split.values for split in splits([{"a": {"n": 1}}, {"a": {"n": 2}}, {}])}
    assert found == {("a",): ({"n": 1}, {"n": 2}, ABSENT), ("a", "n"): (1, 2, ABSENT)}


TREES = st.recursive(
    st.none() | st.integers(0, 3) | st.sampled_from(["x", "y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    max_leaves=8,
)
DOCUMENTS = st.dictionaries(st.sampled_from("abc"), TREES, max_size=3)


@given(one=DOCUMENTS, other=DOCUMENTS)
def test_taking_every_difference_over_makes_documents_equal(one: dict, other: dict) -> None:
    taken = copy.deepcopy(one)
    for split in splits([one, other]):
        put(taken, other, split.path)
    assert taken == other
    assert (one == other) == (not list(splits([one, other])))
