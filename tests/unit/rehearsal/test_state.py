"""What a cloud remembers: across processes, threads, and a process that is killed."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import grpc
import pytest
from pulumi.runtime.proto import provider_pb2

from scripts.rehearsal.model import Resource
from scripts.rehearsal.state import State
from tests.unit.rehearsal.clients import GROUP, VPC, Client, process, properties, urn

NET = Resource(
    type=VPC, id="vpc-1", urn=urn(VPC, "net"), inputs={"a": [1]}, outputs={"b": {"c": None}}, region="r", account="1"
)


def test_a_resource_comes_back_as_it_was() -> None:
    state = State()
    state.put(NET)
    assert state.resources() == [NET]
    assert state.resources(VPC, id="vpc-1") == [NET]
    assert state.resources(GROUP) == state.resources(id="vpc-2") == []


def test_put_writes_over_the_same_resource_only() -> None:
    state = State()
    state.put(NET)
    state.put(replace(NET, outputs={"b": 2}))
    state.put(replace(NET, region="s"))
    assert [(one.region, one.outputs) for one in state.resources()] == [("r", {"b": 2}), ("s", {"b": {"c": None}})]
    state.remove(NET)
    assert [one.region for one in state.resources()] == ["s"]


def test_a_transaction_is_all_or_nothing() -> None:
    state = State()
    with pytest.raises(ZeroDivisionError), state.transaction():
        state.put(NET)
        with state.transaction():
            state.count("made")
        raise ZeroDivisionError
    assert state.resources() == []
    assert state.count("made") == 1


def test_two_states_of_one_file_are_one_cloud(tmp_path: Path) -> None:
    one, other = State(tmp_path / "cloud.db"), State(tmp_path / "cloud.db")
    one.put(NET)
    one.set({"account": "1"})
    assert other.resources() == [NET]
    assert other.setting("account") == "1"
    assert (one.count("made"), other.count("made"), one.count("made", 0)) == (1, 2, 2)


def test_writers_follow_one_another(tmp_path: Path) -> None:
    states = [State(tmp_path / "cloud.db") for _ in range(4)]

    def count(state: State) -> None:
        for _ in range(25):
            with state.transaction():  # read, then write: two at a time would lose some
                state.set({"made": state.setting("made", 0) + 1})

    threads = [threading.Thread(target=count, args=(state,)) for state in states * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert states[0].setting("made") == 8 * 25


@pytest.mark.process
@pytest.mark.enable_socket
def test_a_killed_process_loses_nothing_and_the_next_one_goes_on(tmp_path: Path) -> None:
    state = tmp_path / "cloud.db"
    with process(state, "--providers", "other") as (running, ports):
        made = Client(ports["other"]).create("other:a/b:C", "one", {"size": 1})
        running.kill()
        assert running.wait() == -9
    with process(state, "--providers", "other") as (_, ports):
        client = Client(ports["other"])
        assert properties(client.read("other:a/b:C", "one", made.id)) == properties(made) == {"size": 1, "id": made.id}
        client.delete("other:a/b:C", "one", made.id)
        # What is made anew is new, although the process that made the old one is gone.
        assert client.create("other:a/b:C", "one", {"size": 1}).id != made.id


@pytest.mark.process
@pytest.mark.enable_socket
def test_two_processes_see_one_cloud(tmp_path: Path) -> None:
    state = tmp_path / "cloud.db"
    with process(state, "--providers", "other") as (_, ours), process(state, "--providers", "other") as (_, theirs):
        one, other = Client(ours["other"]), Client(theirs["other"])
        made = one.create("other:a/b:C", "one", {"size": 1})
        other.update("other:a/b:C", "one", made.id, {"size": 2})
        assert properties(one.read("other:a/b:C", "one", made.id))["size"] == 2
        other.delete("other:a/b:C", "one", made.id)
        assert one.read("other:a/b:C", "one", made.id).id == ""
    calls = [(call.method, call.id) for call in State(state).calls()]
    assert calls == [("Create", ""), ("Update", made.id), ("Read", made.id), ("Delete", made.id), ("Read", made.id)]


@pytest.mark.process
@pytest.mark.enable_socket
def test_a_crash_fault_ends_the_process_at_its_step(tmp_path: Path) -> None:
    state = tmp_path / "cloud.db"
    faults = '[{"at": "other:a/b:C", "call": "create", "kind": "crash", "when": "after", "skip": 1}]'
    with process(state, "--providers", "other", "--faults", faults) as (running, ports):
        client = Client(ports["other"])
        client.create("other:a/b:C", "one", {})
        with pytest.raises(grpc.RpcError) as caught:
            client.create("other:a/b:C", "two", {})
        assert caught.value.code() is grpc.StatusCode.UNAVAILABLE
        assert running.wait(10) == -9
    assert [one.urn.rpartition("::")[2] for one in State(state).resources()] == ["one", "two"]  # it was made
    with process(state, "--providers", "other") as (_, ports):  # and the fault is spent
        assert Client(ports["other"]).create("other:a/b:C", "three", {}).id


@pytest.mark.process
@pytest.mark.enable_socket
def test_ports_are_one_line_of_json_and_every_provider_answers(tmp_path: Path) -> None:
    with process(tmp_path / "cloud.db") as (_, ports):
        assert list(ports) == ["aws", "gcp", "azure-native", "kubernetes"]
        for port in ports.values():
            assert Client(port).stub.GetSchema(provider_pb2.GetSchemaRequest()).schema == "{}"
