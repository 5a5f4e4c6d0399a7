"""What a planned cluster on Google Cloud costs beside its machines. Prices: control plane 0.10 and extended 0.60 an hour;
Cloud NAT 0.0014 a machine-hour up to 32 machines, 0.044 an hour above, addresses 0.005 (cloud.google.com/nat/pricing);
Filestore BASIC_HDD 0.20 in us-west1, buckets 0.020 a GB-month; egress 0.12, 0.11 and 0.08 a GB; logs 0.50 a GB."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from components.plan.model import StatedPrice, UsagePlan
from tests.unit.cost_gcp.gcp_clusters import (
    HIGH,
    ON,
    amounts,
    bucket,
    cluster,
    cost,
    filestore,
    flat,
    line,
    lines,
    lustre,
    node_pool,
    pool,
    reservation,
    rung,
)


def test_nat_costs_by_the_machine_up_to_32_and_a_flat_fee_from_there_on() -> None:
    report = cost(pool(rung("on-demand", node_pool((0, 30, 31)))))  # and two of the system pool
    few, many = lines(report, "nat")
    assert amounts(few.monthly) == (D("2.0440"), D("32.7040"), 0)  # 2, 32 x 0.0014 x 730; 33 machines are too many
    assert amounts(many.monthly) == (0, 0, D("32.120"))  # 0.044 x 730


def test_nat_counts_every_node_that_a_ladder_can_have_once() -> None:
    reserved = rung("reservation", node_pool((2, 2, 2)), bought=reservation(2))
    spare, demand = rung("spot", node_pool((0, 0, 3))), rung("on-demand", node_pool((0, 0, 3)))
    assert amounts(line(cost(pool(reserved, spare, demand)), "nat").quantity) == (4 * 730, 4 * 730, 7 * 730)


def test_an_existing_network_has_no_nat_of_the_clusters() -> None:
    network = replace(cluster().network, vpc="shared", subnet="gpu")
    report = cost(network=network)
    assert not [one for one in report.lines if one.kind in ("nat", "public-ip")]


def test_a_closed_network_has_no_nat() -> None:
    report = cost(network=replace(cluster().network, nat=False))
    assert not lines(report, "nat")
    assert not [text for text in report.not_included if "NAT" in text]


def test_a_key_of_the_project_is_not_the_clusters_cost() -> None:
    assert not lines(cost(key="projects/p/locations/us-central1/keyRings/r/cryptoKeys/k"), "key")


def test_lustre_is_unpriced_until_a_price_is_stated() -> None:
    unpriced = line(cost(storage=(lustre(),)), "file-system")
    assert unpriced.item == "scratch: Managed Lustre, 9000 GiB at 1000 MB/s per TiB"
    assert unpriced.monthly is None
    assert "state `storage.scratch.price: {usd_per_gib_month, source, as_of}`" in unpriced.hint
    stated = StatedPrice(usd=D("0.60"), source="quote", as_of=ON)
    assert amounts(line(cost(storage=(lustre(price=stated),)), "file-system").monthly) == flat("5400.00")  # 9000 x 0.60
    of_tier = {"lustre-1000": stated}
    assert amounts(line(cost(storage=(lustre(),), stated_prices=of_tier), "file-system").monthly) == flat("5400.00")


def test_filestore_is_priced_by_its_tier_and_region() -> None:
    basic = cost(storage=(filestore(2048, "BASIC_HDD"),), region="us-west1")
    assert amounts(line(basic, "file-system").monthly) == flat("409.60")  # 2048 x 0.20
    zonal = line(cost(storage=(filestore(2048, "ZONAL"),), region="us-west1"), "file-system")
    assert (zonal.item, zonal.monthly) == ("home: Filestore ZONAL, 2048 GiB", None)


def test_a_bucket_without_an_expected_amount_has_no_line() -> None:
    assert not lines(cost(storage=(bucket(None),)), "object-storage")


def test_a_bucket_in_several_regions_is_not_priced_as_one_in_a_region() -> None:
    assert line(cost(storage=(bucket(1000, "US"),)), "object-storage").monthly is None


@pytest.mark.parametrize(
    ("channel", "on", "word", "usd"),
    [
        ("EXTENDED", date(2027, 4, 11), "standard", "73.00"),  # the last day of 1.35's standard support
        ("EXTENDED", date(2027, 4, 12), "extended", "438.00"),  # 0.60 x 730
        ("REGULAR", date(2027, 4, 12), "standard", "73.00"),  # the service upgrades the cluster instead
    ],
)
def test_extended_support_by_channel_and_date(channel: str, on: date, word: str, usd: str) -> None:
    plane = line(cost(on=on, channel=channel), "control-plane")
    assert amounts(plane.monthly) == flat(usd)
    assert plane.item == f"Kubernetes 1.35 control plane ({word} support)"


def test_what_is_billed_by_use() -> None:
    usage = UsagePlan(egress_gb=D(12000), nat_gb=D(500), cross_zone_gb=D(100), log_gb=D(73))
    report = cost(usage=usage)
    assert [(one.item, one.monthly and one.monthly.max) for one in lines(report, "transfer")] == [
        ("data transfer to the internet (egress-1tb)", D("122.88")),  # 1024 x 0.12
        ("data transfer to the internet (egress-10tb)", D("1013.76")),  # 9216 x 0.11
        ("data transfer to the internet (egress-over-10tb)", D("140.80")),  # 1760 x 0.08
        ("data through NAT gateways", D("22.500")),  # 500 x 0.045
        ("data between zones", None),
    ]
    assert amounts(line(report, "log").monthly) == flat("36.50")  # 73 x 0.50, which pays for 30 days


def test_what_is_not_included_is_named() -> None:
    assert cost(storage=(bucket(None),)).not_included == (
        "what is stored in data: not included (storage.data.capacity)",
        "data transfer to the internet: not included (usage.egress_gb)",
        "data through NAT gateways: not included (usage.nat_gb)",
        "data transfer between zones: not included (usage.cross_zone_gb)",
        "metrics that Managed Service for Prometheus takes in: not included",
        "logs: not included (usage.log_gb)",
        "labour: not included (usage.labour_hours and usage.labour_usd_per_hour)",
        "the cloud's support fee: not included (usage.support_percent)",
        "requests, snapshots and taxes: not included",
    )


def test_prices_hold_in_the_region_of_the_plan() -> None:
    dear = line(cost(pool(rung("on-demand", node_pool((1, 1, 1)))), region="us-east5"), "machine", "train")
    assert dear.unit_price == D("99.583201")
    assert HIGH in dear.item


def test_a_stated_price_that_nothing_asks_for_is_told() -> None:
    stated = StatedPrice(usd=D("0.10"), source="quote", as_of=ON)
    on_hyperdisk = pool(rung("on-demand", node_pool((1, 1, 1), disk_type="hyperdisk-balanced")))
    told = cost(on_hyperdisk, stated_prices={"hyperdisc-balanced": stated, "kms-key": stated}).not_included
    assert told[-1] == (
        "prices.hyperdisc-balanced: not included (nothing here is charged by it; did you mean 'hyperdisk-balanced'?)"
    )
    assert not [text for text in told if "kms-key" in text]
