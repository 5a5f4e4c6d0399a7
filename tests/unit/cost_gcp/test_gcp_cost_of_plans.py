"""The cost of planned clusters on Google Cloud. Every expected figure is worked out here from prices with their source:
a3-highgpu-8g 88.49 USD/h in us-central1, a3-megagpu-8g 94.066641 in us-east5, g2-standard-8 0.853624, e2-standard-4
0.13402284 (karpenter-provider-gcp, 2026-08-03); a chip of TPU v5p 4.20 (skypilot); pd-balanced 0.10 and local SSD 0.08
the GB-month; control plane 0.10; Cloud NAT 0.0014 a machine-hour up to 32 machines, 0.044 an hour above, addresses 0.005
(cloud.google.com/nat/pricing); key versions 0.06 (cloud.google.com/kms/pricing)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal as D

import pytest

from components.cost.model import Span
from components.plan.model import StatedPrice
from tests.unit.cost_gcp.gcp_clusters import (
    ON,
    ULTRA,
    amounts,
    block,
    bucket,
    cost,
    filestore,
    flat,
    line,
    lines,
    node_pool,
    pool,
    reservation,
    rung,
)

MINE = StatedPrice(usd=D("61.20"), source="contract 7", as_of=date(2026, 10, 1))
SYSTEM = D("195.6733464")  # 2 x 0.13402284 x 730


# --- machines and what comes with them ---


def test_every_line_in_order() -> None:
    report = cost(pool(rung("on-demand", node_pool((1, 1, 1)))), storage=(filestore(tier="BASIC_HDD"), bucket(1000)))
    assert [(one.kind, one.monthly and one.monthly.max) for one in report.lines] == [
        ("machine", D("64597.70")),  # 88.49 x 730
        ("disk", D(30)),  # 300 x 0.10
        ("machine", SYSTEM),
        ("disk", D(20)),  # 2 x 100 x 0.10
        ("control-plane", D(73)),  # 0.10 x 730
        ("nat", D("3.066")),  # 3 machines x 0.0014 x 730
        ("public-ip", D("3.65")),  # 0.005 x 730
        ("file-system", None),  # a price of us-west1 alone
        ("object-storage", D("20.000")),  # 1000 x 0.020
        ("key", D("0.06")),
    ]
    assert report.monthly == Span.flat(D("64943.1493464"))
    assert amounts(report.accelerators) == (8, 8, 8)


def test_a_months_h100_training_on_a3_mega() -> None:
    mega = node_pool((8, 8, 12), "a3-megagpu-8g", "us-east5-a")
    report = cost(pool(rung("on-demand", mega)), region="us-east5")
    machines = line(report, "machine", "train")
    assert machines.unit_price == D("94.066641")
    assert amounts(machines.monthly) == (D("549349.183440"), D("549349.183440"), D("824023.775160"))  # 8, 12 x 730
    assert machines.per_accelerator_hour == D("11.758330125")


def test_local_ssds_that_a_machine_brings_are_in_its_price() -> None:
    """16 x 375 GiB x 0.08 = 480 USD a month and node that a3 machines are not charged once more."""
    report = cost(pool(rung("on-demand", node_pool((2, 2, 2)))))
    assert [one.item for one in lines(report, "disk", "train")] == ["root disks of 300 GiB (pd-balanced)"]
    assert amounts(line(report, "machine", "train").monthly) == flat("129195.40")  # 2 x 88.49 x 730


def test_local_ssds_that_are_asked_for_are_paid_apart() -> None:
    l4 = node_pool((1, 2, 4), "g2-standard-8", local_ssds=1)
    report = cost(pool(rung("on-demand", l4)))
    root, local = lines(report, "disk", "train")
    assert (root.item, local.item) == ("root disks of 300 GiB (pd-balanced)", "local disks of 375 GiB (local SSD)")
    assert amounts(local.monthly) == (30, 60, 120)  # 1, 2, 4 x 375 x 0.08
    assert amounts(root.monthly) == (30, 60, 120)  # 1, 2, 4 x 300 x 0.10


def test_nodes_are_counted_in_each_zone() -> None:
    two_zones = node_pool((1, 2, 4), "g2-standard-8", "us-central1-a", "us-central1-b", local_ssds=0)
    machines = line(cost(pool(rung("on-demand", two_zones))), "machine", "train")
    assert amounts(machines.quantity) == (2 * 730, 4 * 730, 8 * 730)
    assert amounts(machines.monthly) == (D("1246.291040"), D("2492.582080"), D("4985.164160"))  # x 0.853624


def test_a_slice_of_tpus_is_priced_by_its_machines() -> None:
    """A 2x2x4 slice of v5p has 16 chips on 4 machines: 16 x 4.20 x 730."""
    tpu = node_pool((4, 4, 4), "ct5p-hightpu-4t", guest_accelerator=None, local_ssds=0, tpu_topology="2x2x4")
    report = cost(pool(rung("on-demand", tpu), accelerator="TPU-v5p", accelerators_per_node=4))
    assert amounts(line(report, "machine", "train").monthly) == flat("49056.00")
    assert amounts(report.accelerators) == (16, 16, 16)


def test_slices_that_are_node_pools_of_their_own_are_one_line() -> None:
    tpu = node_pool((4, 4, 4), "ct5p-hightpu-4t", guest_accelerator=None, local_ssds=0, tpu_topology="2x2x4")
    machines = line(cost(pool(rung("on-demand", tpu, replace(tpu, role="train-on-demand-2")))), "machine", "train")
    assert amounts(machines.monthly) == flat("98112.00")  # twice that


def test_a_tpu_without_a_list_price_is_unpriced() -> None:
    tpu = node_pool((1, 1, 1), "tpu7x-standard-4t", guest_accelerator=None, local_ssds=0)
    assert cost(pool(rung("on-demand", tpu))).unpriced[0].item == "tpu7x-standard-4t (on-demand)"


def test_a_disk_without_a_price_is_unpriced_and_says_how_to_state_one() -> None:
    hyperdisk = node_pool((1, 1, 2), disk_type="hyperdisk-balanced")
    disks = line(cost(pool(rung("on-demand", hyperdisk))), "disk", "train")
    assert (disks.monthly, disks.price_kind) == (None, "unpriced")
    assert "no list price in us-central1: state `prices.hyperdisk-balanced: {usd, source, as_of}`" in disks.hint
    stated = {"hyperdisk-balanced": StatedPrice(usd=D("0.09"), source="quote", as_of=ON)}
    priced = line(cost(pool(rung("on-demand", hyperdisk)), stated_prices=stated), "disk", "train")
    assert amounts(priced.monthly) == (27, 27, 54)  # 1, 2 x 300 x 0.09


# --- the ladder ---


def test_spot_is_priced_at_the_on_demand_price() -> None:
    """The h100 spot pool at its maximum of 4 nodes: the last known spot price is a hint, and never a gate."""
    spot = line(cost(pool(rung("spot", node_pool((0, 0, 4), "g2-standard-8")))), "machine", "train")
    assert (spot.unit_price, spot.price_kind) == (D("0.853624"), "list")
    assert amounts(spot.monthly) == (0, 0, D("2492.582080"))  # 4 x 0.853624 x 730
    assert spot.hint == "spot was 0.479872 USD/h on 2026-08-03: a hint, never a gate"


def test_spot_of_a_machine_that_is_not_sold_on_demand_is_unpriced() -> None:
    spot = line(cost(pool(rung("spot", node_pool((1, 1, 1), "a4-highgpu-8g")))), "machine", "train")
    assert spot.monthly is None
    assert "spot was 37.7464 USD/h on 2026-05-22: a hint, never a gate" in spot.hint


def test_flex_start_never_has_the_on_demand_price() -> None:
    flex = line(cost(pool(rung("flex", node_pool((0, 0, 4))))), "machine", "train")
    assert (flex.unit_price, flex.monthly) == (None, None)
    assert flex.hint == (
        "flex has a price list of its own, which has no price here; on demand it is 88.49 USD/h: "
        "state `pools.train.price: {usd_per_hour, source, as_of}`"
    )


def test_flex_start_at_a_stated_price() -> None:
    flex = line(cost(pool(rung("flex", node_pool((0, 0, 4))), price=MINE)), "machine", "train")
    assert amounts(flex.monthly) == (0, 0, D("178704.00"))  # 4 x 61.20 x 730


def test_flex_start_beside_on_demand_takes_what_the_priced_rung_does_not_want() -> None:
    """The dearest filling is not known, so it must not look cheap: the rest goes to the rung without a price."""
    report = cost(pool(rung("flex", node_pool((0, 0, 4))), rung("on-demand", node_pool((1, 1, 4)))))
    flex, demand = lines(report, "machine", "train")
    assert (flex.quantity.max, demand.quantity.max) == (3 * 730, 730)


@pytest.mark.parametrize(
    ("own", "of_pool", "usd"),
    [
        (StatedPrice(usd=D("52.5"), source="contract 9", as_of=ON), MINE, D("52.5")),
        (None, MINE, D("61.20")),
    ],
    ids=["its own price", "the pool's price"],
)
def test_a_reservation_of_a3_ultra_at_a_stated_price(own: StatedPrice | None, of_pool: StatedPrice, usd: D) -> None:
    bought = rung("reservation", node_pool((4, 4, 4), ULTRA), bought=reservation(16, own))
    machines = line(cost(pool(bought, price=of_pool)), "machine", "train")
    assert amounts(machines.monthly) == (16 * 730 * usd,) * 3  # paid whole, used or not
    assert (machines.fixed, machines.one_off, machines.price_kind) == (True, False, "user")
    assert "h100-prod: 16 nodes reserved, paid whether used or not" in machines.hint


def test_a_reservation_of_a3_ultra_without_a_price_is_loud() -> None:
    report = cost(pool(rung("reservation", node_pool((4, 4, 4), ULTRA), bought=reservation(4))))
    (machines,) = (one for one in report.unpriced if one.kind == "machine")
    assert machines.item == "a3-ultragpu-8g (reservation)"
    assert report.per_accelerator_hour is None  # what a GPU-hour costs is not the rest of the cluster's cost
    assert "no list price in us-central1: state `pools.train.price: {usd_per_hour, source, as_of}`" in machines.hint


def test_a_reservation_is_billed_at_the_on_demand_price_and_once() -> None:
    first = pool(rung("reservation", node_pool((4, 4, 4)), bought=reservation(8)))
    report = cost(first, replace(first, name="other"))
    assert amounts(line(report, "machine", "train").monthly) == flat("516781.60")  # 8 x 88.49 x 730
    assert not lines(report, "machine", "other")


def test_a_calendar_block_is_paid_once_and_is_no_part_of_an_hour() -> None:
    block_of_four = rung("block", node_pool((0, 0, 4), ULTRA), bought=block(4, "67200"))
    report = cost(pool(block_of_four))
    bought = line(report, "machine", "train")
    assert amounts(bought.monthly) == flat("67200")
    assert (bought.unit, bought.fixed, bought.one_off) == ("block", True, True)
    assert "70.00 USD per node and hour" in bought.hint  # 67200 / 240 h / 4 nodes
    # The rest of the cluster is there all month: system pool, its disks, control plane, NAT for two, address, key.
    others = SYSTEM + 20 + 73 + D("2.044") + D("3.65") + D("0.06")
    assert report.monthly.min == D(67200) + others
    assert report.hourly.min * 730 == pytest.approx(others)
    assert report.accelerators == Span.flat(0)


def test_a_block_whose_fee_is_not_known_is_unpriced() -> None:
    report = cost(pool(rung("block", node_pool((0, 0, 4), ULTRA), bought=block(4, None))))
    assert line(report, "machine", "train").monthly is None
    assert "h200-january: what was paid for the block is not known" in line(report, "machine", "train").hint
