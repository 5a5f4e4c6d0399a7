"""`gpufleet new`: the file passes a check as it stands, and nothing is ever half written or written over."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from components.catalog import CLOUDS
from components.spec.models import ClusterSpec
from components.spec.project import shipped_blueprints
from scripts.cli.stack_file import place
from tests.unit.cli_verbs.conftest import DAY, ROOT, Run

BLUEPRINTS = sorted(file.stem for file in shipped_blueprints().glob("*.yaml"))
FLAGS = {"--cloud": "aws", "--region": "us-east-1", "--blueprint": "h100-training", "--environment": "dev"}
DATE = ("--date", DAY)


def flags(**own: str) -> list[str]:
    said = {**FLAGS, **{f"--{name}": value for name, value in own.items()}}
    return [word for pair in said.items() for word in pair]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: trial\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    return tmp_path


def stack(folder: Path, name: str = "x") -> Path:
    return folder / "stacks" / f"Pulumi.{name}.yaml"


def files(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


# What no cloud but its own sells: blueprint -> the one that does.
ONLY = {"tpu-training": "gcp"}


@pytest.mark.parametrize("blueprint", [name for name in BLUEPRINTS if ONLY.get(name, "aws") == "aws"])
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_the_file_passes_a_check_or_says_what_blocks_it(
    run: Run, folder: Path, blueprint: str, environment: str
) -> None:
    done = run("new", "x", *flags(blueprint=blueprint, environment=environment), *DATE, cwd=folder)
    check = run("check", "x", *DATE, cwd=folder)
    assert done.status == check.status == 0, done.err + check.out


@pytest.mark.parametrize("blueprint", BLUEPRINTS)
def test_a_file_for_google_cloud_plans_and_says_what_has_no_price(run: Run, folder: Path, blueprint: str) -> None:
    own = flags(cloud="gcp", region="us-central1", blueprint=blueprint, environment="prod", account="my-project")
    done = run("new", "x", *own, *DATE, cwd=folder)
    check = run("check", "x", *DATE, cwd=folder)
    assert done.status == check.status and done.status in (0, 1), done.err + check.out
    assert run("plan", "x", cwd=folder).status == 0
    # Neither lists a price: a Lustre file system, and the disks of TPUs and of what comes after H100.
    assert (done.status == 1) == (blueprint not in ("dev-small", "l4-inference")), done.out
    assert ("has no price" in done.out) == (done.status == 1)


@pytest.mark.parametrize("blueprint", ["h200-reserved", "b200-block"])
def test_a_ladder_that_is_not_sold_there_is_another_one_to_fill_in(run: Run, folder: Path, blueprint: str) -> None:
    """a3-ultragpu-8g and a4-highgpu-8g are not sold on-demand (Google Cloud, consumption models)."""
    own = flags(cloud="gcp", region="us-central1", blueprint=blueprint, environment="prod", account="my-project")
    done = run("new", "x", *own, *DATE, cwd=folder)
    assert "What the blueprint buys for pool train is not sold there: put in yours, in pools.train.capacity" in done.out
    (rung,) = yaml.safe_load(stack(folder).read_text())["config"]["gpu-fleet:cluster"]["pools"]["train"]["capacity"]
    assert rung == {
        "reservation": {"id": "my-reservation", "zone_id": "us-central1-b", "nodes": 4, "until": "2027-02-21"}
    }


def test_what_a_cloud_does_not_sell_at_all_is_no_file(run: Run, folder: Path) -> None:
    done = run("new", "x", *flags(blueprint="tpu-training"), *DATE, cwd=folder)
    assert (done.status, files(folder)) == (2, {"Pulumi.yaml"})
    assert "'TPU-v6e' is no accelerator that aws sells" in done.err
    assert "no account is given" not in done.err, "what is only worth knowing is no error"


def test_what_a_rule_blocks_is_written_and_said(run: Run, folder: Path) -> None:
    tight = shipped_blueprints().joinpath("b200-block.yaml").read_text().replace("350000", "1000")
    folder.joinpath("stacks/blueprints").mkdir(parents=True)
    folder.joinpath("stacks/blueprints/tight.yaml").write_text(tight)
    done = run("new", "x", *flags(blueprint="tight"), *DATE, cwd=folder)
    assert done.status == run("check", "x", *DATE, cwd=folder).status == 1
    assert "this blocks it until you change it" in done.out and "budget.usd_per_month" in done.out
    assert "block: {id:" in stack(folder).read_text()


def test_the_file_has_the_answers_and_every_field_with_its_help(run: Run, folder: Path) -> None:
    done = run(
        "new",
        "x",
        *flags(account="123456789012"),
        *("--tag", "owner=a team", "--tag", "cost-center=4711", *DATE),
        cwd=folder,
    )
    assert done.status == 0
    assert done.out == "wrote stacks/Pulumi.x.yaml\n\nNext: run\n  gpufleet check x\n"
    text = stack(folder).read_text()
    assert yaml.safe_load(text)["config"]["gpu-fleet:cluster"] == {
        "blueprint": "h100-training",
        "cloud": "aws",
        "account": "123456789012",
        "region": "us-east-1",
        "environment": "dev",
        "tags": {"owner": "a team", "cost-center": "4711"},
        "schedule": {"expires": "2027-02-21"},  # 90 days from 2026-11-23
    }
    for name, info in ClusterSpec.model_fields.items():
        assert f"    # {info.description}\n" in text
        assert f"\n    {name}: " in text or f"\n    # {name}:" in text


@pytest.mark.parametrize(("cloud", "region"), [("aws", "us-east-1"), ("gcp", "us-east5")])
def test_each_example_is_right_once_its_mark_is_taken_away(run: Run, folder: Path, cloud: str, region: str) -> None:
    run("new", "x", *flags(cloud=cloud, region=region), cwd=folder)
    lines = stack(folder).read_text().splitlines()
    fields = list(ClusterSpec.model_fields)
    starts = [at for at, line in enumerate(lines) if line.startswith("    # ") and line[6:].split(":")[0] in fields]
    assert len(starts) > 12
    for start in starts:
        end = start + 1
        while end < len(lines) and lines[end].startswith("    #   "):
            end += 1
        plain = [*lines[:start], *(f"    {line[6:]}" for line in lines[start:end]), *lines[end:]]
        stack(folder).write_text("\n".join(plain) + "\n")
        done = run("plan", "x", cwd=folder)
        assert done.status in (0, 1), f"{lines[start]}\n{done.err}"


def test_tags_that_are_not_said_are_asked_for_at_the_end(run: Run, folder: Path) -> None:
    assert "Next: fill in the tags owner and cost-center, then run" in run("new", "x", *flags(), cwd=folder).out


def test_all_flags_that_are_missing_are_named_at_once(run: Run, folder: Path) -> None:
    done = run("new", "x", cwd=folder)
    assert done.status == 2 and files(folder) == {"Pulumi.yaml"}
    assert all(f"{flag} is missing" in done.err for flag in FLAGS)
    assert "h100-training" in done.err


@pytest.mark.parametrize(
    ("own", "said"),
    [
        ({"region": "us-eas-1"}, "did you mean 'us-east-1'?"),
        ({"region": "eu-west-1"}, "H100:8"),
        ({"cloud": "asw"}, "did you mean 'aws'?"),
        ({"blueprint": "h100-trainin"}, "did you mean 'h100-training'?"),
        ({"blueprint": "./none.yaml"}, "there is no blueprint ./none.yaml"),
        ({"environment": "Prod"}, "environment"),
        ({"account": "12"}, "account"),
    ],
    ids=str,
)
def test_wrong_answers_leave_nothing_behind(run: Run, folder: Path, own: dict[str, str], said: str) -> None:
    done = run("new", "x", *flags(**own), cwd=folder)
    assert done.status == 2 and done.out == ""
    assert said in done.err
    assert files(folder) == {"Pulumi.yaml"}


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".x", "a b", "x" * 65, "-x.yaml", "/etc/x"])
def test_names_that_are_paths_are_refused(run: Run, folder: Path, name: str) -> None:
    done = run("new", *flags(), "--", name, cwd=folder)
    assert done.status == 2 and files(folder) == {"Pulumi.yaml"}


def test_a_file_that_is_there_stays_unless_forced(run: Run, folder: Path) -> None:
    stack(folder).write_text("mine\n")
    done = run("new", "x", *flags(), cwd=folder)
    assert done.status == 2 and "--force" in done.err
    assert stack(folder).read_text() == "mine\n"
    assert run("new", "x", *flags(), "--force", cwd=folder).status == 0
    assert "h100-training" in stack(folder).read_text()
    assert files(folder) == {"Pulumi.yaml", "stacks/Pulumi.x.yaml"}


def test_a_file_that_appears_meanwhile_stays(tmp_path: Path) -> None:
    target = tmp_path / "f"
    target.write_text("mine")
    with pytest.raises(Exception, match="is there already"):
        place.write(target, "new", force=False)
    assert target.read_text() == "mine" and files(tmp_path) == {"f"}


def test_a_folder_that_cannot_be_written_is_an_error_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("")
    with pytest.raises(Exception, match="cannot be written"):
        place.write(tmp_path / "f" / "g", "new", force=False)


def test_another_folder_and_a_blueprint_of_ones_own(run: Run, folder: Path) -> None:
    (folder / "mine.yaml").write_text((shipped_blueprints() / "dev-small.yaml").read_text())
    (folder / "sub").mkdir()
    done = run("new", "x", *flags(blueprint="./mine.yaml"), "--path", "sub", cwd=folder)
    assert done.status == 0 and "gpufleet check sub/Pulumi.x.yaml" in done.out
    assert "blueprint: ../mine.yaml\n" in (folder / "sub" / "Pulumi.x.yaml").read_text()
    assert run("check", "sub/Pulumi.x.yaml", cwd=folder).status == 0
    assert run("new", "y", *flags(), "--path", "none", cwd=folder).status == 2


def test_outside_a_project_it_says_so_and_makes_one_when_asked(run: Run, tmp_path: Path) -> None:
    done = run("new", "x", *flags(), cwd=tmp_path)
    assert done.status == 2 and "--init" in done.err and files(tmp_path) == set()
    done = run("new", "x", *flags(), "--init", cwd=tmp_path)
    assert done.status == 0
    assert files(tmp_path) == {"Pulumi.yaml", "stacks/__main__.py", "stacks/Pulumi.x.yaml"}
    program = (tmp_path / "stacks" / "__main__.py").read_text()
    assert program == (ROOT / "stacks" / "__main__.py").read_text()
    made = yaml.safe_load((tmp_path / "Pulumi.yaml").read_text())
    assert made["runtime"] == "python" and made["stackConfigDir"] == "stacks" and made["main"] == "stacks/"
    assert run("check", "x", cwd=tmp_path).status == 0


def test_wrong_answers_make_no_project_either(run: Run, tmp_path: Path) -> None:
    assert run("new", "x", *flags(region="nowhere"), "--init", cwd=tmp_path).status == 2
    assert files(tmp_path) == set()


def test_editors_find_the_schema_where_the_project_has_it(run: Run, folder: Path) -> None:
    run("new", "x", *flags(), cwd=folder)
    assert "$schema" not in stack(folder).read_text()
    schema = folder / "docs" / "schemas" / "stack.json"
    schema.parent.mkdir(parents=True)
    schema.write_text("{}")
    run("new", "y", *flags(), cwd=folder)
    first = stack(folder, "y").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=../docs/schemas/stack.json"


def test_the_document_says_what_was_written(run: Run, folder: Path) -> None:
    found = run("new", "x", *flags(), "--output", "json", cwd=folder).document("new")
    assert (found["stack"], found["files"]) == ("x", ["stacks/Pulumi.x.yaml"])


def test_on_a_terminal_it_asks_for_what_no_flag_says(folder: Path) -> None:
    ours, theirs = pty.openpty()
    words = ["new", "x", "--cloud", "aws", "--environment", "dev"]
    code = "import sys; from scripts.cli.main import main; sys.exit(main(sys.argv[1:]))"
    started = subprocess.Popen(
        [sys.executable, "-c", code, *words],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "dumb"},
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.write(ours, b"us-east-1\nh100\ndev-small\n")  # the second is no blueprint: it is asked for again
    out, _ = started.communicate(timeout=60)
    asked = os.read(ours, 10_000).decode()
    os.close(ours)
    os.close(theirs)
    assert started.returncode == 0, asked
    assert "wrote stacks/Pulumi.x.yaml" in out
    assert "region" in asked and asked.count("blueprint") == 2
    assert "blueprint: dev-small" in stack(folder).read_text()


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_cloud_has_examples(cloud: str) -> None:
    """Each has the words of its own ids, so that no example is of another cloud."""
    assert (ROOT / "scripts" / "cli" / "stack_file" / f"{cloud}.py").is_file()
