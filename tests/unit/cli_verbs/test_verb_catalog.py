"""`gpufleet catalog`: figures are typed in from AWS's own pages, so that a wrong row turns a named test red."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.unit.cli_verbs.conftest import DAY, Run


def rows(text: str) -> dict[str, list[str]]:
    """The cells of each row of a list, by machine."""
    lines = [line.split() for line in text.splitlines() if line.startswith("  ")]
    return {cells[1]: cells for cells in lines if len(cells) > 3}


def test_a_list_has_the_machines_of_an_accelerator_with_price_and_zones(run: Run) -> None:
    done = run(
        "catalog", "list", "--cloud", "aws", "--gpu", "H100", "--region", "us-east-2", "--date", DAY, columns=120
    )
    assert done.status == 0
    found = rows(done.out)
    assert list(found) == ["machine", "p5.4xlarge", "p5.48xlarge"]
    # P5: 192 vCPUs, 2 TiB, 8 GPUs of 80 GB, 8 x 3.84 TB (decimal 3800 GB each), 3200 Gbit/s for 8 GPUs: EC2 User Guide.
    accelerator, _, vcpus, memory, each, nvme, fabric, sold, price, per_gpu, *zones = found["p5.48xlarge"]
    assert (accelerator, vcpus, memory, each, nvme, fabric) == ("H100:8", "192", "2048", "80", "30,400", "400")
    assert sold == "osrb"
    # 55.04 USD an hour on demand in US East (Ohio) since the price cut of June 2025; an eighth of it for each GPU.
    assert (price, per_gpu) == ("55.04", "6.88")
    assert zones == ["use2-az1,2,3"]
    assert "prices as of" in done.out and "days old" in done.out


def test_without_a_region_the_cheapest_is_named(run: Run) -> None:
    done = run("catalog", "list", "--gpu", "L4", "--count", "1", "--output", "json")
    found = done.document("catalog")
    assert {one["count"] for one in found["machines"]} == {1}
    smallest = next(one for one in found["machines"] if one["vcpus"] == 4)
    assert (smallest["region"], smallest["price"]["usd"]) == ("us-east-1", "0.8048")
    assert found["region"] is None


def test_an_unknown_price_is_unpriced_and_never_zero(run: Run) -> None:
    done = run("catalog", "list", "--gpu", "Trainium2")
    assert "unpriced" in done.out
    found = run("catalog", "list", "--gpu", "Trainium2", "--output", "json").document("catalog")
    assert all(one["price"] is None or Decimal(one["price"]["usd"]) > 0 for one in found["machines"])
    assert any(one["price"] is None for one in found["machines"])


def test_capacity_narrows_the_list(run: Run) -> None:
    found = run("catalog", "list", "--capacity", "block", "--output", "json").document("catalog")
    assert found["machines"] and all("block" in one["capacity_types"] for one in found["machines"])
    assert run("catalog", "list", "--capacity", "blok").status == 2


def test_a_count_may_stand_with_the_accelerator(run: Run) -> None:
    found = run("catalog", "list", "--gpu", "h100:8", "--output", "json").document("catalog")
    assert [one["count"] for one in found["machines"]] == [8]
    assert "contradict" in run("catalog", "list", "--gpu", "H100:8", "--count", "1").err


def test_a_region_that_sells_none_of_it_is_told_with_those_that_do(run: Run) -> None:
    done = run("catalog", "list", "--gpu", "B300", "--region", "eu-west-1")
    assert done.status == 0
    assert "No such machine is known to be sold in eu-west-1." in done.out and "us-west-2" in done.out


def test_every_unknown_word_is_told_at_once_with_the_nearest(run: Run) -> None:
    done = run("catalog", "list", "--gpu", "H10", "--region", "us-eas-2")
    assert done.status == 2 and done.out == ""
    assert "did you mean 'H100'?" in done.err and "did you mean 'us-east-2'?" in done.err
    assert "did you mean 'A100-40GB'?" in run("catalog", "list", "--gpu", "A100").err
    assert run("catalog", "list", "--cloud", "asw").status == 2


@pytest.mark.parametrize("columns", [80, 100, 140])
def test_a_list_fits_the_width(run: Run, columns: int) -> None:
    done = run("catalog", "list", "--gpu", "L40S", "--region", "us-east-1", columns=columns)
    assert max(map(len, done.out.splitlines())) <= columns
    assert ("No room for" in done.out) == (columns < 100)
    assert "…" not in done.out


def test_a_machine_has_all_its_facts_layouts_and_prices(run: Run) -> None:
    found = run("catalog", "show", "p5.48xlarge", "--output", "json").document("catalog")
    assert found["kind"] == "machine" and found["facts"]["network_cards"] == 32
    layouts = {one["layout"]: one for one in found["layouts"]}
    # EC2 User Guide: 32 cards, one EFA on each. Card 0 has 2 interfaces of 50 addresses, and an EFA-only one has none:
    # (2 - 1) * 49 + 2 pods in layout A, (2 - 0) * 49 + 2 in B.
    assert (layouts["A"]["efa_only"], layouts["A"]["first"], layouts["A"]["max_pods"]) == (32, "interface", 51)
    assert (layouts["B"]["efa"], layouts["B"]["efa_only"], layouts["B"]["max_pods"]) == (1, 31, 100)
    virginia = next(one for one in found["prices"] if one["region"] == "us-east-1")
    assert (virginia["on_demand"]["usd"], virginia["on_demand"]["usd_per_accelerator"]) == ("55.04", "6.88")
    assert {"source", "as_of"} <= found["facts"].keys()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nat-gateway", "0.045  hour"),
        ("H100", "nvidia.com/gpu"),
        ("us-west-2", "usw2-az1"),
        ("1.35", "2027-03-27"),
        ("p6e-gb200.36xlarge", "GB200"),
    ],
)
def test_other_things_are_shown_with_source_and_age(run: Run, name: str, said: str) -> None:
    done = run("catalog", "show", name, "--date", DAY)
    assert done.status == 0
    assert said in done.out
    assert "as of 20" in done.out and ("days old" in done.out or "today's" in done.out)


@pytest.mark.parametrize(
    ("name", "near"), [("p5.48xlrge", "p5.48xlarge"), ("nat-gatway", "nat-gateway"), ("us-east-11", "us-east-1")]
)
def test_a_thing_that_is_not_known_has_a_nearest_one(run: Run, name: str, near: str) -> None:
    done = run("catalog", "show", name)
    assert done.status == 2
    assert f"did you mean {near!r}?" in done.err


def test_catalog_alone_says_what_is_missing(run: Run) -> None:
    assert run("catalog").status == 2
