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


def test_the_first_cloud_that_knows_the_words_answers_and_others_are_named(run: Run) -> None:
    mega = run("catalog", "show", "a3-megagpu-8g")
    assert mega.status == 0 and "machine on gcp" in mega.out and "--cloud" not in mega.out
    both = run("catalog", "show", "H100")
    assert "accelerator on aws" in both.out and "gcp has it too: add --cloud gcp" in both.out
    assert "a3-megagpu-8g" in run("catalog", "show", "H100", "--cloud", "gcp").out
    assert run("catalog", "list", "--gpu", "H100", "--output", "json").document("catalog")["cloud"] == "aws"
    # 3,600 Gbit/s of an A3 Ultra are 400 for each of eight RDMA interfaces, and 400 for two others: Compute Engine docs.
    there = run("catalog", "list", "--gpu", "H200", "--region", "us-central1", "--output", "json").document("catalog")
    assert there["cloud"] == "gcp"
    assert [one["fabric_gbps_per_accelerator"] for one in there["machines"]] == [400]
    assert [one["zones"] for one in there["machines"]] == [["us-central1-b"]]


@pytest.mark.parametrize("cloud", ["aws", "gcp"])
def test_a_cloud_that_is_named_alone_answers(run: Run, cloud: str) -> None:
    done = run("catalog", "list", "--cloud", cloud, "--gpu", "L4")
    assert done.status == 0 and "has it too" not in done.out
    other = {"aws": "a3-megagpu-8g", "gcp": "p5.48xlarge"}[cloud]
    refused = run("catalog", "show", other, "--cloud", cloud)
    assert refused.status == 2 and f"the catalogue of {cloud} knows no {other!r}" in refused.err


def test_a_name_near_one_of_another_cloud_is_found_there(run: Run) -> None:
    assert "did you mean 'a3-megagpu-8g'?" in run("catalog", "show", "a3-megagpu8g").err
    assert "did you mean 'TPU-v6e'?" in run("catalog", "list", "--gpu", "trillium").err


def test_a_machine_of_google_has_its_networks_versions_and_quotas(run: Run) -> None:
    found = run("catalog", "show", "a3-megagpu-8g", "--output", "json").document("catalog")
    # GKE docs, GPUDirect-TCPXO: eight VPCs with an MTU of 8,244 bytes, from these versions on; no DRANET.
    assert [(one["vpcs"], one["mtu"], one["firewall"]) for one in found["networks"]] == [(8, 8244, True)]
    assert {one["way"] for one in found["pod_networks"]} == {"objects"}
    assert "1.32.11-gke.1174000" in {one["from"] for one in found["pod_networks"]}
    assert {one["capacity_type"] for one in found["quotas"]} == {"on-demand", "spot", "reservation", "flex"}
    ultra = run("catalog", "show", "a3-ultragpu-8g", "--output", "json").document("catalog")
    assert [(one["vpcs"], one["profile"], one["firewall"]) for one in ultra["networks"]] == [(1, "vpc-roce", False)]
    assert {one["way"] for one in ultra["pod_networks"]} == {"objects", "dranet"}
    plain = run("catalog", "show", "g2-standard-8", "--output", "json").document("catalog")
    assert (plain["networks"], plain["pod_networks"], plain["slices"]) == ([], [], [])


def test_a_tpu_has_its_slices(run: Run) -> None:
    found = run("catalog", "show", "TPU-v6e", "--output", "json").document("catalog")
    # Cloud TPU docs, v6e: 256 chips are 64 machines of four.
    assert found["slices"][-1] | {"source": "", "as_of": ""} == {
        "topology": "16x16", "machine": "ct6e-standard-4t", "hosts": 64, "policy": "topology", "source": "", "as_of": "",
    }  # fmt: skip
    assert "16x16" in run("catalog", "show", "ct6e-standard-4t").out
    assert "2x4 " not in run("catalog", "show", "ct6e-standard-4t").out


def test_a_machine_whose_zones_are_unknown_is_shown_where_it_has_a_price(run: Run) -> None:
    found = run("catalog", "show", "us-central1", "--output", "json").document("catalog")
    zones = {one["machine"]: one["zones"] for one in found["machines"]}
    assert zones["g4-standard-48"] is None
    assert zones["a3-ultragpu-8g"] == ["us-central1-b"]
    assert "a3-highgpu-8g" in zones and "ct4p-hightpu-4t" not in zones


def test_a_price_of_flex_start_stands_beside_the_others(run: Run) -> None:
    found = run("catalog", "show", "ct6e-standard-4t", "--output", "json").document("catalog")
    ohio = next(one for one in found["prices"] if one["region"] == "us-east5")
    # 1.35 USD for a chip-hour of flex-start, 2.70 on demand, times four.
    assert (ohio["on_demand"]["usd"], ohio["flex"]["usd"]) == ("10.80", "5.40")
