"""What a killed run leaves undecided: told with one command each, or told to be settled by itself."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest

from components.errors import Level
from scripts.engine import recovery
from scripts.engine.recovery import (
    ORPHAN,
    SETTLED,
    UNDECIDED,
    Find,
    command,
    failed,
    findings,
    look,
    pending,
)
from scripts.engine.takeover import import_id, repeats
from scripts.preview.replies import AWS

TABLE = Path(recovery.__file__).parent / "imports" / "aws.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
SDK = Path(pulumi_aws.__file__).parent

STACK = "urn:pulumi:s::p::pulumi:pulumi:Stack::p-s"
PARENT = "urn:pulumi:s::p::fleet:Network::net"
PROVIDER = "urn:pulumi:s::p::pulumi:providers:aws::aws"
VPC, ROLE, LOGS = "aws:ec2/vpc:Vpc", "aws:iam/role:Role", "aws:cloudwatch/logGroup:LogGroup"
VERSIONING, BUDGET = "aws:s3/bucketVersioning:BucketVersioning", "aws:budgets/budget:Budget"
CLEAR = f"pulumi refresh --clear-pending-creates --target {STACK} --stack s --yes --skip-preview"
TAIL = "--stack s --protect=false --generate-code=false --yes --skip-preview"


def urn(type: str, name: str) -> str:
    return f"urn:pulumi:s::p::fleet:Network${type}::{name}"


def begun(type: str, called: str, operation: str = "creating", /, **inputs: Any) -> dict[str, Any]:
    resource = {
        "urn": urn(type, called),
        "type": type,
        "inputs": inputs,
        "parent": PARENT,
        "provider": f"{PROVIDER}::1a",
    }
    return {"type": operation, "resource": resource}


def state(*operations: dict[str, Any], more: Iterable[dict[str, Any]] = ()) -> dict[str, Any]:
    first = [
        {"urn": STACK, "type": "pulumi:pulumi:Stack"},
        {"urn": PROVIDER, "type": "pulumi:providers:aws", "inputs": {"allowedAccountIds": '["123456789012"]'}},
    ]
    return {"version": 3, "deployment": {"resources": [*first, *more], "pending_operations": list(operations)}}


def there(*ids: str) -> Find:
    """What somebody sees who looks into the cloud."""
    return lambda _type, _urn: ids


def taking(type: str, name: str, id: str) -> str:
    return f"pulumi import {type} {name} {id} --parent parent={PARENT} --provider provider={PROVIDER} {TAIL}"


def test_nothing_is_open_after_a_run_that_ended() -> None:
    assert pending(state()) == findings(state(), "s") == ()
    assert findings({"resources": []}, "s") == (), "also without what `stack export` wraps it in"


def test_what_had_begun() -> None:
    (one,) = pending(state(begun(VPC, "vpc", "updating")))
    assert (one.urn, one.type, one.name, one.operation) == (urn(VPC, "vpc"), VPC, "vpc", "updating")


def test_an_orphan_with_the_command_that_takes_it_over() -> None:
    (one,) = findings(state(begun(VPC, "vpc")), "s", there("vpc-1"))
    assert (one.id, one.level, one.path) == (ORPHAN, Level.MANDATORY, "vpc")
    assert (
        one.message == f"{VPC} was made (vpc-1), and the state does not know it: the next run would make a second one"
    )
    assert command(one) == one.hint == f"{taking(VPC, 'vpc', 'vpc-1')} && {CLEAR}"


def test_the_words_of_a_shell_are_quoted() -> None:
    one = begun(VPC, "vpc")
    one["resource"]["parent"] = "urn:pulumi:s::p::fleet:Cluster$fleet:Network::net"
    (found,) = findings(state(one), "s", there("vpc-1"))
    assert " --parent 'parent=urn:pulumi:s::p::fleet:Cluster$fleet:Network::net' " in command(found)


def test_what_was_not_made_needs_nothing() -> None:
    (one,) = findings(state(begun(VPC, "vpc")), "s", there())
    assert (one.id, one.level, command(one)) == (SETTLED, Level.ADVISORY, "")
    assert "was not made; the next run makes it" in one.message
    assert one.hint.endswith(CLEAR)


@pytest.mark.parametrize("operation", ["updating", "deleting"])
def test_an_edit_and_a_deletion_are_done_again(operation: str) -> None:
    (one,) = findings(state(begun(VPC, "vpc", operation)), "s", there("vpc-1"))
    assert (one.id, command(one)) == (SETTLED, "")
    assert f"interrupted while {operation}; the next run does it again" in one.message


def test_what_is_the_same_twice_is_made_again() -> None:
    one = begun(VERSIONING, "versions", bucket="b")
    for find in (None, there("b")):
        (found,) = findings(state(one), "s", find)
        assert (found.id, command(found)) == (SETTLED, "")


def test_without_a_look_into_the_cloud_it_says_how_to_look() -> None:
    (one,) = findings(state(begun(VPC, "vpc", tags={"Name": "vpc"})), "s")
    assert (one.id, one.level) == (UNDECIDED, Level.MANDATORY)
    assert "aws ec2 describe-tags --filters Name=resource-type,Values=vpc Name=tag:Name,Values=vpc" in one.message
    assert "with its id for ID" in one.message
    assert command(one) == f"{taking(VPC, 'vpc', 'ID')} && {CLEAR}"


def test_what_failed_and_may_be_there_is_looked_for_and_taken_over() -> None:
    resource = begun(VPC, "vpc", tags={"Name": "vpc"})["resource"]
    told = look(resource, state(), "s")
    assert told.startswith("look for it (aws ec2 describe-tags --filters Name=resource-type,Values=vpc Name=tag:Name,")
    assert told.endswith(f"); if it is there, with its id for ID: {taking(VPC, 'vpc', 'ID')}")
    budget = look(begun(BUDGET, "budget", name="monthly")["resource"], state(), "s")
    assert budget.endswith(f"; if it is there: {taking(BUDGET, 'budget', '123456789012:monthly')}")
    assert look(begun(VERSIONING, "versions", bucket="b")["resource"], state(), "s") == "", "twice is the same as once"


def test_what_has_no_name_is_not_looked_for_by_an_empty_one() -> None:
    (one,) = findings(state(begun("gcp:x/y:Z", "z")), "s")
    assert "look for it (in the account of s)" in one.message


def test_an_id_that_is_made_of_names_is_known_without_a_look() -> None:
    (one,) = findings(state(begun(BUDGET, "budget", name="monthly")), "s")
    assert "for ID" not in one.message
    assert command(one).startswith(taking(BUDGET, "budget", "123456789012:monthly"))


def test_a_type_that_no_table_has_is_looked_for_by_its_tags() -> None:
    (one,) = findings(state(begun("gcp:x/y:Z", "z", tags={"Name": "z"})), "s")
    assert "by its tags gpu-fleet:stack=s and Name=z" in one.message


def test_what_was_to_replace_another_comes_in_beside_it() -> None:
    old = {"urn": urn(ROLE, "role"), "type": ROLE, "id": "role-1", "inputs": {"name": "role-1"}}
    both = there("role-1", "role-2")
    (one,) = findings(state(begun(ROLE, "role"), more=[old]), "s", both)
    assert command(one) == f"{taking(ROLE, 'role-orphan', 'role-2')} && {CLEAR}"
    gone = {**old, "delete": True}
    (one,) = findings(state(begun(ROLE, "role"), more=[gone]), "s", both)
    assert command(one).startswith(taking(ROLE, "role", "role-2")), "its name is free"


def test_a_record_of_what_is_in_the_state_is_old() -> None:
    known = {"urn": urn(VPC, "vpc"), "type": VPC, "id": "vpc-1", "inputs": {}}
    (one,) = findings(state(begun(VPC, "vpc"), more=[known]), "s", there("vpc-1"))
    assert (one.id, one.level) == (SETTLED, Level.ADVISORY)
    assert "is in the state, and its record is old" in one.message


def test_records_are_struck_out_with_the_last_command_only() -> None:
    both = state(begun(VPC, "vpc"), begun(LOGS, "logs", name="l"), begun(VPC, "b", "updating"))
    first, second, third = findings(both, "s", there("it"))
    assert [one.path for one in (first, second, third)] == ["vpc", "logs", "b"]
    assert "--clear-pending-creates" not in command(first)
    assert command(second).endswith(f" && {CLEAR}")
    assert third.id == SETTLED


def test_a_creation_that_failed_is_told_only_if_it_is_there() -> None:
    resource = begun(VPC, "vpc")["resource"]
    assert findings(state(), "s", there(), [resource]) == ()
    assert findings(state(), "s", None, [resource]) == ()
    (one,) = findings(state(), "s", there("vpc-1"), [resource])
    assert command(one) == taking(VPC, "vpc", "vpc-1"), "there is no record to strike out"


def test_creations_that_failed_are_read_from_the_events() -> None:
    new = {"urn": urn(VPC, "vpc"), "type": VPC, "parent": PARENT}
    events = [
        {"resOpFailedEvent": {"metadata": {"op": "create", "new": new, "provider": PROVIDER}}},
        {"resOpFailedEvent": {"metadata": {"op": "delete", "new": new}}},
        {"resourcePreEvent": {"metadata": {"op": "create", "new": new}}},
    ]
    assert failed(events) == ({**new, "provider": PROVIDER},)


# The table


@pytest.mark.parametrize("row", ROWS, ids=[row["type"] for row in ROWS])
def test_ids_have_the_form_that_the_provider_documents(row: dict[str, str]) -> None:
    examples = documented(row["type"])
    assert examples, "the provider says how to import it"
    if row["id"]:
        form = re.sub(r"\\\{[\w\\.]+\\\}", "[^,]+?", re.escape(row["id"]))
        assert any(re.fullmatch(form, one) for one in examples), (row["id"], examples)
        assert all(row["id"].count(mark) <= max(one.count(mark) for one in examples) for mark in ":/#_,")


def documented(type: str) -> list[str]:
    """The ids in the examples of a class's section `Import`."""
    _, module, name = type.split(":")
    package = module.partition("/")[0]
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
    text = (SDK / package / f"{snake}.py").read_text(encoding="utf-8")
    return re.findall(rf"\$ pulumi import {re.escape(type)} \S+ (\S+)", text)


def test_every_type_that_the_programs_register_has_a_row() -> None:
    without = {"pulumi:providers:aws", "aws:ec2/capacityBlockReservation:CapacityBlockReservation"}
    assert not documented("aws:ec2/capacityBlockReservation:CapacityBlockReservation"), "it cannot be imported"
    assert {row["type"] for row in ROWS} == set(AWS) - without


@pytest.mark.parametrize("row", ROWS, ids=[row["type"] for row in ROWS])
def test_rows_say_what_a_second_call_does_and_where_that_is_known_from(row: dict[str, str]) -> None:
    assert row["again"] in ("same", "refused", "another")
    assert row["look_up"].startswith("aws ")
    assert " API, " in row["source"]


def test_ids_of_imports() -> None:
    # Examples of the provider's documentation, with their names put in.
    schedule = {"autoscalingGroupName": "example-asg", "scheduledActionName": "example-action"}
    assert import_id("aws:autoscaling/schedule:Schedule", schedule, "", "x") == "example-asg/example-action"
    route = {"routeTableId": "rtb-656C65616E6F72", "destinationCidrBlock": "10.42.0.0/16"}
    assert import_id("aws:ec2/route:Route", route, "", "r-1") == "rtb-656C65616E6F72_10.42.0.0/16"
    assert import_id(BUDGET, {"name": "myBudget"}, "123456789012", "x") == "123456789012:myBudget"
    assert import_id(VPC, {}, "", "vpc-a01106c2") == "vpc-a01106c2"
    assert import_id("gcp:x/y:Z", {}, "", "z") == "z"


def test_what_may_be_made_twice() -> None:
    # IAM API, AttachRolePolicy; EC2 API, CreateVpc; CloudWatch Logs API, CreateLogGroup.
    assert repeats("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert not repeats(VPC)
    assert not repeats(LOGS)
    assert not repeats("gcp:x/y:Z")
