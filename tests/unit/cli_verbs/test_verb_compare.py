"""`gpufleet compare`: a blueprint on each cloud and region, in order of cost, and why it cannot be had elsewhere."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from components.catalog import CLOUDS, load
from tests.unit.cli_verbs.conftest import DAY, Run

# On-demand list prices in us-east-1 a machine-hour: EC2's public price list, 2026-07.
P5 = Decimal("55.04")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: trial\nruntime: python\nstackConfigDir: stacks\n")
    (tmp_path / "stacks" / "blueprints").mkdir(parents=True)
    return tmp_path


def blueprint(folder: Path, pools: str, name: str = "trial") -> str:
    (folder / "stacks" / "blueprints" / f"{name}.yaml").write_text(f'kubernetes: "1.35"\npools:\n{pools}')
    return name


def places(run: Run, *words: str, cwd: Path | None = None, status: int = 0) -> dict[str, Any]:
    more = {} if cwd is None else {"cwd": cwd}
    done = run("compare", *words, "--date", DAY, "--output", "json", **more)
    assert (done.status, done.err) == (status, "")
    return done.document("compare")


def test_every_region_of_every_cloud_is_there_once(run: Run) -> None:
    found = places(run, "h100-training")["places"]
    shown = [(place["cloud"], place["region"]) for place in found]
    assert sorted(shown) == sorted((cloud, region) for cloud in CLOUDS for region in load(cloud).regions)


def test_a_place_says_machine_cost_fabric_capacity_and_zones(run: Run) -> None:
    place = places(run, "h100-training", "--region", "us-east-1")["places"][0]
    pool = place["pools"][0]
    assert (place["possible"], place["machines_priced"], place["reasons"]) == (True, True, [])
    assert (pool["machine"], pool["accelerators_per_node"], pool["nodes"]["max"]) == ("p5.48xlarge", 8, 2)
    assert (pool["fabric"], pool["gbps_per_accelerator"]) == ("efa", "400")  # 3,200 Gbit/s for eight GPUs
    assert {"on-demand", "spot", "reservation", "block"} == set(pool["sold_as"])
    assert pool["capacity"] == ["on-demand"]
    assert all(zone.startswith("use1-az") for zone in pool["zones"])
    machines = [line for line in place["cost"]["lines"] if line["pool"] == "train" and line["kind"] == "machine"]
    assert Decimal(machines[0]["monthly"]["max"]) == 2 * 730 * P5


def test_the_cheapest_machines_come_first_and_what_cannot_be_had_last(run: Run) -> None:
    found = places(run, "h100-training")["places"]
    possible = [place["possible"] for place in found]
    assert possible == sorted(possible, reverse=True)
    priced = [place["machines_priced"] for place in found if place["possible"]]
    assert priced == sorted(priced, reverse=True)
    figures = [
        sum(Decimal(line["monthly"]["max"]) for line in place["cost"]["lines"] if line["pool"] == "train"
            and line["kind"] == "machine")
        for place in found
        if place["machines_priced"]
    ]  # fmt: skip
    assert figures == sorted(figures) and len(figures) > 10


def test_what_has_no_price_is_said_loudly_and_counts_as_no_sum(run: Run) -> None:
    """sa-east-1 offers p5 (EC2 DescribeInstanceTypeOfferings), and no source has its price."""
    done = run("compare", "h100-training", "--region", "sa-east-1", "--date", DAY)
    row = next(line.split() for line in done.out.splitlines() if line.startswith("  aws sa-east-1 "))
    assert row[2:5] == ["UNPRICED"] * 3
    assert "UNPRICED: not in these figures, for want of a list price" in done.out
    assert "train p5.48xlarge (on-demand)" in done.out
    assert done.out.splitlines()[-1].endswith("can be had in 1 of 1 region; its machines have a list price in none")
    assert places(run, "h100-training", "--region", "sa-east-1")["places"][0]["machines_priced"] is False


def test_where_it_cannot_be_had_the_reason_stands_and_where_else(run: Run) -> None:
    done = run("compare", "h100-training", "--region", "eu-west-3", "--region", "us-east-1", "--date", DAY)
    assert done.status == 0
    after = done.out.partition("Where it cannot be had\n")[2]
    assert after.startswith(
        "  aws eu-west-3\n  ✗ pools.train.accelerator: H100:8 (p5.48xlarge) is not offered in the region"
    )
    assert "hint: offered in " in after


def test_the_same_reason_is_said_once_for_all_its_regions(run: Run) -> None:
    short = run("compare", "h100-training", "--cloud", "aws", "--date", DAY).out
    assert short.count("is not offered in the region") == 1 and " more (-v)\n" in short
    long = run("compare", "h100-training", "--cloud", "aws", "--date", DAY, "-v").out
    assert " more (-v)" not in long and "eu-west-3" in long


def test_nowhere_is_status_2_with_the_reasons(run: Run, folder: Path) -> None:
    name = blueprint(folder, "  train: {accelerator: H100:7, nodes: 1}\n")
    found = places(run, name, "--cloud", "aws", cwd=folder, status=2)
    assert {one["id"] for one in found["findings"]} >= {"accelerator"}
    assert any("'H100:7' is not sold on aws" in one["message"] for one in found["findings"])
    done = run("compare", name, "--cloud", "aws", cwd=folder)
    assert done.status == 2 and "✗ trial can be had in none of" in done.out


def test_a_place_with_several_pools_has_a_row_for_each(run: Run, folder: Path) -> None:
    pools = "  big: {accelerator: H100:8, nodes: 1}\n  small: {accelerator: L4:1, nodes: 0..4, fabric: none}\n"
    done = run("compare", blueprint(folder, pools), "--region", "us-east-1", "--date", DAY, cwd=folder)
    rows = [line for line in done.out.splitlines() if "p5.48xlarge  " in line or "g6.xlarge  " in line]
    assert rows[0].startswith("  aws us-east-1 ") and rows[1].startswith(" " * 20)
    pools_there = places(run, "trial", "--region", "us-east-1", cwd=folder)["places"][0]["pools"]
    assert [(pool["name"], pool["nodes"]["max"]) for pool in pools_there] == [("big", 1), ("small", 4)]


def test_a_blueprint_may_be_a_file(run: Run, folder: Path) -> None:
    blueprint(folder, "  train: {accelerator: H100:8, nodes: 1}\n", "mine")
    found = places(run, "stacks/blueprints/mine.yaml", "--region", "us-east-1", cwd=folder)
    assert (found["blueprint"], len(found["places"])) == ("mine", 1)


@pytest.mark.parametrize("columns", [80, 100])
def test_rows_of_the_table_fit_the_width(run: Run, columns: int) -> None:
    text = run("compare", "l4-inference", "--date", DAY, columns=columns).out
    table = text.partition("Where it can be had\n")[2].partition("\n\n")[0].splitlines()
    assert len(table) > 10 and max(map(len, table)) <= columns


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("h100-trainin",), "there is no blueprint 'h100-trainin'\n  hint: did you mean 'h100-training'?"),
        (("prod-aws",), "'prod-aws' is a stack: what is compared is a blueprint"),
        (("h100-training", "--cloud", "asw"), "--cloud asw: the catalogue knows no such cloud\n  hint: did you mean 'aws'?"),
        (
            ("h100-training", "--region", "us-esat-1"),
            "--region us-esat-1: the catalogue knows no such region\n  hint: did you mean 'us-east-1'?",
        ),
        (("nowhere.yaml",), "nowhere.yaml"),
    ],
)  # fmt: skip
def test_wrong_input_is_status_2_with_the_nearest_right_one(run: Run, words: tuple[str, ...], said: str) -> None:
    done = run("compare", *words)
    assert (done.status, done.out) == (2, "")
    assert said in done.err


def test_every_wrong_region_is_named(run: Run) -> None:
    done = run("compare", "h100-training", "--region", "us-esat-1", "--region", "eu-wset-1")
    assert "us-esat-1" in done.err and "eu-wset-1" in done.err


def test_a_broken_blueprint_is_told_at_its_line(run: Run, folder: Path) -> None:
    name = blueprint(folder, "  train: {accelerator: H100:8, node: 1}\n")
    done = run("compare", name, cwd=folder)
    assert done.status == 2
    assert "stacks/blueprints/trial.yaml:3" in done.err and "unknown key 'node'" in done.err


def test_h100_with_a_fabric_is_on_both_clouds_each_with_its_own_bandwidth(run: Run) -> None:
    """Gbit/s a GPU: EFA 3,200 / 8 (AWS, P5); TCPXO 1,600 / 8 and TCPX 800 / 8 (Google Cloud, GPU machine types)."""
    found = places(run, "h100-training", "--region", "us-east-1", "--region", "us-east5", "--region", "europe-west9")
    told = {
        place["region"]: (place["pools"][0]["machine"], place["pools"][0]["gbps_per_accelerator"])
        for place in found["places"]
    }
    assert told == {
        "us-east-1": ("p5.48xlarge", "400"),
        "us-east5": ("a3-megagpu-8g", "200"),
        "europe-west9": ("a3-highgpu-8g", "100"),  # the region has no a3-megagpu-8g
    }
    sizes = {place["region"]: place["storage"][0]["given_gib"] for place in found["places"]}
    assert sizes == {"us-east-1": 4800, "us-east5": 9000, "europe-west9": 9000}  # the smallest Managed Lustre is 9,000


def test_what_is_not_sold_as_the_blueprint_says_is_planned_with_what_is(run: Run) -> None:
    """a3-ultragpu-8g is not sold on-demand (Google Cloud, consumption models); p5en.48xlarge is."""
    found = places(run, "h200-reserved", "--region", "us-east-1", "--region", "us-central1")["places"]
    told = {place["region"]: (place["instead"], place["pools"][0]["capacity"]) for place in found}
    assert told == {"us-east-1": ({}, ["on-demand"]), "us-central1": ({"train": "reservation"}, ["reservation"])}
    text = run("compare", "h200-reserved", "--region", "us-central1", "--date", DAY).out
    assert (
        "Planned with what is sold, since what the blueprint says is not\n  gcp us-central1: train: reservation" in text
    )


def test_a_ladder_that_environments_may_not_choose_is_no_other_one(run: Run, folder: Path) -> None:
    name = blueprint(folder, "  train: {accelerator: H200:8, nodes: 2, fabric: required}\n")
    (place,) = places(run, name, "--region", "us-central1", cwd=folder, status=2)["places"]
    assert (place["possible"], place["instead"]) == (False, {})
    assert place["pools"][0]["machine"] == "a3-ultragpu-8g"
    assert any("not sold as on-demand" in one["message"] for one in place["reasons"])


def test_a_slice_is_had_where_its_cloud_sells_it_and_nowhere_else(run: Run) -> None:
    found = places(run, "tpu-training")["places"]
    assert {place["cloud"] for place in found if place["possible"]} == {"gcp"}
    assert all("TPU-v6e" in place["reasons"][0]["message"] for place in found if place["cloud"] == "aws"
               and not place["region"].startswith("us-gov-"))  # fmt: skip


def test_a_region_of_a_cloud_that_is_not_asked_for_is_told_of(run: Run) -> None:
    done = run("compare", "h100-training", "--cloud", "aws", "--region", "us-central1")
    assert done.status == 2
    assert "--region us-central1: no region of aws\n  hint: it is one of gcp: add --cloud gcp" in done.err
