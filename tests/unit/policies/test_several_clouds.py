"""A program that registers resources of two clouds is judged whole: the cost of both, and each by its own facts."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from policies.case import Case, case_of
from policies.engine import evaluate
from policies.market import Market
from policies.readers.program import by_cloud, subject_of_program
from scripts.cli.assess import planned
from tests.unit.policies.gcp_by_hand import LABELS, cluster, pool
from tests.unit.policies.subjects import ON
from tests.unit.policies.test_pack_of_program import NAME, program

# g2-standard-4 in us-central1: 0.706832 USD an hour (karpenter-provider-gcp, 2026-08-03); pd-balanced: 0.10 USD a GB
# and month (Cloud Billing SKUs, 2025-03-06). Two of them, each with 100 GB.
SERVING = 2 * (Decimal("0.706832") * 730 + 10)
# p5.48xlarge in us-east-1: 55.04 USD an hour; gp3: 0.08 USD a GB and month
P5 = Decimal("55.04") * 730 + 8


def serving(**changes: Any) -> dict[str, Any]:
    config = {"machineType": "g2-standard-4", "diskType": "pd-balanced", "diskSizeGb": 100} | changes
    return pool(config=config, nodeCount=2)


def instance(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "instanceType": "p5.48xlarge",
        "region": "us-east-1",
        "associatePublicIpAddress": False,
        "rootBlockDevice": {"volumeSize": 100, "volumeType": "gp3", "encrypted": True},
        "tags": LABELS,
    }
    return aws("ec2/instance:Instance", "box", **(inputs | changes))


def aws(kind: str, name: str, **inputs: Any) -> dict[str, Any]:
    return {"type": f"aws:{kind}", "name": name, "parent": None, "provider": None, "protect": True, "inputs": inputs}


def eks(**changes: Any) -> dict[str, Any]:
    inputs: dict[str, Any] = {
        "vpcConfig": {"endpointPublicAccess": False},
        "encryptionConfig": {"provider": {"keyArn": "k"}, "resources": ["secrets"]},
        "upgradePolicy": {"supportType": "EXTENDED"},
        "version": "1.34",
        "region": "us-east-1",
        "tags": LABELS,
    }
    return aws("eks/cluster:Cluster", "eks", **(inputs | changes))


def judged(*more: dict[str, Any]) -> Case:
    """A cluster of a spec on AWS, with what stands beside it."""
    resources = [*(one.to_json() for one in program().resources), *more]
    return case_of(resources, stack=NAME, environment="prod", config=planned(NAME).loaded, on=ON)


def failing(case: Case) -> set[str]:
    found = evaluate(case.subject, case.settings)
    return {one.id for one in found.verdicts if one.verdict == "fail"}


def test_what_stands_in_another_cloud_counts_in_the_budget_and_obeys() -> None:
    before, after = judged(), judged(cluster(), serving(resourceLabels=None))
    control_plane = Decimal("0.10") * 730  # cloud.google.com/kubernetes-engine/pricing
    assert after.subject.cost.monthly.max - before.subject.cost.monthly.max == SERVING + control_plane
    assert after.subject.cost.unpriced == ()
    assert failing(after) - failing(before) == {"required-tags", "control-plane-waste"}  # a second control plane
    assert after.subject.budget == before.subject.budget
    assert {one.path for one in after.subject.groups} == {"pools.train", "system", ""}
    assert len(after.subject.groups) == len(before.subject.groups) + 1


def test_a_program_without_a_spec_is_judged_in_both() -> None:
    found = subject_of_program([instance(), serving()], None, ON, stack="hand", environment="prod")
    assert found.cost.monthly.max == P5 + SERVING
    assert {(one.resource, one.region) for one in found.groups} == {("box", "us-east-1"), ("workers", "us-central1")}
    assert {one.resource for one in found.encryptables} == {"box", "workers"}
    assert not found.planned
    # whose regions and machines they are is known: nothing is dear, oversized or unknown
    ids = {one.id for one in evaluate(found).findings}
    assert not ids & {"region-price-delta", "oversize-node", "retired-or-slow-gpu"}


@pytest.mark.parametrize("first", [0, 1])
def test_the_order_of_the_clouds_does_not_matter(first: int) -> None:
    resources = [instance(), serving(spot=True)]
    found = subject_of_program(resources[:: 1 if first else -1], None, ON, stack="hand", environment="ci")
    assert found.cost.monthly.max == P5 + SERVING
    assert {one.id for one in evaluate(found).findings if one.path == "box"} >= {"spot-required", "idle-ttl"}


def test_each_price_and_version_is_asked_of_its_own_cloud() -> None:
    """On 2026-11-24 Kubernetes 1.34 has standard support on EKS (until 2026-12-02), and on GKE had it until 2026-10-01."""
    gke = cluster(minMasterVersion="1.34.1-gke.1829001", releaseChannel={"channel": "EXTENDED"})
    found = subject_of_program([eks(), gke, instance(), serving()], None, ON, stack="hand", environment="prod")
    said = {one.path: one.message for one in evaluate(found).findings if one.id == "control-plane-waste"}
    assert "will be billed at that price once its standard support ends" in said["eks"]
    assert "is billed at that price today" in said["main"]
    assert {one.accelerator: one.cloud for one in found.rates} == {"H100": "aws", "L4": "gcp"}
    # an H100 is cheaper here than there, and an L4 there than here
    assert "cross-cloud-delta" not in {one.id for one in evaluate(found).findings}
    assert isinstance(found.market, Market)
    assert [one.cloud for one in found.market.of("aws").offers("H100")] == ["gcp"]


def kubernetes(kind: str, name: str, provider: str, **inputs: Any) -> dict[str, Any]:
    return {"type": f"kubernetes:{kind}", "name": name, "parent": None, "provider": provider, "inputs": inputs}


def access(name: str, to: str) -> dict[str, Any]:
    kubeconfig = {"join": ['{"clusters": "', {"ref": f"{to}.endpoint"}, '"}']}
    return {"type": "pulumi:providers:kubernetes", "name": name, "parent": None, "inputs": {"kubeconfig": kubeconfig}}


def test_what_is_in_a_cluster_is_in_the_cluster_s_cloud() -> None:
    """A load balancer has no price that is known, and is told of once."""
    balancer = kubernetes("core/v1:Service", "web", "inside", spec={"type": "LoadBalancer"})
    for to, cloud in (("eks", "aws"), ("main", "gcp")):
        resources = [eks(), cluster(), access("inside", to), balancer]
        found = subject_of_program(resources, None, ON, stack="hand", environment="prod")
        assert [line.item for line in found.cost.unpriced] == ["web (kubernetes:core/v1:Service)"]
        assert balancer in by_cloud(resources, None)[cloud]


def test_what_no_cloud_knows_is_told_of_once() -> None:
    other: dict[str, Any] = {
        "type": "datadog:index/monitor:Monitor",
        "name": "watch",
        "parent": None,
        "provider": "dd",
        "inputs": {},
    }
    found = subject_of_program([serving(), other, instance()], None, ON, stack="hand", environment="prod")
    assert [line.item for line in found.cost.unpriced] == ["watch (datadog:index/monitor:Monitor)"]
    empty = subject_of_program([], None, ON, stack="hand", environment="prod")
    assert (empty.groups, empty.cost.lines) == ((), ())
