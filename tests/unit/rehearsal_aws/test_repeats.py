"""What happens when a call comes twice, is lost, or what it made is not found at once: as AWS and its provider do."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.rehearsal.aws.service import service
from scripts.rehearsal.cloud import Cloud, Scope
from scripts.rehearsal.faults import Partial
from scripts.rehearsal.model import CloudError, Resource
from scripts.rehearsal.state import State
from tests.unit.rehearsal_aws.world import ATTACHMENT, ROLE, SCHEDULE, trust

HERE = Scope(provider="aws", region="us-east-1", account="123456789012")
SCALING = "aws:autoscaling/group:Group"
POLICY = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"


@pytest.fixture
def cloud() -> Cloud:
    return Cloud(State(), {"aws": service()})


def make(cloud: Cloud, type: str, called: str, /, **inputs: Any) -> Resource:
    return cloud.create(HERE, type, f"urn:pulumi:s::p::{type}::{called}", inputs)


def role(cloud: Cloud, name: str = "nodes") -> Resource:
    return make(cloud, ROLE, name, name=name, assumeRolePolicy=trust("ec2.amazonaws.com"))


def test_a_name_that_is_taken_is_refused(cloud: Cloud) -> None:
    role(cloud)
    with pytest.raises(CloudError, match="EntityAlreadyExists: Role with name nodes already exists"):
        role(cloud)


def test_what_is_put_twice_is_there_once(cloud: Cloud) -> None:
    # IAM API, AttachRolePolicy: no error for a policy that is attached already.
    role(cloud)
    first = make(cloud, ATTACHMENT, "worker", role="nodes", policyArn=POLICY)
    assert make(cloud, ATTACHMENT, "worker", role="nodes", policyArn=POLICY).id == first.id
    assert len(cloud.all(ATTACHMENT)) == 1


def test_two_resources_that_put_the_same_are_refused(cloud: Cloud) -> None:
    role(cloud)
    make(cloud, ATTACHMENT, "worker", role="nodes", policyArn=POLICY)
    with pytest.raises(CloudError, match="AlreadyExists"):
        make(cloud, ATTACHMENT, "again", role="nodes", policyArn=POLICY)


def night(cloud: Cloud, called: str, group: str) -> Resource:
    sizes = {"recurrence": "0 20 * * *", "minSize": 0}
    return make(cloud, SCHEDULE, called, autoscalingGroupName=group, scheduledActionName="night", **sizes)


def test_two_groups_may_have_a_scheduled_action_of_one_name(cloud: Cloud) -> None:
    for group in ("a", "b"):
        make(cloud, SCALING, group, name=group, minSize=0, maxSize=1)
        night(cloud, f"{group}-night", group)
    assert [one.id for one in cloud.all(SCHEDULE)] == ["night", "night"]
    with pytest.raises(CloudError, match="AlreadyExists: scheduled action night of b"):
        night(cloud, "other", "b")
    first, second = cloud.all(SCHEDULE)
    cloud.delete(HERE, SCHEDULE, first.id, first.urn)
    assert cloud.all(SCHEDULE) == [second]


def test_an_import_takes_the_id_that_the_provider_documents(cloud: Cloud) -> None:
    # pulumi_aws.autoscaling.Schedule, Import: `example-asg/example-action`; its own id is the action's name.
    make(cloud, SCALING, "a", name="a", minSize=0, maxSize=1)
    made = night(cloud, "a-night", "a")
    found = cloud.read(HERE, SCHEDULE, "a/night", imported=True)
    assert found is not None
    assert found.id == made.id == "night"
    assert cloud.read(HERE, SCHEDULE, "a/night") is None
    assert cloud.read(HERE, SCHEDULE, "b/night", imported=True) is None


def test_the_provider_looks_again_for_what_is_new(cloud: Cloud) -> None:
    # terraform-plugin-sdk, StateChangeConf: 0.5 s after the first miss, then twice as long each time: 0.5 + 1 + 2.
    cloud.faults.add({"at": ROLE, "call": "create", "kind": "not-found-after-create", "reads": 3})
    made = role(cloud)
    assert cloud.state.count("clock_ms", 0) == 3500
    assert cloud.read(HERE, ROLE, made.id, made.urn) is not None


def test_what_is_not_found_for_minutes_is_kept_and_told(cloud: Cloud) -> None:
    cloud.faults.add({"at": ROLE, "call": "create", "kind": "not-found-after-create", "reads": 100})
    with pytest.raises(Partial, match=r"reading aws:iam/role:Role \(nodes\): couldn't find resource") as caught:
        role(cloud)
    assert [caught.value.resource] == cloud.all(ROLE)
    assert 120_000 <= cloud.state.count("clock_ms", 0) <= 130_000


@pytest.mark.parametrize(("times", "made"), [(25, 1), (26, 0)])
def test_too_many_requests_are_tried_again_25_times(cloud: Cloud, times: int, made: int) -> None:
    cloud.faults.add({"at": ROLE, "call": "create", "kind": "throttle", "times": times})
    if made:
        role(cloud)
    else:
        with pytest.raises(CloudError, match="RequestLimitExceeded"):
            role(cloud)
    assert len(cloud.all(ROLE)) == made


def test_a_setting_goes_before_what_the_provider_does(cloud: Cloud) -> None:
    cloud.state.set({"retries": 0})
    cloud.faults.add({"at": ROLE, "call": "create", "kind": "throttle"})
    with pytest.raises(CloudError, match="RequestLimitExceeded"):
        role(cloud)
