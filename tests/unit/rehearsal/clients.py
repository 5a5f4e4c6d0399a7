"""A client that speaks to a provider as the engine does, and a cloud of which every answer is known."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from scripts.rehearsal.wire import plain
from tests.architecture.source import ROOT

VPC = "aws:ec2/vpc:Vpc"
GROUP = "aws:ec2/securityGroup:SecurityGroup"


def urn(type: str, name: str) -> str:
    """A URN as the engine makes it, below a component."""
    return f"urn:pulumi:test::project::fleet:aws:Network${type}::{name}"


def wire(values: Mapping[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


class Client:
    """One connection, as the engine has one for each configuration of a provider."""

    def __init__(self, port: int, **config: Any) -> None:
        self.channel = grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.use_local_subchannel_pool", 1)])
        self.stub = provider_pb2_grpc.ResourceProviderStub(self.channel)
        if config:
            self.stub.Configure(provider_pb2.ConfigureRequest(args=wire(config)))

    def check(self, type: str, name: str, inputs: Mapping[str, Any], **more: Any) -> Any:
        return self.stub.Check(provider_pb2.CheckRequest(urn=urn(type, name), news=wire(inputs), **more))

    def create(self, type: str, name: str, inputs: Mapping[str, Any], *, preview: bool = False) -> Any:
        return self.stub.Create(
            provider_pb2.CreateRequest(urn=urn(type, name), properties=wire(inputs), preview=preview)
        )

    def read(self, type: str, name: str, id: str) -> Any:
        return self.stub.Read(provider_pb2.ReadRequest(urn=urn(type, name), id=id))

    def diff(self, type: str, name: str, id: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Any:
        return self.stub.Diff(
            provider_pb2.DiffRequest(urn=urn(type, name), id=id, old_inputs=wire(old), news=wire(new))
        )

    def update(self, type: str, name: str, id: str, new: Mapping[str, Any], **more: Any) -> Any:
        return self.stub.Update(provider_pb2.UpdateRequest(urn=urn(type, name), id=id, news=wire(new), **more))

    def delete(self, type: str, name: str, id: str) -> None:
        self.stub.Delete(provider_pb2.DeleteRequest(urn=urn(type, name), id=id))


def properties(reply: Any) -> dict[str, Any]:
    return plain(reply.properties)


@contextmanager
def process(state: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, int]]]:
    """The clouds as a process of their own, and their ports."""
    command = [sys.executable, "-m", "scripts.rehearsal", "--state", str(state), *arguments]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert running.stdout is not None and running.stderr is not None
    try:
        line = running.stdout.readline()
        assert line, running.stderr.read()
        yield running, json.loads(line)
    finally:
        running.kill()
        running.wait()
        running.stdout.close()
        running.stderr.close()
