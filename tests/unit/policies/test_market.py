"""The market: what rules ask of the catalogues, over the shipped one of AWS and a second cloud made of its rows."""

from __future__ import annotations

import shutil
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from components.catalog import load
from components.catalog.aws import AwsCatalog
from components.catalog.base import DATA
from policies.market import NOTHING, CatalogMarket, Markets, Offer


@pytest.fixture
def market(tmp_path: Path) -> CatalogMarket:
    """AWS, and a cloud that sells H100 at half the price in one region and not at all in the others."""
    shutil.copytree(DATA, tmp_path / "data")
    prices = tmp_path / "data" / "aws" / "prices.csv"
    header = prices.read_text().splitlines()[0]
    rows = [
        "p5.48xlarge,eu-west-1,on-demand,list,27.52,test,2026-11-23,",
        "p5.48xlarge,us-east-1,spot,list,1,test,2026-11-23,",
    ]
    prices.write_text("\n".join([header, *rows]) + "\n")
    return CatalogMarket("aws", {"aws": load("aws"), "moon": AwsCatalog(tmp_path / "data" / "aws")})


def test_an_offer_is_the_cheapest_on_demand_of_each_other_cloud(market: CatalogMarket) -> None:
    # 27.52 USD for 8 accelerators are 3.44 each; a spot price is no offer
    assert market.offers("H100") == (
        Offer(cloud="moon", machine="p5.48xlarge", region="eu-west-1", usd=Decimal("3.44")),
    )
    assert market.offers("L4") == ()


def test_of_the_shipped_clouds_each_is_held_against_the_others() -> None:
    # a3-highgpu-8g: 88.49 USD for 8 H100 in us-central1 (karpenter-provider-gcp, 2026-08-03);
    # p5.48xlarge: 55.04 USD for 8 in us-east-1
    (there,), (here,) = CatalogMarket("aws").offers("H100"), CatalogMarket("gcp").offers("H100")
    assert (there.cloud, there.machine, there.usd * 8) == ("gcp", "a3-highgpu-8g", Decimal("88.49"))
    assert (here.cloud, here.usd * 8) == ("aws", Decimal("55.04"))
    assert CatalogMarket("aws").offers("T4") == CatalogMarket("gcp").offers("TPU-v6e") == ()


def test_a_machine_is_held_against_its_like() -> None:
    """A third of the vCPUs, or a part of the accelerator, is another machine."""
    aws = CatalogMarket("aws")
    small, large, eight = (aws.machine(name) for name in ("g6.xlarge", "g6.4xlarge", "g6.48xlarge"))
    assert [one.machine for like in (small, large, eight) for one in aws.offers("L4", like)] == [
        "g2-standard-4",  # 4 vCPUs
        "g2-standard-16",  # 16
    ]  # and nothing like 192 vCPUs for 8
    assert not [one for one in aws.offers("RTX-PRO-6000") if one.machine in ("g4-standard-6", "g4-standard-12")]


def test_a_part_of_an_accelerator_is_no_alternative_to_the_whole() -> None:
    whole = CatalogMarket("gcp").machine("g4-standard-48")
    assert whole is not None and CatalogMarket("gcp").alternatives(whole) == ()


def test_several_clouds_answer_each_for_its_own() -> None:
    both = Markets([CatalogMarket("aws"), CatalogMarket("gcp")])
    names = ("p5.48xlarge", "a3-megagpu-8g", "n1-standard-8")
    assert [machine and machine.accelerator for machine in map(both.machine, names)] == ["H100", "H100", None]
    assert both.prices("p5.48xlarge", "us-east-1")["us-east-1"] == Decimal("55.04")
    assert both.prices("a3-highgpu-8g", "us-central1")["us-central1"] == Decimal("88.49")
    assert both.prices("p99.metal", "us-east-1") == {}
    large = both.machine("g2-standard-32")
    assert large is not None and both.alternatives(large)[0].name == "g2-standard-8"
    assert [both.of(cloud).cloud for cloud in ("gcp", "aws", "moon")] == ["gcp", "aws", ""]
    # 1.34: standard support ends on 2026-10-01 on GKE and on 2026-12-02 on EKS
    day = date(2026, 11, 24)
    assert [both.of(cloud).support("1.34", day) for cloud in ("gcp", "aws")] == ["extended", "standard"]


def test_prices_are_of_regions_that_the_account_can_use(market: CatalogMarket) -> None:
    prices = market.prices("p5.48xlarge", "us-east-1")
    assert prices["us-east-1"] == Decimal("55.04")
    assert prices["ap-northeast-1"] == Decimal("68.80")
    assert not [name for name in prices if name.startswith("us-gov")]
    assert all(name.startswith("us-gov") for name in market.prices("c7i.2xlarge", "us-gov-east-1"))
    assert market.prices("p5.48xlarge", "nowhere") == market.prices("p99.metal", "us-east-1") == {}


def test_alternatives_have_the_same_accelerators_the_preferred_one_first(market: CatalogMarket) -> None:
    large = market.machine("g5.16xlarge")
    assert large is not None
    others = [one.name for one in market.alternatives(large)]
    assert others[0] == "g5.xlarge"
    assert "g5.16xlarge" not in others and "g5.12xlarge" not in others  # itself, and one with four A10G
    plain = market.machine("m7i.xlarge")
    assert plain is not None and market.alternatives(plain) == ()


def test_support_goes_by_the_day_and_what_nobody_knows_is_unknown(market: CatalogMarket) -> None:
    # EKS: standard support of 1.34 ends on 2026-12-02, its extended one on 2027-12-02
    days = {date(2026, 12, 2): "standard", date(2026, 12, 3): "extended", date(2027, 12, 3): "ended"}
    assert {day: market.support("1.34", day) for day in days} == days
    assert market.support("0.1", date(2026, 12, 2)) == "unknown"
    assert NOTHING.machine("p5.48xlarge") is None
    assert (NOTHING.offers("H100"), NOTHING.support("1.34", date(2026, 12, 2))) == ((), "unknown")
