"""File systems and buckets: sizes that FSx sells, the zone, links."""

from __future__ import annotations

import pytest

from components.plan.aws.model import Bucket, Lustre, SharedFileSystem
from tests.support.specs import advice, plan_of, the_error


def lustre(item, **changes) -> Lustre:
    found = plan_of({"storage.scratch": {"kind": "parallel", **item}, **changes}).storage[0]
    assert isinstance(found, Lustre)
    return found


def test_lustre_is_persistent_2_on_ssd_with_a_server_that_nodes_can_mount():
    """AL2023's client is 2.15 and refuses 2.10 servers (amazonlinux/amazon-linux-2023#723)."""
    found = lustre({"capacity": "4800GiB"})
    assert (found.deployment_type, found.storage_type, found.version) == ("PERSISTENT_2", "SSD", "2.15")


@pytest.mark.parametrize(
    ("asked", "given"),
    # FSx for Lustre User Guide: 1200 GiB, 2400 GiB, then increments of 2400 GiB.
    [
        ("1GiB", 1200),
        ("1200GiB", 1200),
        ("1201GiB", 2400),
        ("4800GiB", 4800),
        ("4801GiB", 7200),
        ("5000GiB", 7200),
        ("7TiB", 7200),
        ("8TB", 9600),
    ],
)
def test_capacity_is_rounded_up_to_what_fsx_sells(asked, given):
    found = lustre({"capacity": asked})
    assert found.given_gib == given


def test_rounding_up_is_a_decision_that_the_plan_shows():
    plan = plan_of({"storage.scratch": {"kind": "parallel", "capacity": "5000GiB"}})
    decision = next(one for one in plan.decisions if one.path == "storage.scratch.capacity")
    assert (decision.chose, plan.storage[0].asked_gib) == ("7200 GiB", 5000)


@pytest.mark.parametrize(
    ("throughput", "given"),
    # FSx for Lustre User Guide, increase-storage-capacity: increments of file systems with EFA.
    [(125, 38400), (250, 19200), (500, 9600), (1000, 4800)],
)
def test_capacity_with_efa_has_larger_steps(throughput, given):
    found = lustre({"capacity": "4800GiB", "throughput": throughput, "fabric": "required"})
    assert (found.given_gib, found.efa) == (given, True)


@pytest.mark.parametrize(("asked", "given"), [(None, 125), (100, 125), (126, 250), (500, 500), (501, 1000)])
def test_throughput_is_rounded_up_to_what_fsx_sells(asked, given):
    """FSx API, PerUnitStorageThroughput of PERSISTENT_2: 125, 250, 500, 1000."""
    found = lustre({"capacity": "4800GiB", **({"throughput": asked} if asked else {})})
    assert (found.throughput, found.throughput_asked) == (given, asked)


def test_more_throughput_than_is_sold_is_refused():
    error = the_error({"storage.scratch": {"kind": "parallel", "capacity": "4800GiB", "throughput": 1001}})
    assert error.path == "storage.scratch.throughput"
    assert error.hint == "the most is 1000"


def test_lustre_over_efa_needs_a_pool_with_efa():
    item = {"kind": "parallel", "capacity": "4800GiB", "throughput": 1000, "fabric": "required"}
    assert plan_of({"storage.scratch": item}).fabric_security_group is True
    error = the_error({"storage.scratch": item, "pools.train.fabric": "none"})
    assert error.path == "storage.scratch.fabric"


def test_a_linked_bucket_of_this_spec_and_one_by_url():
    bucket = {"storage.data": {"kind": "object"}}
    found = lustre({"capacity": "1200GiB", "linked_to": "data"}, **bucket)
    assert (found.bucket, found.bucket_url) == ("data", None)
    found = lustre({"capacity": "1200GiB", "linked_to": "s3://other/data"})
    assert (found.bucket, found.bucket_url) == (None, "s3://other/data")


def test_a_link_that_is_not_s3_is_refused():
    error = the_error({"storage.scratch": {"kind": "parallel", "capacity": "1200GiB", "linked_to": "gs://other/data"}})
    assert error.path == "storage.scratch.linked_to"
    assert "no S3 URL" in error.message


def test_a_bucket_and_a_shared_file_system():
    plan = plan_of({"storage.data": {"kind": "object", "capacity": "1TiB"}, "storage.home": {"kind": "shared"}})
    bucket, shared = plan.storage
    assert isinstance(bucket, Bucket)
    assert bucket.given_gib == 1024
    assert isinstance(shared, SharedFileSystem)
    zones = {subnet.name: subnet.zone_id for subnet in plan.network.subnets}
    stands = [zones[name] for name in shared.subnets]
    assert len(set(stands)) == len(stands)  # EFS takes one mount target in a zone
    assert {*plan.system.zones, *plan.pools[0].zones} == set(stands)


def test_a_file_system_without_pools_stands_with_the_system():
    plan = plan_of({"pools": {}, "storage.scratch": {"kind": "parallel", "capacity": "1200GiB"}})
    assert isinstance(plan.storage[0], Lustre)
    assert plan.storage[0].zone_id == plan.system.zones[0]


def test_a_file_system_stands_in_a_subnet_of_its_own_so_that_no_pool_moves_it():
    plan = plan_of({"storage.scratch": {"kind": "parallel", "capacity": "1200GiB"}})
    (files,) = plan.network.subnets_of("storage")
    assert plan.storage[0].subnet == files.name
    assert files.zone_id == plan.pools[0].zones[0]


def test_a_file_system_over_efa_stands_with_its_pool():
    """EFA is promised within one subnet (ParallelCluster User Guide, Elastic Fabric Adapter)."""
    item = {"kind": "parallel", "capacity": "4800GiB", "throughput": 1000, "fabric": "required"}
    plan = plan_of({"storage.scratch": item})
    assert plan.storage[0].subnet == plan.network.subnets_of("pool")[0].name


def test_a_zone_of_its_own_keeps_a_file_system_where_it_is_when_pools_come():
    item = {"kind": "parallel", "capacity": "1200GiB", "zone": "use1-az4"}
    plan = plan_of({"storage.scratch": item})
    assert plan.storage[0].zone_id == "use1-az4" != plan.pools[0].zones[0]
    assert plan.network.subnets_of("storage")[0].zone_id == "use1-az4"
    assert advice(plan, "cross-zone-storage").path == "storage.scratch"


def test_a_zone_of_a_file_system_is_a_zone_of_the_region():
    item = {"kind": "parallel", "capacity": "1200GiB", "zone": "use1-az9"}
    assert the_error({"storage.scratch": item}).path == "storage.scratch.zone"
