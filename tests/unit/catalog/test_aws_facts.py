"""Facts of AWS, typed in here from AWS's documentation and price lists: a change of one in the data must fail here."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from components.catalog.aws import AwsMachine, catalog

AWS = catalog()


def machine(name: str) -> AwsMachine:
    found = AWS.machine(name)
    assert found is not None, name
    return found


# EC2 guide, "Elastic Fabric Adapter on accelerated instances"; EC2 DescribeInstanceTypes.
@pytest.mark.parametrize(
    ("name", "cards", "efa_cards", "gbps"),
    [
        ("p4d.24xlarge", 4, range(4), 400),
        ("p4de.24xlarge", 4, range(4), 400),
        ("p5.4xlarge", 1, range(1), 100),
        ("p5.48xlarge", 32, range(32), 3200),
        ("p5e.48xlarge", 32, range(32), 3200),
        ("p5en.48xlarge", 16, range(16), 3200),
        ("p6-b200.48xlarge", 8, range(8), 3200),
        ("p6-b300.48xlarge", 17, range(1, 17), 6400),  # card 0 is ENA only
        ("p6e-gb200.36xlarge", 17, (1, 5, 9, 13), 1600),  # card 0 is ENA only; card pairs share a NIC
        ("g5.48xlarge", 1, range(1), 100),
        ("g6e.12xlarge", 1, range(1), 100),
        ("g6e.24xlarge", 2, range(2), 200),
        ("g6e.48xlarge", 4, range(4), 400),
        ("g7e.48xlarge", 4, range(4), 1600),
        ("trn1.32xlarge", 8, range(8), 800),
        ("trn1n.32xlarge", 16, range(16), 1600),
        ("trn2.48xlarge", 16, range(16), 3200),
        ("g5.xlarge", 1, (), 0),
        ("g6.4xlarge", 1, (), 0),
        ("trn1.2xlarge", 1, (), 0),
        ("inf2.48xlarge", 1, (), 0),
        ("m7i.large", 1, (), 0),
    ],
)
def test_efa_devices(name: str, cards: int, efa_cards: range | tuple[int, ...], gbps: int) -> None:
    found = machine(name)
    assert found.network_cards == cards
    assert found.efa_cards == tuple(efa_cards)
    assert found.fabric_gbps == gbps
    assert found.fabric == ("efa" if efa_cards else None)


def test_bandwidth_per_accelerator() -> None:
    assert machine("p5.48xlarge").fabric_gbps_per_accelerator == 400
    assert machine("p6-b300.48xlarge").fabric_gbps_per_accelerator == 800
    assert machine("p4d.24xlarge").fabric_gbps_per_accelerator == 50
    assert machine("m7i.large").fabric_gbps_per_accelerator == 0


# Karpenter's instance reference (2026-08) and EC2 DescribeInstanceTypes.
@pytest.mark.parametrize(
    ("name", "accelerator", "count", "memory", "vcpus", "ram", "nvme", "interfaces_card0", "interfaces_per_card"),
    [
        ("p4d.24xlarge", "A100-40GB", 8, 40, 96, 1152, 8000, 15, 15),
        ("p4de.24xlarge", "A100-80GB", 8, 80, 96, 1152, 8000, 15, 15),
        ("p5.4xlarge", "H100", 1, 80, 16, 256, 3800, 4, None),
        ("p5.48xlarge", "H100", 8, 80, 192, 2048, 30400, 2, 2),
        ("p5en.48xlarge", "H200", 8, 141, 192, 2048, 30400, 4, 4),
        ("p6-b200.48xlarge", "B200", 8, 179, 192, 2048, 30400, 4, 4),
        ("p6-b300.48xlarge", "B300", 8, 268.6, 192, 4096, 30400, 4, 4),
        ("p6e-gb200.36xlarge", "GB200", 4, 185, 144, 960, 22500, None, None),
        ("g4dn.xlarge", "T4", 1, 16, 4, 16, 125, 3, None),
        ("g5.12xlarge", "A10G", 4, 22.4, 48, 192, 3800, 15, None),
        ("g6.48xlarge", "L4", 8, 22.4, 192, 768, 7520, 15, None),
        ("gr6.8xlarge", "L4", 1, 22.4, 32, 256, 900, 8, None),
        ("g6e.48xlarge", "L40S", 8, 44.7, 192, 1536, 7600, 10, 10),
        ("g7.48xlarge", "RTX-PRO-4500", 8, 32, 192, 768, 7600, 12, 12),
        ("g7e.12xlarge", "RTX-PRO-6000", 2, 96, 48, 512, 3800, 10, None),
        ("trn1.32xlarge", "Trainium", 16, 32, 128, 512, 7600, 5, 5),
        ("trn2.48xlarge", "Trainium2", 16, 96, 192, 2048, 7600, 2, 2),
        ("inf2.24xlarge", "Inferentia2", 6, 32, 96, 384, 0, 15, None),
        ("m6g.large", None, 0, 0, 2, 8, 0, 3, None),
    ],
)
def test_size(
    name: str,
    accelerator: str | None,
    count: int,
    memory: float,
    vcpus: int,
    ram: float,
    nvme: int,
    interfaces_card0: int | None,
    interfaces_per_card: int | None,
) -> None:
    found = machine(name)
    assert (found.accelerator, found.accelerator_count, found.accelerator_memory_gib) == (accelerator, count, memory)
    assert (found.vcpus, found.memory_gib, found.nvme_gb) == (vcpus, ram, nvme)
    assert (found.interfaces_card0, found.interfaces_per_card) == (interfaces_card0, interfaces_per_card)


def test_architectures() -> None:
    assert machine("p6e-gb200.36xlarge").architecture == "arm64"
    assert machine("m6g.large").architecture == "arm64"
    assert machine("m7g.xlarge").architecture == "arm64"
    assert machine("p5.48xlarge").architecture == "x86_64"


# EC2 `SupportedUsageClasses`; EC2 Capacity Blocks guide.
def test_how_machines_are_sold() -> None:
    assert machine("p6e-gb200.36xlarge").capacity_types == ("block",)
    assert machine("trn2u.48xlarge").capacity_types == ("block",)
    for name in ("p4d.24xlarge", "p5.4xlarge", "p5e.48xlarge", "p6-b300.48xlarge", "trn1.32xlarge", "trn2.48xlarge"):
        assert "block" in machine(name).capacity_types, name
    for name in ("g5.xlarge", "g6e.48xlarge", "g7e.48xlarge", "trn1n.32xlarge", "inf2.48xlarge", "m7i.large"):
        assert "block" not in machine(name).capacity_types, name


# EKS guide, accelerated images; amazon-eks-ami, notes on G7; EKS guide, P6e-GB200.
def test_images() -> None:
    assert machine("p5.48xlarge").image_kind == "nvidia"
    assert machine("trn2.48xlarge").image_kind == "neuron"
    assert machine("inf2.xlarge").image_kind == "neuron"
    assert machine("m7i.large").image_kind == "none"
    assert "595" in machine("g7.48xlarge").refused
    assert machine("g7.48xlarge").min_driver == "595"
    assert machine("g7e.48xlarge").refused == ""
    gb200 = machine("p6e-gb200.36xlarge")
    assert (gb200.min_kubernetes, gb200.min_image_release) == ("1.33", "v20251103")


# EC2 guide, EFA: P4d reads only, G5 has neither.
def test_rdma() -> None:
    assert machine("p4d.24xlarge").rdma == "read"
    assert machine("p5.48xlarge").rdma == "read+write"
    assert machine("g5.48xlarge").rdma == "none"
    assert machine("p5.48xlarge").gpudirect == "yes"
    assert machine("g5.48xlarge").gpudirect == "no"


# AWS price list, Linux, as of 2026-07-20; H200 also as AWS's API gave it on 2026-08-06.
@pytest.mark.parametrize(
    ("name", "region", "usd"),
    [
        ("p5.48xlarge", "us-east-1", "55.04"),
        ("p5.4xlarge", "us-east-1", "6.88"),
        ("p5en.48xlarge", "us-east-1", "63.296"),
        ("p5en.48xlarge", "us-west-1", "79.12"),
        ("p6-b200.48xlarge", "us-east-1", "113.9328"),
        ("p6-b300.48xlarge", "us-east-1", "142.416"),
        ("trn1.32xlarge", "us-east-1", "21.5"),
        ("inf2.48xlarge", "us-east-1", "12.98127"),
        ("p5.48xlarge", "us-gov-west-1", "66.048"),
    ],
)
def test_on_demand_prices(name: str, region: str, usd: str) -> None:
    price = AWS.price(name, region, "on-demand")
    assert price is not None
    assert (price.usd, price.unit, price.kind) == (Decimal(usd), "hour", "list")


def test_spot_prices_say_that_their_day_is_the_earliest_possible() -> None:
    price = AWS.price("p5.48xlarge", "us-east-1", "spot")
    assert price is not None
    assert price.as_of == date(2026, 1, 21)
    assert "earliest" in price.note


def test_unknown_prices_are_none() -> None:
    assert AWS.price("p5e.48xlarge", "us-east-1", "on-demand") is None
    assert AWS.price("trn2.48xlarge", "us-east-1", "on-demand") is None
    assert AWS.price("p6e-gb200.36xlarge", "us-east-1", "block") is None
    assert AWS.price("m7i.large", "eu-central-1", "on-demand") is None
    assert AWS.price("p5.48xlarge", "nowhere-1", "on-demand") is None
    assert AWS.service_price("nat-gateway", "eu-central-1") is None
    assert AWS.service_price("lustre-persistent2-ssd-1000", "us-east-1") is None


def test_a_derived_price_is_given_only_as_such() -> None:
    # g5.12xlarge in us-east-1 costs 5.672; the ratio seen for g5 in ap-northeast-1 is 1.45030.
    derived = AWS.derived_price("g5.12xlarge", "ap-northeast-1")
    assert derived is not None
    assert (derived.usd, derived.kind) == (Decimal("8.22609"), "derived")
    assert AWS.price("g5.12xlarge", "ap-northeast-1", "on-demand") is None
    assert AWS.derived_price("p5.48xlarge", "us-east-1") is None
    assert "ap-northeast-1" not in AWS.priced_regions("g5.12xlarge", "on-demand")
    assert "us-east-1" in AWS.priced_regions("g5.12xlarge", "on-demand")


# Public price pages of 2024 to 2026, as infracost's fixtures have them, us-east-1.
@pytest.mark.parametrize(
    ("item", "usd", "unit"),
    [
        ("control-plane", "0.10", "hour"),
        ("control-plane-extended", "0.60", "hour"),
        ("nat-gateway", "0.045", "hour"),
        ("nat-gateway-data", "0.045", "GB"),
        ("public-ipv4", "0.005", "hour"),
        ("gp3-storage", "0.08", "GB-month"),
        ("gp3-iops", "0.005", "IOPS-month"),
        ("gp3-throughput", "0.04", "MBps-month"),
        ("lustre-persistent2-ssd-125", "0.145", "GB-month"),
        ("object-storage-standard", "0.023", "GB-month"),
        ("interface-endpoint", "0.01", "hour"),
        ("interface-endpoint-data", "0.01", "GB"),
        ("kms-key", "1.00", "month"),
        ("log-ingestion", "0.50", "GB"),
        ("log-storage", "0.03", "GB-month"),
        ("cross-zone-data", "0.01", "GB"),
        ("egress-10tb", "0.09", "GB"),
    ],
)
def test_service_prices(item: str, usd: str, unit: str) -> None:
    price = AWS.service_price(item, "us-east-1")
    assert price is not None
    assert (price.usd, price.unit, price.kind) == (Decimal(usd), unit, "list")


# EKS release calendar.
@pytest.mark.parametrize(
    ("version", "day", "support"),
    [
        ("1.33", date(2026, 7, 29), "standard"),
        ("1.33", date(2026, 7, 30), "extended"),
        ("1.33", date(2027, 7, 29), "extended"),
        ("1.33", date(2027, 7, 30), "ended"),
        ("1.34", date(2026, 12, 2), "standard"),
        ("1.34", date(2026, 12, 3), "extended"),
        ("1.35", date(2027, 3, 27), "standard"),
        ("1.35", date(2028, 3, 28), "ended"),
        ("1.36", date(2026, 11, 24), "unknown"),
    ],
)
def test_kubernetes_support(version: str, day: date, support: str) -> None:
    found = AWS.kubernetes(version)
    assert found is not None
    assert found.support_on(day) == support


# FSx for Lustre guide, "Managing storage capacity", PERSISTENT_2 SSD.
@pytest.mark.parametrize(
    ("throughput", "efa", "asked", "given"),
    [
        (125, False, 1, 1200),
        (125, False, 1201, 2400),
        (1000, False, 4800, 4800),
        (500, False, 4801, 7200),
        (125, True, 1200, 38400),
        (125, True, 38401, 76800),
        (250, True, 4800, 19200),
        (500, True, 4800, 9600),
        (1000, True, 4800, 4800),
        (1000, True, 4801, 9600),
    ],
)
def test_lustre_sizes(throughput: int, efa: bool, asked: int, given: int) -> None:
    step = AWS.lustre_steps(throughput, efa)
    assert step is not None
    assert step.next_legal(asked) == given


def test_lustre_throughputs() -> None:
    assert AWS.lustre_throughputs() == (125, 250, 500, 1000)
    assert AWS.lustre_steps(200, False) is None


# EKS guide: zones that take no control plane; the network add-on comes before the nodes and is new enough for EFA-only.
def test_zones_without_a_control_plane() -> None:
    refused = {zone.zone_id for region in AWS.regions for zone in AWS.zones(region) if not zone.control_plane}
    assert refused == {"use1-az3"}  # usw1-az2 and cac1-az3 are in no region's list of zones
    assert len(AWS.zones("us-east-1")) == 6
    assert AWS.zones("us-gov-west-1") == ()


def test_addons() -> None:
    addons = {addon.name: addon for addon in AWS.addons()}
    assert (addons["vpc-cni"].stage, addons["vpc-cni"].min_version) == ("before-nodes", "1.18.5")
    assert addons["coredns"].stage == "after-nodes"
    assert addons["eks-pod-identity-agent"].stage == "before-nodes"


# AWS service quota listings.
def test_quotas() -> None:
    for name, code in (
        ("p5.48xlarge", "L-417A185B"),
        ("g6e.48xlarge", "L-DB2E81BA"),
        ("trn2.48xlarge", "L-2C3B7624"),
        ("inf2.xlarge", "L-1945791B"),
        ("m7i.large", "L-1216C47A"),
    ):
        quota = AWS.quota(machine(name).quota_family, "on-demand")
        assert quota is not None
        assert quota.code == code
    assert AWS.quota("P", "spot") is None  # AWS's own pages disagree
