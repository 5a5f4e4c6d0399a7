"""`gpufleet parity`: what people and programs read of it, and its exit status."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.unit.cli_verbs.conftest import ROOT, Run

TRIO = ("dev-aws", "staging-aws", "prod-aws")
HEAD = """\
config:
  gpu-fleet:cluster:
    blueprint: h100-training
    cloud: aws
    region: us-east-1
    environment: dev
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: trial\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks").mkdir()
    (tmp_path / "stacks" / "Pulumi.a.yaml").write_text(HEAD)
    (tmp_path / "stacks" / "Pulumi.b.yaml").write_text(HEAD + "    software: {efa_layout: B}\n")
    return tmp_path


EVERYWHERE = (*TRIO, "dev-gcp", "staging-gcp", "prod-gcp")


def line_of(text: str, start: str) -> list[str]:
    """The cells of the row that starts with a path."""
    return next(line.split() for line in text.splitlines() if line.strip().startswith(start))


def test_shipped_environments_have_one_shape(run: Run) -> None:
    done = run("parity", *TRIO)
    assert done.status == 0 and done.err == ""
    # The stack files say it: 2 nodes from the blueprint, 4, and 8 that are reserved in use1-az2.
    assert line_of(done.out, "pools.train.nodes ")[1:5] == ["2", "4", "8", "pools.*.nodes"]
    assert line_of(done.out, "pools.train.zones ")[3] == "use1-az2"
    assert line_of(done.out, "storage.scratch.zone_id ")[3] == "use1-az2"
    assert "In the plan, by pools.train.capacity\n" in done.out
    assert "Bindings differ: account, environment, access.admins, schedule.expires\n" in done.out
    assert done.out.splitlines()[-1].startswith("✓ dev-aws, staging-aws and prod-aws have one shape")


@pytest.mark.parametrize("columns", [80, 100])
def test_rows_fit_the_width_and_columns_stand_below_their_stack(run: Run, columns: int) -> None:
    lines = run("parity", *TRIO, columns=columns).out.splitlines()
    assert max(map(len, lines)) <= columns
    assert all(line == line.rstrip() for line in lines)
    header = next(line for line in lines if "dev-aws" in line)
    nodes = next(line for line in lines if "pools.train.nodes" in line)
    assert [nodes[header.index(stack)] for stack in TRIO] == ["2", "4", "8"]


def test_the_values_of_bindings_are_shown_when_asked(run: Run) -> None:
    shown = run("parity", *TRIO, "-v").out
    assert line_of(shown, "account ")[1:] == ["210987654321", "210987654321", "123456789012"]
    assert "account " not in run("parity", *TRIO).out


def test_what_may_not_differ_ends_with_status_1_and_says_where(run: Run, folder: Path) -> None:
    done = run("parity", "a", "b", cwd=folder)
    assert done.status == 1
    assert done.out.startswith("Not allowed to differ\n")
    assert line_of(done.out, "software.efa_layout")[1:] == ["A", "B"]
    assert "stacks/Pulumi.b.yaml:7 software.efa_layout: differs between stacks and may not (a: A; b: B)" in done.out
    assert "add software.efa_layout to the blueprint's may_differ" in done.out
    assert "and so, in the plan, by software.efa_layout" in done.out


def test_the_document_has_every_difference_and_what_is_wrong(run: Run, folder: Path) -> None:
    done = run("parity", "a", "b", "--output", "json", cwd=folder)
    found = done.document("parity")
    assert (done.status, done.err, found["allowed"], found["stacks"]) == (1, "", False, ["a", "b"])
    by_path = {one["path"]: one for one in found["differences"]}
    assert by_path["software.efa_layout"]["values"] == {"a": "A", "b": "B"}
    assert by_path["software.efa_layout"]["kind"] == "not-allowed"
    # 32 network cards of 2 interfaces and 50 addresses: A gives an interface of card 0 to EFA, (2-1)*49+2; B (2-0)*49+2.
    pods = by_path["pools.train.rungs.train-on-demand.group.max_pods"]
    assert (pods["values"], pods["kind"], pods["causes"]) == ({"a": 51, "b": 100}, "follows", ["software.efa_layout"])
    assert [finding["level"] for finding in found["findings"]] == ["mandatory"]


@pytest.mark.parametrize(
    ("stacks", "said"),
    [
        (("dev-aws",), "one stack has nothing to be compared with"),
        (("dev-aws", "h200-aws"), "the stacks are of different blueprints: dev-aws is of h100-training"),
        (("dev-aws", "dev-aws"), "dev-aws is named twice"),
        (("dev-aws", "prd-aws"), "did you mean 'prod-aws'?"),
    ],
    ids=["one", "two-blueprints", "twice", "misspelt"],
)
def test_what_cannot_be_compared_is_refused(run: Run, stacks: tuple[str, ...], said: str) -> None:
    done = run("parity", *stacks)
    assert done.status == 2 and done.out == ""
    assert said in done.err


def test_the_problems_of_all_stacks_are_told_at_once(run: Run, folder: Path) -> None:
    for name, bad in (("a", "    regoin: x\n"), ("b", "    tgas: {}\n")):
        (folder / "stacks" / f"Pulumi.{name}.yaml").write_text(HEAD + bad)
    done = run("parity", "a", "b", cwd=folder)
    assert done.status == 2
    assert "Pulumi.a.yaml:7 regoin" in done.err and "Pulumi.b.yaml:7 tgas" in done.err


def test_neither_pulumi_nor_a_cloud_sdk_is_loaded() -> None:
    code = (
        "import sys; from scripts.cli.main import main; main(sys.argv[1:]);"
        "bad = {name.partition('.')[0] for name in sys.modules} & {'pulumi', 'pulumi_aws', 'grpc', 'boto3'};"
        "sys.exit(f'loaded: {bad}' if bad else 0)"
    )
    for words in (("parity", *TRIO), ("catalog", "list", "--gpu", "H100"), ("catalog", "show", "us-east-1")):
        done = subprocess.run([sys.executable, "-c", code, *words], cwd=ROOT, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr


# --- across clouds ---


def test_shipped_environments_have_one_shape_on_every_cloud(run: Run) -> None:
    done = run("parity", *EVERYWHERE, columns=200)
    assert done.status == 0 and done.err == ""
    assert done.out.splitlines()[-1].endswith("staging-gcp and prod-gcp have one shape: 14 differences, each allowed")


def test_what_the_shape_becomes_on_each_cloud_is_told(run: Run) -> None:
    """p5.48xlarge: 3,200 Gbit/s for 8 GPUs (AWS); a3-megagpu-8g: 1,600 (Google Cloud); the smallest Managed Lustre: 9,000."""
    text = run("parity", "prod-aws", "prod-gcp", columns=140).out
    assert "The stacks are on different clouds: their shape is compared, and this is what each makes of it.\n" in text
    same = next(line for line in text.splitlines() if line.startswith("The same: "))
    for said in ("pools.train.accelerator H100:8", "pools.train.accelerators 64", "storage.scratch.asked_gib 4800"):
        assert said in same
    assert line_of(text, "pools.train.machine")[1:3] == ["p5.48xlarge", "a3-megagpu-8g"]
    assert line_of(text, "pools.train.fabric")[1:3] == ["efa", "tcpxo"]
    assert line_of(text, "pools.train.gbps_per_accelerator")[1:3] == ["400", "200"]
    assert line_of(text, "storage.scratch.given_gib")[1:3] == ["4800", "9000"]
    assert "rounded up to a legal size" in text


def test_the_document_has_the_meanings_with_a_value_for_each_stack(run: Run) -> None:
    found = run("parity", "prod-aws", "dev-gcp", "--output", "json").document("parity")
    assert (found["allowed"], found["machines_compared"]) == (True, False)
    told = {one["path"]: one for one in found["meanings"]}
    assert told["pools.train.accelerator"]["kind"] == "same"
    assert told["pools.train.machine"]["values"] == {"prod-aws": "p5.48xlarge", "dev-gcp": "a3-megagpu-8g"}
    assert told["pools.train.nodes"]["kind"] == "differs"
    assert told["pools.train.nodes"]["why"] == "follows from pools.train.nodes"
    one_cloud = run("parity", "prod-aws", "dev-aws", "--output", "json").document("parity")
    assert (one_cloud["machines_compared"], one_cloud["meanings"]) == (True, [])


def test_shape_that_differs_between_clouds_is_refused_at_its_line(run: Run, folder: Path) -> None:
    other = HEAD.replace("aws", "gcp").replace("us-east-1", "us-east5")
    (folder / "stacks" / "Pulumi.c.yaml").write_text(other + "    storage: {scratch: {capacity: 9600GiB}}\n")
    done = run("parity", "a", "c", cwd=folder)
    assert done.status == 1
    assert "stacks/Pulumi.c.yaml:7 storage.scratch.capacity: differs between stacks and may not" in done.out


def test_shape_that_one_cloud_has_nothing_for_is_told(run: Run, folder: Path) -> None:
    for name, head in (("b", HEAD), ("c", HEAD.replace("aws", "gcp").replace("us-east-1", "us-east5"))):
        (folder / "stacks" / f"Pulumi.{name}.yaml").write_text(head + "    software: {efa_layout: B}\n")
    done = run("parity", "b", "c", cwd=folder, columns=140)
    row = next(line for line in done.out.splitlines() if line.strip().startswith("software.efa_layout"))
    assert "Without a meaning on one of the clouds" in done.out
    assert "has effect" in row and "no effect" in row and "Google Cloud has no EFA" in row


def test_a_stack_that_its_cloud_cannot_have_is_told_before_anything_is_compared(run: Run, folder: Path) -> None:
    other = HEAD.replace("aws", "gcp").replace("us-east-1", "us-esat5")
    (folder / "stacks" / "Pulumi.c.yaml").write_text(other)
    done = run("parity", "a", "c", cwd=folder)
    assert (done.status, done.out) == (2, "")
    assert "stacks/Pulumi.c.yaml" in done.err and "did you mean 'us-east5'?" in done.err
