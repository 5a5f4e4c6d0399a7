"""The wheel is whole: beside a project of one's own it checks and previews, with no clone and no network."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest

from tests.project.places import ROOT, UV, newcomer, run, set_guard

pytestmark = pytest.mark.registry

BLUEPRINT = """\
kubernetes: "1.35"
pools:
  try: {accelerator: "L4:1", nodes: 1, fabric: none}
budget: {usd_per_month: 2000}
"""
STACK = """\
config:
  gpu-fleet:cluster:
    blueprint: BLUEPRINT
    cloud: aws
    account: "123456789012"
    region: us-east-1
    environment: dev
    tags: {owner: us, cost-center: "1"}
    access: {admins: ["arn:aws:iam::123456789012:role/platform"]}
    schedule: {expires: "2027-03-31"}
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run([UV, "build", "--wheel", "--quiet", "--out-dir", folder, ROOT], ROOT, newcomer(folder / "home"))
    (made,) = folder.glob("*.whl")
    return made


def test_the_wheel_holds_data_blueprints_and_the_pack(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for folder, inside in (("components", ""), ("policies", ""), ("scripts", ""), ("stacks/blueprints", "components")):
        for file in (ROOT / folder).rglob("*"):
            if not file.is_file() or "__pycache__" in file.parts or file == ROOT / "scripts" / "docs.py":
                continue
            shipped = file.relative_to(ROOT) if not inside else Path(inside) / file.relative_to(ROOT / "stacks")
            assert str(shipped) in names
    assert {"components/py.typed", "policies/analyzer", "policies/PulumiPolicy.yaml"} <= names
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"components", "policies", "scripts"}


def test_a_project_of_ones_own_needs_no_clone(wheel: Path, tmp_path: Path) -> None:
    env = newcomer(tmp_path / "home")
    venv, project = tmp_path / "env", tmp_path / "project"
    locked = run([UV, "export", "--locked", "--quiet", "--no-hashes", "--no-emit-project", "--no-dev", "--extra", "aws"],
                 ROOT, env)  # fmt: skip
    (tmp_path / "constraints.txt").write_text(locked.stdout)
    run([UV, "venv", "--quiet", venv], tmp_path, env)
    run([UV, "pip", "install", "--quiet", "--python", venv, "--constraint", tmp_path / "constraints.txt",
         f"gpu-fleet[aws] @ {wheel.as_uri()}"], tmp_path, env)  # fmt: skip
    set_guard(venv)
    (project / "stacks" / "blueprints").mkdir(parents=True)
    (project / "stacks" / "blueprints" / "own.yaml").write_text(BLUEPRINT)
    for name, blueprint in (("mine", "own"), ("theirs", "dev-small")):
        (project / "stacks" / f"Pulumi.{name}.yaml").write_text(STACK.replace("BLUEPRINT", blueprint))

    guarded = env | {"GUARD": "1", "GUARD_FOLDER": str(ROOT)}
    cli = venv / "bin" / "gpufleet"
    for stack in ("mine", "theirs"):
        run([cli, "check", stack], project, guarded)
    document = json.loads(run([cli, "preview", "mine", "--output", "json"], project, guarded).stdout)
    types = {resource["type"] for resource in document["resources"]}
    assert {"aws:eks/cluster:Cluster", "aws:eks/nodeGroup:NodeGroup"} <= types
    where = run([venv / "bin" / "python", "-c", "import components; print(components.__file__)"], project, env).stdout
    assert where.startswith(str(venv))


def test_the_guard_bites(tmp_path: Path) -> None:
    env = newcomer(tmp_path / "home")
    run([UV, "venv", "--quiet", tmp_path / "env"], tmp_path, env)
    set_guard(tmp_path / "env")
    python = tmp_path / "env" / "bin" / "python"
    guarded = env | {"GUARD": "1", "GUARD_FOLDER": str(ROOT)}
    assert "refuses sockets" in run([python, "-c", "import socket; socket.socket()"], tmp_path, guarded, 1).stderr
    reading = f"open({str(ROOT / 'README.md')!r})"
    assert "refuses to read" in run([python, "-c", reading], tmp_path, guarded, 1).stderr
