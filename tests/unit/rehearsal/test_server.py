"""The protocol that the engine speaks, over a real connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2, status_pb2

from scripts.rehearsal.server import Running, start
from scripts.rehearsal.servicer import Event
from scripts.rehearsal.wire import UNKNOWN, plain
from tests.unit.rehearsal.clients import GROUP, VPC, Client, properties, urn, wire

pytestmark = pytest.mark.enable_socket  # servers and clients are on the loopback address

ROLE = "aws:iam/role:Role"
ACCOUNT = "123456789012"


@pytest.fixture
def running() -> Iterator[Running]:
    with start(services={}) as started:
        yield started


@pytest.fixture
def aws(running: Running) -> Client:
    return Client(running.ports["aws"], region="us-east-1")


def test_the_engine_is_told_where_the_providers_are(running: Running) -> None:
    assert running.debug_providers == ",".join(f"{name}:{running.ports[name]}" for name in running.ports)
    assert set(running.ports) == {"aws", "gcp", "azure-native", "kubernetes"}


def test_what_every_provider_answers(aws: Client) -> None:
    aws.stub.Handshake(provider_pb2.ProviderHandshakeRequest())
    assert aws.stub.Configure(provider_pb2.ConfigureRequest(args=wire({"region": "us-east-1"}))).supportsPreview
    assert aws.stub.GetPluginInfo(_empty()).version.startswith("7.")
    assert aws.stub.GetSchema(provider_pb2.GetSchemaRequest()).schema == "{}"
    aws.stub.Cancel(_empty())
    checked = aws.stub.CheckConfig(provider_pb2.CheckRequest(news=wire({"region": "us-east-1"})))
    assert plain(checked.inputs) == {"region": "us-east-1"} and not checked.failures


def test_the_life_of_a_resource(aws: Client, running: Running) -> None:
    checked = aws.check(VPC, "net", {"cidrBlock": "10.0.0.0/16"})
    assert not checked.failures and plain(checked.inputs) == {"cidrBlock": "10.0.0.0/16"}
    made = aws.create(VPC, "net", plain(checked.inputs))
    assert made.id.startswith("net-") and properties(made)["arn"] == f"{made.id}/arn"
    read = aws.read(VPC, "net", made.id)
    assert (read.id, properties(read), plain(read.inputs)) == (
        made.id,
        properties(made),
        {"cidrBlock": "10.0.0.0/16"},
    )
    changed = aws.update(VPC, "net", made.id, {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}})
    assert properties(changed) == {**properties(made), "tags": {"a": "b"}}
    aws.delete(VPC, "net", made.id)
    assert aws.read(VPC, "net", made.id).id == ""
    assert running.cloud.all() == []


def test_failures_have_the_path_and_the_reason(aws: Client) -> None:
    found = aws.check(VPC, "net", {"cidrBlok": "10.0.0.0/16", "tags": {"a": 1}}).failures
    assert [(one.property, one.reason) for one in found] == [
        (
            "cidrBlok",
            "an unexpected property 'cidrBlok' was provided; did you mean 'cidrBlock'?",
        ),
        ("tags.a", "expected a string, got an integer 1"),
    ]


def test_a_preview_has_no_id_and_unknown_outputs(aws: Client, running: Running) -> None:
    planned = aws.create(VPC, "net", {"cidrBlock": "10.0.0.0/16"}, preview=True)
    assert planned.id == "" and properties(planned)["arn"] == UNKNOWN
    made = aws.create(VPC, "net", {"cidrBlock": "10.0.0.0/16"})
    edited = aws.update(VPC, "net", made.id, {"tags": {"a": "b"}}, olds=made.properties, preview=True)
    assert properties(edited)["arn"] == properties(made)["arn"]
    assert properties(edited)["tags"] == {"a": "b"}
    assert "tags" not in running.cloud.all()[0].outputs


def test_a_difference_says_what_is_replaced(aws: Client) -> None:
    old = {"cidrBlock": "10.0.0.0/16", "tags": {"a": "b"}}
    kind = provider_pb2.PropertyDiff
    told = aws.diff(VPC, "net", "vpc-1", old, {**old, "tags": {"a": "c", "d": "e"}})
    assert (told.changes, list(told.diffs), list(told.replaces)) == (told.DIFF_SOME, ["tags"], [])
    assert {path: one.kind for path, one in told.detailedDiff.items()} == {"tags.a": kind.UPDATE, "tags.d": kind.ADD}
    told = aws.diff(VPC, "net", "vpc-1", old, {"cidrBlock": "10.1.0.0/16"})
    assert list(told.replaces) == ["cidrBlock"] and told.hasDetailedDiff
    assert told.detailedDiff["cidrBlock"].kind == kind.UPDATE_REPLACE
    assert aws.diff(VPC, "net", "vpc-1", old, old).changes == told.DIFF_NONE


def test_names_are_chosen_kept_and_chosen_anew(aws: Client) -> None:
    first = plain(aws.check(ROLE, "nodes", {"assumeRolePolicy": "{}"}, randomSeed=b"one").inputs)
    assert first["name"].startswith("nodes-") and len(first["name"]) == len("nodes-") + 7
    assert first["__defaults"] == ["name"]
    again = aws.check(ROLE, "nodes", {"assumeRolePolicy": "{}"}, randomSeed=b"two", olds=wire(first))
    assert plain(again.inputs)["name"] == first["name"]
    replacing = aws.check(ROLE, "nodes", {"assumeRolePolicy": "{}"}, randomSeed=b"two")
    assert plain(replacing.inputs)["name"] != first["name"]


def test_each_connection_has_its_own_region(running: Running) -> None:
    here = Client(running.ports["aws"], region="us-east-1")
    there = Client(running.ports["aws"], region="eu-west-1")
    here.create(VPC, "one", {})
    there.create(VPC, "two", {})
    here.create(VPC, "three", {})
    regions = {one.urn.rpartition("::")[2]: one.region for one in running.cloud.all()}
    assert regions == {"one": "us-east-1", "two": "eu-west-1", "three": "us-east-1"}


def test_a_provider_that_moves_replaces_what_named_no_region(running: Running) -> None:
    here, there = (Client(running.ports["aws"], region=region) for region in ("us-east-1", "eu-west-1"))
    net = here.create(VPC, "net", {}).id
    role = here.create(ROLE, "nodes", {"assumeRolePolicy": "{}"}).id
    assert list(there.diff(VPC, "net", net, {}, {}).replaces) == ["region"]
    assert list(here.diff(VPC, "net", net, {}, {}).replaces) == []
    assert list(there.diff(ROLE, "nodes", role, {}, {}).diffs) == []  # IAM is in no region
    moved = there.stub.DiffConfig(
        provider_pb2.DiffRequest(old_inputs=wire({"region": "us-east-1"}), news=wire({"region": "eu-west-1"}))
    )
    assert (list(moved.diffs), list(moved.replaces)) == (["region"], [])


@pytest.mark.parametrize("allowed", [["210987654321"], '["210987654321"]'])
def test_another_account_is_refused_in_the_providers_words(running: Running, allowed: Any) -> None:
    with pytest.raises(grpc.RpcError, match="AWS account ID not allowed: 123456789012"):
        Client(running.ports["aws"], region="us-east-1", allowedAccountIds=allowed)
    running.cloud.state.set({"account": "210987654321"})
    Client(running.ports["aws"], region="us-east-1", allowedAccountIds=allowed).create(VPC, "net", {})
    assert running.cloud.all()[0].account == "210987654321"


def test_a_provider_without_a_region_is_refused(running: Running) -> None:
    with pytest.raises(grpc.RpcError, match="Missing region"):
        Client(running.ports["aws"], profile="mine")


def test_errors_have_the_clouds_words(aws: Client, running: Running) -> None:
    running.cloud.faults.add(
        {"at": VPC, "call": "create", "kind": "throttle"},
        {"at": VPC, "call": "create", "kind": "capacity"},
        {"at": VPC, "call": "create", "kind": "lost-reply"},
    )
    for code, words in (
        (grpc.StatusCode.RESOURCE_EXHAUSTED, "RequestLimitExceeded"),
        (grpc.StatusCode.UNKNOWN, "InsufficientInstanceCapacity"),
        (grpc.StatusCode.UNAVAILABLE, "before the reply came"),
    ):
        with pytest.raises(grpc.RpcError, match=words) as caught:
            aws.create(VPC, "net", {})
        assert caught.value.code() is code


def test_a_partial_failure_tells_the_engine_what_was_made(aws: Client, running: Running) -> None:
    running.cloud.faults.add({"at": VPC, "call": "create", "kind": "partial", "message": "not ready"})
    with pytest.raises(grpc.RpcError) as caught:
        aws.create(VPC, "net", {"cidrBlock": "10.0.0.0/16"})
    details = dict(caught.value.trailing_metadata())["grpc-status-details-bin"]
    failed = provider_pb2.ErrorResourceInitFailed()
    assert status_pb2.Status.FromString(details).details[0].Unpack(failed)
    assert plain(failed.properties)["id"] == failed.id
    assert (failed.id, list(failed.reasons)) == (running.cloud.all()[0].id, ["not ready"])
    assert plain(failed.inputs) == {"cidrBlock": "10.0.0.0/16"}


def test_a_question_fails_by_name(aws: Client) -> None:
    with pytest.raises(grpc.RpcError, match="aws for aws:ec2/getAmi:getAmi") as caught:
        aws.stub.Invoke(provider_pb2.InvokeRequest(tok="aws:ec2/getAmi:getAmi"))
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_a_type_that_the_sdk_lacks_fails_by_name(aws: Client) -> None:
    with pytest.raises(grpc.RpcError, match="has no class Vcp"):
        aws.check("aws:ec2/vcp:Vcp", "net", {})


def test_calls_are_written_down(aws: Client, running: Running) -> None:
    aws.create(VPC, "net", {}, preview=True)
    running.cloud.faults.add({"at": GROUP, "call": "create", "kind": "error"})
    with pytest.raises(grpc.RpcError):
        aws.create(GROUP, "all", {})
    calls = running.cloud.state.calls()
    assert [(one.provider, one.method, one.type, one.urn, one.error) for one in calls] == [
        ("aws", "Create (preview)", VPC, urn(VPC, "net"), ""),
        ("aws", "Create", GROUP, urn(GROUP, "all"), "InternalError: An internal error has occurred"),
    ]
    assert all(0 < one.seconds < 60 for one in calls)


def test_who_watches_is_told_before_after_and_once_replied() -> None:
    events: list[Event] = []
    with start(providers_=["aws"], services={}, watch=events.append) as running:
        Client(running.ports["aws"], region="us-east-1").create(VPC, "net", {})
    assert [(one.when, one.method, one.type) for one in events] == [
        (when, "Create", VPC) for when in ("before", "after", "replied")
    ]


def _empty() -> Any:
    from google.protobuf import empty_pb2

    return empty_pb2.Empty()
