"""The expectations look at the catalogue's facts: one fact changed in a copy of the data, and they fail."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable

import pytest

from components.catalog.aws import AwsCatalog
from components.catalog.base import DATA
from tests.support import aws_expectations as aws

# The fact: table, key columns, column, another value; and the expectation that must turn red.
FLIPS: dict[str, tuple[str, dict[str, str], str, str, Callable[[AwsCatalog], None]]] = {
    "number of network cards with EFA": (
        "machines", {"name": "p5.48xlarge"}, "efa_cards", "0-30", lambda rows: aws.expect_layout_a("p5.48xlarge", rows),
    ),
    "EFA on card 0": (
        "machines", {"name": "p6-b300.48xlarge"}, "efa_cards", "0-15", lambda rows: aws.expect_layout_a("p6-b300.48xlarge", rows),
    ),
    "which cards share an interface": (
        "machines", {"name": "p6e-gb200.36xlarge"}, "efa_cards", "1 3 5 7", lambda rows: aws.expect_gb200_layout(rows),
    ),
    "kind of image": (
        "machines", {"name": "trn1.32xlarge"}, "image_kind", "nvidia", lambda rows: aws.expect_image("trn1.32xlarge", rows),
    ),
    "addresses for each interface": (
        "machines", {"name": "p5.48xlarge"}, "ipv4_per_interface", "30",
        lambda rows: aws.expect_pods_follow_layout_a("p5.48xlarge", rows),
    ),
    "interfaces of card 0": (
        "machines", {"name": "p4d.24xlarge"}, "interfaces_card0", "14",
        lambda rows: aws.expect_pods_follow_layout_a("p4d.24xlarge", rows),
    ),
    "price": (
        "prices", {"machine": "p5.48xlarge", "region": "us-east-1", "capacity_type": "on-demand"}, "usd_per_hour", "98.32",
        aws.expect_p5_list_price,
    ),
}  # fmt: skip


@pytest.fixture
def copied(tmp_path):
    """A copy of the shipped data that may be damaged."""
    shutil.copytree(DATA, tmp_path / "data")
    return tmp_path / "data" / "aws"


@pytest.mark.parametrize("fact", FLIPS)
def test_one_fact_changed_turns_its_expectation_red(copied, fact):
    table, key, column, value, expectation = FLIPS[fact]
    expectation(AwsCatalog(copied))
    path = copied / f"{table}.csv"
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    hit = [row for row in rows if all(row[name] == one for name, one in key.items())]
    assert len(hit) == 1
    hit[0][column] = value
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    with pytest.raises(AssertionError):
        expectation(AwsCatalog(copied))
