"""Facts of Google Cloud, typed in here from its documentation and price lists: a change of one must fail here."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

import pytest

from components.catalog.gcp import Fabric, catalog
from components.errors import CatalogError

GCP = catalog()


def fabric(name: str) -> Fabric:
    found = GCP.fabric(name)
    assert found is not None, name
    return found


# cluster-toolkit v1.95.0 (gpu_direct.tf, multivpc, gpu-rdma-vpc); GKE docs, managed DRANET: for RDMA and TPUs alone.
def test_fabrics() -> None:
    tcpx, tcpxo, rdma, metal = (fabric(name) for name in ("tcpx", "tcpxo", "rdma", "rdma-metal"))
    assert [one.mtu for one in (tcpx, tcpxo, rdma, metal)] == [8244, 8244, 8896, 8896]
    assert [one.networks for one in (tcpx, tcpxo, rdma, metal)] == ["per-interface", "per-interface", "one", "one"]
    assert [one.profile for one in (tcpx, tcpxo, rdma, metal)] == ["", "", "vpc-roce", "vpc-roce-metal"]
    assert [one.device_mode for one in (tcpx, tcpxo, rdma, metal)] == ["NetDevice", "NetDevice", "RDMA", "RDMA"]
    assert [one.firewall for one in (tcpx, tcpxo, rdma, metal)] == [True, True, False, False]
    assert [one.subnets_made for one in (tcpx, tcpxo, rdma, metal)] == [True, True, True, False]
    assert tcpx.objects_floors == ("1.27.16-gke.2874000", "1.28.15-gke.3163000", "1.29.15-gke.2467000")
    assert tcpxo.objects_floors == (
        "1.28.15-gke.3163000",
        "1.29.15-gke.2467000",
        "1.30.14-gke.1922000",
        "1.31.14-gke.1243000",
        "1.32.11-gke.1174000",
    )
    assert metal.objects_floors == ()
    assert [one.dranet_floor for one in (tcpx, tcpxo, rdma)] == ["", "", "1.34.1-gke.1829001"]
    assert metal.dranet_floor == "1.34.3-gke.1318000"
    assert GCP.fabric("ici") is None
    assert GCP.fabric("efa") is None


# Compute Engine price list as karpenter-provider-gcp has it on 2026-08-03; infracost's expected outputs.
@pytest.mark.parametrize(
    ("name", "region", "capacity", "usd"),
    [
        ("a3-highgpu-8g", "us-central1", "on-demand", "88.49"),
        ("a3-highgpu-8g", "asia-northeast1", "on-demand", "126.643391"),
        ("a3-megagpu-8g", "us-east5", "on-demand", "94.066641"),
        ("a3-megagpu-8g", "us-east5", "spot", "35.202905"),
        ("a2-highgpu-1g", "us-central1", "on-demand", "3.673385"),
        ("e2-standard-4", "us-central1", "on-demand", "0.13402284"),
        ("n4-standard-4", "us-central1", "on-demand", "0.1814"),
        ("ct5lp-hightpu-4t", "us-west4", "on-demand", "4.8"),
        ("ct5p-hightpu-4t", "us-east5", "on-demand", "16.8"),
        ("ct6e-standard-4t", "us-east5", "on-demand", "10.80"),
        ("ct6e-standard-4t", "us-east5", "flex", "5.40"),
    ],
)
def test_prices_of_machines(name: str, region: str, capacity: str, usd: str) -> None:
    price = GCP.price(name, region, capacity)
    assert price is not None
    assert price.usd == Decimal(usd)
    assert price.unit == "hour"


def test_what_is_sold_in_no_list_has_no_price() -> None:
    for name in ("a3-ultragpu-8g", "a4-highgpu-8g", "a4x-highgpu-4g", "a4x-maxgpu-4g-metal"):
        assert GCP.priced_regions(name, "on-demand") == (), name
    # Sold as spot and flex-start alone, though price lists have their parts on demand.
    for name in ("a3-highgpu-1g", "a3-highgpu-2g", "a3-highgpu-4g"):
        assert GCP.priced_regions(name, "on-demand") == (), name
        assert GCP.priced_regions(name, "spot"), name
    for item in ("lustre-500", "filestore-zonal"):
        assert GCP.service_price(item, "us-central1") is None, item


@pytest.mark.parametrize(
    ("item", "region", "unit", "usd"),
    [
        ("control-plane", "us-central1", "hour", "0.10"),
        ("control-plane", "europe-west4", "hour", "0.10"),
        ("pd-balanced", "us-central1", "GB-month", "0.10"),
        ("pd-balanced", "europe-west4", "GB-month", "0.11"),
        ("pd-ssd", "us-central1", "GB-month", "0.17"),
        ("pd-standard", "us-central1", "GB-month", "0.04"),
        ("local-ssd", "us-central1", "GB-month", "0.08"),
        ("nat-machine-hour", "us-central1", "hour", "0.0014"),
        ("nat-data", "us-central1", "GB", "0.045"),
        ("egress-1tb", "us-central1", "GB", "0.12"),
        ("object-storage-standard", "us-central1", "GB-month", "0.02"),
        ("object-storage-standard", "us-east4", "GB-month", "0.023"),
        ("filestore-basic-hdd", "us-west1", "GB-month", "0.20"),
    ],
)
def test_prices_of_services(item: str, region: str, unit: str, usd: str) -> None:
    price = GCP.service_price(item, region)
    assert price is not None
    assert (price.usd, price.unit) == (Decimal(usd), unit)


def test_zones_are_named_by_the_region_and_a_letter() -> None:
    assert [zone.zone_id for zone in GCP.zones("us-central1")] == [f"us-central1-{letter}" for letter in "abcf"]
    assert [zone.zone_id for zone in GCP.zones("europe-west1")] == [f"europe-west1-{letter}" for letter in "bcd"]
    assert GCP.zones("us-east-1") == ()


def test_offered_is_a_fact_and_its_lack_is_unknown() -> None:
    assert GCP.offered_zones("a3-ultragpu-8g", "us-central1") == ("us-central1-b",)
    assert GCP.offered_zones("a3-megagpu-8g", "us-east5") == ("us-east5-a",)
    assert "asia-south2" in GCP.regions_offering("a3-ultragpu-8g")
    # Cloud TPU docs, plan your resources: v6e in calendar mode in us-east5-a; flex-start in us-east5-b: GKE docs.
    assert {"us-east5-a", "us-east5-b"} <= set(GCP.offered_zones("ct6e-standard-4t", "us-east5") or ())
    # L4: gcloud compute accelerator-types list, as a job broker has it.
    assert GCP.offered_zones("g2-standard-8", "us-central1") == ("us-central1-a", "us-central1-b", "us-central1-c")
    assert GCP.offered_zones("a2-ultragpu-8g", "us-central1") == ("us-central1-a", "us-central1-c")
    # The source of offerings has no G4: unknown, not absent.
    assert GCP.offered_zones("g4-standard-48", "us-central1") is None
    assert GCP.offered_zones("a4x-highgpu-4g", "us-central1") is None


# Release schedule of GKE as endoflife.date has it (2026-02).
def test_support_of_versions() -> None:
    version = GCP.kubernetes("1.35")
    assert version is not None
    assert version.standard_until == date(2027, 4, 11)
    assert version.support_on(date(2026, 11, 25)) == "standard"
    old = GCP.kubernetes("1.34")
    assert old is not None
    assert old.support_on(date(2026, 10, 2)) == "extended"


# General-purpose machines: https://docs.cloud.google.com/compute/docs/general-purpose-machines.
@pytest.mark.parametrize(
    ("name", "vcpus", "ram"),
    [
        ("e2-standard-2", 2, 8),
        ("e2-standard-4", 4, 16),
        ("e2-standard-16", 16, 64),
        ("n2-standard-8", 8, 32),
        ("n4-standard-4", 4, 16),
        ("c3-standard-8", 8, 32),
        ("c4-standard-4", 4, 15),
        ("c4-standard-16", 16, 60),
    ],
)
def test_system_machines(name: str, vcpus: int, ram: int) -> None:
    found = GCP.machine(name)
    assert found is not None
    assert (found.accelerator, found.vcpus, found.memory_gib) == (None, vcpus, ram)
    assert (found.quota, found.fabric, found.local_ssds) == ("", None, 0)


# https://docs.cloud.google.com/managed-lustre/docs/performance-tiers (2026): least, step, border, step beyond, most.
@pytest.mark.parametrize(
    ("throughput", "least", "step", "border", "beyond", "most"),
    [
        (125, 72000, 72000, None, None, 12240000),
        (250, 36000, 36000, 6120000, 288000, 40032000),
        (500, 18000, 18000, 3060000, 144000, 20016000),
        (1000, 9000, 9000, 1530000, 72000, 10008000),
    ],
)
def test_lustre_sizes(
    throughput: int, least: int, step: int, border: int | None, beyond: int | None, most: int
) -> None:
    sizes = next(one for one in GCP.lustre_steps() if one.throughput == throughput)
    assert (sizes.smallest_gib, sizes.step_gib, sizes.largest_gib) == (least, step, most)
    assert (sizes.coarse_above_gib, sizes.coarse_step_gib) == (border, beyond)
    assert sizes.next_legal(1) == least
    assert sizes.next_legal(least) == least
    assert sizes.next_legal(least + 1) == least + step
    if border and beyond:
        assert sizes.next_legal(border) == border
        assert sizes.next_legal(border + 1) == (border // beyond + 1) * beyond


# pulumi_gcp 10.2.0, filestore Instance: capacityGb and protocol; Filestore docs, customer-managed keys.
@pytest.mark.parametrize(
    ("tier", "location", "asked", "given", "customer_key", "protocols"),
    [
        ("BASIC_HDD", "zone", 100, 1024, False, ("NFS_V3",)),
        ("BASIC_HDD", "zone", 1025, 1025, False, ("NFS_V3",)),
        ("BASIC_SSD", "zone", 100, 2560, False, ("NFS_V3",)),
        ("ZONAL", "zone", 100, 1024, True, ("NFS_V3", "NFS_V4_1")),
        ("ZONAL", "zone", 1025, 1280, True, ("NFS_V3", "NFS_V4_1")),
        ("ZONAL", "zone", 9985, 10240, True, ("NFS_V3", "NFS_V4_1")),
        ("ZONAL", "zone", 10241, 12800, True, ("NFS_V3", "NFS_V4_1")),
        ("REGIONAL", "region", 2000, 2048, True, ("NFS_V3", "NFS_V4_1")),
        ("ENTERPRISE", "region", 1025, 1280, True, ("NFS_V3", "NFS_V4_1")),
    ],
)
def test_filestore_tiers(
    tier: str, location: str, asked: int, given: int, customer_key: bool, protocols: tuple[str, ...]
) -> None:
    found = GCP.filestore(tier)
    assert found is not None
    assert (found.location, found.customer_key, found.protocols) == (location, customer_key, protocols)
    assert found.next_legal(asked) == given


def test_tiers_that_are_no_longer_sold_are_unknown() -> None:
    assert GCP.filestore("STANDARD") is None
    assert [one.tier for one in GCP.filestore_tiers()] == ["BASIC_HDD", "BASIC_SSD", "ZONAL", "REGIONAL", "ENTERPRISE"]


# The APIs' references: GKE Cluster and NodePool, Compute Engine, IAM, Cloud Storage, Lustre, Resource Manager.
@pytest.mark.parametrize(
    ("kind", "shortest", "longest", "good", "bad"),
    [
        ("cluster", 1, 40, "train-prod", "Train"),
        ("node-pool", 1, 40, "train-reservation-a1b2c3", "-train"),
        ("network", 1, 63, "train-gpu-3", "3-gpu"),
        ("subnet", 1, 63, "train-rdma-0", "rdma-"),
        ("service-account", 6, 30, "train-nodes", "nodes_1"),
        ("bucket", 3, 63, "example-checkpoints", "example.com"),
        ("lustre-filesystem", 1, 8, "scratch1", "scratch-1"),
        ("label-key", 1, 63, "gpu-fleet-stack", "expires.at"),
        ("label-value", 0, 63, "2027-01-31", "ML Platform"),
        ("project", 6, 30, "example-ml-prod", "Example"),
    ],
)
def test_names(kind: str, shortest: int, longest: int, good: str, bad: str) -> None:
    limit = GCP.name_limit(kind)
    assert (limit.shortest, limit.longest) == (shortest, longest)
    assert re.fullmatch(limit.pattern, good)
    assert not re.fullmatch(limit.pattern, bad)


def test_a_kind_of_name_or_a_default_that_is_not_there() -> None:
    with pytest.raises(CatalogError, match=r"names\.csv of gcp has no 'launch-template'"):
        GCP.name_limit("launch-template")
    with pytest.raises(CatalogError, match=r"defaults\.csv of gcp has no 'image'"):
        GCP.default("image")


# Cloud Quotas API, as projects read it in 2026; flex-start and spot count as preemptible.
@pytest.mark.parametrize(
    ("name", "capacity", "id", "family"),
    [
        ("a2-highgpu-8g", "on-demand", "NVIDIA-A100-GPUS-per-project-region", ""),
        ("a2-ultragpu-8g", "spot", "PREEMPTIBLE-NVIDIA-A100-80GB-GPUS-per-project-region", ""),
        ("g2-standard-8", "on-demand", "NVIDIA-L4-GPUS-per-project-region", ""),
        ("a3-highgpu-8g", "on-demand", "GPUS-PER-GPU-FAMILY-per-project-region", "NVIDIA_H100"),
        ("a3-megagpu-8g", "reservation", "GPUS-PER-GPU-FAMILY-per-project-region", "NVIDIA_H100_MEGA"),
        ("a3-megagpu-8g", "flex", "PREEMPTIBLE-NVIDIA-H100-MEGA-GPUS-per-project-region", "NVIDIA_H100_MEGA"),
        ("a3-ultragpu-8g", "flex", "PREEMPTIBLE-NVIDIA-H200-GPUS-per-project-region", "NVIDIA_H200"),
        ("a4-highgpu-8g", "spot", "PREEMPTIBLE-NVIDIA-B200-GPUS-per-project-region", "NVIDIA_B200"),
        ("g4-standard-48", "spot", "PREEMPTIBLE-NVIDIA-RTX-PRO-6000-GPUS-per-project-region", "NVIDIA_RTX_PRO_6000"),
        ("ct6e-standard-4t", "on-demand", "TPUS-PER-TPU-FAMILY-per-project-region", ""),
        ("ct5p-hightpu-4t", "spot", "PREEMPTIBLE-TPU-V5P-per-project-region", ""),
    ],
)
def test_quotas(name: str, capacity: str, id: str, family: str) -> None:
    found = GCP.machine(name)
    assert found is not None
    quota = GCP.quota(found.quota, capacity)
    assert quota is not None
    assert (quota.id, found.gpu_family) == (id, family)


def test_what_consumes_no_quota_or_an_unknown_one() -> None:
    assert GCP.quota("H100", "block") is None  # calendar reservations consume none
    assert GCP.quota("H200", "on-demand") is None  # not sold so
    assert GCP.quota("", "on-demand") is None


# Compute Engine regions; APIs: the services' own pages.
def test_services_by_purpose() -> None:
    assert {"compute.googleapis.com", "container.googleapis.com"} <= set(GCP.services("cluster"))
    assert GCP.services("lustre") == ("servicenetworking.googleapis.com", "lustre.googleapis.com")
    assert GCP.services("filestore") == ("servicenetworking.googleapis.com", "file.googleapis.com")
    assert GCP.services("key") == ("cloudkms.googleapis.com",)
    assert GCP.services("moon") == ()
