"""A cloud on plain data: what it makes, keeps, tells and refuses."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from scripts.rehearsal.aws import service as aws
from scripts.rehearsal.cloud import Cloud, Scope
from scripts.rehearsal.echo import Echo
from scripts.rehearsal.model import CloudError, Existing, Failure, Resource, Values
from scripts.rehearsal.reading import as_written
from scripts.rehearsal.state import State
from scripts.rehearsal.wire import UNKNOWN
from tests.unit.rehearsal.clients import GROUP, VPC, urn

HERE = Scope(provider="aws", region="us-east-1", account="123456789012")
THERE = Scope(provider="aws", region="eu-west-1", account="123456789012")
LOG = "aws:cloudwatch/logGroup:LogGroup"


class Strict(Echo):
    """A service with an id that is the name, a check of its own, and references that hold."""

    def check(self, type: str, inputs: Values, existing: Existing) -> Iterable[Failure]:
        if len(inputs.get("cidrBlock", "")) > 18:
            yield Failure(property="cidrBlock", reason="is too long")

    def create(self, type: str, name: str, inputs: Values, existing: Existing) -> tuple[str, dict[str, Any]]:
        vpc = inputs.get("vpcId")
        if vpc and existing.find(vpc, VPC) is None:
            raise CloudError("InvalidVpcID.NotFound", f"The vpc ID '{vpc}' does not exist")
        return name, {**inputs, "arn": f"arn:{existing.setting('region')}:{existing.setting('account')}:{name}"}

    def delete(self, resource: Resource, existing: Existing) -> None:
        if any(other.inputs.get("vpcId") == resource.id for other in existing.all(GROUP)):
            raise CloudError("DependencyViolation", f"{resource.id} has dependencies and cannot be deleted.")


def cloud(**more: Any) -> Cloud:
    return Cloud(State(), {"aws": Strict()}, **more)


def test_what_is_made_is_found_told_and_gone() -> None:
    it = cloud()
    made = it.create(HERE, VPC, urn(VPC, "net"), {"cidrBlock": "10.0.0.0/16", "__defaults": []})
    assert made.outputs == {"cidrBlock": "10.0.0.0/16", "arn": "arn:us-east-1:123456789012:net"}
    assert (made.region, made.account) == ("us-east-1", "123456789012")
    assert it.find("net") == it.find("net", VPC) == it.read(HERE, VPC, "net") == made
    assert it.find("net", GROUP) is None
    assert it.all() == it.all(VPC, GROUP) == [made]
    it.delete(HERE, VPC, "net", made.urn)
    assert it.all() == [] and it.read(HERE, VPC, "net") is None
    it.delete(HERE, VPC, "net", made.urn)  # gone already is fine


def test_an_update_keeps_the_id_and_replaces_the_inputs() -> None:
    it = cloud()
    made = it.create(HERE, VPC, urn(VPC, "net"), {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}})
    changed = it.update(HERE, VPC, made.id, made.urn, {"cidrBlock": "10.0.0.0/16"})
    assert it.find(made.id) == changed
    assert (changed.id, changed.inputs) == (made.id, {"cidrBlock": "10.0.0.0/16"})
    with pytest.raises(CloudError, match="NotFound: aws:ec2/vpc:Vpc vpc-9 does not exist"):
        it.update(HERE, VPC, "vpc-9", made.urn, {})


def test_the_service_refuses_and_nothing_changes() -> None:
    it = cloud()
    with pytest.raises(CloudError, match=r"InvalidVpcID.NotFound: The vpc ID 'vpc-9' does not exist"):
        it.create(HERE, GROUP, urn(GROUP, "all"), {"vpcId": "vpc-9"})
    assert it.all() == []
    it.create(HERE, VPC, urn(VPC, "net"), {})
    it.create(HERE, GROUP, urn(GROUP, "all"), {"vpcId": "net"})
    with pytest.raises(CloudError, match="DependencyViolation: net has dependencies"):
        it.delete(HERE, VPC, "net", urn(VPC, "net"))
    assert [one.id for one in it.all()] == ["net", "all"]


def test_one_id_exists_once_in_a_region_and_again_in_another() -> None:
    it = cloud()
    it.create(HERE, LOG, urn(LOG, "logs"), {})
    with pytest.raises(CloudError, match="AlreadyExists"):
        it.create(HERE, LOG, urn(LOG, "logs"), {})
    it.create(THERE, LOG, urn(LOG, "logs"), {})
    it.create(HERE, LOG, urn(LOG, "logs"), {"region": "us-west-2"})  # a resource may name its own
    assert [one.region for one in it.all(LOG)] == ["us-east-1", "eu-west-1", "us-west-2"]


def test_checks_types_first_and_hears_no_service_on_unknown_values() -> None:
    it = cloud()
    long = "10.0.0.0/16-and-more"
    assert [one.property for one in it.check(HERE, VPC, {"cidrBlock": long})] == ["cidrBlock"]
    assert [one.property for one in it.check(HERE, VPC, {"cidrBlock": long, "tagz": {}})] == ["tagz"]
    assert it.check(HERE, VPC, {"cidrBlock": UNKNOWN}) == []


def test_a_preview_tells_what_is_known_and_makes_nothing() -> None:
    it = cloud()
    told = it.preview(VPC, {"cidrBlock": "10.0.0.0/16"})
    assert told["cidrBlock"] == "10.0.0.0/16"
    assert told["arn"] == told["ownerId"] == UNKNOWN
    assert "tags" not in told  # the program set none, and the cloud makes none
    assert it.preview(VPC, {"cidrBlock": "10.0.0.0/16"}, {"arn": "arn:1", "tags": {"a": "b"}})["arn"] == "arn:1"
    assert it.all() == []


def test_a_preview_knows_what_the_cloud_adds_inside_a_block() -> None:
    told = cloud().preview("aws:eks/cluster:Cluster", {"roleArn": "r", "vpcConfig": {"subnetIds": ["s"]}})
    assert told["vpcConfig"] == {"subnetIds": ["s"], "clusterSecurityGroupId": UNKNOWN, "vpcId": UNKNOWN}


def test_edits_behind_the_back_are_read_and_the_program_keeps_its_words() -> None:
    it = cloud()
    inputs = {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}}
    made = it.create(HERE, VPC, urn(VPC, "net"), inputs)
    it.edit(VPC, made.id, {"tags": {"a": "c"}, "enableDnsSupport": False})
    read = it.read(HERE, VPC, made.id)
    assert read is not None
    assert read.inputs == {"cidrBlock": "10.0.0.0/16", "tags": {"a": "c"}}
    assert read.outputs["enableDnsSupport"] is False


RULES: list[dict[str, Any]] = [{"protocol": "tcp", "fromPort": port, "toPort": port} for port in (22, 80)]
TOLD: list[dict[str, Any]] = [{**rule, "description": ""} for rule in reversed(RULES)]


@pytest.mark.parametrize(
    ("told", "read"),
    [
        ({"ingress": TOLD, "name": "chosen"}, {}),  # reordered, filled in, chosen: the same in other words
        ({"ingress": TOLD[:1]}, {"ingress": TOLD[:1]}),
        ({"ingress": [TOLD[0], {**TOLD[1], "toPort": 23}]}, {"ingress": [RULES[1], {**RULES[0], "toPort": 23}]}),
        ({"tags": {"a": "b", "stranger": "x"}}, {"tags": {"a": "b", "stranger": "x"}}),  # a map's keys are the user's
        ({"tags": {}}, {"tags": {}}),
        ({"vpcId": "other"}, {"vpcId": "other"}),
        ({"vpcId": None}, {"vpcId": None}),
    ],
)
def test_inputs_follow_what_is_told(told: Values, read: Values) -> None:
    inputs = {"ingress": RULES, "tags": {"a": "b"}, "vpcId": "net", "__defaults": []}
    assert as_written(GROUP, inputs, told) == {**inputs, **read}


def test_ids_of_the_echo_are_equal_in_equal_runs_and_new_each_time() -> None:
    def run() -> list[str]:
        it, where = Cloud(State(), {}), urn("x:a/b:C", "one")
        first = it.create(HERE, "x:a/b:C", where, {}).id
        it.delete(HERE, "x:a/b:C", first, where)
        return [first, it.create(HERE, "x:a/b:C", where, {}).id]

    one, other = run()
    assert [one, other] == run()
    assert one != other and one.startswith("one-")


def test_latency_runs_on_the_simulated_clock() -> None:
    it = cloud()
    it.state.set({"latency": {"*": {"create": 90}, VPC: {"create": 1.5, "delete": 2}}})
    it.create(HERE, VPC, urn(VPC, "net"), {})
    it.delete(HERE, VPC, "net", urn(VPC, "net"))
    it.create(HERE, GROUP, urn(GROUP, "all"), {})
    assert it.state.count("clock_ms", 0) == 1500 + 2000 + 90_000


def test_a_realistic_latency_is_what_was_seen() -> None:
    """A VPC took 24 s in a published log (turbot/steampipe-plugin-aws pull request 131)."""
    it = Cloud(State(), {"aws": aws.service()})
    it.state.set({"latency": "realistic", "account": "123456789012"})
    it.create(HERE, VPC, urn(VPC, "net"), {"cidrBlock": "10.0.0.0/16"})
    assert it.state.count("clock_ms", 0) == 24_000
    assert set(aws.service().latency) <= set(aws.BEHAVIOURS)
