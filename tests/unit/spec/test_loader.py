"""One loader, two ways in: a stack's file and Pulumi's config give one spec; what is wrong is told at once, with places."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from components.errors import InputError, Level
from components.plan import planner
from components.plan.document import plan_hash
from components.spec.loader import load, load_config
from components.spec.project import Project, find_project, shipped_blueprints
from components.spec.reader import read

ROOT = Path(__file__).parents[3]
SHIPPED = sorted(Project(ROOT, ROOT / "stacks").stacks())

BLUEPRINT = """\
kubernetes: "1.35"
pools:
  train:
    accelerator: H100:8
    nodes: 2
    fabric: required
    labels: {team: a, tier: gold}
budget: {usd_per_month: 150000}
may_differ: [pools.*.nodes, budget]
"""
STACK = """\
config:
  gpu-fleet:cluster:
    blueprint: training
    cloud: aws
    account: "123456789012"
    region: us-east-1
    environment: dev
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project with one blueprint and one stack, `dev`, as the current folder."""
    (tmp_path / "Pulumi.yaml").write_text("name: mine\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks" / "blueprints").mkdir(parents=True)
    (tmp_path / "stacks" / "blueprints" / "training.yaml").write_text(BLUEPRINT)
    (tmp_path / "stacks" / "Pulumi.dev.yaml").write_text(STACK)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(project: Path, more: str, stack: str = STACK) -> None:
    (project / "stacks" / "Pulumi.dev.yaml").write_text(stack + more)


def errors(stack: str = "dev") -> list[str]:
    """What loading is refused with, as a person reads it."""
    with pytest.raises(InputError) as refused:
        load(stack)
    return [str(one) for one in refused.value.findings]


# --- two ways ---


@pytest.mark.parametrize("stack", SHIPPED)
def test_file_and_config_give_one_spec_and_one_plan(stack, monkeypatch):
    monkeypatch.chdir(ROOT)
    value = read(ROOT / "stacks" / f"Pulumi.{stack}.yaml").value["config"]["gpu-fleet:cluster"]
    text = json.dumps(value, default=lambda one: float(one) if isinstance(one, Decimal) else one)
    by_file, by_config = load(stack), load_config(text, stack)
    assert by_file.spec == by_config.spec
    assert by_file.places == by_config.places
    assert plan_hash(planner.plan(by_file)) == plan_hash(planner.plan(by_config))


def test_config_that_is_not_in_the_file_is_loaded_and_told_without_lines(project):
    value = {"blueprint": "training", "cloud": "aws", "region": "us-west-2", "environment": "dev"}
    loaded = load_config(json.dumps(value), "dev")
    assert loaded.spec.region == "us-west-2"
    assert str(loaded.place("region")) == "stacks/Pulumi.dev.yaml"


def test_money_in_config_is_exact(project):
    price = {"usd_per_hour": 55.04, "source": "a quote", "as_of": "2026-11-01"}
    value = {"blueprint": "training", "cloud": "aws", "region": "us-east-1", "environment": "dev"}
    value |= {"pools": {"train": {"price": price}}}
    found = load_config(json.dumps(value), "other").spec.pools["train"].price
    assert found is not None
    assert found.usd_per_hour == Decimal("55.04")


@pytest.mark.parametrize(
    "text", ["", "{", "no", "[" * 100_000, '{"a": 1e999999999}', "NaN", "3", "[]", "null", '"text"']
)
def test_config_that_is_no_map_is_refused(project, text):
    with pytest.raises(InputError):
        load_config(text, "dev")


# --- places and merging ---


def test_values_have_the_place_where_they_were_written(project):
    write(project, "    pools: {train: {nodes: 4}}\n")
    loaded = load("dev")
    assert str(loaded.place("region")) == "stacks/Pulumi.dev.yaml:6"
    assert str(loaded.place("pools.train.nodes")) == "stacks/Pulumi.dev.yaml:8"
    assert str(loaded.place("pools.train.accelerator")) == "stacks/blueprints/training.yaml:4"
    assert str(loaded.place("pools.train.price.source")) == "stacks/Pulumi.dev.yaml:8"  # of what surrounds it


def test_maps_merge_lists_replace_and_null_removes(project):
    write(
        project,
        "    pools: {train: {labels: {tier: null, more: b}, accelerator: [H200:8]}}\n    may_differ: [region]\n",
    )
    spec = load("dev").spec
    assert spec.pools["train"].labels == {"team": "a", "more": "b"}
    assert [str(one) for one in spec.pools["train"].accelerator or ()] == ["H200:8"]
    assert spec.may_differ == ("region",)


def test_null_removes_a_pool_and_a_new_pool_is_allowed(project):
    write(project, "    pools: {train: null, serve: {accelerator: L4:1, nodes: 1}}\n")
    assert list(load("dev").spec.pools) == ["serve"]


def test_null_that_removes_nothing_is_told(project):
    write(project, "    pools: {trian: null}\n")
    (finding,) = [one for one in load("dev").findings if one.id == "removes-nothing"]
    assert (finding.level, finding.line, finding.hint) == (Level.ADVISORY, 8, "did you mean 'train'?")


# --- what may differ ---


def drift() -> list[tuple[str, int | None]]:
    found = [one for one in load("dev").findings if one.id == "shape-differs"]
    assert all(one.level is Level.MANDATORY for one in found)
    assert all(one.hint.endswith(f"add {one.path!r} to the blueprint's may_differ") for one in found)
    return [(one.path, one.line) for one in found]


@pytest.mark.parametrize(
    "same",
    [
        "pools: {train: {nodes: 9}}",  # may_differ names it
        "budget: {usd_per_hour: 10}",  # and all below it
        "tags: {owner: me}",  # a binding
        "pools: {train: {zones: [use1-az2]}}",  # a binding of a pool
        "pools: {train: {fabric: required}}",  # what the blueprint says
        'pools: {train: {accelerator: ["H100:8"]}}',  # in another spelling
        "protect: false",  # what the blueprint leaves at its default
        "storage: {}",  # nothing
        "pools: {}",  # nothing
    ],
)
def test_what_may_differ_or_does_not(project, same):
    write(project, f"    {same}\n")
    assert drift() == []


@pytest.mark.parametrize(
    ("other", "path"),
    [
        ("pools: {train: {fabric: none}}", "pools.train.fabric"),
        ("pools: {train: {fabric: {min_gbps_per_accelerator: 100}}}", "pools.train.fabric.min_gbps_per_accelerator"),
        ('kubernetes: "1.34"', "kubernetes"),
        ("protect: true", "protect"),
        ("pools: {train: {labels: {tier: null}}}", "pools.train.labels.tier"),
        ("pools: {serve: {accelerator: L4:1, nodes: 1, fabric: none}}", "pools.serve"),  # once, not for each key
        ("storage: {data: {kind: object}}", "storage.data"),
    ],
)
def test_what_may_not_differ_is_told_with_its_line(project, other, path):
    write(project, f"    {other}\n")
    assert drift() == [(path, 8)]


def test_a_new_pool_may_be_named_by_the_blueprint(project):
    text = BLUEPRINT.replace("may_differ: [", "may_differ: [pools.serve, ")
    (project / "stacks" / "blueprints" / "training.yaml").write_text(text)
    write(project, "    pools: {serve: {accelerator: L4:1, nodes: 1}}\n")
    assert drift() == []


# --- wrong files ---


def test_all_problems_are_told_at_once_with_their_lines(project):
    more = "    acount: x\n    pools:\n      train:\n        nodes: 8..2\n        capacity: [ondemand]\n"
    write(project, more, STACK.replace("dev\n", "Dev\n"))
    found = errors()
    assert [one.partition(":")[2].partition(" ")[0] for one in found] == ["7", "11", "12", "8"]
    assert any("acount: unknown key 'acount'" in one for one in found)


def test_a_problem_in_the_blueprint_is_told_there(project):
    (project / "stacks" / "blueprints" / "training.yaml").write_text(BLUEPRINT.replace("nodes: 2", "nodes: two"))
    assert errors()[0].startswith("stacks/blueprints/training.yaml:5 pools.train.nodes: 'two' is neither")


def test_a_stack_that_does_not_exist_is_answered_with_the_nearest(project):
    with pytest.raises(InputError, match="there is no stack 'dve' in stacks") as refused:
        load("dve")
    assert refused.value.findings[0].hint == "did you mean 'dev'?"


@pytest.mark.parametrize(
    "name", ["../x", "a\0b", "a b", "", ".", "..", "/", "a/b.yaml", "-x", "x" * 65, "../../etc/passwd"]
)
def test_names_are_no_paths(project, name):
    assert errors(name)


@pytest.mark.parametrize(
    "name", ["../training", "a\0b", "a\0/b", "", "Training", "nowhere/x.yaml", "/etc/hostname", "."]
)
def test_blueprints_that_cannot_be_told_with_the_line(project, name):
    write(project, "", STACK.replace("training", json.dumps(name)))
    assert errors()


def test_a_missing_blueprint_is_answered_with_the_nearest(project):
    write(project, "", STACK.replace("training", "trainign"))
    with pytest.raises(InputError) as refused:
        load("dev")
    (finding,) = refused.value.findings
    assert str(finding) == "stacks/Pulumi.dev.yaml:3 blueprint: there is no blueprint 'trainign'"
    assert finding.hint == "did you mean 'training'?"


def test_a_missing_blueprint_hides_none_of_the_stacks_own_problems(project):
    write(project, "    regon: us-east-1\n    pools: {train: {nodes: 8..2}}\n", STACK.replace("training", "trainin"))
    said = ("there is no blueprint 'trainin'", "unknown key 'regon'", "ends the wrong way round")
    assert sorted(text for one in errors() for text in said if text in one) == sorted(said)


def test_a_stack_file_and_its_blueprint_outside_the_project(project, tmp_path_factory):
    away = tmp_path_factory.mktemp("away")
    (away / "shape.yaml").write_text(BLUEPRINT)
    (away / "Pulumi.mine.yaml").write_text(STACK.replace("training", "./shape.yaml"))
    loaded = load(str(away / "Pulumi.mine.yaml"))
    assert (loaded.stack, loaded.spec.pools["train"].nodes.max) == ("mine", 2)
    assert str(loaded.place("kubernetes")) == f"{away}/shape.yaml:1"
    assert planner.plan(loaded).blueprint == "shape"


def test_shipped_blueprints_are_there_in_any_project(project):
    write(project, "", STACK.replace("training", "h100-training"))
    assert load("dev").spec.storage
    assert (shipped_blueprints() / "h100-training.yaml").is_file()


def test_a_projects_own_blueprint_wins(project):
    (project / "stacks" / "blueprints" / "h100-training.yaml").write_text(BLUEPRINT)
    write(project, "", STACK.replace("training", "h100-training"))
    assert load("dev").spec.storage == {}


def test_a_stack_of_another_project_is_told(project):
    (project / "stacks" / "Pulumi.dev.yaml").write_text("config:\n  other:size: 3\n  aws:region: us-east-1\n")
    assert errors() == ["stacks/Pulumi.dev.yaml:1: has no config gpu-fleet:cluster: it is a stack of aws, other"]


def test_ambient_config_has_no_effect_and_is_told(project):
    write(project, "  aws:region: eu-west-1\n")
    (finding,) = load("dev").findings
    assert (finding.id, finding.level, finding.line) == ("ambient-config", Level.ADVISORY, 8)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("- 1\n", "is no stack file: it is not a map"),
        ("confg: {}\n" + STACK, ":1: unknown key 'confg'"),
        ("config: {}\n", ":1: has no config gpu-fleet:cluster"),
        ("config: [1]\n", ":1: has no config gpu-fleet:cluster"),
        ("config:\n  gpu-fleet:cluster: text\n", "a mapping of fields belongs here, not a single value"),
        (STACK + "  gpu-fleet:clutser: {}\n", ":8: unknown key 'gpu-fleet:clutser'"),
        ("config: {\n", "is not closed"),
        ("", "is empty"),
    ],
)
def test_files_that_are_no_stack(project, text, said):
    (project / "stacks" / "Pulumi.dev.yaml").write_text(text)
    assert any(said in one for one in errors()), errors()


def test_what_pulumi_writes_itself_is_accepted(project):
    write(project, "", "encryptionsalt: v1:abc\nsecretsprovider: passphrase\n" + STACK)
    assert load("dev").findings == ()


def test_the_project_is_found_from_below(project, monkeypatch):
    monkeypatch.chdir(project / "stacks" / "blueprints")
    assert find_project().root == project
