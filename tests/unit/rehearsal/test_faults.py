"""What goes wrong on demand, exactly where and as often as it is told."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from components.errors import FleetError
from scripts.rehearsal.cloud import Cloud, Scope
from scripts.rehearsal.echo import Echo
from scripts.rehearsal.faults import KINDS, Fault, LostReply, Partial
from scripts.rehearsal.model import CloudError, Existing, Values
from scripts.rehearsal.state import State
from tests.unit.rehearsal.clients import GROUP, VPC, urn

HERE = Scope(provider="aws", region="us-east-1", account="123456789012")


class Crash(FleetError):
    """Stands for the end of the process."""


def crash() -> None:
    raise Crash("crashed")


def cloud(state: State | None = None, **fault: Any) -> Cloud:
    it = Cloud(state or State(), {}, crash=crash)
    it.faults.add({"at": VPC, "call": "create", **fault})
    return it


def create(it: Cloud, name: str = "net", type: str = VPC) -> str:
    return it.create(HERE, type, urn(type, name), {}).id


def test_a_throttle_comes_as_often_as_told_and_nothing_is_made() -> None:
    it = cloud(kind="throttle", times=2)
    for _ in range(2):
        with pytest.raises(CloudError, match="RequestLimitExceeded: Request limit exceeded") as caught:
            create(it)
        assert caught.value.retryable
    assert it.all() == []
    create(it)
    assert len(it.all()) == 1


def test_retries_get_past_a_throttle_on_the_simulated_clock() -> None:
    it = cloud(kind="throttle", times=2)
    it.state.set({"retries": 2})
    create(it)
    assert it.state.count("clock_ms", 0) == 1000 + 2000


def test_too_few_retries_do_not() -> None:
    it = cloud(kind="throttle", times=2)
    it.state.set({"retries": 1})
    with pytest.raises(CloudError, match="RequestLimitExceeded"):
        create(it)


def test_capacity_in_the_words_of_the_fault() -> None:
    it = cloud(kind="capacity", code="ZONE_RESOURCE_POOL_EXHAUSTED", message="no more")
    with pytest.raises(CloudError, match=r"^ZONE_RESOURCE_POOL_EXHAUSTED: no more$"):
        create(it)
    it.faults.add({"at": VPC, "call": "create", "kind": "capacity"})
    with pytest.raises(CloudError, match=r"^InsufficientInstanceCapacity: We currently do not have"):
        create(it)
    assert it.all() == []


@pytest.mark.parametrize(
    ("kind", "error"), [("error-after-success", CloudError), ("lost-reply", LostReply), ("partial", Partial)]
)
def test_it_failed_and_was_made_all_the_same(kind: str, error: type[Exception]) -> None:
    it = cloud(kind=kind)
    with pytest.raises(error):
        create(it)
    assert len(it.all(VPC)) == 1


def test_a_partial_failure_hands_over_what_was_made() -> None:
    it = cloud(kind="partial", message="never became active")
    with pytest.raises(Partial, match="never became active") as caught:
        create(it)
    assert [caught.value.resource] == it.all()


def test_a_new_resource_is_missed_by_its_first_readers() -> None:
    it = cloud(kind="not-found-after-create", reads=2)
    id = create(it)
    assert it.read(HERE, VPC, id) is None
    assert it.find(id) is None
    assert it.find(id) is not None
    assert it.read(HERE, VPC, id) is not None


class Needs(Echo):
    """A service whose groups need a network that exists."""

    def create(self, type: str, name: str, inputs: Values, existing: Existing) -> tuple[str, dict[str, Any]]:
        if type == GROUP and existing.find(inputs["vpcId"]) is None:
            raise CloudError("InvalidVpcID.NotFound", "it does not exist")
        return super().create(type, name, inputs, existing)


def test_what_fails_for_a_new_resource_works_the_next_time() -> None:
    it = Cloud(State(), {"aws": Needs()})
    it.faults.add({"at": VPC, "call": "create", "kind": "not-found-after-create"})
    inputs = {"vpcId": create(it)}
    with pytest.raises(CloudError, match="NotFound"):
        it.create(HERE, GROUP, urn(GROUP, "all"), inputs)
    it.create(HERE, GROUP, urn(GROUP, "all"), inputs)


def test_a_slow_call_takes_simulated_time() -> None:
    it = cloud(kind="slow", seconds=600)
    create(it)
    assert it.state.count("clock_ms", 0) == 600_000


@pytest.mark.parametrize(("when", "made"), [("before", 0), ("after", 1)])
def test_a_crash_before_and_after(when: str, made: int) -> None:
    it = cloud(kind="crash", when=when)
    with pytest.raises(Crash):
        create(it)
    assert len(it.all()) == made


def test_another_process_is_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as other:
        create(cloud(kind="kill", pid=other.pid))
        assert other.wait(10) == -signal.SIGKILL


def test_some_calls_pass_first() -> None:
    it = cloud(kind="throttle", skip=2)
    create(it, "a")
    create(it, "g", GROUP)  # does not count
    create(it, "b")
    with pytest.raises(CloudError):
        create(it, "c")
    create(it, "d")


@pytest.mark.parametrize(
    ("at", "call", "strikes"),
    [
        (VPC, "create", True),
        ("aws:ec2/*", "*", True),
        ("*::net", "create", True),
        ("*::other", "create", False),
        (GROUP, "create", False),
        (VPC, "delete", False),
    ],
)
def test_a_fault_strikes_what_it_names(at: str, call: str, strikes: bool) -> None:
    it = cloud(kind="throttle", at=at, call=call)
    if strikes:
        with pytest.raises(CloudError):
            create(it)
    else:
        create(it)


@pytest.mark.parametrize("call", ["read", "update", "delete"])
def test_other_calls_fail_as_well(call: str) -> None:
    it = cloud(kind="error", call=call)
    id, where = create(it), urn(VPC, "net")
    calls: dict[str, Any] = {
        "read": lambda: it.read(HERE, VPC, id),
        "update": lambda: it.update(HERE, VPC, id, where, {}),
        "delete": lambda: it.delete(HERE, VPC, id, where),
    }
    with pytest.raises(CloudError, match="InternalError"):
        calls[call]()
    calls[call]()


def test_faults_outlive_a_process(tmp_path: Path) -> None:
    cloud(State(tmp_path / "cloud.db"), kind="throttle", times=2)
    for _ in range(2):
        with pytest.raises(CloudError):
            create(Cloud(State(tmp_path / "cloud.db"), {}))
    it = Cloud(State(tmp_path / "cloud.db"), {})
    create(it)
    it.faults.add({"at": "*", "call": "*", "kind": "error"})
    it.faults.clear()
    create(it, "other")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"at": "*", "call": "create"}, "a fault needs kind"),
        ({"at": "*", "call": "create", "kind": "throtle"}, "no fault 'throtle'; did you mean 'throttle'"),
        ({"at": "*", "call": "creat", "kind": "error"}, "no call 'creat'; did you mean 'create'"),
        ({"at": "*", "call": "*", "kind": "error", "time": 2}, "no field 'time'; did you mean 'times'"),
        ({"at": "*", "call": "*", "kind": "throttle", "when": "after"}, "strikes before, not 'after'"),
        ({"at": "*", "call": "*", "kind": "kill"}, "needs the pid"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(given: dict[str, Any], message: str) -> None:
    with pytest.raises(FleetError, match=message):
        Fault.of(given)


def test_every_kind_is_tested_here() -> None:
    text = Path(__file__).read_text(encoding="utf-8")
    assert [kind for kind in KINDS if f'"{kind}"' not in text] == []
