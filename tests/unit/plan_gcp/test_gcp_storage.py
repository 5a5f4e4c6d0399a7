"""File systems and buckets: legal sizes, where they stand, what they are linked to.

Sources: Managed Lustre, performance tiers (1000 MB/s per TiB: 9,000 GiB and steps of it; 500: 18,000; 250: 36,000;
125: 72,000); Filestore, service tiers (zonal: 1,024 GiB and steps of 256); Cloud Storage, soft delete (seven days).
"""

from __future__ import annotations

from typing import Any

import pytest

from components.plan.gcp.model import Bucket, Filestore, GcpClusterPlan, Lustre
from components.plan.model import StoragePlan
from tests.support.gcp_values import advised, gcp_error, gcp_plan

BUCKET = {"storage.data": {"kind": "object"}}


def planned(item: dict[str, Any], **changes: Any) -> tuple[GcpClusterPlan, StoragePlan]:
    plan = gcp_plan({**changes, "storage.scratch": item})
    return plan, next(one for one in plan.storage if one.name == "scratch")


def lustre(capacity: str, **more: Any) -> Lustre:
    _, found = planned({"kind": "parallel", "capacity": capacity, **more}, **BUCKET)
    assert isinstance(found, Lustre)
    return found


def chosen(plan: GcpClusterPlan, path: str) -> list[str]:
    return [one.chose for one in plan.decisions if one.path == path]


# asked GiB: the throughput and the GiB that are given.
@pytest.mark.parametrize(
    ("asked", "throughput", "given"),
    [
        ("1GiB", 1000, 9000),
        ("4800GiB", 1000, 9000),
        ("9000GiB", 1000, 9000),
        ("9001GiB", 1000, 18000),
        ("20000GiB", 1000, 27000),
        ("36000GiB", 1000, 36000),
        ("72000GiB", 1000, 72000),
        ("72001GiB", 1000, 81000),
    ],
)
def test_without_a_throughput_it_is_the_fastest_so_that_growing_keeps_the_file_system(asked, throughput, given):
    found = lustre(asked)
    assert (found.throughput, found.given_gib, found.throughput_asked) == (throughput, given, None)


@pytest.mark.parametrize(
    ("asked", "throughput", "given"), [(125, 125, 72000), (100, 125, 72000), (126, 250, 36000), (500, 500, 18000), (501, 1000, 9000)]
)  # fmt: skip
def test_a_throughput_is_rounded_up_to_the_next_on_sale(asked, throughput, given):
    found = lustre("4800GiB", throughput=asked)
    assert (found.throughput, found.given_gib, found.throughput_asked) == (throughput, given, asked)


def test_what_was_rounded_is_told():
    plan, _ = planned({"kind": "parallel", "capacity": "4800GiB", "throughput": 200})
    assert chosen(plan, "storage.scratch.throughput") == ["250 MB/s per TiB"]
    assert chosen(plan, "storage.scratch.capacity") == ["36000 GiB"]
    (told,) = advised(plan, "lustre-size", "storage.scratch")
    assert "the smallest legal size is 36000 GiB" in told
    plan, _ = planned({"kind": "parallel", "capacity": "36000GiB", "throughput": 250})
    assert chosen(plan, "storage.scratch.throughput") == []
    assert chosen(plan, "storage.scratch.capacity") == []
    assert advised(plan, "lustre-size") == []


def test_what_is_not_sold_is_refused_with_the_most():
    found = gcp_error({"storage.scratch": {"kind": "parallel", "capacity": "9000GiB", "throughput": 2000}})
    assert (found.path, found.hint) == ("storage.scratch.throughput", "the most is 1000")
    found = gcp_error({"storage.scratch": {"kind": "parallel", "capacity": "90000TiB", "throughput": 1000}})
    assert found.path == "storage.scratch.capacity"


@pytest.mark.parametrize(
    ("name", "filesystem"),
    [("scratch", "scratch"), ("my-scratch", "myscratc"), ("training-scratch", "training"), ("a", "a"), ("a-1", "a1")],
)
def test_the_file_system_has_a_name_of_at_most_eight_letters_and_digits(name, filesystem):
    plan = gcp_plan({f"storage.{name}": {"kind": "parallel", "capacity": "9000GiB"}})
    (found,) = plan.storage
    assert isinstance(found, Lustre)
    assert found.filesystem == filesystem


# --- where it stands ---

SERVE = {"accelerator": "L4:1", "nodes": 1, "fabric": "none", "zones": ["us-central1-c"]}


def test_it_stands_in_the_zone_of_the_pool_with_a_fabric():
    plan, found = planned({"kind": "parallel", "capacity": "9000GiB"}, **{"pools.serve": SERVE, "pools.train.zones": ["us-central1-b"]})  # fmt: skip
    assert isinstance(found, Lustre)
    assert found.zone == "us-central1-b"
    (told,) = advised(plan, "cross-zone-storage", "storage.scratch")
    assert "serve" in told


def test_it_stands_where_it_is_asked_for():
    plan, found = planned({"kind": "parallel", "capacity": "9000GiB", "zone": "us-central1-c"})
    assert isinstance(found, Lustre)
    assert found.zone == "us-central1-c"
    assert advised(plan, "cross-zone-storage", "storage.scratch")


def test_a_zone_that_does_not_exist_is_told_with_the_nearest():
    found = gcp_error({"storage.scratch": {"kind": "parallel", "capacity": "9000GiB", "zone": "us-central-a"}})
    assert (found.path, found.hint) == ("storage.scratch.zone", "did you mean 'us-central1-a'?")


def test_a_fabric_does_not_reach_it():
    found = gcp_error({"storage.scratch": {"kind": "parallel", "capacity": "9000GiB", "fabric": "required"}})
    assert found.path == "storage.scratch.fabric"


# --- links ---


def test_a_link_to_a_bucket_of_the_spec_or_of_others_is_no_lasting_one():
    own, there = lustre("9000GiB", linked_to="data"), lustre("9000GiB", linked_to="gs://their-data/in")
    assert (own.bucket, own.bucket_url) == ("data", None)
    assert (there.bucket, there.bucket_url) == (None, "gs://their-data/in")
    plan, _ = planned({"kind": "parallel", "capacity": "9000GiB", "linked_to": "gs://their-data"})
    assert "keeps no link" in advised(plan, "lustre-link", "storage.scratch.linked_to")[0]


@pytest.mark.parametrize("url", ["s3://data/in", "gs://", "gs://Data", "https://storage.googleapis.com/data"])
def test_what_is_no_bucket_of_google_is_refused(url):
    found = gcp_error({"storage.scratch": {"kind": "parallel", "capacity": "9000GiB", "linked_to": url}})
    assert (found.path, found.hint) == ("storage.scratch.linked_to", "give gs://bucket/prefix")


# --- shared file systems and buckets ---


@pytest.mark.parametrize(
    ("capacity", "given"),
    [({}, 1024), ({"capacity": "10GiB"}, 1024), ({"capacity": "1024GiB"}, 1024), ({"capacity": "1025GiB"}, 1280), ({"capacity": "2TiB"}, 2048), ({"capacity": "9985GiB"}, 10240), ({"capacity": "10241GiB"}, 12800)],
)  # fmt: skip
def test_a_shared_file_system_is_rounded_up(capacity, given):
    plan, found = planned({"kind": "shared", **capacity})
    assert isinstance(found, Filestore)
    assert (found.tier, found.given_gib, found.location) == ("ZONAL", given, plan.system.zones[0])
    assert bool(chosen(plan, "storage.scratch.capacity")) is (capacity.get("capacity") not in ("1024GiB", "2TiB"))


def test_a_shared_file_system_stays_where_it_is_whatever_the_pools():
    _, before = planned({"kind": "shared"})
    _, after = planned({"kind": "shared"}, **{"pools.serve": SERVE, "pools.train.zones": ["us-central1-b"]})
    assert after == before


def test_a_shared_file_system_is_not_as_large_as_can_be():
    found = gcp_error({"storage.scratch": {"kind": "shared", "capacity": "200TiB"}})
    assert (found.path, found.id) == ("storage.scratch.capacity", "filestore")


@pytest.mark.parametrize(
    ("name", "share"), [("home", "home"), ("my-home", "my_home"), ("a-very-long-name-1", "a_very_long_name")]
)
def test_the_share_has_a_name_of_letters_digits_and_underscores(name, share):
    (found,) = gcp_plan({f"storage.{name}": {"kind": "shared"}}).storage
    assert isinstance(found, Filestore)
    assert found.share == share


def test_a_bucket_is_in_the_region_and_keeps_what_was_deleted_for_a_week():
    _, found = planned({"kind": "object", "capacity": "10.5TiB"})
    assert isinstance(found, Bucket)
    assert (found.location, found.hierarchical, found.soft_delete_days) == ("US-CENTRAL1", True, 7)
    assert found.given_gib == 10752


@pytest.mark.parametrize(
    ("kinds", "drivers"),
    [
        ([], ()),
        (["object"], ("gcs-fuse",)),
        (["shared", "parallel", "object"], ("gcs-fuse", "lustre", "filestore")),
    ],
)
def test_the_drivers_are_those_of_what_is_stored(kinds, drivers):
    items = {
        f"storage.{kind}": {"kind": kind, **({"capacity": "9000GiB"} if kind == "parallel" else {})} for kind in kinds
    }
    assert gcp_plan(items).csi_drivers == drivers


def test_a_stated_price_stays():
    price = {"usd_per_gib_month": "0.6", "source": "a quote", "as_of": "2026-11-01"}
    for item in ({"kind": "parallel", "capacity": "9000GiB"}, {"kind": "shared"}, {"kind": "object"}):
        _, found = planned({**item, "price": price})
        assert found.price is not None
        assert str(found.price.usd) == "0.6"
