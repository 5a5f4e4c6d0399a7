"""Storage, networks, keys and everything else that no spec describes. Prices of us-central1 in USD: pd-standard 0.04,
pd-ssd 0.17 a GB-month; Cloud NAT 0.0014 a machine-hour, addresses 0.005 an hour, keys 0.06 a month, logs 0.50 a GB.
"""

from __future__ import annotations

from decimal import Decimal as D
from typing import Any

import pytest

from components.cost.readers.terms import Terms
from components.plan.model import UsagePlan
from tests.unit.cost_gcp.gcp_clusters import amounts, flat
from tests.unit.cost_gcp.gcp_reading import (
    CLUSTER,
    Resource,
    cost,
    node_pool,
    resource,
    unpriced,
)


def test_disks_that_stand_alone() -> None:
    found = [
        resource("compute/disk:Disk", "data", zone="us-central1-a", size=500),
        resource("compute/disk:Disk", "fast", zone="us-central1-a", size=100, type="pd-ssd"),
        resource("compute/disk:Disk", "copy", zone="us-central1-a", snapshot="daily"),
    ]
    assert [(line.item, line.monthly and line.monthly.max) for line in cost(*found).lines] == [
        ("data: disk of 500 GiB (pd-standard)", D(20)),  # 500 x 0.04
        ("fast: disk of 100 GiB (pd-ssd)", D(17)),  # 100 x 0.17
        ("copy: disk", None),
    ]


@pytest.mark.parametrize(
    ("inputs", "item"),
    [
        ({"tier": "STANDARD"}, "mine: Filestore BASIC_HDD, 2048 GiB"),
        ({"tier": "BASIC_HDD", "performanceConfig": {"fixedIops": {"maxIops": 1000}}}, None),
        ({"tier": {"ref": "x"}}, None),
    ],
)
def test_a_filestore_instance(inputs: dict[str, Any], item: str | None) -> None:
    own = resource(
        "filestore/instance:Instance", "mine", location="us-west1-b", fileShares={"capacityGb": 2048}, **inputs
    )
    (line,) = cost(own).lines
    assert (line.item, amounts(line.monthly)) == (
        (item, flat("409.60")) if item else ("mine (gcp:filestore/instance:Instance)", None)  # 2048 x 0.20
    )


def test_a_lustre_instance_is_loud_with_and_without_a_size() -> None:
    own = resource("lustre/instance:Instance", "fast", location="us-central1-a", capacityGib="9000")
    assert unpriced(own) == [("fast (gcp:lustre/instance:Instance)", "its size, tier or speed cannot be read")]
    own["inputs"]["perUnitStorageThroughput"] = "1000"
    assert unpriced(own)[0][0] == "fast: Managed Lustre, 9000 GiB at 1000 MB/s per TiB"


def test_what_is_stored_in_a_bucket_is_named() -> None:
    report = cost(resource("storage/bucket:Bucket", "data", location="US-CENTRAL1"))
    assert not report.lines
    assert report.not_included[0] == "what is stored in data: not included"
    assert unpriced(resource("storage/bucket:Bucket", "data", location={"ref": "x.region"}))


def test_nat_addresses_and_keys() -> None:
    found = [
        resource("compute/routerNat:RouterNat", "nat", region="us-central1", natIpAllocateOption="AUTO_ONLY"),
        resource("compute/address:Address", "entry", region="us-central1"),
        resource("compute/globalAddress:GlobalAddress", "peering", addressType="INTERNAL", purpose="VPC_PEERING"),
        resource("kms/keyRing:KeyRing", "ring", location="us-central1"),
        resource("kms/cryptoKey:CryptoKey", "key", keyRing={"ref": "ring.id"}),
    ]
    report = cost(CLUSTER, node_pool(), *found)
    got = {line.kind: line.monthly and line.monthly.max for line in report.lines}
    assert (got["nat"], got["public-ip"], got["key"]) == (D("2.0440"), D("7.30"), D("0.06"))  # 2 machines, 2 addresses


def test_a_gateway_with_addresses_of_its_own_takes_no_other() -> None:
    found = [
        resource("compute/address:Address", "out", region="us-central1"),
        resource("compute/routerNat:RouterNat", "nat", region="us-central1", natIps=[{"ref": "out.selfLink"}]),
    ]
    assert [line.quantity.max for line in cost(*found).lines if line.kind == "public-ip"] == [730]


@pytest.mark.parametrize(
    "one",
    [
        resource("compute/routerNat:RouterNat", "nat", region="us-central1", type="PRIVATE"),
        resource("kms/cryptoKey:CryptoKey", "key", versionTemplate={"protectionLevel": "HSM"}),
        resource("compute/futureReservation:FutureReservation", "block", zone="us-central1-a"),
        resource("compute/regionDisk:RegionDisk", "twice", region="us-central1", size=100),
        resource("compute/resizeRequest:ResizeRequest", "more", zone="us-central1-a", resizeBy=8),
        resource("storage/anywhereCache:AnywhereCache", "cache", zone="us-central1-a"),
        resource("sql/databaseInstance:DatabaseInstance", "db", region="us-central1"),
        {"type": "kubernetes:core/v1:PersistentVolumeClaim", "name": "claim", "inputs": {}},
        {"type": "kubernetes:core/v1:Service", "name": "entry", "inputs": {"spec": {"type": "LoadBalancer"}}},
        {"type": "kubernetes:cloud.google.com/v1:ComputeClass", "name": "any", "inputs": {}},
        {"type": "kubernetes:karpenter.sh/v1:NodePool", "name": "any", "inputs": {}},
        {"type": "kubernetes:compute.cnrm.cloud.google.com/v1beta1:ComputeInstance", "name": "vm", "inputs": {}},
    ],
    ids=lambda one: one["type"],
)
def test_what_cannot_be_priced_is_loud(one: Resource) -> None:
    assert [item for item, _ in unpriced(one)] == [f"{one['name']} ({one['type']})"]


@pytest.mark.parametrize(
    "type_",
    [
        "gcp:compute/network:Network",
        "gcp:projects/service:Service",
        "gcp:storage/bucketIAMMember:BucketIAMMember",
        "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember",
        "gcp:serviceaccount/account:Account",
        "gcp:billing/budget:Budget",
        "kubernetes:core/v1:Namespace",
        "gpu-fleet:gcp:NodePool",
    ],
)
def test_what_costs_nothing(type_: str) -> None:
    assert not cost({"type": type_, "name": "one", "inputs": {}}).lines


def test_logs_that_are_kept_for_longer_than_they_are_paid_for() -> None:
    terms = Terms(usage=UsagePlan(log_gb=D(73)))

    def logs(days: int) -> list[D | None]:
        kept = resource("logging/projectBucketConfig:ProjectBucketConfig", "logs", retentionDays=days)
        return [line.monthly and line.monthly.max for line in cost(kept, terms=terms).lines]

    assert logs(30) == [D("36.50")]  # 73 x 0.50
    assert logs(40) == [D("36.50"), D("0.24")]  # and 73 x 10 of the 730 / 24 days of a month x 0.01
